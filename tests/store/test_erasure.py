"""Erasing: by kind and time, with proof, until no byte is left."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from lintel.records import Watch
from lintel.store.kinds import Batch, Kind, Retention, StampedEvent, TrackPoint
from lintel.store.store import Store
from store_builders import START, batch, crossing

MARK = "Marker-Zone-7f3a"


def marked(number: int) -> StampedEvent:
    one = crossing(number, line=MARK)
    return replace(one, event=replace(one.event, reason=f"{MARK} {number}"))


def occurrences(folder: Path) -> int:
    return sum(path.read_bytes().count(MARK.encode()) for path in folder.iterdir())


def test_no_byte_of_what_was_erased_is_left_in_the_files(
    tmp_path: Path, clear_store: Store, now: datetime
) -> None:
    clear_store.append(batch(0, 500))
    clear_store.append(Batch("other", "run", 0, tuple(marked(1000 + k) for k in range(500))))
    assert occurrences(tmp_path) > 500
    span = (START + timedelta(seconds=1000), START + timedelta(seconds=1500))
    erasure = clear_store.erase(Kind.EVENTS, *span, who="officer", why="request 12", now=now)
    assert (erasure.rows, erasure.proven) == (500, True)
    assert occurrences(tmp_path) == 0
    assert len(list(clear_store.events(START, START + timedelta(days=1)))) == 500


def test_a_range_is_half_open_and_of_one_kind(store: Store, now: datetime) -> None:
    items = [TrackPoint(START + timedelta(seconds=k), 1, (0.0, 0.0)) for k in range(4)]
    store.append(Batch("count", "run", 0, (*items, Watch(START, START), marked(1))))
    span = (START + timedelta(seconds=1), START + timedelta(seconds=3))
    assert store.erase(Kind.TRACKS, *span, who="officer", why="test", now=now).rows == 2
    assert [p.utc for p in store.tracks(START, now + timedelta(days=1))] == [
        items[0].utc,
        items[3].utc,
    ]
    assert dict(store.stats().rows)[Kind.EVENTS] == 1


def test_erasing_is_written_down_and_the_log_stays_whole(store: Store, now: datetime) -> None:
    store.append(batch(0, 10))
    erasure = store.erase(
        Kind.EVENTS, START, START + timedelta(seconds=5), who="officer", why="request 12", now=now
    )
    first, second = store.audit()
    assert (first.who, first.what) == ("officer", "erase")
    assert first.detail.endswith(": request 12")
    assert (second.what, second.number) == ("erased", erasure.audit_entry)
    assert "5 rows and 0 words; 0 rows, 0 free pages, 0 bytes of log left" in second.detail
    assert store.verify_audit().entries == 2


def test_each_kind_is_kept_for_its_own_time(store: Store) -> None:
    items = (TrackPoint(START, 1, (0.0, 0.0)), Watch(START, START), marked(0))
    store.append(Batch("count", "run", 0, items))
    retention = Retention(
        tracks=timedelta(hours=1), events=timedelta(days=2), watches=timedelta(days=9)
    )
    kinds = []
    for hours in (0.5, 2, 3, 50, 300):
        done = store.retain(retention, now=START + timedelta(hours=hours))
        assert all(erasure.proven for erasure in done)
        kinds.append([erasure.kind for erasure in done])
    assert kinds == [[], [Kind.TRACKS], [], [Kind.EVENTS], [Kind.WATCHES]]


def test_files_shrink_when_much_is_erased(store: Store, now: datetime) -> None:
    store.append(batch(0, 20_000))
    large = store.stats().file_bytes
    store.erase(Kind.EVENTS, START, START + timedelta(days=9), who="officer", why="all", now=now)
    assert store.stats().file_bytes < large / 4


def test_much_at_one_moment_is_erased_too(store: Store, now: datetime) -> None:
    items = tuple(replace(crossing(k), utc=START) for k in range(12_000))
    store.append(Batch("count", "run", 0, items))
    end = START + timedelta(microseconds=1)
    assert store.erase(Kind.EVENTS, START, end, who="officer", why="all", now=now).rows == 12_000


def test_the_size_stays_bounded_while_events_come_and_go(store: Store) -> None:
    sizes = []
    for day in range(12):
        events = tuple(crossing(day * 86_400 + k) for k in range(1500))
        store.append(Batch("count", f"day-{day}", 0, events))
        store.retain(Retention(events=timedelta(days=3)), now=START + timedelta(days=day))
        sizes.append(store.stats().file_bytes + store.stats().log_bytes)
    assert max(sizes[6:]) <= 1.2 * max(sizes[:6])
