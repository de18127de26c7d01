"""Heat maps on the floor: how long people were where, and where they stopped.

Presence is person-seconds per cell, spread along the straight path between observations, so its
sum is person-time whatever the frame rate. A stop is a stay within ``radius_m`` of where it
began for ``min_s`` (stay point, Li et al., Mining user similarity based on location history,
2008); it counts in the cell where it began, with its seconds. Maps of one grid add up.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from lintel.clock import NS_PER_S
from lintel.errors import ContractError
from lintel.geometry import OUTSIDE, FloorGrid, read_only
from lintel.records import Phase, Tracks

MAX_PIECES = 256
Place: TypeAlias = tuple[float, float]  # x, y in metres
SILENT_S = 10.0  # a track that is not even listed for so long has ended unsaid
CONFIRMED = int(Phase.CONFIRMED)


@dataclass(frozen=True, slots=True, eq=False)
class HeatMap:
    """What was gathered on a grid in ``[start_ns, end_ns)``; arrays (rows, columns)."""

    grid: FloorGrid
    presence_s: npt.NDArray[np.float64]  # person-seconds
    stops: npt.NDArray[np.int64]
    stopped_s: npt.NDArray[np.float64]  # seconds of those stops
    outside_s: float  # person-seconds beside the grid
    start_ns: int
    end_ns: int

    def __post_init__(self) -> None:
        shape = (self.grid.rows, self.grid.columns)
        for name in ("presence_s", "stops", "stopped_s"):
            read_only(getattr(self, name), shape, f"HeatMap.{name}")

    @property
    def person_s(self) -> float:
        """All person-time, beside the grid too."""
        return float(self.presence_s.sum()) + self.outside_s

    def plus(self, other: HeatMap) -> HeatMap:
        """Both together.

        Raises:
            ContractError: the grids differ.
        """
        if self.grid != other.grid:
            raise ContractError("HeatMap.plus: maps of different grids do not add up")
        return HeatMap(
            self.grid,
            self.presence_s + other.presence_s,
            self.stops + other.stops,
            self.stopped_s + other.stopped_s,
            self.outside_s + other.outside_s,
            min(self.start_ns, other.start_ns),
            max(self.end_ns, other.end_ns),
        )

    def csv(self) -> Iterator[str]:
        """Lines of a CSV table, a header first: cell centres in metres and what is not zero."""
        yield "x_m,y_m,presence_s,stops,stopped_s"
        half = 0.5 * self.grid.cell_m
        for row, column in np.argwhere((self.presence_s > 0.0) | (self.stops > 0)).tolist():
            x_m = self.grid.origin_m[0] + column * self.grid.cell_m + half
            y_m = self.grid.origin_m[1] + row * self.grid.cell_m + half
            cell = (row, column)
            yield (
                f"{x_m:.3f},{y_m:.3f},{self.presence_s[cell]:.3f},"
                f"{self.stops[cell]},{self.stopped_s[cell]:.3f}"
            )


@dataclass(slots=True)
class _Walker:
    seen_ns: int
    place_m: Place
    cell: int
    anchor_ns: int
    anchor_m: Place


class HeatMapper:
    """The stage that gathers a heat map. Stops are counted when they are over.

    State: the sums on the grid, and the last place and last anchor of each live track.

    Raises (``step``):
        ContractError: time runs backwards.
    """

    def __init__(self, grid: FloorGrid, *, radius_m: float = 0.5, min_s: float = 3.0) -> None:
        self._grid = grid
        self._radius_m = radius_m
        self._min_s = min_s
        self.reset()

    def reset(self) -> None:
        """Forget everybody and everything."""
        self._walkers: dict[int, _Walker] = {}
        self._now_ns: int | None = None
        self._silence_ns = 0  # before this nobody has been silent for too long
        self._clear()

    def _clear(self) -> None:
        cells = self._grid.rows * self._grid.columns + 1  # the last one is outside
        # Not of numpy: one cell after the other is added to, which costs a third there.
        self._presence_s = array("d", bytes(8 * cells))
        self._stops = np.zeros(cells, dtype=np.int64)
        self._stopped_s = np.zeros(cells)
        self._start_ns = self._now_ns

    @property
    def people_remembered(self) -> int:
        """How many people state is kept for."""
        return len(self._walkers)

    def step(self, tracks: Tracks) -> None:
        """Take in one step of the tracker; confirmed tracks only, where they were seen."""
        if self._now_ns is not None and tracks.t_ns < self._now_ns:
            raise ContractError(f"time runs backwards: {tracks.t_ns} ns after {self._now_ns} ns")
        self._now_ns = tracks.t_ns
        if self._start_ns is None:
            self._start_ns = tracks.t_ns
        for track_id, phase, x_y in zip(
            tracks.id.tolist(), tracks.phase.tolist(), tracks.xyz_m[:, :2].tolist(), strict=True
        ):
            if phase == CONFIRMED:
                self._follow(track_id, tuple(x_y), tracks.t_ns)
        for track_id in [*tracks.ended.tolist(), *self._silent(tracks.t_ns)]:
            walker = self._walkers.pop(track_id, None)
            if walker is not None:
                self._stop(walker)

    def take(self) -> HeatMap:
        """The map since the last ``take``; a new one begins, nobody is forgotten.

        Presence falls into the map of the step that brought it, a stop into that of its end.
        """
        shape = (self._grid.rows, self._grid.columns)
        now_ns = self._now_ns or 0
        taken = HeatMap(
            self._grid,
            np.array(self._presence_s[:-1]).reshape(shape),
            self._stops[:-1].reshape(shape).copy(),
            self._stopped_s[:-1].reshape(shape).copy(),
            float(self._presence_s[-1]),
            now_ns if self._start_ns is None else self._start_ns,
            now_ns,
        )
        self._clear()
        return taken

    def finish(self) -> HeatMap:
        """Everybody leaves, as at the end of a recording; the last map."""
        for walker in self._walkers.values():
            self._stop(walker)
        self._walkers.clear()
        return self.take()

    def _silent(self, t_ns: int) -> list[int]:
        """Tracks that were not seen for too long; looked for when there may be one."""
        if t_ns <= self._silence_ns:
            return []
        silent_ns = t_ns - round(SILENT_S * NS_PER_S)
        silent = [key for key, walker in self._walkers.items() if walker.seen_ns < silent_ns]
        seen_ns = (one.seen_ns for one in self._walkers.values() if one.seen_ns >= silent_ns)
        self._silence_ns = min(seen_ns, default=t_ns) + round(SILENT_S * NS_PER_S)
        return silent

    def _follow(self, track_id: int, place_m: Place, t_ns: int) -> None:
        walker, cell = self._walkers.get(track_id), self._grid.cell(place_m)
        if walker is None:
            self._walkers[track_id] = _Walker(t_ns, place_m, cell, t_ns, place_m)
            return
        seconds = (t_ns - walker.seen_ns) / NS_PER_S
        if cell == walker.cell != OUTSIDE:  # and all between: a cell is convex
            self._presence_s[cell] += seconds
        else:
            self._spread(walker.place_m, place_m, seconds)
        if math.dist(place_m, walker.anchor_m) > self._radius_m:
            self._stop(walker)
            walker.anchor_ns, walker.anchor_m = t_ns, place_m
        walker.seen_ns, walker.place_m, walker.cell = t_ns, place_m, cell

    def _spread(self, from_m: Place, to_m: Place, seconds: float) -> None:
        """Share the seconds evenly along the path, in pieces of at most half a cell."""
        length = math.dist(from_m, to_m)
        pieces = min(max(math.ceil(2.0 * length / self._grid.cell_m), 1), MAX_PIECES)
        presence_s, each_s = self._presence_s, seconds / pieces
        for cell in self._grid.cells_along(from_m, to_m, pieces):
            presence_s[cell] += each_s  # OUTSIDE is the last one

    def _stop(self, walker: _Walker) -> None:
        """Count the stay at the anchor, if it was long enough."""
        stayed_s = (walker.seen_ns - walker.anchor_ns) / NS_PER_S
        if stayed_s >= self._min_s:
            cell = self._grid.cell(walker.anchor_m)
            self._stops[cell] += 1
            self._stopped_s[cell] += stayed_s
