"""Who may do what: roles, scopes, and the one who asks."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal, TypeAlias, get_args

from lintel.errors import AccessError
from lintel.wire.v1.setting import Role, Scope

How: TypeAlias = Literal["digest", "session", "token"]

SCOPES: frozenset[Scope] = frozenset(get_args(Scope))
ROLES: tuple[Role, ...] = get_args(Role)

_VIEWER: frozenset[Scope] = frozenset({"live:read", "records:read"})
_OPERATOR: frozenset[Scope] = _VIEWER | {"image:view", "config:read", "recordings:write"}
SCOPES_OF_ROLE: MappingProxyType[Role, frozenset[Scope]] = MappingProxyType(
    {
        "viewer": _VIEWER,
        "operator": _OPERATOR,
        "installer": _OPERATOR | {"config:write", "system:write", "users:write"},
        "privacy_officer": _VIEWER
        | {"image:view", "audit:read", "privacy:write", "users:write", "recordings:write"},
    }
)


@dataclass(frozen=True, slots=True)
class Principal:
    """The one who asks. ``role`` is None for a token; ``headers`` belong into the answer.

    ``stamp`` is that of the user's password and role, or the token's number.
    """

    name: str
    role: Role | None
    scopes: frozenset[Scope]
    how: How
    headers: tuple[tuple[str, str], ...] = ()
    session_token: str | None = field(default=None, repr=False)
    stamp: str = field(default="", repr=False)

    def may(self, scope: Scope) -> bool:
        """Whether the scope is held."""
        return scope in self.scopes

    def holds_all_of(self, role: Role) -> bool:
        """Whether nothing of ``role`` is beyond this one's own scopes."""
        return SCOPES_OF_ROLE[role] <= self.scopes


def role_of(text: str) -> Role:
    """A role by its name.

    Raises:
        AccessError: there is no such role.
    """
    for role in ROLES:
        if role == text:
            return role
    raise AccessError(f"expected a role ({', '.join(ROLES)}), got {text[:40]!r}")


def scope_of(text: str) -> Scope:
    """A scope by its name.

    Raises:
        AccessError: there is no such scope.
    """
    for scope in get_args(Scope):
        if scope == text:
            found: Scope = scope
            return found
    raise AccessError(f"expected a scope ({', '.join(sorted(SCOPES))}), got {text[:40]!r}")
