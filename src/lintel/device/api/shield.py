"""Around everything: limits of a request, headers of an answer, and what becomes of surprises."""

from __future__ import annotations

import ipaddress
import re
import secrets
from collections.abc import Mapping
from urllib.parse import urlsplit

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lintel.device.access.throttle import peer_of
from lintel.device.api.problems import RequestError, problem, told
from lintel.device.api.rates import Rates
from lintel.device.defects import fault_in, place_of

MAX_TARGET = 4096
MAX_HEADERS = 64
MAX_HEADER_BYTES = 16 * 1024
LOCAL_NAMES = (".local", ".lan", ".internal", ".home.arpa", ".localhost")
HOST = re.compile(r"[a-z0-9._-]{1,253}|\[[0-9a-f:.]{2,45}\]")

CSP = (
    "default-src 'self'; img-src 'self' blob: data:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
HSTS = "max-age=31536000"

_log = structlog.get_logger("lintel.device.api")


class SafeHeaders:
    """Gives every answer the headers that keep browsers careful, unless it has its own."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on with headers added."""

        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, text in HEADERS.items():
                    headers.setdefault(name, text)
                if scope.get("scheme") == "https":
                    headers.setdefault("Strict-Transport-Security", HSTS)
            await send(message)

        await self._app(scope, receive, send_safely if scope["type"] == "http" else send)


class Surprises:
    """A defect of Lintel becomes a numbered incident: told by its number, logged with its place."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on; tell the caller the number of an incident and the log where it happened."""
        begun = False

        async def send_watched(message: Message) -> None:
            nonlocal begun
            begun = begun or message["type"] == "http.response.start"
            await send(message)

        error = await fault_in(self._app(scope, receive, send_watched))
        if error is not None:
            number = secrets.token_hex(6)
            _log.error("incident", number=number, error=type(error).__name__, where=place_of(error))
            if not begun:
                detail = f"a defect of Lintel, not of the request; the log knows it as {number}"
                answer = problem(500, "incident", detail, incident=number)
                await answer(scope, receive, send)


class Limits:
    """Refuses what no honest caller sends: other hosts, huge targets and headers, floods."""

    def __init__(self, app: ASGIApp, *, hosts: frozenset[str], peers: Rates) -> None:
        self._app = app
        self._hosts = hosts
        self._peers = peers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, or answer with a problem."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            self._check(scope)
        except RequestError as error:
            await told(error)(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _check(self, scope: Scope) -> None:
        peer = scope["client"][0] if scope.get("client") else "unknown"
        self._peers.take(peer_of(peer))
        target = len(scope.get("raw_path") or scope["path"]) + len(scope["query_string"])
        if target > MAX_TARGET:
            raise RequestError(414, "target", f"expected an address of at most {MAX_TARGET} bytes")
        raw = scope["headers"]
        if len(raw) > MAX_HEADERS or sum(len(n) + len(v) for n, v in raw) > MAX_HEADER_BYTES:
            detail = f"expected at most {MAX_HEADERS} headers of {MAX_HEADER_BYTES} bytes"
            raise RequestError(431, "headers", detail)
        hosts = Headers(scope=scope).getlist("host")
        if len(hosts) != 1 or not is_ours(hosts[0], self._hosts):
            raise RequestError(421, "host", "this device is not called so; use its own address")


def is_ours(host: str, named: frozenset[str]) -> bool:
    """Whether a Host header may mean this device.

    Addresses and names of the local network always may; a public name must be one that the
    device was given, or another site could point its own name here (DNS rebinding).
    """
    name = host.lower()
    try:
        bare = urlsplit(f"//{name}").hostname or ""
        _ = urlsplit(f"//{name}").port
    except ValueError:
        return False
    if not HOST.fullmatch(name.rpartition(":")[0] if re.search(r":\d+$", name) else name):
        return False
    bare = bare.rstrip(".")
    return bare in named or "." not in bare or bare.endswith(LOCAL_NAMES) or _is_address(bare)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
