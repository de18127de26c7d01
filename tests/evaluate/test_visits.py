"""Visits against truth: matched, split, merged, missed, false."""

from __future__ import annotations

import math

import numpy as np
import pytest

from lintel.config import ZoneConfig
from lintel.evaluate.visits import NO_VISITS, SeenVisit, VisitScore, ruled_visits, score_visits
from lintel.truth import TrueVisit

Span = tuple[float, float]
ZONE = ZoneConfig("till", np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0]]))


def visits(*spans: Span, zone: str = "till") -> list[SeenVisit]:
    return [SeenVisit(zone, *span) for span in spans]


def counts(score: VisitScore) -> tuple[int, int, int, int, int]:
    return len(score.dwell_errors_s), score.split, score.merged, score.missed, score.false


@pytest.mark.parametrize(
    ("story", "true", "counted", "expected"),
    [
        ("nothing", [], [], (0, 0, 0, 0, 0)),
        ("as it was", [(0, 9), (20, 30)], [(0.3, 9.1), (20, 29)], (2, 0, 0, 0, 0)),
        ("two at once", [(0, 9), (0.5, 9.5)], [(0.6, 9.5), (0, 8.8)], (2, 0, 0, 0, 0)),
        ("lost in between", [(0, 20)], [(0, 8), (11, 20)], (0, 1, 0, 0, 0)),
        ("told as one", [(0, 8), (10, 20)], [(0, 20)], (0, 0, 2, 0, 0)),
        ("not seen", [(0, 9)], [], (0, 0, 0, 1, 0)),
        ("nobody was there", [], [(0, 9)], (0, 0, 0, 0, 1)),
        ("ended much too early", [(0, 20)], [(0, 9)], (0, 0, 0, 1, 1)),
        ("another one meanwhile", [(0, 20), (5, 9)], [(0, 20), (5, 9)], (2, 0, 0, 0, 0)),
        ("beyond the gate", [(0, 9)], [(2.1, 9)], (0, 0, 0, 1, 1)),
    ],
)
def test_stories(
    story: str, true: list[Span], counted: list[Span], expected: tuple[int, int, int, int, int]
) -> None:
    del story
    assert counts(score_visits(visits(*true), visits(*counted))) == expected


def test_zones_are_scored_apart_and_scores_add_up() -> None:
    one = score_visits(visits((0, 9)), visits((0, 9), zone="exit"))
    assert counts(one) == (0, 0, 0, 1, 1)
    both = one + score_visits(visits((0, 9), (20, 40)), visits((0.5, 9), (20, 41)))
    assert (both.truth, both.counted) == (3, 3)
    assert both.median_error_s == pytest.approx(0.75)
    assert both.p95_error_s <= 1.0
    assert both.broken_share == 0.0
    assert math.isnan(NO_VISITS.median_error_s)
    assert math.isnan(NO_VISITS.broken_share)


def test_true_stays_are_put_through_the_rules_of_the_zone() -> None:
    stays = [
        TrueVisit(zone="till", person=1, enter_s=0.0, leave_s=4.0),
        TrueVisit(zone="till", person=2, enter_s=3.0, leave_s=3.5),
        TrueVisit(zone="till", person=1, enter_s=5.9, leave_s=9.0),
        TrueVisit(zone="till", person=1, enter_s=11.5, leave_s=14.0),
        TrueVisit(zone="hall", person=1, enter_s=0.0, leave_s=99.0),
    ]
    assert ruled_visits(stays, [ZONE]) == tuple(visits((0.0, 9.0), (11.5, 14.0)))
