"""Evidence about pairs: the sums of a plain loop over every two people, row by row."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lintel.clock import NS_PER_S
from lintel.count.pair_evidence import (
    CLOSEST_M,
    LONGEST_STEP_S,
    STANDING_MPS,
    Pair,
    PairEvidence,
)

GAP_S = 6.0
Step = dict[int, tuple[complex, float]]  # id: place in metres, speed
Row = tuple[float, float, float, float]  # distance, drift, time together, path


class Plainly:
    """The same written as it is meant: pair by pair."""

    def __init__(self) -> None:
        self.entry_s: dict[int, float] = {}
        self.seen_s: dict[int, float] = {}
        self.sums: dict[tuple[int, int], list[float]] = {}
        self.ends: dict[tuple[int, int], tuple[complex, complex]] = {}

    def advance(self, step: Step, t_s: float) -> None:
        for one in step:
            self.entry_s.setdefault(one, t_s)
            self.seen_s.setdefault(one, t_s)
        for pair in itertools.combinations(sorted(step), 2):
            (here, here_mps), (there, there_mps) = step[pair[0]], step[pair[1]]
            seen_s = max(self.seen_s[one] for one in pair)
            span_s = min(t_s - seen_s, LONGEST_STEP_S)
            slower = min(v if v >= STANDING_MPS else 0.0 for v in (here_mps, there_mps))
            sums = self.sums.setdefault(pair, [0.0, 0.0, 0.0])
            sums[0] += span_s
            sums[1] += span_s / max(abs(here - there), CLOSEST_M)
            sums[2] += span_s * slower
            self.ends[pair] = (self.ends.get(pair, (here - there, 0))[0], here - there)
        self.seen_s |= dict.fromkeys(step, t_s)

    def row(self, pair: tuple[int, int]) -> Row:
        both_s, inverse, path_m = self.sums.get(pair, (0.0, 0.0, 0.0))
        if both_s == 0.0:
            return math.inf, math.inf, both_s, path_m
        first, last = self.ends[pair]
        return both_s / inverse, abs(last - first), both_s, path_m

    def leave(self, gone: int) -> None:
        del self.entry_s[gone], self.seen_s[gone]
        for pair in [pair for pair in self.sums if gone in pair]:
            del self.sums[pair], self.ends[pair]


def advance(evidence: PairEvidence, step: Step, t_s: float) -> None:
    places_m = np.array([(p.real, p.imag) for p, _ in step.values()]).reshape(-1, 2)
    velocity_mps = np.array([(v, 0.0) for _, v in step.values()]).reshape(-1, 2)
    evidence.advance(list(step), places_m, velocity_mps, t_ns=round(t_s * NS_PER_S))


def row_of(pair: Pair) -> Row:
    return pair.distance_m, pair.drift_m, pair.both_s, pair.path_m


PEOPLE = st.dictionaries(
    st.integers(0, 5),
    st.tuples(
        st.complex_numbers(max_magnitude=5.0, allow_nan=False), st.sampled_from([0.1, 0.8, 1.4])
    ),
    max_size=6,
)


@settings(max_examples=80, deadline=None)
@given(
    st.lists(
        st.tuples(PEOPLE, st.sampled_from([0.2, 0.2, 0.5, 2.0]), st.sets(st.integers(0, 5))),
        max_size=12,
    )
)
def test_rows_hold_what_a_plain_loop_gives(steps: list[tuple[Step, float, set[int]]]) -> None:
    """People come, are overlooked for a while, leave and come again."""
    evidence, plainly, t_s = PairEvidence(entry_gap_s=GAP_S), Plainly(), 0.0
    for step, wait_s, leaving in steps:
        t_s += wait_s
        advance(evidence, step, t_s)
        plainly.advance(step, t_s)
        told = {(min(pair.ids), max(pair.ids)): row_of(pair) for pair in evidence.pairs}
        expected = {
            (a, b): plainly.row((a, b))
            for a, b in itertools.combinations(sorted(plainly.entry_s), 2)
            if abs(plainly.entry_s[a] - plainly.entry_s[b]) <= GAP_S
        }
        assert told.keys() == expected.keys()
        for pair, row in told.items():
            assert row == pytest.approx(expected[pair], rel=1e-9)
        for gone in leaving & plainly.entry_s.keys():
            evidence.leave(gone)
            plainly.leave(gone)
        assert set(evidence.present) == plainly.entry_s.keys()


def test_who_leaves_takes_the_last_evidence_along() -> None:
    evidence = PairEvidence(entry_gap_s=GAP_S)
    for t_s in (0.0, 0.5, 1.0):
        advance(evidence, {7: (complex(0, t_s), 1.0), 8: (complex(1, t_s), 1.0)}, t_s)
    gone = evidence.leave(7)
    assert gone is not None
    assert [pair.ids for pair in gone] == [(7, 8)]
    assert gone[0].distance_m == pytest.approx(1.0)
    assert gone[0].path_m == pytest.approx(1.0)
    assert evidence.leave(7) is None
    assert (evidence.present, evidence.pairs) == ((8,), ())


def test_rows_are_as_many_as_pairs_that_can_belong_together() -> None:
    """Twenty people, one a second: each makes a pair with those of the six seconds before."""
    evidence = PairEvidence(entry_gap_s=GAP_S)
    for k in range(20):
        advance(evidence, {one: (complex(one, 0), 1.0) for one in range(k + 1)}, float(k))
    assert len(evidence.pairs) == sum(min(k, 6) for k in range(20))
    for one in range(20):
        evidence.leave(one)
    assert (len(evidence), evidence.pairs) == (0, ())
