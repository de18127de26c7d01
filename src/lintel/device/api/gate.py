"""What the web API asks of the gate that knows who may come in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from lintel.wire.v1.setting import Role, Scope


class Principal(Protocol):
    """Who asks: a user, by digest or session, or a token."""

    @property
    def name(self) -> str:
        """Name for the audit."""
        ...

    @property
    def role(self) -> Role | None:
        """The role of a user; None for a token."""
        ...

    @property
    def scopes(self) -> frozenset[Scope]:
        """What it may."""
        ...

    @property
    def headers(self) -> tuple[tuple[str, str], ...]:
        """Headers that belong into the answer."""
        ...


class Gate(Protocol):
    """Knows users, tokens and sessions."""

    async def authenticate(
        self, method: str, target: str, headers: Mapping[str, str], peer: str
    ) -> Principal:
        """Who asks.

        Raises:
            AccessError: nobody who may.
        """
        ...

    async def confirm(self, principal: Principal) -> None:
        """That someone who came in may still be here.

        Raises:
            AccessError: the session is over, or the user or token is gone.
        """
        ...
