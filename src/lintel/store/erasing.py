"""Erasing with proof: by kind and time, by age, or because there is no room left."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from lintel.errors import StoreError
from lintel.store.audit import AuditLog
from lintel.store.codec import Words
from lintel.store.counts import RowCounts
from lintel.store.database import Database
from lintel.store.heat_shelf import HeatShelf
from lintel.store.kinds import Erasure, Kind, Retention, from_us, to_us
from lintel.store.reserve import Reserve

SLICE_ROWS = 5000  # erased at once: keeps the write-ahead log small
GENDERED = "FROM events WHERE gender IS NOT NULL"
NAMED = {Kind.EVENTS, Kind.INTERVALS}  # kinds whose rows hold words


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where a kind lies: the column of its time, and what of it must stay."""

    column: str
    only: str = ""


SHELVES = {
    Kind.TRACKS: Shelf("utc_us"),
    Kind.EVENTS: Shelf("utc_us"),
    Kind.WATCHES: Shelf("start_us"),
    Kind.INTERVALS: Shelf("start_us"),
    Kind.HEAT: Shelf("start_us"),
    Kind.CONFIGS: Shelf("utc_us", " AND n < (SELECT max(n) FROM configs)"),
}


class Eraser:
    """Erases from a store's database, in transactions of its own."""

    def __init__(
        self, database: Database, words: Words, counts: RowCounts, reserve: Reserve
    ) -> None:
        self._database = database
        self._words = words
        self._counts = counts
        self._reserve = reserve
        self._audit = AuditLog(database)

    def erase(
        self, kind: Kind, start: datetime, end: datetime, *, who: str, why: str, now: datetime
    ) -> Erasure:
        """Erase one kind in ``[start, end)`` and prove it; the audit log says both.

        Raises:
            StoreError: a reader kept the write-ahead log from being emptied: ask again.
        """
        with self._database.beyond_limit():
            return self._erase(kind, start, end, who=who, why=why, now=now)

    def _erase(
        self, kind: Kind, start: datetime, end: datetime, *, who: str, why: str, now: datetime
    ) -> Erasure:
        span = (to_us(start), to_us(end))
        what = f"{kind} {start.isoformat()} to {end.isoformat()}"
        with self._database.transaction():
            self._audit.append(utc=now, who=who, what="erase", detail=f"{what}: {why}")
        rows = self._delete(kind, span)
        words = self._words.drop_unused() if kind in NAMED else 0
        if kind is Kind.HEAT:
            HeatShelf(self._database).drop_unused_grids()
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
            if self._count(kind, (0, to_us(end)), at_most=1)
        )

    def genders(self) -> int:
        """How many events hold an estimate of gender."""
        return self._database.number(f"SELECT count(*) {GENDERED}")

    def forget_gender(self, *, who: str, why: str, now: datetime) -> int:
        """Erase every stored estimate of gender, and nothing else; how many. The audit log says so.

        Raises:
            StoreError: a reader kept the write-ahead log from being emptied: ask again.
        """
        if not self.genders():
            return 0
        with self._database.beyond_limit():
            return self._forget_gender(who=who, why=why, now=now)

    def _forget_gender(self, *, who: str, why: str, now: datetime) -> int:
        with self._database.transaction():
            self._audit.append(utc=now, who=who, what="erase", detail=f"gender: {why}")
        rows = 0
        while self.genders():
            with self._database.transaction():
                rows += self._database.run(
                    f"UPDATE events SET gender = NULL WHERE (utc_us, n) IN "  # noqa: S608 - no input
                    f"(SELECT utc_us, n {GENDERED} LIMIT ?)",
                    (SLICE_ROWS,),
                )
            self._database.checkpoint()
        self._scour()
        with self._database.transaction():
            detail = (
                f"gender: of {rows} events; {self.genders()} left, "
                f"{self._database.log_bytes} bytes of log"
            )
            self._audit.append(utc=now, who=who, what="erased", detail=detail)
        return rows

    def make_room(self, *, now: datetime, share: float) -> tuple[Erasure, ...]:
        """Erase the oldest ``share`` of tracks, then of events and watched time."""
        self._reserve.spend()
        try:
            self._database.checkpoint()
            return self._erase_oldest(now=now, share=share)
        finally:
            self._reserve.hold()

    def _erase_oldest(self, *, now: datetime, share: float) -> tuple[Erasure, ...]:
        done = []
        for kind in (Kind.TRACKS, Kind.EVENTS, Kind.WATCHES):
            rows = self._counts.rows(kind)
            if rows <= 0:
                continue
            column, skip = SHELVES[kind].column, min(int(rows * share), rows - 1)
            query = f"SELECT {column} FROM {kind} ORDER BY {column} LIMIT 1 OFFSET {skip}"  # noqa: S608
            end = from_us(self._database.number(query) + 1)
            done.append(
                self.erase(kind, from_us(0), end, who="store", why="the store is full", now=now)
            )
        return tuple(done)

    def oldest(self, kind: Kind) -> datetime | None:
        """Time of the oldest row."""
        query = f"SELECT min({SHELVES[kind].column}) FROM {kind}"  # noqa: S608 - an enum
        row = next(self._database.rows(query), (None,))
        return from_us(row[0]) if isinstance(row[0], int) else None

    def _delete(self, kind: Kind, span: tuple[int, int]) -> int:
        """Delete rows, some thousand at a time, each time on disk; how many."""
        column, only, rows = SHELVES[kind].column, SHELVES[kind].only, 0
        query = (
            f"SELECT {column} FROM {kind} WHERE {column} >= ? AND {column} < ? "  # noqa: S608
            f"ORDER BY {column} LIMIT 1 OFFSET {SLICE_ROWS}"
        )
        start, end = span
        while start < end:
            border = self._database.number(query, (start, end))
            until = max(border, start + 1) if border else end
            with self._database.transaction():
                gone = self._database.run(
                    f"DELETE FROM {kind} WHERE {column} >= ? AND {column} < ?{only}",  # noqa: S608
                    (start, until),
                )
                self._counts.change(kind, -gone)
            rows += gone
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
        free = self._database.number("PRAGMA freelist_count")
        return self._count(kind, span), free, self._database.log_bytes

    def _count(self, kind: Kind, span: tuple[int, int], *, at_most: int = -1) -> int:
        """Rows in a span that may be erased."""
        column, only = SHELVES[kind].column, SHELVES[kind].only
        query = (
            f"SELECT count(*) FROM (SELECT 1 FROM {kind} WHERE {column} >= ? AND "  # noqa: S608
            f"{column} < ?{only} LIMIT ?)"
        )
        return self._database.number(query, (*span, at_most))
