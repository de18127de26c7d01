"""The store: all that one device keeps, with an audit log of what was done to it.

One owner, one thread. ``append`` has everything on disk when it returns, and takes the same
batch any number of times. Everything that changes more than a feed's own data says so in the
audit log, in the same transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from types import MappingProxyType
from typing import Self

from lintel.errors import StoreError
from lintel.records import Watch
from lintel.store.audit import AuditEntry, AuditHead, AuditLog
from lintel.store.codec import INTERVAL_QUERY, Words, interval_of, track_of, watch_of
from lintel.store.configs import ConfigEntry, ConfigLog
from lintel.store.counts import ROW_BYTES, RowCounts
from lintel.store.database import PAGE_BYTES, Database
from lintel.store.erasing import Eraser
from lintel.store.event_shelf import EventShelf
from lintel.store.feeding import Feeder
from lintel.store.heat_shelf import HeatShelf
from lintel.store.heat_tile import HeatKind, HeatSum
from lintel.store.kinds import (
    Ack,
    Batch,
    Erasure,
    GroupCount,
    Holding,
    Kind,
    NewEvents,
    Restart,
    Retention,
    StampedEvent,
    StampedInterval,
    StoredEvents,
    StoreStats,
    TrackPoint,
    to_us,
)
from lintel.store.reserve import Reserve

MAX_NOTE = 64 * 1024
NO_NOTES: Mapping[str, str] = MappingProxyType({})
WATCHES = (
    "SELECT start_us, end_us, share, dropped_frames FROM watches "
    "WHERE start_us >= ? AND start_us < ? ORDER BY start_us, n"
)
TRACKS = (
    "SELECT utc_us, run_track, x_mm, y_mm FROM tracks "
    "WHERE utc_us >= ? AND utc_us < ? ORDER BY utc_us, n"
)


class Store:
    """An open store; use it as a context, or call ``close``."""

    def __init__(self, database: Database, *, reserve: Reserve | None = None) -> None:
        reserve = reserve or Reserve(database.path, 0)
        self._database = database
        self._words = Words(database)
        self._counts = RowCounts(database)
        self._audit = AuditLog(database)
        self._feeder = Feeder(database, self._words, self._counts)
        self._eraser = Eraser(database, self._words, self._counts, reserve)
        self._events = EventShelf(database)
        self._heat = HeatShelf(database)
        self._configs = ConfigLog(database)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the files."""
        self._database.close()

    # --- feeding -------------------------------------------------------------------------

    def append(
        self,
        batch: Batch,
        *,
        intervals: Iterable[StampedInterval] = (),
        notes: Mapping[str, str] = NO_NOTES,
    ) -> Ack:
        """Store what is new of a batch, with intervals and notes that belong to it: all or nothing.

        On disk, once, when this returns. What is stored and what a part remembers never
        contradict each other; a batch that was stored before changes neither.

        Raises:
            StoreError: items before the batch are missing (send from ``last_seq + 1``), or a
                note is too long.
            StoreFullError: no room; nothing of it was stored.
            StoreCorruptError: the file is damaged.
        """
        with self._writing():
            ack = self._feeder.append(batch)
            if ack.stored or not batch.items:
                self._feeder.put_intervals(intervals)
                for name, text in notes.items():
                    self._keep(name, text)
            return ack

    def last_seq(self, source: str, epoch: str) -> int:
        """The last sequence number stored; -1 for none."""
        return self._feeder.last_seq(source, epoch)

    def put_intervals(self, intervals: Iterable[StampedInterval]) -> int:
        """Store closed intervals; one that was built anew replaces the old. How many."""
        with self._writing():
            return self._feeder.put_intervals(intervals)

    # --- reading -------------------------------------------------------------------------

    def events(self, start: datetime, end: datetime) -> Iterator[StampedEvent]:
        """Events in ``[start, end)`` by time."""
        return self._events.events(start, end)

    def event_page(
        self, start: datetime, end: datetime, *, limit: int, after: str | None = None
    ) -> StoredEvents:
        """At most ``limit`` events in ``[start, end)`` by time, those after a page's cursor.

        What is stored or erased meanwhile moves nothing: no event comes twice, and none that was
        there all the time is left out.

        Raises:
            InputError: ``after`` is no cursor, or ``limit`` is out of bounds.
        """
        return self._events.page(start, end, limit=limit, after=after)

    def news(self, after: int | None, *, limit: int) -> NewEvents:
        """At most ``limit`` events stored after the place ``after``, in the order of storing.

        Without ``after`` none, and likewise for a place that this store has not reached.

        Raises:
            InputError: ``limit`` is out of bounds.
        """
        return self._events.news(after, limit=limit)

    def restarts(self, start: datetime, end: datetime) -> Iterator[Restart]:
        """When the counter began anew in ``[start, end)``."""
        return self._events.restarts(start, end)

    def group_sizes(self, start: datetime, end: datetime) -> tuple[GroupCount, ...]:
        """Groups over lines in ``[start, end)`` by size; size 1 came alone."""
        return self._events.group_sizes(start, end)

    def intervals(
        self, start: datetime, end: datetime, *, period_s: int | None = None
    ) -> Iterator[StampedInterval]:
        """Intervals that start in ``[start, end)``, by time, then by place."""
        values = (to_us(start), to_us(end), period_s, period_s)
        return map(interval_of, self._database.rows(INTERVAL_QUERY, values))

    def watches(self, start: datetime, end: datetime) -> Iterator[Watch]:
        """Watched time that starts in ``[start, end)``."""
        return map(watch_of, self._database.rows(WATCHES, (to_us(start), to_us(end))))

    def tracks(self, start: datetime, end: datetime) -> Iterator[TrackPoint]:
        """Places in ``[start, end)`` by time."""
        return map(track_of, self._database.rows(TRACKS, (to_us(start), to_us(end))))

    def heat(self, start: datetime, end: datetime, kind: HeatKind) -> tuple[HeatSum, ...]:
        """Heat maps that start in ``[start, end)``, added up; one per grid, latest grid last.

        There are several grids where the site was drawn anew: those do not add up.
        """
        return self._heat.sums(start, end, kind)

    def stats(self) -> StoreStats:
        """How much is kept; quick, however much it is."""
        pages = self._database.number("PRAGMA page_count")
        spare = self._database.number("PRAGMA freelist_count")
        limit = self._database.number("PRAGMA max_page_count")
        free_share = 1.0 - (pages - spare) / limit
        holdings = tuple(self._holding(kind) for kind in Kind)
        return StoreStats(holdings, pages * PAGE_BYTES, self._database.log_bytes, free_share)

    # --- notes ---------------------------------------------------------------------------

    def keep(self, name: str, text: str) -> None:
        """Keep a small text under a name, as another part's state over a restart.

        Raises:
            StoreError: it is longer than 64 KiB.
        """
        with self._writing():
            self._keep(name, text)

    def kept(self, name: str) -> str | None:
        """The text kept under a name."""
        query = "SELECT text FROM notes WHERE name = ?"
        return next((str(row[0]) for row in self._database.rows(query, (name,))), None)

    # --- configuration -------------------------------------------------------------------

    def put_config(
        self, text: str, *, config_hash: str, utc: datetime, who: str, why: str
    ) -> ConfigEntry:
        """Keep a new version of the configuration; the audit log says so.

        At most 50 are kept: the oldest goes when there are more, which the audit log says too.

        Raises:
            StoreError: it is longer than 256 KiB.
        """
        with self._writing():
            entry = ConfigEntry(self._configs.newest() + 1, utc, who, why, config_hash)
            dropped = self._configs.add(entry, text)
            self._counts.change(Kind.CONFIGS, 1 - len(dropped))
            detail = f"version {entry.number}, {config_hash}: {why}"
            if dropped:
                detail += f"; version {', '.join(map(str, dropped))} dropped"
            self._audit.append(utc=utc, who=who, what="configuration", detail=detail)
            return entry

    def configs(self) -> tuple[ConfigEntry, ...]:
        """Versions of the configuration, newest first."""
        return tuple(self._configs.entries())

    def config(self, number: int) -> str | None:
        """The text of one version; None where it is not kept."""
        return self._configs.text(number)

    # --- erasing -------------------------------------------------------------------------

    def erase(
        self, kind: Kind, start: datetime, end: datetime, *, who: str, why: str, now: datetime
    ) -> Erasure:
        """Erase one kind in ``[start, end)`` and prove it; the audit log says both.

        Deleted rows are overwritten in their pages, empty pages go back to the disk, and the
        write-ahead log, which holds older copies of pages, is emptied. An ``erase`` in the audit
        log without its ``erased`` was interrupted: ask again. The configuration in force stays.

        Raises:
            StoreError: a reader kept the write-ahead log from being emptied: ask again.
        """
        return self._eraser.erase(kind, start, end, who=who, why=why, now=now)

    def genders(self) -> int:
        """How many events hold an estimate of gender; quick, an index holds just these."""
        return self._eraser.genders()

    def forget_gender(self, *, who: str, why: str, now: datetime) -> int:
        """Erase every stored estimate of gender, and nothing else of the events; how many.

        Raises:
            StoreError: a reader kept the write-ahead log from being emptied: ask again.
        """
        return self._eraser.forget_gender(who=who, why=why, now=now)

    def retain(self, retention: Retention, *, now: datetime) -> tuple[Erasure, ...]:
        """Erase what is older than each kind's time; kinds with nothing to erase are left out."""
        return self._eraser.retain(retention, now=now)

    def make_room(self, *, now: datetime, share: float = 0.25) -> tuple[Erasure, ...]:
        """Erase the oldest ``share`` of tracks, then of events and watched time; never intervals.

        For a full store, when waiting for retention is too late; the audit log says so. On a
        full disk the room that was held back is used meanwhile.
        """
        return self._eraser.make_room(now=now, share=share)

    # --- audit ---------------------------------------------------------------------------

    def note_in_audit(self, *, utc: datetime, who: str, what: str, detail: str) -> int:
        """Add an entry to the audit log; its number."""
        with self._database.transaction():
            return self._audit.append(utc=utc, who=who, what=what, detail=detail)

    def audit(self) -> Iterator[AuditEntry]:
        """The audit log, oldest entry first."""
        return self._audit.entries()

    def audit_page(self, *, before: int | None = None, limit: int = 100) -> tuple[AuditEntry, ...]:
        """At most ``limit`` entries, newest first; the last one's number gives the next page.

        Raises:
            InputError: ``limit`` is out of bounds.
        """
        return self._audit.newest(before=before, limit=limit)

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

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """A transaction; what was remembered in one that was rolled back is forgotten."""
        try:
            with self._database.transaction():
                yield
        except BaseException:
            self._words.forget()
            raise

    def _keep(self, name: str, text: str) -> None:
        if len(text) > MAX_NOTE:
            raise StoreError(f"note {name!r}: {len(text)} characters, at most {MAX_NOTE} fit")
        self._database.run("INSERT OR REPLACE INTO notes VALUES (?, ?)", (name, text))

    def _holding(self, kind: Kind) -> Holding:
        rows = self._counts.rows(kind)
        if kind is Kind.HEAT:
            content = self._heat.bytes_kept()
        elif kind is Kind.CONFIGS:
            content = self._configs.bytes_kept()
        else:
            content = rows * ROW_BYTES[kind]
        return Holding(kind, rows, content, self._eraser.oldest(kind))
