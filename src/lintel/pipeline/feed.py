"""The live feed: a thread that reads the camera into a short queue and drops the oldest frame.

A camera does not wait. When counting falls behind, the freshest frames matter most; what was
dropped is counted and lowers coverage.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from types import TracebackType
from typing import Self

from lintel.capture import Source
from lintel.errors import LintelError, SourceError
from lintel.frames import StereoPair

QUEUE_LENGTH = 2  # frames waiting at most
STOP_WAIT_S = 5.0


class LiveFeed:
    """Frames of a live source, oldest first, at most QUEUE_LENGTH waiting.

    Args:
        source: where frames come from; it stays open.
        queue_length: frames waiting at most.
        stall_s: without a frame for so long the reader is told; None waits for ever.
    """

    def __init__(
        self, source: Source, *, queue_length: int = QUEUE_LENGTH, stall_s: float | None = None
    ) -> None:
        self._source = source
        self._waiting: deque[StereoPair] = deque()
        self._queue_length = queue_length
        self._stall_s = stall_s
        self._changed = threading.Condition()
        self._ended = False
        self._failure: LintelError | None = None
        self._dropped = 0
        self._thread = threading.Thread(target=self._read_all, name="lintel-feed", daemon=True)

    @property
    def dropped(self) -> int:
        """Frames that were read but never handed out because counting was behind."""
        return self._dropped

    @property
    def running(self) -> bool:
        """Whether the reading thread is alive."""
        return self._thread.is_alive()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
        self._thread.join(timeout=STOP_WAIT_S)

    def stop(self) -> None:
        """End the feed: whoever waits for a frame goes on at once; may come from any thread."""
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def __iter__(self) -> Iterator[StereoPair]:
        """Frames until the source ends or the feed is stopped.

        Raises:
            LintelError: what the source raised, after the frames read before it.
            SourceError: no frame came for ``stall_s``.
        """
        while True:
            with self._changed:
                if not self._changed.wait_for(self._has_news, timeout=self._stall_s):
                    raise SourceError(
                        f"{self._source.name}: no picture for {self._stall_s:g} s; is the camera "
                        "on, and its cable or network whole?"
                    )
                if not self._waiting:
                    break
                pair = self._waiting.popleft()
            yield pair
        if self._failure is not None:
            raise self._failure

    def _has_news(self) -> bool:
        return bool(self._waiting) or self._ended

    def _read_all(self) -> None:
        failure: LintelError | None = SourceError(
            f"{self._source.name}: reading it broke off by a defect"
        )
        try:
            while (pair := self._source.read()) is not None and not self._ended:
                self._put(pair)
            failure = None
        except LintelError as error:
            failure = error
        finally:
            with self._changed:
                self._failure = failure
                self._ended = True
                self._changed.notify_all()

    def _put(self, pair: StereoPair) -> None:
        with self._changed:
            if len(self._waiting) >= self._queue_length:
                self._waiting.popleft()
                self._dropped += 1
            self._waiting.append(pair)
            self._changed.notify_all()
