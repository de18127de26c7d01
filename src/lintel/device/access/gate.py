"""The gate: who may pass, asked before every request; no input or output of its own."""

from __future__ import annotations

import asyncio
import hmac
import secrets
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from lintel.clock import Clock
from lintel.device.access.accounts import Accounts
from lintel.device.access.claim import ClaimCode
from lintel.device.access.counters import Counters, Tally
from lintel.device.access.denied import DeniedError, Headers
from lintel.device.access.digest import Challenge, Digest, Secret, Verdict, ha1_of
from lintel.device.access.header import Credentials, HeaderError, read_credentials
from lintel.device.access.officer import OfficerKey
from lintel.device.access.passwords import normal_password
from lintel.device.access.requests import Asked
from lintel.device.access.roles import SCOPES_OF_ROLE, Principal
from lintel.device.access.sessions import Sessions, cookie_header, cookie_removal, word_of_cookies
from lintel.device.access.throttle import Throttle, peer_of
from lintel.device.access.users import UserRecord
from lintel.device.vault import Vault
from lintel.errors import BusyError
from lintel.wire.v1.setting import Scope, Session, User

MAX_STAYS = 16


@dataclass(frozen=True, slots=True)
class Opened:
    """A session that was begun: the value of Set-Cookie, and what the page gets to know."""

    cookie: str = field(repr=False)
    session: Session


@dataclass(frozen=True, slots=True)
class Claimed:
    """The first user, and the privacy officer's key, which is shown this once."""

    user: User
    officer_key: str | None = field(repr=False)


def realm_of(vault: Vault) -> str:
    """The name of this device for password hashes: never the same for two devices."""
    return f"lintel-{vault.derive('realm', length=16).hex()[:16]}"


class Gate:
    """Everything about who may pass. Methods that write to the disk are coroutines."""

    def __init__(self, vault: Vault, *, clock: Clock) -> None:
        """Open the gate over what the vault keeps; without a user, a claim code is made.

        Raises:
            VaultError: users or tokens are damaged.
        """
        self._clock = clock
        self.realm = realm_of(vault)
        self._digest = Digest(
            self.realm, opaque=vault.derive("opaque", length=16).hex(), clock=clock
        )
        self._sessions = Sessions(clock)
        self._throttle = Throttle(clock)
        self._claim_code = ClaimCode(vault)
        self._tally = Tally()
        self._staying: Counter[str] = Counter()
        self.accounts = Accounts(vault, realm=self.realm, clock=clock, tally=self._tally)
        self._nobody = Secret(secrets.token_hex(32))
        self.officer_key = OfficerKey(vault, clock=clock)
        if self.claimed:
            self._claim_code.remove()
        else:
            self._claim_code.ensure()

    # -- letting in ------------------------------------------------------------------------------

    @property
    def claimed(self) -> bool:
        """Whether there is a first user."""
        return bool(self.accounts.records())

    @property
    def claim_code(self) -> str | None:
        """What to print where the device is started; None once it is claimed."""
        return None if self.claimed else self._claim_code.ensure()

    def challenge(self, *, stale: bool = False) -> Challenge:
        """What a page needs to make its response by itself."""
        return self._digest.challenge(stale=stale)

    async def authenticate(
        self, method: str, target: str, headers: Iterable[tuple[str, str]], peer: str
    ) -> Principal:
        """Who asks: by digest, bearer token or session cookie.

        ``target`` is path and query exactly as they were sent. Headers of the principal belong
        into the answer. Requests that change something must come from the device's own pages
        or from no page at all, and with a session carry its CSRF token.

        Raises:
            DeniedError: not let in; its status and headers make the answer.
        """
        asked = Asked.read(method, target, headers, peer)
        if not self.claimed:
            raise DeniedError("claim the device first", status=403, code="unclaimed")
        if asked.changes:
            self._counted_as_foreign(asked)
        authorization = asked.header("authorization")
        if authorization is None:
            return self._by_session(asked)
        scheme = authorization.partition(" ")[0].lower()
        if scheme == "digest":
            return self._by_digest(asked, authorization)
        if scheme == "bearer":
            return self._by_token(authorization)
        raise self._refused(asked, "sign in by digest or with a token", code="malformed")

    def require(self, principal: Principal, scope: Scope) -> None:
        """Return when ``principal`` holds ``scope``.

        Raises:
            DeniedError: it does not.
        """
        self.accounts.require(principal, scope)

    def confirm(self, principal: Principal) -> None:
        """Return when who was let in may still stay, for streams that last.

        Raises:
            DeniedError: the session is over, the password or role was changed, the user is gone,
                or the token ended.
        """
        if principal.how == "token":
            stays = principal.scopes <= self.accounts.scopes_of_token(principal.stamp)
        elif principal.session_token is not None:
            stamps = self.accounts.stamps()
            stays = self._sessions.stands(principal.session_token, stamp_of=stamps)
        else:
            stays = self.accounts.stamps().get(principal.name) == principal.stamp
        if not stays:
            raise DeniedError("this is over: sign in", status=401, code="expired")

    def prove(self, principal: Principal, password: str, *, peer: str) -> None:
        """Return when it is the password of a user who is signed in already.

        Raises:
            DeniedError: it is not, or too many were wrong lately.
        """
        user = self.accounts.find(principal.name)
        stamp = user.stamp if user is not None else None
        key, place = self._digest.hashed_name(principal.name), peer_of(peer)
        self._wait(self._throttle.wait_s(key, stamp, place))
        said = ha1_of("SHA-256", principal.name, self.realm, normal_password(password))
        kept = (user.secret if user is not None else self._nobody).sha256
        if not hmac.compare_digest(said.encode(), kept.encode()):
            self._count(Verdict.WRONG, key, stamp, place)
            raise DeniedError("this is not the present password", status=403, code="wrong")

    @contextmanager
    def staying(self, principal: Principal) -> Iterator[None]:
        """Stay on as one of at most 16 streams of one user or token: nobody takes them all.

        Raises:
            BusyError: 16 of them stay already.
        """
        name = principal.name
        if self._staying[name] >= MAX_STAYS:
            raise BusyError(f"at most {MAX_STAYS} streams for one user or token: close one first")
        self._staying[name] += 1
        try:
            yield
        finally:
            self._staying[name] -= 1
            self._staying += Counter()  # forgets names at zero

    def counters(self) -> Counters:
        """How often what happened since the start, for the health of the device."""
        return self._tally.counters(sessions=len(self._sessions))

    # -- sessions --------------------------------------------------------------------------------

    def open_session(self, principal: Principal) -> Opened:
        """Begin a session for who has just signed in by digest.

        Raises:
            DeniedError: it was not by digest.
        """
        user = self.accounts.find(principal.name)
        if principal.how != "digest" or user is None:
            raise DeniedError("a session begins with a digest", status=403, code="forbidden")
        word = self._sessions.open(user.name, user.stamp)
        opened = Principal(user.name, user.role, principal.scopes, "session", (), word)
        return Opened(cookie_header(word), self.session(opened))

    def session(self, principal: Principal) -> Session:
        """What the page gets to know of its session.

        Raises:
            DeniedError: the principal has none.
        """
        word = principal.session_token
        found = self._sessions.find(word, stamp_of=self.accounts.stamps()) if word else None
        if word is None or found is None or principal.role is None:
            raise DeniedError("there is no session", status=403, code="forbidden")
        left = timedelta(seconds=self._sessions.left_s(found))
        return Session(
            user=principal.name,
            role=principal.role,
            csrf_token=self._sessions.csrf_token(word),
            expires_utc=self._clock.utc() + left,
        )

    def close_session(self, principal: Principal) -> str:
        """End the session; the value of Set-Cookie that removes the cookie."""
        if principal.session_token is not None:
            self._sessions.close(principal.session_token)
        return cookie_removal()

    # -- claim -----------------------------------------------------------------------------------

    async def claim(self, code: str, user: str, password: str, *, peer: str) -> Claimed:
        """Make the first user, an installer; the code is void from then on.

        Raises:
            DeniedError: the code is wrong, too many were tried, or there is a user already.
            AccessError: the name or the password cannot be; the code stays good.
        """
        if self.claimed:
            raise DeniedError("the device is claimed: sign in", status=403, code="claimed")
        place = peer_of(peer)
        self._wait(self._throttle.peer_wait_s(place))
        if not self._claim_code.fits(code):
            self._tally.wrong += 1
            self._throttle.peer_failed(place)
            raise DeniedError("this is not the claim code", status=403, code="wrong")
        return await asyncio.to_thread(self._claim, user, password)

    def _claim(self, user: str, password: str) -> Claimed:
        made = self.accounts.add_first(user, password)
        self._claim_code.remove()
        key = None if self.officer_key.exists else self.officer_key.make()
        return Claimed(made, key)

    # -- within ----------------------------------------------------------------------------------

    def _by_digest(self, asked: Asked, header: str) -> Principal:
        try:
            said = read_credentials(header)
        except HeaderError as error:
            self._throttle.peer_failed(asked.peer)
            raise self._refused(asked, str(error), code="malformed") from error
        stamps = self.accounts.stamps()
        name = self._digest.name_of(said, stamps)
        user, stamp = self.accounts.find(name), stamps.get(name)
        # unknown names are counted just as known ones are, in whichever form they were sent
        key = said.username if said.userhash else self._digest.hashed_name(name)
        self._wait(self._throttle.wait_s(key, stamp, asked.peer))
        verdict = self._digest.judge(
            said,
            method=asked.method,
            target=asked.target,
            secret=user.secret if user is not None else self._nobody,
        )
        if user is None or verdict is not Verdict.RIGHT:
            self._count(verdict, key, stamp, asked.peer)
            raise self._refused(
                asked, "wrong user or password", code="wrong", stale=verdict is Verdict.STALE
            )
        self._throttle.known.keep_only(frozenset(stamps.values()))
        self._throttle.known.remember(user.stamp, asked.peer)
        self.accounts.seen(user.name)
        self._tally.digests += 1
        return self._signed_in(user, said)

    def _signed_in(self, user: UserRecord, said: Credentials) -> Principal:
        info = self._digest.authentication_info(said, user.secret)
        headers = (("Authentication-Info", info),)
        scopes = SCOPES_OF_ROLE[user.role]
        return Principal(user.name, user.role, scopes, "digest", headers, stamp=user.stamp)

    def _count(self, verdict: Verdict, key: str, stamp: str | None, peer: str) -> None:
        if verdict is Verdict.STALE:
            self._tally.stale += 1
        elif verdict is Verdict.FORGED:
            self._tally.forged += 1
            self._throttle.peer_failed(peer)
        else:
            self._tally.wrong += 1
            self._throttle.failed(key, stamp, peer)

    def _by_token(self, header: str) -> Principal:
        found = self.accounts.by_token(header.partition(" ")[2].strip(" "))
        if found is None:
            self._tally.wrong_tokens += 1
            raise DeniedError(
                "this token is unknown, ended, or over",
                status=401,
                code="expired",
                headers=(("WWW-Authenticate", 'Bearer error="invalid_token"'),),
            )
        self._tally.tokens += 1
        return found

    def _by_session(self, asked: Asked) -> Principal:
        word = word_of_cookies(asked.header("cookie") or "")
        if word is None:
            raise self._refused(asked, "sign in first", code="sign_in")
        found = self._sessions.find(word, stamp_of=self.accounts.stamps())
        user = self.accounts.find(found.user) if found is not None else None
        if user is None:
            raise self._refused(asked, "the session is over: sign in", code="expired")
        if asked.changes:
            sent = (asked.header("x-csrf-token") or "").encode()
            if not hmac.compare_digest(sent, self._sessions.csrf_token(word).encode()):
                self._tally.foreign += 1
                raise DeniedError("send X-CSRF-Token of the session", status=403, code="csrf")
        self.accounts.seen(user.name)
        scopes = SCOPES_OF_ROLE[user.role]
        return Principal(user.name, user.role, scopes, "session", (), word, user.stamp)

    def _counted_as_foreign(self, asked: Asked) -> None:
        try:
            asked.require_same_origin()
        except DeniedError:
            self._tally.foreign += 1
            raise

    def _refused(
        self, asked: Asked, message: str, *, code: str, stale: bool = False
    ) -> DeniedError:
        """401 with a challenge. A page's script gets none that a browser would ask a person for."""
        if asked.by_script:
            headers: Headers = (("WWW-Authenticate", f'Session realm="{self.realm}"'),)
        else:
            headers = self._challenges(stale=stale)
        if stale:
            message, code = "the nonce is used up or too old: repeat with the new one", "stale"
        return DeniedError(message, status=401, code=code, headers=headers)

    def _challenges(self, *, stale: bool) -> Headers:
        offered = [self._digest.challenge(stale=stale)]
        if any(record.ha1_md5 is not None for record in self.accounts.records()):
            offered.append(self._digest.challenge(stale=stale, algorithm="MD5"))
        return tuple(("WWW-Authenticate", challenge.header()) for challenge in offered)

    def _wait(self, wait_s: float) -> None:
        if wait_s > 0:
            self._tally.throttled += 1
            raise DeniedError(
                f"too many wrong passwords: try again in {int(wait_s) + 1} s",
                status=429,
                code="throttled",
                headers=(("Retry-After", str(int(wait_s) + 1)),),
            )
