"""What two people did while both were there, summed over time: evidence of coming together.

State is one row of sums for each pair of people present who came into view within the time that
lets them be together; it grows and shrinks with them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from lintel.clock import NS_PER_S
from lintel.geometry import Bools, Floats

STANDING_MPS = 0.25  # slower is standing: a tracker's noise must not add up to a walk
CLOSEST_M = 0.3  # nearer than this is no closer: two bodies do not fit
LONGEST_STEP_S = 1.0  # one observation stands for no more time, however many frames were lost
START_CAPACITY = 8

Slots: TypeAlias = npt.NDArray[np.intp]
Complex: TypeAlias = npt.NDArray[np.complex128]


@dataclass(frozen=True, slots=True)
class PairSums:
    """Evidence of one or many pairs; every array has the same shape.

    ``distance_m`` is the harmonic mean of the distance over the time together, so that near
    moments weigh more than far ones; infinite without time together. ``relative_mps`` is how far
    one moved relative to the other, from their first to their last moment together, by that
    time. ``path_m`` is what both walked while together: the slower of the two at each moment.
    """

    distance_m: Floats
    relative_mps: Floats
    path_m: Floats


class PairEvidence:
    """Sums for the pairs among the people present: one slot per person, one row per pair.

    Places, and where one is from the other, are complex numbers: x + iy in metres.

    Args:
        entry_gap_s: people who came into view further apart in time are no pair.
    """

    def __init__(self, *, entry_gap_s: float) -> None:
        self._entry_gap_ns = round(entry_gap_s * NS_PER_S)
        self.reset()

    def reset(self) -> None:
        """Forget everybody."""
        self._slot_of: dict[int, int] = {}
        self._now_ns = 0
        self._listed: list[int] | None = None  # the ids of the last step, ...
        self._slots: Slots = np.zeros(0, dtype=np.intp)  # ... their slots, ...
        self._both_listed: Bools = np.zeros(0, dtype=bool)  # ... and the pairs of two of them
        self._all_listed = True
        self._free = list(range(START_CAPACITY))[::-1]
        self._id = np.zeros(START_CAPACITY, dtype=np.int64)
        self._entry_t_ns = np.zeros(START_CAPACITY, dtype=np.int64)
        self._seen_t_ns = np.zeros(START_CAPACITY, dtype=np.int64)
        self._speed_mps = np.zeros(START_CAPACITY)
        self._place_m: Complex = np.zeros(START_CAPACITY, dtype=np.complex128)
        self._pair_slots: Slots = np.zeros((2, 0), dtype=np.intp)
        self._both_s, self._inverse, self._path_m = np.zeros((3, 0))
        self._first_m, self._last_m = np.zeros((2, 0), dtype=np.complex128)
        self._all_met = True

    def __len__(self) -> int:
        return len(self._slot_of)

    @property
    def present(self) -> tuple[int, ...]:
        """Ids of the people present, in order of entry."""
        return tuple(self._slot_of)

    @property
    def capacity(self) -> int:
        """People that fit into the arrays as they are."""
        return len(self._id)

    @property
    def pairs(self) -> int:
        """How many pairs sums are kept for."""
        return len(self._both_s)

    def advance(self, ids: list[int], place_m: Floats, velocity_mps: Floats, *, t_ns: int) -> None:
        """Add what the people ``ids`` do now; new ids enter at ``t_ns``.

        An observation stands for the time since the same two people were last seen, at most
        ``LONGEST_STEP_S``.

        Args:
            ids: who is here, M people.
            place_m: (M, 2) where.
            velocity_mps: (M, 2) how they move.
            t_ns: now.
        """
        if ids == self._listed:
            span_s: float | Floats = min((t_ns - self._now_ns) / NS_PER_S, LONGEST_STEP_S)
            self._now_ns = t_ns
        else:
            span_s = self._list(ids, t_ns)
        if self.pairs:
            speed_mps = np.abs(_complex(velocity_mps))
            speed_mps[speed_mps < STANDING_MPS] = 0.0
            self._speed_mps[self._slots] = speed_mps
            self._place_m[self._slots] = _complex(place_m)
            self._add(span_s)

    def sums(self) -> tuple[npt.NDArray[np.int64], PairSums]:
        """The pairs, ids (2, K), and their evidence, arrays (K,)."""
        return self._id[self._pair_slots], self._read(slice(None))

    def leave(self, track_id: int) -> tuple[list[int], PairSums] | None:
        """Drop a person; give the others of its pairs and the final evidence with each.

        None where the person was never here.
        """
        slot = self._slot_of.pop(track_id, None)
        if slot is None:
            return None
        self._close_list()
        mine = (self._pair_slots == slot).any(axis=0)
        pairs = self._pair_slots[:, mine]
        others = self._id[np.where(pairs[0] == slot, pairs[1], pairs[0])]
        final = self._read(mine)
        self._keep(~mine)
        self._free.append(slot)
        return others.tolist(), final

    def _list(self, ids: list[int], t_ns: int) -> Floats:
        """Take up another list of people; give what this step stands for, for each pair."""
        self._close_list()
        for track_id in ids:
            if track_id not in self._slot_of:
                self._admit(track_id, t_ns)
        self._listed, self._now_ns = ids, t_ns
        self._slots = np.array([self._slot_of[track_id] for track_id in ids], dtype=np.intp)
        listed = np.zeros(self.capacity, dtype=bool)
        listed[self._slots] = True
        here, there = listed[self._pair_slots]
        self._both_listed = here & there
        self._all_listed = len(ids) == len(self._slot_of)
        here_ns, there_ns = self._seen_t_ns[self._pair_slots]
        since_s = (t_ns - np.maximum(here_ns, there_ns)) / NS_PER_S
        return np.asarray(np.minimum(since_s, LONGEST_STEP_S))

    def _close_list(self) -> None:
        """Note when those of the last step were seen; the next step lists anew."""
        self._seen_t_ns[self._slots] = self._now_ns
        self._listed, self._slots = None, self._slots[:0]

    def _add(self, span_s: float | Floats) -> None:
        """Add one step to every pair of which both are listed."""
        here, there = self._place_m[self._pair_slots]
        apart_m = here - there
        if not self._all_listed:
            span_s = np.where(self._both_listed, span_s, 0.0)
            apart_m = np.where(self._both_listed, apart_m, self._last_m)
        if not self._all_met:
            self._first_m = np.where(np.isnan(self._first_m), apart_m, self._first_m)
            self._all_met = not np.isnan(self._first_m).any()
        self._last_m = apart_m
        self._both_s += span_s
        self._inverse += span_s / np.fmax(np.abs(apart_m), CLOSEST_M)  # NaN: never met yet
        here_mps, there_mps = self._speed_mps[self._pair_slots]
        self._path_m += span_s * np.minimum(here_mps, there_mps)

    def _admit(self, track_id: int, t_ns: int) -> None:
        """Give a slot, and a row with each of those who came a short time before."""
        if not self._free:
            self._grow()
        slot = self._free.pop()
        others = [
            other
            for other in self._slot_of.values()
            if t_ns - self._entry_t_ns[other] <= self._entry_gap_ns
        ]
        self._slot_of[track_id], self._id[slot] = slot, track_id
        self._entry_t_ns[slot] = self._seen_t_ns[slot] = t_ns
        if others:
            rows = np.array([others, [slot] * len(others)], dtype=np.intp)
            self._pair_slots = np.concatenate([self._pair_slots, rows], axis=1)
            zeros, unknown = np.zeros(len(others)), np.full(len(others), np.nan)
            self._both_s = np.concatenate([self._both_s, zeros])
            self._inverse = np.concatenate([self._inverse, zeros])
            self._path_m = np.concatenate([self._path_m, zeros])
            self._first_m = np.concatenate([self._first_m, unknown])
            self._last_m = np.concatenate([self._last_m, unknown])
            self._all_met = False

    def _keep(self, rows: Bools) -> None:
        self._pair_slots = self._pair_slots[:, rows]
        self._both_s, self._inverse = self._both_s[rows], self._inverse[rows]
        self._path_m = self._path_m[rows]
        self._first_m, self._last_m = self._first_m[rows], self._last_m[rows]

    def _grow(self) -> None:
        old = self.capacity
        self._id, self._entry_t_ns, self._seen_t_ns = (
            np.pad(column, (0, old)) for column in (self._id, self._entry_t_ns, self._seen_t_ns)
        )
        self._speed_mps = np.pad(self._speed_mps, (0, old))
        self._place_m = np.pad(self._place_m, (0, old))
        self._free.extend(range(2 * old - 1, old - 1, -1))

    def _read(self, rows: slice | Bools) -> PairSums:
        both_s, never = self._both_s[rows], self._both_s[rows] <= 0.0
        moved_m = np.abs(self._last_m[rows] - self._first_m[rows])
        distance_m = both_s / np.where(never, 1.0, self._inverse[rows])
        relative_mps = moved_m / np.where(never, 1.0, both_s)
        distance_m[never] = relative_mps[never] = np.inf
        return PairSums(distance_m, relative_mps, self._path_m[rows])


def _complex(vectors: Floats) -> Complex:
    """Vectors (M, 2) as x + iy (M,)."""
    return vectors.astype(np.float64, order="C").view(np.complex128)[:, 0]
