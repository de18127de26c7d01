"""Makes truth and observations for the evaluator from short descriptions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from lintel.evaluate.observed import FramePoints, Observed, SeenCrossing
from lintel.records import Direction
from lintel.truth import TrueCrossing, TrueHeads, TruePerson, Truth

Place = tuple[int, int, float, float]  # frame, id, x_m, y_m


def crossing(t_s: float, direction: str = "in", line: str = "door") -> SeenCrossing:
    return SeenCrossing(line, direction, t_s)


def points(places: Iterable[Place], *, z_m: float = 1.7, stature_m: float = 1.7) -> FramePoints:
    rows = list(places)
    return FramePoints.of(
        [row[0] for row in rows],
        [(row[2], row[3], z_m) for row in rows],
        ids=[row[1] for row in rows],
        stature_m=[stature_m] * len(rows),
    )


def walk(person: int, frames: range, *, x_m: float = 0.0, y_m: float = 0.0) -> list[Place]:
    """Someone who moves 0.1 m in x per frame."""
    return [(frame, person, x_m + 0.1 * frame, y_m) for frame in frames]


def true_heads(places: Iterable[Place], *, visible_px: int = 2000, z_m: float = 1.7) -> TrueHeads:
    rows = sorted(places)
    return TrueHeads(
        frame=np.array([row[0] for row in rows], dtype=np.int64),
        person=np.array([row[1] for row in rows], dtype=np.int64),
        xyz_m=np.array([(*row[2:], z_m) for row in rows], dtype=np.float32).reshape(-1, 3),
        visible_px=np.full(len(rows), visible_px, dtype=np.int64),
    )


def truth_of(
    crossings: Sequence[SeenCrossing] = (),
    *,
    people: int = 1,
    frames: int = 600,
    strata: tuple[str, ...] = (),
) -> Truth:
    return Truth(
        fps=10.0,
        frames=frames,
        people=tuple(TruePerson(id=k, stature_m=1.70) for k in range(people)),
        crossings=tuple(
            TrueCrossing(line=c.line, direction=Direction(c.direction), t_s=c.t_s, person=0)
            for c in crossings
        ),
        strata=strata,
    )


def observed_of(
    crossings: Sequence[SeenCrossing] = (),
    *,
    frames: int = 600,
    detections: FramePoints | None = None,
    tracks: FramePoints | None = None,
) -> Observed:
    return Observed(
        frames=np.arange(frames, dtype=np.int64),
        crossings=tuple(crossings),
        detections=detections or points([]),
        tracks=tracks or points([]),
    )
