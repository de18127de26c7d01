"""Occupancy from lines: drift, its learning, and an interval that holds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lintel.count.occupancy import OccupancyMeter, OccupancySettings, OccupancyState
from lintel.errors import ContractError
from lintel.records import Crossing, Direction

SIDES = {"front": Direction.IN, "back": Direction.OUT}


def went(line: str, direction: Direction, t_ns: int = 0) -> Crossing:
    return Crossing(line, direction, t_ns, (0.0, 0.0), "test")


def test_each_line_says_which_way_is_into_the_room() -> None:
    meter = OccupancyMeter(SIDES)
    meter.step([went("front", Direction.IN), went("back", Direction.OUT)])
    meter.step([went("front", Direction.OUT), went("street", Direction.IN)])
    estimate = meter.estimate()
    assert (estimate.people, estimate.counted) == (1.0, 1)
    assert estimate.lower < 1.0 < estimate.upper


@given(st.lists(st.tuples(st.sampled_from(list(SIDES)), st.sampled_from(Direction)), max_size=80))
def test_never_negative_never_silent(passages: list[tuple[str, Direction]]) -> None:
    meter, people = OccupancyMeter(SIDES), 0.0
    for line, direction in passages:
        told = meter.step([went(line, direction)])
        change = 1 if direction is SIDES[line] else -1
        now = meter.estimate()
        assert now.people == pytest.approx(people + change + sum(c.after - c.before for c in told))
        assert bool(told) is (people + change < 0)
        assert 0.0 <= now.lower <= now.people <= now.upper
        people = now.people


def test_the_night_teaches_the_drift_and_says_so() -> None:
    meter = OccupancyMeter({"door": Direction.IN})
    for day in range(6):  # one exit in a hundred is missed
        for k in range(1000):
            meter.step([went("door", Direction.IN)])
            if k % 100 != 99:
                meter.step([went("door", Direction.OUT)])
        before = meter.estimate().people
        told = meter.known_empty(t_ns=day)
        assert (told.before, told.after) == (before, 0.0)
        assert "+10 remained of 1990 crossings" in told.reason
    assert meter.state.days_learned == 6
    assert meter.estimate().drift_per_crossing == pytest.approx(10 / 1990, rel=0.1)
    assert before < 2.0  # of ten that the first day was wrong by
    assert meter.estimate().people == 0.0


def test_a_quiet_day_teaches_nothing() -> None:
    meter = OccupancyMeter(SIDES)
    meter.step([went("front", Direction.IN)])
    meter.known_empty(t_ns=0)
    assert (meter.state.days_learned, meter.state.drift, meter.state.entries) == (0, 0.0, 0)


def test_the_state_survives_a_restart() -> None:
    meter = OccupancyMeter(SIDES)
    for _ in range(60):
        meter.step([went("front", Direction.IN), went("front", Direction.OUT)])
    meter.step([went("front", Direction.IN)])
    again = OccupancyMeter(SIDES, state=OccupancyState.from_text(meter.state.to_text()))
    assert again.estimate() == meter.estimate()
    meter.reset()
    assert meter.estimate().people == 0.0


def test_the_interval_holds_for_95_days_in_a_hundred() -> None:
    """A line that misses 0.3 % and doubles 0.2 %; the truth is known at closing time."""
    rng = np.random.default_rng(4)
    meter = OccupancyMeter({"door": Direction.IN}, settings=OccupancySettings(crossing_error=0.07))
    inside = 0
    for day in range(200):
        entered = int(rng.integers(300, 600))
        still = int(rng.integers(5, 40))
        for direction, count in ((Direction.IN, entered), (Direction.OUT, entered - still)):
            told = rng.choice([0, 1, 2], size=count, p=[0.003, 0.995, 0.002]).sum()
            meter.step([went("door", direction)] * int(told))
        estimate = meter.estimate()
        inside += estimate.lower <= still <= estimate.upper
        for _ in range(still):
            meter.step([went("door", Direction.OUT)])
        meter.known_empty(t_ns=day)
    assert inside / 200 >= 0.93


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"entries": "x"}', "null"])
def test_a_state_that_was_not_kept_here_is_refused(text: str) -> None:
    with pytest.raises(ContractError, match="no kept state"):
        OccupancyState.from_text(text)


def test_a_room_needs_a_door() -> None:
    with pytest.raises(ContractError, match="at least one line"):
        OccupancyMeter({})
    with pytest.raises(ContractError, match="must be positive"):
        OccupancySettings(crossing_error=0.0)
