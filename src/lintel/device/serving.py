"""The listener: HTTPS in the running event loop, bounded in connections, time and size.

Beside it, if wished, a port for plain HTTP that answers every request with a way to HTTPS.
"""

from __future__ import annotations

import asyncio
import re
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

from lintel.device.doorman import Doorman
from lintel.errors import BusyError

MAX_CONNECTIONS = 200
BACKLOG = 64
KEEP_ALIVE_S = 15
HEADERS_WITHIN_S = 10.0  # a request whose head takes longer is cut off (slow loris)
HANDSHAKE_WITHIN_S = 10.0
GOODBYE_WITHIN_S = 2.0  # for the other side to end TLS too; then it is cut off
GRACE_S = 5
MAX_HEAD_BYTES = 32 * 1024
MAX_REDIRECTS = 64  # answered at the same time
HOST = re.compile(r"[A-Za-z0-9.-]{1,253}|\[[0-9a-fA-F:.]{2,45}\]")
TARGET = re.compile(r"/[!-~]{0,2000}")


@dataclass(frozen=True, slots=True)
class Address:
    """Where to listen; port 0 lets the machine choose."""

    host: str = "0.0.0.0"  # noqa: S104 - a device is there to be reached
    port: int = 8443
    redirect_port: int | None = None


def bind(host: str, port: int) -> socket.socket:
    """A listening socket.

    Raises:
        BusyError: the address is taken or not allowed.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = Doorman(family)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise BusyError(
            f"{host}:{port} cannot be listened at: {error.strerror}; choose another with --port"
        ) from error
    listener.setblocking(False)
    return listener


class Listener:
    """Serves an application until it is stopped."""

    def __init__(self, app: ASGIApp, context: ssl.SSLContext, listener: socket.socket) -> None:
        self._socket = listener
        config = uvicorn.Config(
            app,
            http=_Protocol,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            limit_concurrency=MAX_CONNECTIONS,
            timeout_keep_alive=KEEP_ALIVE_S,
            timeout_graceful_shutdown=GRACE_S,
            h11_max_incomplete_event_size=MAX_HEAD_BYTES,
            ssl_context_factory=lambda config, default: context,  # noqa: ARG005 - ours
        )
        self._server = _Server(config)

    @property
    def port(self) -> int:
        """The port that is listened at."""
        port: int = self._socket.getsockname()[1]
        return port

    async def serve(self) -> None:
        """Answer until ``stop``."""
        await self._server.serve(sockets=[self._socket])

    def stop(self) -> None:
        """Finish what is being answered, for GRACE_S at most, and end."""
        self._server.should_exit = True


class _Server(uvicorn.Server):
    """Signals are the service's business, and so is how long a TLS handshake may take."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen as uvicorn does on given sockets, which gives handshakes and ends far longer."""
        config, loop = self.config, asyncio.get_running_loop()

        def protocol() -> asyncio.Protocol:
            made: asyncio.Protocol = _Protocol(
                config=config, server_state=self.server_state, app_state={}
            )
            return made

        self.servers = [
            await loop.create_server(
                protocol,
                sock=one,
                ssl=config.ssl,
                backlog=config.backlog,
                ssl_handshake_timeout=HANDSHAKE_WITHIN_S,
                ssl_shutdown_timeout=GOODBYE_WITHIN_S,
            )
            for one in sockets or ()
        ]
        self.started = True


class _Protocol(H11Protocol):
    """Cuts a connection off whose request head, or first byte, does not come in time."""

    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:  # noqa: ANN401 - uvicorn's signature
        super().connection_made(transport)
        self._arm()

    def handle_events(self) -> None:
        before = self.cycle
        super().handle_events()
        if self.cycle is not before:
            self._disarm()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._disarm()

    def connection_lost(self, exc: Exception | None) -> None:
        self._disarm()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        cycle: RequestResponseCycle | None = self.cycle
        idle = cycle is None or cycle.response_complete
        if idle and self._deadline is None:
            self._arm()
        super().data_received(data)

    def _arm(self) -> None:
        self._deadline = self.loop.call_later(HEADERS_WITHIN_S, self._cut_off)

    def _disarm(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _cut_off(self) -> None:
        self._deadline = None
        if not self.transport.is_closing():
            self.transport.abort()


class Redirect:
    """Answers plain HTTP with 308 and the same address over HTTPS; reads no more than a head."""

    def __init__(self, listener: socket.socket, *, https_port: int) -> None:
        self._socket = listener
        self._https_port = https_port
        self._free = asyncio.Semaphore(MAX_REDIRECTS)
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Begin to answer."""
        self._server = await asyncio.start_server(
            self._answer, sock=self._socket, limit=MAX_HEAD_BYTES
        )

    def stop(self) -> None:
        """Answer no more."""
        if self._server is not None:
            self._server.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            if not self._free.locked():
                async with self._free, asyncio.timeout(HEADERS_WITHIN_S):
                    head = await reader.readuntil(b"\r\n\r\n")
                    writer.write(self._response(head))
                    await writer.drain()
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass  # whoever asked went away or never asked
        finally:
            writer.close()

    def _response(self, head: bytes) -> bytes:
        lines = head.decode("latin-1").split("\r\n")
        words = lines[0].split(" ")
        hosts = [line[5:].strip() for line in lines[1:] if line.lower().startswith("host:")]
        host = re.sub(r":[0-9]{1,5}\Z", "", hosts[0]) if len(hosts) == 1 else ""
        valid = len(words) == 3 and TARGET.fullmatch(words[1]) and HOST.fullmatch(host)
        if not valid:
            return b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        port = "" if self._https_port == 443 else f":{self._https_port}"
        return (
            f"HTTP/1.1 308 Permanent Redirect\r\nLocation: https://{host}{port}{words[1]}\r\n"
            "Content-Length: 0\r\nConnection: close\r\n\r\n"
        ).encode("latin-1")
