"""IDF1 and HOTA against cases calculated by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluate_builders import points, walk
from lintel.evaluate.tracking import score_tracks

TEN = range(10)


def test_a_perfect_track_scores_one() -> None:
    score = score_tracks(points(walk(1, TEN)), points(walk(7, TEN)))
    assert (score.idf1, score.people, score.tracks) == (1.0, 1, 1)
    assert score.hota == pytest.approx(1.0)


def test_names_of_tracks_do_not_matter() -> None:
    truth = points([*walk(1, TEN), *walk(2, TEN, y_m=2.0)])
    tracks = points([*walk(2, TEN), *walk(1, TEN, y_m=2.0)])
    assert score_tracks(truth, tracks).idf1 == 1.0


def test_a_new_id_half_way() -> None:
    """IDTP 5 of 10 and 10: IDF1 0.5. DetA 1; each match has A = 5 / (10 + 5 - 5) = 0.5."""
    tracks = points([*walk(7, range(5)), *walk(8, range(5, 10))])
    score = score_tracks(points(walk(1, TEN)), tracks)
    assert score.idf1 == pytest.approx(0.5)
    assert score.detection == pytest.approx(1.0)
    assert score.association == pytest.approx(0.5)
    assert score.hota == pytest.approx(math.sqrt(0.5))


def test_a_track_that_misses_half() -> None:
    """IDF1 2*5/(10+5); DetA 5/10; A = 5/(10+5-5) = 0.5; HOTA 0.5."""
    score = score_tracks(points(walk(1, TEN)), points(walk(7, range(5))))
    assert score.idf1 == pytest.approx(2 / 3)
    assert score.hota == pytest.approx(0.5)


def test_two_who_swap_ids_half_way() -> None:
    """DetA 1; each match has A = 5 / (10 + 10 - 5) = 1/3; IDF1 = 10/20."""
    truth = points([*walk(1, TEN), *walk(2, TEN, y_m=2.0)])
    early, late = range(5), range(5, 10)
    tracks = points(
        [*walk(7, early), *walk(8, late), *walk(8, early, y_m=2.0), *walk(7, late, y_m=2.0)]
    )
    score = score_tracks(truth, tracks)
    assert score.idf1 == pytest.approx(0.5)
    assert score.hota == pytest.approx(math.sqrt(1 / 3))


def test_an_offset_costs_the_thresholds_it_fails() -> None:
    """0.2 m off is a similarity of 0.6: 12 of the 19 thresholds 0.05 .. 0.95 hold."""
    score = score_tracks(points(walk(1, TEN)), points(walk(7, TEN, y_m=0.2)))
    assert score.idf1 == 1.0
    assert score.hota == pytest.approx(12 / 19)


def test_beyond_the_gate_nothing_matches() -> None:
    score = score_tracks(points(walk(1, TEN)), points(walk(7, TEN, y_m=0.51)))
    assert (score.idf1, score.hota) == (0.0, 0.0)


def test_nothing_at_all_is_no_score() -> None:
    score = score_tracks(points([]), points([]))
    assert math.isnan(score.idf1)
    assert math.isnan(score.hota)


def test_a_ghost_costs_precision() -> None:
    score = score_tracks(points([]), points(walk(1, TEN)))
    assert (score.idf1, score.hota) == (0.0, 0.0)


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 2**32 - 1))
def test_scores_are_shares_and_hota_lies_between_its_parts_squared(seed: int) -> None:
    rng = np.random.default_rng(seed)
    truth = points([(f, p, p + rng.normal(0, 0.1), 0.0) for f in TEN for p in range(3)])
    tracks = points(
        [
            (f, int(rng.integers(4)) * 10 + p, p + rng.normal(0, 0.3), 0.0)
            for f in TEN
            for p in range(3)
            if rng.random() < 0.8
        ]
    )
    score = score_tracks(truth, tracks)
    for value in (score.idf1, score.hota, score.detection, score.association):
        assert 0.0 <= value <= 1.0
    assert score.hota <= math.sqrt(score.detection * score.association) + 1e-9
