"""Versions of the configuration: each written once, the oldest dropped when there are too many."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from lintel.errors import StoreCorruptError, StoreError
from lintel.store.database import Database
from lintel.store.kinds import from_us, to_us

MAX_CONFIGS = 50
MAX_CONFIG_BYTES = 256 * 1024  # as much as a site file may have


@dataclass(frozen=True, slots=True)
class ConfigEntry:
    """One version; ``number`` counts from 1 and is never given twice."""

    number: int
    utc: datetime
    who: str
    why: str
    config_hash: str


class ConfigLog:
    """The versions inside a store's database. Writing happens in the caller's transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, entry: ConfigEntry, text: str) -> tuple[int, ...]:
        """Add a version, numbered ``newest() + 1``; numbers of the old ones that went for it.

        Raises:
            StoreError: it is too long, or not the next one.
        """
        if len(text.encode()) > MAX_CONFIG_BYTES:
            raise StoreError(f"a configuration has at most {MAX_CONFIG_BYTES} bytes")
        if entry.number != self.newest() + 1:
            raise StoreError(f"the next configuration is {self.newest() + 1}, got {entry.number}")
        words = (entry.who, entry.why, entry.config_hash)
        row = (entry.number, to_us(entry.utc), *words, text)
        self._database.run("INSERT INTO configs VALUES (?, ?, ?, ?, ?, ?)", row)
        query = "SELECT n FROM configs ORDER BY n DESC LIMIT -1 OFFSET ?"
        surplus = tuple(_whole(row[0]) for row in self._database.rows(query, (MAX_CONFIGS,)))
        for number in surplus:
            self._database.run("DELETE FROM configs WHERE n = ?", (number,))
        return surplus

    def newest(self) -> int:
        """Number of the newest version; 0 where there is none."""
        return self._database.number("SELECT max(n) FROM configs")

    def entries(self) -> Iterator[ConfigEntry]:
        """All versions kept, newest first."""
        query = "SELECT n, utc_us, who, why, hash FROM configs ORDER BY n DESC"
        for number, utc_us, who, why, config_hash in self._database.rows(query):
            words = (str(who), str(why), str(config_hash))
            yield ConfigEntry(_whole(number), from_us(_whole(utc_us)), *words)

    def bytes_kept(self) -> int:
        """Bytes of all texts kept."""
        return self._database.number("SELECT sum(length(CAST(text AS BLOB))) FROM configs")

    def text(self, number: int) -> str | None:
        """The configuration of one version; None where it is not kept."""
        query = "SELECT text FROM configs WHERE n = ?"
        return next((str(row[0]) for row in self._database.rows(query, (number,))), None)


def _whole(value: object) -> int:
    if not isinstance(value, int):
        raise StoreCorruptError(f"expected a whole number in the store, got {value!r}")
    return value
