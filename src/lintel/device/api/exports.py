"""Files of events and intervals, written page by page: a year needs no more memory than a day."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import datetime, timedelta
from typing import TypeAlias

import msgspec
from starlette.responses import Response, StreamingResponse

from lintel.device.api.route import AnyRoute, Call, Media, Route
from lintel.device.api.span import periods, span
from lintel.device.ports import History
from lintel.errors import InputError, StoreError
from lintel.wire.v1.history import DwellBin, Event, Interval
from lintel.wire.v1.request import ExportQuery

PAGE = 1000
PERIODS = 200  # of all places at once
CSV, JSON = "text/csv; charset=utf-8", "application/json"
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what spreadsheets would run
EVENT_COLUMNS = (
    "utc",
    "type",
    "place",
    "direction",
    "dwell_s",
    "size",
    "stature_m",
    "child",
    "staff",
    "gender",
    "reason",
)
INTERVAL_COLUMNS = (
    "start_utc",
    "end_utc",
    "place",
    "in",
    "out",
    "occupancy_mean",
    "occupancy_max",
    "coverage",
    "dropped_frames",
    "dwell",
)

Item: TypeAlias = Event | Interval
Cell: TypeAlias = str | int | float | datetime | None
Pages: TypeAlias = AsyncIterator[Sequence[Item]]


async def export(call: Call[ExportQuery, None]) -> Response:
    """A file of events or intervals."""
    asked, history = call.params, call.ports.history
    pages: Pages
    if asked.kind == "events":
        start, end = span(asked)
        pages = _event_pages(history, start, end)
    else:
        start, end = periods(asked, asked.period_s)
        pages = _interval_pages(history, start, end, asked.period_s)
    first = await anext(pages, ())  # what cannot be read is told before the file begins
    name = f"{asked.kind}-{start:%Y%m%d}-{end:%Y%m%d}.{asked.format}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    write = _csv_parts if asked.format == "csv" else _json_parts
    media = CSV if asked.format == "csv" else JSON
    return StreamingResponse(write(asked.kind, first, pages), 200, headers, media)


async def _event_pages(history: History, start: datetime, end: datetime) -> Pages:
    after = None
    while True:
        page = await history.events(start, end, limit=PAGE, after=after)
        yield page.events
        after = page.next_after
        if after is None:
            return


async def _interval_pages(history: History, start: datetime, end: datetime, period_s: int) -> Pages:
    step = timedelta(seconds=period_s * PERIODS)
    while start < end:
        until = min(start + step, end)
        yield (await history.intervals(start, until, period_s=period_s)).intervals
        start = until


async def _csv_parts(kind: str, first: Sequence[Item], pages: Pages) -> AsyncIterator[bytes]:
    """RFC 4180, one part for every page."""
    yield _csv([EVENT_COLUMNS if kind == "events" else INTERVAL_COLUMNS])
    yield _csv(map(_row, first))
    async for page in pages:
        yield _csv(map(_row, page))


async def _json_parts(kind: str, first: Sequence[Item], pages: Pages) -> AsyncIterator[bytes]:
    """One object with one list, one part for every page."""
    yield f'{{"{kind}":['.encode()
    begun = bool(first)
    yield b",".join(map(msgspec.json.encode, first))
    async for page in pages:
        if page:
            comma = b"," if begun else b""
            yield comma + b",".join(map(msgspec.json.encode, page))
            begun = True
    yield b"]}"


def _csv(rows: Iterable[Sequence[Cell]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([[_cell(value) for value in row] for row in rows])
    return text.getvalue().encode()


def _cell(value: Cell) -> str | int | float | None:
    """A value as it stands in the file; text that a spreadsheet would run is made plain text."""
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, str) and value.startswith(FORMULA):
        return f"'{value}"
    return value


def _row(item: Item) -> Sequence[Cell]:
    if isinstance(item, Interval):
        return (
            item.start_utc,
            item.end_utc,
            item.place,
            item.entered,
            item.left,
            item.occupancy_mean,
            item.occupancy_max,
            item.coverage,
            item.dropped_frames,
            _dwell(item.dwell),
        )
    return [getattr(item, name) for name in EVENT_COLUMNS]


def _dwell(bins: Sequence[DwellBin]) -> str:
    """Visits by the upper bound of their dwell in seconds: ``10=3 30=1 more=0``."""
    said = ((f"{b.below_s:g}" if b.below_s is not None else "more", b.visits) for b in bins)
    return " ".join(f"{bound}={visits}" for bound, visits in said)


ROUTES: tuple[AnyRoute, ...] = (
    Route(
        "GET",
        "/export",
        "A file of events or intervals, as CSV or JSON, of any length",
        export,
        Media(("text/csv", JSON), "the file"),
        ("records:read",),
        params=ExportQuery,
        errors=(InputError, StoreError),
    ),
)
