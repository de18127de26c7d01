"""Heat maps in the store: one row per interval, kind and grid; what comes again is added."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import numpy as np

from lintel.errors import StoreCorruptError
from lintel.geometry import FloorGrid
from lintel.store.database import Database
from lintel.store.heat_tile import HeatKind, HeatSum, HeatTile, grid_mm, grid_of, packed, unpacked
from lintel.store.kinds import from_us, to_us

NUMBERS = {HeatKind.PRESENCE: 1, HeatKind.DWELL: 2, HeatKind.STOPS: 3}
KEY = "start_us = ? AND end_us = ? AND kind = ? AND grid = ?"
SUM_QUERY = (
    "SELECT g.id, g.x_mm, g.y_mm, g.cell_mm, g.columns, g.rows, h.start_us, h.end_us, h.beside, "
    "h.cells FROM heat h JOIN grids g ON g.id = h.grid "
    "WHERE h.start_us >= ? AND h.start_us < ? AND h.kind = ? ORDER BY h.start_us"
)


class HeatShelf:
    """The heat maps inside a store's database. Writing happens in the caller's transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, tiles: Iterable[HeatTile]) -> int:
        """Add tiles to what is kept of their intervals; how many rows are new."""
        return sum(self._add(tile) for tile in tiles)

    def sums(self, start: datetime, end: datetime, kind: HeatKind) -> tuple[HeatSum, ...]:
        """The sum of all tiles that start in ``[start, end)``, one per grid, latest grid last."""
        found: dict[int, HeatSum] = {}
        values = (to_us(start), to_us(end), NUMBERS[kind])
        for row in self._database.rows(SUM_QUERY, values):
            number, *lengths, start_us, end_us, beside, cells = row
            grid = _grid(lengths)
            if not (isinstance(cells, bytes) and isinstance(number, int)):
                raise StoreCorruptError("heat: a map is malformed")
            more = HeatSum(
                kind,
                grid,
                unpacked(cells, grid).astype(np.float64),
                float(str(beside)),
                from_us(_whole(start_us)),
                from_us(_whole(end_us)),
                1,
            )
            before = found.pop(number, None)
            found[number] = more if before is None else _together(before, more)
        return tuple(found.values())

    def drop_unused_grids(self) -> int:
        """Erase grids that no map lies on any more; how many."""
        return self._database.run("DELETE FROM grids WHERE id NOT IN (SELECT grid FROM heat)")

    def bytes_kept(self) -> int:
        """Bytes of all compressed maps."""
        return self._database.number("SELECT sum(length(cells)) FROM heat")

    def _add(self, tile: HeatTile) -> bool:
        key = (
            to_us(tile.start_utc),
            to_us(tile.end_utc),
            NUMBERS[tile.kind],
            self._grid_number(tile.grid),
        )
        query = f"SELECT beside, cells FROM heat WHERE {KEY}"  # noqa: S608 - a constant
        for beside, cells in self._database.rows(query, key):
            if not isinstance(cells, bytes):
                raise StoreCorruptError("heat: a map is malformed")
            total = tile.plus(unpacked(cells, tile.grid), float(str(beside)))
            self._database.run(
                f"UPDATE heat SET beside = ?, cells = ? WHERE {KEY}",  # noqa: S608 - a constant
                (total.beside, packed(total.values), *key),
            )
            return False
        self._database.run(
            "INSERT INTO heat VALUES (?, ?, ?, ?, ?, ?)", (*key, tile.beside, packed(tile.values))
        )
        return True

    def _grid_number(self, grid: FloorGrid) -> int:
        lengths = grid_mm(grid)
        columns = "x_mm, y_mm, cell_mm, columns, rows"
        self._database.run(
            f"INSERT OR IGNORE INTO grids ({columns}) VALUES (?, ?, ?, ?, ?)",  # noqa: S608
            lengths,
        )
        same = "x_mm = ? AND y_mm = ? AND cell_mm = ? AND columns = ? AND rows = ?"
        return self._database.number(f"SELECT id FROM grids WHERE {same}", lengths)  # noqa: S608


def _together(one: HeatSum, other: HeatSum) -> HeatSum:
    return HeatSum(
        one.kind,
        one.grid,
        one.values + other.values,
        one.beside + other.beside,
        min(one.start_utc, other.start_utc),
        max(one.end_utc, other.end_utc),
        one.tiles + other.tiles,
    )


def _grid(lengths: list[object]) -> FloorGrid:
    x_mm, y_mm, cell_mm, columns, rows = (_whole(length) for length in lengths)
    return grid_of(x_mm, y_mm, cell_mm, columns, rows)


def _whole(value: object) -> int:
    if not isinstance(value, int):
        raise StoreCorruptError(f"expected a whole number in the store, got {value!r}")
    return value
