"""How much of the last 24 hours was watched. State: one number for each five minutes."""

from __future__ import annotations

from datetime import datetime, timedelta

from lintel.records import Watch

SLOT = timedelta(minutes=5)
DAY = timedelta(days=1)
EPOCH_SLOTS = DAY // SLOT


class DayCoverage:
    """Adds up watched time in slots and forgets those older than a day."""

    def __init__(self) -> None:
        self._watched_s: dict[int, float] = {}
        self._first: datetime | None = None

    def add(self, watch: Watch) -> None:
        """Take in watched time; a span over several slots counts where it begins."""
        slot = _slot(watch.start_utc)
        seconds = watch.share * (watch.end_utc - watch.start_utc).total_seconds()
        self._watched_s[slot] = self._watched_s.get(slot, 0.0) + seconds
        if self._first is None or watch.start_utc < self._first:
            self._first = watch.start_utc
        oldest = max(self._watched_s) - EPOCH_SLOTS
        for old in [one for one in self._watched_s if one < oldest]:
            del self._watched_s[old]

    def share(self, now: datetime) -> float:
        """0..1 of the day before ``now``, or of the time since the first watch if that is less."""
        if self._first is None or now <= self._first:
            return 0.0
        span = min(DAY, now - self._first)
        begin, end = _slot(now - span), _slot(now)
        watched_s = sum(s for slot, s in self._watched_s.items() if begin <= slot <= end)
        return min(watched_s / span.total_seconds(), 1.0)


def _slot(utc: datetime) -> int:
    return int(utc.timestamp()) // int(SLOT.total_seconds())
