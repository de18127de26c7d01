"""Static scenery on the plan view: what stands still for long is furniture, not a person.

Whoever waits in a queue stands where others stood before them: cells are told to be a person's as
long as a head is believed near them, and what was seen there is forgotten once they are empty.

State: five numbers per cell of one grid, whatever comes.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from lintel.clock import NS_PER_S
from lintel.frames import FloatImage


@dataclass(frozen=True, slots=True)
class ScenerySettings:
    """When a tall cell becomes scenery, and when it stops to be. Seconds and metres."""

    absorb_after_s: float = 30.0  # things without the shape of a person
    absorb_person_after_s: float = 900.0  # person-shaped things (a mannequin)
    person_for_s: float = 2.0  # a believed head makes a person of what is near it for so long
    absorb_low_after_s: float = 6.0  # things lower than low_m: chairs, bins, plants
    absorb_low_person_after_s: float = 6.0  # person-shaped ones: as above, or as people
    low_m: float = 1.15
    doubt_rate: float = 3.0  # a second of something higher undoes so many seconds of evidence
    forget_after_s: float = 5.0  # lower than remembered, or nothing, for so long: it went away
    tolerance_m: float = 0.08

    @property
    def person_worth(self) -> float:
        """Of a second of a person, in seconds of a thing."""
        return self.absorb_after_s / self.absorb_person_after_s

    @property
    def low_person_worth(self) -> float:
        """The same of what is lower than ``low_m``."""
        return self.absorb_low_after_s / self.absorb_low_person_after_s


class Scenery:
    """Remembers the height of cells that do not change."""

    def __init__(self, shape: tuple[int, int], settings: ScenerySettings) -> None:
        self._settings = settings
        self._shape = shape
        self.reset()

    def reset(self) -> None:
        """Forget everything."""
        self._static_m = np.zeros(self._shape, dtype=np.float32)
        self._candidate_m = np.zeros(self._shape, dtype=np.float32)
        self._steady_s = np.zeros(self._shape, dtype=np.float32)
        self._lower_s = np.zeros(self._shape, dtype=np.float32)
        self._alone_s = np.full(self._shape, self._settings.person_for_s, dtype=np.float32)
        self._last_ns: int | None = None

    def remove_from(self, height_m: FloatImage) -> FloatImage:
        """The height map with remembered scenery (and what is below it) set to floor."""
        # Edges of things flicker by a cell, so scenery reaches one cell further than it was seen.
        static_m = cv2.dilate(self._static_m, np.ones((3, 3), dtype=np.uint8))
        is_scenery = height_m <= static_m + self._settings.tolerance_m
        return np.where(is_scenery & (static_m > 0), np.float32(0), height_m)

    def learn(self, height_m: FloatImage, person_cells: npt.NDArray[np.bool_], t_ns: int) -> None:
        """Take in one height map; ``person_cells`` (rows, columns) belong to seen people."""
        dt_s = 0.0 if self._last_ns is None else min((t_ns - self._last_ns) / NS_PER_S, 1.0)
        self._last_ns = t_ns
        # On bare floor without a past nothing changes: most of the grid costs nothing.
        cells = np.flatnonzero((height_m > 0) | (self._candidate_m > 0))
        height = height_m.ravel()[cells]
        is_person = self._near_someone(cells, person_cells.ravel()[cells], dt_s)
        self._gather_evidence(cells, height, is_person, dt_s)
        self._decide(cells, height, dt_s)

    def _near_someone(
        self, cells: npt.NDArray[np.intp], is_person: npt.NDArray[np.bool_], dt_s: float
    ) -> npt.NDArray[np.bool_]:
        """Which cells belong to a person, who may have been overlooked for a moment."""
        alone_s = self._alone_s.ravel()
        alone_s[cells] = np.where(is_person, 0.0, alone_s[cells] + np.float32(dt_s))
        return np.asarray(alone_s[cells] < self._settings.person_for_s)

    def _gather_evidence(
        self,
        cells: npt.NDArray[np.intp],
        height: FloatImage,
        is_person: npt.NDArray[np.bool_],
        dt_s: float,
    ) -> None:
        """Count the seconds that each cell showed its candidate height or part of it.

        A hole in the depth says nothing. Something lower is still consistent with scenery whose
        top is hard to measure; something higher is not, and in the end takes its place. A second
        of a person is worth less, so that they are absorbed so much later.
        """
        rule = self._settings
        candidate, steady_s = self._candidate_m.ravel(), self._steady_s.ravel()
        was_m = candidate[cells]
        higher = height > was_m + rule.tolerance_m
        worth = np.where(was_m < rule.low_m, rule.low_person_worth, rule.person_worth)
        gained_s = np.where(is_person, worth * dt_s, dt_s)
        change_s = np.where(higher, -rule.doubt_rate * dt_s, np.where(height > 0, gained_s, 0.0))
        counted_s = steady_s[cells] + change_s
        candidate[cells] = np.where(higher & (counted_s <= 0), height, was_m)
        steady_s[cells] = np.clip(counted_s, 0.0, rule.absorb_person_after_s + 1.0)

    def _decide(self, cells: npt.NDArray[np.intp], height: FloatImage, dt_s: float) -> None:
        """Take in what was there for long, forget what went away."""
        rule = self._settings
        candidate, steady_s = self._candidate_m.ravel(), self._steady_s.ravel()
        static, lower_s = self._static_m.ravel(), self._lower_s.ravel()
        is_low = candidate[cells] < rule.low_m
        needed_s = np.where(is_low, rule.absorb_low_after_s, rule.absorb_after_s)
        absorbed = cells[steady_s[cells] >= needed_s]
        static[absorbed] = candidate[absorbed]
        known_m = static[cells]
        lower = np.where(known_m > 0, height < known_m - rule.tolerance_m, height <= 0)
        lower_s[cells] = np.where(lower, lower_s[cells] + np.float32(dt_s), 0.0)
        gone = cells[lower_s[cells] >= rule.forget_after_s]
        for state in (static, candidate, steady_s, lower_s):
            state[gone] = 0.0
