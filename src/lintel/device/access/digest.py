"""HTTP digest access authentication (RFC 7616), without any input or output.

SHA-256 and qop=auth; MD5 only for users who were given it for an old client. The realm names the
device, so what is kept of a password (HA1) opens no other device.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum, auto

from lintel.clock import Clock
from lintel.device.access.header import Algorithm, Credentials, quoted
from lintel.device.access.nonces import Nonces


class Verdict(Enum):
    """What became of somebody's credentials."""

    RIGHT = auto()
    WRONG = auto()  # user or password
    STALE = auto()  # the password is right, the nonce is not: too old, or this count was used
    FORGED = auto()  # made for another request, realm or algorithm


@dataclass(frozen=True, slots=True)
class Challenge:
    """What a client needs to make its response; ``stale`` tells it to use the same password."""

    realm: str
    nonce: str
    opaque: str
    algorithm: Algorithm
    stale: bool
    qop: str = "auth"
    charset: str = "UTF-8"
    userhash: bool = True

    def header(self) -> str:
        """Value of WWW-Authenticate (RFC 7616, section 3.3).

        MD5 is not named, only meant: RFC 2617 has no other word for it, and clients that mix two
        challenges into one (requests) go on to use SHA-256.
        """
        parts = [f"Digest realm={quoted(self.realm)}, qop={quoted(self.qop)}"]
        if not self.algorithm.startswith("MD5"):
            parts.append(f"algorithm={self.algorithm}, charset={self.charset}")
            parts.append(f"userhash={str(self.userhash).lower()}")
        parts.append(f"nonce={quoted(self.nonce)}, opaque={quoted(self.opaque)}")
        if self.stale:
            parts.append("stale=true")
        return ", ".join(parts)


@dataclass(frozen=True, slots=True)
class Secret:
    """What is kept of a password; both are as good as the password on this device."""

    sha256: str = field(repr=False)
    md5: str | None = field(default=None, repr=False)


def hash_of(algorithm: Algorithm, text: str) -> str:
    """H(text) of RFC 7616, section 3.2."""
    if algorithm.startswith("SHA-256"):
        return hashlib.sha256(text.encode()).hexdigest()
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def ha1_of(algorithm: Algorithm, username: str, realm: str, password: str) -> str:
    """H(username:realm:password), section 3.4.2."""
    return hash_of(algorithm, f"{username}:{realm}:{password}")


def response_of(said: Credentials, ha1: str, method: str) -> str:
    """What a client that knows the password answers, section 3.4.1.

    With an empty method it is what the server answers in rspauth, section 3.5.
    """
    key = ha1
    if said.algorithm.endswith("-sess"):
        key = hash_of(said.algorithm, f"{ha1}:{said.nonce}:{said.cnonce}")
    ha2 = hash_of(said.algorithm, f"{method}:{said.uri}")
    return hash_of(said.algorithm, f"{key}:{said.nonce}:{said.nc}:{said.cnonce}:auth:{ha2}")


class Digest:
    """Makes challenges and judges responses for one realm."""

    def __init__(self, realm: str, *, opaque: str, clock: Clock) -> None:
        self.realm = realm
        self._opaque = opaque
        self._nonces = Nonces(clock)

    def challenge(self, *, stale: bool, algorithm: Algorithm = "SHA-256") -> Challenge:
        """A fresh challenge."""
        return Challenge(self.realm, self._nonces.new(), self._opaque, algorithm, stale)

    def name_of(self, said: Credentials, names: Iterable[str]) -> str:
        """The user that is meant, also when only the hash of the name was sent (section 3.4.4).

        Empty when no name has this hash.
        """
        if not said.userhash:
            return said.username
        found = ""
        for name in names:
            hashed = self.hashed_name(name)
            if hmac.compare_digest(hashed.encode(), said.username.encode()):
                found = name
        return found

    def hashed_name(self, name: str) -> str:
        """What stands for a name when userhash is set; always SHA-256 here."""
        return hash_of("SHA-256", f"{name}:{self.realm}")

    def judge(self, said: Credentials, *, method: str, target: str, secret: Secret) -> Verdict:
        """Whether who sent ``said`` with this request knows the password.

        Every way through takes the same time for users that exist and that do not.
        """
        ha1 = secret.sha256 if said.algorithm.startswith("SHA-256") else secret.md5
        if ha1 is None or said.realm != self.realm or said.uri != target:
            return Verdict.FORGED
        if said.opaque is not None and said.opaque != self._opaque:
            return Verdict.FORGED
        expected = response_of(said, ha1, method)
        if not hmac.compare_digest(expected.encode(), said.response.encode()):
            return Verdict.WRONG
        return Verdict.RIGHT if self._nonces.use(said.nonce, said.count) else Verdict.STALE

    def authentication_info(self, said: Credentials, secret: Secret) -> str:
        """Value of Authentication-Info: proof that the server knows the password too."""
        ha1 = secret.sha256 if said.algorithm.startswith("SHA-256") else secret.md5
        proof = response_of(said, ha1 or "", "")
        text = f"qop=auth, rspauth={quoted(proof)}, cnonce={quoted(said.cnonce)}, nc={said.nc}"
        if self._nonces.is_ageing(said.nonce):
            text += f", nextnonce={quoted(self._nonces.new())}"
        return text
