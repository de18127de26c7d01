"""What goes into the store comes out of it, once."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lintel.errors import ContractError, StoreError
from lintel.records import (
    Alarm,
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
from lintel.store.feeding import MAX_FEEDS
from lintel.store.key import StoreKey
from lintel.store.kinds import (
    Ack,
    Batch,
    Kind,
    StampedEvent,
    StampedInterval,
    TrackPoint,
    from_us,
    to_us,
)
from lintel.store.opening import open_store
from lintel.store.store import Store
from store_builders import START, batch, crossing

END = START + timedelta(days=365)
APPROVED_COLUMNS = {
    "words": {"id", "text"},
    "events": {
        "utc_us", "n", "kind", "place", "reason", "direction", "dwell_us", "size", "x_mm", "y_mm",
        "stature_mm", "child", "staff", "gender",
    },
    "watches": {"start_us", "n", "end_us", "share", "dropped_frames"},
    "tracks": {"utc_us", "n", "run_track", "x_mm", "y_mm"},
    "intervals": {
        "start_us", "place", "period_s", "end_us", "entered", "left", "occupancy_mean",
        "occupancy_max", "coverage", "dropped_frames", "dwell",
    },
    "feeds": {"source", "epoch", "last_seq", "used"},
    "counters": {"name", "value"},
    "notes": {"name", "text"},
    "grids": {"id", "x_mm", "y_mm", "cell_mm", "columns", "rows"},
    "heat": {"start_us", "end_us", "kind", "grid", "beside", "cells"},
    "configs": {"n", "utc_us", "who", "why", "hash", "text"},
    "audit": {"n", "utc_us", "who", "what", "detail", "digest"},
}  # fmt: skip

names = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12)
scores = st.one_of(st.just(math.nan), st.integers(0, 1000).map(lambda v: v / 1000))
millis = st.integers(-9_000_000, 9_000_000).map(lambda v: v / 1000)
events: st.SearchStrategy[Event] = st.one_of(
    st.builds(
        Crossing,
        names,
        st.sampled_from(Direction),
        st.just(0),
        st.tuples(millis, millis),
        names,
        stature_m=scores,
        child=scores,
        staff=scores,
        gender=scores,
    ),
    st.builds(ZoneEnter, names, st.just(0), names),
    st.builds(ZoneLeave, names, st.just(0), st.integers(0, 10**9).map(lambda v: v / 1e6), names),
    st.builds(
        GroupCrossing, names, st.sampled_from(Direction), st.just(0), st.integers(2, 9), names
    ),
    st.builds(
        Alarm,
        names,
        st.sampled_from(["over", "under"]),
        st.booleans(),
        st.just(0),
        st.just(0),
        st.integers(0, 999),
        names,
    ),
)


@settings(max_examples=40, deadline=None)
@given(stories=st.lists(st.tuples(st.integers(0, 10**13), events), max_size=20))
def test_events_come_back_as_they_went_in(
    tmp_path_factory: pytest.TempPathFactory, stories: list[tuple[int, Event]]
) -> None:
    stamped = tuple(StampedEvent(from_us(us), replace(e, t_ns=us * 1000)) for us, e in stories)
    path = tmp_path_factory.mktemp("store") / "lintel.db"
    with open_store(path, StoreKey(b"k" * 32)) as store:
        store.append(Batch("count", "run", 0, stamped))
        found = list(store.events(from_us(0), from_us(10**14)))
    assert repr(found) == repr(sorted(stamped, key=lambda one: one.utc))  # NaN equals itself there


def test_events_survive_closing(tmp_path: Path, key: StoreKey) -> None:
    with open_store(tmp_path / "lintel.db", key) as store:
        store.append(batch(0, 3))
    with open_store(tmp_path / "lintel.db", key) as store:
        assert len(list(store.events(START, END))) == 3
        assert len(list(store.events(START, START + timedelta(seconds=2)))) == 2
        assert store.last_seq("count", "run-1") == 2


def test_a_batch_sent_again_is_stored_once(store: Store) -> None:
    assert store.append(batch(0, 5)) == Ack(last_seq=4, stored=5, repeated=0, first_n=1)
    assert store.append(batch(0, 5)) == Ack(last_seq=4, stored=0, repeated=5, first_n=0)
    assert store.append(batch(3, 5)) == Ack(last_seq=7, stored=3, repeated=2, first_n=6)
    assert [to_us(e.utc) for e in store.events(START, END)] == [
        to_us(crossing(k).utc) for k in range(8)
    ]


def test_a_gap_is_refused_and_said(store: Store) -> None:
    store.append(batch(0, 2))
    with pytest.raises(
        StoreError, match="items 2 to 4 of epoch run-1 never came; send again from 2"
    ):
        store.append(batch(5, 1))
    assert store.last_seq("count", "run-1") == 1


def test_a_new_epoch_counts_anew(store: Store) -> None:
    store.append(batch(0, 2))
    store.append(batch(0, 2, epoch="run-2"))
    store.append(batch(0, 2, source="other"))
    assert len(list(store.events(START, END))) == 6
    assert store.last_seq("count", "run-3") == -1


def test_feeds_long_unused_are_forgotten(store: Store) -> None:
    for k in range(MAX_FEEDS + 10):
        store.append(batch(0, 1, epoch=f"run-{k}"))
    assert store.last_seq("count", "run-0") == -1
    assert store.last_seq("count", "run-20") == 0


def test_watches_and_tracks_come_back(store: Store) -> None:
    watch = Watch(START, START + timedelta(seconds=1), 0.875, 2)
    point = TrackPoint(START, 77, (1.25, -0.5))
    store.append(Batch("count", "run", 0, (watch, point)))
    assert list(store.watches(START, END)) == [watch]
    assert list(store.tracks(START, END)) == [point]


def interval(k: int, entered: int = 0) -> StampedInterval:
    start = START + timedelta(minutes=k)
    rows = ((5.0, 2), (math.inf, 1)) if k % 2 else ()
    totals = LineTotals(entered, 1)
    one = Interval(start, start + timedelta(minutes=1), "door", totals, 0.5, 2, rows, 0.9, 3)
    return StampedInterval(one, 60)


def test_intervals_come_back_and_are_replaced_when_built_anew(store: Store) -> None:
    assert store.put_intervals(interval(k) for k in range(4)) == 4
    store.put_intervals([interval(2, entered=9)])
    found = list(store.intervals(START, START + timedelta(minutes=3)))
    assert found == [interval(0), interval(1), interval(2, entered=9)]
    assert dict(store.stats().rows)[Kind.INTERVALS] == 4


def test_notes_are_kept(tmp_path: Path, key: StoreKey) -> None:
    with open_store(tmp_path / "lintel.db", key) as store:
        assert store.kept("book") is None
        store.keep("book", "one")
        store.keep("book", "two")
        with pytest.raises(StoreError, match="at most"):
            store.keep("book", "x" * 70_000)
    with open_store(tmp_path / "lintel.db", key) as store:
        assert store.kept("book") == "two"


def test_a_batch_its_intervals_and_its_notes_are_one(store: Store) -> None:
    notes = {"counting": "after 3"}
    store.append(batch(0, 3), intervals=[interval(0)], notes=notes)
    assert store.kept("counting") == "after 3"
    assert list(store.intervals(START, END)) == [interval(0)]
    with pytest.raises(StoreError, match="at most"):
        store.append(batch(3, 3), intervals=[interval(1)], notes={"counting": "x" * 70_000})
    assert store.last_seq("count", "run-1") == 2
    assert len(list(store.intervals(START, END))) == 1
    assert store.kept("counting") == "after 3"


def test_nothing_in_the_files_can_be_read_without_the_key(tmp_path: Path, key: StoreKey) -> None:
    with open_store(tmp_path / "lintel.db", key) as store:
        store.append(Batch("count", "run", 0, (crossing(0, line="Haupteingang Nord"),)))
        for path in tmp_path.iterdir():
            content = path.read_bytes()
            assert b"Haupteingang" not in content
            assert b"SQLite format 3" not in content
        for name in ("lintel.db", "lintel.db-wal", "lintel.db-shm"):
            assert (tmp_path / name).stat().st_mode & 0o077 == 0


def test_the_store_holds_approved_columns_only(tmp_path: Path) -> None:
    database = Database(tmp_path / "clear.db", None, max_bytes=2**20)
    tables = [
        str(row[0]) for row in database.rows("SELECT name FROM sqlite_master WHERE type = 'table'")
    ]
    found = {
        table: {str(row[1]) for row in database.rows(f"PRAGMA table_info({table})")}
        for table in tables
    }
    database.close()
    assert found == APPROVED_COLUMNS


def test_naive_times_and_odd_batches_are_defects(store: Store) -> None:
    with pytest.raises(ContractError, match="aware"):
        to_us(datetime(2026, 1, 1))  # noqa: DTZ001 - that is the point
    with pytest.raises(ContractError, match="1 to 64 characters"):
        Batch("", "run", 0, ())
    assert store.append(Batch("count", "run", 0, ())) == Ack(-1, 0, 0)


def test_notes_are_kept_with_the_batch_they_belong_to_or_not_at_all(
    tmp_path: Path, key: StoreKey
) -> None:
    with open_store(tmp_path / "lintel.db", key) as store:
        store.append(batch(0, 3), notes={"total": "3"})
        store.append(batch(0, 3), notes={"total": "6"})  # the same batch, sent again
        assert store.kept("total") == "3"
        with pytest.raises(StoreError, match="at most"):
            store.append(batch(3, 2), notes={"total": "x" * 70_000})
        assert store.kept("total") == "3"
        assert store.last_seq("count", "run-1") == 2
