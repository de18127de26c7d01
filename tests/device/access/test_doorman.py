"""The listening socket lets nobody take all connections."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from device_api_builders import memory_device
from lintel.device import doorman
from lintel.device.api.app import create_app
from lintel.device.doorman import Doorman
from lintel.device.serving import Listener, bind
from lintel.device.tls import DeviceTls
from lintel.device.vault import Vault


@pytest.fixture
def door() -> Iterator[Doorman]:
    with Doorman(socket.AF_INET) as door:
        door.bind(("127.0.0.1", 0))
        door.listen(64)
        door.settimeout(5)
        yield door


def knock(door: Doorman) -> socket.socket:
    return socket.create_connection(door.getsockname(), timeout=5)


def test_one_address_gets_its_share_and_a_place_that_is_left_is_free_again(
    door: Doorman, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doorman, "_is_loopback", lambda _peer: False)
    monkeypatch.setattr(doorman, "MAX_GUESTS_OF_A_PEER", 3)
    knocking = [knock(door) for _ in range(3)]
    inside = [door.accept()[0] for _ in range(3)]
    refused = knock(door)
    door.setblocking(False)
    with pytest.raises(BlockingIOError):
        door.accept()
    assert refused.recv(1) == b""  # closed at once
    assert (door.guests, door.turned_away) == (3, 1)
    inside[0].close()
    inside[0].close()
    assert door.guests == 2
    door.settimeout(5)
    knocking.append(knock(door))
    inside.append(door.accept()[0])
    inside[-1].sendall(b"hello")
    assert knocking[-1].recv(5) == b"hello"
    for connection in (*knocking, *inside, refused):
        connection.close()
    assert door.guests == 0


def test_all_together_are_bounded_too(door: Doorman, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doorman, "MAX_GUESTS", 2)
    knocking = [knock(door) for _ in range(4)]
    inside = [door.accept()[0] for _ in range(2)]
    door.setblocking(False)
    with pytest.raises(BlockingIOError):
        door.accept()
    assert door.turned_away == 2
    for connection in (*knocking, *inside):
        connection.close()


def test_behind_https_a_flood_of_silent_connections_takes_its_share_and_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    device = memory_device(tmp_path)
    tls = DeviceTls(tmp_path, Vault.open(tmp_path))
    tls.ensure()
    trust = ssl.create_default_context(cafile=str(tmp_path / "tls" / "device.pem"))
    monkeypatch.setattr(doorman, "MAX_GUESTS", 6)

    async def flood() -> None:
        door = bind("127.0.0.1", 0)
        assert isinstance(door, Doorman)
        listener = Listener(create_app(device.ports, device.gate, None), tls.context(), door)
        serving = asyncio.create_task(listener.serve())
        address = f"https://localhost:{listener.port}"
        async with httpx.AsyncClient(verify=trust, base_url=address, trust_env=False) as client:
            assert (await client.get("/api/v1/claim")).status_code == 200
            silent = [await asyncio.open_connection("127.0.0.1", listener.port) for _ in range(20)]
            ended = [asyncio.create_task(reader.read()) for reader, _ in silent]
            done, _ = await asyncio.wait(ended, timeout=10, return_when=asyncio.FIRST_COMPLETED)
            assert done  # some were turned away at once
            assert door.guests <= 6
            assert (await client.get("/api/v1/claim")).status_code == 200  # who is in stays in
        for _, writer in silent:
            writer.transport.abort()
        await asyncio.gather(*ended, return_exceptions=True)
        listener.stop()
        await serving
        assert door.turned_away >= 14

    asyncio.run(flood())


@pytest.mark.parametrize(
    ("peer", "own"), [("127.0.0.1", True), ("::/64", True), ("192.0.2.7", False)]
)
def test_the_device_itself_is_known(peer: str, *, own: bool) -> None:
    assert doorman._is_loopback(peer) == own  # noqa: SLF001 - decides who is limited
