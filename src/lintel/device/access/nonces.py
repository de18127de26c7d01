"""Nonces that need no memory to be made, and a bounded memory of how they were used.

A nonce is its time, a random salt, and a code over both that only this run of the device can
make (HMAC-SHA-256). Nothing is kept until a nonce was used by somebody who knows a password.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import struct
from heapq import heappop, heappush

from lintel.clock import NS_PER_S, Clock

LIFETIME_S = 300.0
WINDOW = 64  # how far behind the highest count a request may come
MAX_USED = 4096
SALT_BYTES = 8
CODE_BYTES = 16
BODY = struct.Struct(f">q{SALT_BYTES}s")
NONCE_LENGTH = 4 * -(-(BODY.size + CODE_BYTES) // 3)


class Nonces:
    """Makes nonces, knows its own again, and lets each count of each be used once.

    The secret lives as long as this object: after a restart every old nonce is stale, because how
    it was used before is not known any more. When more than ``max_used`` nonces are in use, the
    oldest is forgotten and with it all nonces that are as old become stale: what is forgotten can
    not be replayed.
    """

    def __init__(
        self, clock: Clock, *, lifetime_s: float = LIFETIME_S, max_used: int = MAX_USED
    ) -> None:
        self._clock = clock
        self._lifetime_ns = round(lifetime_s * NS_PER_S)
        self._max_used = max_used
        self._secret = secrets.token_bytes(32)
        self._used: dict[bytes, tuple[int, int]] = {}  # body -> highest count, those seen below it
        self._by_age: list[tuple[int, bytes]] = []
        self._stale_until_ns: int | None = None

    def __len__(self) -> int:
        """How many used nonces are remembered."""
        return len(self._used)

    def new(self) -> str:
        """A nonce that is good from now on."""
        body = BODY.pack(self._clock.now_ns(), secrets.token_bytes(SALT_BYTES))
        return base64.urlsafe_b64encode(body + self._code(body)).decode()

    def is_good(self, nonce: str) -> bool:
        """Whether it was made by this object and is not too old."""
        body = self._body(nonce)
        return body is not None and self._is_young(body)

    def is_ageing(self, nonce: str) -> bool:
        """Whether more than half of its life is over: time to hand out the next one."""
        body = self._body(nonce)
        return body is None or self._age_ns(body) > self._lifetime_ns // 2

    def use(self, nonce: str, count: int) -> bool:
        """Use a count of a nonce; False when it is not good or was used before.

        Counts may come out of order by up to 63 (parallel connections), each one once.
        """
        body = self._body(nonce)
        if body is None or not self._is_young(body):
            return False
        highest, seen = self._used.get(body, (0, 0))
        if count > highest:
            seen = ((seen << (count - highest)) | 1) if count - highest < WINDOW else 1
            self._remember(body, count, seen & ((1 << WINDOW) - 1))
            return True
        bit = 1 << (highest - count)
        if highest - count >= WINDOW or seen & bit:
            return False
        self._used[body] = highest, seen | bit
        return True

    def _remember(self, body: bytes, highest: int, seen: int) -> None:
        if body not in self._used:
            heappush(self._by_age, (_time_of(body), body))
        self._used[body] = highest, seen
        while self._by_age and not self._is_young(self._by_age[0][1]):
            del self._used[heappop(self._by_age)[1]]
        while len(self._used) > self._max_used:
            made_ns, oldest = heappop(self._by_age)
            del self._used[oldest]
            self._stale_until_ns = made_ns

    def _is_young(self, body: bytes) -> bool:
        forgotten = self._stale_until_ns is not None and _time_of(body) <= self._stale_until_ns
        return not forgotten and 0 <= self._age_ns(body) <= self._lifetime_ns

    def _age_ns(self, body: bytes) -> int:
        return self._clock.now_ns() - _time_of(body)

    def _body(self, nonce: str) -> bytes | None:
        """Time and salt of a nonce that was made here; None for any other text."""
        if len(nonce) != NONCE_LENGTH or not nonce.isascii():
            return None
        try:
            raw = base64.b64decode(nonce, altchars=b"-_", validate=True)
        except ValueError:
            return None
        body, code = raw[: BODY.size], raw[BODY.size :]
        return body if hmac.compare_digest(code, self._code(body)) else None

    def _code(self, body: bytes) -> bytes:
        return hmac.new(self._secret, body, hashlib.sha256).digest()[:CODE_BYTES]


def _time_of(body: bytes) -> int:
    made_ns: int = BODY.unpack(body)[0]
    return made_ns
