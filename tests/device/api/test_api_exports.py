"""Files of events and intervals."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import datetime

import msgspec
import pytest

from device_api_builders import MemoryDevice, http
from device_memory_builders import MemoryAudit, MemoryHistory, crossing
from lintel.device.api.exports import EVENT_COLUMNS, PAGE
from lintel.wire.v1.history import EventPage

pytestmark = pytest.mark.anyio
DAYS = "start=2026-03-01T00:00:00Z&end=2026-03-31T00:00:00Z"


async def test_a_file_holds_every_event_once(device: MemoryDevice) -> None:
    device.history.add(2 * PAGE + 5)
    async with http(device) as client:
        answer = await client.get(f"/api/v1/export?{DAYS}")
        as_json = await client.get(f"/api/v1/export?{DAYS}&format=json")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert "events-20260301-20260331.csv" in answer.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert tuple(rows[0]) == EVENT_COLUMNS
    times = [row["utc"] for row in rows]
    assert times == sorted(set(times))
    assert len(times) == 2 * PAGE + 5
    events = as_json.json()["events"]
    assert [event["utc"] for event in events] == times


class Watched(MemoryHistory):
    """Writes down how much was asked for at once."""

    def __init__(self, audit: MemoryAudit) -> None:
        super().__init__(audit)
        self.asked: list[int] = []

    async def events(
        self, start: datetime, end: datetime, *, limit: int, after: str | None = None
    ) -> EventPage:
        self.asked.append(limit)
        return await super().events(start, end, limit=limit, after=after)


async def test_a_file_is_read_page_by_page(device: MemoryDevice) -> None:
    watched = Watched(device.audit)
    watched.add(3 * PAGE)
    device.ports = replace(device.ports, history=watched)
    async with http(device) as client:
        await client.get(f"/api/v1/export?{DAYS}")
    assert watched.asked == [PAGE] * 3


@pytest.mark.parametrize("form", ["csv", "json"])
async def test_an_empty_file_is_whole(device: MemoryDevice, form: str) -> None:
    async with http(device) as client:
        answer = await client.get(f"/api/v1/export?{DAYS}&format={form}")
    if form == "json":
        assert answer.json() == {"events": []}
    else:
        assert answer.text == ",".join(EVENT_COLUMNS) + "\r\n"


async def test_intervals_come_with_their_dwell(device: MemoryDevice) -> None:
    device.history.add(60)
    query = "start=2026-03-01T12:00:00Z&end=2026-03-01T13:00:00Z&kind=intervals&period_s=1800"
    async with http(device) as client:
        text = (await client.get(f"/api/v1/export?{query}")).text
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [(row["in"], row["dwell"]) for row in rows] == [("15", "10=1 more=0")] * 2


async def test_a_spreadsheet_runs_nothing_of_it(device: MemoryDevice) -> None:
    device.history.kept.append(msgspec.structs.replace(crossing(0), place='=HYPERLINK("x")'))
    async with http(device) as client:
        text = (await client.get(f"/api/v1/export?{DAYS}")).text
    assert next(csv.DictReader(io.StringIO(text)))["place"] == '\'=HYPERLINK("x")'
