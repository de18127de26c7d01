"""Heat maps: every person-second lies somewhere, and stops lie where people stood."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lintel.count.heatmap import HeatMap, HeatMapper
from lintel.errors import ContractError
from lintel.geometry import FloorGrid
from lintel.records import Phase
from walk_builders import Walk, film, tracks_of

GRID = FloorGrid((0.0, 0.0), columns=8, rows=4, cell_m=0.5)


def heat(people: dict[int, Walk], *, fps: float = 10.0, **rules: float) -> HeatMap:
    mapper = HeatMapper(GRID, **rules)
    for tracks in film(people, fps=fps):
        mapper.step(tracks)
    return mapper.finish()


def test_rows_go_up_the_y_axis() -> None:
    points = np.array([[0.1, 0.1], [3.9, 0.1], [0.1, 1.9], [-0.1, 0.1], [4.0, 0.1]])
    assert GRID.cells(points).tolist() == [0, 7, 24, -1, -1]


@given(
    st.lists(st.floats(-1.0, 5.0), min_size=4, max_size=4), st.integers(min_value=1, max_value=40)
)
def test_cells_along_a_way_are_those_of_its_pieces(ends: list[float], pieces: int) -> None:
    start, end = np.array(ends[:2]), np.array(ends[2:])
    middles = start + (np.arange(pieces) + 0.5)[:, None] * ((end - start) / pieces)
    told = GRID.cells_along((ends[0], ends[1]), (ends[2], ends[3]), pieces)
    assert told == [GRID.cell((x, y)) for x, y in middles.tolist()]
    assert told == GRID.cells(middles).tolist()


def test_a_grid_covers_its_points() -> None:
    grid = FloorGrid.around(np.array([[-1.0, 0.0], [2.0, 1.0]]), cell_m=0.5, margin_m=0.5)
    assert (grid.origin_m, grid.columns, grid.rows) == ((-1.5, -0.5), 8, 4)


@pytest.mark.parametrize("fps", [2.0, 30.0])
def test_presence_lies_along_the_path(fps: float) -> None:
    taken = heat({1: Walk([(0.0, 0.0, 0.25), (8.0, 4.0, 0.25)])}, fps=fps)
    assert taken.presence_s[0].tolist() == pytest.approx([1.0] * 8, abs=0.02)
    assert taken.presence_s[1:].sum() == 0.0
    assert taken.stops.sum() == 0


def test_a_stop_lies_where_it_began_and_lasts_until_the_person_moves_on() -> None:
    walk = Walk([(0.0, 0.2, 0.2), (2.0, 2.2, 1.2), (12.0, 2.3, 1.2), (13.5, 3.8, 1.2)])
    taken = heat({1: walk})
    assert np.argwhere(taken.stops).tolist() == [[2, 4]]  # near x = 2.2 m, y = 1.2 m
    assert taken.stopped_s.sum() == pytest.approx(10.8, abs=0.5)
    assert heat({1: walk}, min_s=20.0).stops.sum() == 0


def test_intervals_add_up_to_the_whole() -> None:
    people = {
        1: Walk([(0.0, 0.2, 0.2), (9.0, 3.8, 1.8)]),
        2: Walk([(1.0, 3.0, 1.0), (6.0, 3.0, 1.0)]),
    }
    mapper, parts = HeatMapper(GRID), []
    for k, tracks in enumerate(film(people)):
        mapper.step(tracks)
        if k % 17 == 16:
            parts.append(mapper.take())
    whole = parts[0]
    for part in [*parts[1:], mapper.finish()]:
        assert part.start_ns == whole.end_ns
        whole = whole.plus(part)
    once = heat(people)
    assert whole.presence_s == pytest.approx(once.presence_s)
    assert whole.stops.tolist() == once.stops.tolist()
    assert (whole.start_ns, whole.end_ns) == (once.start_ns, once.end_ns)


places = st.tuples(st.floats(-2, 6), st.floats(-2, 4))


@settings(max_examples=50, deadline=None)
@given(
    walks=st.lists(st.lists(places, min_size=2, max_size=6), min_size=1, max_size=4),
    fps=st.sampled_from([2.0, 5.0, 20.0]),
)
def test_mass_is_person_time(walks: list[list[tuple[float, float]]], fps: float) -> None:
    people = {
        k: Walk([(2.0 * j, x, y) for j, (x, y) in enumerate(walk)]) for k, walk in enumerate(walks)
    }
    taken = heat(people, fps=fps)
    assert taken.person_s == pytest.approx(sum(2.0 * (len(walk) - 1) for walk in walks))
    assert (taken.presence_s >= 0.0).all()
    assert taken.stopped_s.sum() <= taken.person_s + 1e-6


def test_only_what_was_seen_of_confirmed_tracks_counts() -> None:
    mapper = HeatMapper(GRID)
    for k in range(20):
        mapper.step(tracks_of({1: (1.0, 1.0, 0, 0)}, t_s=0.1 * k, phase=Phase.TENTATIVE))
    assert mapper.finish().person_s == 0.0


def test_the_table_names_cell_centres() -> None:
    lines = list(heat({1: Walk([(0.0, 0.3, 0.3), (4.0, 0.3, 0.3)])}).csv())
    assert lines == ["x_m,y_m,presence_s,stops,stopped_s", "0.250,0.250,4.000,1,4.000"]


def test_state_stays_bounded() -> None:
    mapper = HeatMapper(GRID)
    for k in range(20_000):
        mapper.step(tracks_of({k: (1.0, 1.0, 0, 0)}, t_s=0.5 * k, ended=[k - 1] if k % 2 else []))
        assert mapper.people_remembered <= 24


def test_contracts_are_kept() -> None:
    with pytest.raises(ContractError, match="expected 1 to"):
        FloorGrid((0.0, 0.0), columns=100_000, rows=100_000)
    other = HeatMapper(FloorGrid((0.0, 0.0), columns=2, rows=2)).finish()
    with pytest.raises(ContractError, match="different grids"):
        heat({1: Walk([(0.0, 0.0, 0.0), (1.0, 1.0, 1.0)])}).plus(other)
    mapper = HeatMapper(GRID)
    mapper.step(tracks_of({}, t_s=2.0))
    with pytest.raises(ContractError, match="time runs backwards"):
        mapper.step(tracks_of({}, t_s=1.0))
