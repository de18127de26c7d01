"""What happened: events, intervals, heat maps."""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct, field

from lintel.wire.v1.bounds import Utc

EventType: TypeAlias = Literal[
    "crossing", "zone_enter", "zone_leave", "group_crossing", "alarm_raised", "alarm_cleared"
]
AlarmKind: TypeAlias = Literal["over", "under"]
DirectionName: TypeAlias = Literal["in", "out"]
HeatKind: TypeAlias = Literal["presence", "dwell"]


class Event(Struct, frozen=True, omit_defaults=True):
    """One event. ``place`` is the line or zone, or ``room``; ``reason`` says why it fired.

    Of an alarm ``alarm`` says whether too many or too few people were there, and ``size`` how many.

    ``position`` is its place in the order of storing: give the last one seen to go on from there.
    """

    type: EventType
    utc: Utc
    place: str
    reason: str
    direction: DirectionName | None = None
    dwell_s: float | None = None
    size: int | None = None
    alarm: AlarmKind | None = None
    stature_m: float | None = None
    child: float | None = None
    staff: float | None = None
    gender: float | None = None
    position: str | None = None


class EventPage(Struct, frozen=True):
    """Events by time; ask again with ``after = next_after`` for the following ones."""

    events: tuple[Event, ...]
    next_after: str | None


class DwellBin(Struct, frozen=True):
    """Visits whose dwell is below ``below_s`` and not below the bin before; null = the longest."""

    below_s: float | None
    visits: int


class Interval(Struct, frozen=True):
    """One place in ``[start_utc, end_utc)``; ``coverage`` is the share of time really watched."""

    start_utc: Utc
    end_utc: Utc
    place: str
    entered: int = field(name="in")
    left: int = field(name="out")
    occupancy_mean: float
    occupancy_max: int
    coverage: float
    dropped_frames: int
    dwell: tuple[DwellBin, ...]


class IntervalList(Struct, frozen=True):
    """Intervals of one length by start, then by place."""

    period_s: int
    time_zone: str
    intervals: tuple[Interval, ...]


class HeatMap(Struct, frozen=True):
    """A map on the floor grid; ``values`` are rows of cells from y_min up, person-seconds each.

    Without columns and rows where nothing was gathered.
    """

    kind: HeatKind
    start_utc: Utc
    end_utc: Utc
    x_min_m: float
    y_min_m: float
    cell_m: float
    columns: int
    rows: int
    values: tuple[float, ...]
    beside: float  # person-seconds outside the grid


class GroupSizes(Struct, frozen=True):
    """How many groups of each size came over a line."""

    line: str
    groups: dict[int, int]
