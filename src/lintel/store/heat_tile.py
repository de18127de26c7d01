"""Seconds per cell of the floor in one interval, and how they lie in a row of the store."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from lintel.errors import ContractError, StoreCorruptError
from lintel.geometry import FloorGrid, read_only

Cells = npt.NDArray[np.float32]
LEVEL = 6  # of zlib: most cells are zero, and more effort gives no smaller rows


class HeatKind(StrEnum):
    """What is summed. Presence: person-seconds. Dwell: seconds of stops. Stops: how many."""

    PRESENCE = "presence"
    DWELL = "dwell"
    STOPS = "stops"


@dataclass(frozen=True, slots=True, eq=False)
class HeatTile:
    """What one kind of heat map gained in ``[start_utc, end_utc)``; tiles of one grid add up.

    Attributes:
        values: (rows, columns) float32 of the grid.
        beside: the same quantity outside the grid.
    """

    start_utc: datetime
    end_utc: datetime
    kind: HeatKind
    grid: FloorGrid
    values: Cells
    beside: float = 0.0

    def __post_init__(self) -> None:
        read_only(self.values, (self.grid.rows, self.grid.columns), "HeatTile.values")
        aware = self.start_utc.tzinfo is not None and self.end_utc.tzinfo is not None
        if not (aware and self.start_utc < self.end_utc):
            raise ContractError("HeatTile: expected aware times, start before end")
        if self.values.dtype != np.float32 or not np.isfinite(self.values).all():
            raise ContractError(f"HeatTile.values: expected finite float32, {self.values.dtype}")
        grid_mm(self.grid)

    def plus(self, values: Cells, beside: float) -> HeatTile:
        """With more of the same interval and grid."""
        total = np.asarray(self.values + values, dtype=np.float32)
        return HeatTile(
            self.start_utc, self.end_utc, self.kind, self.grid, total, self.beside + beside
        )


@dataclass(frozen=True, slots=True, eq=False)
class HeatSum:
    """The sum of tiles of one kind and grid; ``tiles`` says how many there were."""

    kind: HeatKind
    grid: FloorGrid
    values: npt.NDArray[np.float64]  # (rows, columns)
    beside: float
    start_utc: datetime
    end_utc: datetime
    tiles: int

    def __post_init__(self) -> None:
        read_only(self.values, (self.grid.rows, self.grid.columns), "HeatSum.values")


def grid_mm(grid: FloorGrid) -> tuple[int, int, int, int, int]:
    """Origin x, y and cell in millimetres, columns, rows.

    Raises:
        ContractError: origin or cell are no whole millimetres: such grids would not meet again.
    """
    lengths_m = (*grid.origin_m, grid.cell_m)
    x_mm, y_mm, cell_mm = (round(length_m * 1000) for length_m in lengths_m)
    for length_m, length_mm in zip(lengths_m, (x_mm, y_mm, cell_mm), strict=True):
        if abs(length_m * 1000 - length_mm) > 1e-6:
            raise ContractError(f"a stored grid lies on whole millimetres, got {length_m} m")
    return x_mm, y_mm, cell_mm, grid.columns, grid.rows


def grid_of(x_mm: int, y_mm: int, cell_mm: int, columns: int, rows: int) -> FloorGrid:
    """The grid that ``grid_mm`` told."""
    return FloorGrid((x_mm / 1000, y_mm / 1000), columns, rows, cell_mm / 1000)


def packed(values: Cells) -> bytes:
    """Little-endian float32 in rows, zlib-compressed."""
    return zlib.compress(values.astype("<f4").tobytes(), LEVEL)


def unpacked(raw: bytes, grid: FloorGrid) -> Cells:
    """The (rows, columns) values that ``packed`` packed.

    Raises:
        StoreCorruptError: these are no values of this grid.
    """
    wanted = grid.rows * grid.columns * 4
    try:
        opened = zlib.decompressobj()
        plain = opened.decompress(raw, wanted + 1)
    except zlib.error as error:
        raise StoreCorruptError(f"heat: a map cannot be unpacked ({error})") from error
    if len(plain) != wanted:
        raise StoreCorruptError(f"heat: expected {wanted} bytes of a map, got {len(plain)}")
    return np.frombuffer(plain, dtype="<f4").reshape(grid.rows, grid.columns).astype(np.float32)
