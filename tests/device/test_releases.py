"""Which releases a device has run is known over its restarts, and in the audit log."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from lintel.device.releases import MAX_KEPT, NOTE, ReleaseBook
from lintel.store.database import Database
from lintel.store.key import StoreKey
from lintel.store.store import Store

NOW = datetime(2026, 5, 1, 8, 0, tzinfo=UTC)
KEY = StoreKey(b"k" * 32)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(Database(tmp_path / "lintel.db", KEY, max_bytes=2**26))


def started(store: Store, version: str, *, day: int = 0) -> ReleaseBook:
    book = ReleaseBook(version)
    assert not book.is_open
    assert book.all() == ()
    book.open(store, now=NOW + timedelta(days=day))
    assert book.is_open
    return book


def told(book: ReleaseBook) -> list[tuple[str, int]]:
    return [(one.version, (one.since_utc - NOW).days) for one in book.all()]


def updates(store: Store) -> list[str]:
    return [one.detail for one in store.audit() if one.what == "updated"]


def test_the_first_release_is_no_update(store: Store) -> None:
    with store:
        assert told(started(store, "0.1.0")) == [("0.1.0", 0)]
        assert updates(store) == []


def test_a_restart_with_the_same_release_keeps_since_when(store: Store) -> None:
    with store:
        started(store, "0.1.0")
        assert told(started(store, "0.1.0", day=3)) == [("0.1.0", 0)]
        assert updates(store) == []


def test_an_update_and_a_way_back_are_told_newest_first(store: Store) -> None:
    with store:
        started(store, "0.1.0")
        started(store, "0.2.0", day=3)
        book = started(store, "0.1.0", day=5)
        assert told(book) == [("0.1.0", 5), ("0.2.0", 3), ("0.1.0", 0)]
        assert updates(store) == ["0.1.0 to 0.2.0", "0.2.0 to 0.1.0"]


def test_many_releases_do_not_grow_the_note_without_end(store: Store) -> None:
    with store:
        for day in range(MAX_KEPT + 5):
            book = started(store, f"0.{day}.0", day=day)
        assert len(book.all()) == MAX_KEPT
        assert told(book)[0] == (f"0.{MAX_KEPT + 4}.0", MAX_KEPT + 4)


def test_a_note_that_cannot_be_read_is_begun_anew(store: Store) -> None:
    with store:
        store.keep(NOTE, "no list of releases")
        assert told(started(store, "0.1.0")) == [("0.1.0", 0)]
