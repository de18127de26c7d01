"""Rates, signed bias, the equivalence test and the quarter-hour error, by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from evaluate_builders import crossing
from lintel.evaluate.measures import Period, Rates, biases, judge, quarter_hour_error
from lintel.evaluate.observed import SeenCrossing


def every(step_s: float, until_s: float) -> tuple[SeenCrossing, ...]:
    return tuple(crossing(float(t)) for t in np.arange(0.0, until_s, step_s))


def test_rates() -> None:
    rates = Rates(truth=10, matched=8, false=2)
    assert (rates.missed, rates.precision, rates.recall, rates.f1) == (2, 0.8, 0.8, 0.8)


def test_missed_and_doubled_do_not_cancel() -> None:
    rates = Rates(truth=100, matched=97, false=3)
    assert rates.f1 == pytest.approx(0.97)


def test_rates_of_nothing_are_not_a_number() -> None:
    assert all(math.isnan(v) for v in (Rates(0, 0, 0).f1, Rates(0, 0, 0).precision))
    assert math.isnan(Rates(0, 0, 0).recall)
    assert Rates(0, 0, 3).f1 == 0.0


def test_bias_is_signed_and_apart_for_lines_and_directions() -> None:
    truth = (*every(10, 600), crossing(1, "out"), crossing(2, "out", "aisle"))
    counted = (*every(10, 540), crossing(1, "out"), crossing(2, "out"))
    found = {(b.line, b.direction): b.bias for b in biases([Period(600.0, truth, counted)])}
    assert found == {
        ("door", "in"): pytest.approx(-0.1),
        ("door", "out"): pytest.approx(1.0),
        ("aisle", "out"): -1.0,
    }


def test_the_interval_holds_the_bias_and_comes_out_the_same_again() -> None:
    period = Period(3600.0, every(5, 3600), every(5, 3300))
    (bias,) = biases([period], seed=3)
    assert bias.low < bias.bias < bias.high
    assert bias == biases([period], seed=3)[0]
    assert bias != biases([period], seed=4)[0]


def test_the_interval_has_the_width_that_theory_gives() -> None:
    """One in 20 crossings missed by chance, one crossing a minute: binomial standard error."""
    rng = np.random.default_rng(1)
    truth = every(60, 4000 * 60)
    counted = tuple(c for c in truth if rng.random() > 0.05)
    (bias,) = biases([Period(4000 * 60.0, truth, counted)])
    expected = 2 * 1.96 * math.sqrt(0.05 * 0.95 / 4000)
    assert bias.high - bias.low == pytest.approx(expected, rel=0.12)


VERDICTS = [
    (5000, 60, -0.002, 0.004, "pass"),
    (5000, 60, -0.002, 0.012, "undecided"),
    (5000, 60, 0.011, 0.02, "fail"),
    (5000, 60, -0.03, -0.011, "fail"),
    (299, 60, 0.0, 0.0, "undecided"),
    (5000, 9, 0.0, 0.0, "undecided"),
    (1, 1, 1.0, 1.0, "undecided"),
    (0, 60, math.nan, math.nan, "undecided"),
]


@pytest.mark.parametrize(("truth", "minutes", "low", "high", "verdict"), VERDICTS)
def test_the_whole_interval_must_lie_within_one_percent(
    truth: int, minutes: int, low: float, high: float, verdict: str
) -> None:
    assert judge(truth=truth, minutes=minutes, low=low, high=high) == verdict


def test_a_right_count_of_few_people_proves_nothing() -> None:
    (bias,) = biases([Period(600.0, every(10, 600), every(10, 600))])
    assert (bias.bias, bias.verdict) == (0.0, "undecided")


def test_quarter_hours_do_not_make_up_for_each_other() -> None:
    truth = (*every(10, 900), *[crossing(900.0 + t) for t in range(0, 900, 10)])
    late = (*[crossing(float(t)) for t in range(0, 810, 10)], *truth[90:], *truth[90:99])
    assert len(late) == len(truth)
    assert quarter_hour_error([Period(1800.0, truth, late)]) == pytest.approx(18 / 180)


def test_quarter_hours_of_two_recordings_stay_apart() -> None:
    first = Period(60.0, (crossing(1.0),), ())
    second = Period(60.0, (crossing(1.0),), (crossing(1.0), crossing(2.0)))
    assert quarter_hour_error([first, second]) == pytest.approx(1.0)
    assert math.isnan(quarter_hour_error([Period(60.0, (), (crossing(1.0),))]))
