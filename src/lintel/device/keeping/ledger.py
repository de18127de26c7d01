"""The ledger: stores what was counted exactly once, and closes interval after interval from it.

A run is an epoch of its own; items are numbered in the order in which they are stored. Intervals
in progress are built again at every start from the stored events and watches, so that one cut by
a crash comes out right. Owned by the store thread.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from lintel.config import SiteConfig
from lintel.count.counting_state import CountingState
from lintel.count.intervals import IntervalBook
from lintel.count.occupancy import OccupancyEstimate
from lintel.count.period import Period
from lintel.count.standing import Notice, Standing, StandingRules, StandingStep
from lintel.device.keeping.day import DAY, DayCoverage
from lintel.errors import ContractError, StoreError
from lintel.pipeline.interval_books import enter, note_of, reopened
from lintel.records import Watch
from lintel.store.kinds import Batch, Item, StampedEvent, StampedInterval
from lintel.store.store import NO_NOTES, Store

SOURCE = "counting"
PERIODS_S = (60, 3600)
LATENESS_S = 20.0  # beyond the longest time that a rule of the site may hold an event back
FAR = timedelta(days=365 * 50)
STANDING, COUNTING = "standing", "counting"  # names of notes


@dataclass(frozen=True, slots=True)
class Stored:
    """What one storing changed: events now on disk, and how things stand with them.

    Each event comes with its place in the order of storing.
    """

    events: tuple[tuple[int, StampedEvent], ...]
    standing: Standing
    occupancy: OccupancyEstimate | None
    intervals: int


class Ledger:
    """Books over one open store.

    Args:
        store: open store; it stays open.
        site: lines and zones counted at.
        time_zone: IANA name that intervals are aligned to.
        now: UTC now; events stored before are taken up from where intervals were closed.
    """

    def __init__(self, store: Store, *, site: SiteConfig, time_zone: str, now: datetime) -> None:
        self._store = store
        self._epoch = secrets.token_hex(8)
        self._next = 0
        self._site = site
        self._time_zone = time_zone
        self.day = DayCoverage()
        for watch in store.watches(now - DAY, now + FAR):
            self.day.add(watch)
        self._rules = StandingRules(site, zone=time_zone)
        self.standing = self._begin(self._kept_standing(), now)
        self._books = self._open_books(now)

    @property
    def counting(self) -> CountingState:
        """What the counters had gathered when they last told; empty where they never did."""
        text = self._store.kept(COUNTING)
        try:
            return CountingState() if text is None else CountingState.from_text(text)
        except ContractError:
            return CountingState()

    def take(
        self, items: Sequence[Item], *, now: datetime | None, notes: Mapping[str, str] = NO_NOTES
    ) -> Stored:
        """Store items and close the intervals that are over at ``now``, if it is known.

        ``notes`` are kept with the items, in the same transaction.

        Raises:
            StoreError: nothing was stored; give the same items again.
        """
        events: tuple[tuple[int, StampedEvent], ...] = ()
        if items:
            first_n = self._store_items(tuple(items), notes)
            numbered = enumerate(items, start=first_n)
            events = tuple((n, item) for n, item in numbered if isinstance(item, StampedEvent))
            for item in items:
                self._enter(item)
        return self.state(events, 0 if now is None else self._pass_time(now))

    def state(
        self, events: tuple[tuple[int, StampedEvent], ...] = (), intervals: int = 0
    ) -> Stored:
        """What is on disk now."""
        return Stored(events, self.standing, self._rules.estimate(self.standing), intervals)

    def move_to(self, site: SiteConfig, *, now: datetime) -> None:
        """Count at other lines and zones; what goes on, goes on."""
        self._site = site
        self._rules = StandingRules(site, zone=self._time_zone)
        self.standing = self._begin(self.standing, now)
        self._books = self._open_books(now)

    def move_clock(self, now: datetime) -> None:
        """The wall clock was set back: the intervals from there on are built again."""
        self.standing = self._begin(self.standing, now)
        self._books = self._open_books(now)

    def set_time_zone(self, time_zone: str, *, now: datetime) -> None:
        """Align intervals, and schedules, to another zone's clock."""
        self._time_zone = time_zone
        self._rules = StandingRules(self._site, zone=time_zone)
        self._books = self._open_books(now)

    def reset_totals(self, *, now: datetime, who: str) -> None:
        """Begin the running totals at zero; the audit log says so."""
        step = self._rules.reset(self.standing, now, why=f"asked by {who}")
        self._settle(step, who=who)

    def adopt(self, standing: Standing) -> None:
        """Go on with what a damaged store had: it was told to people already."""
        self._store.keep(STANDING, standing.to_text())
        self.standing = standing

    def _begin(self, kept: Standing | None, now: datetime) -> Standing:
        """Take up what was kept, for the site of now, and write it down."""
        step = self._rules.begin(now, None if kept is None else _not_ahead(kept, now))
        self._settle(step, who="schedule")
        return step.standing

    def _settle(self, step: StandingStep, *, who: str) -> None:
        """Keep a standing that no event changed."""
        self._write_down(step.notices, who=who)
        self._store.keep(STANDING, step.standing.to_text())
        self.standing = step.standing

    def _write_down(self, notices: Iterable[Notice], *, who: str) -> None:
        for notice in notices:
            what = notice.kind.replace("_", " ")
            self._store.note_in_audit(utc=notice.utc, who=who, what=what, detail=notice.detail)

    def _pass_time(self, now: datetime) -> int:
        """Keep schedules and close intervals; how many."""
        step = self._rules.advance(self.standing, now)
        if step.notices:
            self._settle(step, who="schedule")
        self.standing = step.standing
        return self._close(now)

    def _store_items(self, items: tuple[Item, ...], kept: Mapping[str, str]) -> int:
        """Items, and what follows from them, in one transaction; the place of the first."""
        events = [(one.utc, one.event) for one in items if isinstance(one, StampedEvent)]
        step = self._rules.plus(self.standing, events)
        notes = {**kept, STANDING: step.standing.to_text()} if events else kept
        batch = Batch(SOURCE, self._epoch, self._next, items)
        try:
            first_n = self._store.append(batch, notes=notes).first_n
        except StoreError:
            if self._store.last_seq(SOURCE, self._epoch) < self._next:
                raise
            # it was committed although the answer was an error: nothing is stored between batches
            first_n = self._store.news(None, limit=1).last - len(items) + 1
        self._next += len(items)
        self.standing = step.standing
        self._write_down(step.notices, who="counter")
        return first_n

    def _enter(self, item: Item) -> None:
        if isinstance(item, Watch):
            self.day.add(item)
        for book in self._books.values():
            enter(book, item)

    def _close(self, now: datetime) -> int:
        count = 0
        for period_s, book in self._books.items():
            if closed := book.advance(now):
                self._store.put_intervals(StampedInterval(one, period_s) for one in closed)
                self._store.keep(note_of(period_s), book.state.to_text())
                count += len(closed)
        return count

    def _open_books(self, now: datetime) -> dict[int, IntervalBook]:
        return {
            period_s: reopened(
                self._store,
                self._site,
                Period(period_s, self._time_zone),
                now=now,
                lateness_s=LATENESS_S,
            )
            for period_s in PERIODS_S
        }

    def _kept_standing(self) -> Standing | None:
        text = self._store.kept(STANDING)
        try:
            return None if text is None else Standing.from_text(text)
        except ContractError:
            return None


def _not_ahead(standing: Standing, now: datetime) -> Standing:
    """After the clock was set back: totals that would begin only later begin now, at zero."""
    ahead = [name for name, one in standing.lines.items() if one.since_utc > now]
    return replace(
        standing,
        lines={
            name: one.anew(now) if name in ahead else one for name, one in standing.lines.items()
        },
        emptied_utc=min(standing.emptied_utc, now),
        kept_until=min(standing.kept_until, now),
    )
