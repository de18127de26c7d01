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
    moments weigh more than far ones; infinite without time together. ``relative_mps`` is the
    length of the mean velocity difference. ``path_m`` is what both walked while together: the
    slower of the two at each moment. ``entry_gap_s`` is the time between their first sightings.
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
        self._sums = np.zeros((5, START_CAPACITY, START_CAPACITY))

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
        self._sums[:, slot, :] = 0.0
        self._sums[:, :, slot] = 0.0
        self._free.append(slot)
        return tuple(self._slot_of), final

    def _add(
        self, slots: npt.NDArray[np.intp], place_m: Floats, velocity_mps: Floats, dt_s: Floats
    ) -> None:
        apart_m = np.linalg.norm(place_m[:, None] - place_m[None, :], axis=2)
        speed = np.linalg.norm(velocity_mps, axis=1)
        speed = np.where(speed < STANDING_MPS, 0.0, speed)
        relative = velocity_mps[:, None] - velocity_mps[None, :]
        square = np.ix_(slots, slots)
        rates = (
            np.ones_like(apart_m),
            1.0 / np.maximum(apart_m, CLOSEST_M),
            np.minimum(speed[:, None], speed[None, :]),
            relative[..., 0],
            relative[..., 1],
        )
        for total, rate in zip(self._sums, rates, strict=True):
            total[square] += dt_s * rate

    def _admit(self, track_id: int, t_ns: int) -> None:
        if not self._free:
            self._grow()
        slot = self._free.pop()
        self._slot_of[track_id] = slot
        self._entry_t_ns[slot] = t_ns
        self._seen_t_ns[slot] = t_ns

    def _grow(self) -> None:
        old = self.capacity
        self._sums = np.pad(self._sums, ((0, 0), (0, old), (0, old)))
        self._entry_t_ns = np.pad(self._entry_t_ns, (0, old))
        self._seen_t_ns = np.pad(self._seen_t_ns, (0, old))
        self._free.extend(range(2 * old - 1, old - 1, -1))

    def _read(self, row: npt.NDArray[np.intp], column: npt.NDArray[np.intp]) -> PairSums:
        both_s, inverse, path_m, relative_x, relative_y = self._sums[:, row, column]
        gap_ns = self._entry_t_ns[row] - self._entry_t_ns[column]
        with np.errstate(divide="ignore", invalid="ignore"):
            distance_m = np.where(both_s > 0.0, both_s / inverse, np.inf)
            relative = np.where(both_s > 0.0, np.hypot(relative_x, relative_y) / both_s, np.inf)
        return PairSums(distance_m, relative, path_m, np.abs(gap_ns) / NS_PER_S)
