"""What the counter remembers of each live track: one row per track, freed when it ends."""

from __future__ import annotations

from collections import deque

import numpy as np
import numpy.typing as npt

from lintel.clock import NS_PER_S
from lintel.geometry import Bools, Floats
from lintel.records import Attributes, Phase, Tracks

Slots = npt.NDArray[np.intp]

EARLY_S = 0.5  # the first velocity of a track is its displacement over up to this long
REUNION_S = 0.7  # an ended track is remembered this long for the one that may continue it
SILENCE_S = 10.0  # a track that is neither listed nor ended for so long is gone


class PathMemory:
    """Paths of live tracks, as columns indexed by slot.

    Memory is bounded by the largest number of tracks alive within any ``SILENCE_S``.
    """

    def __init__(self, *, lines: int, capacity: int = 64) -> None:
        self._lines = lines
        self._slot_of: dict[int, int] = {}
        self._retired: deque[tuple[int, int]] = deque()  # (when, id)
        self._allocate(capacity)

    def __len__(self) -> int:
        return len(self._slot_of)

    def slot_of(self, track_id: int) -> int | None:
        """The slot of a remembered track."""
        return self._slot_of.get(track_id)

    def believe(self, tracks: Tracks) -> None:
        """Note which known tracks are listed, and which of them are confirmed."""
        slots = np.array([self._slot_of.get(int(i), -1) for i in tracks.id], dtype=np.intp)
        known = slots >= 0
        self.listed_t_ns[slots[known]] = tracks.t_ns
        self.believed[slots[known]] |= tracks.phase[known] != Phase.TENTATIVE

    def admit(self, ids: npt.NDArray[np.int64]) -> tuple[Slots, Bools]:
        """Slots (m,) of the tracks and which of them are new."""
        born = np.zeros(len(ids), dtype=bool)
        slots = np.empty(len(ids), dtype=np.intp)
        for row, track_id in enumerate(ids.tolist()):
            slot = self._slot_of.get(track_id)
            if slot is None:
                slot, born[row] = self._take(track_id), True
            slots[row] = slot
        return slots, born

    def observe(self, slots: Slots, born: Bools, tracks: Tracks, rows: Slots) -> None:
        """Write the observations ``rows`` of ``tracks`` into ``slots``."""
        points_m, now = tracks.xyz_m[rows, :2].astype(np.float64), tracks.t_ns
        new = slots[born]
        self.birth_m[new], self.birth_t_ns[new] = points_m[born], now
        self.early_m[new], self.early_t_ns[new] = points_m[born], now
        first = self.early_t_ns[slots] == self.birth_t_ns[slots]
        early = first | (now - self.birth_t_ns[slots] <= EARLY_S * NS_PER_S)
        self.early_m[slots[early]], self.early_t_ns[slots[early]] = points_m[early], now
        self.position_m[slots], self.t_ns[slots] = points_m, now
        self.listed_t_ns[slots] = now
        self.velocity_mps[slots] = tracks.velocity_mps[rows]
        self.observations[slots] += 1
        self.believed[slots] |= tracks.phase[rows] == Phase.CONFIRMED
        looks = (tracks.stature_m, *_scores(tracks.attributes), *_scores(tracks.confidence))
        self.looks[slots] = np.stack([column[rows] for column in looks], axis=1)

    def early_velocity_mps(self, slot: int) -> tuple[float, float, float]:
        """Mean velocity (x, y) over the first ``EARLY_S`` of the track, and over how many s."""
        baseline_s = float(self.early_t_ns[slot] - self.birth_t_ns[slot]) / NS_PER_S
        if baseline_s <= 0.0:
            return 0.0, 0.0, 0.0
        velocity = (self.early_m[slot] - self.birth_m[slot]) / baseline_s
        return float(velocity[0]), float(velocity[1]), baseline_s

    def missing(self, now_ns: int) -> Slots:
        """Slots of tracks seen within ``REUNION_S`` but not now, that no other track continues."""
        age_ns = now_ns - self.t_ns
        lost = (age_ns > 0) & (age_ns <= REUNION_S * NS_PER_S)
        return np.flatnonzero(lost & self.alive & ~self.continued)

    def retire(self, slot: int, now_ns: int) -> None:
        """The track ended; it is kept for ``REUNION_S`` for one that may continue it."""
        self.retired[slot] = True
        self._retired.append((now_ns, int(self.id[slot])))

    def forget(self, now_ns: int) -> list[int]:
        """Free the rows of tracks that ended ``REUNION_S`` ago; give their slots."""
        freed = []
        while self._retired and now_ns - self._retired[0][0] > REUNION_S * NS_PER_S:
            _, track_id = self._retired.popleft()
            slot = self._slot_of.get(track_id)
            if slot is not None and self.retired[slot]:
                del self._slot_of[track_id]
                self.alive[slot] = False
                self._free.append(slot)
                freed.append(slot)
        return freed

    def silent(self, now_ns: int) -> Slots:
        """Slots of tracks of which nothing was heard for ``SILENCE_S``."""
        unheard = now_ns - self.listed_t_ns > SILENCE_S * NS_PER_S
        return np.flatnonzero(self.alive & ~self.retired & unheard)

    def _take(self, track_id: int) -> int:
        if not self._free:
            self._grow()
        slot = self._free.pop()
        self._slot_of[track_id] = slot
        self.id[slot], self.alive[slot] = track_id, True
        self.retired[slot] = self.believed[slot] = False
        self.observations[slot] = 0
        self.open[slot] = False
        self.continued[slot] = False
        return slot

    def _allocate(self, capacity: int) -> None:
        self.id = np.zeros(capacity, dtype=np.int64)
        self.alive = np.zeros(capacity, dtype=bool)
        self.retired = np.zeros(capacity, dtype=bool)
        self.believed = np.zeros(capacity, dtype=bool)
        self.position_m: Floats = np.zeros((capacity, 2))  # last observation
        self.t_ns = np.zeros(capacity, dtype=np.int64)
        self.listed_t_ns = np.zeros(capacity, dtype=np.int64)  # last time listed, even unseen
        self.velocity_mps: Floats = np.zeros((capacity, 2))
        self.birth_m: Floats = np.zeros((capacity, 2))
        self.birth_t_ns = np.zeros(capacity, dtype=np.int64)
        self.early_m: Floats = np.zeros((capacity, 2))
        self.early_t_ns = np.zeros(capacity, dtype=np.int64)
        self.observations = np.zeros(capacity, dtype=np.int64)
        self.looks: Floats = np.zeros((capacity, 7))  # stature, child, staff, gender, confidences
        self.open = np.zeros((capacity, self._lines), dtype=bool)  # a visit is open
        self.clearance_m: Floats = np.zeros((capacity, self._lines))  # at the last observation
        self.continued = np.zeros(capacity, dtype=bool)  # a live track continues this one
        self._free = list(range(capacity - 1, -1, -1))

    def _grow(self) -> None:
        old = len(self.alive)
        for name, column in list(vars(self).items()):
            if isinstance(column, np.ndarray):
                setattr(self, name, np.concatenate([column, np.zeros_like(column)]))
        self._free = list(range(2 * old - 1, old - 1, -1))

    def redraw(self, kept: dict[int, int], *, lines: int) -> None:
        """Have columns for other lines; those of lines that are kept (before: after) go on."""
        opened, clearance_m = self.open.copy(), self.clearance_m.copy()
        self._lines = lines
        self.open = np.zeros((len(self.alive), lines), dtype=bool)
        self.clearance_m = np.zeros((len(self.alive), lines))
        for before, after in kept.items():
            self.open[:, after] = opened[:, before]
            self.clearance_m[:, after] = clearance_m[:, before]


def _scores(attributes: Attributes) -> tuple[Floats, Floats, Floats]:
    return attributes.child, attributes.staff, attributes.gender
