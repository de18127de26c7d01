"""Users and tokens as people manage them: nobody gives or takes what he does not hold himself."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import datetime

from lintel.clock import Clock
from lintel.device.access.counters import Tally
from lintel.device.access.denied import DeniedError
from lintel.device.access.roles import SCOPES, SCOPES_OF_ROLE, Principal, role_of, scope_of
from lintel.device.access.tokens import TokenRecord, Tokens, token_message
from lintel.device.access.users import UserRecord, Users, user_message
from lintel.device.vault import Vault
from lintel.wire.v1.setting import Role, Scope, Token, User


class Accounts:
    """Management of users and tokens. Whoever calls is a principal that the gate let in."""

    def __init__(self, vault: Vault, *, realm: str, clock: Clock, tally: Tally) -> None:
        self._clock = clock
        self._tally = tally
        self._users = Users(vault, realm=realm, clock=clock)
        self._tokens = Tokens(vault, clock=clock)
        self._last_seen: dict[str, datetime] = {}
        self._last_used: dict[str, datetime] = {}

    # -- what the gate asks ----------------------------------------------------------------------

    @property
    def users_on_the_device(self) -> Users:
        """The users without rules of who may manage whom: for who holds the device itself."""
        return self._users

    @property
    def tokens_on_the_device(self) -> Tokens:
        """The tokens likewise."""
        return self._tokens

    def records(self) -> tuple[UserRecord, ...]:
        """Everybody, by name."""
        return self._users.all()

    def find(self, name: str) -> UserRecord | None:
        """The user of this name."""
        return self._users.find(name)

    def stamps(self) -> dict[str, str]:
        """The stamp of everybody's password and role."""
        return {record.name: record.stamp for record in self._users.all()}

    def seen(self, name: str) -> None:
        """He was let in just now."""
        self._last_seen[name] = self._clock.utc()

    def add_first(self, name: str, password: str) -> User:
        """Make the first user.

        Raises:
            AccessError: the name or the password cannot be.
            ConflictError: there is a user already.
        """
        return user_message(self._users.add(name, "installer", password, only_as_first=True))

    def by_token(self, word: str) -> Principal | None:
        """Who holds a token; None when it is unknown or over."""
        record = self._tokens.find(word)
        scopes = self._scopes_of(record) if record is not None else frozenset()
        if record is None or not scopes:
            return None
        self._last_used[record.token_id] = self._clock.utc()
        return Principal(f"token:{record.name}", None, scopes, "token", stamp=record.token_id)

    def scopes_of_token(self, token_id: str) -> frozenset[Scope]:
        """What a token holds now; nothing when it ended or is over."""
        found = next((r for r in self._tokens.all() if r.token_id == token_id), None)
        if found is None or self._tokens.is_over(found):
            return frozenset()
        return self._scopes_of(found)

    def _scopes_of(self, record: TokenRecord) -> frozenset[Scope]:
        """A token never holds more than who made it holds now; made on the device it holds all."""
        wanted = frozenset(record.scopes)
        if not record.made_by:
            return wanted & SCOPES
        maker = self._users.find(record.made_by)
        return wanted & SCOPES_OF_ROLE[maker.role] if maker is not None else frozenset()

    # -- what people ask -------------------------------------------------------------------------

    def require(self, principal: Principal, scope: Scope) -> None:
        """Return when ``principal`` holds ``scope``.

        Raises:
            DeniedError: it does not.
        """
        if not principal.may(scope):
            self._tally.forbidden += 1
            raise DeniedError(f"this needs the scope {scope}", status=403, code="forbidden")

    async def users(self) -> tuple[User, ...]:
        """Everybody, by name; ``last_seen_utc`` is since the start of the service."""
        return tuple(
            user_message(record, last_seen_utc=self._last_seen.get(record.name))
            for record in self._users.all()
        )

    async def add_user(self, principal: Principal, name: str, role: Role, password: str) -> User:
        """Add a user.

        Raises:
            DeniedError: the role holds what the principal does not.
            AccessError: name or password cannot be.
            ConflictError: the name is taken.
            BusyError: there are 64 users.
        """
        self._require_over(principal, role_of(role), new=True)
        record = await asyncio.to_thread(self._users.add, name, role, password)
        return user_message(record)

    async def remove_user(self, principal: Principal, name: str) -> None:
        """Remove a user; sessions and tokens that he made end at once.

        Raises:
            DeniedError: he holds what the principal does not.
            NotFoundError: there is no such user.
            ConflictError: nobody would be left who can manage users.
        """
        self._require_over_user(principal, name)
        await asyncio.to_thread(self._users.remove, name)
        await asyncio.to_thread(self._tokens.remove_made_by, name)
        self._last_seen.pop(name, None)

    async def set_password(self, principal: Principal, name: str, password: str) -> None:
        """Change one's own password, or that of a user who holds nothing beyond one's own scopes.

        Raises:
            DeniedError: not allowed.
            AccessError: the password cannot be.
            NotFoundError: there is no such user.
        """
        if not (principal.role is not None and principal.name == name):
            self._require_over_user(principal, name)
        await asyncio.to_thread(self._users.set_password, name, password)

    async def set_role(self, principal: Principal, name: str, role: Role) -> None:
        """Change a role.

        Raises:
            DeniedError: the old or new role holds what the principal does not.
            NotFoundError: there is no such user.
            ConflictError: nobody would be left who can manage users.
        """
        self._require_over_user(principal, name)
        self._require_over(principal, role_of(role), new=True)
        await asyncio.to_thread(self._users.set_role, name, role)

    async def tokens(self) -> tuple[Token, ...]:
        """All tokens; ``last_used_utc`` is since the start of the service."""
        return tuple(
            token_message(record, last_used_utc=self._last_used.get(record.token_id))
            for record in self._tokens.all()
        )

    async def add_token(
        self, principal: Principal, name: str, scopes: Iterable[str], *, for_s: float | None
    ) -> tuple[Token, str]:
        """Make a token within one's own scopes; the word beside it is never shown again.

        Raises:
            DeniedError: a scope that the principal does not hold, or a token asks for a token.
            AccessError: name, scope or life cannot be.
            BusyError: there are 64 tokens.
        """
        self.require(principal, "users:write")
        if principal.role is None:
            raise DeniedError("a token cannot make tokens", status=403, code="forbidden")
        wanted = frozenset(scope_of(scope) for scope in scopes)
        for scope in wanted:
            self.require(principal, scope)
        record, word = await asyncio.to_thread(
            self._tokens.add, name, wanted, for_s=for_s, made_by=principal.name
        )
        return token_message(record), word

    async def remove_token(self, principal: Principal, token_id: str) -> None:
        """End a token at once.

        Raises:
            DeniedError: not allowed.
            NotFoundError: there is none.
        """
        self.require(principal, "users:write")
        await asyncio.to_thread(self._tokens.remove, token_id)
        self._last_used.pop(token_id, None)

    def _require_over_user(self, principal: Principal, name: str) -> None:
        found = self._users.find(name)
        if found is not None:
            self._require_over(principal, found.role)
        else:
            self.require(principal, "users:write")

    def _require_over(self, principal: Principal, role: Role, *, new: bool = False) -> None:
        """Nobody gives or takes what he does not hold; but an installer names the first officer."""
        self.require(principal, "users:write")
        if principal.holds_all_of(role):
            return
        officers = any(record.role == "privacy_officer" for record in self._users.all())
        if new and role == "privacy_officer" and not officers and principal.role == "installer":
            return
        self._tally.forbidden += 1
        raise DeniedError(
            f"a {role.replace('_', ' ')} may do what you may not: only who may do it too manages "
            "such users",
            status=403,
            code="forbidden",
        )
