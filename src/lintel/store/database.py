"""One SQLite file, encrypted with SQLCipher: opening, transactions, migrations, faults named.

Write-ahead log with ``synchronous=FULL``: a transaction that has returned is on disk. Raw key,
so that no key derivation slows the start. ``secure_delete`` overwrites what is deleted.
"""

from __future__ import annotations

import errno
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sqlcipher3 import dbapi2

from lintel.errors import StoreCorruptError, StoreError, StoreFullError, StoreKeyError
from lintel.store.key import StoreKey
from lintel.store.schema import MIGRATIONS

PAGE_BYTES = 4096
CACHE_KIB = 512  # of pages in memory; more brings no speed, and fills for days of counting
BEYOND_PAGES = 64  # past the limit, while what is erased is proven
LEAST_FREE_BYTES = 256 * 1024  # an I/O error with less room on the disk than this means "full"
BUSY_S = 5.0
DAMAGE = ("malformed", "not a database", "disk image", "hmac check failed")
FULL = ("database or disk is full",)


class Database:
    """An open file. ``key=None`` leaves it in the clear and is for tests of erasure only.

    Raises:
        StoreKeyError: the store was made with another key.
        StoreCorruptError: the file is damaged.
        StoreError: it was made by a newer Lintel, or another process holds it.
    """

    def __init__(
        self,
        path: Path,
        key: StoreKey | None,
        *,
        max_bytes: int,
        migrations: Sequence[str] = MIGRATIONS,
    ) -> None:
        self.path = path
        self._max_pages = max(max_bytes // PAGE_BYTES, 1)
        self._check_fingerprint(key)
        self._make_private()
        try:
            self._connection = dbapi2.connect(path, timeout=BUSY_S, isolation_level=None)
        except dbapi2.Error as error:
            raise StoreError(f"{path}: cannot be opened: {error}") from error
        try:
            with self.faults():
                self._prepare(key)
                self._migrate(migrations)
        except BaseException:
            self._connection.close()
            raise

    def close(self) -> None:
        """Write everything into the main file and close it."""
        try:
            with self.faults():
                self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            self._connection.close()

    @property
    def wal_path(self) -> Path:
        """The write-ahead log beside the file."""
        return self.path.with_name(self.path.name + "-wal")

    @property
    def log_bytes(self) -> int:
        """Size of the write-ahead log."""
        return self.wal_path.stat().st_size if self.wal_path.exists() else 0

    def rows(self, sql: str, values: Sequence[object] = ()) -> Iterator[tuple[object, ...]]:
        """Rows of a query, one after the other."""
        with self.faults():
            yield from self._connection.execute(sql, values)

    def number(self, sql: str, values: Sequence[object] = ()) -> int:
        """The one whole number that a query gives; 0 for NULL or no row."""
        row = next(self.rows(sql, values), (0,))
        return row[0] if isinstance(row[0], int) else 0

    def run(self, sql: str, values: Sequence[object] = ()) -> int:
        """Run one statement; how many rows it changed."""
        with self.faults():
            return self._connection.execute(sql, values).rowcount

    def run_many(self, sql: str, rows: Sequence[Sequence[object]]) -> int:
        """Run one statement for each row; how many rows all of them changed."""
        with self.faults():
            return self._connection.executemany(sql, rows).rowcount

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; on disk when the block has ended."""
        with self.faults():
            self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            with self.faults():
                self._connection.execute("COMMIT")
        except BaseException:
            self._roll_back()
            raise

    @contextmanager
    def beyond_limit(self) -> Iterator[None]:
        """At most BEYOND_PAGES past the limit: a file full to the last page must shrink too.

        Afterwards the limit holds again; a file that is larger still may not grow.
        """
        self.number(f"PRAGMA max_page_count = {self._max_pages + BEYOND_PAGES}")
        try:
            yield
        finally:
            self.number(f"PRAGMA max_page_count = {self._max_pages}")

    def checkpoint(self) -> bool:
        """Move the write-ahead log into the file and empty it; False while a reader hinders."""
        return self.number("PRAGMA wal_checkpoint(TRUNCATE)") == 0

    def give_back_pages(self) -> None:
        """Hand free pages back to the disk; needs no room, unlike VACUUM."""
        for _ in self.rows("PRAGMA incremental_vacuum"):
            pass

    def is_whole(self) -> bool:
        """Check every page; reads the whole file.

        Raises:
            StoreCorruptError: pages cannot even be read.
        """
        return [row[0] for row in self.rows("PRAGMA integrity_check(1)")] == ["ok"]

    @contextmanager
    def faults(self) -> Iterator[None]:
        """Turn SQLite's errors into the house's own."""
        try:
            yield
        except dbapi2.Error as error:
            raise self._named(error) from error

    def _named(self, error: dbapi2.Error) -> StoreError:
        words = str(error).lower()
        if any(sign in words for sign in FULL) or ("i/o error" in words and self._disk_is_full()):
            return StoreFullError(
                f"{self.path}: no room left; shorten what is kept, or raise the limit ({error})"
            )
        if any(sign in words for sign in DAMAGE):
            return StoreCorruptError(f"{self.path}: the file is damaged ({error})")
        return StoreError(f"{self.path}: {error}")

    def _disk_is_full(self) -> bool:
        try:
            return shutil.disk_usage(self.path.parent).free < LEAST_FREE_BYTES
        except OSError as error:
            return error.errno == errno.ENOSPC

    def _roll_back(self) -> None:
        if self._connection.in_transaction:
            with self.faults():
                self._connection.execute("ROLLBACK")

    def _prepare(self, key: StoreKey | None) -> None:
        execute = self._connection.execute
        if key is not None:
            execute(f"PRAGMA key = \"x'{key.secret.hex()}'\"")
        execute("PRAGMA auto_vacuum = INCREMENTAL")  # heeded before the first table only
        execute("PRAGMA secure_delete = ON")
        self._enter_wal_mode()
        execute("PRAGMA synchronous = FULL")
        execute("PRAGMA temp_store = MEMORY")
        execute(f"PRAGMA cache_size = -{CACHE_KIB}")
        execute("PRAGMA journal_size_limit = 4194304")
        execute(f"PRAGMA max_page_count = {self._max_pages}")

    def _enter_wal_mode(self) -> None:
        """Another process that closes its last handle can make this fail for a moment."""
        deadline = time.monotonic() + BUSY_S
        while True:
            try:
                self._connection.execute("PRAGMA journal_mode = WAL")
            except dbapi2.OperationalError as error:
                if "locked" not in str(error) or time.monotonic() > deadline:
                    raise
                time.sleep(0.01)
            else:
                return

    def _migrate(self, migrations: Sequence[str]) -> None:
        version = self.number("PRAGMA user_version")
        if version > len(migrations):
            raise StoreError(
                f"{self.path}: made by a newer Lintel (form {version}, this one knows "
                f"{len(migrations)}): install that one, or give another path"
            )
        for number, script in enumerate(migrations[version:], start=version + 1):
            # executescript commits what is open, so the transaction is part of the script
            self._connection.executescript(
                f"BEGIN IMMEDIATE; {script}; PRAGMA user_version = {number}; COMMIT;"
            )

    def _make_private(self) -> None:
        """Only the owner may read the file; SQLite gives its log the same mode."""
        try:
            self.path.touch(mode=0o600)
            self.path.chmod(0o600)
        except OSError as error:
            raise StoreError(f"{self.path}: cannot be opened: {error}") from error

    def _check_fingerprint(self, key: StoreKey | None) -> None:
        """Tell a wrong key from a damaged file: to SQLCipher both look the same."""
        if key is None:
            return
        beside = self.path.with_name(self.path.name + ".key-id")
        try:
            if not self.path.exists() or self.path.stat().st_size == 0:
                beside.touch(mode=0o600)
                beside.write_text(key.fingerprint + "\n", encoding="ascii")
            if beside.exists():
                beside.chmod(0o600)
            same = not beside.exists() or beside.read_bytes().strip() == key.fingerprint.encode()
        except OSError as error:
            raise StoreError(f"{self.path}: cannot be opened: {error}") from error
        if not same:
            raise StoreKeyError(f"{self.path}: was made with another key than the one given")
