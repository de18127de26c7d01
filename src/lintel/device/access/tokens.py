"""API tokens: long random words with scopes and an end. Only their hashes are kept, sealed."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from datetime import datetime, timedelta

import msgspec

from lintel.clock import Clock
from lintel.device.access.book import Book
from lintel.device.vault import Vault
from lintel.errors import AccessError, BusyError, NotFoundError
from lintel.wire.v1.setting import Scope, Token

MAX_TOKENS = 64
MAX_LIFE_S = 5 * 366 * 86_400.0
NAME = re.compile(r"[\w][\w .@:/-]{0,63}")
SECRET = re.compile(r"lintel_([0-9a-f]{12})_([A-Za-z0-9_-]{43})")  # 48 and 256 random bits
NO_HASH = "0" * 64


class TokenRecord(msgspec.Struct, frozen=True):
    """One token. ``made_by`` is empty when it was made on the device itself."""

    token_id: str
    name: str
    scopes: tuple[Scope, ...]
    sha256: str
    made_by: str
    made_utc: datetime
    expires_utc: datetime | None

    def __repr__(self) -> str:
        return f"TokenRecord({self.token_id!r}, {self.name!r})"


class Tokens:
    """All tokens, kept in the vault."""

    def __init__(self, vault: Vault, *, clock: Clock) -> None:
        self._book = Book(vault, "tokens", TokenRecord)
        self._clock = clock

    def all(self) -> tuple[TokenRecord, ...]:
        """Every token that is kept, the oldest first; also those that are over."""
        return self._book.records()

    def find(self, word: str) -> TokenRecord | None:
        """The token that ``word`` is, if it is one and not over."""
        parts = SECRET.fullmatch(word)
        if parts is None:
            return None
        found = next((r for r in self._book.records() if r.token_id == parts[1]), None)
        expected = found.sha256 if found is not None else NO_HASH
        if not hmac.compare_digest(expected, hashlib.sha256(word.encode()).hexdigest()):
            return None
        return None if found is None or self.is_over(found) else found

    def is_over(self, record: TokenRecord) -> bool:
        """Whether its end has come."""
        return record.expires_utc is not None and self._clock.utc() >= record.expires_utc

    def add(
        self, name: str, scopes: frozenset[Scope], *, for_s: float | None, made_by: str = ""
    ) -> tuple[TokenRecord, str]:
        """Make a token; the word that is returned beside it is never shown again.

        Raises:
            AccessError: no name, no scopes, or an impossible life.
            BusyError: there are 64 tokens.
        """
        if NAME.fullmatch(name) is None:
            raise AccessError("a token's name is 1 to 64 letters, digits, spaces and ._@:/-")
        if not scopes:
            raise AccessError("a token needs at least one scope")
        if for_s is not None and not 1.0 <= for_s <= MAX_LIFE_S:
            raise AccessError(f"a token lives 1 to {MAX_LIFE_S:.0f} seconds, or without an end")
        token_id = secrets.token_hex(6)
        word = f"lintel_{token_id}_{secrets.token_urlsafe(32)}"
        utc = self._clock.utc()
        record = TokenRecord(
            token_id=token_id,
            name=name,
            scopes=tuple(sorted(scopes)),
            sha256=hashlib.sha256(word.encode()).hexdigest(),
            made_by=made_by,
            made_utc=utc,
            expires_utc=None if for_s is None else utc + timedelta(seconds=for_s),
        )

        def change(records: tuple[TokenRecord, ...]) -> tuple[TokenRecord, ...]:
            if len(records) >= MAX_TOKENS:
                raise BusyError(f"a device has at most {MAX_TOKENS} tokens: remove one first")
            return (*records, record)

        self._book.change(change)
        return record, word

    def remove(self, token_id: str) -> None:
        """End a token at once.

        Raises:
            NotFoundError: there is none.
        """

        def change(records: tuple[TokenRecord, ...]) -> tuple[TokenRecord, ...]:
            left = tuple(record for record in records if record.token_id != token_id)
            if len(left) == len(records):
                raise NotFoundError("there is no token of this id")
            return left

        self._book.change(change)

    def remove_made_by(self, name: str) -> int:
        """End all tokens that a user made; how many they were."""
        ended = sum(record.made_by == name for record in self._book.records())
        if ended:
            self._book.change(lambda records: tuple(r for r in records if r.made_by != name))
        return ended


def token_message(record: TokenRecord, *, last_used_utc: datetime | None = None) -> Token:
    """What may be told about a token."""
    return Token(
        token_id=record.token_id,
        name=record.name,
        scopes=record.scopes,
        made_utc=record.made_utc,
        expires_utc=record.expires_utc,
        last_used_utc=last_used_utc,
    )
