"""Exposure numbers from times alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lintel.capture.source import ExposureCounter
from lintel.errors import SourceError

JITTER = st.lists(st.floats(-0.3, 0.3), min_size=5, max_size=60)


@given(jitter=JITTER, kept=st.data())
def test_jitter_below_a_third_of_the_period_changes_nothing(
    jitter: list[float], kept: st.DataObject
) -> None:
    numbers = kept.draw(st.lists(st.sampled_from(range(len(jitter))), min_size=1, unique=True))
    counter = ExposureCounter(period=1.0, first=0.0)
    # the grid follows a fifth of the jitter, so a third is within its reach
    seqs = [counter.seq_at(n + 0.9 * jitter[n]) for n in sorted(numbers)]
    assert seqs == sorted(numbers)
    assert counter.dropped == max(numbers) + 1 - len(numbers)
    assert counter.duplicated == 0


@pytest.mark.parametrize("drift", [-0.02, 0.02])
def test_a_nominal_rate_that_is_off_makes_no_gap(drift: float) -> None:
    counter = ExposureCounter(period=1.0, first=0.0)
    assert [counter.seq_at(n * (1 + drift)) for n in range(2000)] == list(range(2000))


def test_a_camera_that_slows_down_in_the_dark_drops_nothing_for_long() -> None:
    counter = ExposureCounter(period=1.0, first=0.0, adaptive=True)
    times = [float(n) for n in range(100)] + [100.0 + 2.0 * n for n in range(100)]
    for time in times:
        counter.seq_at(time)
    assert counter.dropped <= 16
    assert counter.duplicated == 0


def test_time_that_steps_back_is_an_exposure_seen_again() -> None:
    counter = ExposureCounter(period=1.0, first=0.0)
    assert [counter.seq_at(t) for t in (0.0, 1.0, 0.2, 2.0)] == [0, 1, 1, 2]
    assert counter.duplicated == 1


def test_a_period_of_nothing_is_refused() -> None:
    with pytest.raises(SourceError, match="positive"):
        ExposureCounter(period=0.0, first=0.0)
