"""Time. Stages see only monotonic nanoseconds; UTC enters at the output edge through a clock."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

NS_PER_S = 1_000_000_000


class Clock(Protocol):
    """What tells the time: a monotonic counter, and the wall time that belongs to it."""

    def now_ns(self) -> int:
        """Monotonic time, nanoseconds; never steps back."""
        ...

    def utc(self) -> datetime:
        """Wall time now, aware, UTC; may step."""
        ...


class SystemClock:
    """The clock of this machine."""

    def now_ns(self) -> int:
        """Monotonic time, nanoseconds."""
        return time.monotonic_ns()

    def utc(self) -> datetime:
        """Wall time now, aware, UTC."""
        return datetime.now(UTC)


class ManualClock:
    """A clock that moves only when told to, for tests and replay."""

    def __init__(self, *, utc: datetime, now_ns: int = 0) -> None:
        self._utc = utc.astimezone(UTC)
        self._now_ns = now_ns

    def now_ns(self) -> int:
        """Monotonic time, nanoseconds."""
        return self._now_ns

    def utc(self) -> datetime:
        """Wall time now, aware, UTC."""
        return self._utc

    def advance(self, seconds: float) -> None:
        """Move both clocks forward; a negative value raises ValueError."""
        if seconds < 0:
            raise ValueError(f"a clock advances by zero or more seconds, got {seconds}")
        self._now_ns += round(seconds * NS_PER_S)
        self._utc += timedelta(seconds=seconds)

    def step_utc(self, seconds: float) -> None:
        """Step the wall clock alone, as a time server does."""
        self._utc += timedelta(seconds=seconds)


@dataclass(frozen=True, slots=True)
class UtcMap:
    """Wall time of a monotonic instant: ``utc_at(t_ns) = epoch_utc + (t_ns - epoch_ns)``.

    ``uncertainty_s`` bounds the error of the reading that made the map.
    """

    epoch_ns: int
    epoch_utc: datetime
    uncertainty_s: float

    @classmethod
    def read(cls, clock: Clock) -> UtcMap:
        """Read both clocks; the uncertainty is the time that the reading took."""
        before_ns = clock.now_ns()
        utc = clock.utc()
        after_ns = clock.now_ns()
        middle_ns = (before_ns + after_ns) // 2
        return cls(middle_ns, utc.astimezone(UTC), (after_ns - before_ns) / NS_PER_S)

    def utc_at(self, t_ns: int) -> datetime:
        """Aware UTC time of the monotonic instant ``t_ns``, to the microsecond."""
        return self.epoch_utc + timedelta(microseconds=(t_ns - self.epoch_ns) / 1000)
