"""Reading events: by time, page by page, and how many groups of each size came."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from itertools import islice

from lintel.errors import InputError, StoreCorruptError
from lintel.records import Direction
from lintel.store.codec import (
    CROSSING,
    DIRECTIONS,
    EVENT_COLUMNS,
    GROUP_CROSSING,
    RESTART,
    event_of,
)
from lintel.store.database import Database
from lintel.store.kinds import (
    GroupCount,
    NewEvents,
    Restart,
    StampedEvent,
    StoredEvents,
    from_us,
    to_us,
)

MAX_PAGE = 10_000
CURSOR = re.compile(r"(-?[0-9]{1,18})\.([0-9]{1,18})")
FROM_EVENTS = (
    f"SELECT {EVENT_COLUMNS}, e.n FROM events e JOIN words p ON p.id = e.place "  # noqa: S608
    f"JOIN words r ON r.id = e.reason WHERE e.utc_us >= ? AND e.utc_us < ? AND e.kind <> {RESTART}"
)
NEWS = (
    f"SELECT {EVENT_COLUMNS}, e.n FROM events e JOIN words p ON p.id = e.place "  # noqa: S608
    f"JOIN words r ON r.id = e.reason WHERE e.n > ? AND e.kind <> {RESTART} ORDER BY e.n LIMIT ?"
)
IN_ORDER = " ORDER BY e.utc_us, e.n"
SIZES = (
    "SELECT p.text, e.direction, e.size, count(*) FROM events e JOIN words p ON p.id = e.place "
    "WHERE e.utc_us >= ? AND e.utc_us < ? AND e.kind = ? GROUP BY p.text, e.direction, e.size"
)
RESTARTS = (
    "SELECT e.utc_us, r.text FROM events e JOIN words r ON r.id = e.reason "  # noqa: S608
    f"WHERE e.utc_us >= ? AND e.utc_us < ? AND e.kind = {RESTART}" + IN_ORDER
)


class EventShelf:
    """The events inside a store's database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def events(self, start: datetime, end: datetime) -> Iterator[StampedEvent]:
        """Events in ``[start, end)`` by time."""
        return map(event_of, self._database.rows(FROM_EVENTS + IN_ORDER, _span(start, end)))

    def page(
        self, start: datetime, end: datetime, *, limit: int, after: str | None
    ) -> StoredEvents:
        """At most ``limit`` events in ``[start, end)``, those after a cursor.

        Raises:
            InputError: ``after`` is no cursor, or ``limit`` is out of bounds.
        """
        if not 1 <= limit <= MAX_PAGE:
            raise InputError(f"limit: expected 1 to {MAX_PAGE} events a page, got {limit}")
        query, values = FROM_EVENTS + IN_ORDER, _span(start, end)
        if after is not None:
            query = FROM_EVENTS + " AND (e.utc_us, e.n) > (?, ?)" + IN_ORDER
            values = (*values, *_cursor(after))
        rows = list(islice(self._database.rows(f"{query} LIMIT {limit + 1}", values), limit + 1))
        shown = rows[:limit]
        more = f"{shown[-1][0]}.{shown[-1][-1]}" if len(rows) > limit else None
        return StoredEvents(tuple(map(event_of, shown)), more)

    def news(self, after: int | None, *, limit: int) -> NewEvents:
        """At most ``limit`` events stored after the place ``after``, in the order of storing.

        Without ``after`` none, and likewise for a place that this store has not reached.

        Raises:
            InputError: ``limit`` is out of bounds.
        """
        if not 1 <= limit <= MAX_PAGE:
            raise InputError(f"limit: expected 1 to {MAX_PAGE} events a page, got {limit}")
        end = self._database.number("SELECT value FROM counters WHERE name = 'n'")
        if after is None or after >= end:
            return NewEvents((), end)
        rows = list(self._database.rows(NEWS, (after, limit)))
        events = tuple((_whole(row[-1]), event_of(row)) for row in rows)
        return NewEvents(events, events[-1][0] if len(events) == limit else end)

    def restarts(self, start: datetime, end: datetime) -> Iterator[Restart]:
        """When the counter began anew in ``[start, end)``."""
        for utc_us, reason in self._database.rows(RESTARTS, _span(start, end)):
            yield Restart(from_us(_whole(utc_us)), str(reason))

    def group_sizes(self, start: datetime, end: datetime) -> tuple[GroupCount, ...]:
        """Groups in ``[start, end)`` by line, direction and size.

        Size 1: crossings less those that belong to a group. A group that settles at the border
        of the range can belong to crossings of the other side; never less than zero.
        """
        span = _span(start, end)
        alone: dict[tuple[str, object], int] = {}
        for line, way, _, crossings in self._database.rows(SIZES, (*span, CROSSING)):
            alone[str(line), way] = _whole(crossings)
        found = []
        for line, way, size, groups in self._database.rows(SIZES, (*span, GROUP_CROSSING)):
            members, many = _whole(size), _whole(groups)
            alone[str(line), way] = max(alone.get((str(line), way), 0) - members * many, 0)
            found.append(GroupCount(str(line), _direction(way), members, many))
        singles = [GroupCount(line, _direction(way), 1, n) for (line, way), n in alone.items() if n]
        return tuple(
            sorted([*found, *singles], key=lambda one: (one.line, one.direction, one.size))
        )


def _span(start: datetime, end: datetime) -> tuple[int, ...]:
    return to_us(start), to_us(end)


def _cursor(text: str) -> tuple[int, int]:
    found = CURSOR.fullmatch(text)
    if found is None:
        raise InputError(f"after: expected what next_after of a page said, got {text[:40]!r}")
    return int(found[1]), int(found[2])


def _direction(value: object) -> Direction:
    return Direction.IN if value == DIRECTIONS[Direction.IN] else Direction.OUT


def _whole(value: object) -> int:
    if not isinstance(value, int):
        raise StoreCorruptError(f"expected a whole number in the store, got {value!r}")
    return value
