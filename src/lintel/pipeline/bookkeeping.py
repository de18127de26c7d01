"""What becomes of a count in wall time: into the store, exactly once, with what is derived from it.

Events with UTC, watched time, heat maps, intervals as they close, and the notes that a later run
goes on from: running totals, occupancy, journeys. Each storing is one transaction. Intervals cut by
the end of a run, or by a crash, are built again from what is stored.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import numpy.typing as npt

from lintel.clock import UtcMap
from lintel.config import SiteConfig
from lintel.count.counting_state import CountingState
from lintel.count.heatmap import HeatMap
from lintel.count.period import Period
from lintel.count.standing import Notice, Standing, StandingRules
from lintel.errors import StoreError
from lintel.pipeline.chain import FrameResult
from lintel.pipeline.counting import Counting
from lintel.pipeline.coverage import CoverageMeter
from lintel.pipeline.interval_books import FAR, enter, note_of, reopened
from lintel.records import Event, Interval, Watch
from lintel.store.heat_tile import HeatKind, HeatTile
from lintel.store.kinds import Batch, Item, Restart, StampedEvent, StampedInterval
from lintel.store.store import Store

SOURCE = "count"
STANDING, COUNTING = "standing", "counting"  # names of notes
STORE_EVERY = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Wall:
    """Where a run lies in wall time: its clock, IANA zone, and the periods of its intervals."""

    clock: UtcMap
    zone: str = "UTC"
    periods_s: tuple[int, ...] = (900,)
    heat_period_s: int = 900


class Bookkeeper:
    """Keeps one run in an open store.

    Args:
        store: open store; it stays open.
        site: what is counted at.
        counting: the counters of the run; journeys go on from those stored.
        wall: the run in wall time.

    Raises:
        StoreError: the store holds watched time of later than the run begins: counted twice, or
            a clock that was set back.
    """

    def __init__(self, store: Store, site: SiteConfig, counting: Counting, wall: Wall) -> None:
        self._store, self._site, self._counting, self._wall = store, site, counting, wall
        begin = wall.clock.epoch_utc
        later = next(store.watches(begin, begin + FAR), None)
        if later is not None:
            raise StoreError(
                f"the store already holds watched time from {later.start_utc.isoformat()} on, "
                f"the run begins at {begin.isoformat()}: give a later time, or another store"
            )
        self._epoch, self._next = secrets.token_hex(8), 0
        self._meter, self._stored_utc = CoverageMeter(), begin
        self._items: list[Item] = [Restart(begin, "a run began")]
        self._dropped = self._dropped_told = 0
        self._heat_span = Period(wall.heat_period_s, wall.zone).span_of(begin)
        self._rules = StandingRules(site, zone=wall.zone)
        kept = store.kept(STANDING)
        step = self._rules.begin(begin, None if kept is None else Standing.from_text(kept))
        self._standing, self._notices = step.standing, list[Notice]()
        self._tell(step.notices)
        journeys = store.kept(COUNTING)
        if journeys is not None:
            counting.restore(CountingState.from_text(journeys))
        self._books = {
            seconds: reopened(store, site, Period(seconds, wall.zone), now=begin)
            for seconds in wall.periods_s
        }
        self._tell_room()

    @property
    def standing(self) -> Standing:
        """Running totals and occupancy over all runs."""
        return self._standing

    @property
    def rules(self) -> StandingRules:
        """How the standing moves on."""
        return self._rules

    def step(self, result: FrameResult, *, dropped: int = 0) -> None:
        """Take in one analysed frame; ``dropped``: frames of this run lost so far.

        Raises:
            StoreError: it cannot be stored.
        """
        self._meter.step(t_ns=result.t_ns, view_share=result.detections.view_share)
        self._dropped = dropped
        now = self._utc(result.t_ns)
        if now >= self._heat_span[1]:
            self._take_heat()
            self._heat_span = Period(self._wall.heat_period_s, self._wall.zone).span_of(now)
        self._items += [self._stamped(event) for event in result.events]
        if result.events:
            self._tell_room()
        if now - self._stored_utc >= STORE_EVERY:
            self._stored_utc = now
            self._flush(now)

    def finish(self, events: Sequence[Event]) -> tuple[Notice, ...]:
        """The run is over: ``events`` waited for the end. What changed totals and occupancy.

        Intervals that go on are stored as far as they have come.
        """
        self._items += [self._stamped(event) for event in events]
        last_ns = self._meter.last_ns
        self._flush(self._wall.clock.epoch_utc if last_ns is None else self._utc(last_ns))
        for seconds, book in self._books.items():
            self._store.put_intervals(_stamped(book.so_far(), seconds))
        return tuple(self._notices)

    def _flush(self, now: datetime) -> None:
        """Store what waits, with all that follows from it, in one transaction."""
        span = self._meter.take()
        if span is not None:
            start, end = self._utc(span.start_ns), self._utc(span.end_ns)
            lost, self._dropped_told = self._dropped - self._dropped_told, self._dropped
            self._items.append(Watch(start, end, round(span.share, 3), max(lost, 0)))
        self._take_heat()
        self._stand(now)
        self._tell_room(())
        closed: list[StampedInterval] = []
        for seconds, book in self._books.items():
            for item in self._items:
                enter(book, item)
            closed += _stamped(book.advance(now), seconds)
        notes = {note_of(seconds): book.state.to_text() for seconds, book in self._books.items()}
        notes |= {STANDING: self._standing.to_text(), COUNTING: self._journeys()}
        batch = Batch(SOURCE, self._epoch, self._next, tuple(self._items))
        self._store.append(batch, intervals=closed, notes=notes)
        self._next += len(self._items)
        self._items.clear()

    def _stand(self, now: datetime) -> None:
        """Move totals and occupancy on; whatever but a crossing changed them is audited."""
        events = [(item.utc, item.event) for item in self._items if isinstance(item, StampedEvent)]
        counted = self._rules.plus(self._standing, events)
        step = self._rules.advance(counted.standing, now)
        self._standing = step.standing
        self._tell((*counted.notices, *step.notices))

    def _tell_room(self, items: Sequence[Item] | None = None) -> None:
        """Tell the counters how many are in the room; ``items``: those the standing lacks."""
        waiting = self._items if items is None else items
        events = [(item.utc, item.event) for item in waiting if isinstance(item, StampedEvent)]
        estimate = self._rules.estimate(self._rules.plus(self._standing, events).standing)
        self._counting.see_room(None if estimate is None else estimate.people)

    def _tell(self, notices: Sequence[Notice]) -> None:
        self._notices += notices
        for notice in notices:
            self._store.note_in_audit(
                utc=notice.utc, who="counter", what=notice.kind, detail=notice.detail
            )

    def _take_heat(self) -> None:
        heat = self._counting.take_heat()
        if heat is not None and (heat.person_s > 0.0 or heat.stops.any()):
            self._items += heat_tiles(heat, self._heat_span)

    def _journeys(self) -> str:
        return self._counting.snapshot().to_text()

    def _stamped(self, event: Event) -> StampedEvent:
        return StampedEvent(self._utc(event.t_ns), event)

    def _utc(self, t_ns: int) -> datetime:
        return self._wall.clock.utc_at(t_ns)


def heat_tiles(heat: HeatMap, span: tuple[datetime, datetime]) -> list[HeatTile]:
    """A heat map as tiles of one interval; kinds in which nothing happened are left out."""
    tiles = [
        HeatTile(*span, HeatKind.PRESENCE, heat.grid, _float32(heat.presence_s), heat.outside_s)
    ]
    if heat.stops.any():
        tiles.append(HeatTile(*span, HeatKind.DWELL, heat.grid, _float32(heat.stopped_s)))
        tiles.append(HeatTile(*span, HeatKind.STOPS, heat.grid, _float32(heat.stops)))
    return tiles


def _stamped(intervals: Sequence[Interval], seconds: int) -> list[StampedInterval]:
    return [StampedInterval(interval, seconds) for interval in intervals]


def _float32(values: npt.NDArray[np.generic]) -> npt.NDArray[np.float32]:
    return np.asarray(values, dtype=np.float32)
