"""The latest paths: bounded in number and length, in the order in which they are useful."""

from __future__ import annotations

import math

from hypothesis import given, settings
from hypothesis import strategies as st

from lintel.count.trails import MAX_POINTS, Trail, TrailKeeper
from walk_builders import Walk, film, tracks_of


def straight(t_s: float, x_m: float) -> Walk:
    return Walk([(t_s, x_m, 0.0), (t_s + 3.0, x_m, 3.0)])


def kept(people: dict[int, Walk], *, keep: int = 200) -> tuple[Trail, ...]:
    keeper = TrailKeeper(keep=keep)
    for tracks in film(people):
        keeper.step(tracks)
    assert keeper.people_remembered == 0
    return keeper.latest()


def test_the_latest_come_first_and_the_oldest_go() -> None:
    trails = kept({k: straight(5.0 * k, float(k)) for k in range(6)}, keep=4)
    assert [trail.points_m[0][0] for trail in trails] == [5.0, 4.0, 3.0, 2.0]
    assert all(trail.ended for trail in trails)


def test_people_in_view_come_before_those_who_left() -> None:
    keeper = TrailKeeper()
    people = {1: straight(0.0, 1.0), 2: Walk([(0.0, 2.0, 0.0), (60.0, 2.0, 9.0)])}
    for tracks in film(people):
        keeper.step(tracks)
        if tracks.t_ns > 10e9:
            break
    first, second = keeper.latest()
    assert (first.ended, second.ended) == (False, True)
    assert keeper.latest(limit=1) == (first,)


def test_who_only_stands_makes_no_path() -> None:
    assert kept({1: Walk([(0.0, 0.0, 0.0), (60.0, 0.2, 0.0)])}) == ()


def test_a_long_way_is_kept_whole_with_fewer_places() -> None:
    corners = [(30.0 * k, 4.0 * (k % 2), 0.1 * k) for k in range(60)]
    (trail,) = kept({1: Walk(corners)})
    assert len(trail.points_m) <= MAX_POINTS
    assert max(y for _, y in trail.points_m) > 5.0
    assert min(y for _, y in trail.points_m) < 0.1


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.floats(-5, 5), st.floats(-5, 5)), min_size=2, max_size=40))
def test_places_are_a_step_apart(places: list[tuple[float, float]]) -> None:
    keeper = TrailKeeper()
    for k, (x, y) in enumerate(places):
        keeper.step(tracks_of({1: (x, y, 0.0, 0.0)}, t_s=0.1 * k))
    (trail,) = keeper.latest()
    for one, other in zip(trail.points_m, trail.points_m[1:], strict=False):
        assert math.dist(one, other) >= 0.1 - 1e-6
