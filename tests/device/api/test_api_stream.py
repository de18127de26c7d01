"""The stream: nothing lost, nothing twice, over when the login is, nothing left behind."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import httpx
import msgspec
import pytest

from device_api_builders import MemoryDevice, http
from device_memory_builders import MAX_LISTENERS, live_state
from device_socket_builders import WAIT_S, Said, listen, said, serving, until
from lintel.device.api.app import create_app

pytestmark = pytest.mark.anyio


def viewer(device: MemoryDevice) -> dict[str, str]:
    return {"Authorization": f"Bearer {device.words['viewer']}"}


def words(device: MemoryDevice, count: int) -> list[str]:
    """Tokens of several callers in turn: one of them may not take all streams."""
    roles = ("viewer", "operator", "installer", "privacy_officer")
    return [device.words[roles[number % len(roles)]] for number in range(count)]


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
        assert [m.position for m in await take(messages, "event", 5)] == [
            "p1",
            "p2",
            "p3",
            "p4",
            "p5",
        ]


async def test_listeners_that_vanish_are_let_go(device: MemoryDevice) -> None:
    async with serving(create_app(device.ports, device.gate, None)) as address:
        before = len(asyncio.all_tasks())
        for _ in range(3):
            opened = await asyncio.gather(*(listen(address, word) for word in words(device, 20)))
            assert len(device.counter.feeds) == 20
            for _, writer in opened:
                writer.transport.abort()  # gone without a word
            await until(lambda: device.counter.feeds == [])
        await until(lambda: len(asyncio.all_tasks()) <= before + 1)  # one watches for the end


async def test_no_more_than_the_device_bears_may_listen(device: MemoryDevice) -> None:
    async with serving(create_app(device.ports, device.gate, None)) as address:
        opened = [await listen(address, word) for word in words(device, MAX_LISTENERS)]
        async with httpx.AsyncClient(base_url=address, headers=viewer(device)) as client:
            answer = await client.get("/api/v1/live/stream")
        assert (answer.status_code, answer.json()["code"]) == (429, "busy")
        device.counter.publish(None)  # the device stops
        for reader, writer in opened:
            async with asyncio.timeout(WAIT_S):
                assert (await reader.read()).endswith(b"0\r\n\r\n")  # whole, not torn off
            writer.close()


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
