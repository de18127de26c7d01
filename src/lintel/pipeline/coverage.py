"""Coverage: the share of the time in which the counter really watched."""

from __future__ import annotations

from dataclasses import dataclass

from lintel.clock import NS_PER_S

MIN_VIEW_SHARE = 0.2  # with less of the view measured than this, nobody is watching
LONGEST_STEP_S = 0.5  # a longer gap between two frames is not watched beyond this


@dataclass(frozen=True, slots=True)
class WatchedSpan:
    """From ``start_ns`` to ``end_ns``; ``share`` of it was watched, 0..1."""

    start_ns: int
    end_ns: int
    share: float


class CoverageMeter:
    """Adds up watched and elapsed time. A few numbers of state.

    The time between two frames is watched when the later one could measure, up to
    LONGEST_STEP_S: a person cannot pass a line and its hysteresis unseen in less.
    """

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Start anew."""
        self._last_ns: int | None = None
        self._watched_s = 0.0
        self._elapsed_s = 0.0
        self._taken_ns: int | None = None
        self._taken_watched_s = 0.0

    def step(self, *, t_ns: int, view_share: float) -> None:
        """Take in one analysed frame."""
        if self._last_ns is not None:
            gap_s = max(0.0, (t_ns - self._last_ns) / NS_PER_S)
            self._elapsed_s += gap_s
            if view_share >= MIN_VIEW_SHARE:
                self._watched_s += min(gap_s, LONGEST_STEP_S)
        self._last_ns = t_ns
        if self._taken_ns is None:
            self._taken_ns = t_ns

    @property
    def untaken_s(self) -> float:
        """Time since the last ``take``, up to the last frame."""
        if self._taken_ns is None or self._last_ns is None:
            return 0.0
        return (self._last_ns - self._taken_ns) / NS_PER_S

    def take(self) -> WatchedSpan | None:
        """The span since the last ``take``; None where no time has passed."""
        start_ns, end_ns = self._taken_ns, self._last_ns
        if start_ns is None or end_ns is None or end_ns <= start_ns:
            return None
        watched_s = self._watched_s - self._taken_watched_s
        self._taken_ns, self._taken_watched_s = end_ns, self._watched_s
        return WatchedSpan(start_ns, end_ns, min(watched_s * NS_PER_S / (end_ns - start_ns), 1.0))

    @property
    def last_ns(self) -> int | None:
        """The latest frame taken in."""
        return self._last_ns

    @property
    def elapsed_s(self) -> float:
        """Time from the first frame to the last."""
        return self._elapsed_s

    @property
    def coverage(self) -> float:
        """0..1; 0 before two frames were seen."""
        return self._watched_s / self._elapsed_s if self._elapsed_s > 0 else 0.0
