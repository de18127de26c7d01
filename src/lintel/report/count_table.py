"""Counts of one kind in rows and columns, with their totals: what is published at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt

from lintel.errors import PublishError
from lintel.geometry import read_only
from lintel.records import Direction, Interval

Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class CountTable:
    """Counts (R, C) of the same people-passages, each in one cell only.

    Attributes:
        rows: label of each row, such as the start of an hour.
        columns: label of each column, such as a place and direction.
        counts: (R, C), not negative.
        watched: (R, C) False where nobody looked; the count there is 0 and known to mean nothing.
    """

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    counts: Counts
    watched: npt.NDArray[np.bool_]

    def __post_init__(self) -> None:
        shape = (len(self.rows), len(self.columns))
        read_only(self.counts, shape, "CountTable.counts")
        read_only(self.watched, shape, "CountTable.watched")
        if (self.counts < 0).any() or (self.counts[~self.watched] != 0).any():
            raise PublishError("counts must not be negative, and 0 where nobody looked")
        if len(set(self.rows)) != len(self.rows) or len(set(self.columns)) != len(self.columns):
            raise PublishError("rows and columns need labels of their own")

    def with_totals(self) -> Counts:
        """Counts (R + 1, C + 1): the last row and column hold the totals."""
        table = np.zeros((len(self.rows) + 1, len(self.columns) + 1), dtype=np.int64)
        table[:-1, :-1] = self.counts
        table[-1, :-1] = self.counts.sum(axis=0)
        table[:, -1] = table.sum(axis=1)
        return table


def table_of(intervals: Iterable[Interval]) -> CountTable:
    """Crossings per interval (rows, by time) and place and direction (columns).

    Raises:
        PublishError: two intervals of one place overlap, so that people would stand in two rows.
    """
    given = list(intervals)
    require_apart(given)
    spans = sorted({(one.start_utc, one.end_utc) for one in given})
    columns = [(place, way) for place in sorted({one.place for one in given}) for way in Direction]
    row_of = {span: k for k, span in enumerate(spans)}
    column_of = {column: k for k, column in enumerate(columns)}
    counts = np.zeros((len(spans), len(columns)), dtype=np.int64)
    watched = np.zeros(counts.shape, dtype=bool)
    for one in given:
        row = row_of[one.start_utc, one.end_utc]
        for way, count in ((Direction.IN, one.totals.entered), (Direction.OUT, one.totals.left)):
            counts[row, column_of[one.place, way]] = count
            watched[row, column_of[one.place, way]] = True
    return CountTable(
        tuple(f"{start.isoformat()}/{end.isoformat()}" for start, end in spans),
        tuple(f"{place} {way.value}" for place, way in columns),
        counts,
        watched,
    )


def require_apart(intervals: Iterable[Interval]) -> None:
    """Check that no moment of a place is in two intervals.

    Raises:
        PublishError: two overlap.
    """
    ends: dict[str, datetime] = {}
    for one in sorted(intervals, key=lambda one: (one.place, one.start_utc)):
        before = ends.get(one.place)
        if before is not None and one.start_utc < before:
            raise PublishError(
                f"{one.place!r}: two intervals hold {one.start_utc.isoformat()}: publish periods "
                "of one length only"
            )
        ends[one.place] = one.end_utc
