"""Signs of life of the counting thread: how fast, how late, how much of the view."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

FRAMES = 64  # that the rate is measured on
GAIN = 0.1  # of the newest frame in the running means
GONE_S = 5.0  # without a frame for so long the rate is zero


class Pulse:
    """Running figures of the frames analysed. Written by the counting thread, read by any."""

    def __init__(self, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._beats: deque[float] = deque(maxlen=FRAMES)
        self._alive_s = monotonic()
        self._latency_s: float | None = None
        self._view_share: float | None = None
        self.frames = 0  # analysed since the start

    def alive(self) -> None:
        """The thread goes round, with or without a frame."""
        self._alive_s = self._monotonic()

    @property
    def silent_s(self) -> float:
        """How long ago the thread last showed that it is alive."""
        return self._monotonic() - self._alive_s

    def beat(self, *, late_s: float, view_share: float) -> None:
        """A frame was analysed, ``late_s`` after its exposure."""
        self.alive()
        self.frames += 1
        self._beats.append(self._alive_s)
        self._latency_s = _mean(self._latency_s, late_s)
        self._view_share = _mean(self._view_share, view_share)

    def forget(self) -> None:
        """The source is lost: nothing is measured any more."""
        self._beats.clear()
        self._latency_s = self._view_share = None

    @property
    def fps(self) -> float:
        """Frames analysed per second, over the last FRAMES."""
        beats = tuple(self._beats)
        if len(beats) < 2 or self._monotonic() - beats[-1] > GONE_S:
            return 0.0
        return (len(beats) - 1) / max(beats[-1] - beats[0], 1e-6)

    @property
    def latency_ms(self) -> float | None:
        """From exposure to counted; None before the first frame."""
        return None if self._latency_s is None else round(self._latency_s * 1000, 1)

    @property
    def view_share(self) -> float | None:
        """Share of the view that can be measured."""
        return self._view_share


def _mean(before: float | None, new: float) -> float:
    return new if before is None else before + GAIN * (new - before)
