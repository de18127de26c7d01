"""Intervals and chance for the tests of reports."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

from lintel.records import Interval, LineTotals

MIDNIGHT = datetime(2026, 5, 4, tzinfo=UTC)


def hour(
    number: int,
    entered: int = 0,
    left: int = 0,
    *,
    place: str = "door",
    coverage: float = 1.0,
    minutes: int = 60,
    dwell: tuple[tuple[float, int], ...] = (),
    start: datetime = MIDNIGHT,
) -> Interval:
    """The ``number``-th hour (or other period) after ``start``."""
    begin = start + number * timedelta(minutes=minutes)
    return Interval(
        start_utc=begin,
        end_utc=begin + timedelta(minutes=minutes),
        place=place,
        totals=LineTotals(entered, left),
        occupancy_mean=0.25,
        occupancy_max=2,
        dwell_histogram_s=dwell,
        coverage=coverage,
        dropped_frames=3,
    )


class SeededRandomness:
    """Chance that repeats itself, for statistics."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def below(self, bound: int) -> int:
        """A whole number in ``0..bound - 1``."""
        return self._random.randrange(bound)
