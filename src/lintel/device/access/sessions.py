"""Sessions of the pages: a random cookie after a digest, kept in memory and only as a hash."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass, replace

from lintel.clock import NS_PER_S, Clock

COOKIE = "__Host-lintel"
IDLE_S = 30 * 60.0
LIFE_S = 12 * 3600.0
MAX_PER_USER = 16
WORD = re.compile(r"[A-Za-z0-9_-]{43}")  # 256 random bits


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who signed in. ``stamp`` is that of his password and role when he did."""

    user: str
    stamp: str
    begun_ns: int
    seen_ns: int


class Sessions:
    """All sessions: at most 16 for each user, his longest unused goes first; a restart ends all.

    A session ends 30 minutes after its last request, 12 hours after its first, when it is closed,
    and when the user's password or role changes.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._secret = secrets.token_bytes(32)
        self._sessions: dict[bytes, Session] = {}

    def __len__(self) -> int:
        """How many there are, also those that are over and were not looked for since."""
        return len(self._sessions)

    def open(self, user: str, stamp: str) -> str:
        """Begin a session; the word for its cookie. What the client had before is never taken."""
        self._sweep()
        own = [key for key, session in self._sessions.items() if session.user == user]
        own.sort(key=lambda key: self._sessions[key].seen_ns)
        for key in own[: max(0, len(own) - MAX_PER_USER + 1)]:
            del self._sessions[key]
        word = secrets.token_urlsafe(32)
        now_ns = self._clock.now_ns()
        self._sessions[_hashed(word)] = Session(user, stamp, now_ns, now_ns)
        return word

    def find(self, word: str, *, stamp_of: dict[str, str]) -> Session | None:
        """The session of a cookie, touched; None when there is none or it is over."""
        if WORD.fullmatch(word) is None:
            return None
        key = _hashed(word)
        session = self._sessions.get(key)
        if session is None:
            return None
        if self._is_over(session) or stamp_of.get(session.user) != session.stamp:
            del self._sessions[key]
            return None
        touched = replace(session, seen_ns=self._clock.now_ns())
        self._sessions[key] = touched
        return touched

    def stands(self, word: str, *, stamp_of: dict[str, str]) -> bool:
        """Whether a session goes on; asking does not keep it from ending."""
        session = self._sessions.get(_hashed(word))
        if session is None or self._is_over(session):
            return False
        return stamp_of.get(session.user) == session.stamp

    def close(self, word: str) -> None:
        """End a session."""
        self._sessions.pop(_hashed(word), None)

    def csrf_token(self, word: str) -> str:
        """What a page sends with every change to show that it is ours and no stranger's."""
        return hmac.new(self._secret, b"csrf" + word.encode(), hashlib.sha256).hexdigest()

    def left_s(self, session: Session) -> float:
        """Seconds until it ends when nothing more is asked."""
        now_ns = self._clock.now_ns()
        idle = IDLE_S - (now_ns - session.seen_ns) / NS_PER_S
        return max(0.0, min(idle, LIFE_S - (now_ns - session.begun_ns) / NS_PER_S))

    def _is_over(self, session: Session) -> bool:
        return self.left_s(session) == 0.0

    def _sweep(self) -> None:
        for key in [key for key, session in self._sessions.items() if self._is_over(session)]:
            del self._sessions[key]


def cookie_header(word: str) -> str:
    """Value of Set-Cookie; the prefix ``__Host-`` binds it to this host and to HTTPS."""
    return f"{COOKIE}={word}; Path=/; Max-Age={LIFE_S:.0f}; Secure; HttpOnly; SameSite=Strict"


def cookie_removal() -> str:
    """Value of Set-Cookie that makes the browser forget it."""
    return f"{COOKIE}=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Strict"


def word_of_cookies(header: str) -> str | None:
    """Our cookie of a Cookie header (RFC 6265); None when it is not there or there twice."""
    found = [
        value.strip(" \t")
        for name, _, value in (pair.partition("=") for pair in header.split(";"))
        if name.strip(" \t") == COOKIE
    ]
    return found[0] if len(found) == 1 else None


def _hashed(word: str) -> bytes:
    return hashlib.sha256(word.encode()).digest()
