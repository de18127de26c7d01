"""How many crossings the equivalence test takes: the published figures, and what grows when."""

from __future__ import annotations

import numpy as np
import pytest

from lintel.evaluate.measures import Bias, Verdict, judge
from lintel.evaluate.sample_size import crossings_needed, more_needed


def result(truth: int, counted: int, low: float, high: float, minutes: int = 60) -> Bias:
    verdict: Verdict = judge(truth=truth, minutes=minutes, low=low, high=high)
    return Bias("door", "in", truth, counted, minutes, low, high, verdict)


@pytest.mark.parametrize(
    ("error_rate", "bias", "needed"), [(0.01, 0.0, 1300), (0.01, 0.005, 4204), (0.0, 0.0, 300)]
)
def test_the_figures_of_the_accuracy_page(error_rate: float, bias: float, needed: int) -> None:
    found = crossings_needed(error_rate=error_rate, bias=bias)
    assert found is not None
    assert abs(found - needed) <= 1


@pytest.mark.parametrize("bias", [0.01, -0.01, 0.5, -1.0])
def test_a_bias_beyond_the_margin_never_passes(bias: float) -> None:
    assert crossings_needed(error_rate=0.01, bias=bias) is None


def test_with_that_many_crossings_nine_of_ten_tests_pass() -> None:
    rng = np.random.default_rng(0)
    crossings = crossings_needed(error_rate=0.01, bias=0.0)
    assert crossings is not None
    errors = rng.choice([-1, 0, 1], p=[0.005, 0.99, 0.005], size=(4000, crossings))
    mean, sigma = errors.mean(axis=1), errors.std(axis=1) / np.sqrt(crossings)
    passed = np.abs(mean) + 1.96 * sigma <= 0.01
    assert 0.87 <= passed.mean() <= 0.93


def test_nothing_more_is_needed_once_it_passed() -> None:
    assert more_needed(result(2000, 2001, -0.004, 0.006), errors=5) == 0


def test_without_crossings_the_least_number_is_needed() -> None:
    assert more_needed(result(0, 0, float("nan"), float("nan"), 3), errors=0) == 300


def test_more_is_needed_while_minutes_are_few() -> None:
    assert more_needed(result(600, 600, 0.0, 0.0, minutes=5), errors=0) == 600


def test_bursts_ask_for_more_than_the_formula() -> None:
    plain = more_needed(result(1000, 1000, -0.012, 0.012), errors=2)
    assert plain is not None
    bursty = more_needed(result(1000, 1000, -0.04, 0.04), errors=2)
    assert bursty is not None
    assert bursty > plain > 0
