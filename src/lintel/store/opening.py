"""Opening a store, and beginning anew beside a damaged one."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from lintel.errors import StoreCorruptError
from lintel.store.database import Database
from lintel.store.key import StoreKey, sync_folder
from lintel.store.kinds import Recovery
from lintel.store.reserve import Reserve
from lintel.store.store import Store

DEFAULT_MAX_BYTES = 2 * 1024**3
DEFAULT_RESERVE_BYTES = 8 * 1024**2  # more than the write-ahead log takes
SET_ASIDE = ".damaged-"


@dataclass(frozen=True, slots=True)
class Opened:
    """A store, and what had to be done to open it; ``recovery`` is None for nothing."""

    store: Store
    recovery: Recovery | None


def open_store(
    path: Path,
    key: StoreKey,
    *,
    max_bytes: int = DEFAULT_MAX_BYTES,
    reserve_bytes: int = DEFAULT_RESERVE_BYTES,
) -> Store:
    """Open the store at ``path``, made if it is not there.

    ``max_bytes`` bounds the file, and 256 KiB more while something is erased;
    ``reserve_bytes`` beside it are held back for making room.

    Raises:
        StoreKeyError: it was made with another key.
        StoreCorruptError: it is damaged; ``open_or_recover`` begins anew.
        StoreFullError: there is no room to open it.
        StoreError: it was made by a newer Lintel, or is in use.
    """
    reserve = Reserve(path.with_name(path.name + ".reserve"), reserve_bytes)
    store = Store(Database(path, key, max_bytes=max_bytes), reserve=reserve)
    reserve.hold()
    return store


def open_or_recover(
    path: Path, key: StoreKey, *, now: datetime, max_bytes: int = DEFAULT_MAX_BYTES
) -> Opened:
    """Open the store; a damaged one is set aside and a new one begun, which says so.

    One damaged store is kept for whoever wants to read it with the key; an older one goes.

    Raises:
        StoreKeyError, StoreFullError, StoreError: as ``open_store``.
    """
    try:
        store = open_store(path, key, max_bytes=max_bytes)
    except StoreCorruptError as error:
        return begin_anew(path, key, reason=str(error), now=now, max_bytes=max_bytes)
    try:
        store.verify_audit()
    except StoreCorruptError as error:
        with suppress(StoreCorruptError):
            store.close()
        return begin_anew(path, key, reason=str(error), now=now, max_bytes=max_bytes)
    return Opened(store, None)


def begin_anew(
    path: Path,
    key: StoreKey,
    *,
    reason: str,
    now: datetime,
    max_bytes: int = DEFAULT_MAX_BYTES,
) -> Opened:
    """Set a closed store aside and begin a new one, as when damage shows while it is read.

    Raises:
        StoreKeyError, StoreFullError, StoreError: as ``open_store``.
    """
    set_aside = _set_aside(path, now)
    store = open_store(path, key, max_bytes=max_bytes)
    store.note_in_audit(
        utc=now, who="store", what="recovered", detail=f"{reason}; set aside as {set_aside.name}"
    )
    return Opened(store, Recovery(set_aside.name, reason, now))


def _set_aside(path: Path, now: datetime) -> Path:
    """Move the damaged files away; the log first, so that no crash leaves it for the new file."""
    for old in path.parent.glob(f"{path.name}{SET_ASIDE}*"):
        old.unlink()
    target = path.with_name(f"{path.name}{SET_ASIDE}{now.astimezone(UTC):%Y%m%dT%H%M%SZ}")
    for ending in ("-wal", "-shm", ""):
        source = path.with_name(path.name + ending)
        if source.exists():
            source.replace(target.with_name(target.name + ending))
    sync_folder(path.parent)
    return target
