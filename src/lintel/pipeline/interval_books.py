"""Interval books over a store: opened as if they had never been closed, and built again.

A book is a function of the stored events, restarts and watched time, so whoever keeps a store opens
its books here: a run of `lintel count`, the device, and whoever builds intervals again.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from lintel.config import SiteConfig
from lintel.count.intervals import BookState, IntervalBook
from lintel.count.only import longest_wait_s
from lintel.count.period import Period
from lintel.errors import ContractError
from lintel.records import Interval, Watch
from lintel.store.kinds import EPOCH, Item, Restart, StampedEvent
from lintel.store.store import Store

LATENESS_S = 60.0  # beyond the longest time that a rule of the site may hold an event back
LONGEST_WATCH = timedelta(hours=1)
FAR = timedelta(days=36_500)


def interval_book(
    site: SiteConfig,
    period: Period,
    state: BookState | None = None,
    *,
    lateness_s: float = LATENESS_S,
) -> IntervalBook:
    """The book of a site's lines and zones, patient enough for its rules."""
    zones = [zone.name for zone in site.zones]
    state = state or BookState()
    occupancy = tuple(row for row in state.occupancy if row[0] in zones)
    return IntervalBook(
        period,
        lines=[line.name for line in site.lines if line.name not in zones],
        zones=zones,
        lateness_s=lateness_s + longest_wait_s(site.lines, site.zones),
        state=BookState(state.open_from, occupancy),
    )


def reopened(
    store: Store,
    site: SiteConfig,
    period: Period,
    *,
    now: datetime,
    lateness_s: float = LATENESS_S,
) -> IntervalBook:
    """A book as it would be had it seen all that is stored since its last closing.

    Intervals that began at ``now`` or later are open again: then the clock was set back.
    """
    state = _kept_state(store, period)
    begin = period.span_of(now)[0]
    if state.open_from is not None and state.open_from > begin:
        state = BookState(begin, state.occupancy)
    book = interval_book(site, period, state, lateness_s=lateness_s)
    for item in stored_items(store, state.open_from or EPOCH + LONGEST_WATCH, now + FAR):
        enter(book, item)
    return book


def rebuilt(
    store: Store, site: SiteConfig, period: Period, start: datetime, end: datetime
) -> tuple[Interval, ...]:
    """Intervals in ``[start, end)`` from the stored events; ``start`` must lie on a border.

    Zones count as empty at ``start``.
    """
    book = interval_book(site, period)
    for item in stored_items(store, start, end):
        enter(book, item)
    return book.finish()


def stored_items(store: Store, start: datetime, end: datetime) -> list[Item]:
    """All that intervals in ``[start, end)`` are made of.

    Of watched time that began before ``start`` the part after it; its lost frames count where it
    began.
    """
    began = store.watches(start - LONGEST_WATCH, start)
    cut = [Watch(start, one.end_utc, one.share) for one in began if one.end_utc > start]
    return [
        *store.restarts(start, end),
        *store.events(start, end),
        *cut,
        *store.watches(start, end),
    ]


def enter(book: IntervalBook, item: Item) -> None:
    """Put one stored item into a book; heat and places are no part of intervals."""
    match item:
        case StampedEvent():
            book.add(item.event, item.utc)
        case Watch():
            book.watch(item)
        case Restart():
            book.restart(item.utc)
        case _:
            pass


def note_of(period_s: int) -> str:
    """Name of the note that keeps the state of a book."""
    return f"book {period_s}"


def _kept_state(store: Store, period: Period) -> BookState:
    """What was kept; what cannot be read is built again from all that is stored."""
    text = store.kept(note_of(period.seconds))
    try:
        return BookState() if text is None else BookState.from_text(text)
    except ContractError:
        return BookState()
