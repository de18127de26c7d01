"""Rates, signed bias with its interval, equivalence test, quarter-hour error."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from lintel.evaluate.observed import SeenCrossing

Verdict: TypeAlias = Literal["pass", "fail", "undecided"]

EQUIVALENCE = 0.01  # the whole interval within +-1 %
MIN_CROSSINGS = 300  # zero errors in n trials bound the rate at 95 % by 3/n: 1 % needs 300
MIN_MINUTES = 10  # fewer blocks make a bootstrap interval too narrow to be believed
RESAMPLES = 2000
MINUTE_S = 60.0
QUARTER_HOUR_S = 900.0


@dataclass(frozen=True, slots=True)
class Rates:
    """Counts of a matching, and the rates that follow from them."""

    truth: int
    matched: int
    false: int

    @property
    def missed(self) -> int:
        """True ones that were not found."""
        return self.truth - self.matched

    @property
    def precision(self) -> float:
        """Share of the found that is true; NaN when nothing was found."""
        found = self.matched + self.false
        return self.matched / found if found else math.nan

    @property
    def recall(self) -> float:
        """Share of the true that was found; NaN when there is nothing to find."""
        return self.matched / self.truth if self.truth else math.nan

    @property
    def f1(self) -> float:
        """2 matched / (truth + found); NaN when there is neither."""
        both = self.truth + self.matched + self.false
        return 2.0 * self.matched / both if both else math.nan

    def __add__(self, other: Rates) -> Rates:
        return Rates(
            self.truth + other.truth, self.matched + other.matched, self.false + other.false
        )


@dataclass(frozen=True, slots=True)
class Period:
    """The crossings of one stretch of recording: ``duration_s`` from 0, true and counted."""

    duration_s: float
    truth: tuple[SeenCrossing, ...]
    counted: tuple[SeenCrossing, ...]


@dataclass(frozen=True, slots=True)
class Bias:
    """(counted - true) / true of one line and direction, with its 95 % interval."""

    line: str
    direction: str
    truth: int
    counted: int
    minutes: int
    low: float
    high: float
    verdict: Verdict

    @property
    def bias(self) -> float:
        """Signed share; NaN without true crossings."""
        return (self.counted - self.truth) / self.truth if self.truth else math.nan


def biases(periods: Sequence[Period], *, seed: int = 0) -> tuple[Bias, ...]:
    """Signed bias per line and direction over all periods, bootstrapped over minutes.

    Whole minutes are drawn with replacement (block bootstrap: Efron and Tibshirani, An
    Introduction to the Bootstrap, 1993, ch. 8), because errors come in bursts: a crowd, a cart.
    """
    keys = sorted({(c.line, c.direction) for p in periods for c in (*p.truth, *p.counted)})
    return tuple(_bias(periods, line, direction, seed) for line, direction in keys)


def quarter_hour_error(periods: Sequence[Period]) -> float:
    """Sum of absolute errors per line, direction and quarter hour over the true total.

    NaN without true crossings.
    """
    total = sum(len(p.truth) for p in periods)
    if not total:
        return math.nan
    keys = {(c.line, c.direction) for p in periods for c in (*p.truth, *p.counted)}
    wrong = 0
    for line, direction in keys:
        truth, counted = _histograms(periods, line, direction, QUARTER_HOUR_S)
        wrong += int(np.abs(counted - truth).sum())
    return wrong / total


def judge(*, truth: int, minutes: int, low: float, high: float) -> Verdict:
    """Equivalence test: pass if the whole interval lies within +-1 %, fail if none of it does.

    With too few crossings or minutes the answer is ``undecided``, whatever the interval.
    """
    if truth < MIN_CROSSINGS or minutes < MIN_MINUTES:
        return "undecided"
    if low > EQUIVALENCE or high < -EQUIVALENCE:
        return "fail"
    return "pass" if low >= -EQUIVALENCE and high <= EQUIVALENCE else "undecided"


def _bias(periods: Sequence[Period], line: str, direction: str, seed: int) -> Bias:
    truth, counted = _histograms(periods, line, direction, MINUTE_S)
    low, high = _interval(truth, counted, seed)
    return Bias(
        line=line,
        direction=direction,
        truth=int(truth.sum()),
        counted=int(counted.sum()),
        minutes=len(truth),
        low=low,
        high=high,
        verdict=judge(truth=int(truth.sum()), minutes=len(truth), low=low, high=high),
    )


def _interval(
    truth: npt.NDArray[np.int64], counted: npt.NDArray[np.int64], seed: int
) -> tuple[float, float]:
    rng = np.random.default_rng(seed)
    drawn = rng.integers(0, len(truth), size=(RESAMPLES, len(truth)))
    totals = truth[drawn].sum(axis=1)
    usable = totals > 0
    if not usable.any():
        return math.nan, math.nan
    ratios = (counted[drawn].sum(axis=1)[usable] - totals[usable]) / totals[usable]
    low, high = np.percentile(ratios, [2.5, 97.5])
    return float(low), float(high)


def _histograms(
    periods: Sequence[Period], line: str, direction: str, bin_s: float
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """True and counted crossings per bin; no bin spans two periods."""
    truth, counted = list[int](), list[int]()
    for period in periods:
        bins = max(1, math.ceil(period.duration_s / bin_s))
        for histogram, crossings in ((truth, period.truth), (counted, period.counted)):
            times = _times(crossings, line, direction)
            place = np.clip((times // bin_s).astype(np.int64), 0, bins - 1)
            histogram.extend(np.bincount(place, minlength=bins).tolist())
    return np.array(truth, dtype=np.int64), np.array(counted, dtype=np.int64)


def _times(crossings: Iterable[SeenCrossing], line: str, direction: str) -> npt.NDArray[np.float64]:
    return np.array(
        [c.t_s for c in crossings if (c.line, c.direction) == (line, direction)],
        dtype=np.float64,
    )
