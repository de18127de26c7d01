"""What a route is: a row of a table from which routing, checks and the description are made."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeAlias, TypeVar

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from lintel.clock import Clock
from lintel.device.access import DeniedError, Gate, Principal
from lintel.device.api.looks import Looks
from lintel.device.ports import Ports
from lintel.errors import LintelError
from lintel.wire.v1.request import Nothing
from lintel.wire.v1.setting import Scope

PREFIX = "/api/v1"
BODY_LIMIT = 64 * 1024
JSON = "application/json"

Method: TypeAlias = Literal["GET", "POST", "PUT", "DELETE"]
Scopes: TypeAlias = tuple[Scope, ...]
P = TypeVar("P", bound=Struct)
B = TypeVar("B")


@dataclass(frozen=True, slots=True)
class Call(Generic[P, B]):
    """One request, checked and read. ``body`` is None where the route takes none."""

    ports: Ports
    gate: Gate
    clock: Clock
    looks: Looks
    request: Request
    principal: Principal | None
    params: P
    body: B

    @property
    def who(self) -> str:
        """The caller's name, for the audit."""
        return self.principal.name if self.principal else "nobody"

    @property
    def caller(self) -> Principal:
        """Who is signed in.

        Raises:
            DeniedError: nobody is; cannot be on a route that asks for a login.
        """
        if self.principal is None:
            raise DeniedError("sign in first", status=401, code="sign_in")
        return self.principal

    async def note(self, what: str, detail: str) -> None:
        """Add an entry to the audit log in the caller's name."""
        await self.ports.history.note(who=self.who, what=what, detail=detail)


@dataclass(frozen=True, slots=True)
class Media:
    """An answer that is not JSON."""

    types: tuple[str, ...]
    meaning: str


@dataclass(frozen=True, slots=True)
class Route(Generic[P, B]):
    """One row.

    ``scopes``: any one of them is enough; without scopes every signed-in caller may; without
    ``login`` everyone. ``headers`` are the parameters that come as headers. ``empty`` says what
    204 without a body means. ``secret`` answers are never compressed. ``errors`` are those that
    this route can tell beside the common ones.
    """

    method: Method
    path: str
    summary: str
    handler: Callable[[Call[P, B]], Awaitable[Struct | Response | None]]
    answer: type[Struct] | Media | None
    scopes: Scopes = ()
    login: bool = True
    params: type[P] | None = None
    headers: frozenset[str] = frozenset()
    body: type[B] | None = None
    body_type: str = JSON
    body_limit: int = BODY_LIMIT
    status: int = 200
    empty: str = ""
    secret: bool = False
    errors: tuple[type[LintelError], ...] = ()

    @property
    def name(self) -> str:
        """The name of the operation: that of its handler."""
        return self.handler.__name__

    @property
    def subject(self) -> str:
        """The module that it stands in."""
        return self.handler.__module__.rpartition(".")[2]

    @property
    def asked(self) -> type[Struct]:
        """The form of its parameters."""
        return self.params or Nothing

    @property
    def in_path(self) -> tuple[str, ...]:
        """Names of the parameters that stand in the path."""
        return tuple(part[1:-1] for part in self.path.split("/") if part.startswith("{"))


AnyRoute: TypeAlias = Route[Any, Any]
