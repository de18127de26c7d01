"""The audit log: only ever longer, and every change shows."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from lintel.errors import StoreCorruptError, StoreError
from lintel.store.audit import AuditHead
from lintel.store.database import Database
from lintel.store.store import Store

DROP = "DROP TRIGGER audit_keeps_entries; DROP TRIGGER audit_keeps_words"


@pytest.fixture
def database(tmp_path: Path, now: datetime) -> Database:
    database = Database(tmp_path / "clear.db", None, max_bytes=2**24)
    store = Store(database)
    for k in range(5):
        store.note_in_audit(utc=now, who="admin", what="login", detail=f"from page {k}")
    return database


def test_entries_are_numbered_and_sealed(database: Database) -> None:
    store = Store(database)
    assert [entry.number for entry in store.audit()] == [1, 2, 3, 4, 5]
    assert store.verify_audit().entries == 5
    assert store.verify_audit(store.verify_audit()).entries == 5
    database.close()


@pytest.mark.parametrize("sql", ["DELETE FROM audit", "UPDATE audit SET who = 'nobody'"])
def test_entries_cannot_be_taken_back(database: Database, sql: str) -> None:
    with pytest.raises(StoreError, match="append-only"):
        database.run(sql)
    assert Store(database).verify_audit().entries == 5
    database.close()


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("UPDATE audit SET detail = 'from page 9' WHERE n = 3", "broken at entry 3"),
        ("UPDATE audit SET utc_us = utc_us + 1 WHERE n = 2", "broken at entry 2"),
        ("DELETE FROM audit WHERE n = 4", "broken at entry 4"),
        ("UPDATE audit SET who = 'adminl', what = 'ogin' WHERE n = 1", "broken at entry 1"),
        ("DELETE FROM audit WHERE n = 5", "does not continue the head"),
    ],
)
def test_tampering_shows(database: Database, sql: str, words: str) -> None:
    store = Store(database)
    kept = store.verify_audit()
    for statement in (*DROP.split(";"), sql):
        database.run(statement)
    with pytest.raises(StoreCorruptError, match=words):
        store.verify_audit(kept)
    database.close()


def test_an_empty_log_is_whole(store: Store) -> None:
    assert store.verify_audit() == AuditHead(0, b"\x00" * 32)
