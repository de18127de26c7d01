"""Slower and slower for who guesses, in memory that does not grow and does not forget early.

Failures are counted in a fixed number of slots; which slot a name or address falls into is decided
by a keyed hash that nobody outside can compute. Nothing is evicted, so nobody can make the device
forget him by asking under many names. Who signed in before from the same address has a count of
his own: no stranger's guesses delay him.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import secrets
from array import array
from collections import OrderedDict
from dataclasses import dataclass

from lintel.clock import NS_PER_S, Clock

SLOTS = 16_384
MAX_KNOWN = 16  # addresses remembered for each user
KNOWN_FOR_S = 30 * 86_400.0
MAX_DOUBLINGS = 30


@dataclass(frozen=True, slots=True)
class Rule:
    """``free`` failures without delay, then 1 s, 2 s, 4 s ... up to ``max_s``.

    Failures are forgotten when none came for ``forget_s``.
    """

    free: int
    max_s: float
    forget_s: float = 3600.0

    def delay_s(self, failures: int) -> float:
        """How long nobody is heard after the last of ``failures``."""
        if failures < self.free:
            return 0.0
        return min(2.0 ** min(failures - self.free, MAX_DOUBLINGS), self.max_s)


PER_PEER = Rule(free=5, max_s=300.0)
PER_USER = Rule(free=10, max_s=60.0)
PER_KNOWN = Rule(free=5, max_s=60.0)


class Tries:
    """Counts failures of many keys under one rule, in ``slots`` slots."""

    def __init__(self, clock: Clock, rule: Rule, *, slots: int = SLOTS) -> None:
        self._clock = clock
        self._rule = rule
        self._secret = secrets.token_bytes(16)
        self._failures = array("L", bytes(slots * array("L").itemsize))
        self._last_ns = array("q", bytes(slots * array("q").itemsize))

    def wait_s(self, key: str) -> float:
        """Seconds until ``key`` is heard again; 0 when it is heard now."""
        slot = self._slot(key)
        since_s = (self._clock.now_ns() - self._last_ns[slot]) / NS_PER_S
        return max(0.0, self._rule.delay_s(self._failures[slot]) - since_s)

    def failed(self, key: str) -> None:
        """Count a failure."""
        slot, now_ns = self._slot(key), self._clock.now_ns()
        if now_ns - self._last_ns[slot] > self._rule.forget_s * NS_PER_S:
            self._failures[slot] = 0
        self._failures[slot] += 1
        self._last_ns[slot] = now_ns

    def take_back(self, key: str) -> None:
        """Uncount one failure that was counted before it was known to be none."""
        slot = self._slot(key)
        self._failures[slot] = max(0, self._failures[slot] - 1)

    def _slot(self, key: str) -> int:
        hashed = hmac.new(self._secret, key.encode("utf-8", "replace"), hashlib.sha256).digest()
        return int.from_bytes(hashed[:8]) % len(self._failures)


class KnownPeers:
    """From which addresses each user signed in before, with counts of their own."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._known: dict[str, OrderedDict[str, tuple[int, Tries]]] = {}

    def tries(self, stamp: str, peer: str) -> Tries | None:
        """The count of a user (by the stamp of his password) at a known address."""
        peers = self._known.get(stamp)
        found = peers.get(peer) if peers is not None else None
        if found is None or self._clock.now_ns() - found[0] > KNOWN_FOR_S * NS_PER_S:
            return None
        return found[1]

    def remember(self, stamp: str, peer: str) -> None:
        """He signed in from here; at most 16 addresses, the one longest unused goes first."""
        peers = self._known.setdefault(stamp, OrderedDict())
        _, tries = peers.pop(peer, (0, None))
        peers[peer] = self._clock.now_ns(), tries or Tries(self._clock, PER_KNOWN, slots=1)
        if len(peers) > MAX_KNOWN:
            peers.popitem(last=False)

    def keep_only(self, stamps: frozenset[str]) -> None:
        """Forget users that are gone and passwords that were changed."""
        for stamp in self._known.keys() - stamps:
            del self._known[stamp]

    def __len__(self) -> int:
        """How many addresses are remembered."""
        return sum(map(len, self._known.values()))


class Throttle:
    """All three: per address, per user, and per user at a known address."""

    def __init__(self, clock: Clock) -> None:
        self._peers = Tries(clock, PER_PEER)
        self._users = Tries(clock, PER_USER)
        self.known = KnownPeers(clock)

    def wait_s(self, user: str, stamp: str | None, peer: str) -> float:
        """Seconds until ``user`` from ``peer`` is heard; ``stamp`` is None for unknown users."""
        known = self.known.tries(stamp, peer) if stamp is not None else None
        if known is not None:
            return known.wait_s("")
        return max(self._peers.wait_s(peer), self._users.wait_s(user))

    def failed(self, user: str, stamp: str | None, peer: str) -> None:
        """Count a wrong password."""
        known = self.known.tries(stamp, peer) if stamp is not None else None
        if known is not None:
            known.failed("")
        else:
            self._peers.failed(peer)
            self._users.failed(user)

    def peer_wait_s(self, peer: str) -> float:
        """Seconds until ``peer`` is heard, whoever it says it is."""
        return self._peers.wait_s(peer)

    def peer_failed(self, peer: str) -> None:
        """Count something that no honest client sends."""
        self._peers.failed(peer)


def peer_of(address: str) -> str:
    """What stands for one place: an IPv4 address, or the first half (/64) of an IPv6 address."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address[:64]
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.IPv6Network((int(found), 64), strict=False))
