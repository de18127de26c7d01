"""The hub: what is counted goes to at most 32 listeners, each with a short queue of its own.

Published from the counting and the store thread, read in the event loop. A listener that reads too
slowly loses old messages, never holds anybody up, and what it lost is counted. Of live states only
the newest waits: an old one says nothing any more.
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from lintel.errors import BusyError
from lintel.wire.v1.history import Event
from lintel.wire.v1.live import Live

MAX_LISTENERS = 32
MAX_WAITING = 256  # events per listener


class Listener:
    """One listener's messages: the newest live state, and events in order."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._lock = threading.Lock()
        self._events: deque[Event] = deque()
        self._live: Live | None = None
        self._dropped = 0
        self._closed = False
        self._news = asyncio.Event()

    @property
    def dropped(self) -> int:
        """Messages that this listener was too slow for."""
        return self._dropped

    def put(self, message: Live | Event) -> int:
        """Queue a message, from any thread; how many were dropped for it."""
        with self._lock:
            lost = 0
            if isinstance(message, Live):
                lost = int(self._live is not None)
                self._live = message
            else:
                if len(self._events) >= MAX_WAITING:
                    self._events.popleft()
                    lost = 1
                self._events.append(message)
            self._dropped += lost
        self._wake()
        return lost

    def close(self) -> None:
        """No message comes any more; what waits is still read."""
        self._closed = True
        self._wake()

    async def __aiter__(self) -> AsyncIterator[Live | Event]:
        """Messages until the device stops: events first, then the newest state."""
        while True:
            message = self._take()
            if message is not None:
                yield message
            elif self._closed:
                return
            else:
                await self._news.wait()
                self._news.clear()

    def _take(self) -> Live | Event | None:
        with self._lock:
            if self._events:
                return self._events.popleft()
            live, self._live = self._live, None
            return live

    def _wake(self) -> None:
        try:
            self._loop.call_soon_threadsafe(self._news.set)
        except RuntimeError:  # the loop is closed: nobody listens any more
            self._closed = True


class Hub:
    """Hands messages to all listeners. State: the listeners, and two numbers."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._listeners: set[Listener] = set()
        self._dropped = 0
        self._closed = False

    @property
    def dropped(self) -> int:
        """Messages that listeners were too slow for, of all listeners there ever were."""
        return self._dropped

    @property
    def listeners(self) -> int:
        """How many listen now."""
        return len(self._listeners)

    def publish(self, message: Live | Event) -> None:
        """Hand a message to everybody; from any thread, never waits."""
        with self._lock:
            for listener in self._listeners:
                self._dropped += listener.put(message)

    def close(self) -> None:
        """Let every listener end after what waits."""
        with self._lock:
            self._closed = True
            for listener in self._listeners:
                listener.close()

    @asynccontextmanager
    async def subscribe(self) -> AsyncIterator[Listener]:
        """Listen for as long as the block lasts.

        Raises:
            BusyError: MAX_LISTENERS listen already.
        """
        listener = Listener(asyncio.get_running_loop())
        with self._lock:
            if len(self._listeners) >= MAX_LISTENERS:
                raise BusyError(f"{MAX_LISTENERS} listen already; close one and try again")
            self._listeners.add(listener)
            if self._closed:
                listener.close()
        try:
            yield listener
        finally:
            with self._lock:
                self._listeners.discard(listener)
