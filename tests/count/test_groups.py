"""Groups of people: who came together, who only happened to be near."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lintel.count.group_crossings import GroupCrossings
from lintel.count.grouping import GroupSettings, groups_of
from lintel.count.groups import Group, GroupFinder, size_distribution
from lintel.count.passage import Owned
from lintel.errors import ContractError
from lintel.records import Crossing, Direction, Phase, Tracks
from walk_builders import Walk, film, tracks_of


def settled(people: Mapping[int, Walk], *, fps: float = 10.0) -> list[Group]:
    finder = GroupFinder()
    found = [group for tracks in film(people, fps=fps) for group in finder.step(tracks).settled]
    assert finder.people_remembered == 0
    return found


def straight(t_s: float = 0.0, *, x_m: float = 0.0, speed_mps: float = 1.3, **kw: float) -> Walk:
    """Eight metres up the y axis."""
    return Walk([(t_s, x_m, 0.0), (t_s + 8.0 / speed_mps, x_m, 8.0)], **kw)


TOGETHER: list[tuple[str, Walk, Walk, bool]] = [
    ("side by side", straight(), straight(x_m=0.6), True),
    ("one behind the other, near", straight(), straight(0.7), True),
    ("two metres apart", straight(), straight(x_m=2.0), False),
    ("towards each other", straight(), Walk([(0.0, 0.6, 8.0), (6.0, 0.6, 0.0)]), False),
    ("one overtakes the other", straight(), straight(x_m=0.6, speed_mps=2.2), False),
    ("ten seconds later", straight(), straight(10.0), False),
    (
        "one steps aside while they pass under a narrow view",
        Walk([(0.0, 0.0, 0.0), (1.4, 0.0, 1.6)]),
        Walk([(0.0, 0.3, 0.0), (1.4, 0.85, 1.6)]),
        True,
    ),
    (
        "one goes elsewhere meanwhile",
        Walk([(0.0, 0.0, 0.0), (1.4, 0.0, 1.6)]),
        Walk([(0.0, 0.3, 0.0), (1.4, 1.4, 1.6)]),
        False,
    ),
    (
        "strangers who stand near each other",
        Walk([(0.0, 0.0, 0.0), (60.0, 0.0, 0.0)]),
        Walk([(0.0, 0.5, 0.0), (60.0, 0.5, 0.0)]),
        False,
    ),
    (
        "come together, stand, go on together",
        Walk([(0.0, 0.0, 0.0), (4.0, 0.0, 5.0), (60.0, 0.0, 5.0), (64.0, 0.0, 10.0)]),
        Walk([(0.0, 0.7, 0.0), (4.0, 0.7, 5.0), (60.0, 0.7, 5.0), (64.0, 0.7, 10.0)]),
        True,
    ),
]


@pytest.mark.parametrize(
    ("story", "one", "other", "together"), TOGETHER, ids=[row[0] for row in TOGETHER]
)
@pytest.mark.parametrize("fps", [5.0, 30.0])
def test_pairs(story: str, one: Walk, other: Walk, together: bool, fps: float) -> None:  # noqa: FBT001
    groups = settled({1: one, 2: other}, fps=fps)
    assert sorted(group.size for group in groups) == ([2] if together else [1, 1]), story


def test_a_family_is_adults_with_children() -> None:
    people = {
        1: straight(child=0.02),
        2: straight(x_m=0.6, child=0.95),
        3: straight(x_m=1.2, child=0.5),
    }
    (family,) = settled(people)
    assert (family.members, family.children, family.adults) == ((1, 2, 3), 1, 1)
    assert family.family
    (couple,) = settled({1: straight(child=0.0), 2: straight(x_m=0.6)})
    assert not couple.family


def test_a_group_is_seen_while_it_passes_and_settles_when_its_last_member_leaves() -> None:
    people = {1: straight(), 2: Walk([(0.0, 0.6, 0.0), (6.2, 0.6, 8.0), (7.0, 0.6, 9.0)])}
    finder = GroupFinder()
    passing: list[tuple[tuple[int, ...], ...]] = []
    done: list[tuple[float, Group]] = []
    for tracks in film(people):
        step = finder.step(tracks)
        passing.append(step.passing)
        done.extend((tracks.t_ns / 1e9, group) for group in step.settled)
    assert ((1, 2),) in passing[:50]
    ((moment_s, group),) = done
    assert moment_s == pytest.approx(7.1)
    assert (group.first_t_ns, group.last_t_ns) == (0, 7_000_000_000)


def test_unconfirmed_tracks_are_nobody() -> None:
    finder = GroupFinder()
    for k in range(50):
        rows = {1: (0.0, 0.1 * k, 0.0, 1.0), 2: (0.5, 0.1 * k, 0.0, 1.0)}
        finder.step(tracks_of(rows, t_s=0.1 * k, phase=Phase.TENTATIVE))
    assert finder.people_remembered == 0
    assert finder.finish() == ()


def test_where_somebody_is_only_predicted_to_be_is_no_evidence() -> None:
    """The child is lost at the edge of the view; its track drifts through the adult and beyond."""
    finder, groups = GroupFinder(), list[Group]()
    for k in range(40):
        t_s, seen = 0.1 * k, k < 20
        child_x = 0.45 if seen else 0.45 - 0.08 * (k - 19)
        both = tracks_of({1: (0.0, 0.1 * k, 0.0, 1.0), 2: (child_x, 0.1 * k, 0.0, 1.0)}, t_s=t_s)
        phase = np.array([Phase.CONFIRMED, Phase.CONFIRMED if seen else Phase.COASTING])
        groups += finder.step(replace(both, phase=phase.astype(np.int8))).settled
    groups += finder.finish()
    assert [group.members for group in groups] == [(1, 2)]


def test_friends_of_friends_are_friends_up_to_the_largest_group() -> None:
    chain = [(1.0, k, k + 1) for k in range(5)]
    assert groups_of(range(6), chain, max_size=12) == ((0, 1, 2, 3, 4, 5),)
    assert groups_of(range(6), chain, max_size=3) == ((0, 1, 2), (3, 4, 5))


def test_who_is_closer_matters_where_a_third_is_too_many() -> None:
    """The one in the middle first walks beside the first, then for longer beside the third."""
    people = {
        1: Walk([(0.0, 0.0, 0.0), (14.0, 0.0, 14.0)]),
        2: Walk([(0.0, 0.45, 0.0), (3.0, 0.45, 3.0), (4.0, 0.6, 4.0), (14.0, 0.6, 14.0)]),
        3: Walk([(0.0, 1.0, 0.0), (14.0, 1.0, 14.0)]),
    }
    finder = GroupFinder(GroupSettings(max_size=2))
    passing = [finder.step(tracks).passing for tracks in film(people, fps=5.0)]
    assert [pairs for pairs, _ in itertools.groupby(one for one in passing if one)] == [
        ((1, 2),),
        ((2, 3),),
    ]


@given(
    links=st.lists(st.tuples(st.floats(0.1, 3), st.integers(0, 11), st.integers(0, 11))),
    max_size=st.integers(2, 12),
)
def test_groups_partition_the_people(links: list[tuple[float, int, int]], max_size: int) -> None:
    groups = groups_of(range(12), links, max_size=max_size)
    assert sorted(itertools.chain(*groups)) == list(range(12))
    assert max(map(len, groups)) <= max_size


@settings(max_examples=20, deadline=None)
@given(angle=st.floats(0.0, 6.28), x=st.floats(-20, 20), y=st.floats(-20, 20))
def test_where_and_which_way_does_not_matter(angle: float, x: float, y: float) -> None:
    cos, sin = np.cos(angle), np.sin(angle)

    def moved(walk: Walk) -> Walk:
        return Walk([(t, x + cos * a - sin * b, y + sin * a + cos * b) for t, a, b in walk.corners])

    for _, one, other, together in TOGETHER[:4]:
        groups = settled({1: moved(one), 2: moved(other)}, fps=5.0)
        assert (len(groups) == 1) is together


def test_state_stays_bounded_while_thousands_pass() -> None:
    finder, most = GroupFinder(), 0
    sizes: list[Group] = []
    for k in range(3000):
        rows = {k + j: (0.5 * (j % 2), 0.8 * j, 0.0, 1.0) for j in range(6)}
        step = finder.step(tracks_of(rows, t_s=0.4 * k, ended=[k - 1] if k else []))
        sizes.extend(step.settled)
        most = max(most, finder.people_remembered)
    assert most <= 6 * GroupSettings().max_size
    sizes.extend(finder.finish())
    assert sum(group.size for group in sizes) == 3005
    assert sum(size * count for size, count in size_distribution(sizes)) == 3005


def test_time_that_runs_backwards_is_a_defect() -> None:
    finder = GroupFinder()
    finder.step(tracks_of({}, t_s=2.0))
    with pytest.raises(ContractError, match="time runs backwards"):
        finder.step(tracks_of({}, t_s=1.0))
    finder.reset()
    finder.step(tracks_of({}, t_s=1.0))


def test_settings_must_make_sense() -> None:
    with pytest.raises(ContractError, match="must be positive"):
        GroupSettings(distance_m=0.0)
    with pytest.raises(ContractError, match=r"drift_m -0\.1"):
        GroupSettings(drift_m=-0.1)


def crossed(tracks: Tracks, walks: Mapping[int, Walk], line_y_m: float) -> list[Owned]:
    """What a line across the way would say, just after the moment."""
    found = []
    for walker, walk in walks.items():
        (t0, x0, y0), (t1, _, y1) = walk.corners[0], walk.corners[-1]
        t_s = t0 + (line_y_m - y0) / (y1 - y0) * (t1 - t0)
        if t_s * 1e9 <= tracks.t_ns < (t_s + 0.1) * 1e9:
            one = Crossing("door", Direction.IN, round(t_s * 1e9), (x0, line_y_m), "test")
            found.append(Owned(one, walker))
    return found


def test_a_group_over_a_line_is_told_once_with_its_size() -> None:
    people = {1: straight(), 2: straight(x_m=0.7), 3: straight(x_m=4.0), 4: straight(20.0)}
    finder, lines = GroupFinder(), GroupCrossings()
    events = [
        event
        for tracks in film(people)
        for event in lines.step(crossed(tracks, people, 4.0), finder.step(tracks))
    ]
    ((line, direction, size),) = [(e.line, e.direction, e.size) for e in events]
    assert (line, direction, size) == ("door", Direction.IN, 2)
    assert events[0].t_ns == pytest.approx(4.0 / 1.3 * 1e9, abs=1e6)
    assert lines.people_remembered == 0
