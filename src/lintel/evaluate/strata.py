"""Scores per stratum. A pooled figure over strata is never made: it would hide the hard ones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lintel.evaluate.attributes import AttributeScore
from lintel.evaluate.belonging import PairScore
from lintel.evaluate.measures import Bias, Rates, biases, quarter_hour_error
from lintel.evaluate.pooling import PooledPeople, pool_people
from lintel.evaluate.score import RecordingScore
from lintel.evaluate.visits import NO_VISITS, VisitScore

UNNAMED = "unnamed"


@dataclass(frozen=True, slots=True)
class StratumScore:
    """All recordings of one stratum together. A recording may belong to several."""

    stratum: str
    recordings: int
    crossings: Rates
    bias: tuple[Bias, ...]
    quarter_hour_error: float
    false_without_people: int | None  # counts on scenes without people; None if there are none
    people: PooledPeople | None  # None without truth_heads.npz
    visits: VisitScore | None = None
    groups: PairScore | None = None
    attributes: AttributeScore | None = None


def score_strata(scores: Sequence[RecordingScore]) -> tuple[StratumScore, ...]:
    """One score per stratum, by name."""
    names = sorted({name for score in scores for name in strata_of(score)})
    return tuple(_stratum(name, [s for s in scores if name in strata_of(s)]) for name in names)


def strata_of(score: RecordingScore) -> tuple[str, ...]:
    """Strata of a recording; one that names none stands in its own, `unnamed`."""
    return score.strata or (UNNAMED,)


def _stratum(name: str, scores: Sequence[RecordingScore]) -> StratumScore:
    periods = [score.period for score in scores]
    empty = [len(score.period.counted) for score in scores if score.without_people]
    return StratumScore(
        stratum=name,
        recordings=len(scores),
        crossings=_sum(score.crossings for score in scores),
        bias=biases(periods),
        quarter_hour_error=quarter_hour_error(periods),
        false_without_people=sum(empty) if empty else None,
        people=pool_people([score.people for score in scores if score.people is not None]),
        visits=sum((s.visits for s in scores if s.visits is not None), start=NO_VISITS)
        if any(score.visits is not None for score in scores)
        else None,
        groups=sum((s.groups for s in scores if s.groups is not None), start=PairScore())
        if any(score.groups is not None for score in scores)
        else None,
        attributes=sum(
            (s.attributes for s in scores if s.attributes is not None), start=AttributeScore()
        )
        if any(score.attributes is not None for score in scores)
        else None,
    )


def _sum(rates: Iterable[Rates]) -> Rates:
    return sum(rates, start=Rates(0, 0, 0))
