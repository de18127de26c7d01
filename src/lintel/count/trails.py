"""Where people walked lately: the latest paths, to draw lines on. Bounded in number and length."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass

import numpy as np

from lintel.clock import NS_PER_S
from lintel.records import Phase, Tracks

STEP_M = 0.1  # a path keeps places this far apart
MAX_POINTS = 200  # then every second one goes
LEAST_M = 0.5  # a shorter way from first to farthest place is no path
SILENT_S = 10.0


@dataclass(frozen=True, slots=True)
class Trail:
    """A way over the floor from its first to its last place, metres."""

    points_m: tuple[tuple[float, float], ...]
    ended: bool


@dataclass(slots=True)
class _Walk:
    points_m: list[tuple[float, float]]
    seen_ns: int
    step_m: float = STEP_M


class TrailKeeper:
    """The stage that remembers the latest paths: ``keep`` ended ones and those of live tracks."""

    def __init__(self, *, keep: int = 200) -> None:
        self._keep = keep
        self.reset()

    def reset(self) -> None:
        """Forget all paths."""
        self._walks: dict[int, _Walk] = {}
        self._ended: deque[tuple[tuple[float, float], ...]] = deque(maxlen=self._keep)

    @property
    def people_remembered(self) -> int:
        """How many live tracks state is kept for."""
        return len(self._walks)

    def step(self, tracks: Tracks) -> None:
        """Take in one step of the tracker; confirmed tracks, where they were seen."""
        rows = np.flatnonzero(tracks.phase == Phase.CONFIRMED)
        places_m = tracks.xyz_m[rows, :2].tolist()
        for track_id, (x, y) in zip(tracks.id[rows].tolist(), places_m, strict=True):
            self._follow(track_id, (x, y), tracks.t_ns)
        silent_ns = tracks.t_ns - round(SILENT_S * NS_PER_S)
        silent = [key for key, walk in self._walks.items() if walk.seen_ns < silent_ns]
        for track_id in [*tracks.ended.tolist(), *silent]:
            walk = self._walks.pop(track_id, None)
            if walk is not None and _reach_m(walk.points_m) >= LEAST_M:
                self._ended.append(tuple(walk.points_m))

    def latest(self, *, limit: int = 200) -> tuple[Trail, ...]:
        """Paths, those that go on first, then from the latest ended one backwards."""
        live = [Trail(tuple(walk.points_m), ended=False) for walk in self._walks.values()]
        ended = [Trail(points_m, ended=True) for points_m in reversed(self._ended)]
        return tuple([*live, *ended][:limit])

    def _follow(self, track_id: int, place_m: tuple[float, float], t_ns: int) -> None:
        walk = self._walks.get(track_id)
        if walk is None:
            self._walks[track_id] = _Walk([place_m], t_ns)
            return
        walk.seen_ns = t_ns
        if math.dist(place_m, walk.points_m[-1]) < walk.step_m:
            return
        walk.points_m.append(place_m)
        if len(walk.points_m) > MAX_POINTS:
            walk.points_m = walk.points_m[::2]
            walk.step_m *= 2.0


def _reach_m(points_m: list[tuple[float, float]]) -> float:
    return max(math.dist(points_m[0], point_m) for point_m in points_m)
