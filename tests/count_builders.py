"""Makes steps of a tracker from paths: someone walks through places at times, seen at some fps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from lintel.config import LineConfig
from lintel.count import LineCounter
from lintel.records import Attributes, Crossing, Phase, Tracks

PointM = tuple[float, float]
Waypoint = tuple[float, float, float]  # t_s, x_m, y_m


@dataclass(frozen=True, slots=True)
class Walker:
    """One track: straight walks between waypoints, from the first time to the last.

    In the ``hidden_s`` spans it is predicted and not seen, in ``tentative_s`` unconfirmed.
    ``ended_late_s``: the tracker says so long after the last sight that the track has ended.
    """

    waypoints: tuple[Waypoint, ...]
    id: int = 1
    hidden_s: tuple[tuple[float, float], ...] = ()
    tentative_s: tuple[tuple[float, float], ...] = ()
    jitter_m: float = 0.0
    stature_m: float = 1.70
    ended_late_s: float = 0.0

    @property
    def first_s(self) -> float:
        return self.waypoints[0][0]

    @property
    def last_s(self) -> float:
        return self.waypoints[-1][0]

    def place(self, t_s: float) -> npt.NDArray[np.float64]:
        """Where the walker is, (2,); after the last waypoint it goes on as before."""
        points = np.array(self.waypoints)
        if t_s > self.last_s:
            return np.asarray(points[-1, 1:] + (t_s - self.last_s) * self.velocity(self.last_s))
        return np.array([np.interp(t_s, points[:, 0], points[:, k]) for k in (1, 2)])

    def velocity(self, t_s: float) -> npt.NDArray[np.float64]:
        """Velocity (2,) of the walk that leads up to ``t_s``."""
        points = np.array(self.waypoints)
        if len(points) == 1:
            return np.zeros(2)
        leg = int(np.clip(np.searchsorted(points[:, 0], t_s), 1, len(points) - 1))
        moved = points[leg] - points[leg - 1]
        return np.asarray(moved[1:] / moved[0])

    def phase(self, t_s: float) -> Phase:
        if t_s > self.last_s or _within(t_s, self.hidden_s):
            return Phase.COASTING
        return Phase.TENTATIVE if _within(t_s, self.tentative_s) else Phase.CONFIRMED


def _within(t_s: float, spans: Iterable[tuple[float, float]]) -> bool:
    return any(first <= t_s < last for first, last in spans)


@dataclass(slots=True)
class Rows:
    """Rows of one step of the tracker, before they are made into arrays."""

    t_s: float
    walkers: list[Walker] = field(default_factory=list)
    ended: list[int] = field(default_factory=list)

    def tracks(self, rng: np.random.Generator) -> Tracks:
        return tracks_of(
            t_s=self.t_s,
            ids=[w.id for w in self.walkers],
            xy_m=[w.place(self.t_s) + rng.normal(0.0, w.jitter_m, 2) for w in self.walkers],
            velocity_mps=[w.velocity(self.t_s) for w in self.walkers],
            phases=[w.phase(self.t_s) for w in self.walkers],
            stature_m=[w.stature_m for w in self.walkers],
            ended=self.ended,
        )


def tracks_of(
    *,
    t_s: float,
    ids: Sequence[int] = (),
    xy_m: npt.ArrayLike = (),
    velocity_mps: npt.ArrayLike | None = None,
    phases: Sequence[Phase] | None = None,
    stature_m: Sequence[float] | None = None,
    ended: Sequence[int] = (),
) -> Tracks:
    """One step of a tracker; confirmed, standing and 1.70 m tall unless told otherwise."""
    count = len(ids)
    xy = np.asarray(xy_m, dtype=np.float32).reshape(count, 2)
    stature = np.array([1.7] * count if stature_m is None else stature_m, dtype=np.float32)
    speed = np.zeros((count, 2)) if velocity_mps is None else np.asarray(velocity_mps)
    return Tracks(
        id=np.array(ids, dtype=np.int64),
        xyz_m=np.column_stack([xy, stature]).astype(np.float32).reshape(count, 3),
        velocity_mps=speed.astype(np.float32).reshape(count, 2),
        stature_m=stature,
        stature_sigma_m=np.full(count, 0.02, dtype=np.float32),
        phase=np.array([Phase.CONFIRMED] * count if phases is None else phases, dtype=np.int8),
        attributes=Attributes.unmeasured(count),
        ended=np.array(ended, dtype=np.int64),
        t_ns=round(t_s * 1e9),
    )


def steps(
    walkers: Sequence[Walker], *, fps: float, seed: int = 0, delay_s: float = 0.0
) -> Iterator[Tracks]:
    """What a tracker would say, frame by frame, until all have ended."""
    rng = np.random.default_rng(seed)
    first = min(w.first_s for w in walkers) + delay_s
    last = max(w.last_s + w.ended_late_s for w in walkers)
    ended: set[int] = set()
    for frame in range(int((last - first) * fps) + 3):
        rows = Rows(first + frame / fps)
        for walker in walkers:
            over = rows.t_s > walker.last_s + walker.ended_late_s + 1e-9
            if over and walker.id not in ended and rows.t_s > walker.first_s:
                rows.ended.append(walker.id)
                ended.add(walker.id)
            elif not over and rows.t_s >= walker.first_s - 1e-9:
                rows.walkers.append(walker)
        yield rows.tracks(rng)


def crossings(
    lines: Sequence[LineConfig],
    walkers: Sequence[Walker],
    *,
    fps: float = 15.0,
    seed: int = 0,
    delay_s: float = 0.0,
) -> list[Crossing]:
    """All crossings that the counter finds, in order of publication."""
    counter = LineCounter(lines)
    found: list[Crossing] = []
    for tracks in steps(walkers, fps=fps, seed=seed, delay_s=delay_s):
        found += counter.step(tracks)
    return [*found, *counter.finish()]


def through(*points: PointM, speed_mps: float = 1.2, start_s: float = 0.0) -> tuple[Waypoint, ...]:
    """Waypoints of a walk through the points at one speed."""
    gaps = [float(np.hypot(b[0] - a[0], b[1] - a[1])) for a, b in pairwise(points)]
    times = start_s + np.concatenate([[0.0], np.cumsum(gaps)]) / speed_mps
    return tuple((float(t), x, y) for t, (x, y) in zip(times, points, strict=True))
