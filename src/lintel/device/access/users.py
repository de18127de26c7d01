"""Users of the device. Of a password only HA1 is kept, sealed, good for this device alone."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime

import msgspec

from lintel.clock import Clock
from lintel.device.access.book import Book
from lintel.device.access.digest import Secret, ha1_of
from lintel.device.access.passwords import checked_name, checked_password
from lintel.device.access.roles import SCOPES_OF_ROLE, role_of
from lintel.device.vault import Vault
from lintel.errors import BusyError, ConflictError, NotFoundError
from lintel.wire.v1.setting import Role, User

MAX_USERS = 64


class UserRecord(msgspec.Struct, frozen=True):
    """One user. ``stamp`` changes with password and role, and ends what depended on them."""

    name: str
    role: Role
    ha1_sha256: str
    ha1_md5: str | None
    stamp: str
    made_utc: datetime

    @property
    def secret(self) -> Secret:
        """What a response is judged by."""
        return Secret(self.ha1_sha256, self.ha1_md5)

    def __repr__(self) -> str:
        return f"UserRecord({self.name!r}, {self.role!r})"


class Users:
    """All users, kept in the vault."""

    def __init__(self, vault: Vault, *, realm: str, clock: Clock) -> None:
        self._book = Book(vault, "users", UserRecord)
        self._realm = realm
        self._clock = clock
        self._known: tuple[UserRecord, ...] = ()
        self._by_name: dict[str, UserRecord] = {}

    def find(self, name: str) -> UserRecord | None:
        """The user of this name."""
        self.all()
        return self._by_name.get(name)

    def all(self) -> tuple[UserRecord, ...]:
        """Everybody, by name."""
        records = self._book.records()
        if records is not self._known:
            self._known, self._by_name = records, {record.name: record for record in records}
        return records

    def add(
        self,
        name: str,
        role: str,
        password: str,
        *,
        old_client: bool = False,
        only_as_first: bool = False,
    ) -> UserRecord:
        """Add a user; ``old_client`` keeps the MD5 form of the password too.

        Raises:
            AccessError: name, role or password cannot be.
            ConflictError: the name is taken, or with ``only_as_first`` somebody is there already.
            BusyError: there are 64 users.
        """
        made = self._made(checked_name(name), role_of(role), password, old_client=old_client)

        def change(records: tuple[UserRecord, ...]) -> tuple[UserRecord, ...]:
            if only_as_first and records:
                raise ConflictError("the device has its first user already: sign in")
            if any(record.name.lower() == name.lower() for record in records):
                raise ConflictError(f"there is a user {name} already")
            if len(records) >= MAX_USERS:
                raise BusyError(f"a device has at most {MAX_USERS} users: remove one first")
            return tuple(sorted((*records, made), key=lambda record: record.name))

        self._book.change(change)
        return made

    def remove(self, name: str, *, even_last: bool = False) -> None:
        """Remove a user.

        Raises:
            NotFoundError: there is none of this name.
            ConflictError: nobody would be left who can manage users.
        """

        def change(records: tuple[UserRecord, ...]) -> tuple[UserRecord, ...]:
            _one(records, name)
            left = tuple(record for record in records if record.name != name)
            return left if even_last else _still_managed(left)

        self._book.change(change)

    def set_password(self, name: str, password: str, *, old_client: bool | None = None) -> None:
        """Change a password; his sessions end. Without ``old_client`` that stays as it was.

        Raises:
            AccessError: the password cannot be.
            NotFoundError: there is no such user.
        """

        def change(record: UserRecord) -> UserRecord:
            md5 = record.ha1_md5 is not None if old_client is None else old_client
            made = self._made(name, record.role, password, old_client=md5)
            return msgspec.structs.replace(made, made_utc=record.made_utc)

        self._replace(name, change)

    def set_role(self, name: str, role: str) -> None:
        """Change a role; his sessions end.

        Raises:
            AccessError: there is no such role.
            NotFoundError: there is no such user.
            ConflictError: nobody would be left who can manage users.
        """
        wanted = role_of(role)
        stamp = secrets.token_hex(8)
        self._replace(name, lambda r: msgspec.structs.replace(r, role=wanted, stamp=stamp))

    def _replace(self, name: str, change: Callable[[UserRecord], UserRecord]) -> None:
        def change_all(records: tuple[UserRecord, ...]) -> tuple[UserRecord, ...]:
            changed = change(_one(records, name))
            return _still_managed(tuple(changed if r.name == name else r for r in records))

        self._book.change(change_all)

    def _made(self, name: str, role: Role, password: str, *, old_client: bool) -> UserRecord:
        normal = checked_password(password, name=name)
        return UserRecord(
            name=name,
            role=role,
            ha1_sha256=ha1_of("SHA-256", name, self._realm, normal),
            ha1_md5=ha1_of("MD5", name, self._realm, normal) if old_client else None,
            stamp=secrets.token_hex(8),
            made_utc=self._clock.utc(),
        )


def user_message(record: UserRecord, *, last_seen_utc: datetime | None = None) -> User:
    """What may be told about a user."""
    return User(record.name, record.role, last_seen_utc)


def _one(records: tuple[UserRecord, ...], name: str) -> UserRecord:
    for record in records:
        if record.name == name:
            return record
    raise NotFoundError("there is no user of this name")


def _still_managed(records: tuple[UserRecord, ...]) -> tuple[UserRecord, ...]:
    if not any("users:write" in SCOPES_OF_ROLE[record.role] for record in records):
        raise ConflictError(
            "nobody would be left who can manage users: name another installer or privacy "
            "officer first"
        )
    return records
