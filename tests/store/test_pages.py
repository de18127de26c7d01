"""Reading page by page, counting groups, and knowing quickly how much is kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from lintel.errors import InputError
from lintel.records import Crossing, Direction, GroupCrossing, Watch
from lintel.store.key import StoreKey
from lintel.store.kinds import Batch, GroupCount, Kind, Restart, StampedEvent, TrackPoint
from lintel.store.opening import open_store
from lintel.store.store import Store
from store_builders import START, batch, crossing

DAY = timedelta(days=1)


def pages(store: Store, limit: int) -> list[tuple[StampedEvent, ...]]:
    found, after = list[tuple[StampedEvent, ...]](), None
    while True:
        page = store.event_page(START, START + DAY, limit=limit, after=after)
        found.append(page.events)
        if page.next_after is None:
            return found
        after = page.next_after


@pytest.mark.parametrize(("limit", "sizes"), [(4, [4, 4, 2]), (5, [5, 5]), (99, [10])])
def test_pages_partition_the_events(store: Store, limit: int, sizes: list[int]) -> None:
    store.append(batch(0, 10))
    found = pages(store, limit)
    assert [len(page) for page in found] == sizes
    whole = [event for page in found for event in page]
    assert repr(whole) == repr(list(store.events(START, START + DAY)))  # NaN equals itself there


def test_many_events_of_one_moment_are_told_apart(store: Store) -> None:
    store.append(Batch("count", "run", 0, tuple(replace(crossing(k), utc=START) for k in range(7))))
    places = [round(one.event.position_m[0] * 1000) for page in pages(store, 3) for one in page
              if isinstance(one.event, Crossing)]  # fmt: skip
    assert places == list(range(7))


def test_a_cursor_stands_still_while_events_come_and_go(store: Store, now: datetime) -> None:
    store.append(batch(0, 10))
    first = store.event_page(START, START + DAY, limit=4)
    late = replace(crossing(2), utc=START + timedelta(seconds=1, milliseconds=500))
    store.append(Batch("late", "run", 0, (late,)))
    span = (START, START + timedelta(seconds=6))
    store.erase(Kind.EVENTS, *span, who="officer", why="test", now=now)
    rest = store.event_page(START, START + DAY, limit=9, after=first.next_after)
    assert [one.utc for one in rest.events] == [crossing(k).utc for k in range(6, 10)]


@pytest.mark.parametrize("after", ["", "7", "x.1", "1.-1", "1.2.3", "9" * 30 + ".1"])
def test_what_is_no_cursor_is_refused(store: Store, after: str) -> None:
    with pytest.raises(InputError, match="next_after"):
        store.event_page(START, START + DAY, limit=3, after=after)


@pytest.mark.parametrize("limit", [0, -1, 10_001])
def test_a_page_has_bounds(store: Store, limit: int) -> None:
    with pytest.raises(InputError, match="limit"):
        store.event_page(START, START + DAY, limit=limit)
    with pytest.raises(InputError, match="limit"):
        store.audit_page(limit=limit)


def test_the_audit_log_is_read_backwards(store: Store, now: datetime) -> None:
    for k in range(7):
        store.note_in_audit(utc=now, who="admin", what="login", detail=str(k))
    first = store.audit_page(limit=3)
    assert [entry.number for entry in first] == [7, 6, 5]
    second = store.audit_page(before=first[-1].number, limit=9)
    assert [entry.number for entry in second] == [4, 3, 2, 1]
    assert store.audit_page(before=1) == ()


def test_groups_are_counted_by_size_and_who_is_in_none_came_alone(store: Store) -> None:
    sizes = (2, 2, 4)
    groups = tuple(
        StampedEvent(START, GroupCrossing("door", Direction.IN, 0, size, "settled"))
        for size in sizes
    )
    one = Crossing("door", Direction.IN, 0, (0.0, 0.0), "test")
    singles = tuple(StampedEvent(START, one) for _ in range(sum(sizes) + 3))
    out = StampedEvent(START, replace(one, direction=Direction.OUT))
    store.append(Batch("count", "run", 0, (*groups, *singles, out)))
    assert store.group_sizes(START, START + DAY) == (
        GroupCount("door", Direction.IN, 1, 3),
        GroupCount("door", Direction.IN, 2, 2),
        GroupCount("door", Direction.IN, 4, 1),
        GroupCount("door", Direction.OUT, 1, 1),
    )
    assert store.group_sizes(START + DAY, START + 2 * DAY) == ()


def test_restarts_are_kept_beside_the_events_and_are_none(store: Store) -> None:
    again = Restart(START + timedelta(seconds=1), "power came back")
    store.append(Batch("count", "run", 0, (crossing(0), again, crossing(2))))
    assert list(store.restarts(START, START + DAY)) == [again]
    assert len(list(store.events(START, START + DAY))) == 2
    assert len(store.event_page(START, START + DAY, limit=9).events) == 2


def test_stats_tell_rows_bytes_and_the_oldest_of_each_kind(store: Store, now: datetime) -> None:
    store.append(batch(0, 300))
    items = (Watch(START, START), TrackPoint(START + DAY, 1, (0.0, 0.0)))
    store.append(Batch("other", "run", 0, items))
    events = store.stats().of(Kind.EVENTS)
    assert (events.rows, events.oldest_utc) == (300, START)
    assert store.stats().of(Kind.TRACKS).oldest_utc == START + DAY
    assert store.stats().of(Kind.INTERVALS).oldest_utc is None
    span = (START, START + timedelta(seconds=100))
    store.erase(Kind.EVENTS, *span, who="officer", why="test", now=now)
    events = store.stats().of(Kind.EVENTS)
    assert (events.rows, events.oldest_utc) == (200, span[1])


def test_bytes_per_row_are_about_right(tmp_path: Path, key: StoreKey) -> None:
    with open_store(tmp_path / "lintel.db", key) as store:
        empty = store.stats().file_bytes
        store.append(batch(0, 20_000))
        grown = store.stats().file_bytes - empty
        assert store.stats().of(Kind.EVENTS).content_bytes == pytest.approx(grown, rel=0.25)


def test_news_come_in_the_order_of_storing_whatever_their_time(store: Store) -> None:
    def seconds(after: int, limit: int) -> list[int]:
        found = store.news(after, limit=limit).events
        return [(event.utc - START) // timedelta(seconds=1) for _, event in found]

    assert store.news(None, limit=10).events == ()
    store.append(Batch("count", "run", 0, (crossing(500), crossing(3), crossing(40))))
    start = store.news(0, limit=2)
    assert seconds(0, 2) == [500, 3]
    assert seconds(start.last, 2) == [40]
    rest = store.news(start.last, limit=2)
    assert store.news(rest.last, limit=2).events == ()
    ack = store.append(Batch("count", "run", 3, (crossing(1), crossing(2))))
    assert [n for n, _ in store.news(rest.last, limit=9).events] == [ack.first_n, ack.first_n + 1]
    assert store.news(10**9, limit=9).events == ()
