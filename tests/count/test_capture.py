"""Passers-by versus entries."""

from __future__ import annotations

import math

import numpy as np
import pytest

from lintel.config import CaptureConfig, LineConfig, SiteConfig
from lintel.count.capture import CaptureRate, capture_rate, capture_rates
from lintel.records import LineTotals

TOTALS = {"pavement": LineTotals(60, 30), "door": LineTotals(10, 9), "back": LineTotals(5, 0)}


@pytest.mark.parametrize(
    ("capture", "passed", "entered"),
    [
        (CaptureConfig("front", ("pavement",), ("door",)), 100, 10),
        (CaptureConfig("front", ("pavement",), ("door",), entries_pass_by=True), 90, 10),
        (CaptureConfig("front", ("pavement",), ("door", "back")), 105, 15),
        (CaptureConfig("front", ("back",), ("door",), entries_pass_by=True), 10, 10),
        (CaptureConfig("front", ("gate",), ("arch",)), 0, 0),
    ],
)
def test_rates(capture: CaptureConfig, passed: int, entered: int) -> None:
    rate = capture_rate(capture, TOTALS)
    assert (rate.passed, rate.entered) == (passed, entered)


def test_the_interval_is_wilsons() -> None:
    rate = CaptureRate("front", 100, 10)
    assert rate.share == 0.1
    assert rate.lower == pytest.approx(0.0552, abs=1e-4)
    assert rate.upper == pytest.approx(0.1744, abs=1e-4)
    assert CaptureRate("front", 5, 0).lower == 0.0
    assert CaptureRate("front", 5, 5).upper == 1.0
    assert math.isnan(CaptureRate("front", 0, 0).upper)


def test_a_site_tells_all_its_rates() -> None:
    lines = tuple(
        LineConfig(name, np.array([[float(k), 0.0], [float(k), 1.0]]))
        for k, name in enumerate(TOTALS)
    )
    captures = (CaptureConfig("front", ("pavement",), ("door",)),)
    assert capture_rates(SiteConfig(lines=lines, captures=captures), TOTALS) == (
        CaptureRate("front", 100, 10),
    )
