"""Records as plain tables with typed columns; export.py writes them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from lintel.errors import ContractError, ReportError
from lintel.geometry import read_only
from lintel.records import Alarm, Crossing, Event, GroupCrossing, Interval, ZoneEnter, ZoneLeave
from lintel.report.private import PublicCount
from lintel.report.suppression import PublicTable

Value: TypeAlias = str | datetime | int | float | None
Row: TypeAlias = tuple[Value, ...]


class Kind(StrEnum):
    """What stands in a column. None stands for: not measured, does not apply, not told."""

    TEXT = "text"
    UTC = "utc"
    WHOLE = "whole"
    REAL = "real"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table. ``rows`` may be an iterator and is gone through once."""

    name: str
    columns: tuple[tuple[str, Kind], ...]
    rows: Iterable[Row]


@dataclass(frozen=True, slots=True, eq=False)
class FloorMap:
    """A quantity per square cell of the floor.

    Attributes:
        name, unit: what is measured, such as "presence" and "person-seconds".
        values: (rows, columns); row r, column c spans ``origin_m + (c, r) * cell_m`` and one
            cell further.
    """

    name: str
    unit: str
    values: npt.NDArray[np.float64]
    origin_m: tuple[float, float]
    cell_m: float

    def __post_init__(self) -> None:
        read_only(self.values, (-1, -1), "FloorMap.values")
        if self.values.size == 0 or not np.isfinite(self.values).all() or not self.cell_m > 0.0:
            raise ContractError("FloorMap: expected finite values in cells of positive size")


INTERVAL_COLUMNS = (
    ("start_utc", Kind.UTC),
    ("end_utc", Kind.UTC),
    ("place", Kind.TEXT),
    ("entered", Kind.WHOLE),
    ("left", Kind.WHOLE),
    ("occupancy_mean", Kind.REAL),
    ("occupancy_max", Kind.WHOLE),
    ("coverage", Kind.REAL),
    ("dropped_frames", Kind.WHOLE),
)
DWELL_COLUMNS = (
    ("start_utc", Kind.UTC),
    ("end_utc", Kind.UTC),
    ("place", Kind.TEXT),
    ("dwell_up_to_s", Kind.REAL),
    ("visits", Kind.WHOLE),
)
EVENT_COLUMNS = (
    ("utc", Kind.UTC),
    ("type", Kind.TEXT),
    ("place", Kind.TEXT),
    ("direction", Kind.TEXT),
    ("x_m", Kind.REAL),
    ("y_m", Kind.REAL),
    ("dwell_s", Kind.REAL),
    ("size", Kind.WHOLE),
    ("stature_m", Kind.REAL),
    ("child", Kind.REAL),
    ("staff", Kind.REAL),
    ("gender", Kind.REAL),
    ("reason", Kind.TEXT),
)
MAP_COLUMNS = (("x_m", Kind.REAL), ("y_m", Kind.REAL))
PUBLIC_COLUMNS = (*INTERVAL_COLUMNS[:5], ("coverage", Kind.REAL))


def interval_sheet(intervals: Iterable[Interval]) -> Sheet:
    """One row per interval and place; dwell is a sheet of its own."""
    return Sheet("intervals", INTERVAL_COLUMNS, (_interval_row(one) for one in intervals))


def dwell_sheet(intervals: Iterable[Interval]) -> Sheet:
    """One row per interval, place and dwell class; no upper edge for the open class."""
    rows = (
        (*_span(one), one.place, real(edge_s), visits)
        for one in intervals
        for edge_s, visits in one.dwell_histogram_s
    )
    return Sheet("dwell", DWELL_COLUMNS, rows)


def event_sheet(events: Iterable[tuple[datetime, Event]]) -> Sheet:
    """One row per event with its wall time. No track id: there is none in an event."""
    return Sheet("events", EVENT_COLUMNS, (_event_row(utc, event) for utc, event in events))


def map_sheet(floor_map: FloorMap) -> Sheet:
    """One row per cell that is not zero, at its centre; seconds to the millisecond."""
    seconds = (f"{floor_map.name}_s", Kind.REAL)
    return Sheet(floor_map.name, (*MAP_COLUMNS, seconds), _cells(floor_map))


def public_sheet(counts: Iterable[PublicCount]) -> Sheet:
    """Counts with noise, and nothing else."""
    rows = ((*_span(one), one.place, one.entered, one.left, one.coverage) for one in counts)
    return Sheet("public", PUBLIC_COLUMNS, rows)


def table_sheet(table: PublicTable) -> Sheet:
    """Counts with small ones left out; the last row and column are totals.

    Cells that nobody watched are left out as well; the column ``watched`` tells how many were.
    """
    names = [f"{name} " if name in {"from", "watched", "total"} else name for name in table.columns]
    columns = (
        ("from", Kind.TEXT),
        *((name, Kind.WHOLE) for name in names),
        ("total", Kind.WHOLE),
        ("watched", Kind.WHOLE),
    )
    return Sheet("public", columns, _table_rows(table))


def real(value: float) -> float | None:
    """None for what is not finite: NaN is not measured, infinity is an open end."""
    return float(value) if math.isfinite(value) else None


def _interval_row(one: Interval) -> Row:
    return (
        *_span(one),
        one.place,
        one.totals.entered,
        one.totals.left,
        real(one.occupancy_mean),
        one.occupancy_max,
        one.coverage,
        one.dropped_frames,
    )


def _span(one: Interval | PublicCount) -> tuple[datetime, datetime]:
    return one.start_utc.astimezone(UTC), one.end_utc.astimezone(UTC)


def _event_row(utc: datetime, event: Event) -> Row:
    if utc.tzinfo is None:
        raise ReportError(f"an event's time must be aware, got {utc}")
    head = (utc.astimezone(UTC), event.type)
    match event:
        case Crossing():
            x_m, y_m = event.position_m
            scores = (event.stature_m, event.child, event.staff, event.gender)
            measured = (real(score) for score in scores)
            body: Row = (event.line, event.direction.value, real(x_m), real(y_m), None, None)
            return (*head, *body, *measured, event.reason)
        case ZoneEnter():
            return (*head, event.zone, *[None] * 9, event.reason)
        case ZoneLeave():
            return (*head, event.zone, *[None] * 3, real(event.dwell_s), *[None] * 5, event.reason)
        case GroupCrossing():
            way = event.direction.value
            return (*head, event.line, way, *[None] * 3, event.size, *[None] * 4, event.reason)
        case Alarm():
            return (*head, event.place, *[None] * 4, event.people, *[None] * 4, event.reason)


def _cells(floor_map: FloorMap) -> Iterator[Row]:
    for row, column in np.argwhere(floor_map.values != 0.0).tolist():
        x_m, y_m = (
            start + (index + 0.5) * floor_map.cell_m
            for start, index in zip(floor_map.origin_m, (column, row), strict=True)
        )
        yield round(x_m, 4), round(y_m, 4), round(float(floor_map.values[row, column]), 3)


def _table_rows(table: PublicTable) -> Iterator[Row]:
    entries = list(table.lines())[1:]
    watched = [*table.watched.sum(axis=1).tolist(), int(table.watched.sum())]
    for (label, *cells), count in zip(entries, watched, strict=True):
        told = [cell if isinstance(cell, int) else None for cell in cells]
        yield (label, *told, count)
