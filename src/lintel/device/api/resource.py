"""One path of the API as an ASGI application: method, caller, parameters, body, answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import msgspec
from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from lintel.clock import Clock
from lintel.device.access import Gate, Principal
from lintel.device.api.guard import check_origin, check_scopes
from lintel.device.api.looks import Looks
from lintel.device.api.problems import RequestError, is_told, told
from lintel.device.api.rates import Rates
from lintel.device.api.reading import read_body, read_json, read_params
from lintel.device.api.route import JSON, AnyRoute, Call
from lintel.device.ports import Ports
from lintel.errors import LintelError

MODE_HEADER = "X-Lintel-Image-Mode"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What every path needs."""

    ports: Ports
    gate: Gate
    clock: Clock
    callers: Rates
    looks: Looks


class Resource:
    """All methods of one path."""

    def __init__(self, routes: Mapping[str, AnyRoute], around: Surroundings) -> None:
        self._routes = dict(routes)
        self._around = around
        methods = sorted({*routes, "OPTIONS"} | ({"HEAD"} if "GET" in routes else set()))
        self._allow = {"Allow": ", ".join(methods)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; errors that are for the caller become problems."""
        request = Request(scope, receive)
        try:
            response = await self._answer(request)
        except LintelError as error:
            if not is_told(error):
                raise
            response = told(error)
        if request.method == "HEAD":
            response = _head_of(response)
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        if request.method == "OPTIONS":
            return Response(status_code=204, headers=self._allow)
        method = "GET" if request.method == "HEAD" else request.method
        route = self._routes.get(method)
        if route is None:
            detail = f"expected one of {self._allow['Allow']}"
            raise RequestError(405, "method", detail, headers=self._allow)
        check_origin(request)
        principal = await self._principal(request, route)
        params = read_params(route.asked, _given(request, route))
        body = await _body(request, route)
        around = self._around
        call = Call(
            ports=around.ports,
            gate=around.gate,
            clock=around.clock,
            looks=around.looks,
            request=request,
            principal=principal,
            params=params,
            body=body,
        )
        response = _response(route, await route.handler(call))
        response.headers[MODE_HEADER] = self._mode()
        for name, text in principal.headers if principal else ():
            response.headers.append(name, text)
        return response

    async def _principal(self, request: Request, route: AnyRoute) -> Principal | None:
        if not route.login:
            return None
        principal = await self._around.gate.authenticate(
            request.method, target_of(request), request.headers.items(), peer_of(request)
        )
        check_scopes(principal, route.scopes)
        self._around.callers.take(principal.name)
        return principal

    def _mode(self) -> str:
        """The image mode, and whether it shows more than it should by default."""
        privacy = self._around.ports.privacy.state()
        return f"{privacy.mode};lowered" if privacy.lowered else privacy.mode


def target_of(request: Request) -> str:
    """The request target as it was sent: path and query, still encoded."""
    path: bytes = request.scope.get("raw_path") or request.scope["path"].encode()
    query: bytes = request.scope["query_string"]
    return (path + b"?" + query if query else path).decode("latin-1")


def peer_of(request: Request) -> str:
    """The caller's address."""
    return request.client.host if request.client else "unknown"


def _given(request: Request, route: AnyRoute) -> Iterator[tuple[str, str]]:
    """Names and texts of what came in the path, the query and the headers that are asked for."""
    for name, text in request.query_params.multi_items():
        if name in request.path_params or name in route.headers:
            raise RequestError(400, "malformed", f"{name!r} is no parameter of the query")
        yield name, text
    for name in route.in_path:
        yield name, str(request.path_params[name])
    for name in sorted(route.headers):
        for text in request.headers.getlist(name):
            yield name, text


async def _body(request: Request, route: AnyRoute) -> object:
    if route.body is None:
        return None
    content = await read_body(request, limit=route.body_limit, media_type=route.body_type)
    if route.body_type == JSON:
        return read_json(route.body, content)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise RequestError(400, "malformed", f"expected text in UTF-8: {error}") from error


def _response(route: AnyRoute, answer: Struct | Response | None) -> Response:
    if isinstance(answer, Response):
        return answer
    if answer is None:
        return Response(status_code=204)
    return Response(msgspec.json.encode(answer), route.status, media_type=JSON)


def _head_of(response: Response) -> Response:
    """The same head without a body."""
    head = Response(status_code=response.status_code)
    head.raw_headers = response.raw_headers
    return head
