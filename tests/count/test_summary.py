"""Totals are derived from events and from nothing else."""

from __future__ import annotations

from lintel.count.summary import PeriodTotals, quarter_hour_totals, totals_per_line
from lintel.records import Crossing, Direction, Event, LineTotals, ZoneEnter


def crossed(line: str, direction: Direction, t_s: float) -> Crossing:
    return Crossing(line, direction, round(t_s * 1e9), (0.0, 0.0), "walked")


EVENTS: list[Event] = [
    crossed("door", Direction.IN, 1.0),
    crossed("door", Direction.IN, 899.9),
    crossed("door", Direction.OUT, 900.0),
    crossed("aisle", Direction.IN, 1900.0),
    ZoneEnter("till", 5, "walked"),
]


def test_totals_of_known_lines_come_first_and_may_be_zero() -> None:
    assert totals_per_line(EVENTS, ["exit", "door"]) == {
        "exit": LineTotals(0, 0),
        "door": LineTotals(2, 1),
        "aisle": LineTotals(1, 0),
    }


def test_a_quarter_hour_is_half_open() -> None:
    assert quarter_hour_totals(EVENTS) == [
        PeriodTotals("door", 0.0, 2, 0),
        PeriodTotals("door", 900.0, 0, 1),
        PeriodTotals("aisle", 1800.0, 1, 0),
    ]


def test_quarter_hours_begin_with_the_first_frame() -> None:
    assert quarter_hour_totals(EVENTS[:2], start_ns=1_000_000_000) == [
        PeriodTotals("door", 0.0, 2, 0)
    ]


def test_a_moment_before_the_first_frame_belongs_to_the_first_period() -> None:
    event = crossed("door", Direction.IN, 9.8)
    assert quarter_hour_totals([event], start_ns=10_000_000_000)[0].start_s == 0.0


def test_periods_partition_the_events() -> None:
    for period_s in (1.0, 60.0, 3600.0):
        rows = quarter_hour_totals(EVENTS, period_s=period_s)
        assert sum(row.entered + row.left for row in rows) == 4
