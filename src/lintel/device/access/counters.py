"""How often what happened at the gate: numbers, no names and no addresses."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Counters:
    """Since the start of the service."""

    digests: int
    tokens: int
    sessions: int
    wrong: int
    wrong_tokens: int
    stale: int
    forged: int
    foreign: int
    forbidden: int
    throttled: int


@dataclass(slots=True)
class Tally:
    """Counts while the device runs."""

    digests: int = 0
    tokens: int = 0
    wrong: int = 0
    wrong_tokens: int = 0
    stale: int = 0
    forged: int = 0
    foreign: int = 0
    forbidden: int = 0
    throttled: int = 0

    def counters(self, *, sessions: int) -> Counters:
        """The numbers now."""
        return Counters(
            digests=self.digests,
            tokens=self.tokens,
            sessions=sessions,
            wrong=self.wrong,
            wrong_tokens=self.wrong_tokens,
            stale=self.stale,
            forged=self.forged,
            foreign=self.foreign,
            forbidden=self.forbidden,
            throttled=self.throttled,
        )
