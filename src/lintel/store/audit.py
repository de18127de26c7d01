"""The audit log: who did what, each entry sealed by the digest of all before it.

digest = SHA-256 of the entry's fields, each with its length before it, and the digest of the
entry before. Whoever changes, removes or inserts an entry must change all later digests; whoever
kept a ``head`` elsewhere notices that too, and notices a log that was cut short.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from lintel.errors import InputError, StoreCorruptError
from lintel.store.database import Database
from lintel.store.kinds import from_us, to_us

START = b"\x00" * 32
MAX_PAGE = 1000
ENTRIES = "SELECT n, utc_us, who, what, detail, digest FROM audit"


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One entry; ``number`` counts from 1 without gaps."""

    number: int
    utc: datetime
    who: str
    what: str
    detail: str
    digest: bytes


@dataclass(frozen=True, slots=True)
class AuditHead:
    """The end of the log: worth keeping somewhere else."""

    entries: int
    digest: bytes


class AuditLog:
    """The log inside a store's database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def append(self, *, utc: datetime, who: str, what: str, detail: str) -> int:
        """Add an entry inside the caller's transaction; its number."""
        head = self.head()
        number, utc_us = head.entries + 1, to_us(utc)
        digest = _digest(head.digest, number, utc_us, (who, what, detail))
        self._database.run(
            "INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?)",
            (number, utc_us, who, what, detail, digest),
        )
        return number

    def head(self) -> AuditHead:
        """Number and digest of the last entry."""
        query = "SELECT n, digest FROM audit ORDER BY n DESC LIMIT 1"
        for number, digest in self._database.rows(query):
            if isinstance(number, int) and isinstance(digest, bytes):
                return AuditHead(number, digest)
        return AuditHead(0, START)

    def entries(self) -> Iterator[AuditEntry]:
        """All entries, oldest first."""
        return map(_entry, self._database.rows(f"{ENTRIES} ORDER BY n"))

    def newest(self, *, before: int | None, limit: int) -> tuple[AuditEntry, ...]:
        """At most ``limit`` entries, newest first; those with a number below ``before``.

        Raises:
            InputError: ``limit`` is out of bounds.
        """
        if not 1 <= limit <= MAX_PAGE:
            raise InputError(f"limit: expected 1 to {MAX_PAGE} entries a page, got {limit}")
        below = 2**62 if before is None else before
        query = f"{ENTRIES} WHERE n < ? ORDER BY n DESC LIMIT ?"
        return tuple(map(_entry, self._database.rows(query, (below, limit))))

    def verify(self, kept: AuditHead | None = None) -> AuditHead:
        """Check the whole chain, and that it still holds a head kept elsewhere.

        Raises:
            StoreCorruptError: an entry was changed, removed or inserted; says which.
        """
        digest, number = START, 0
        kept_holds = kept is None or kept.entries == 0
        for entry in self.entries():
            number += 1
            fields = (entry.who, entry.what, entry.detail)
            digest = _digest(digest, number, to_us(entry.utc), fields)
            if entry.number != number or entry.digest != digest:
                raise StoreCorruptError(f"audit: the chain is broken at entry {number}")
            kept_holds |= kept == AuditHead(number, digest)
        if not kept_holds:
            raise StoreCorruptError("audit: the log does not continue the head that was kept")
        return AuditHead(number, digest)


def _entry(row: tuple[object, ...]) -> AuditEntry:
    number, utc_us, who, what, detail, digest = row
    if not (isinstance(number, int) and isinstance(utc_us, int) and isinstance(digest, bytes)):
        raise StoreCorruptError(f"audit: entry {number!r} is malformed")
    return AuditEntry(number, from_us(utc_us), str(who), str(what), str(detail), digest)


def _digest(previous: bytes, number: int, utc_us: int, fields: tuple[str, ...]) -> bytes:
    seal = hashlib.sha256(previous)
    for text in (str(number), str(utc_us), *fields):
        raw = text.encode()
        seal.update(len(raw).to_bytes(8, "big") + raw)
    return seal.digest()
