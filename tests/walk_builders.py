"""People who walk along straight pieces, as the steps that a perfect tracker would give."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from lintel.clock import NS_PER_S
from lintel.records import Attributes, FloatArray, Phase, Tracks


@dataclass(frozen=True)
class Walk:
    """Corners (t in seconds, x, y in metres); present from the first to the last of them."""

    corners: Sequence[tuple[float, float, float]]
    child: float = float("nan")

    def state_at(self, t_s: float) -> tuple[float, float, float, float] | None:
        """x, y, vx, vy; None while not present."""
        for (t0, x0, y0), (t1, x1, y1) in zip(self.corners, self.corners[1:], strict=False):
            if t0 <= t_s <= t1:
                share, vx, vy = (t_s - t0) / (t1 - t0), (x1 - x0) / (t1 - t0), (y1 - y0) / (t1 - t0)
                return x0 + share * (x1 - x0), y0 + share * (y1 - y0), vx, vy
        return None


def tracks_of(
    rows: Mapping[int, tuple[float, float, float, float]],
    *,
    t_s: float,
    ended: Sequence[int] = (),
    child: Mapping[int, float] | None = None,
    phase: Phase = Phase.CONFIRMED,
) -> Tracks:
    """One step with people at x, y moving at vx, vy."""
    count = len(rows)
    state = np.array(list(rows.values()), dtype=np.float32).reshape(-1, 4)
    scores = [(child or {}).get(person, float("nan")) for person in rows]
    nan: FloatArray = np.full(count, np.nan, dtype=np.float32)
    return Tracks(
        id=np.array(list(rows), dtype=np.int64),
        xyz_m=np.column_stack([state[:, :2], np.full(count, 1.7)]).astype(np.float32),
        velocity_mps=state[:, 2:].copy(),
        stature_m=np.full(count, 1.7, dtype=np.float32),
        stature_sigma_m=np.full(count, 0.02, dtype=np.float32),
        phase=np.full(count, phase, dtype=np.int8),
        attributes=Attributes(np.array(scores, dtype=np.float32), nan, nan.copy()),
        ended=np.array(ended, dtype=np.int64),
        t_ns=round(t_s * NS_PER_S),
    )


def film(people: Mapping[int, Walk], *, fps: float = 10.0, tail_s: float = 1.0) -> Iterator[Tracks]:
    """All steps from the first corner to ``tail_s`` after the last."""
    start = min(walk.corners[0][0] for walk in people.values())
    end = max(walk.corners[-1][0] for walk in people.values()) + tail_s
    here: set[int] = set()
    for k in range(round((end - start) * fps) + 1):
        t_s = start + k / fps
        rows = {
            person: state
            for person, walk in people.items()
            if (state := walk.state_at(t_s)) is not None
        }
        ended = sorted(here - set(rows))
        here = set(rows)
        child = {person: people[person].child for person in rows}
        yield tracks_of(rows, t_s=t_s, ended=ended, child=child)
