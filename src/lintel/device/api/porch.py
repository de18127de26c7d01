"""Before the device can answer: everybody is told to come again in a moment."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from lintel.device.api.problems import problem
from lintel.device.api.shield import SafeHeaders

RETRY_S = "2"


class Porch:
    """Stands before an application that is not there yet."""

    def __init__(self) -> None:
        self._inside: ASGIApp = SafeHeaders(_wait)

    def open(self, app: ASGIApp) -> None:
        """Let everybody in, from the next request on."""
        self._inside = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on to what is inside."""
        await self._inside(scope, receive, send)


async def _wait(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer that the device is starting; a browser's page asks again by itself."""
    headers = {"Retry-After": RETRY_S}
    if "text/html" in Headers(scope=scope).get("accept", ""):
        headers["Refresh"] = RETRY_S
    answer = problem(503, "busy", "the device is starting; try again soon", headers=headers)
    await answer(scope, receive, send)
