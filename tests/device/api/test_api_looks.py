"""Who looks at a picture stands in the audit log."""

from __future__ import annotations

import pytest

from device_api_builders import MemoryDevice, http
from device_memory_builders import NOW
from lintel.clock import ManualClock
from lintel.device.api.looks import MAX_LOOKERS, Looks

pytestmark = pytest.mark.anyio


async def test_who_looks_stands_in_the_audit_log_once_a_look(device: MemoryDevice) -> None:
    device.privacy.mode = "depth"
    clock = ManualClock(utc=NOW)
    async with http(device, role="operator", clock=clock) as client:
        for _ in range(3):
            answer = await client.get("/api/v1/images/depth")
            assert (answer.status_code, answer.headers["x-lintel-seq"]) == (200, "0")
            clock.advance(300.0)
        assert [(e.who, e.what, e.detail) for e in device.audit.entries] == [
            ("token:operator", "images.looked", "depth")
        ]
        clock.advance(601.0)
        await client.get("/api/v1/images/depth")
    assert len(device.audit.entries) == 2


async def test_a_refused_picture_is_no_look(device: MemoryDevice) -> None:
    async with http(device, role="operator") as client:
        answer = await client.get("/api/v1/images/still")
    assert (answer.status_code, answer.json()["code"]) == (403, "refused")
    assert device.audit.entries == []


async def test_what_is_remembered_is_bounded() -> None:
    looks = Looks(ManualClock(utc=NOW))
    assert all(looks.is_new(f"u{k}", "depth") for k in range(MAX_LOOKERS + 10))
    assert not looks.is_new(f"u{MAX_LOOKERS}", "depth")
    assert looks.is_new("u0", "depth")  # forgotten, so told once more
