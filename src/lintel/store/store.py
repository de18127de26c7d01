"""The store: events, watched time, tracks, intervals, notes and the audit log of one device.

One owner, one thread. ``append`` has everything on disk when it returns, and takes the same
batch any number of times. Everything that changes more than a feed's own data says so in the
audit log, in the same transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Self

from lintel.errors import StoreError
from lintel.records import Watch
from lintel.store.audit import AuditEntry, AuditHead, AuditLog
from lintel.store.codec import (
    EVENT_QUERY,
    INTERVAL_QUERY,
    Row,
    Words,
    event_of,
    event_row,
    interval_of,
    interval_row,
    track_of,
    track_row,
    watch_of,
    watch_row,
)
from lintel.store.database import PAGE_BYTES, Database
from lintel.store.kinds import (
    Ack,
    Batch,
    Erasure,
    Kind,
    Retention,
    StampedEvent,
    StampedInterval,
    StoreStats,
    TrackPoint,
    from_us,
    to_us,
)
from lintel.store.reserve import Reserve

MAX_FEEDS = 256  # sources and their epochs remembered; the longest unused goes first
MAX_NOTE = 64 * 1024
NO_NOTES: Mapping[str, str] = MappingProxyType({})
COLUMN = {
    Kind.TRACKS: "utc_us",
    Kind.EVENTS: "utc_us",
    Kind.WATCHES: "start_us",
    Kind.INTERVALS: "start_us",
}
INSERT_EVENT = "INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
INSERT_WATCH = "INSERT INTO watches VALUES (?, ?, ?, ?, ?)"
INSERT_TRACK = "INSERT INTO tracks VALUES (?, ?, ?, ?, ?)"
REPLACE_INTERVAL = "INSERT OR REPLACE INTO intervals VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
SLICE_ROWS = 5000  # erased at once: keeps the write-ahead log small
NAMED = {Kind.EVENTS, Kind.INTERVALS}  # kinds whose rows hold words


class Store:
    """An open store; use it as a context, or call ``close``."""

    def __init__(self, database: Database, *, reserve: Reserve | None = None) -> None:
        self._database = database
        self._reserve = reserve or Reserve(database.path, 0)
        self._words = Words(database)
        self._audit = AuditLog(database)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the files."""
        self._database.close()

    # --- feeding -------------------------------------------------------------------------

    def append(self, batch: Batch, *, notes: Mapping[str, str] = NO_NOTES) -> Ack:
        """Store what is new of a batch; on disk, once, when this returns.

        ``notes`` are kept in the same transaction, so that what a part remembers and what is
        stored never contradict each other; a batch that was stored before changes none.

        Raises:
            StoreError: items before the batch are missing: send from ``last_seq + 1``.
            StoreFullError: no room; nothing of the batch was stored.
            StoreCorruptError: the file is damaged.
        """
        try:
            with self._database.transaction():
                ack = self._append(batch)
                for name, text in notes.items() if ack.stored else ():
                    self._keep(name, text)
                return ack
        except BaseException:
            self._words.forget()  # numbers given in a transaction that was rolled back
            raise

    def last_seq(self, source: str, epoch: str) -> int:
        """The last sequence number stored; -1 for none."""
        query = "SELECT last_seq FROM feeds WHERE source = ? AND epoch = ?"
        return self._database.number(query, (source, epoch)) if self._knows(source, epoch) else -1

    def put_intervals(self, intervals: Iterable[StampedInterval]) -> int:
        """Store closed intervals; one that was built anew replaces the old. How many."""
        try:
            with self._database.transaction():
                rows = [interval_row(stamped, self._words) for stamped in intervals]
                self._database.run_many(REPLACE_INTERVAL, rows)
                return len(rows)
        except BaseException:
            self._words.forget()
            raise

    # --- reading -------------------------------------------------------------------------

    def events(self, start: datetime, end: datetime) -> Iterator[StampedEvent]:
        """Events in ``[start, end)`` by time."""
        return map(event_of, self._database.rows(EVENT_QUERY, (to_us(start), to_us(end))))

    def intervals(self, start: datetime, end: datetime) -> Iterator[StampedInterval]:
        """Intervals that start in ``[start, end)``, by time, then by place."""
        return map(interval_of, self._database.rows(INTERVAL_QUERY, (to_us(start), to_us(end))))

    def watches(self, start: datetime, end: datetime) -> Iterator[Watch]:
        """Watched time that starts in ``[start, end)``."""
        query = "SELECT start_us, end_us, share, dropped_frames FROM watches"
        return map(watch_of, self._range(query, Kind.WATCHES, start, end))

    def tracks(self, start: datetime, end: datetime) -> Iterator[TrackPoint]:
        """Places in ``[start, end)`` by time."""
        query = "SELECT utc_us, run_track, x_mm, y_mm FROM tracks"
        return map(track_of, self._range(query, Kind.TRACKS, start, end))

    def stats(self) -> StoreStats:
        """How much is kept."""
        rows = tuple((k, self._database.number(f"SELECT count(*) FROM {k}")) for k in Kind)  # noqa: S608 - an enum
        pages = self._database.number("PRAGMA page_count")
        spare = self._database.number("PRAGMA freelist_count")
        limit = self._database.number("PRAGMA max_page_count")
        free_share = 1.0 - (pages - spare) / limit
        return StoreStats(rows, pages * PAGE_BYTES, self._log_bytes(), free_share)

    # --- notes ---------------------------------------------------------------------------

    def keep(self, name: str, text: str) -> None:
        """Keep a small text under a name, as another part's state over a restart.

        Raises:
            StoreError: it is longer than 64 KiB.
        """
        with self._database.transaction():
            self._keep(name, text)

    def kept(self, name: str) -> str | None:
        """The text kept under a name."""
        query = "SELECT text FROM notes WHERE name = ?"
        return next((str(row[0]) for row in self._database.rows(query, (name,))), None)

    # --- erasing -------------------------------------------------------------------------

    def erase(
        self, kind: Kind, start: datetime, end: datetime, *, who: str, why: str, now: datetime
    ) -> Erasure:
        """Erase one kind in ``[start, end)`` and prove it; the audit log says both.

        Deleted rows are overwritten in their pages, empty pages go back to the disk, and the
        write-ahead log, which holds older copies of pages, is emptied. An ``erase`` in the audit
        log without its ``erased`` was interrupted: ask again.

        Raises:
            StoreError: a reader kept the write-ahead log from being emptied: ask again.
        """
        span = (to_us(start), to_us(end))
        what = f"{kind} {start.isoformat()} to {end.isoformat()}"
        with self._database.transaction():
            self._audit.append(utc=now, who=who, what="erase", detail=f"{what}: {why}")
        rows = self._delete(kind, span)
        words = self._words.drop_unused() if kind in NAMED else 0
        self._scour()
        remaining, free, log_bytes = self._left(kind, span)
        with self._database.transaction():
            detail = (
                f"{what}: {rows} rows and {words} words; {remaining} rows, {free} free pages, "
                f"{log_bytes} bytes of log left"
            )
            number = self._audit.append(utc=now, who=who, what="erased", detail=detail)
        return Erasure(kind, start, end, rows, remaining, free, log_bytes, number)

    def retain(self, retention: Retention, *, now: datetime) -> tuple[Erasure, ...]:
        """Erase what is older than each kind's time; kinds with nothing to erase are left out."""
        start = from_us(0)
        due = [(kind, now - retention.of(kind)) for kind in Kind]
        return tuple(
            self.erase(kind, start, end, who="retention", why="kept long enough", now=now)
            for kind, end in due
            if any(True for _ in self._oldest_before(kind, end))
        )

    def make_room(self, *, now: datetime, share: float = 0.25) -> tuple[Erasure, ...]:
        """Erase the oldest ``share`` of tracks, then of events and watched time; never intervals.

        For a full store, when waiting for retention is too late; the audit log says so. On a
        full disk the room that was held back is used meanwhile.
        """
        self._reserve.spend()
        self._database.checkpoint()
        done = []
        for kind in (Kind.TRACKS, Kind.EVENTS, Kind.WATCHES):
            rows = self._database.number(f"SELECT count(*) FROM {kind}")  # noqa: S608 - an enum
            if rows == 0:
                continue
            column, skip = COLUMN[kind], min(int(rows * share), rows - 1)
            query = f"SELECT {column} FROM {kind} ORDER BY {column} LIMIT 1 OFFSET {skip}"  # noqa: S608
            end = from_us(self._database.number(query) + 1)
            done.append(
                self.erase(kind, from_us(0), end, who="store", why="the store is full", now=now)
            )
        self._reserve.hold()
        return tuple(done)

    # --- audit ---------------------------------------------------------------------------

    def note_in_audit(self, *, utc: datetime, who: str, what: str, detail: str) -> int:
        """Add an entry to the audit log; its number."""
        with self._database.transaction():
            return self._audit.append(utc=utc, who=who, what=what, detail=detail)

    def audit(self) -> Iterator[AuditEntry]:
        """The audit log, oldest entry first."""
        return self._audit.entries()

    def verify_audit(self, kept: AuditHead | None = None) -> AuditHead:
        """Check the chain of the audit log.

        Raises:
            StoreCorruptError: an entry was changed, removed or inserted.
        """
        return self._audit.verify(kept)

    def is_whole(self) -> bool:
        """Check every page of the file; slow."""
        return self._database.is_whole()

    # --- inside --------------------------------------------------------------------------

    def _keep(self, name: str, text: str) -> None:
        if len(text) > MAX_NOTE:
            raise StoreError(f"note {name!r}: {len(text)} characters, at most {MAX_NOTE} fit")
        self._database.run("INSERT OR REPLACE INTO notes VALUES (?, ?)", (name, text))

    def _knows(self, source: str, epoch: str) -> bool:
        query = "SELECT count(*) FROM feeds WHERE source = ? AND epoch = ?"
        return self._database.number(query, (source, epoch)) > 0

    def _append(self, batch: Batch) -> Ack:
        last = self.last_seq(batch.source, batch.epoch)
        if batch.first_seq > last + 1:
            raise StoreError(
                f"{batch.source}: items {last + 1} to {batch.first_seq - 1} of epoch "
                f"{batch.epoch} never came; send again from {last + 1}"
            )
        repeated = min(last + 1 - batch.first_seq, len(batch.items))
        fresh = batch.items[repeated:]
        if not fresh:
            return Ack(last, 0, repeated)
        n = self._database.number("SELECT value FROM counters WHERE name = 'n'")
        self._insert(fresh, n)
        self._database.run("UPDATE counters SET value = ? WHERE name = 'n'", (n + len(fresh),))
        last = batch.first_seq + len(batch.items) - 1
        self._database.run(
            "INSERT OR REPLACE INTO feeds VALUES (?, ?, ?, ?)",
            (batch.source, batch.epoch, last, n + len(fresh)),
        )
        self._database.run(
            "DELETE FROM feeds WHERE used < (SELECT used FROM feeds ORDER BY used DESC "
            "LIMIT 1 OFFSET ?)",
            (MAX_FEEDS - 1,),
        )
        return Ack(last, len(fresh), repeated)

    def _insert(self, items: Iterable[StampedEvent | Watch | TrackPoint], n: int) -> None:
        events: list[Row] = []
        watches: list[Row] = []
        tracks: list[Row] = []
        for k, item in enumerate(items, start=n + 1):
            match item:
                case StampedEvent():
                    events.append(event_row(item, k, self._words))
                case Watch():
                    watches.append(watch_row(item, k))
                case TrackPoint():
                    tracks.append(track_row(item, k))
        for statement, rows in (
            (INSERT_EVENT, events),
            (INSERT_WATCH, watches),
            (INSERT_TRACK, tracks),
        ):
            if rows:
                self._database.run_many(statement, rows)

    def _range(self, query: str, kind: Kind, start: datetime, end: datetime) -> Iterator[Row]:
        column = COLUMN[kind]
        where = f" WHERE {column} >= ? AND {column} < ? ORDER BY {column}, n"
        return self._database.rows(query + where, (to_us(start), to_us(end)))

    def _oldest_before(self, kind: Kind, end: datetime) -> Iterator[Row]:
        query = f"SELECT 1 FROM {kind} WHERE {COLUMN[kind]} < ? LIMIT 1"  # noqa: S608 - an enum
        return self._database.rows(query, (to_us(end),))

    def _delete(self, kind: Kind, span: tuple[int, int]) -> int:
        """Delete rows, some thousand at a time, each time on disk; how many."""
        column, rows = COLUMN[kind], 0
        query = (
            f"SELECT {column} FROM {kind} WHERE {column} >= ? AND {column} < ? "  # noqa: S608
            f"ORDER BY {column} LIMIT 1 OFFSET {SLICE_ROWS}"
        )
        start, end = span
        while start < end:
            border = self._database.number(query, (start, end))
            until = max(border, start + 1) if border else end
            with self._database.transaction():
                rows += self._database.run(
                    f"DELETE FROM {kind} WHERE {column} >= ? AND {column} < ?",  # noqa: S608
                    (start, until),
                )
            self._database.checkpoint()
            start = until
        return rows

    def _scour(self) -> None:
        """Leave no old copy of a page: not in the log, not in free pages."""
        first = self._database.checkpoint()
        self._database.give_back_pages()
        if not (first and self._database.checkpoint()):
            raise StoreError("erased, but a reader keeps old pages in the log: ask again")

    def _left(self, kind: Kind, span: tuple[int, int]) -> tuple[int, int, int]:
        column = COLUMN[kind]
        remaining = self._database.number(
            f"SELECT count(*) FROM {kind} WHERE {column} >= ? AND {column} < ?",  # noqa: S608
            span,
        )
        return remaining, self._database.number("PRAGMA freelist_count"), self._log_bytes()

    def _log_bytes(self) -> int:
        path = self._database.wal_path
        return path.stat().st_size if path.exists() else 0
