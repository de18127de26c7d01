"""The whole device behind its API: real source, real store, TLS, every route that reads."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import msgspec
import pytest

from device_api_builders import PASSWORD
from device_socket_builders import WAIT_S, said
from lintel.device.api.openapi import statuses
from lintel.device.api.route import PREFIX
from lintel.device.api.routes import ROUTES
from lintel.device.counting.sources import SourceChoice
from lintel.device.service import Reached, Service, ServiceSettings
from lintel.device.serving import Address

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(280)]
RANGE = {"start": "2026-01-01T00:00:00Z", "end": "2035-01-01T00:00:00Z"}
PERIODS = {"start": "2026-01-01T00:00:00Z", "end": "2026-01-03T00:00:00Z", "period_s": "900"}
PARAMS = {
    "/events": RANGE,
    "/heatmap": RANGE,
    "/groups": RANGE,
    "/intervals": PERIODS,
    "/export": {**RANGE, "format": "json"},
    "/recordings/comparison": {"id": "none"},
}
PATHS = {"document": "notice", "version": "1", "frame": "0"}


@dataclass(frozen=True)
class Whole:
    """A device that runs, and a client that trusts its certificate."""

    service: Service
    reached: Reached
    client: httpx.AsyncClient


@asynccontextmanager
async def running(folder: Path) -> AsyncIterator[Whole]:
    settings = ServiceSettings(
        data=folder,
        source=SourceChoice("analytic:doorway?fps=5", loop=True),
        address=Address(host="127.0.0.1", port=0),
    )
    service = Service(settings)
    ready: asyncio.Future[Reached] = asyncio.get_running_loop().create_future()
    task = asyncio.create_task(service.run(on_ready=ready.set_result))
    async with asyncio.timeout(WAIT_S):
        reached = await ready
    trust = ssl.create_default_context(cafile=folder / "tls" / "device.pem")
    try:
        async with httpx.AsyncClient(
            base_url=f"https://localhost:{reached.port}", verify=trust, timeout=WAIT_S
        ) as client:
            yield Whole(service, reached, client)
    finally:
        service.stop()
        await task


async def claimed(device: Whole) -> httpx.DigestAuth:
    claim = {"code": device.reached.claim_code, "user": "anna", "password": PASSWORD}
    answer = await device.client.post(f"{PREFIX}/claim", json=claim)
    assert answer.status_code == 201, answer.text
    return httpx.DigestAuth("anna", PASSWORD)


async def test_a_real_device_answers_every_route_as_described(tmp_path: Path) -> None:
    async with running(tmp_path) as device:
        before = await device.client.get(f"{PREFIX}/live")
        assert (before.status_code, before.json()["code"]) == (403, "unclaimed")
        device.client.auth = await claimed(device)
        officer = {"name": "olga", "role": "privacy_officer", "password": PASSWORD}
        assert (await device.client.post(f"{PREFIX}/users", json=officer)).status_code == 201
        for name in ("anna", "olga"):
            device.client.auth = httpx.DigestAuth(name, PASSWORD)
            await ask_all(device.client)
        await changed_once(device.client)
        await zones_refused(device.client)


async def ask_all(client: httpx.AsyncClient) -> None:
    """Every route that reads; each answers with what its row says."""
    for route in ROUTES:
        if route.method != "GET" or route.path == "/live/stream":
            continue
        path = route.path
        for name in route.in_path:
            path = path.replace(f"{{{name}}}", PATHS.get(name, "none"))
        answer = await client.get(PREFIX + path, params=PARAMS.get(route.path, {}))
        assert answer.status_code < 500, f"{path}: {answer.text}"
        known = {route.status, 204, *statuses(route)}
        assert answer.status_code in known, f"{path}: {answer.status_code}: {answer.text}"
        if isinstance(route.answer, type) and answer.status_code == route.status:
            msgspec.json.decode(answer.content, type=route.answer)


async def changed_once(client: httpx.AsyncClient) -> None:
    """A configuration goes in, comes back as it is, and a late one is refused."""
    client.auth = httpx.DigestAuth("anna", PASSWORD)
    before = (await client.get(f"{PREFIX}/config")).json()
    asked = {"site": before["site"], "why": "the same", "expected": before["version"]["version"]}
    done = await client.put(f"{PREFIX}/config", json=asked)
    assert done.status_code == 200, done.text
    late = await client.put(f"{PREFIX}/config", json=asked)
    assert (late.status_code, late.json()["code"]) == (409, "conflict")
    toml = await client.get(f"{PREFIX}/config/export")
    headers = {"Content-Type": "application/toml"}
    again = await client.post(f"{PREFIX}/config/import", content=toml.content, headers=headers)
    assert again.json()["faults"] == []


async def zones_refused(client: httpx.AsyncClient) -> None:
    """What is no zone is bad input, whatever it is on the disk of this machine."""
    for name in ("0/" + "0" * 61, "Europe", "Nowhere/Town"):
        answer = await client.put(f"{PREFIX}/system/time-zone", json={"name": name})
        assert (answer.status_code, answer.json()["code"]) == (422, "input")


async def test_the_stream_and_the_history_of_a_real_device_agree(tmp_path: Path) -> None:
    async with running(tmp_path) as device:
        auth = await claimed(device)
        heard: list[str] = []
        position: str | None = None
        for _ in range(2):  # the line breaks once
            headers = {"Last-Event-ID": position} if position else {}
            url = f"{PREFIX}/live/stream" if position else f"{PREFIX}/live/stream?after=0"
            async with device.client.stream("GET", url, headers=headers, auth=auth) as answer:
                assert answer.status_code == 200
                async with asyncio.timeout(WAIT_S):
                    async for message in said(answer):
                        if message.event == "event":
                            heard.append(msgspec.json.decode(message.data)["utc"])
                            position = message.position
                            break
        stored: list[str] = []

        async def ask() -> None:
            page = await device.client.get(f"{PREFIX}/events", params=RANGE, auth=auth)
            stored[:] = [event["utc"] for event in page.json()["events"]]

        await ask()
        assert len(heard) == 2
        assert len(set(heard)) == 2
        assert set(heard) <= set(stored)
