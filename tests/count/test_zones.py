"""Zones: who is inside, which stays are visits, and how long they last."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lintel.config import ZoneConfig
from lintel.count.zone_shape import ZoneShapes, inside_zone, zone_area_m2
from lintel.count.zone_visit import Visit
from lintel.count.zones import ZoneCounter, ZoneStep
from lintel.errors import ContractError, SiteError
from lintel.geometry import distance_to_segments
from lintel.records import Phase, ZoneEnter, ZoneLeave
from walk_builders import Walk, film, tracks_of

SQUARE = np.array([[0.0, 0.0], [4.0, 0.0], [4.0, 4.0], [0.0, 4.0]])
PILLAR = np.array([[1.5, 1.5], [2.5, 1.5], [2.5, 2.5], [1.5, 2.5]])


def zone(*, return_within_s: float = 2.0, min_dwell_s: float = 1.0) -> ZoneConfig:
    return ZoneConfig("aisle", SQUARE.copy(), (), return_within_s, min_dwell_s)


def run(
    people: Mapping[int, Walk], config: ZoneConfig | None = None, *, fps: float = 10.0
) -> tuple[list[ZoneStep], ZoneCounter]:
    counter = ZoneCounter([config or zone()])
    steps = [counter.step(tracks) for tracks in film(people, fps=fps, tail_s=3.0)]
    return steps, counter


def visits(steps: list[ZoneStep]) -> list[tuple[float, float]]:
    """(enter, leave) in seconds."""
    return [(v.enter_ns / 1e9, v.leave_ns / 1e9) for step in steps for v in step.visits]


THROUGH = Walk([(0.0, -2.0, 2.0), (8.0, 6.0, 2.0)])  # inside from 2 s to 6 s
STORIES: list[tuple[str, Walk, dict[str, float], list[tuple[float, float]]]] = [
    ("walks through", THROUGH, {}, [(2.0, 6.0)]),
    ("walks past", Walk([(0.0, -2.0, 5.0), (8.0, 6.0, 5.0)]), {}, []),
    ("cuts the corner", Walk([(0.0, 3.5, -0.5), (1.0, 4.5, 0.5)]), {}, []),
    (
        "steps out for a moment",
        Walk(
            [(0.0, -1.0, 2.0), (4.0, 3.0, 2.0), (6.0, 5.0, 2.0), (8.0, 3.0, 2.0), (12.0, -1.0, 2.0)]
        ),
        {"return_within_s": 2.5},
        [(1.0, 11.0)],
    ),
    (
        "goes out and comes back later",
        Walk(
            [(0.0, -1.0, 2.0), (4.0, 3.0, 2.0), (6.0, 5.0, 2.0), (8.0, 3.0, 2.0), (12.0, -1.0, 2.0)]
        ),
        {"return_within_s": 1.5},
        [(1.0, 5.0), (7.0, 11.0)],
    ),
    ("too short for a visit", THROUGH, {"min_dwell_s": 4.5}, []),
    ("appears and vanishes inside", Walk([(1.0, 2.0, 2.0), (7.0, 2.0, 2.0)]), {}, [(1.0, 7.0)]),
    (
        "runs through faster than frames come",
        Walk([(0.0, -3.0, 2.0), (1.0, 7.0, 2.0)]),
        {"min_dwell_s": 0.0},
        [(0.3, 0.7)],
    ),
]


@pytest.mark.parametrize(
    ("story", "walk", "rules", "expected"), STORIES, ids=[row[0] for row in STORIES]
)
@pytest.mark.parametrize("fps", [2.0, 5.0, 30.0])
def test_visits(
    story: str,
    walk: Walk,
    rules: dict[str, float],
    expected: list[tuple[float, float]],
    fps: float,
) -> None:
    steps, counter = run({1: walk}, zone(**rules), fps=fps)
    found = visits(steps)
    assert len(found) == len(expected), story
    for got, want in zip(found, expected, strict=True):
        assert got == pytest.approx(want, abs=0.04)
    assert counter.people_remembered == 0
    leaves = [e for step in steps for e in step.events if isinstance(e, ZoneLeave)]
    assert [e.dwell_s for e in leaves] == pytest.approx([b - a for a, b in found])


def test_nobody_is_in_the_pillar() -> None:
    config = ZoneConfig("hall", SQUARE.copy(), (PILLAR.copy(),), min_dwell_s=0.2)
    assert zone_area_m2(config) == pytest.approx(15.0)
    assert inside_zone(np.array([[2.0, 2.0], [1.0, 1.0], [5.0, 1.0]]), config).tolist() == [
        False,
        True,
        False,
    ]
    steps, _ = run(
        {1: Walk([(0.0, 2.0, 2.0), (3.0, 2.0, 2.0), (5.0, 3.5, 2.0), (6.0, 3.5, 2.0)])}, config
    )
    assert visits(steps) == [pytest.approx((3.667, 6.0), abs=0.05)]


def test_a_zone_without_floor_is_refused() -> None:
    with pytest.raises(SiteError, match="area without holes"):
        ZoneCounter([ZoneConfig("hall", PILLAR.copy(), (SQUARE.copy(),))])


def test_density_is_people_present_per_square_metre() -> None:
    steps, _ = run({k: Walk([(0.0, k, 1.0), (5.0, k, 1.0)]) for k in (1, 2)})
    assert steps[20].zones[0].present == 2
    assert steps[20].zones[0].density_per_m2 == pytest.approx(2 / 16)


def test_a_track_lost_and_found_again_is_one_visit() -> None:
    people = {
        1: Walk([(0.0, 1.0, 1.0), (5.0, 1.0, 1.0)]),
        2: Walk([(5.4, 1.2, 1.0), (9.0, 1.2, 1.0)]),
    }
    steps, _ = run(people)
    assert visits(steps) == [(0.0, 9.0)]


def test_a_track_found_too_late_is_another_visit() -> None:
    people = {
        1: Walk([(0.0, 1.0, 1.0), (5.0, 1.0, 1.0)]),
        2: Walk([(6.0, 1.2, 1.0), (9.0, 1.2, 1.0)]),
    }
    steps, _ = run(people)
    assert visits(steps) == [(0.0, 5.0), (6.0, 9.0)]


def test_unconfirmed_tracks_are_told_only_once_confirmed_but_from_the_start() -> None:
    counter = ZoneCounter([zone()])
    events = []
    for k in range(60):
        phase = Phase.TENTATIVE if k < 20 else Phase.CONFIRMED
        step = counter.step(tracks_of({1: (2.0, 2.0, 0.0, 0.0)}, t_s=0.1 * k, phase=phase))
        events += [(k, event) for event in step.events]
    ((k, event),) = events
    assert (k, event.t_ns) == (20, 0)


def test_predicted_positions_are_no_path() -> None:
    counter = ZoneCounter([zone(min_dwell_s=0.1)])
    found: list[Visit] = []
    for k in range(40):
        seen = k < 10
        rows = {1: (2.0 + (0 if seen else 0.5 * (k - 9)), 2.0, 0.0, 0.0)}
        phase = Phase.CONFIRMED if seen else Phase.COASTING
        found += counter.step(tracks_of(rows, t_s=0.1 * k, phase=phase)).visits
    found += counter.finish().visits
    assert [(v.enter_ns, v.leave_ns) for v in found] == [(0, 900_000_000)]


def test_a_track_that_is_never_listed_again_does_not_stay_for_ever() -> None:
    counter = ZoneCounter([zone()])
    counter.step(tracks_of({1: (2.0, 2.0, 0.0, 0.0)}, t_s=0.0))
    counter.step(tracks_of({1: (2.0, 2.0, 0.0, 0.0)}, t_s=2.0))
    states = [counter.step(tracks_of({}, t_s=t)).zones[0].occupancy for t in (3.0, 11.0, 14.0)]
    assert states == [1, 1, 0]
    assert counter.people_remembered == 0


def test_journeys_name_the_zones_in_order() -> None:
    left = ZoneConfig("left", SQUARE.copy())
    right = ZoneConfig("right", SQUARE + np.array([4.0, 0.0]))
    counter = ZoneCounter([left, right])
    walk = Walk([(0.0, 1.0, 1.0), (6.0, 7.0, 1.0), (12.0, 1.0, 1.0)])
    steps = [counter.step(tracks) for tracks in film({1: walk}, tail_s=2.0)]
    assert [journey for step in steps for journey in step.journeys] == [("left", "right", "left")]


corner = st.tuples(st.floats(-3, 7), st.floats(-3, 7))
paths = st.lists(corner, min_size=2, max_size=8)


def wander(path: list[tuple[float, float]], start_s: float) -> Walk:
    return Walk([(start_s + 2.0 * k, x, y) for k, (x, y) in enumerate(path)])


@settings(max_examples=60, deadline=None)
@given(walks=st.lists(st.tuples(paths, st.floats(0, 10)), min_size=1, max_size=4))
def test_occupancy_is_entries_less_leaves(
    walks: list[tuple[list[tuple[float, float]], float]],
) -> None:
    people = {k: wander(path, start_s) for k, (path, start_s) in enumerate(walks)}
    steps, counter = run(people, fps=5.0)
    steps.append(counter.finish())
    balance = 0
    for step in steps[:-1]:
        balance += sum(1 if isinstance(event, ZoneEnter) else -1 for event in step.events)
        assert step.zones[0].occupancy == balance >= 0
        assert step.zones[0].present <= len(people)
    assert balance + sum(1 if isinstance(e, ZoneEnter) else -1 for e in steps[-1].events) == 0
    for step in steps:
        for visit in step.visits:
            assert visit.dwell_s >= 1.0 - 1e-9


@settings(max_examples=25, deadline=None)
@given(path=paths)
def test_frame_rate_changes_no_visit(path: list[tuple[float, float]]) -> None:
    rules = {"min_dwell_s": 0.0, "return_within_s": 0.0}
    per_fps = [visits(run({1: wander(path, 0.0)}, zone(**rules), fps=fps)[0]) for fps in (5, 20)]
    long = [[v for v in found if v[1] - v[0] > 0.3] for found in per_fps]
    total = [sum(b - a for a, b in found) for found in per_fps]
    assert total[0] == pytest.approx(total[1], abs=0.25 * (1 + max(map(len, per_fps))))
    assert abs(len(long[0]) - len(long[1])) <= 1


def test_state_stays_bounded_while_tens_of_thousands_pass() -> None:
    counter, most, left = ZoneCounter([zone(min_dwell_s=0.0)]), 0, 0
    for k in range(20_000):
        rows = {k + j: (1.0 + j, 2.0, 0.0, 0.0) for j in range(2)}
        step = counter.step(tracks_of(rows, t_s=0.5 * k, ended=[k - 1] if k else []))
        most = max(most, counter.people_remembered)
        left += len(step.visits)
    assert most <= 6
    assert left > 9_000


def test_time_that_runs_backwards_is_a_defect() -> None:
    counter = ZoneCounter([zone()])
    counter.step(tracks_of({}, t_s=2.0))
    with pytest.raises(ContractError, match="time runs backwards"):
        counter.step(tracks_of({}, t_s=1.0))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(-2, 12), st.integers(-2, 12)), min_size=1, max_size=9))
def test_all_rings_at_once_are_as_each_ring_alone(places: list[tuple[int, int]]) -> None:
    """On corners and edges too: places lie on a half-metre grid as the corners do."""
    triangle = np.array([[0.0, 0.0], [5.0, 0.5], [1.0, 4.5]])
    zones = [
        ZoneConfig("a", SQUARE.copy(), (PILLAR.copy(),)),
        ZoneConfig("b", triangle),
        ZoneConfig("c", SQUARE + 1.0, (PILLAR + 0.5, PILLAR + 1.5)),
    ]
    points_m = np.array(places, dtype=np.float64) / 2.0
    expected = np.stack([inside_zone(points_m, zone) for zone in zones], axis=1)
    shapes = ZoneShapes(zones)
    assert np.array_equal(shapes.inside(points_m), expected)
    for point_m, inside in zip(points_m.tolist(), expected, strict=True):
        assert shapes.inside_one(tuple(point_m)) == tuple(np.flatnonzero(inside).tolist())


@settings(max_examples=60, deadline=None)
@given(st.floats(-3.0, 8.0), st.floats(-3.0, 8.0))
def test_no_edge_is_nearer_than_the_clearance(x_m: float, y_m: float) -> None:
    rings = [SQUARE, PILLAR, np.array([[0.0, 0.0], [5.0, 0.5], [1.0, 4.5]])]
    zones = [ZoneConfig("a", rings[0].copy(), (rings[1].copy(),)), ZoneConfig("b", rings[2])]
    nearest = min(
        distance_to_segments(np.array([x_m, y_m]), ring, np.roll(ring, -1, axis=0)).min()
        for ring in rings
    )
    assert ZoneShapes(zones).clearance_m((x_m, y_m)) == pytest.approx(float(nearest), abs=1e-9)
