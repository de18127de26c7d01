"""Writes one clip: frames come from the counting thread, a thread of its own seals them.

Counting never waits: what the writer is too slow for is dropped and counted.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from lintel.device.recordings.clipfile import ClipWriter, Frame
from lintel.errors import LintelError

MAX_WAITING = 50  # frames
CHUNK_FRAMES = 10
NS_PER_S = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Limits:
    """Where a clip ends by itself: seconds of footage, bytes of file."""

    seconds: float
    max_bytes: int


class Recorder:
    """One clip being written. ``take`` is called on the counting thread."""

    def __init__(self, writer: ClipWriter, limits: Limits, *, on_end: Callable[[], None]) -> None:
        self._writer, self._limits, self._on_end = writer, limits, on_end
        self._frames: queue.Queue[Frame | None] = queue.Queue(MAX_WAITING)
        self._first_ns: int | None = None
        self._start_ns: int | None = None  # as if time had never jumped
        self._last_ns = 0
        self._ended = threading.Event()
        self._failure: Exception | None = None
        self._dropped = 0
        self._thread = threading.Thread(target=self._write_all, name="lintel-clip", daemon=True)
        self._thread.start()

    @property
    def dropped(self) -> int:
        """Frames that the writer was too slow for."""
        return self._dropped

    @property
    def failure(self) -> Exception | None:
        """Why writing ended before its time."""
        return self._failure

    @property
    def start_ns(self) -> int | None:
        """Monotonic time of the first frame; None before one came."""
        return self._first_ns

    @property
    def seconds(self) -> float:
        """Footage taken so far."""
        return self._last_ns / NS_PER_S

    def take(self, t_ns: int, packed: bytes) -> None:
        """Take in one frame; never waits."""
        if self._ended.is_set():
            return
        if self._first_ns is None:
            self._first_ns = t_ns
        if self._start_ns is None or t_ns < self._start_ns + self._last_ns:
            self._start_ns = t_ns - self._last_ns
        since_ns = t_ns - self._start_ns
        if since_ns > self._limits.seconds * NS_PER_S:
            self._end()
            return
        try:
            self._frames.put_nowait(Frame(since_ns, packed))
            self._last_ns = since_ns
        except queue.Full:
            self._dropped += 1

    def close(self) -> None:
        """End the clip; everything taken in is on disk when this returns. Blocks."""
        self._ended.set()
        self._frames.put(None)
        self._thread.join()

    def _end(self) -> None:
        if not self._ended.is_set():
            self._ended.set()
            self._on_end()

    def _write_all(self) -> None:
        try:
            with self._writer:
                for chunk in self._chunks():
                    self._writer.write(chunk)
                    if self._writer.size >= self._limits.max_bytes:
                        self._end()
        except (OSError, LintelError) as error:
            self._failure = error
            self._end()
            while self._frames.get() is not None:
                pass  # so that nobody who closes waits for room in the queue

    def _chunks(self) -> Iterator[list[Frame]]:
        """Frames, some at a time, until the clip is closed."""
        chunk: list[Frame] = []
        while (frame := self._frames.get()) is not None:
            chunk.append(frame)
            if len(chunk) == CHUNK_FRAMES:
                yield chunk
                chunk = []
        if chunk:
            yield chunk
