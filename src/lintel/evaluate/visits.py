"""Stays in zones: how exactly dwell is measured, and how many visits were split or merged.

True stays are put through the zone's own rules first (a short absence does not end a visit, a short
stay is none). A counted visit matches a true one when both begin and end within ``GATE_S`` of each
other; pairs are chosen so that as many as possible match, then as closely as possible.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import linear_sum_assignment

from lintel.config import ZoneConfig
from lintel.truth import TrueVisit

GATE_S = 2.0


@dataclass(frozen=True, slots=True)
class SeenVisit:
    """A counted visit, in seconds of the recording."""

    zone: str
    enter_s: float
    leave_s: float

    @property
    def dwell_s(self) -> float:
        """Length of the stay."""
        return self.leave_s - self.enter_s


@dataclass(frozen=True, slots=True)
class VisitScore:
    """Visits of one or many recordings.

    ``dwell_errors_s``: counted less true dwell of the matched. Of the true visits that matched
    none, ``split`` were told as several, ``merged`` were told together with another as one, and
    ``missed`` not at all or at other times. ``false``: counted, matched none, part of no split.
    """

    truth: int
    counted: int
    split: int
    merged: int
    missed: int
    false: int
    dwell_errors_s: tuple[float, ...] = field(repr=False)

    @property
    def median_error_s(self) -> float:
        """Median of the absolute dwell errors; NaN without matches."""
        errors = self.dwell_errors_s
        return float(np.median(np.abs(errors))) if errors else float("nan")

    @property
    def p95_error_s(self) -> float:
        """95 % of the dwell errors are not larger; NaN without matches."""
        errors = self.dwell_errors_s
        return float(np.quantile(np.abs(errors), 0.95)) if errors else float("nan")

    @property
    def broken_share(self) -> float:
        """Split or merged visits by true ones; NaN without any."""
        return (self.split + self.merged) / self.truth if self.truth else float("nan")

    def __add__(self, other: VisitScore) -> VisitScore:
        return VisitScore(
            self.truth + other.truth,
            self.counted + other.counted,
            self.split + other.split,
            self.merged + other.merged,
            self.missed + other.missed,
            self.false + other.false,
            self.dwell_errors_s + other.dwell_errors_s,
        )


NO_VISITS = VisitScore(0, 0, 0, 0, 0, 0, ())


def ruled_visits(stays: Iterable[TrueVisit], zones: Sequence[ZoneConfig]) -> tuple[SeenVisit, ...]:
    """True stays by the rules of their zones; those of other zones are left aside."""
    rules = {zone.name: zone for zone in zones}
    joined: dict[tuple[str, int], list[SeenVisit]] = {}
    for stay in sorted(stays, key=lambda one: one.enter_s):
        if stay.zone not in rules:
            continue
        mine = joined.setdefault((stay.zone, stay.person), [])
        if mine and stay.enter_s - mine[-1].leave_s <= rules[stay.zone].return_within_s:
            mine[-1] = SeenVisit(stay.zone, mine[-1].enter_s, stay.leave_s)
        else:
            mine.append(SeenVisit(stay.zone, stay.enter_s, stay.leave_s))
    visits = [visit for mine in joined.values() for visit in mine]
    return tuple(visit for visit in visits if visit.dwell_s >= rules[visit.zone].min_dwell_s)


def score_visits(truth: Sequence[SeenVisit], counted: Sequence[SeenVisit]) -> VisitScore:
    """Score counted visits against true ones, zone by zone."""
    names = sorted({visit.zone for visit in (*truth, *counted)})
    scores = (
        _score([v for v in truth if v.zone == name], [v for v in counted if v.zone == name])
        for name in names
    )
    return sum(scores, start=NO_VISITS)


def _score(truth: Sequence[SeenVisit], counted: Sequence[SeenVisit]) -> VisitScore:
    pairs = _matched(truth, counted)
    left = [v for k, v in enumerate(truth) if k not in {row for row, _ in pairs}]
    spare = [v for k, v in enumerate(counted) if k not in {column for _, column in pairs}]
    split = [v for v in left if sum(_within(part, v) for part in spare) > 1]
    merged = [
        v for v in left if any(_covers_several(whole, v, truth) for whole in spare)
    ]  # fmt: skip
    merged = [v for v in merged if v not in split]
    parts = [s for s in spare if any(_within(s, v) for v in split)]
    wholes = [s for s in spare if any(_within(v, s) for v in merged)]
    errors = tuple(counted[column].dwell_s - truth[row].dwell_s for row, column in pairs)
    return VisitScore(
        truth=len(truth),
        counted=len(counted),
        split=len(split),
        merged=len(merged),
        missed=len(left) - len(split) - len(merged),
        false=len(spare) - len(parts) - len([w for w in wholes if w not in parts]),
        dwell_errors_s=errors,
    )


def _matched(truth: Sequence[SeenVisit], counted: Sequence[SeenVisit]) -> list[tuple[int, int]]:
    if not truth or not counted:
        return []
    apart = np.array(
        [[max(abs(t.enter_s - c.enter_s), abs(t.leave_s - c.leave_s)) for c in counted]
         for t in truth]
    )  # fmt: skip
    fits = apart <= GATE_S
    rows, columns = linear_sum_assignment(np.where(fits, apart, 1e6))
    return [(r, c) for r, c in zip(rows.tolist(), columns.tolist(), strict=True) if fits[r, c]]


def _within(part: SeenVisit, whole: SeenVisit) -> bool:
    """Whether most of ``part`` lies inside ``whole``."""
    overlap = min(part.leave_s, whole.leave_s) - max(part.enter_s, whole.enter_s)
    return overlap > 0.5 * max(part.dwell_s, math.ulp(1.0))


def _covers_several(whole: SeenVisit, visit: SeenVisit, truth: Sequence[SeenVisit]) -> bool:
    """Whether ``whole`` tells ``visit`` and the one before or after it as one, end to end."""
    if not _within(visit, whole):
        return False
    inside = [one for one in truth if _within(one, whole)]
    begins = any(abs(one.enter_s - whole.enter_s) <= GATE_S for one in inside)
    ends = any(abs(one.leave_s - whole.leave_s) <= GATE_S for one in inside)
    return len(inside) > 1 and begins and ends
