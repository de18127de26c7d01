"""Fits the fast tier's matcher model to the depth stage, and compares the two tiers.

    python bench/fit_fast_tier.py [--only-fit]

Prints the constants for ``lintel.sim.fast.FITTED``: those of heads from crowds and walkers, those
of floors from empty rooms of many heights, because one floor has one disparity. Then, per
scene, the error of head heights (highest twentieth of the surface within 12 cm of the true head)
and the time per frame.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from dataclasses import replace

import cv2
import numpy as np
import numpy.typing as npt

from lintel.depth.settings import DepthSettings, z_min_for_mount
from lintel.depth.stage import DepthStage
from lintel.frames import DepthMap, FloatImage
from lintel.geometry import Bools, Intrinsics
from lintel.sim.catalogue import CARPET, TERRAZZO, WOODEN, find_scenario
from lintel.sim.fast import FAR_M, FITTED, FastDepth, MatcherModel, hidden_from_right
from lintel.sim.scenario import FLOOR, Mount, Scenario
from lintel.sim.source import SimSource
from lintel.sim.world import Shot

KNOTS = 8
FIT = ("dense_crowd+tilt_15", "dense_crowd", "dense_crowd+mount_4m", "single_walkers+mount_2_5m")
FLOORS = (FLOOR, CARPET, TERRAZZO, WOODEN)
HEIGHTS_M = np.geomspace(2.4, 6.2, 24)  # of empty rooms: their floors' disparities
COMPARED = ("dense_crowd", "couples+mount_4m", "single_walkers", "single_walkers+mount_2_5m")
Row = tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], npt.NDArray[np.bool_]]
Rows = list[Row]
OUTLIER_PX = 1.0
HEAD_RADIUS_M, HEAD_DEPTH_M = 0.12, 0.10


def stage_for(source: SimSource) -> DepthStage:
    """The production depth stage for a scene."""
    height_m = source.world.scenario.mount.height_m
    return DepthStage(source.rig, settings=DepthSettings(z_min_m=z_min_for_mount(height_m)))


def opened(scenario: Scenario, seed: int) -> SimSource:
    """A scene with tuning seeds."""
    return SimSource(scenario, shot=Shot(seconds=14.0, seed=seed))


def gather() -> Rows:
    """True disparity, error and edge of every pixel of some frames (whole-image pixels)."""
    rows: Rows = []
    for number, name in enumerate(FIT):
        floor = (CARPET, TERRAZZO)[number % 2]
        source = opened(replace(find_scenario(name), floor=floor), 1_000_021 + number)
        stage = stage_for(source)
        rows += [errors_of(source, stage, frame, heads=True) for frame in range(60, 200, 10)]
    return rows


def gather_still() -> Rows:
    """The same of floors, the same number of pixels of each room."""
    rows: Rows = []
    rng = np.random.default_rng(5)
    for number, height_m in enumerate(HEIGHTS_M):
        mount = Mount(height_m=round(float(height_m), 3))
        room = Scenario("room", "room", "", mount=mount, floor=FLOORS[number % 4], traffic=())
        source = SimSource(room, shot=Shot(seconds=1.0, seed=1_000_300 + number))
        true, error, edge = errors_of(source, stage_for(source), 3, heads=False)
        some = rng.choice(len(true), 4000, replace=False)
        rows.append((true[some], error[some], edge[some]))
    return rows


def errors_of(source: SimSource, stage: DepthStage, frame: int, *, heads: bool) -> Row:
    """True disparity, error and edge of the pixels of one frame: of all, or of heads alone."""
    pixels_m = stage.rectifier.intrinsics.fx * source.rig.baseline_m
    measured = stage.step(source.world.frame(frame).pair).depth_m
    size = (measured.shape[1], measured.shape[0])
    exact, _ = source.world.exact_depth(frame, stage.intrinsics, size=size)
    true = pixels_m / exact
    window = np.ones((3, 3), np.uint8)
    edge = cv2.dilate(true, window) - cv2.erode(true, window) > 1.0
    inside = np.isfinite(exact) & stage_field(stage, size)
    if heads:
        inside &= on_heads(source, frame, stage.intrinsics, exact)
    inside &= ~hidden_from_right((true / FITTED.grid_px).astype(np.float32))
    error = (pixels_m / measured - true)[inside]
    return true[inside].astype(np.float64), error.astype(np.float64), edge[inside]


def on_heads(source: SimSource, frame: int, intrinsics: Intrinsics, exact_m: FloatImage) -> Bools:
    """Pixels (H, W) of heads: what heights are read from.

    Shoulders err by half as much, and one floor has one disparity; both would outvote them.
    """
    rows, columns = np.mgrid[0 : exact_m.shape[0], 0 : exact_m.shape[1]]
    pixels = np.stack([columns.ravel(), rows.ravel()], axis=1)
    cam = intrinsics.unproject(pixels, np.nan_to_num(exact_m, nan=FAR_M).ravel())
    floor = source.floor_from_cam.apply(cam)
    chosen = np.zeros(exact_m.size, dtype=np.bool_)
    for person in source.world.people:
        head = person.heads_m[frame]
        near = np.hypot(floor[:, 0] - head[0], floor[:, 1] - head[1]) < HEAD_RADIUS_M
        chosen |= near & (np.abs(floor[:, 2] - head[2]) < HEAD_DEPTH_M)
    return chosen.reshape(exact_m.shape)


def stage_field(stage: DepthStage, size: tuple[int, int]) -> npt.NDArray[np.bool_]:
    """Where the stage can measure at all: both fields, without the strip on the left."""
    field = cv2.resize(stage.rectifier.valid.astype(np.uint8), size) > 0
    field[:, : size[0] // 6] = False
    return np.asarray(field)


def fitted(rows: Rows, still: Rows) -> MatcherModel:
    """The model's numbers: medians and robust spreads."""
    _, error, edge = (np.concatenate([row[k] for row in rows]) for k in range(3))
    known = np.isfinite(error)
    locking, rest = locking_of(rows)
    still_locking, still_rest = locking_of(still)
    calm = known & ~edge & (np.abs(error) < 2.0)
    return MatcherModel(
        locking_px=locking,
        still_locking_px=still_locking,
        # Heads err as a whole now and then, which a robust spread would not tell.
        sigma_px=round(float(rest[calm & (np.abs(error) < OUTLIER_PX)].std()), 3),
        still_sigma_px=spread(still_rest[np.abs(still_rest) < 2.0]),
        edge_sigma_px=spread(rest[known & edge]),
        hole_share=round(1.0 - float(known[~edge].mean()), 3),
        edge_hole_share=round(1.0 - float(known[edge].mean()), 3),
    )


def locking_of(rows: Rows) -> tuple[tuple[float, ...], npt.NDArray[np.float64]]:
    """Median error per fraction of the disparity, and what remains of every error without it."""
    true, error, edge = (np.concatenate([row[k] for row in rows]) for k in range(3))
    calm = np.isfinite(error) & ~edge & (np.abs(error) < 2.0)
    knot = np.floor(((true / FITTED.grid_px) % 1.0) * KNOTS + 0.5).astype(int) % KNOTS
    locking = [float(np.median(error[calm & (knot == k)])) for k in range(KNOTS)]
    return tuple(round(value, 3) for value in locking), error - np.array(locking)[knot]


def spread(rest: npt.NDArray[np.float64]) -> float:
    """Robust standard deviation."""
    return round(float(1.4826 * np.median(np.abs(rest))), 3)


def head_errors(source: SimSource, frame: int, depth: DepthMap) -> Iterator[float]:
    """Measured minus true height of every head inside the field, metres."""
    rows, columns = np.mgrid[0 : depth.depth_m.shape[0], 0 : depth.depth_m.shape[1]]
    pixels = np.stack([columns.ravel(), rows.ravel()], axis=1)
    known = np.isfinite(depth.depth_m.ravel())
    cam = depth.intrinsics.unproject(pixels[known], depth.depth_m.ravel()[known])
    floor = source.floor_from_cam.apply(cam)
    for person in source.world.people:
        head = person.heads_m[frame]
        if not np.isfinite(head[0]) or np.hypot(head[0], head[1]) > 1.2:
            continue
        near = np.hypot(floor[:, 0] - head[0], floor[:, 1] - head[1]) < 0.12
        tall = floor[near & (np.abs(floor[:, 2] - head[2]) < 0.4), 2]
        if len(tall) > 10:
            yield float(np.quantile(tall, 0.95) - head[2])


def compare(name: str, model: MatcherModel) -> str:
    """One line: height errors and time of both tiers."""
    source = opened(find_scenario(name), 1_000_101)
    stage = stage_for(source)
    errors: dict[str, list[float]] = {"full": [], "fast": []}
    seconds = {"full": 0.0, "fast": 0.0}
    fast: FastDepth | None = None
    for frame in range(40, 200, 8):
        start = time.process_time()
        full_map = stage.step(source.world.frame(frame).pair)
        middle = time.process_time()
        size = (full_map.depth_m.shape[1], full_map.depth_m.shape[0])
        if fast is None:
            fast = FastDepth(source.world, intrinsics=stage.intrinsics, size=size, model=model)
            fast.depth(frame)  # prepare
            continue
        again = time.process_time()
        fast_map = fast.depth(frame)
        seconds["full"] += middle - start
        seconds["fast"] += time.process_time() - again
        errors["full"] += head_errors(source, frame, full_map)
        errors["fast"] += head_errors(source, frame, fast_map)
    parts = [
        f"{tier} n {len(e)} mean {100 * np.mean(e):+.1f} median {100 * np.median(e):+.1f} "
        f"sd {100 * np.std(e):.1f} cm"
        for tier, e in errors.items()
    ]
    times = f"{50 * seconds['full']:.0f} ms, {50 * seconds['fast']:.0f} ms"
    return f"{name}: {'; '.join(parts)}; {times}: x{seconds['full'] / seconds['fast']:.1f}"


def main() -> None:
    """Fit, print, compare."""
    cv2.setNumThreads(1)
    model = fitted(gather(), gather_still())
    print(model)
    if "--only-fit" in sys.argv:
        return
    for name in COMPARED:
        print(compare(name, model))


if __name__ == "__main__":
    main()
