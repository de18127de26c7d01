"""Heat maps in the store: added up by interval, kind and grid; erased with proof."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lintel.errors import ContractError, StoreCorruptError
from lintel.geometry import FloorGrid
from lintel.store.database import Database
from lintel.store.heat_tile import HeatKind, HeatTile, packed, unpacked
from lintel.store.key import StoreKey
from lintel.store.kinds import Batch, Kind, Retention
from lintel.store.opening import open_store
from lintel.store.store import Store
from store_builders import START, crossing

GRID = FloorGrid((-1.5, 0.0), columns=4, rows=3, cell_m=0.25)
QUARTER = timedelta(minutes=15)
DAY = timedelta(days=1)


def tile(
    number: int,
    cells: dict[tuple[int, int], float],
    *,
    kind: HeatKind = HeatKind.PRESENCE,
    grid: FloorGrid = GRID,
    beside: float = 0.0,
) -> HeatTile:
    """What quarter hour ``number`` gained in some cells."""
    values = np.zeros((grid.rows, grid.columns), dtype=np.float32)
    for cell, seconds in cells.items():
        values[cell] = seconds
    start = START + number * QUARTER
    return HeatTile(start, start + QUARTER, kind, grid, values, beside)


def feed(store: Store, *tiles: HeatTile, epoch: str = "run-1") -> None:
    last = store.last_seq("count", epoch)
    store.append(Batch("count", epoch, last + 1, tiles))


def test_tiles_of_one_interval_share_a_row_and_add_up(store: Store) -> None:
    feed(store, tile(0, {(0, 1): 2.5}, beside=1.0))
    feed(store, tile(0, {(0, 1): 0.5, (2, 3): 4.0}), tile(1, {(2, 3): 8.0}, beside=0.25))
    (found,) = store.heat(START, START + DAY, HeatKind.PRESENCE)
    assert (found.grid, found.tiles, found.beside) == (GRID, 2, 1.25)
    assert (found.start_utc, found.end_utc) == (START, START + 2 * QUARTER)
    assert found.values[0, 1] == pytest.approx(3.0)
    assert found.values[2, 3] == pytest.approx(12.0)
    assert found.values.sum() == pytest.approx(15.0)
    assert store.stats().of(Kind.HEAT).rows == 2


def test_a_range_is_half_open_and_kinds_are_apart(store: Store) -> None:
    feed(store, *(tile(k, {(0, 0): 1.0}) for k in range(4)))
    feed(store, tile(1, {(0, 0): 9.0}, kind=HeatKind.DWELL))
    feed(store, tile(1, {(0, 0): 3.0}, kind=HeatKind.STOPS))
    (found,) = store.heat(START + QUARTER, START + 3 * QUARTER, HeatKind.PRESENCE)
    assert found.values.sum() == 2.0
    (dwell,) = store.heat(START, START + DAY, HeatKind.DWELL)
    assert dwell.values.sum() == 9.0
    assert store.heat(START + 2 * QUARTER, START + DAY, HeatKind.STOPS) == ()


def test_a_site_drawn_anew_begins_a_sum_of_its_own(store: Store) -> None:
    wider = FloorGrid((-1.5, 0.0), columns=8, rows=3, cell_m=0.25)
    feed(store, tile(0, {(0, 0): 1.0}), tile(1, {(0, 0): 2.0}, grid=wider))
    old, new = store.heat(START, START + DAY, HeatKind.PRESENCE)
    assert (old.grid, new.grid) == (GRID, wider)


def test_a_tile_sent_again_is_added_once(store: Store) -> None:
    batch = Batch("count", "run-1", 0, (crossing(0), tile(0, {(1, 1): 5.0})))
    store.append(batch)
    assert store.append(batch).repeated == 2
    (found,) = store.heat(START, START + DAY, HeatKind.PRESENCE)
    assert found.values.sum() == 5.0


def test_maps_survive_closing(tmp_path: Path, key: StoreKey) -> None:
    with open_store(tmp_path / "lintel.db", key) as store:
        feed(store, tile(0, {(1, 1): 5.0}))
    with open_store(tmp_path / "lintel.db", key) as store:
        feed(store, tile(0, {(1, 1): 5.0}))
        (found,) = store.heat(START, START + DAY, HeatKind.PRESENCE)
        assert (found.values.sum(), found.tiles) == (10.0, 1)


def test_maps_are_erased_with_proof_and_their_grid_goes_too(store: Store, now: datetime) -> None:
    feed(store, *(tile(k, {(0, 0): 1.0}) for k in range(6)))
    part = store.erase(Kind.HEAT, START, START + 4 * QUARTER, who="officer", why="test", now=now)
    assert (part.rows, part.proven) == (4, True)
    rest = store.erase(Kind.HEAT, START, START + DAY, who="officer", why="test", now=now)
    assert (rest.rows, rest.proven) == (2, True)
    holding = store.stats().of(Kind.HEAT)
    assert (holding.rows, holding.content_bytes, holding.oldest_utc) == (0, 0, None)


def test_maps_are_kept_for_their_own_time(store: Store) -> None:
    feed(store, tile(0, {(0, 0): 1.0}), tile(96, {(0, 0): 1.0}))
    retention = Retention(heat=timedelta(days=7))
    assert store.retain(retention, now=START + timedelta(days=6)) == ()
    (erasure,) = store.retain(retention, now=START + timedelta(days=7, minutes=1))
    assert (erasure.kind, erasure.rows, erasure.proven) == (Kind.HEAT, 1, True)


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.floats(0.0, 1e6, width=32), min_size=12, max_size=12).map(
        lambda seconds: np.array(seconds, dtype=np.float32).reshape(3, 4)
    )
)
def test_values_come_back_bit_by_bit(values: npt.NDArray[np.float32]) -> None:
    assert np.array_equal(unpacked(packed(values), GRID), values)


def test_an_empty_map_takes_next_to_nothing(store: Store) -> None:
    hall = FloorGrid((0.0, 0.0), columns=400, rows=300)
    feed(store, tile(0, {(5, 5): 1.0}, grid=hall))
    assert store.stats().of(Kind.HEAT).content_bytes < 1000


@pytest.mark.parametrize("raw", [b"", b"no zlib", packed(np.zeros((9, 9), dtype=np.float32))])
def test_what_is_no_map_of_this_grid_is_damage(raw: bytes) -> None:
    with pytest.raises(StoreCorruptError, match="map"):
        unpacked(raw, GRID)


def test_a_damaged_map_is_named(tmp_path: Path) -> None:
    database = Database(tmp_path / "clear.db", None, max_bytes=2**24)
    with Store(database) as store:
        feed(store, tile(0, {(0, 0): 1.0}))
        database.run("UPDATE heat SET cells = x'00'")
        with pytest.raises(StoreCorruptError, match="of a map"):
            store.heat(START, START + DAY, HeatKind.PRESENCE)


def test_odd_tiles_are_defects() -> None:
    values = np.zeros((3, 4), dtype=np.float32)
    with pytest.raises(ContractError, match="whole millimetres"):
        HeatTile(START, START + QUARTER, HeatKind.DWELL, FloorGrid((0.00011, 0.0), 4, 3), values)
    with pytest.raises(ContractError, match="start before end"):
        HeatTile(START, START, HeatKind.DWELL, GRID, values)
    with pytest.raises(ContractError, match="float32"):
        HeatTile(START, START + QUARTER, HeatKind.DWELL, GRID, np.full_like(values, np.nan))
    with pytest.raises(ContractError, match="shape"):
        HeatTile(START, START + QUARTER, HeatKind.DWELL, GRID, values[:2])
