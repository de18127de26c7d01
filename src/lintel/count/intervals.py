"""Events into intervals: the same ones live, after a restart, and from the stored events again.

An interval is a pure function of what fell into it and of the occupancy at its start, so the
order in which events arrive does not matter while the interval is open; it stays open for
``lateness_s`` after its end. An interval nobody watched, and in which nothing happened, is left
out: a missing interval says "nobody looked".
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Literal, TypeAlias

from lintel.count.dwell import DwellHistogram
from lintel.count.period import Period
from lintel.errors import ContractError
from lintel.records import (
    Crossing,
    Direction,
    Event,
    Interval,
    LineTotals,
    Watch,
    ZoneEnter,
    ZoneLeave,
)

MAX_TOO_LATE = 1024
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Span: TypeAlias = tuple[datetime, datetime]
Kind: TypeAlias = Literal["in", "out", "enter", "leave", "restart"]
ORDER: dict[Kind, int] = {"restart": 0, "leave": 1, "out": 2, "in": 3, "enter": 4}


@dataclass(frozen=True, slots=True)
class BookState:
    """What must survive a restart, beside the events since ``open_from``: zones' occupancy then.

    ``open_from`` is None where nothing was closed yet.
    """

    open_from: datetime | None = None
    occupancy: tuple[tuple[str, int], ...] = ()

    def to_text(self) -> str:
        """One line of JSON, for whoever keeps it."""
        since = None if self.open_from is None else self.open_from.isoformat()
        return json.dumps({"open_from": since, "occupancy": dict(self.occupancy)})

    @classmethod
    def from_text(cls, text: str) -> BookState:
        """What ``to_text`` wrote.

        Raises:
            ContractError: it did not write this.
        """
        try:
            content = json.loads(text)
            since = content["open_from"]
            return cls(
                None if since is None else datetime.fromisoformat(since),
                tuple((str(zone), int(people)) for zone, people in content["occupancy"].items()),
            )
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ContractError(f"no kept state of an interval book: {text[:80]!r}") from error


@dataclass(frozen=True, slots=True, order=True)
class _Entry:
    utc: datetime
    order: int
    kind: Kind
    dwell_s: float = 0.0


@dataclass(slots=True)
class _Open:
    end_utc: datetime
    watched_s: float = 0.0
    dropped_frames: int = 0
    entries: dict[str, list[_Entry]] = field(default_factory=dict)


class IntervalBook:
    """Gathers events and watched time of the given places and closes interval after interval.

    State: the events of open intervals, bounded by how much happens in one period and the
    lateness allowed; and one number per zone.
    """

    def __init__(
        self,
        period: Period,
        *,
        lines: Sequence[str] = (),
        zones: Sequence[str] = (),
        lateness_s: float = 60.0,
        state: BookState | None = None,
    ) -> None:
        self._period = period
        self._zones = frozenset(zones)
        self._places = (*lines, *zones)
        if len(set(self._places)) != len(self._places):
            raise ContractError("IntervalBook: lines and zones must have different names")
        self._lateness = timedelta(seconds=lateness_s)
        self._given = state or BookState()
        self.reset()

    def reset(self) -> None:
        """Back to the state that was given at the start."""
        self._open: dict[datetime, _Open] = {}
        self._closed_until = self._given.open_from
        self._occupancy = dict.fromkeys(self._zones, 0) | dict(self._given.occupancy)
        self._too_late: dict[datetime, None] = {}
        self._span: Span = (EPOCH, EPOCH)

    @property
    def state(self) -> BookState:
        """What to keep over a restart. Feed events and watches since ``open_from`` again."""
        return BookState(self._closed_until, tuple(sorted(self._occupancy.items())))

    @property
    def too_late(self) -> tuple[datetime, ...]:
        """Starts of closed intervals for which something came after all, the last 1024.

        They must be built anew from the stored events.
        """
        return tuple(self._too_late)

    def add(self, event: Event, utc: datetime) -> None:
        """Take in an event that happened at ``utc``; of an unknown place it is left aside."""
        match event:
            case Crossing():
                kind: Kind = "in" if event.direction is Direction.IN else "out"
                self._enter(event.line, _Entry(utc, ORDER[kind], kind))
            case ZoneEnter():
                self._enter(event.zone, _Entry(utc, ORDER["enter"], "enter"))
            case ZoneLeave():
                self._enter(event.zone, _Entry(utc, ORDER["leave"], "leave", event.dwell_s))
            case _:
                pass  # group crossings tell again what their members' crossings told

    def restart(self, utc: datetime) -> None:
        """The counter began anew at ``utc``: whoever was in a zone is not followed any more."""
        for zone in sorted(self._zones):
            self._enter(zone, _Entry(utc, ORDER["restart"], "restart"))

    def watch(self, watch: Watch) -> None:
        """Take in watched time; spans must not overlap. Frames dropped count at its start."""
        moment, dropped = watch.start_utc, watch.dropped_frames
        while moment < watch.end_utc or dropped:
            start, end = self._span_of(moment)
            until = min(end, watch.end_utc)
            place = self._interval(start, end)
            if place is not None:
                place.watched_s += watch.share * (until - moment).total_seconds()
                place.dropped_frames += dropped
            moment, dropped = until, 0

    def advance(self, now: datetime) -> tuple[Interval, ...]:
        """Close what ended ``lateness_s`` ago; intervals by start, then by place."""
        ready = [start for start, one in self._open.items() if one.end_utc + self._lateness <= now]
        return self._close(sorted(ready))

    def so_far(self) -> tuple[Interval, ...]:
        """The open intervals as they would be if nothing more came; they stay open."""
        kept = (dict(self._open), self._closed_until, dict(self._occupancy))
        told = self.finish()
        self._open, self._closed_until, self._occupancy = kept
        return told

    def finish(self) -> tuple[Interval, ...]:
        """Close everything, as at the end of a recording."""
        return self._close(sorted(self._open))

    def _enter(self, place: str, entry: _Entry) -> None:
        if place not in self._places:
            return
        start, end = self._span_of(entry.utc)
        interval = self._interval(start, end)
        if interval is not None:
            interval.entries.setdefault(place, []).append(entry)
        elif place in self._zones:
            before = self._occupancy[place]
            self._occupancy[place] = _after(before, entry)

    def _span_of(self, moment: datetime) -> Span:
        """The period that holds the moment; most moments fall into that of the one before."""
        if moment.tzinfo is None or not self._span[0] <= moment < self._span[1]:
            self._span = self._period.span_of(moment)
        return self._span

    def _interval(self, start: datetime, end: datetime) -> _Open | None:
        """The open interval that starts there; None where it was closed long ago."""
        if self._closed_until is not None and start < self._closed_until:
            self._too_late[start] = None
            while len(self._too_late) > MAX_TOO_LATE:
                del self._too_late[next(iter(self._too_late))]
            return None
        return self._open.setdefault(start, _Open(end))

    def _close(self, starts: Sequence[datetime]) -> tuple[Interval, ...]:
        done: list[Interval] = []
        for start in starts:
            one = self._open.pop(start)
            for place in self._places:
                entries = sorted(one.entries.get(place, ()))
                before = self._occupancy.get(place)
                curve = _Curve.of(before, entries, (start, one.end_utc))
                if before is not None:
                    self._occupancy[place] = curve.last
                if one.watched_s > 0.0 or entries:
                    done.append(_interval(place, (start, one.end_utc), one, entries, curve))
            self._closed_until = one.end_utc
        return tuple(done)


@dataclass(frozen=True, slots=True)
class _Curve:
    """Occupancy over an interval."""

    mean: float
    peak: int
    last: int

    @classmethod
    def of(cls, before: int | None, entries: Iterable[_Entry], span: Span) -> _Curve:
        if before is None:
            return cls(0.0, 0, 0)
        level, peak, moment, area = before, before, span[0], 0.0
        for entry in entries:
            area += level * (entry.utc - moment).total_seconds()
            level, moment = _after(level, entry), entry.utc
            peak = max(peak, level)
        area += level * (span[1] - moment).total_seconds()
        return cls(area / (span[1] - span[0]).total_seconds(), peak, level)


def _after(level: int, entry: _Entry) -> int:
    if entry.kind == "restart":
        return 0
    return max(level + (1 if entry.kind == "enter" else -1), 0)


def _interval(
    place: str, span: Span, one: _Open, entries: Sequence[_Entry], curve: _Curve
) -> Interval:
    entered = sum(entry.kind in {"in", "enter"} for entry in entries)
    left = sum(entry.kind in {"out", "leave"} for entry in entries)
    histogram = DwellHistogram()
    for entry in entries:
        if entry.kind == "leave":
            histogram = histogram.add(entry.dwell_s)
    return Interval(
        start_utc=span[0],
        end_utc=span[1],
        place=place,
        totals=LineTotals(entered, left),
        occupancy_mean=curve.mean,
        occupancy_max=curve.peak,
        dwell_histogram_s=histogram.rows() if histogram.visits else (),
        coverage=min(one.watched_s / (span[1] - span[0]).total_seconds(), 1.0),
        dropped_frames=one.dropped_frames,
    )
