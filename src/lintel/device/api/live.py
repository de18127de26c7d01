"""What happens now: the live state, its stream, the running totals, health."""

from __future__ import annotations

from starlette.responses import Response

from lintel.device.api.route import AnyRoute, Call, Media, Route, Scopes
from lintel.device.api.stream import STREAM_TYPE, seen, stream_of
from lintel.errors import BusyError, InputError, StoreError
from lintel.wire.v1.answer import HealthSummary
from lintel.wire.v1.health import Health
from lintel.wire.v1.live import Live
from lintel.wire.v1.request import Nothing, StreamQuery


async def live(call: Call[Nothing, None]) -> Live:
    """The newest state."""
    return seen(call.ports.privacy.state(), call.ports.counter.live())


async def live_stream(call: Call[StreamQuery, None]) -> Response:
    """Live states and events as they come."""
    return await stream_of(call)


async def reset_totals(call: Call[Nothing, None]) -> Live:
    """Begin the running totals anew."""
    state = await call.ports.counter.reset_totals(who=call.who)
    return seen(call.ports.privacy.state(), state)


async def health(call: Call[Nothing, None]) -> Health:
    """How the device is."""
    return call.ports.counter.health()


async def health_summary(call: Call[Nothing, None]) -> HealthSummary:
    """The state alone."""
    return HealthSummary(call.ports.counter.live().state)


READ: Scopes = ("live:read",)
ROUTES: tuple[AnyRoute, ...] = (
    Route("GET", "/live", "The newest state", live, Live, READ),
    Route(
        "GET",
        "/live/stream",
        "Live states and events as they come (server-sent events)",
        live_stream,
        Media((STREAM_TYPE,), "messages `live`, `event`, `privacy` and, when it is over, `end`"),
        READ,
        params=StreamQuery,
        headers=frozenset({"Last-Event-ID"}),
        errors=(BusyError, InputError, StoreError),
    ),
    Route(
        "POST",
        "/live/reset-totals",
        "Begin the running totals anew; the stored events stay",
        reset_totals,
        Live,
        ("config:write",),
        errors=(StoreError,),
    ),
    Route("GET", "/health", "How the device is, with causes", health, Health, READ),
    Route(
        "GET",
        "/health/summary",
        "The state alone, for monitoring without a login",
        health_summary,
        HealthSummary,
        login=False,
    ),
)
