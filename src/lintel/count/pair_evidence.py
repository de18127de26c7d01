"""What two people did while both were there, summed over time: evidence of coming together.

State is a square of sums over the people present now; it grows and shrinks with them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lintel.clock import NS_PER_S
from lintel.geometry import Floats

STANDING_MPS = 0.25  # slower is standing: a tracker's noise must not add up to a walk
CLOSEST_M = 0.3  # nearer than this is no closer: two bodies do not fit
LONGEST_STEP_S = 1.0  # one observation stands for no more time, however many frames were lost
START_CAPACITY = 8


@dataclass(frozen=True, slots=True)
class PairSums:
    """Evidence of one or many pairs; every array has the same shape.

    ``distance_m`` is the harmonic mean of the distance over the time together, so that near
    moments weigh more than far ones; infinite without time together. ``relative_mps`` is how far
    one moved relative to the other, from their first to their last moment together, by that
    time. ``path_m`` is what both walked while together: the slower of the two at each moment.
    ``entry_gap_s`` is the time between their first sightings.
    """

    distance_m: Floats
    relative_mps: Floats
    path_m: Floats
    entry_gap_s: Floats


class PairEvidence:
    """Sums for all pairs among the people present, one slot per person."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget everybody."""
        self._slot_of: dict[int, int] = {}
        self._free = list(range(START_CAPACITY))[::-1]
        self._entry_t_ns = np.zeros(START_CAPACITY, dtype=np.int64)
        self._seen_t_ns = np.zeros(START_CAPACITY, dtype=np.int64)
        self._sums = np.zeros((3, START_CAPACITY, START_CAPACITY))
        self._first_m = np.full((2, START_CAPACITY, START_CAPACITY), np.nan)
        self._last_m = np.full((2, START_CAPACITY, START_CAPACITY), np.nan)

    def __len__(self) -> int:
        return len(self._slot_of)

    @property
    def present(self) -> tuple[int, ...]:
        """Ids of the people present, in order of entry."""
        return tuple(self._slot_of)

    @property
    def capacity(self) -> int:
        """People that fit into the arrays as they are."""
        return self._sums.shape[1]

    def advance(
        self,
        ids: npt.NDArray[np.int64],
        place_m: Floats,
        velocity_mps: Floats,
        *,
        t_ns: int,
    ) -> None:
        """Add what the people ``ids`` (M,) do now; new ids enter at ``t_ns``.

        An observation stands for the time since the same two people were last seen, at most
        ``LONGEST_STEP_S``.

        Args:
            ids: (M,) who is here.
            place_m: (M, 2) where.
            velocity_mps: (M, 2) how they move.
            t_ns: now.
        """
        for track_id in ids.tolist():
            if track_id not in self._slot_of:
                self._admit(track_id, t_ns)
        slots = np.array([self._slot_of[track_id] for track_id in ids.tolist()], dtype=np.intp)
        age_s = np.minimum((t_ns - self._seen_t_ns[slots]) / NS_PER_S, LONGEST_STEP_S)
        self._seen_t_ns[slots] = t_ns
        if len(slots) > 1:
            self._add(slots, place_m, velocity_mps, np.minimum(age_s[:, None], age_s[None, :]))

    def square(self) -> PairSums:
        """Evidence of every pair among ``present``, arrays of shape (P, P)."""
        slots = np.array(list(self._slot_of.values()), dtype=np.intp)
        return self._read(slots[:, None], slots[None, :])

    def leave(self, track_id: int) -> tuple[tuple[int, ...], PairSums] | None:
        """Drop a person; give the others and the final evidence with each, arrays (P - 1,).

        None where the person was never here.
        """
        slot = self._slot_of.pop(track_id, None)
        if slot is None:
            return None
        others = np.array(list(self._slot_of.values()), dtype=np.intp)
        final = self._read(np.full(len(others), slot), others)
        for array, empty in ((self._sums, 0.0), (self._first_m, np.nan), (self._last_m, np.nan)):
            array[:, slot, :] = empty
            array[:, :, slot] = empty
        self._free.append(slot)
        return tuple(self._slot_of), final

    def _add(
        self, slots: npt.NDArray[np.intp], place_m: Floats, velocity_mps: Floats, dt_s: Floats
    ) -> None:
        relative_m = (place_m[:, None] - place_m[None, :]).transpose(2, 0, 1)
        apart_m = np.hypot(relative_m[0], relative_m[1])
        speed = np.linalg.norm(velocity_mps, axis=1)
        speed = np.where(speed < STANDING_MPS, 0.0, speed)
        square = np.ix_(slots, slots)
        rates = (
            np.ones_like(apart_m),
            1.0 / np.maximum(apart_m, CLOSEST_M),
            np.minimum(speed[:, None], speed[None, :]),
        )
        for total, rate in zip(self._sums, rates, strict=True):
            total[square] += dt_s * rate
        for first, last, now_m in zip(self._first_m, self._last_m, relative_m, strict=True):
            first[square] = np.where(np.isnan(first[square]), now_m, first[square])
            last[square] = now_m

    def _admit(self, track_id: int, t_ns: int) -> None:
        if not self._free:
            self._grow()
        slot = self._free.pop()
        self._slot_of[track_id] = slot
        self._entry_t_ns[slot] = t_ns
        self._seen_t_ns[slot] = t_ns

    def _grow(self) -> None:
        old = self.capacity
        more = ((0, 0), (0, old), (0, old))
        self._sums = np.pad(self._sums, more)
        self._first_m = np.pad(self._first_m, more, constant_values=np.nan)
        self._last_m = np.pad(self._last_m, more, constant_values=np.nan)
        self._entry_t_ns = np.pad(self._entry_t_ns, (0, old))
        self._seen_t_ns = np.pad(self._seen_t_ns, (0, old))
        self._free.extend(range(2 * old - 1, old - 1, -1))

    def _read(self, row: npt.NDArray[np.intp], column: npt.NDArray[np.intp]) -> PairSums:
        both_s, inverse, path_m = self._sums[:, row, column]
        moved_m = np.hypot(*(self._last_m[:, row, column] - self._first_m[:, row, column]))
        gap_ns = self._entry_t_ns[row] - self._entry_t_ns[column]
        with np.errstate(divide="ignore", invalid="ignore"):
            distance_m = np.where(both_s > 0.0, both_s / inverse, np.inf)
            relative = np.where(both_s > 0.0, moved_m / both_s, np.inf)
        return PairSums(distance_m, relative, path_m, np.abs(gap_ns) / NS_PER_S)
