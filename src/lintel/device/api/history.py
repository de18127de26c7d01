"""What happened: events, intervals, heat maps, groups, files of them."""

from __future__ import annotations

from lintel.device.api.route import AnyRoute, Call, Route, Scopes
from lintel.device.api.span import periods, span
from lintel.errors import InputError, StoreError
from lintel.wire.v1.answer import Groups
from lintel.wire.v1.history import EventPage, HeatMap, IntervalList
from lintel.wire.v1.request import EventQuery, HeatQuery, IntervalQuery, Range


async def events(call: Call[EventQuery, None]) -> EventPage:
    """Events by time, page by page."""
    start, end = span(call.params)
    asked = call.params
    return await call.ports.history.events(start, end, limit=asked.limit, after=asked.after)


async def intervals(call: Call[IntervalQuery, None]) -> IntervalList:
    """Counts by time and place."""
    start, end = periods(call.params, call.params.period_s)
    asked = call.params
    return await call.ports.history.intervals(
        start, end, period_s=asked.period_s, place=asked.place
    )


async def heatmap(call: Call[HeatQuery, None]) -> HeatMap:
    """Where people were."""
    start, end = span(call.params)
    return await call.ports.history.heat_map(start, end, kind=call.params.kind)


async def groups(call: Call[Range, None]) -> Groups:
    """Sizes of groups that came in."""
    start, end = span(call.params)
    return Groups(await call.ports.history.groups(start, end))


READ: Scopes = ("records:read",)
COMMON = (InputError, StoreError)
ROUTES: tuple[AnyRoute, ...] = (
    Route(
        "GET",
        "/events",
        "Events by time, page by page",
        events,
        EventPage,
        READ,
        params=EventQuery,
        errors=COMMON,
    ),
    Route(
        "GET",
        "/intervals",
        "Counts, occupancy, dwell and coverage by time and place",
        intervals,
        IntervalList,
        READ,
        params=IntervalQuery,
        errors=COMMON,
    ),
    Route(
        "GET",
        "/heatmap",
        "Where people were, or stayed, on the floor grid",
        heatmap,
        HeatMap,
        READ,
        params=HeatQuery,
        errors=COMMON,
    ),
    Route(
        "GET",
        "/groups",
        "Sizes of groups that came in, by line",
        groups,
        Groups,
        READ,
        params=Range,
        errors=COMMON,
    ),
)
