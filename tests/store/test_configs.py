"""Versions of the configuration: only ever more, the oldest dropped, the one in force kept."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from lintel.errors import StoreError
from lintel.store.configs import MAX_CONFIG_BYTES, MAX_CONFIGS, ConfigEntry
from lintel.store.database import Database
from lintel.store.key import StoreKey
from lintel.store.kinds import Kind, Retention
from lintel.store.opening import open_store
from lintel.store.store import Store
from store_builders import START


def put(store: Store, number: int, text: str | None = None) -> ConfigEntry:
    return store.put_config(
        text or f"# site {number}",
        config_hash=f"hash-{number}",
        utc=START + timedelta(days=number),
        who="installer",
        why=f"change {number}",
    )


def test_versions_are_numbered_and_come_back_newest_first(tmp_path: Path, key: StoreKey) -> None:
    with open_store(tmp_path / "lintel.db", key) as store:
        assert store.configs() == ()
        assert put(store, 1).number == 1
    with open_store(tmp_path / "lintel.db", key) as store:
        second = put(store, 2, "[mount]\nheight_m = 3.0\n")
        assert second == ConfigEntry(
            2, START + timedelta(days=2), "installer", "change 2", "hash-2"
        )
        assert [entry.number for entry in store.configs()] == [2, 1]
        assert store.config(2) == "[mount]\nheight_m = 3.0\n"
        assert store.config(3) is None


def test_the_oldest_goes_when_there_are_too_many_and_its_number_is_never_given_again(
    store: Store,
) -> None:
    for number in range(1, MAX_CONFIGS + 3):
        assert put(store, number).number == number
    kept = [entry.number for entry in store.configs()]
    assert kept == list(range(MAX_CONFIGS + 2, 2, -1))
    assert store.config(1) is None
    assert store.stats().of(Kind.CONFIGS).rows == MAX_CONFIGS


def test_every_version_is_in_the_audit_log(store: Store) -> None:
    for number in range(1, MAX_CONFIGS + 2):
        put(store, number)
    (newest,) = store.audit_page(limit=1)
    assert (newest.who, newest.what) == ("installer", "configuration")
    assert newest.detail == "version 51, hash-51: change 51; version 1 dropped"
    assert store.verify_audit().entries == MAX_CONFIGS + 1


def test_old_versions_are_erased_with_proof_but_never_the_one_in_force(
    store: Store, now: datetime
) -> None:
    for number in range(1, 5):
        put(store, number)
    end = START + timedelta(days=99)
    done = store.erase(Kind.CONFIGS, START, end, who="officer", why="test", now=now)
    assert (done.rows, done.proven) == (3, True)
    assert [entry.number for entry in store.configs()] == [4]
    assert store.retain(Retention(configs=timedelta(0)), now=end) == ()
    assert put(store, 5).number == 5


@pytest.mark.parametrize("sql", ["UPDATE configs SET text = 'x'", "DELETE FROM configs"])
def test_what_is_written_stays_as_it_is(tmp_path: Path, sql: str) -> None:
    database = Database(tmp_path / "clear.db", None, max_bytes=2**24)
    with Store(database) as store:
        put(store, 1)
        with pytest.raises(StoreError, match=r"append-only|never erased"):
            database.run(sql)
        assert store.config(1) == "# site 1"


def test_a_configuration_that_is_too_long_is_refused_whole(store: Store) -> None:
    with pytest.raises(StoreError, match="at most"):
        put(store, 1, "x" * (MAX_CONFIG_BYTES + 1))
    assert store.configs() == ()
    assert list(store.audit()) == []
