"""What comes into the store: batches in sequence, each item once; closed intervals."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from lintel.errors import StoreError
from lintel.records import Watch
from lintel.store.codec import (
    Row,
    Words,
    event_row,
    interval_row,
    restart_row,
    track_row,
    watch_row,
)
from lintel.store.counts import RowCounts
from lintel.store.database import Database
from lintel.store.heat_shelf import HeatShelf
from lintel.store.heat_tile import HeatTile
from lintel.store.kinds import Ack, Batch, Item, Kind, Restart, StampedEvent, StampedInterval

MAX_FEEDS = 256  # sources and their epochs remembered; the longest unused goes first
INSERT = {
    Kind.EVENTS: "INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    Kind.WATCHES: "INSERT INTO watches VALUES (?, ?, ?, ?, ?)",
    Kind.TRACKS: "INSERT INTO tracks VALUES (?, ?, ?, ?, ?)",
}
INTERVAL_VALUES = "INTO intervals VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"


class Feeder:
    """Writes into a store's database, in the caller's transaction."""

    def __init__(self, database: Database, words: Words, counts: RowCounts) -> None:
        self._database = database
        self._words = words
        self._counts = counts
        self._heat = HeatShelf(database)

    def last_seq(self, source: str, epoch: str) -> int:
        """The last sequence number stored; -1 for none."""
        query = "SELECT last_seq FROM feeds WHERE source = ? AND epoch = ?"
        row = next(self._database.rows(query, (source, epoch)), (-1,))
        return row[0] if isinstance(row[0], int) else -1

    def append(self, batch: Batch) -> Ack:
        """Store what is new of a batch.

        Raises:
            StoreError: items before the batch are missing.
        """
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
        return Ack(last, len(fresh), repeated, n + 1)

    def put_intervals(self, intervals: Iterable[StampedInterval]) -> int:
        """Store intervals; one that was built anew replaces the old. How many."""
        rows = [interval_row(stamped, self._words) for stamped in intervals]
        if rows:
            new = self._database.run_many(f"INSERT OR IGNORE {INTERVAL_VALUES}", rows)
            if new < len(rows):
                self._database.run_many(f"INSERT OR REPLACE {INTERVAL_VALUES}", rows)
            self._counts.change(Kind.INTERVALS, new)
        return len(rows)

    def _insert(self, items: Sequence[Item], n: int) -> None:
        rows: dict[Kind, list[Row]] = {kind: [] for kind in INSERT}
        tiles: list[HeatTile] = []
        for k, item in enumerate(items, start=n + 1):
            match item:
                case StampedEvent():
                    rows[Kind.EVENTS].append(event_row(item, k, self._words))
                case Restart():
                    rows[Kind.EVENTS].append(restart_row(item, k, self._words))
                case Watch():
                    rows[Kind.WATCHES].append(watch_row(item, k))
                case HeatTile():
                    tiles.append(item)
                case _:
                    rows[Kind.TRACKS].append(track_row(item, k))
        for kind, found in rows.items():
            if found:
                self._database.run_many(INSERT[kind], found)
                self._counts.change(kind, len(found))
        self._counts.change(Kind.HEAT, self._heat.add(tiles))
