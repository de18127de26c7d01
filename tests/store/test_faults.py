"""No room, damage, wrong keys, newer forms: each has its own name and a way on."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import NoReturn

import pytest

from lintel.errors import StoreCorruptError, StoreError, StoreFullError, StoreKeyError
from lintel.store.database import BEYOND_PAGES, PAGE_BYTES, Database
from lintel.store.heat_tile import HeatKind
from lintel.store.key import StoreKey
from lintel.store.kinds import Kind, to_us
from lintel.store.opening import open_or_recover, open_store
from lintel.store.schema import MIGRATIONS
from lintel.store.store import Store
from store_builders import START, batch


def fill(store: Store, *, at_once: int = 1000) -> int:
    """Append until there is no room; the last number acknowledged."""
    first = 0
    while True:
        try:
            first = store.append(batch(first, at_once)).last_seq + 1
        except StoreFullError:
            return first - 1


def note_for_ever(store: Store, detail: str, now: datetime) -> NoReturn:
    while True:
        store.note_in_audit(utc=now, who="admin", what="login", detail=detail)


def insert_for_ever(database: Database) -> NoReturn:
    while True:
        database.run("INSERT INTO filling VALUES (zeroblob(3000))")


def test_a_full_store_says_so_and_keeps_what_it_has(tmp_path: Path, key: StoreKey) -> None:
    with open_store(tmp_path / "lintel.db", key, max_bytes=2**20) as store:
        last = fill(store)
        assert last > 5000
        assert store.stats().free_share < 0.2
        assert store.last_seq("count", "run-1") == last
        assert len(list(store.events(START, START + timedelta(days=1)))) == last + 1
    assert (tmp_path / "lintel.db").stat().st_size <= 2**20


def test_room_can_be_made_and_is_written_down(tmp_path: Path, key: StoreKey, now: datetime) -> None:
    with open_store(tmp_path / "lintel.db", key, max_bytes=2**20) as store:
        last = fill(store)
        (erasure,) = store.make_room(now=now)
        assert (erasure.kind, erasure.proven) == (Kind.EVENTS, True)
        assert store.append(batch(last + 1, 1000)).stored == 1000
        assert [entry.who for entry in store.audit()] == ["store", "store"]
        oldest = next(store.events(START, START + timedelta(days=1)))
        assert oldest.utc > START


def test_a_store_full_to_the_last_page_can_still_be_erased_from(
    tmp_path: Path, key: StoreKey, now: datetime
) -> None:
    path, limit = tmp_path / "lintel.db", 2**18
    with open_store(path, key, max_bytes=limit) as store:
        last = fill(store, at_once=1)
        for size in (3000, 30):  # not one entry of the audit log goes in any more
            with pytest.raises(StoreFullError):
                note_for_ever(store, "x" * size, now)
        (erasure,) = store.make_room(now=now)
        assert erasure.proven
        assert erasure.rows > 0
        assert store.append(batch(last + 1, 10)).stored == 10
        store.erase(
            Kind.EVENTS, START, START + timedelta(days=1), who="admin", why="asked for", now=now
        )
        assert store.stats().free_share > 0.5
    assert path.stat().st_size <= limit


def test_erasing_again_and_again_does_not_raise_the_limit(tmp_path: Path) -> None:
    pages = 40
    database = Database(tmp_path / "clear.db", None, max_bytes=pages * PAGE_BYTES)
    database.run("CREATE TABLE filling (content BLOB)")
    for _ in range(3):
        with database.beyond_limit(), pytest.raises(StoreFullError):
            insert_for_ever(database)
        assert database.number("PRAGMA page_count") <= pages + BEYOND_PAGES
        assert database.number("PRAGMA page_count") > pages
    database.run("DELETE FROM filling")
    database.give_back_pages()
    with database.beyond_limit():
        pass
    assert database.number("PRAGMA max_page_count") == pages
    database.close()


@pytest.mark.parametrize("place", [0.0, 0.3, 0.5])
def test_a_damaged_file_is_set_aside_and_a_new_one_begun(
    tmp_path: Path, key: StoreKey, now: datetime, place: float
) -> None:
    path = tmp_path / "lintel.db"
    with open_store(path, key) as store:
        store.append(batch(0, 5000))
        for k in range(50):
            store.note_in_audit(utc=now, who="admin", what="login", detail=f"{k} " + "x" * 3000)
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(int(place * size))
        file.write(b"\xff" * (size // 2))
    opened = open_or_recover(path, key, now=now)
    with opened.store as store:
        assert opened.recovery is not None
        assert (tmp_path / opened.recovery.set_aside).stat().st_size == size
        assert list(store.events(START, START + timedelta(days=1))) == []
        (entry,) = store.audit()
        assert entry.what == "recovered"
        assert opened.recovery.set_aside in entry.detail
        assert store.append(batch(0, 10)).stored == 10


def test_a_truncated_file_is_damage(tmp_path: Path, key: StoreKey) -> None:
    path = tmp_path / "lintel.db"
    with open_store(path, key) as store:
        store.append(batch(0, 5000))
    with path.open("r+b") as file:
        file.truncate(3 * 4096 + 100)
    with pytest.raises(StoreCorruptError, match="damaged"):
        open_and_read(path, key)


def open_and_read(path: Path, key: StoreKey) -> None:
    with open_store(path, key) as store:
        list(store.events(START, START + timedelta(days=1)))


def test_only_the_last_damaged_store_is_kept(tmp_path: Path, key: StoreKey, now: datetime) -> None:
    path = tmp_path / "lintel.db"
    for k in range(3):
        path.write_bytes(b"no database at all" * 1000)
        open_or_recover(path, key, now=now + timedelta(hours=k)).store.close()
    assert [p.name for p in tmp_path.glob("*damaged*")] == ["lintel.db.damaged-20260504T120000Z"]


def test_a_wrong_key_is_no_damage(tmp_path: Path, key: StoreKey, now: datetime) -> None:
    path = tmp_path / "lintel.db"
    with open_store(path, key) as store:
        store.append(batch(0, 3))
    with pytest.raises(StoreKeyError, match="another key"):
        open_or_recover(path, StoreKey(b"x" * 32), now=now)
    with open_store(path, key) as store:
        assert store.last_seq("count", "run-1") == 2


def test_migrations_run_once_and_a_newer_form_is_refused(tmp_path: Path, key: StoreKey) -> None:
    path = tmp_path / "lintel.db"
    with open_store(path, key) as store:
        store.append(batch(0, 3))
    newer = (*MIGRATIONS, "CREATE TABLE later (id INTEGER); INSERT INTO later VALUES (7)")
    for _ in range(2):
        database = Database(path, key, max_bytes=2**24, migrations=newer)
        assert database.number("SELECT count(*) FROM later") == 1
        assert database.number("SELECT count(*) FROM events") == 3
        database.close()
    with pytest.raises(StoreError, match="made by a newer Lintel"):
        open_store(path, key)


def test_a_store_of_the_first_form_is_brought_up_to_date(tmp_path: Path, key: StoreKey) -> None:
    path = tmp_path / "lintel.db"
    first = Database(path, key, max_bytes=2**24, migrations=MIGRATIONS[:1])
    first.run("INSERT INTO words VALUES (1, 'door'), (2, 'both sides')")
    for number in range(3):
        values = (to_us(START) + number, number, 1, 1, 2, 1, 5, 5)
        columns = "utc_us, n, kind, place, reason, direction, x_mm, y_mm"
        first.run(f"INSERT INTO events ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", values)  # noqa: S608
    first.run("INSERT INTO feeds VALUES ('count', 'run-1', 2, 3)")
    first.run("UPDATE counters SET value = 3 WHERE name = 'n'")
    first.close()
    for round_ in range(2):  # the second opening finds nothing left to do
        with open_store(path, key) as store:
            assert len(list(store.events(START, START + timedelta(days=1)))) == 3 + round_
            assert store.stats().of(Kind.EVENTS).rows == 3 + round_
            assert store.append(batch(3 + round_, 1)).last_seq == 3 + round_
            assert store.heat(START, START + timedelta(days=1), HeatKind.PRESENCE) == ()
            assert store.configs() == ()


def test_a_migration_that_fails_changes_nothing(tmp_path: Path, key: StoreKey) -> None:
    path = tmp_path / "lintel.db"
    open_store(path, key).close()
    broken = (*MIGRATIONS, "CREATE TABLE later (id INTEGER); INSERT INTO nowhere VALUES (1)")
    with pytest.raises(StoreError, match="nowhere"):
        Database(path, key, max_bytes=2**24, migrations=broken)
    with open_store(path, key) as store:
        assert store.stats().log_bytes >= 0


def test_a_folder_is_no_store(tmp_path: Path, key: StoreKey) -> None:
    with pytest.raises(StoreError, match="cannot be opened"):
        open_store(tmp_path / "nowhere" / "lintel.db", key)
