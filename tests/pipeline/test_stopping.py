"""Ctrl-C ends a live count and keeps what was counted."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest

from lintel.config import SiteConfig
from lintel.pipeline import FrameResult, run
from lintel.pipeline.stopping import stoppable
from pipeline_builders import BlankSource


@pytest.fixture(autouse=True)
def _interrupts_as_in_a_terminal() -> Iterator[None]:
    """A process that was started in the background may have inherited an ignored Ctrl-C."""
    usual = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, usual)


def _interrupt(result: FrameResult) -> None:
    if result.seq >= 2:
        signal.raise_signal(signal.SIGINT)


def test_a_live_source_ends_at_ctrl_c_and_is_reported() -> None:
    usual = signal.getsignal(signal.SIGINT)
    source = BlankSource(frames=1_000_000, live=True)  # an hour and more, if nobody ended it
    seen: list[int] = []

    def on_frame(result: FrameResult) -> None:
        seen.append(result.seq)
        if len(seen) == 1:
            signal.raise_signal(signal.SIGINT)

    with stoppable(source) as watched:
        report = run(watched, SiteConfig(), on_frame=on_frame)
    assert 1 <= report.frames <= 4  # what waited in the queue is still counted
    assert signal.getsignal(signal.SIGINT) is usual


def test_a_second_ctrl_c_breaks_off() -> None:
    with stoppable(BlankSource(frames=1, live=True)) as watched:
        signal.raise_signal(signal.SIGINT)
        assert watched.read() is None
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)


def test_an_interrupted_recording_gives_no_report() -> None:
    source = BlankSource(frames=5)
    with stoppable(source) as watched, pytest.raises(KeyboardInterrupt):
        run(watched, SiteConfig(), on_frame=_interrupt)
