"""The example of the how-to page, run against the real application behind a socket."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import pytest

from device_api_builders import MemoryDevice
from device_socket_builders import WAIT_S, serving, until
from lintel.device.api.app import create_app

pytestmark = pytest.mark.anyio
EXAMPLE = Path(__file__).parents[3] / "docs" / "examples" / "follow_events.py"


async def test_the_example_follows_from_where_it_stood(device: MemoryDevice) -> None:
    device.history.add(3)
    async with serving(create_app(device.ports, device.gate, None)) as address:
        said = {
            "LINTEL_URL": address,
            "LINTEL_TOKEN": device.words["viewer"],
            "LINTEL_AFTER": "p1",
            "LINTEL_COUNT": "3",
        }
        program = await asyncio.create_subprocess_exec(
            sys.executable,
            str(EXAMPLE),
            env={**os.environ, **said},
            stdout=asyncio.subprocess.PIPE,
        )
        await until(lambda: len(device.counter.feeds) == 1)
        for event in device.history.add(1):
            device.counter.publish(event)
        async with asyncio.timeout(WAIT_S):
            printed, _ = await program.communicate()
    assert printed.decode().splitlines() == [
        "p2 2026-03-01T12:01:00Z crossing door out",
        "p3 2026-03-01T12:02:00Z crossing door in",
        "p4 2026-03-01T12:03:00Z crossing door out",
    ]
