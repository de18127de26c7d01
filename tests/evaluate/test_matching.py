"""Counted crossings and seen heads are matched one to one with the truth."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluate_builders import crossing, points
from lintel.evaluate.matching import assign, match_crossings, match_heads
from lintel.evaluate.observed import SeenCrossing

CASES: list[tuple[str, list[SeenCrossing], list[SeenCrossing], int, int, int]] = [
    ("exact", [crossing(5)], [crossing(5)], 1, 0, 0),
    ("1.0 s apart still matches", [crossing(5)], [crossing(6)], 1, 0, 0),
    ("1.1 s apart does not", [crossing(5)], [crossing(6.1)], 0, 1, 1),
    ("the other direction does not", [crossing(5)], [crossing(5, "out")], 0, 1, 1),
    ("another line does not", [crossing(5)], [crossing(5, line="aisle")], 0, 1, 1),
    ("counted twice is one false", [crossing(5)], [crossing(5), crossing(5.2)], 1, 0, 1),
    ("two people counted once", [crossing(5), crossing(5.2)], [crossing(5.1)], 1, 1, 0),
    ("nobody, nothing", [], [], 0, 0, 0),
    ("nobody, but counted", [], [crossing(3)], 0, 0, 1),
]


@pytest.mark.parametrize(
    ("truth", "counted", "expected"),
    [(truth, counted, tuple(expected)) for _, truth, counted, *expected in CASES],
    ids=[case[0] for case in CASES],
)
def test_crossings(
    truth: list[SeenCrossing], counted: list[SeenCrossing], expected: tuple[int, int, int]
) -> None:
    match = match_crossings(truth, counted)
    assert (len(match.pairs), len(match.missed), len(match.false)) == expected


def test_as_many_as_possible_are_matched_where_the_nearest_would_leave_one_out() -> None:
    truth, counted = [crossing(1.0), crossing(1.9)], [crossing(1.8), crossing(2.8)]
    assert match_crossings(truth, counted).pairs == ((0, 0), (1, 1))


def test_among_equally_many_the_nearest_in_time_are_matched() -> None:
    truth, counted = [crossing(1.0), crossing(1.5)], [crossing(1.45), crossing(1.05)]
    assert match_crossings(truth, counted).pairs == ((0, 1), (1, 0))


def test_who_sways_on_the_line_may_be_counted_at_any_moment_of_it() -> None:
    swaying = SeenCrossing("door", "in", 20.0, on_line_s=(12.0, 26.0))
    for counted_s, matched in ((11.0, 1), (13.0, 1), (27.0, 1), (10.9, 0), (27.1, 0)):
        match = match_crossings([swaying], [crossing(counted_s)])
        assert len(match.pairs) == matched
        assert len(match.missed) == len(match.false) == 1 - matched
    twice = match_crossings([swaying], [crossing(13.0), crossing(25.0)])
    assert (len(twice.pairs), len(twice.false)) == (1, 1)
    walked = crossing(14.0)
    both = match_crossings([swaying, walked], [crossing(14.1), crossing(25.0)])
    assert both.pairs == ((0, 1), (1, 0))


times = st.lists(st.floats(0.0, 6.0), max_size=5)


@settings(deadline=None)
@given(times, times)
def test_the_matching_is_as_large_as_any(truth_s: list[float], counted_s: list[float]) -> None:
    match = match_crossings([crossing(t) for t in truth_s], [crossing(t) for t in counted_s])
    short, long = sorted([truth_s, counted_s], key=len)
    best = max(
        sum(abs(a - b) <= 1.0 for a, b in zip(short, order, strict=True))
        for order in itertools.permutations(long, len(short))
    )
    assert len(match.pairs) == best
    assert len(match.pairs) + len(match.missed) == len(truth_s)
    assert len(match.pairs) + len(match.false) == len(counted_s)


def test_assign_prefers_more_pairs_to_cheaper_ones() -> None:
    cost = np.array([[0.0, 0.9], [0.9, 5.0]])
    assert assign(cost, cost <= 1.0) == [(0, 1), (1, 0)]


def test_heads_match_within_the_gate_and_in_their_own_frame() -> None:
    truth = points([(0, 1, 0.0, 0.0), (0, 2, 1.0, 0.0), (1, 1, 0.0, 0.0), (3, 1, 0.0, 0.0)])
    seen = points([(0, -1, 1.1, 0.0), (0, -1, 0.0, 0.29), (1, -1, 0.0, 0.31), (2, -1, 0.0, 0.0)])
    match = match_heads(truth, seen)
    assert sorted(zip(match.truth.tolist(), match.seen.tolist(), strict=True)) == [(0, 1), (1, 0)]
    assert sorted(match.distance_m.tolist()) == pytest.approx([0.1, 0.29])


def test_only_the_floor_distance_decides() -> None:
    low, high = points([(0, 1, 0.0, 0.0)], z_m=1.0), points([(0, 1, 0.1, 0.0)], z_m=2.0)
    assert len(match_heads(low, high).truth) == 1
