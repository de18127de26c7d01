"""The device's real web application behind uvicorn and TLS, on a port of its own."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from starlette.applications import Starlette

from device_api_builders import PATIENT, MemoryDevice, memory_device
from lintel.device.api.app import Manners, create_app
from lintel.device.tls import DeviceTls
from lintel.device.vault import Vault


class _Server(uvicorn.Server):
    """Tells when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then tell."""
        await super().startup(sockets)
        self.listening.set()

    @property
    def port(self) -> int:
        return int(self.servers[0].sockets[0].getsockname()[1])


@dataclass(frozen=True)
class Served:
    """A device that answers over HTTPS."""

    device: MemoryDevice
    port: int
    trusted: Path

    def url(self, path: str = "/api/v1/system") -> str:
        return f"https://localhost:{self.port}{path}"


@contextmanager
def served(folder: Path, *, manners: Manners = PATIENT) -> Iterator[Served]:
    """A device with one user, anna; its gate has a clock that moves when told."""
    device = memory_device(folder)
    tls = DeviceTls(folder, Vault.open(folder))
    tls.ensure()
    app = create_app(device.ports, device.gate, None, manners=manners, clock=device.clock)
    with listening(app, tls) as port:
        yield Served(device, port, folder / "tls" / "device.pem")


@contextmanager
def listening(app: Starlette, tls: DeviceTls) -> Iterator[int]:
    """An application behind uvicorn; its port."""
    config = uvicorn.Config(
        app,
        host="127.0.0.1",
        port=0,
        ssl_context_factory=lambda _config, _usual: tls.context(),
        lifespan="off",
        ws="none",
        log_config=None,
        timeout_graceful_shutdown=1,
    )
    server = _Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        assert server.listening.wait(60)
        yield server.port
    finally:
        server.should_exit = True
        thread.join()
