"""Coverage tells "nobody came" from "nobody looked"."""

from __future__ import annotations

import pytest

from lintel.pipeline.coverage import CoverageMeter


def coverage_of(frames: list[tuple[float, float]]) -> float:
    meter = CoverageMeter()
    for t_s, view_share in frames:
        meter.step(t_ns=round(t_s * 1e9), view_share=view_share)
    return meter.coverage


@pytest.mark.parametrize(
    ("story", "frames", "coverage"),
    [
        ("nothing yet", [], 0.0),
        ("one frame is no time", [(0.0, 1.0)], 0.0),
        ("steady at 10 fps", [(i / 10, 0.9) for i in range(101)], 1.0),
        ("steady at 5 fps", [(i / 5, 0.9) for i in range(51)], 1.0),
        ("blind for the first half", [(i / 10, float(i > 50)) for i in range(101)], 0.5),
        ("a hole of 5 s in 10 s", [(0, 1.0), (2.5, 1.0), (7.5, 1.0), (10, 1.0)], 0.15),
    ],
)
def test_coverage(story: str, frames: list[tuple[float, float]], coverage: float) -> None:
    assert coverage_of(frames) == pytest.approx(coverage), story


def test_time_that_stands_still_or_steps_back_adds_nothing() -> None:
    meter = CoverageMeter()
    for t_s in (0.0, 1.0, 1.0, 0.5):
        meter.step(t_ns=round(t_s * 1e9), view_share=1.0)
    assert meter.elapsed_s == pytest.approx(1.0)


def test_reset_starts_anew() -> None:
    meter = CoverageMeter()
    meter.step(t_ns=0, view_share=1.0)
    meter.step(t_ns=10**9, view_share=1.0)
    meter.reset()
    assert (meter.elapsed_s, meter.coverage) == (0.0, 0.0)


def test_spans_follow_one_another_and_say_how_much_of_each_was_watched() -> None:
    meter = CoverageMeter()
    for tenth in range(11):
        meter.step(t_ns=tenth * 10**8, view_share=1.0)
    first = meter.take()
    for tenth in range(11, 21):
        meter.step(t_ns=tenth * 10**8, view_share=1.0 if tenth > 15 else 0.0)
    second = meter.take()
    assert first is not None
    assert second is not None
    assert (first.start_ns, first.end_ns) == (0, 10**9)
    assert (second.start_ns, second.end_ns) == (10**9, 2 * 10**9)
    assert first.share == pytest.approx(1.0)
    assert second.share == pytest.approx(0.5)
    assert meter.take() is None
