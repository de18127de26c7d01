"""What the measured crown brings to where a head is, and to lines that people stand beside.

    scripts/bench head_place [SCENARIO ...] [--clips 4] [--tier fast] [--fit] [--json]

Heads as the network places them stand beside the same heads mended (lintel.detect.head_place), both
through tracker and counter. To see how sharp a border is told, every clip is counted at 13 lines,
up to 12 cm before and behind its own. Errors that last are means over a second and a half of heads
that hardly move. ``--fit`` prints the share of the way to the crown's middle, the way forward and
the way outward that leave the smallest error (least squares over all heads, each scenario weighing
the same). Tuning seeds, rendered people.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace

import cv2
import numpy as np
import numpy.typing as npt

from lintel.config import LineConfig
from lintel.count.lines import LineCounter
from lintel.detect.head_place import PlaceRule, mended
from lintel.detect.learned import LearnedDetector, LearnedSettings
from lintel.evaluate.matching import match_crossings
from lintel.evaluate.measures import Rates
from lintel.evaluate.observed import SeenCrossing
from lintel.frames import DepthMap
from lintel.pipeline import Chain, FrameResult, Stages
from lintel.records import Crossing, Detections
from lintel.sim.catalogue import find_scenario
from lintel.sim.scenario import TUNING_SEEDS
from lintel.sim.shot import Shot
from lintel.sim.truthing import crossings_of
from lintel.sim.world import World
from lintel.suite.cases import Tier
from lintel.suite.runner import results_of
from lintel.track.tracker import Tracker

SCENARIOS = ("loiterer", "uturn", "dense_crowd", "children")
SEED = TUNING_SEEDS.start + 730_000
FPS = 7.5
PLACES = ("as told", "mended")
AS_TOLD = PlaceRule(share=0.0, forward_m=0.0, outward_m=0.0)
OFFSETS_M = np.arange(-6, 7) * 0.02
STILL_MPS, LASTING_S, SAME_M, BELIEVED = 0.3, 1.5, 0.2, 0.5
ANY = PlaceRule(share=1.0, forward_m=0.0, outward_m=0.0, most_m=1e9, fading_m=(1e9, 2e9))
TERMS = (ANY, replace(ANY, share=0.0, forward_m=1.0), replace(ANY, share=0.0, outward_m=1.0))


@dataclass(slots=True)
class Heads:
    """Heads of one scenario that were matched with true ones."""

    off_m: list[npt.NDArray[np.float64]] = field(default_factory=list)  # (2, 2): told, mended; x, y
    terms_m: list[npt.NDArray[np.float64]] = field(default_factory=list)  # (3, 2) of TERMS
    stay: list[tuple[int, int, int]] = field(default_factory=list)  # clip, person, span; -1: walks


@dataclass(frozen=True, slots=True)
class Figures:
    """What one way to place the heads gives in one scenario. Roots of mean squares."""

    scenario: str
    tier: str
    place: str  # of PLACES
    heads: int
    x_cm: float
    y_cm: float
    lasting_cm: float | None  # None: nobody stood
    crossings: int  # of all lines together
    missed: int
    false: int


class Branch:
    """Tracker and counter behind one way to place heads."""

    def __init__(self, rule: PlaceRule, lines: Sequence[LineConfig]) -> None:
        self.rule = rule
        self._tracker, self._counter = Tracker(), LineCounter(lines)
        self._crossings: list[Crossing] = []

    def step(self, depth: DepthMap, result: FrameResult) -> Detections:
        """Place the heads, follow them, count."""
        heads = placed(depth, result, self.rule)
        self._crossings += self._counter.step(self._tracker.step(heads))
        return heads

    def score(self, true: Sequence[SeenCrossing]) -> Rates:
        """Score what was counted."""
        self._crossings += self._counter.finish()
        seen = tuple(SeenCrossing(c.line, c.direction.value, c.t_ns / 1e9) for c in self._crossings)
        match = match_crossings(tuple(true), seen)
        return Rates(len(true), len(match.pairs), len(match.false))


def placed(depth: DepthMap, result: FrameResult, rule: PlaceRule) -> Detections:
    """Heads of a frame with their places mended by ``rule``."""
    heads = result.detections
    if result.floor is None or not len(heads.xyz_m):
        return heads
    pose = result.floor.floor_from_cam
    return replace(heads, xyz_m=mended(depth, pose, heads.xyz_m, heads.heading_rad, rule))


def run_clip(world: World, tier: Tier, clip: int, heads: Heads) -> tuple[Rates, Rates]:
    """Count one clip both ways; its heads are added to ``heads``."""
    lines, true = lines_of(world)
    branches = [Branch(rule, lines) for rule in (AS_TOLD, PlaceRule())]
    stages = Stages.of(rig=world.rig, site=world.site())
    network = LearnedDetector(settings=LearnedSettings(place=AS_TOLD))

    def look(depth: DepthMap, result: FrameResult) -> None:
        told, better = (branch.step(depth, result) for branch in branches)
        terms = [placed(depth, result, rule).xyz_m - told.xyz_m for rule in TERMS]
        note(world, told, np.stack([told.xyz_m, better.xyz_m, *terms]), heads, clip=clip)

    chain = Chain(replace(stages, detector=network), on_frame=look)
    for _ in results_of(tier, world, stages, chain):
        pass
    told, better = (branch.score(true) for branch in branches)
    return told, better


def lines_of(world: World) -> tuple[list[LineConfig], list[SeenCrossing]]:
    """The scene's own line moved by each of OFFSETS_M, and who truly crossed them."""
    (own,) = world.site().lines
    lines = [
        LineConfig(f"{off:+.2f}", own.points_m + np.array([0.0, off])) for off in OFFSETS_M.tolist()
    ]
    true: list[SeenCrossing] = []
    for number, person in enumerate(world.people):
        there = np.isfinite(person.heads_m[:, 0])
        for line in lines if there.any() else ():
            path = person.heads_m[there, :2]
            true += [
                SeenCrossing(c.line, c.direction.value, c.t_s, c.on_line_s)
                for c in crossings_of(line, number, world.time_s[there], path)
            ]
    return lines, sorted(true, key=lambda c: c.t_s)


def note(
    world: World, told: Detections, xyz_m: npt.NDArray[np.float32], heads: Heads, *, clip: int
) -> None:
    """Match the heads of one frame with true ones and keep how far they are off.

    ``xyz_m`` (2 + 3, N, 3): as told, mended, and the steps of TERMS.
    """
    for number, person in enumerate(world.people):
        true = person.heads_m[told.seq]
        if not np.isfinite(true[0]):
            continue
        apart = np.hypot(*(told.xyz_m[:, :2] - true[:2]).T)
        apart[(np.abs(told.xyz_m[:, 2] - true[2]) > SAME_M) | (told.score < BELIEVED)] = np.inf
        if not len(apart) or apart.min() > SAME_M:
            continue
        mine = xyz_m[:, int(apart.argmin()), :2].astype(np.float64)
        heads.off_m.append(mine[:2] - true[:2])
        heads.terms_m.append(mine[2:])
        span = int(told.seq / world.shot.fps / LASTING_S) if _still(world, number, told.seq) else -1
        heads.stay.append((clip, number, span))


def _still(world: World, number: int, frame: int) -> bool:
    path = world.people[number].heads_m[max(frame - 1, 0) : frame + 2, :2]
    moved = np.hypot(*(path[-1] - path[0])) * world.shot.fps / max(len(path) - 1, 1)
    return bool(moved < STILL_MPS)


def lasting_cm(heads: Heads, way: int) -> float | None:
    """Root of the mean square, per axis, of means over stays of LASTING_S; None: nobody stood."""
    by_stay: dict[tuple[int, int, int], list[npt.NDArray[np.float64]]] = {}
    for stay, off in zip(heads.stay, heads.off_m, strict=True):
        if stay[2] >= 0:
            by_stay.setdefault(stay, []).append(off[way])
    enough = LASTING_S * FPS / 2.0
    means = [np.mean(offs, axis=0) for offs in by_stay.values() if len(offs) >= enough]
    return round(float(100.0 * np.sqrt(np.mean(np.square(means)))), 2) if means else None


def fitted(scenes: Iterable[Heads]) -> tuple[float, float, float]:
    """Share, forward and outward (metres) of the smallest squared error."""
    columns, wanted = [], []
    for heads in scenes:
        terms, off = np.array(heads.terms_m), np.array(heads.off_m)[:, 0]
        near = np.hypot(terms[:, 0, 0], terms[:, 0, 1]) < PlaceRule().most_m
        weight = 1.0 / np.sqrt(max(int(near.sum()), 1))
        columns.append(weight * terms[near].transpose(0, 2, 1).reshape(-1, len(TERMS)))
        wanted.append(-weight * off[near].ravel())
    best, *_ = np.linalg.lstsq(np.concatenate(columns), np.concatenate(wanted), rcond=None)
    share, forward_m, outward_m = (float(value) for value in best)
    return share, forward_m, outward_m


def run_scenario(
    name: str, tier: Tier, *, clips: int, seconds: float
) -> tuple[tuple[Figures, ...], Heads]:
    """Figures of one scenario, as told and mended, and its heads."""
    heads, both = Heads(), [Rates(0, 0, 0), Rates(0, 0, 0)]
    for clip in range(clips):
        shot = Shot(seconds=seconds, fps=FPS, seed=SEED + clip, threads=1)
        rates = run_clip(World(find_scenario(name), shot), tier, clip, heads)
        both = [before + more for before, more in zip(both, rates, strict=True)]
    off_cm = 100.0 * np.sqrt(np.mean(np.square(np.array(heads.off_m)), axis=0))
    return tuple(
        Figures(
            name, tier.value, place, len(heads.off_m), *np.round(off_cm[way], 2).tolist(),
            lasting_cm(heads, way), rates.truth, rates.missed, rates.false,
        )
        for way, (place, rates) in enumerate(zip(PLACES, both, strict=True))
    ), heads  # fmt: skip


def main() -> None:
    """Print two lines per scenario."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("scenarios", nargs="*", default=list(SCENARIOS))
    parser.add_argument("--clips", type=int, default=4)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--tier", type=Tier, choices=list(Tier), default=Tier.FAST)
    parser.add_argument("--fit", action="store_true", help="print the best rule for these heads")
    parser.add_argument("--json", action="store_true", help="one JSON object per line")
    chosen = parser.parse_args()
    cv2.setNumThreads(1)
    scenes = []
    for name in chosen.scenarios:
        figures, heads = run_scenario(name, chosen.tier, clips=chosen.clips, seconds=chosen.seconds)
        scenes.append(heads)
        for row in figures:
            print(json.dumps(asdict(row)) if chosen.json else words(row), flush=True)
    if chosen.fit:
        share, forward_m, outward_m = fitted(scenes)
        best = {"share": share, "forward_m": forward_m, "outward_m": outward_m}
        print(json.dumps(best) if chosen.json else f"best: {best}")


def words(row: Figures) -> str:
    """One way to place the heads of a scenario, for people."""
    lasting = "" if row.lasting_cm is None else f", for 1.5 s by {row.lasting_cm:.2f} cm"
    return (
        f"{row.scenario}, {row.tier} tier, {row.heads} heads {row.place}: off by {row.x_cm:.2f} "
        f"and {row.y_cm:.2f} cm (x, y){lasting}; "
        f"{len(OFFSETS_M)} lines: {row.crossings} crossings, {row.missed} missed, {row.false} false"
    )


if __name__ == "__main__":
    main()
