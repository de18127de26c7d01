"""A gate with a clock of its own, and a client that computes digests by itself."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from lintel.clock import ManualClock
from lintel.device.access import DeniedError, Gate, Principal
from lintel.device.vault import Vault

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
PASSWORD = "lamp river cotton 7"  # noqa: S105 - of tests
OTHER_PASSWORD = "seven quiet herons"  # noqa: S105
HOME = "192.0.2.7"
HEADERS = tuple[tuple[str, str], ...]


class Door:
    """A device's gate, asked as a client would ask."""

    def __init__(self, folder: Path, *, clock: ManualClock | None = None) -> None:
        self.clock = clock or ManualClock(utc=NOW, now_ns=5_000_000_000)
        self.vault = Vault.open(folder)
        self.gate = Gate(self.vault, clock=self.clock)

    @classmethod
    def with_user(cls, folder: Path, name: str = "anna", *, role: str = "installer") -> Door:
        """A claimed device with one user."""
        door = cls(folder)
        door.add(name, role)
        return door

    def add(self, name: str, role: str, *, old_client: bool = False) -> None:
        """Add a user as the command line does."""
        users = self.gate.accounts.users_on_the_device
        users.add(name, role, PASSWORD, old_client=old_client)

    def ask(
        self,
        *headers: tuple[str, str],
        method: str = "GET",
        target: str = "/api/v1/live",
        peer: str = HOME,
    ) -> Principal:
        """Ask for ``target``."""
        return asyncio.run(self.gate.authenticate(method, target, headers, peer))

    def refusal(
        self,
        *headers: tuple[str, str],
        method: str = "GET",
        target: str = "/api/v1/live",
        peer: str = HOME,
    ) -> DeniedError:
        """Ask, and be refused."""
        try:
            self.ask(*headers, method=method, target=target, peer=peer)
        except DeniedError as denied:
            return denied
        raise AssertionError("was let in")

    def nonce(self) -> str:
        """A fresh nonce."""
        return self.gate.challenge().nonce

    def digest(self, name: str = "anna", password: str = PASSWORD, **said: str) -> tuple[str, str]:
        """An Authorization header as a client makes it; ``said`` replaces or adds parameters."""
        for key, value in (("realm", self.gate.realm), ("nonce", self.nonce())):
            said.setdefault(key, value)
        return "Authorization", digest_header(name, password, **said)

    def sign_in(self, name: str = "anna") -> tuple[HEADERS, str]:
        """Sign in as the pages do: what every later request carries, and the cookie."""
        target = "/api/v1/session"
        header = self.digest(name, method="POST", uri=target)
        principal = self.ask(header, method="POST", target=target)
        opened = self.gate.open_session(principal)
        cookie = opened.cookie.partition(";")[0]
        return (("Cookie", cookie), ("X-CSRF-Token", opened.session.csrf_token)), cookie


def digest_header(
    name: str,
    password: str,
    *,
    realm: str,
    nonce: str,
    method: str = "GET",
    uri: str = "/api/v1/live",
    nc: str = "00000001",
    cnonce: str = "0a4f113b",
    algorithm: str = "SHA-256",
    **said: str,
) -> str:
    """RFC 7616 written down once more, independent of the code under test."""

    def hashed(text: str) -> str:
        kind = hashlib.md5 if algorithm.startswith("MD5") else hashlib.sha256
        return kind(text.encode()).hexdigest()

    ha1 = hashed(f"{name}:{realm}:{password}")
    if algorithm.endswith("-sess"):
        ha1 = hashed(f"{ha1}:{nonce}:{cnonce}")
    ha2 = hashed(f"{method}:{uri}")
    response = hashed(f"{ha1}:{nonce}:{nc}:{cnonce}:auth:{ha2}")
    if said.get("userhash") == "true":
        name = hashed(f"{name}:{realm}")
    parameters = {
        "username": name,
        "realm": realm,
        "nonce": nonce,
        "uri": uri,
        "response": response,
        "algorithm": algorithm,
        "qop": "auth",
        "nc": nc,
        "cnonce": cnonce,
        **said,
    }
    bare = {"algorithm", "qop", "nc", "userhash", "stale"}
    return "Digest " + ", ".join(
        f"{key}={value}" if key in bare else f'{key}="{value}"' for key, value in parameters.items()
    )


def challenges_of(headers: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    """Parameters of every WWW-Authenticate: Digest."""
    return [
        {
            key: quoted or bare
            for key, quoted, bare in re.findall(r'(\w+)=(?:"([^"]*)"|([^,]+))', value)
        }
        for name, value in headers
        if name == "WWW-Authenticate" and value.startswith("Digest ")
    ]
