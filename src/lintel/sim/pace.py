"""The clock of a rendered camera: exposures in real time, those that are late are skipped."""

from __future__ import annotations

import time

from lintel.clock import NS_PER_S


class Pace:
    """Real time for exposures ``fps`` a second, from the first call on."""

    def __init__(self, fps: float) -> None:
        self._period_ns = NS_PER_S / fps
        self._start_ns: int | None = None

    def wait_for(self, frame: int) -> tuple[int, int]:
        """Wait until ``frame`` is due; the first exposure that is not late, and when 0 was.

        The time is the machine's monotonic clock.
        """
        now = time.monotonic_ns()
        if self._start_ns is None:
            self._start_ns = now - round(frame * self._period_ns)
        due = max(frame, int((now - self._start_ns) / self._period_ns))
        ahead_ns = self._start_ns + due * self._period_ns - now
        if ahead_ns > 0:
            time.sleep(ahead_ns / NS_PER_S)
        return due, self._start_ns
