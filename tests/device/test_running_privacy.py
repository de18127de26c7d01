"""A running device, searched for pictures in every image mode while people walk through.

In ``counts`` and ``none`` there is no picture at all; in ``depth`` every picture has the colours of
heights alone; in ``still`` there is none while people are about. Consents, clips and documents
are tried over the web API.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import cv2
import httpx
import numpy as np

from device_crawl_builders import crawl, decoded, faces_in
from lintel.device.counting.sources import SourceChoice
from lintel.device.preview.colours import STEP_M, TOP_M
from lintel.device.service import Reached, Service, ServiceSettings
from lintel.device.serving import Address
from lintel.frames import Image
from lintel.wire.v1.setting import ImageMode

PASSWORD = "plum-Orbit-77-window"  # noqa: S105 - of a device in a test
LEAVES = (
    "POST /api/v1/setup/refit-floor",
    "POST /api/v1/live/reset-totals",
    "DELETE /api/v1/session",
)


# --- a running device ----------------------------------------------------------------------


@asynccontextmanager
async def running(folder: Path) -> AsyncIterator[tuple[Reached, httpx.AsyncClient]]:
    """A device that counts the doorway, and a client without a login."""
    settings = ServiceSettings(
        data=folder,
        source=SourceChoice("analytic:doorway", loop=True),
        address=Address("127.0.0.1", 0),
    )
    service, ready = Service(settings), asyncio.get_running_loop().create_future()
    task = asyncio.create_task(service.run(on_ready=ready.set_result))
    done, _ = await asyncio.wait([task, ready], return_when=asyncio.FIRST_COMPLETED)
    assert ready in done, task.result()
    reached: Reached = ready.result()
    client = httpx.AsyncClient(base_url=reached.url, verify=False, timeout=30.0)  # noqa: S501
    try:
        async with client:
            yield reached, client
    finally:
        service.stop()
        await task


class Officer:
    """Who is signed in at a device and holds the key."""

    def __init__(self, client: httpx.AsyncClient, key: str) -> None:
        self.client, self.key = client, key

    @classmethod
    async def claims(cls, reached: Reached, client: httpx.AsyncClient) -> Officer:
        body = {"code": reached.claim_code, "user": "ada", "password": PASSWORD}
        made = (await client.post("/api/v1/claim", json=body)).json()
        client.auth = httpx.DigestAuth("ada", PASSWORD)
        officer = {"name": "olga", "role": "privacy_officer", "password": PASSWORD + "x"}
        assert (await client.post("/api/v1/users", json=officer)).is_success
        client.auth = httpx.DigestAuth("olga", PASSWORD + "x")
        return cls(client, made["officer_key"])

    async def sets(self, mode: ImageMode) -> None:
        body = {"mode": mode, "why": "crawl", "officer_key": self.key, "for_s": 600.0}
        answer = await self.client.put("/api/v1/privacy/mode", json=body)
        assert answer.is_success, answer.text
        assert (await self.client.get("/api/v1/privacy")).json()["mode"] == mode

    async def consents(self, purpose: str) -> str:
        body = {"purpose": purpose, "given_by": "Owner", "for_s": 3600.0}
        answer = await self.client.post("/api/v1/privacy/consents", json=body)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["consent_id"])


def is_of_heights(picture: Image) -> bool:
    """Whether a picture has nothing but black and the colours of height steps."""
    steps = np.clip(np.arange(0, TOP_M + STEP_M, STEP_M) / TOP_M, 0, 1) * 255
    palette = cv2.applyColorMap(steps.astype(np.uint8), cv2.COLORMAP_TURBO).reshape(-1, 3)
    known = {tuple(colour) for colour in palette.tolist()} | {(0, 0, 0)}
    colours = np.unique(picture.reshape(-1, picture.shape[-1]), axis=0).tolist()
    return picture.ndim == 3 and all(
        any(max(abs(a - b) for a, b in zip(c, k, strict=True)) <= 3 for k in known) for c in colours
    )


def test_a_running_device_shows_what_its_mode_allows(tmp_path: Path) -> None:
    async def story() -> None:
        async with running(tmp_path / "d") as (reached, client):
            found = await crawl(client, skip=LEAVES)
            assert found.pictures == [], "without a login"
            officer = await Officer.claims(reached, client)
            await people_are_counted(client)
            modes: tuple[ImageMode, ...] = ("counts", "none")
            for mode in modes:
                await officer.sets(mode)
                found = await crawl(client, skip=LEAVES)
                assert found.pictures == [], mode
                assert found.bytes_read > 10_000
                assert 400 <= found.asked["GET /api/v1/images/depth"] < 500
                assert sum(200 <= s < 300 for s in found.asked.values()) > 10
                assert {n: s for n, s in found.asked.items() if s >= 500} == {}
            consent = await officer.consents("still")
            await officer.sets("still")
            found = await crawl(client, skip=LEAVES)
            assert found.pictures == [], "people are about"
            await client.delete(f"/api/v1/privacy/consents/{consent}")
            assert (await client.get("/api/v1/privacy")).json()["mode"] == "none"
            await officer.sets("depth")
            found = await crawl(client, skip=LEAVES)
            assert {name for name, _ in found.pictures} == {"GET /api/v1/images/depth"}
            for _, content in found.pictures:
                picture = decoded(content)
                assert picture is not None
                assert is_of_heights(picture)
                assert faces_in(picture) == 0
            await a_clip_comes_and_goes_with_its_consent(officer)
            await documents_are_written(client)

    asyncio.run(story())


async def people_are_counted(client: httpx.AsyncClient) -> None:
    """Wait until somebody is in view."""
    while True:
        live = (await client.get("/api/v1/live")).json()
        if live["state"] == "counting" and live["people"]:
            return
        await asyncio.sleep(0.5)


async def a_clip_comes_and_goes_with_its_consent(officer: Officer) -> None:
    consent = await officer.consents("validation_recording")
    order = {"seconds": 3.0, "consent_id": consent}
    client = officer.client
    clip = (await client.post("/api/v1/recordings", json=order)).json()["recording_id"]
    async with asyncio.timeout(60):
        while (await client.get("/api/v1/recordings")).json()["recordings"][0]["state"] != "ready":
            await client.get("/api/v1/images/depth")  # waits for the next picture
    frame = await client.get(f"/api/v1/recordings/{clip}/frames/0")
    picture = decoded(frame.content)
    assert picture is not None
    assert is_of_heights(picture)
    assert faces_in(picture) == 0
    await client.delete(f"/api/v1/privacy/consents/{consent}")
    assert (await client.get("/api/v1/recordings")).json()["recordings"] == []
    entries = (await client.get("/api/v1/audit?limit=100")).json()["entries"]
    assert any("key and file are gone" in entry["detail"] for entry in entries)


async def documents_are_written(client: httpx.AsyncClient) -> None:
    for document in ("notice", "processing_record", "impact_assessment"):
        for language in ("en", "de"):
            answer = await client.get(
                f"/api/v1/privacy/documents/{document}", params={"language": language}
            )
            assert answer.status_code == 200
            assert f'lang="{language}"' in answer.text
    stored = (await client.get("/api/v1/privacy/stored")).json()["stored"]
    assert {one["kind"] for one in stored} >= {"recordings", "events", "tracks"}
