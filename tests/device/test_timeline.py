"""UTC of monotonic instants, when the wall clock is set, is late, or drifts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lintel.clock import ManualClock
from lintel.device.counting.timeline import Timeline

START = datetime(2026, 5, 4, 10, tzinfo=UTC)


def started() -> tuple[ManualClock, Timeline]:
    clock = ManualClock(utc=START, now_ns=7)
    return clock, Timeline(clock)


def test_without_a_step_both_clocks_run_alike() -> None:
    clock, timeline = started()
    for _ in range(100):
        clock.advance(1.0)
        assert timeline.check() is None
    assert timeline.now() == clock.utc()


@pytest.mark.parametrize(("seconds", "back"), [(1.0, False), (7200.0, False), (-3600.0, True)])
def test_a_step_is_followed_at_once_and_told(seconds: float, *, back: bool) -> None:
    clock, timeline = started()
    clock.advance(10.0)
    before_ns = clock.now_ns()
    clock.step_utc(seconds)
    clock.advance(1.0)
    step = timeline.check()
    assert step is not None
    assert (round(step.seconds), step.back) == (seconds, back)
    assert timeline.now() == clock.utc()
    assert timeline.utc_at(before_ns) == START + timedelta(seconds=10)  # what was, stays
    assert timeline.check() is None


def test_a_clock_set_back_a_little_is_waited_for_so_that_no_moment_comes_twice() -> None:
    clock, timeline = started()
    clock.step_utc(-4.0)
    told = [timeline.now()]
    steps = []
    for _ in range(20):
        clock.advance(1.0)
        steps.append(timeline.check())
        told.append(timeline.now())
    assert [step is not None for step in steps] == [True] + [False] * 19
    assert told == sorted(told)
    assert timeline.now() == clock.utc()


@settings(deadline=None)
@given(st.lists(st.tuples(st.floats(0.1, 30.0), st.floats(-29.0, 500.0)), max_size=12))
def test_time_never_runs_backwards_for_small_steps(moves: list[tuple[float, float]]) -> None:
    clock, timeline = started()
    last = timeline.now()
    for wait_s, step_s in moves:
        clock.step_utc(step_s)
        clock.advance(wait_s)
        step = timeline.check()
        if step is not None and step.back:
            last = timeline.now()  # small ones that added up to a large one
        assert timeline.now() >= last
        last = timeline.now()
