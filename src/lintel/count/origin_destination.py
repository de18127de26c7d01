"""Where people go: how many went from one zone to the next, and from their first to their last."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from lintel.errors import ContractError


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

    def step(self, journeys: Sequence[Sequence[str]]) -> None:
        """Add finished journeys: names of zones in the order of visits."""
        for journey in journeys:
            places = [self._index[name] for name in journey]
            if places:
                self._whole[places[0], places[-1]] += 1
            for start, end in pairwise(places):
                self._legs[start, end] += 1
