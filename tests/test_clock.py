"""Monotonic time and UTC meet in one place."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from lintel.clock import ManualClock, SystemClock, UtcMap

NOON = datetime(2026, 10, 25, 12, tzinfo=UTC)


def test_the_manual_clock_moves_both_clocks_only_forward() -> None:
    clock = ManualClock(utc=NOON)
    clock.advance(1.5)
    assert (clock.now_ns(), clock.utc()) == (1_500_000_000, NOON + timedelta(seconds=1.5))
    with pytest.raises(ValueError, match="zero or more"):
        clock.advance(-0.1)


def test_a_step_of_the_wall_clock_leaves_monotonic_time_alone() -> None:
    clock = ManualClock(utc=NOON, now_ns=7)
    clock.step_utc(-3600)
    assert (clock.now_ns(), clock.utc()) == (7, NOON - timedelta(hours=1))


def test_a_map_tells_the_wall_time_of_any_instant() -> None:
    clock = ManualClock(utc=NOON, now_ns=10_000_000_000)
    mapping = UtcMap.read(clock)
    assert mapping.utc_at(12_500_000_000) == NOON + timedelta(seconds=2.5)
    assert mapping.utc_at(0) == NOON - timedelta(seconds=10)
    assert mapping.uncertainty_s == 0.0


def test_the_system_clock_is_monotonic_and_aware() -> None:
    clock = SystemClock()
    first, second = clock.now_ns(), clock.now_ns()
    assert second >= first
    assert clock.utc().tzinfo is UTC
    assert UtcMap.read(clock).uncertainty_s >= 0.0
