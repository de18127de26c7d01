"""How many rows of each kind there are, kept as they come and go: counting ten million is slow."""

from __future__ import annotations

from lintel.store.database import Database
from lintel.store.kinds import Kind

# Bytes that a row takes on its pages, measured with names and reasons as the counter gives them.
ROW_BYTES = {Kind.EVENTS: 44, Kind.WATCHES: 30, Kind.TRACKS: 30, Kind.INTERVALS: 72}


class RowCounts:
    """The counters inside a store's database. Change them in the transaction of the rows."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def change(self, kind: Kind, by: int) -> None:
        """Rows came (positive) or went (negative)."""
        if by:
            query = "UPDATE counters SET value = value + ? WHERE name = ?"
            self._database.run(query, (by, f"rows:{kind}"))

    def rows(self, kind: Kind) -> int:
        """Rows now."""
        query = "SELECT value FROM counters WHERE name = ?"
        return self._database.number(query, (f"rows:{kind}",))
