"""Detection scores: which heads were found, how far off, how tall."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lintel.evaluate.matching import HEAD_GATE_M, HeadMatch, match_heads
from lintel.evaluate.measures import Rates
from lintel.evaluate.observed import FramePoints
from lintel.truth import TruePerson


@dataclass(frozen=True, slots=True)
class Spread:
    """Mean error (bias) and standard deviation (sigma), centimetres, of ``count`` values."""

    count: int
    bias_cm: float  # NaN without values
    sigma_cm: float  # NaN with fewer than two

    @classmethod
    def of(cls, errors_m: npt.NDArray[np.float64]) -> Spread:
        """Bias and sigma of errors (N,) in metres; NaN are left out."""
        errors = errors_m[np.isfinite(errors_m)] * 100.0
        return cls(
            len(errors),
            float(errors.mean()) if len(errors) else float("nan"),
            float(errors.std(ddof=1)) if len(errors) > 1 else float("nan"),
        )


@dataclass(frozen=True, slots=True)
class HeadScore:
    """Heads found per frame, within 0.3 m on the floor."""

    rates: Rates
    position_median_cm: float  # NaN without matches
    position_p95_cm: float
    height: Spread  # head top: detected z - true z
    apart_cm: tuple[float, ...] = ()  # of every match, on the floor


def score_heads(truth: FramePoints, seen: FramePoints, *, gate_m: float = HEAD_GATE_M) -> HeadScore:
    """Score detections against the true heads that must be found."""
    match = match_heads(truth, seen, gate_m=gate_m)
    matched = len(match.truth)
    apart_cm = match.distance_m * 100.0
    median, p95 = (
        (float(q) for q in np.percentile(apart_cm, [50, 95]))
        if matched
        else (float("nan"), float("nan"))
    )
    return HeadScore(
        rates=Rates(truth=len(truth), matched=matched, false=len(seen) - matched),
        position_median_cm=median,
        position_p95_cm=p95,
        height=Spread.of(truth_to_seen_m(truth, seen, match)),
        apart_cm=tuple(round(float(cm), 2) for cm in apart_cm),
    )


def truth_to_seen_m(
    truth: FramePoints, seen: FramePoints, match: HeadMatch
) -> npt.NDArray[np.float64]:
    """Height errors (M,) of matched heads, metres."""
    return np.asarray(seen.xyz_m[match.seen, 2] - truth.xyz_m[match.truth, 2])


def score_stature(
    truth: FramePoints, tracks: FramePoints, people: tuple[TruePerson, ...], *, gate_m: float
) -> Spread:
    """Errors of stature, one value per person: median of the tracks on that person - truth.

    Stature is barefoot by definition, so hair, hats and shoes show as bias.
    """
    match = match_heads(truth, tracks, gate_m=gate_m)
    measured, person = tracks.stature_m[match.seen], truth.id[match.truth]
    errors = [
        float(np.nanmedian(own)) - who.stature_m
        for who in people
        if np.isfinite(own := measured[person == who.id]).any()
    ]
    return Spread.of(np.array(errors, dtype=np.float64))
