"""How well looks at a shelf are measured, by a detector and not by exact directions.

    scripts/bench attention [--clips N] [--first-seed N] [--detector NAME] [--json]

People of the rendered dwell scene come, stand before the shelf and look at it, and leave: modelled
depth, the whole pipeline, a minute a clip. What the counted tracks give is compared, person by
person, with what the same rule gives on true heads and faces, in the frames in which the head must
be found. A viewer is found when a track that followed that person is a viewer too.
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass, field

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_name] = "1"

import cv2  # noqa: E402 - thread limits come before numpy loads
import numpy as np  # noqa: E402
import numpy.typing as npt  # noqa: E402

from lintel.clock import NS_PER_S  # noqa: E402
from lintel.config import TargetConfig  # noqa: E402
from lintel.count.attention import AttentionMeter, AttentionState  # noqa: E402
from lintel.evaluate import UsableField  # noqa: E402
from lintel.evaluate.belonging import person_of_track  # noqa: E402
from lintel.evaluate.field import counted_heads  # noqa: E402
from lintel.evaluate.observed import FramePoints, Observer  # noqa: E402
from lintel.pipeline import Chain, Stages  # noqa: E402
from lintel.pipeline.detectors import DEFAULT_DETECTOR  # noqa: E402
from lintel.records import Attributes, FloorFit, Phase, Tracks  # noqa: E402
from lintel.sim.catalogue import find_scenario  # noqa: E402
from lintel.sim.shot import Shot  # noqa: E402
from lintel.sim.world import World  # noqa: E402
from lintel.suite.cases import Tier  # noqa: E402
from lintel.suite.runner import results_of  # noqa: E402
from lintel.truth import TrueHeads  # noqa: E402

SCENARIO, FIRST_SEED, SECONDS, FPS = "zone_dwell", 1_500_000, 60.0, 15.0  # tuning seeds
SHELF = TargetConfig("shelf", np.array([[1.6, 0.4], [1.6, 1.6]]), reach_m=3.0)

Bools = npt.NDArray[np.bool_]


@dataclass(slots=True)
class Score:
    """Sums over clips."""

    people: int = 0
    viewers: int = 0
    found: int = 0
    false: int = 0
    true_s: float = 0.0
    told_s: float = 0.0
    errors_s: list[float] = field(default_factory=list)  # told less true, of each true viewer

    def add(self, true: dict[int, AttentionState], told: dict[int, list[AttentionState]]) -> None:
        """Take in one clip: what is true by person, and what tracks told by person; -1: nobody."""
        viewers = {person for person, state in true.items() if state.viewers}
        told_of = {who: sum(state.looked_s for state in states) for who, states in told.items()}
        seen = {who for who, states in told.items() if any(state.viewers for state in states)}
        self.people += len(true)
        self.viewers += len(viewers)
        self.found += len(viewers & seen)
        self.false += sum(state.viewers for who in set(told) - viewers for state in told[who])
        self.true_s += sum(state.looked_s for state in true.values())
        self.told_s += sum(told_of.values())
        self.errors_s += [told_of.get(who, 0.0) - true[who].looked_s for who in sorted(viewers)]

    def told(self) -> dict[str, float | int]:
        """The figures."""
        errors = np.abs(self.errors_s)
        return {
            "people": self.people,
            "true_viewers": self.viewers,
            "found": self.found,
            "false_viewers": self.false,
            "true_looked_s": round(self.true_s, 1),
            "told_looked_s": round(self.told_s, 1),
            "median_error_s": round(float(np.median(errors)), 2),
            "p90_error_s": round(float(np.quantile(errors, 0.9)), 2),
            "mean_true_s": round(self.true_s / max(self.viewers, 1), 2),
        }


def play(seed: int, detector: str, score: Score) -> None:
    """One clip."""
    world = World(find_scenario(SCENARIO), Shot(seconds=SECONDS, fps=FPS, seed=seed, threads=1))
    stages = Stages.of(rig=world.rig, site=world.site(), detector=detector)
    observer, steps, visible = Observer(fps=FPS), list[Tracks](), list[npt.NDArray[np.int64]]()
    floor: FloorFit | None = None
    for result, seen in results_of(Tier.FAST, world, stages, Chain(stages)):
        visible.append(seen)
        if result is not None:
            observer.step(frame=result.seq, detections=result.detections, tracks=result.tracks)
            steps.append(result.tracks)
            floor = result.floor or floor
    if floor is None:
        raise SystemExit(f"seed {seed}: no floor was found")
    heads = world.heads(visible)
    counted = counted_heads(heads, UsableField(world.rig, floor.floor_from_cam))
    points = FramePoints.of(heads.frame, heads.xyz_m, ids=heads.person)
    person_of = person_of_track(points, observer.observed([]).tracks)
    told: dict[int, list[AttentionState]] = {}
    for track_id in sorted({int(one) for tracks in steps for one in tracks.id}):
        rows = (only(tracks, tracks.id == track_id) for tracks in steps)
        told.setdefault(person_of.get(track_id, -1), []).append(looks(rows))
    people = np.unique(heads.person[counted]).tolist()
    true = {
        who: looks(true_tracks(heads, counted & (heads.person == who), len(visible)))
        for who in people
    }
    score.add(true, told)


def looks(steps: Iterable[Tracks]) -> AttentionState:
    """What one person's looks come to."""
    meter = AttentionMeter([SHELF])
    for tracks in steps:
        meter.step(tracks)
    (state,) = meter.states()
    return state


def only(tracks: Tracks, rows: Bools) -> Tracks:
    """The rows of one track; nobody ends, so that all it came to can be asked for."""
    return followed(
        tracks.id[rows],
        tracks.xyz_m[rows],
        tracks.heading_rad[rows],
        phase=tracks.phase[rows],
        t_ns=tracks.t_ns,
    )


def true_tracks(heads: TrueHeads, rows: Bools, frames: int) -> Iterable[Tracks]:
    """A perfect track of one person, in the frames in which the head must be found."""
    for number in range(frames):
        here = rows & (heads.frame == number)
        yield followed(
            heads.person[here],
            heads.xyz_m[here],
            heads.heading_rad[here],
            phase=np.full(int(here.sum()), Phase.CONFIRMED, dtype=np.int8),
            t_ns=round(number / FPS * NS_PER_S),
        )


def followed(
    ids: npt.NDArray[np.int64],
    xyz_m: npt.NDArray[np.float32],
    heading_rad: npt.NDArray[np.float32],
    *,
    phase: npt.NDArray[np.int8],
    t_ns: int,
) -> Tracks:
    """A step that tells places and looks only."""
    count = len(ids)
    return Tracks(
        id=ids,
        xyz_m=xyz_m,
        velocity_mps=np.zeros((count, 2), dtype=np.float32),
        stature_m=xyz_m[:, 2].copy(),
        stature_sigma_m=np.zeros(count, dtype=np.float32),
        phase=phase,
        attributes=Attributes.unmeasured(count),
        ended=np.zeros(0, dtype=np.int64),
        t_ns=t_ns,
        heading_rad=heading_rad,
    )


def main() -> None:
    """Print the score, clip by clip and in the end."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clips", type=int, default=4)
    parser.add_argument("--first-seed", type=int, default=FIRST_SEED)
    parser.add_argument("--detector", default=DEFAULT_DETECTOR)
    parser.add_argument("--json", action="store_true")
    wanted = parser.parse_args()
    cv2.setNumThreads(1)
    score = Score()
    for seed in range(wanted.first_seed, wanted.first_seed + wanted.clips):
        play(seed, wanted.detector, score)
        if not wanted.json:
            print(f"after seed {seed}: {score.told()}", flush=True)
    if wanted.json:
        print(json.dumps(score.told()))


if __name__ == "__main__":
    main()
