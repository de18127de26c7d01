"""Totals from events: per line, and per line and quarter hour. Events are the truth."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lintel.clock import NS_PER_S
from lintel.records import Crossing, Direction, Event, LineTotals

QUARTER_HOUR_S = 900.0


@dataclass(frozen=True, slots=True)
class PeriodTotals:
    """Counts of one line in ``[start_s, start_s + period)`` seconds after the first frame."""

    line: str
    start_s: float
    entered: int
    left: int


def totals_per_line(events: Iterable[Event], lines: Sequence[str] = ()) -> dict[str, LineTotals]:
    """Totals of each line, ``lines`` first and in their order; a line without events has zeros."""
    counts = Counter((e.line, e.direction) for e in events if isinstance(e, Crossing))
    names = dict.fromkeys([*lines, *sorted(line for line, _ in counts)])
    return {
        name: LineTotals(counts[name, Direction.IN], counts[name, Direction.OUT]) for name in names
    }


def quarter_hour_totals(
    events: Iterable[Event], *, start_ns: int = 0, period_s: float = QUARTER_HOUR_S
) -> list[PeriodTotals]:
    """Totals per line and period that has events, in order of time, then of name.

    An event whose moment lies before ``start_ns`` (extrapolated back from a track's birth)
    belongs to the first period.
    """
    counts = Counter(
        (max(0, (e.t_ns - start_ns) // round(period_s * NS_PER_S)), e.line, e.direction)
        for e in events
        if isinstance(e, Crossing)
    )
    return [
        PeriodTotals(
            line,
            period * period_s,
            counts[period, line, Direction.IN],
            counts[period, line, Direction.OUT],
        )
        for period, line in sorted({(period, line) for period, line, _ in counts})
    ]
