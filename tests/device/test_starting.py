"""While the device starts it says so; who never greets in TLS is let go."""

from __future__ import annotations

import asyncio
import socket
import ssl
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from lintel.device import serving
from lintel.device.api.porch import Porch
from lintel.device.serving import Listener, bind
from lintel.device.tls import DeviceTls
from lintel.device.vault import Vault


def test_requests_during_the_start_are_told_to_come_again() -> None:
    porch = Porch()

    async def story() -> None:
        transport = httpx.ASGITransport(app=porch)
        async with httpx.AsyncClient(transport=transport, base_url="https://door.local") as client:
            answer = await client.get("/api/v1/live")
            assert answer.status_code == 503
            assert answer.headers["Retry-After"] == "2"
            assert answer.json()["code"] == "busy"
            assert "default-src" in answer.headers["Content-Security-Policy"]
            assert "Refresh" not in answer.headers
            page = await client.get("/", headers={"Accept": "text/html,*/*"})
            assert page.headers["Refresh"] == "2"
            porch.open(Starlette(routes=[Route("/", lambda _: PlainTextResponse("counts"))]))
            assert (await client.get("/")).text == "counts"

    asyncio.run(story())


def test_a_connection_without_a_handshake_is_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serving, "HANDSHAKE_WITHIN_S", 0.2)

    async def story() -> None:
        tls = DeviceTls(tmp_path, Vault.open(tmp_path))
        tls.ensure()
        door = bind("127.0.0.1", 0)
        listener = Listener(Porch(), tls.context(), door)
        serving_ = asyncio.create_task(listener.serve())
        silent = socket.create_connection(("127.0.0.1", listener.port))
        silent.setblocking(False)
        loop = asyncio.get_running_loop()
        assert await asyncio.wait_for(loop.sock_recv(silent, 10), timeout=60) == b""
        silent.close()
        listener.stop()
        await serving_

    asyncio.run(story())


def test_who_does_not_end_tls_does_not_hold_the_end_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(serving, "GOODBYE_WITHIN_S", 0.2)

    async def story() -> None:
        tls = DeviceTls(tmp_path, Vault.open(tmp_path))
        tls.ensure()
        listener = Listener(Porch(), tls.context(), bind("127.0.0.1", 0))
        serving_ = asyncio.create_task(listener.serve())
        idle = await asyncio.to_thread(asked_once, listener.port)
        listener.stop()
        await serving_
        idle.close()

    asyncio.run(story())
    assert [one.getMessage() for one in caplog.records if one.levelname == "ERROR"] == []


def asked_once(port: int) -> ssl.SSLSocket:
    """A connection that asked something, heard the answer, and looks at nothing any more."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    idle = context.wrap_socket(socket.create_connection(("127.0.0.1", port), timeout=60))
    idle.sendall(b"GET /api/v1/live HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert idle.recv(12) == b"HTTP/1.1 503"
    return idle
