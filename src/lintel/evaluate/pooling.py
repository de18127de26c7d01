"""Scores of heads and tracks of several recordings together, with intervals."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lintel.evaluate.heads import Spread
from lintel.evaluate.measures import Rates
from lintel.evaluate.score import PeopleScore

Z95 = 1.959964  # two-sided 95 % of a normal number


@dataclass(frozen=True, slots=True)
class PooledPeople:
    """Heads of all recordings in one pot; IDF1 and HOTA are means weighted by true points."""

    heads: Rates
    position_median_cm: float
    position_p95_cm: float
    height: Spread
    stature: Spread
    track_points: int  # true ones
    idf1: float
    hota: float


def pool_people(scores: Sequence[PeopleScore]) -> PooledPeople | None:
    """Pool what recordings with head truth gave; None without any."""
    if not scores:
        return None
    apart = np.array([cm for score in scores for cm in score.heads.apart_cm])
    median, p95 = np.percentile(apart, [50, 95]) if len(apart) else (math.nan, math.nan)
    weights = [score.tracks.truth_points for score in scores]
    return PooledPeople(
        heads=sum((score.heads.rates for score in scores), start=Rates(0, 0, 0)),
        position_median_cm=float(median),
        position_p95_cm=float(p95),
        height=_pooled([score.heads.height for score in scores]),
        stature=_pooled([score.stature for score in scores]),
        track_points=sum(weights),
        idf1=_mean([score.tracks.idf1 for score in scores], weights),
        hota=_mean([score.tracks.hota for score in scores], weights),
    )


def wilson(hits: float, trials: float) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson, 1927); NaN without trials.

    Heads in frames that follow each other err together, so that for them it is too narrow.
    """
    if trials <= 0.0:
        return math.nan, math.nan
    share, z2 = hits / trials, Z95**2
    middle = share + z2 / (2.0 * trials)
    reach = Z95 * math.sqrt(share * (1.0 - share) / trials + z2 / (4.0 * trials**2))
    low, high = ((middle + sign * reach) / (1.0 + z2 / trials) for sign in (-1.0, 1.0))
    return max(0.0, low), min(1.0, high)


def f1_interval(rates: Rates) -> tuple[float, float]:
    """The 95 % interval of F1, as of a share of (true + found) / 2 trials; an approximation."""
    return wilson(rates.matched, 0.5 * (rates.truth + rates.matched + rates.false))


def _pooled(spreads: Sequence[Spread]) -> Spread:
    """Bias and sigma of all values together, from those of the parts."""
    parts = [spread for spread in spreads if spread.count]
    count = sum(part.count for part in parts)
    if not count:
        return Spread(0, math.nan, math.nan)
    bias = sum(part.count * part.bias_cm for part in parts) / count
    square = sum(
        part.count * (part.bias_cm - bias) ** 2
        + (part.count - 1) * (part.sigma_cm**2 if part.count > 1 else 0.0)
        for part in parts
    )
    return Spread(count, bias, math.sqrt(square / (count - 1)) if count > 1 else math.nan)


def _mean(values: Sequence[float], weights: Sequence[int]) -> float:
    pairs = [
        (value, weight)
        for value, weight in zip(values, weights, strict=True)
        if math.isfinite(value) and weight
    ]
    total = sum(weight for _, weight in pairs)
    return sum(value * weight for value, weight in pairs) / total if total else math.nan
