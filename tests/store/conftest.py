"""A store of one's own, and events to put into it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lintel.store.database import Database
from lintel.store.key import StoreKey
from lintel.store.opening import open_store
from lintel.store.store import Store


@pytest.fixture
def now() -> datetime:
    return datetime(2026, 5, 4, 10, 0, tzinfo=UTC)


@pytest.fixture
def key() -> StoreKey:
    return StoreKey(bytes(range(32)))


@pytest.fixture
def store(tmp_path: Path, key: StoreKey) -> Iterator[Store]:
    with open_store(tmp_path / "lintel.db", key) as opened:
        yield opened


@pytest.fixture
def clear_store(tmp_path: Path) -> Iterator[Store]:
    """A store without encryption, so that a test can look for bytes in its files."""
    with Store(Database(tmp_path / "clear.db", None, max_bytes=2**30)) as opened:
        yield opened
