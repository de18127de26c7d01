"""Where people go: how many went from one zone to the next, and from their first to their last."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from lintel.errors import ContractError


@dataclass(frozen=True, slots=True)
class ZonePair:
    """Visits to ``end`` that followed one to ``start``; people from first to last zone."""

    start: str
    end: str
    legs: int
    whole: int


class OriginDestination:
    """Counts journeys between fixed zones; state is two square matrices.

    ``step`` takes the journeys that ``ZoneCounter`` gives when people have gone.
    """

    def __init__(self, zones: Sequence[str]) -> None:
        self._index = {name: k for k, name in enumerate(zones)}
        if len(self._index) != len(zones):
            raise ContractError(f"OriginDestination: names must differ, got {list(zones)}")
        self.reset()

    def reset(self) -> None:
        """Back to zero."""
        size = len(self._index)
        self._legs = np.zeros((size, size), dtype=np.int64)
        self._whole = np.zeros((size, size), dtype=np.int64)

    @property
    def zones(self) -> tuple[str, ...]:
        """Names, in the order of rows and columns."""
        return tuple(self._index)

    @property
    def legs(self) -> npt.NDArray[np.int64]:
        """(Z, Z): visits to the zone of the column that followed one to the zone of the row."""
        return self._legs.copy()

    @property
    def whole(self) -> npt.NDArray[np.int64]:
        """(Z, Z): people whose first zone was the row's and last the column's.

        The diagonal holds those who were in one zone only, or came back to it.
        """
        return self._whole.copy()

    def pairs(self) -> tuple[ZonePair, ...]:
        """What is not zero, for whoever keeps it."""
        names = self.zones
        found = np.argwhere((self._legs > 0) | (self._whole > 0)).tolist()
        return tuple(
            ZonePair(names[a], names[b], int(self._legs[a, b]), int(self._whole[a, b]))
            for a, b in found
        )

    def restore(self, pairs: Iterable[ZonePair]) -> None:
        """Go on from what was kept; zones that are no more are left aside."""
        self.reset()
        for pair in pairs:
            if pair.start in self._index and pair.end in self._index:
                cell = (self._index[pair.start], self._index[pair.end])
                self._legs[cell], self._whole[cell] = pair.legs, pair.whole

    def step(self, journeys: Sequence[Sequence[str]]) -> None:
        """Add finished journeys: names of zones in the order of visits."""
        for journey in journeys:
            places = [self._index[name] for name in journey]
            if places:
                self._whole[places[0], places[-1]] += 1
            for start, end in pairwise(places):
                self._legs[start, end] += 1
