"""Live states and events as server-sent events, without loss and without doubles.

Events come from the history, in the order of storing; the live feed only says that there are
new ones. So a reader that was slow, or away, goes on from the position of its last event.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass

import msgspec
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.types import Receive, Scope, Send

from lintel.clock import NS_PER_S
from lintel.device.access import DeniedError
from lintel.device.api.problems import kind_of
from lintel.device.api.route import Call
from lintel.device.ports import Feed
from lintel.errors import LintelError
from lintel.wire.v1.history import Event, EventPage
from lintel.wire.v1.live import Live
from lintel.wire.v1.request import StreamQuery
from lintel.wire.v1.setting import Privacy

STREAM_TYPE = "text/event-stream"
PAGE = 500
RETRY_MS = 2000
HEARTBEAT_S = 15
CHECK_S = 1.0  # a session that ended or a token that was revoked is noticed within this time
LIVE_GAP_NS = NS_PER_S // 10
SEND_S = 20.0  # a reader that takes nothing for so long is let go


class Stream(EventSourceResponse):
    """A stream that gives its subscription back, however it ends."""

    def __init__(self, content: AsyncIterator[ServerSentEvent], held: AsyncExitStack) -> None:
        super().__init__(content, ping=HEARTBEAT_S, sep="\n", send_timeout=SEND_S)
        self._held = held

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send until the device, the reader or the session ends."""
        async with self._held:
            with suppress(TimeoutError):  # a reader that stopped reading
                await super().__call__(scope, receive, send)


async def stream_of(call: Call[StreamQuery, None]) -> Stream:
    """A stream for one caller, from the event that it saw last.

    Raises:
        BusyError: too many listen already.
        InputError: the position is none.
    """
    held = AsyncExitStack()
    if call.request.method == "HEAD":
        return Stream(_nothing(), held)
    after = call.params.last_event_id or call.params.after
    try:
        held.enter_context(call.gate.staying(call.caller))
        feed = await held.enter_async_context(call.ports.counter.subscribe())
        page = await call.ports.history.news(after, limit=PAGE)
    except BaseException:
        await held.aclose()
        raise
    return Stream(_Sender(call, feed).messages(page), held)


def seen(privacy: Privacy, live: Live) -> Live:
    """What may be seen of a live state: in the mode ``counts`` nobody's place."""
    return msgspec.structs.replace(live, people=()) if privacy.mode == "counts" else live


@dataclass(slots=True)
class _Sender:
    """What one stream has sent."""

    call: Call[StreamQuery, None]
    feed: Feed
    position: str | None = None
    dropped: int = 0
    told: Privacy | None = None
    sent_ns: int | None = None
    checked_ns: int = 0

    async def messages(self, page: EventPage) -> AsyncIterator[ServerSentEvent]:
        """All messages until the device or the session ends."""
        self.checked_ns = self.call.clock.now_ns()
        yield ServerSentEvent(comment="lintel", retry=RETRY_MS)
        try:
            async for message in self._events(page):
                yield message
            async for heard in _ticking(self.feed, CHECK_S):
                lost = self._check()
                for message in self._states(heard):
                    yield message
                if lost or isinstance(heard, Event):
                    async for message in self._events(await self._news()):
                        yield message
        except LintelError as error:
            code = _code_of(error)
            if code is None:
                raise
            yield ServerSentEvent(event="end", data=f'{{"code":"{code}"}}')

    def _check(self) -> bool:
        """From time to time: whether the caller still may, and whether the feed lost anything.

        Raises:
            DeniedError: not any more.
        """
        now_ns = self.call.clock.now_ns()
        if now_ns - self.checked_ns < CHECK_S * NS_PER_S:
            return False
        self.checked_ns = now_ns
        if self.call.principal is not None:
            self.call.gate.confirm(self.call.principal)
        lost = self.feed.dropped != self.dropped
        self.dropped = self.feed.dropped
        return lost

    def _states(self, heard: Live | Event | None) -> list[ServerSentEvent]:
        """The image mode when it changed, and a live state at most ten times a second."""
        said = []
        privacy = self.call.ports.privacy.state()
        if privacy != self.told:
            self.told = privacy
            said.append(_message("privacy", privacy))
        now_ns = self.call.clock.now_ns()
        due = self.sent_ns is None or now_ns - self.sent_ns >= LIVE_GAP_NS
        if isinstance(heard, Live) and due:
            self.sent_ns = now_ns
            said.append(_message("live", seen(privacy, heard)))
        return said

    async def _events(self, page: EventPage) -> AsyncIterator[ServerSentEvent]:
        """The events of a page and of all pages after it."""
        while True:
            for event in page.events:
                yield _message("event", event, position=event.position)
            self.position = page.next_after
            if not page.events:
                return
            page = await self._news()

    async def _news(self) -> EventPage:
        return await self.call.ports.history.news(self.position, limit=PAGE)


async def _ticking(feed: Feed, period_s: float) -> AsyncIterator[Live | Event | None]:
    """Messages as they come, and None when none came for a while."""
    heard = aiter(feed)
    pending: asyncio.Future[Live | Event] | None = None
    try:
        while True:
            pending = pending or asyncio.ensure_future(anext(heard))
            done, _ = await asyncio.wait({pending}, timeout=period_s)
            if not done:
                yield None
                continue
            try:
                message = pending.result()
            except StopAsyncIteration:
                return
            pending = None
            yield message
    finally:
        if pending is not None:
            pending.cancel()
            with suppress(asyncio.CancelledError, StopAsyncIteration):
                await pending


async def _nothing() -> AsyncIterator[ServerSentEvent]:
    nothing: tuple[ServerSentEvent, ...] = ()
    for message in nothing:
        yield message


def _message(
    name: str, content: Live | Event | Privacy, *, position: str | None = None
) -> ServerSentEvent:
    return ServerSentEvent(msgspec.json.encode(content).decode(), event=name, id=position)


def _code_of(error: LintelError) -> str | None:
    """The word for why a stream ends; None for a defect of Lintel."""
    if isinstance(error, DeniedError):
        return error.code
    kind = kind_of(type(error))
    return kind.code if kind else None
