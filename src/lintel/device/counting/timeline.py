"""From the monotonic instants of frames to UTC, in order, whatever the wall clock does.

Between checks UTC runs with the monotonic clock. A wall clock set forward is followed at once: the
time between was watched by nobody. One set back by up to SLEW_S is waited for at half speed, so
that no moment comes twice. One set back by more is followed at once and said, because then it was
wrong before: what was counted under the wrong time keeps it.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta

from lintel.clock import NS_PER_S, Clock, UtcMap

STEP_S = 0.5  # a difference of at least this is a step, and told
QUIET_S = 0.005  # a smaller one is left alone
SLEW_S = 30.0  # set back by up to this much, time runs at half speed
MAX_PIECES = 64
HALF = 0.5


@dataclass(frozen=True, slots=True)
class ClockStep:
    """The wall clock was set by ``seconds``; ``back``: moments come again."""

    seconds: float
    before_utc: datetime
    after_utc: datetime
    back: bool

    def words(self) -> str:
        """For the audit log."""
        return (
            f"{self.seconds:+.1f} s, from {self.before_utc.isoformat(timespec='seconds')} "
            f"to {self.after_utc.isoformat(timespec='seconds')}"
        )


@dataclass(frozen=True, slots=True)
class _Piece:
    """From ``from_ns`` on, UTC runs from ``utc`` with ``rate``."""

    from_ns: int
    utc: datetime
    rate: float = 1.0

    def at(self, t_ns: int) -> datetime:
        return self.utc + timedelta(microseconds=(t_ns - self.from_ns) * self.rate / 1000)


class Timeline:
    """UTC of monotonic instants. State: at most MAX_PIECES pieces, the oldest forgotten.

    Asked by one thread, the one that counts; others read the clock itself.
    """

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        start = UtcMap.read(clock)
        self._pieces: deque[_Piece] = deque(
            [_Piece(start.epoch_ns, start.epoch_utc)], maxlen=MAX_PIECES
        )
        self.uncertainty_s = start.uncertainty_s

    def utc_at(self, t_ns: int) -> datetime:
        """UTC of an instant; of one before a step by the clock of then."""
        for piece in reversed(self._pieces):
            if piece.from_ns <= t_ns:
                return piece.at(t_ns)
        return self._pieces[0].at(t_ns)

    def now(self) -> datetime:
        """UTC now."""
        return self.utc_at(self.clock.now_ns())

    def check(self) -> ClockStep | None:
        """Compare with the wall clock; a step where it was set. Ask about once a second."""
        reading = UtcMap.read(self.clock)
        self.uncertainty_s = reading.uncertainty_s
        now_ns, told = reading.epoch_ns, self.utc_at(reading.epoch_ns)
        ahead_s = (reading.epoch_utc - told).total_seconds()
        if abs(ahead_s) < QUIET_S:
            return None
        back = ahead_s < -SLEW_S
        if ahead_s > 0.0 or back:
            self._begin(_Piece(now_ns, reading.epoch_utc))
            return _step(ahead_s, told, reading.epoch_utc, back=back)
        if self.rate_at(now_ns) == HALF:
            foreseen = self._pieces[-1].at(now_ns)
            if abs((foreseen - reading.epoch_utc).total_seconds()) < STEP_S:
                return None
        self._slow_down(now_ns, told, -ahead_s)
        return _step(ahead_s, told, reading.epoch_utc, back=False)

    def rate_at(self, t_ns: int) -> float:
        """How fast UTC runs at an instant: 1, or a half while a clock set back is waited for."""
        return next((p.rate for p in reversed(self._pieces) if p.from_ns <= t_ns), 1.0)

    def _slow_down(self, now_ns: int, told: datetime, behind_s: float) -> None:
        """Half speed until the wall clock has caught up, which takes twice as long."""
        self._begin(_Piece(now_ns, told, HALF))
        caught_up_ns = now_ns + round(2.0 * behind_s * NS_PER_S)
        self._begin(_Piece(caught_up_ns, told + timedelta(seconds=behind_s)))

    def _begin(self, piece: _Piece) -> None:
        """From its instant on this piece alone holds."""
        while self._pieces and self._pieces[-1].from_ns >= piece.from_ns:
            self._pieces.pop()
        self._pieces.append(piece)


def _step(seconds: float, before: datetime, after: datetime, *, back: bool) -> ClockStep | None:
    return ClockStep(seconds, before, after, back) if abs(seconds) >= STEP_S else None
