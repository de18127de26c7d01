"""Who continues whom: gates, prices, the best assignment, weak detections."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import numpy.typing as npt
from hypothesis import given
from hypothesis import strategies as st

from lintel.track.association import Candidates, Sightings, assign, pair_costs, two_stage

Places = list[tuple[float, float]]


def tracks_at(places: Places, *, sigma_m: float = 0.1, stature_m: float = 1.7) -> Candidates:
    count = len(places)
    x = np.concatenate([np.array(places).reshape(-1, 2), np.zeros((count, 2))], axis=1)
    return Candidates(
        x=x,
        P=np.tile(np.eye(4) * sigma_m**2, (count, 1, 1)),
        stature_m=np.full(count, stature_m),
        stature_var=np.full(count, 0.02**2),
        reach_m=np.full(count, 0.7),
        stature_jump_m=np.full(count, 0.3),
    )


def seen_at(places: Places, statures_m: list[float] | None = None) -> Sightings:
    count = len(places)
    statures = np.array(statures_m or [1.7] * count)
    return Sightings(
        np.array(places).reshape(-1, 2), np.full(count, 0.05**2), statures, stature_var=0.05**2
    )


def pairs(rows: npt.NDArray[np.intp], columns: npt.NDArray[np.intp]) -> set[tuple[int, int]]:
    return set(zip(rows.tolist(), columns.tolist(), strict=True))


def test_what_is_out_of_reach_or_too_unlike_has_no_price() -> None:
    tracks = tracks_at([(0.0, 0.0)])
    seen = seen_at([(0.1, 0.0), (0.8, 0.0), (0.0, 0.1)], [1.7, 1.7, 1.2])
    assert np.isfinite(pair_costs(tracks, seen)).tolist() == [[True, False, False]]


def test_heights_may_jump_further_where_places_are_rough() -> None:
    """Far below the camera: a place known to 9 cm, twice what the gate is meant for."""
    tracks, seen = tracks_at([(0.0, 0.0)]), seen_at([(0.1, 0.0), (0.0, 0.1)], [1.25, 1.05])
    assert not np.isfinite(pair_costs(tracks, seen)).any()
    rough = replace(seen, place_var=np.full(2, 0.09**2))
    assert np.isfinite(pair_costs(tracks, rough)).tolist() == [[True, False]]


def test_stature_decides_between_equal_distances() -> None:
    tracks = tracks_at([(0.0, 0.0)], stature_m=1.7)
    seen = seen_at([(0.1, 0.0), (-0.1, 0.0)], [1.55, 1.7])
    assert pairs(*assign(pair_costs(tracks, seen))) == {(0, 1)}


def test_a_missed_person_does_not_shift_the_queue() -> None:
    """Three stand in a row; the first is missed and a fourth has come."""
    tracks = tracks_at([(0.0, 0.0), (0.4, 0.0), (0.8, 0.0)])
    seen = seen_at([(0.41, 0.0), (0.79, 0.0), (1.2, 0.0)])
    assert pairs(*assign(pair_costs(tracks, seen))) == {(1, 0), (2, 1)}


@given(st.integers(0, 5), st.integers(0, 5), st.integers(0, 10_000))
def test_the_assignment_is_the_cheapest_of_all(rows: int, columns: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    costs = rng.uniform(-5.0, 2.0, (rows, columns))
    costs[rng.random((rows, columns)) < 0.3] = np.inf
    chosen = assign(costs)
    assert len(set(chosen[0].tolist())) == len(chosen[0])
    assert len(set(chosen[1].tolist())) == len(chosen[1])
    best = _cheapest(np.minimum(costs, 0.0))
    np.testing.assert_allclose(costs[chosen].sum(), best, atol=1e-9)


def _cheapest(costs: npt.NDArray[np.float64]) -> float:
    """By trying every assignment."""
    if costs.shape[0] > costs.shape[1]:
        costs = costs.T
    ways = itertools.permutations(range(costs.shape[1]), costs.shape[0])
    return min(float(costs[np.arange(costs.shape[0]), list(way)].sum()) for way in ways)


def test_weak_detections_continue_only_what_the_strong_left_over() -> None:
    tracks = tracks_at([(0.0, 0.0), (2.0, 0.0)])
    seen = seen_at([(0.01, 0.0), (0.10, 0.0), (2.05, 0.0)])
    strong = np.array([False, True, False])
    assert pairs(*two_stage(tracks, seen, strong)) == {(0, 1), (1, 2)}


def test_nobody_seen_and_nobody_followed() -> None:
    assert pairs(*two_stage(tracks_at([]), seen_at([]), np.zeros(0, dtype=bool))) == set()
    assert pairs(*two_stage(tracks_at([(0, 0)]), seen_at([]), np.zeros(0, dtype=bool))) == set()
    assert pairs(*two_stage(tracks_at([]), seen_at([(0, 0)]), np.ones(1, dtype=bool))) == set()
