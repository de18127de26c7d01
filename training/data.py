"""From moments to samples: the matcher's errors, plan-view maps, targets; shards on disk.

One sample is a square of maps and the people in it. Samples are written to shards that are read
again and again, turned and mirrored; new shards replace the oldest, so that the disk is bounded
and the stream never ends.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from lintel.detect.plan_maps import CELL_M, CHANNELS, Channel, MapMaker, PlanMaps
from lintel.geometry import Pose, floor_from_cam_of
from lintel.sim.fast import FITTED, MatcherModel, disturb
from training.scenes import FAR_M, SIZE, Camera, Moment, SceneStream

F32 = npt.NDArray[np.float32]
CROP = 96  # cells a side of a sample on disk
LOOK = 64  # cells a side of what the network sees of it at a time
MEASURED = int(Channel.FROM_X)  # channels that are measured; the others follow from the camera
MOST = 32  # people per sample
SHARD = 512  # samples
LEAST_CAP_M2 = 0.005  # of a head in view: it must be found
CAP_RADIUS_M, CAP_DEPTH_M = 0.16, 0.18
TOPPED_M2 = 0.06  # of an umbrella in view
BLIND_SHARE = 0.1  # of the samples lie on a floor without texture
CALM_SHARE = 0.6  # of the samples measure floor and things better than people, as a real matcher
GRID_PX = 2.0  # the matcher's grid, in pixels of the whole image


class Row:
    """Columns of a person's row in a sample."""

    COLUMN, ROW, Z, HEADING, SEATED, CHILD, FEMALE, STATE = range(8)


FOUND, IGNORED = 1.0, 0.0  # of Row.STATE; the head must be found, or may be


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """A square of maps and its people."""

    maps: npt.NDArray[np.float16]  # (MEASURED, CROP, CROP)
    where: npt.NDArray[np.float32]  # (3,) FROM_X and FROM_Y of cell (0, 0), and HEIGHT
    people: npt.NDArray[np.float32]  # (MOST, 8) of Row, cells and metres; NaN = no more


def samples(seed: int) -> Iterator[Sample]:
    """An endless stream of samples; the same seed gives the same stream."""
    stream = SceneStream(seed)
    rng = np.random.default_rng([seed, 103])
    while True:
        yield from samples_of(stream.next(), rng)


def samples_of(moment: Moment, rng: np.random.Generator) -> Iterator[Sample]:
    """Samples of two measurements of a moment: one of a small view, more of a large one."""
    for _ in range(2):
        yield from _measurement(moment, rng)


def _measurement(moment: Moment, rng: np.random.Generator) -> Iterator[Sample]:
    depth_m = measured_depth(moment, random_matcher(rng), rng)
    believed = _believed_floor(moment.camera, rng)
    maker = MapMaker(
        intrinsics=moment.camera.intrinsics,
        image_shape=(SIZE[1], SIZE[0]),
        floor_from_cam=believed,
    )
    maps = maker.maps(depth_m)
    people = _people_rows(moment, depth_m, maker, maps, believed)
    for _ in range(2 if maps.grid.rows * maps.grid.columns > 2 * CROP * CROP else 1):
        yield _crop(maps, people, rng)


def random_matcher(rng: np.random.Generator) -> MatcherModel:
    """Errors around the fitted ones: better and worse light, texture and lenses."""
    bad = rng.random() < 0.25
    return replace(
        FITTED,
        locking_px=tuple(float(rng.uniform(-0.5, 2.0)) * k for k in FITTED.locking_px),
        still_locking_px=tuple(float(rng.uniform(-0.5, 2.0)) * k for k in FITTED.still_locking_px),
        sigma_px=float(rng.uniform(0.08, 0.30 if not bad else 0.45)),
        still_sigma_px=float(rng.uniform(0.05, 0.15)),
        edge_sigma_px=float(rng.uniform(0.2, 1.0)),
        hole_share=float(np.exp(rng.uniform(np.log(0.003), np.log(0.05 if not bad else 0.3)))),
        edge_hole_share=float(rng.uniform(0.005, 0.15 if not bad else 0.4)),
    )


def measured_depth(moment: Moment, model: MatcherModel, rng: np.random.Generator) -> F32:
    """Depth (H, W) as a matcher would measure it, with patches that it lost or took for others."""
    camera = moment.camera
    scale = np.float32(camera.intrinsics.fx * GRID_PX * camera.baseline_m)
    true_px = np.asarray(scale / np.minimum(moment.depth_m, np.float32(FAR_M)), dtype=np.float32)
    calm = moment.seen < 0 if rng.random() < CALM_SHARE else None
    disparity, unknown = disturb(true_px, model, rng, still=calm)
    disparity += np.float32(rng.normal(0.0, 0.07))  # a lens that moved since calibration
    _mistake_patches(disparity, rng)
    unknown = unknown | _lost_patches(rng) | (disparity < 0.5)
    unknown |= disparity > GRID_PX * 64.0  # nearer than any matcher looks
    disparity[unknown] = np.nan
    return np.asarray(scale / disparity, dtype=np.float32)


def _mistake_patches(disparity: F32, rng: np.random.Generator) -> None:
    """Small patches that are matched to something else."""
    for _ in range(int(rng.poisson(2.0))):
        x, y = int(rng.integers(SIZE[0])), int(rng.integers(SIZE[1]))
        half = rng.integers(1, 6, 2)
        rows, columns = (
            slice(max(0, y - half[0]), y + half[0]),
            slice(max(0, x - half[1]), x + half[1]),
        )
        disparity[rows, columns] += np.float32(rng.normal(0.0, 5.0))


def _lost_patches(rng: np.random.Generator) -> npt.NDArray[np.bool_]:
    """Ellipses without texture: black hair, glare, a blank floor."""
    lost = np.zeros((SIZE[1], SIZE[0]), dtype=np.uint8)
    many = rng.poisson(1.0) if rng.random() < 0.8 else rng.poisson(12.0)
    for _ in range(int(many)):
        centre = (int(rng.integers(SIZE[0])), int(rng.integers(SIZE[1])))
        axes = tuple(int(v) for v in np.exp(rng.uniform(np.log(2), np.log(28), 2)))
        cv2.ellipse(lost, centre, axes, float(rng.uniform(0, 180)), 0, 360, 1, -1)
    return lost > 0


def _believed_floor(camera: Camera, rng: np.random.Generator) -> Pose:
    """The floor as it was fitted: a degree and a few centimetres off."""
    true = camera.floor_from_cam
    normal = true.rotation[2] + rng.normal(0.0, 0.007, 3)
    height = float(true.translation_m[2]) * (1.0 + float(rng.normal(0.0, 0.008)))
    return floor_from_cam_of(normal_cam=normal / np.linalg.norm(normal), height_m=height)


def _people_rows(
    moment: Moment, depth_m: F32, maker: MapMaker, maps: PlanMaps, believed: Pose
) -> F32:
    """Everyone whose head lies on the grid, in cells of the grid (P, 8)."""
    people, grid = moment.people, maps.grid
    in_cam = moment.camera.floor_from_cam.inverse().apply(people.xyz_m)
    xyz = believed.apply(in_cam)  # truth moves with the floor that is believed
    rows = np.empty((len(xyz), 8), dtype=np.float32)
    rows[:, Row.COLUMN] = (xyz[:, 0] - grid.x_min_m) / CELL_M
    rows[:, Row.ROW] = (xyz[:, 1] - grid.y_min_m) / CELL_M
    rows[:, Row.Z] = xyz[:, 2]
    rows[:, Row.HEADING] = people.heading_rad
    rows[:, Row.SEATED], rows[:, Row.CHILD] = people.seated, people.child
    rows[:, Row.FEMALE] = people.female
    visible = _visible_m2(moment, depth_m, believed, xyz.astype(np.float64))
    enough = visible >= np.where(people.covered, TOPPED_M2, LEAST_CAP_M2)
    inside = maker.margin_m(xyz) > 0.05
    rows[:, Row.STATE] = np.where(enough & inside & people.real, FOUND, IGNORED)
    return rows


def _visible_m2(moment: Moment, depth_m: F32, believed: Pose, xyz: npt.NDArray[np.float64]) -> F32:
    """Surface (P,) of each head that was measured."""
    k = moment.camera.intrinsics
    out = np.zeros(len(xyz), dtype=np.float32)
    v, u = np.nonzero((moment.seen >= 0) & np.isfinite(depth_m))
    owner, z = moment.seen[v, u], depth_m[v, u]
    in_cam = np.stack([(u - k.cx) / k.fx * z, (v - k.cy) / k.fy * z, z], axis=1)
    points = believed.apply(in_cam)
    area = z * z / (k.fx * k.fy)
    covered = moment.people.covered[owner]
    reach = np.where(covered, 0.55, CAP_RADIUS_M)
    below = np.where(covered, 0.0, CAP_DEPTH_M)
    offset = points - xyz[owner]
    near = (np.hypot(offset[:, 0], offset[:, 1]) < reach) & (offset[:, 2] > -below)
    np.add.at(out, owner[near], area[near].astype(np.float32))
    return out


def _crop(maps: PlanMaps, people: F32, rng: np.random.Generator) -> Sample:
    """A square somewhere on the grid, around a person where there is one; empty outside."""
    grid = maps.grid
    size = np.array([grid.columns, grid.rows])
    start = np.round(rng.uniform(-24, np.maximum(size - CROP + 24, -23))).astype(int)
    found = np.flatnonzero(people[:, Row.STATE] == FOUND)
    if len(found) and rng.random() < 0.7:
        centre = people[rng.choice(found), [Row.COLUMN, Row.ROW]]
        start = np.round(centre - CROP * rng.uniform(0.15, 0.85, 2)).astype(int)
    out = np.zeros((MEASURED, CROP, CROP), dtype=np.float16)
    low, high = np.maximum(start, 0), np.minimum(start + CROP, size)
    if (high > low).all():
        part = maps.channels[:MEASURED, low[1] : high[1], low[0] : high[0]]
        to = low - start
        out[:, to[1] : to[1] + part.shape[1], to[0] : to[0] + part.shape[2]] = part
    where = np.array(
        [
            maps.channels[Channel.FROM_X, 0, 0],
            maps.channels[Channel.FROM_Y, 0, 0],
            maps.channels[Channel.HEIGHT, 0, 0],
        ],
        dtype=np.float32,
    )
    where[:2] += start * CELL_M / (where[2] * 4.0)
    rows = people.copy()
    rows[:, [Row.COLUMN, Row.ROW]] -= start
    inside = ((rows[:, :2] > -4) & (rows[:, :2] < CROP + 4)).all(axis=1)
    rows = rows[inside][:MOST]
    table = np.full((MOST, 8), np.nan, dtype=np.float32)
    table[: len(rows)] = rows
    return Sample(out, where, table)


def looked_at(
    maps: npt.NDArray[np.float16], where: F32, people: F32, rng: np.random.Generator
) -> tuple[npt.NDArray[np.float16], F32, F32]:
    """A smaller square of each sample: of three at random the one with most to learn from."""
    count = len(maps)
    out = np.empty((count, MEASURED, LOOK, LOOK), dtype=np.float16)
    where, people = where.copy(), people.copy()
    for k in range(count):
        starts = rng.integers(0, CROP - LOOK + 1, (3, 2))
        x, y = starts[np.argmax([_interest(maps[k], people[k], s) for s in starts])]
        out[k] = maps[k, :, y : y + LOOK, x : x + LOOK]
        where[k, :2] += np.array([x, y]) * CELL_M / (where[k, 2] * 4.0)
        people[k, :, [Row.COLUMN, Row.ROW]] -= np.array([[x], [y]], dtype=np.float32)
    return out, where, people


def _interest(maps: npt.NDArray[np.float16], people: F32, start: npt.NDArray[np.int64]) -> float:
    """Heads in the square, and a little for whatever stands in it."""
    at = people[:, [Row.COLUMN, Row.ROW]] - start
    inside = ((at > 0) & (at < LOOK)).all(axis=1)
    heads = int((inside & (people[:, Row.STATE] == FOUND)).sum())
    part = maps[Channel.TOP, start[1] : start[1] + LOOK : 4, start[0] : start[0] + LOOK : 4]
    return heads + float((part > 0.4).mean())


def blinded(maps: npt.NDArray[np.float16], rng: np.random.Generator) -> npt.NDArray[np.float16]:
    """Samples as seen over a floor without texture, for a share of them.

    Then little of the floor is measured, what stands out smears over it, and there are lumps of
    nothing.
    """
    out = maps.copy()
    for k in np.flatnonzero(rng.random(len(maps)) < BLIND_SHARE):
        part = out[k].astype(np.float32)
        top = part[Channel.TOP]
        part[Channel.FLOOR] *= _patches(rng, top.shape) < rng.uniform(0.0, 0.6)
        kernel = np.ones(rng.integers(3, 14, 2), np.uint8)
        grown = np.asarray(cv2.dilate(top, kernel), dtype=np.float32)
        fake = (_patches(rng, top.shape) < rng.uniform(0.0, 0.8)) * grown
        for _ in range(int(rng.poisson(5.0))):
            centre = tuple(int(v) for v in rng.integers(0, LOOK, 2))
            axes = tuple(int(v) for v in rng.integers(0, 7, 2))
            cv2.ellipse(fake, centre, axes, rng.uniform(0, 180), 0, 360, rng.uniform(0.15, 1.1), -1)
        fake *= rng.uniform(0.8, 1.0, top.shape) * (rng.random(top.shape) < rng.uniform(0.4, 1.0))
        new = (top == 0.0) & (fake > 0.15)
        part[Channel.TOP][new] = fake[new]
        part[Channel.SPREAD][new] = (rng.exponential(0.03, top.shape) * fake)[new]
        part[Channel.MEAN][new] = (part[Channel.TOP] - 0.5 * part[Channel.SPREAD])[new]
        part[Channel.AREA][new] = rng.uniform(0.05, 1.2, top.shape)[new]
        out[k] = part
    return out


def _patches(rng: np.random.Generator, shape: tuple[int, ...]) -> F32:
    """Evenly spread numbers 0..1 (H, W) in patches of half a metre."""
    coarse = rng.random((8, 8), dtype=np.float32)
    return np.asarray(
        cv2.resize(coarse, (shape[1], shape[0]), interpolation=cv2.INTER_LINEAR), dtype=np.float32
    )


def whole_maps(maps: npt.NDArray[np.float16], where: F32) -> F32:
    """All channels (B, CHANNELS, R, C) of a batch of samples."""
    count, _, rows, columns = maps.shape
    out = np.empty((count, CHANNELS, rows, columns), dtype=np.float32)
    out[:, :MEASURED] = maps
    step = (CELL_M / (where[:, 2] * 4.0))[:, None]
    out[:, Channel.FROM_X] = (where[:, :1] + step * np.arange(columns))[:, None, :]
    out[:, Channel.FROM_Y] = (where[:, 1:2] + step * np.arange(rows))[:, :, None]
    out[:, Channel.HEIGHT] = where[:, 2][:, None, None]
    return out


def turned(maps: F32, people: F32, rng: np.random.Generator) -> tuple[F32, F32]:
    """A batch of squares, quarter-turned and mirrored, all of it alike; truth follows."""
    side = maps.shape[-1]
    maps, people = maps.copy(), people.copy()
    x, y, angle = Row.COLUMN, Row.ROW, Row.HEADING
    if rng.random() < 0.5:
        maps = maps[:, :, :, ::-1].copy()
        maps[:, Channel.FROM_X] *= -1.0
        people[..., x] = side - people[..., x]
        people[..., angle] = np.pi - people[..., angle]
    for _ in range(int(rng.integers(4))):
        # a quarter turn against the clock as seen with x right, y up: (x, y) -> (-y, x)
        maps = np.swapaxes(maps, 2, 3)[:, :, :, ::-1].copy()
        from_x = maps[:, Channel.FROM_X].copy()
        maps[:, Channel.FROM_X] = -maps[:, Channel.FROM_Y]
        maps[:, Channel.FROM_Y] = from_x
        old_x = people[..., x].copy()
        people[..., x] = side - people[..., y]
        people[..., y] = old_x
        people[..., angle] += 0.5 * np.pi
    return np.ascontiguousarray(maps), people


def write_shards(folder: Path, *, seed: int, keep: int, until_s: float) -> None:
    """Write shards until the clock ``time.time()`` says ``until_s``; the oldest make room."""
    folder.mkdir(parents=True, exist_ok=True)
    stream = samples(seed)
    number = 0
    while time.time() < until_s:
        batch = [next(stream) for _ in range(SHARD)]
        path = folder / f"{seed:06d}-{number:06d}.npz"
        hidden = path.with_suffix(".part")
        with hidden.open("wb") as file:
            np.savez(
                file,
                maps=np.stack([s.maps for s in batch]),
                where=np.stack([s.where for s in batch]),
                people=np.stack([s.people for s in batch]),
            )
        hidden.rename(path)
        number += 1
        for old in sorted(folder.glob(f"{seed:06d}-*.npz"))[:-keep]:
            old.unlink()


def main() -> None:
    """Write shards: what ``train.py`` starts in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--keep", type=int, default=100)
    parser.add_argument("--minutes", type=float, required=True)
    chosen = parser.parse_args()
    cv2.setNumThreads(1)
    write_shards(
        chosen.folder, seed=chosen.seed, keep=chosen.keep, until_s=time.time() + 60 * chosen.minutes
    )


if __name__ == "__main__":
    main()
