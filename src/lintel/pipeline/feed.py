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
from lintel.errors import LintelError
from lintel.frames import StereoPair

QUEUE_LENGTH = 2  # frames waiting at most
STOP_WAIT_S = 5.0


class LiveFeed:
    """Frames of a live source, oldest first, at most QUEUE_LENGTH waiting."""

    def __init__(self, source: Source, *, queue_length: int = QUEUE_LENGTH) -> None:
        self._source = source
        self._waiting: deque[StereoPair] = deque()
        self._queue_length = queue_length
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
        with self._changed:
            self._ended = True
            self._changed.notify_all()
        self._thread.join(timeout=STOP_WAIT_S)

    def __iter__(self) -> Iterator[StereoPair]:
        """Frames until the source ends.

        Raises:
            LintelError: what the source raised, after the frames read before it.
        """
        while True:
            with self._changed:
                while not self._waiting and not self._ended:
                    self._changed.wait()
                if not self._waiting:
                    break
                pair = self._waiting.popleft()
            yield pair
        if self._failure is not None:
            raise self._failure

    def _read_all(self) -> None:
        try:
            while (pair := self._source.read()) is not None and not self._ended:
                self._put(pair)
        except LintelError as error:
            self._failure = error
        finally:
            with self._changed:
                self._ended = True
                self._changed.notify_all()

    def _put(self, pair: StereoPair) -> None:
        with self._changed:
            if len(self._waiting) >= self._queue_length:
                self._waiting.popleft()
                self._dropped += 1
            self._waiting.append(pair)
            self._changed.notify_all()
