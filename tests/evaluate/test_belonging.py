"""Groups of tracks scored by the people behind them."""

from __future__ import annotations

import math

import numpy as np
import pytest

from evaluate_builders import points, walk
from lintel.evaluate.belonging import (
    PairScore,
    pairs_in_view,
    person_of_track,
    score_pairs,
)
from lintel.truth import TruePerson

FAMILY = [
    TruePerson(id=k, stature_m=1.7, group=group) for k, group in enumerate([7, 7, 7, None, 8, 8])
]


def pairs(*groups: tuple[int, ...], seen: range = range(6)) -> PairScore:
    person_of = {10 + k: k for k in range(6)} | {20: 0}
    return score_pairs(groups, FAMILY, person_of=person_of, visible=seen)


def test_a_track_belongs_to_the_person_that_it_is_nearest_to() -> None:
    truth = points([*walk(1, range(20)), *walk(2, range(20), y_m=1.0)])
    tracks = points(
        [*walk(10, range(20), y_m=0.1), *walk(11, range(12), y_m=1.1), *walk(12, range(9), y_m=5.0)]
    )
    assert person_of_track(truth, tracks) == {10: 1, 11: 2}


@pytest.mark.parametrize(
    ("story", "groups", "hits", "said"),
    [
        ("all found", [(10, 11, 12), (14, 15)], 4, 4),
        ("one left out", [(10, 11), (14, 15)], 2, 2),
        ("a stranger among them", [(10, 11, 12, 13)], 3, 6),
        ("one person under two numbers", [(10, 20, 11)], 1, 1),
        ("a track of nobody", [(14, 15, 99)], 1, 3),
        ("nobody", [], 0, 0),
    ],
)
def test_stories(story: str, groups: list[tuple[int, ...]], hits: int, said: int) -> None:
    del story
    score = pairs(*groups)
    assert (score.hits, score.said, score.true) == (hits, said, 4)


def test_who_was_never_in_view_is_nobody_to_find() -> None:
    assert pairs((10, 11, 12), seen=range(2)) == PairScore(hits=1, said=1, true=1, people=2)


def test_counts_add_up_before_rates_are_made() -> None:
    both = pairs((10, 11, 12), (14, 15)) + pairs((10, 13))
    assert both.precision == pytest.approx(0.8)
    assert both.recall == 0.5
    assert both.f1 == pytest.approx(8 / 13)
    assert math.isnan(PairScore().f1)


def test_who_comes_through_long_after_the_others_need_not_be_found_with_them() -> None:
    frame, person = np.array([0, 0, 1, 1, 9]), np.array([1, 0, 0, 1, 2])
    met = pairs_in_view(frame, person)
    assert met == {(0, 1)}
    alone = {10 + k: k for k in range(6)}
    score = score_pairs([(10, 11)], FAMILY, person_of=alone, visible=range(4), met=met)
    assert (score.hits, score.said, score.true) == (1, 1, 1)
    guessed = score_pairs([(10, 11, 12)], FAMILY, person_of=alone, visible=range(4), met=met)
    assert (guessed.hits, guessed.said, guessed.true) == (1, 1, 1)
