"""The stream: nothing lost, nothing twice, over when the login is, nothing left behind."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator

import httpx
import msgspec
import pytest

from device_api_builders import MemoryDevice, http
from device_memory_builders import MAX_LISTENERS, live_state
from device_socket_builders import WAIT_S, Said, said, serving, until
from lintel.device.api.app import create_app

pytestmark = pytest.mark.anyio


def viewer(device: MemoryDevice) -> dict[str, str]:
    return {"Authorization": f"Bearer {device.words['viewer']}"}


async def take(messages: AsyncIterator[Said], event: str, count: int) -> list[Said]:
    """The next messages of one kind."""
    found: list[Said] = []
    async with asyncio.timeout(WAIT_S):
        async for message in messages:
            if message.event == event:
                found.append(message)
            if len(found) == count:
                break
    return found


async def test_who_listens_hears_states_and_events(device: MemoryDevice) -> None:
    async with (
        serving(create_app(device.ports, device.gate, None)) as address,
        httpx.AsyncClient(base_url=address, headers=viewer(device)) as client,
        client.stream("GET", "/api/v1/live/stream") as answer,
    ):
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert answer.headers["x-lintel-image-mode"] == "none"
        messages = said(answer)
        device.counter.publish(live_state(7))
        [live] = await take(messages, "live", 1)
        assert msgspec.json.decode(live.data)["seq"] == 7
        for event in device.history.add(3):
            device.counter.publish(event)
        events = await take(messages, "event", 3)
        assert [e.position for e in events] == ["p1", "p2", "p3"]
        assert msgspec.json.decode(events[0].data)["place"] == "door"


async def test_who_comes_back_gets_what_was_missed_once(device: MemoryDevice) -> None:
    device.history.add(1200)
    headers = {**viewer(device), "Last-Event-ID": "p7"}
    async with (
        serving(create_app(device.ports, device.gate, None)) as address,
        httpx.AsyncClient(base_url=address, headers=headers) as client,
        client.stream("GET", "/api/v1/live/stream") as answer,
    ):
        messages = said(answer)
        missed = await take(messages, "event", 1193)
        for event in device.history.add(2):
            device.counter.publish(event)
        fresh = await take(messages, "event", 2)
    assert [m.position for m in missed + fresh] == [f"p{k}" for k in range(8, 1203)]


async def test_events_that_the_feed_dropped_come_all_the_same(device: MemoryDevice) -> None:
    async with (
        serving(create_app(device.ports, device.gate, None)) as address,
        httpx.AsyncClient(base_url=address, headers=viewer(device)) as client,
        client.stream("GET", "/api/v1/live/stream") as answer,
    ):
        messages = said(answer)
        await until(lambda: len(device.counter.feeds) == 1)
        device.history.add(5)
        device.counter.feeds[0].dropped += 5  # the feed was full: it tells of none of them
        device.counter.publish(live_state())
        assert [m.position for m in await take(messages, "event", 5)] == [
            "p1",
            "p2",
            "p3",
            "p4",
            "p5",
        ]


async def test_a_listener_that_left_is_let_go(device: MemoryDevice) -> None:
    async with serving(create_app(device.ports, device.gate, None)) as address:
        for _ in range(3):
            async with asyncio.TaskGroup() as group:
                for _ in range(20):
                    group.create_task(vanish(address, device))
            await until(lambda: device.counter.feeds == [])
        gc.collect()
        left = [t for t in asyncio.all_tasks() if "Stream" in repr(t)]
    assert left == []


async def vanish(address: str, device: MemoryDevice) -> None:
    """Listen, and be gone without a word."""
    _, _, rest = address.partition("://")
    host, _, port = rest.partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(
        b"GET /api/v1/live/stream HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        + f"Authorization: Bearer {device.words['viewer']}\r\n\r\n".encode()
    )
    await reader.readuntil(b"lintel")
    writer.transport.abort()


async def test_no_more_than_the_device_bears_may_listen(device: MemoryDevice) -> None:
    async with serving(create_app(device.ports, device.gate, None)) as address:
        listeners = [asyncio.create_task(linger(address, device)) for _ in range(MAX_LISTENERS)]
        await until(lambda: len(device.counter.feeds) == MAX_LISTENERS)
        async with httpx.AsyncClient(base_url=address, headers=viewer(device)) as client:
            answer = await client.get("/api/v1/live/stream")
        assert (answer.status_code, answer.json()["code"]) == (429, "busy")
        device.counter.publish(None)  # the device stops
        await asyncio.gather(*listeners)


async def linger(address: str, device: MemoryDevice) -> None:
    async with httpx.AsyncClient(
        base_url=address, headers=viewer(device), timeout=WAIT_S
    ) as client:
        await client.get("/api/v1/live/stream")


async def test_the_stream_ends_with_the_login(device: MemoryDevice) -> None:
    async with (
        serving(create_app(device.ports, device.gate, None)) as address,
        httpx.AsyncClient(base_url=address, headers=viewer(device)) as client,
        client.stream("GET", "/api/v1/live/stream") as answer,
    ):
        messages = said(answer)
        device.counter.publish(live_state())
        await take(messages, "live", 1)
        tokens = device.gate.accounts.tokens_on_the_device
        tokens.remove(next(t.token_id for t in tokens.all() if t.name == "viewer"))
        [end] = await take(messages, "end", 1)
        assert end.data == '{"code":"expired"}'
        async with asyncio.timeout(WAIT_S):
            assert [m async for m in messages] == []
    assert device.counter.feeds == []


async def test_a_change_of_the_image_mode_is_told_at_once(device: MemoryDevice) -> None:
    async with (
        serving(create_app(device.ports, device.gate, None)) as address,
        httpx.AsyncClient(base_url=address, headers=viewer(device)) as client,
        client.stream("GET", "/api/v1/live/stream") as answer,
    ):
        messages = said(answer)
        device.counter.publish(live_state())
        [first] = await take(messages, "privacy", 1)
        device.privacy.mode = "counts"
        device.counter.publish(live_state(2))
        [second] = await take(messages, "privacy", 1)
    assert [msgspec.json.decode(m.data)["mode"] for m in (first, second)] == ["none", "counts"]


async def test_a_position_that_is_none_is_refused(device: MemoryDevice) -> None:
    async with http(device) as client:
        answer = await client.get("/api/v1/live/stream", headers={"Last-Event-ID": "nowhere"})
        assert answer.status_code == 422
    assert device.counter.feeds == []


async def test_head_does_not_listen(device: MemoryDevice) -> None:
    async with http(device) as client:
        answer = await client.head("/api/v1/live/stream")
    assert answer.status_code == 200
    assert device.counter.feeds == []
