"""Counts a source for as long as it lasts, a year if need be, and keeps nothing of what was.

``run`` gathers a whole run for its report; here every frame is handed on and forgotten.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

from lintel.capture import Source
from lintel.frames import StereoPair
from lintel.pipeline.chain import FrameResult
from lintel.pipeline.feed import LiveFeed


class Stepper(Protocol):
    """What analyses one exposure after the other: a ``Chain``, or something in its place."""

    def step(self, pair: StereoPair) -> FrameResult:
        """Analyse one exposure."""
        ...


class Endless:
    """One source and one chain, frame by frame.

    Args:
        source: open source; it stays open.
        chain: the chain that analyses the next frame, asked each time: it may be made anew
            meanwhile. It is not reset, and may have seen another source before.
        on_frame: called after every frame with its result and with how many frames of this
            source were lost so far, by the source or because counting was behind.
        stop: set from any thread, it ends ``run`` after the frame in work.
        stall_s: longest time without a frame of a live source.
    """

    def __init__(
        self,
        source: Source,
        chain: Callable[[], Stepper],
        *,
        on_frame: Callable[[FrameResult, int], None],
        stop: threading.Event,
        stall_s: float = 10.0,
    ) -> None:
        self._source = source
        self._chain = chain
        self._on_frame = on_frame
        self._stop = stop
        self._stall_s = stall_s
        self._feed: LiveFeed | None = None

    def wake(self) -> None:
        """Go on at once where a frame is waited for, to look at ``stop``; from any thread."""
        feed = self._feed
        if feed is not None:
            feed.stop()

    def run(self) -> None:
        """Count until the source ends or ``stop`` is set.

        Raises:
            SourceError: the source failed, or gave no frame for ``stall_s``.
        """
        with self._frames() as pairs:
            for pair in pairs:
                if self._stop.is_set():
                    break
                self._on_frame(self._chain().step(pair), self._dropped())

    def _dropped(self) -> int:
        feed = self._feed
        return self._source.faults.dropped + (0 if feed is None else feed.dropped)

    @contextmanager
    def _frames(self) -> Iterator[Iterator[StereoPair]]:
        if not self._source.live:
            yield iter(self._source.read, None)
            return
        with LiveFeed(self._source, stall_s=self._stall_s) as feed:
            self._feed = feed
            try:
                yield iter(feed)
            finally:
                self._feed = None
