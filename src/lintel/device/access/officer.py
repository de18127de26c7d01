"""The privacy officer's key: without it nobody makes the device show more than before."""

from __future__ import annotations

import asyncio

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from lintel.clock import Clock
from lintel.device.access.denied import DeniedError
from lintel.device.access.keycode import new_code, normal_code
from lintel.device.access.throttle import Rule, Tries
from lintel.device.vault import Vault
from lintel.errors import ConflictError, RefusedError

LETTERS = 24  # 120 random bits
NAME = "officer_key"
PER_CALLER = Rule(free=3, max_s=300.0)
TOGETHER = Rule(free=20, max_s=60.0)
EVERYBODY = "everybody"


class OfficerKey:
    """Makes the key, keeps its argon2id hash in the vault, and checks what is shown to it."""

    def __init__(self, vault: Vault, *, clock: Clock) -> None:
        self._vault = vault
        self._hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
        self._callers = Tries(clock, PER_CALLER, slots=256)
        self._together = Tries(clock, TOGETHER, slots=1)
        self._one_at_a_time = asyncio.Lock()  # 19 MiB each

    @property
    def exists(self) -> bool:
        """Whether one was made."""
        return self._vault.stamp(NAME) is not None

    def make(self, *, anew: bool = False) -> str:
        """A new key, shown this once; the old one is void.

        Raises:
            ConflictError: there is one, and ``anew`` was not asked for.
        """
        with self._vault.exclusive(NAME):
            if self.exists and not anew:
                raise ConflictError("there is a privacy officer's key already")
            key = new_code(LETTERS)
            self._vault.seal(NAME, self._hasher.hash(normal_code(key)).encode())
            return key

    async def renew(self, key: str, *, who: str) -> str:
        """Exchange the key for a new one, for the officer who got it from somebody else.

        Raises:
            RefusedError: it is not the key.
            DeniedError: too many wrong keys lately.
        """
        await self.verify(key, who=who)
        return await asyncio.to_thread(self.make, anew=True)

    async def verify(self, key: str | None, *, who: str) -> None:
        """Return when it is the key.

        Raises:
            RefusedError: it is not, or none was ever made.
            DeniedError: too many wrong keys lately; say so and try later.
        """
        if key is None:
            raise RefusedError("this needs the privacy officer's key")
        async with self._one_at_a_time:
            self._charge(who)
            if not await asyncio.to_thread(self._fits, key):
                raise RefusedError("this is not the privacy officer's key")
            self._callers.take_back(who)
            self._together.take_back(EVERYBODY)

    def _charge(self, who: str) -> None:
        wait_s = max(self._callers.wait_s(who), self._together.wait_s(EVERYBODY))
        if wait_s > 0:
            raise DeniedError(
                f"too many wrong keys: try again in {wait_s:.0f} s",
                status=429,
                code="throttled",
                headers=(("Retry-After", str(int(wait_s) + 1)),),
            )
        self._callers.failed(who)
        self._together.failed(EVERYBODY)

    def _fits(self, key: str) -> bool:
        kept = self._vault.unseal(NAME)
        if kept is None:
            return False
        try:
            return self._hasher.verify(kept.decode(), normal_code(key))
        except (VerificationError, InvalidHashError):
            return False
