"""The web application of the device."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import msgspec
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount
from starlette.routing import Route as PathRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from lintel.clock import Clock, SystemClock
from lintel.device.access import Gate
from lintel.device.api.looks import Looks
from lintel.device.api.openapi import describe
from lintel.device.api.pages import Pages
from lintel.device.api.problems import problem
from lintel.device.api.rates import Rate, Rates
from lintel.device.api.resource import Resource, Surroundings
from lintel.device.api.route import PREFIX, AnyRoute, Media
from lintel.device.api.routes import ROUTES
from lintel.device.api.shield import Limits, SafeHeaders, Surprises
from lintel.device.ports import Ports

MIN_GZIP = 1024
GZIP_LEVEL = 5
PEER = Rate(per_s=50.0, burst=300)
CALLER = Rate(per_s=30.0, burst=200)


@dataclass(frozen=True, slots=True)
class Manners:
    """What one caller may do; ``hosts`` are public names of the device, as in its certificate."""

    peer: Rate = PEER
    caller: Rate = CALLER
    hosts: frozenset[str] = frozenset()


USUAL = Manners()


def create_app(
    ports: Ports,
    gate: Gate,
    pages: Path | None,
    *,
    manners: Manners = Manners(),
    clock: Clock | None = None,
) -> Starlette:
    """The API under /api/v1, its description at /openapi.json, and the pages at /.

    Args:
        ports: the running device.
        gate: who may come in.
        pages: folder of the built pages; None serves none.
        manners: rates and names.
        clock: for the rates; the machine's own unless given.
    """
    clock = clock or SystemClock()
    around = Surroundings(ports, gate, clock, Rates(manners.caller, clock), Looks(clock))
    routes: list[BaseRoute] = [
        PathRoute("/openapi.json", _Description(), include_in_schema=False),
        *(PathRoute(PREFIX + path, app) for path, app in _resources(around).items()),
        Mount("/api", _no_such_path),
    ]
    if pages is not None:
        routes.append(Mount("/", GZipMiddleware(Pages(pages), MIN_GZIP, GZIP_LEVEL)))
    app = Starlette(
        routes=routes,
        middleware=[
            Middleware(SafeHeaders),
            Middleware(Surprises),
            Middleware(Limits, hosts=manners.hosts, peers=Rates(manners.peer, clock)),
        ],
        exception_handlers={404: _not_found},
    )
    app.router.redirect_slashes = False
    return app


def _resources(around: Surroundings) -> dict[str, ASGIApp]:
    """An application for every path; compressed without secrets (BREACH) and pictures alone."""
    found: dict[str, ASGIApp] = {}
    for path in dict.fromkeys(route.path for route in ROUTES):
        rows: dict[str, AnyRoute] = {route.method: route for route in ROUTES if route.path == path}
        resource = Resource(rows, around)
        as_is = any(route.secret or _is_packed(route) for route in rows.values())
        found[path] = resource if as_is else GZipMiddleware(resource, MIN_GZIP, GZIP_LEVEL)
    return found


def _is_packed(route: AnyRoute) -> bool:
    """Whether every answer is a picture, which is compressed already."""
    return isinstance(route.answer, Media) and all(
        kind.startswith("image/") for kind in route.answer.types
    )


class _Description:
    """/openapi.json."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with the description."""
        if scope["method"] in {"GET", "HEAD"}:
            response = Response(_description(), media_type="application/json")
        elif scope["method"] == "OPTIONS":
            response = Response(status_code=204, headers={"Allow": "GET, HEAD, OPTIONS"})
        else:
            response = problem(
                405, "method", "expected GET", headers={"Allow": "GET, HEAD, OPTIONS"}
            )
        await response(scope, receive, send)


@cache
def _description() -> bytes:
    return msgspec.json.encode(describe(ROUTES))


async def _no_such_path(scope: Scope, receive: Receive, send: Send) -> None:
    answer = problem(404, "no_path", "there is no such path; /openapi.json lists all")
    await answer(scope, receive, send)


async def _not_found(_request: Request, _error: Exception) -> Response:
    return problem(404, "no_path", "there is no such path; /openapi.json lists all")
