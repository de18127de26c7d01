"""Records into rows and back: whole numbers, names and reasons by number."""

from __future__ import annotations

import json
import math
from typing import TypeAlias

from lintel.errors import StoreCorruptError
from lintel.records import (
    Alarm,
    AlarmKind,
    Crossing,
    Direction,
    Event,
    GroupCrossing,
    Interval,
    LineTotals,
    Watch,
    ZoneEnter,
    ZoneLeave,
)
from lintel.store.database import Database
from lintel.store.kinds import Restart, StampedEvent, StampedInterval, TrackPoint, from_us, to_us

Row: TypeAlias = tuple[object, ...]
MAX_WORDS_AT_HAND = 4096

CROSSING, ZONE_ENTER, ZONE_LEAVE, GROUP_CROSSING, RESTART, RAISED, CLEARED = range(1, 8)
DIRECTIONS = {Direction.IN: 1, Direction.OUT: 2}
ALARM_KINDS: dict[AlarmKind, int] = {"over": 1, "under": 2}  # in the column of directions
EVENT_COLUMNS = (
    "e.utc_us, e.kind, p.text, r.text, e.direction, e.dwell_us, e.size, e.x_mm, e.y_mm, "
    "e.stature_mm, e.child, e.staff, e.gender"
)
INTERVAL_QUERY = (
    "SELECT i.start_us, i.end_us, p.text, i.period_s, i.entered, i.left, i.occupancy_mean, "
    "i.occupancy_max, i.coverage, i.dropped_frames, i.dwell FROM intervals i "
    "JOIN words p ON p.id = i.place WHERE i.start_us >= ? AND i.start_us < ? "
    "AND (? IS NULL OR i.period_s = ?) ORDER BY i.start_us, p.text, i.period_s"
)


class Words:
    """Names and reasons by number; a cache of bounded size in front of the table."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._at_hand: dict[str, int] = {}

    def forget(self) -> None:
        """Drop the cache, as after a transaction that was rolled back."""
        self._at_hand.clear()

    def number(self, text: str) -> int:
        """The number of a word, entered if new; call it inside a transaction."""
        known = self._at_hand.get(text)
        if known is not None:
            return known
        self._database.run("INSERT OR IGNORE INTO words (text) VALUES (?)", (text,))
        found = self._database.number("SELECT id FROM words WHERE text = ?", (text,))
        if len(self._at_hand) >= MAX_WORDS_AT_HAND:
            self._at_hand.clear()
        self._at_hand[text] = found
        return found

    def drop_unused(self) -> int:
        """Erase words that no row needs any more; how many."""
        self.forget()
        return self._database.run(
            "DELETE FROM words WHERE id NOT IN (SELECT place FROM events "
            "UNION SELECT reason FROM events UNION SELECT place FROM intervals)"
        )


def event_row(stamped: StampedEvent, n: int, words: Words) -> Row:
    """A row of ``events``, in the order of its columns."""
    utc_us, event = to_us(stamped.utc), stamped.event
    reason = words.number(event.reason)
    match event:
        case Crossing():
            place, direction = words.number(event.line), DIRECTIONS[event.direction]
            x_mm, y_mm = (round(value * 1000) for value in event.position_m)
            scores = (event.stature_m, event.child, event.staff, event.gender)
            measured = (_thousandths(score) for score in scores)
            return (
                utc_us, n, CROSSING, place, reason, direction, None, None, x_mm, y_mm, *measured
            )  # fmt: skip
        case ZoneEnter():
            return (utc_us, n, ZONE_ENTER, words.number(event.zone), reason, *[None] * 9)
        case ZoneLeave():
            place, dwell_us = words.number(event.zone), round(event.dwell_s * 1e6)
            return (utc_us, n, ZONE_LEAVE, place, reason, None, dwell_us, *[None] * 7)
        case GroupCrossing():
            place, direction = words.number(event.line), DIRECTIONS[event.direction]
            return (
                utc_us, n, GROUP_CROSSING, place, reason, direction, None, event.size, *[None] * 6
            )  # fmt: skip
        case Alarm():
            kind, place = RAISED if event.raised else CLEARED, words.number(event.place)
            which, lasted_us = ALARM_KINDS[event.kind], round((event.t_ns - event.since_ns) / 1000)
            return (utc_us, n, kind, place, reason, which, lasted_us, event.people, *[None] * 6)


def restart_row(restart: Restart, n: int, words: Words) -> Row:
    """A row of ``events`` that is no event: it belongs to no place."""
    place, reason = words.number(""), words.number(restart.reason)
    return (to_us(restart.utc), n, RESTART, place, reason, *[None] * 9)


def event_of(row: Row) -> StampedEvent:
    """An event from a row that begins with ``EVENT_COLUMNS``."""
    utc_us, kind = _whole(row[0]), row[1]
    place, reason, t_ns = str(row[2]), str(row[3]), utc_us * 1000
    event: Event
    if kind == CROSSING:
        x_m, y_m = _whole(row[7]) / 1000, _whole(row[8]) / 1000
        scores = (_score(value) for value in row[9:13])
        event = Crossing(place, _direction(row[4]), t_ns, (x_m, y_m), reason, *scores)
    elif kind == ZONE_ENTER:
        event = ZoneEnter(place, t_ns, reason)
    elif kind == ZONE_LEAVE:
        event = ZoneLeave(place, t_ns, _whole(row[5]) / 1e6, reason)
    elif kind == GROUP_CROSSING:
        event = GroupCrossing(place, _direction(row[4]), t_ns, _whole(row[6]), reason)
    elif kind in {RAISED, CLEARED}:
        which: AlarmKind = "over" if row[4] == ALARM_KINDS["over"] else "under"
        since_ns = t_ns - _whole(row[5]) * 1000
        event = Alarm(place, which, kind == RAISED, t_ns, since_ns, _whole(row[6]), reason)
    else:
        raise StoreCorruptError(f"events: kind {kind!r} is unknown")
    return StampedEvent(from_us(utc_us), event)


def interval_row(stamped: StampedInterval, words: Words) -> Row:
    """A row of ``intervals``."""
    interval = stamped.interval
    dwell = [[None if math.isinf(e) else e, count] for e, count in interval.dwell_histogram_s]
    return (
        to_us(interval.start_utc),
        words.number(interval.place),
        stamped.period_s,
        to_us(interval.end_utc),
        interval.totals.entered,
        interval.totals.left,
        interval.occupancy_mean,
        interval.occupancy_max,
        interval.coverage,
        interval.dropped_frames,
        json.dumps(dwell, separators=(",", ":")) if dwell else "",
    )


def interval_of(row: Row) -> StampedInterval:
    """An interval from a row of ``INTERVAL_QUERY``."""
    interval = Interval(
        start_utc=from_us(_whole(row[0])),
        end_utc=from_us(_whole(row[1])),
        place=str(row[2]),
        totals=LineTotals(_whole(row[4]), _whole(row[5])),
        occupancy_mean=_real(row[6]),
        occupancy_max=_whole(row[7]),
        coverage=_real(row[8]),
        dropped_frames=_whole(row[9]),
        dwell_histogram_s=tuple(
            (math.inf if edge is None else float(edge), int(count))
            for edge, count in json.loads(str(row[10]) or "[]")
        ),
    )
    return StampedInterval(interval, _whole(row[3]))


def watch_row(watch: Watch, n: int) -> Row:
    """A row of ``watches``."""
    share = round(watch.share * 1000)
    return (to_us(watch.start_utc), n, to_us(watch.end_utc), share, watch.dropped_frames)


def watch_of(row: Row) -> Watch:
    """Watched time from its row, without ``n``."""
    start, end = from_us(_whole(row[0])), from_us(_whole(row[1]))
    return Watch(start, end, _whole(row[2]) / 1000, _whole(row[3]))


def track_row(point: TrackPoint, n: int) -> Row:
    """A row of ``tracks``."""
    x_mm, y_mm = (round(value * 1000) for value in point.place_m)
    return (to_us(point.utc), n, point.run_track, x_mm, y_mm)


def track_of(row: Row) -> TrackPoint:
    """A place from its row, without ``n``."""
    place_m = (_whole(row[2]) / 1000, _whole(row[3]) / 1000)
    return TrackPoint(from_us(_whole(row[0])), _whole(row[1]), place_m)


def _thousandths(value: float) -> int | None:
    return None if math.isnan(value) else round(value * 1000)


def _score(value: object) -> float:
    return float("nan") if value is None else _whole(value) / 1000


def _direction(value: object) -> Direction:
    return Direction.IN if value == DIRECTIONS[Direction.IN] else Direction.OUT


def _whole(value: object) -> int:
    if not isinstance(value, int):
        raise StoreCorruptError(f"expected a whole number in the store, got {value!r}")
    return value


def _real(value: object) -> float:
    if not isinstance(value, int | float):
        raise StoreCorruptError(f"expected a number in the store, got {value!r}")
    return float(value)
