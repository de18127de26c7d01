"""Queues: how many wait in a zone, how long they waited, how long a newcomer will wait."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

from lintel.clock import NS_PER_S
from lintel.count.dwell import DwellHistogram
from lintel.records import ZoneEnter, ZoneLeave

RECENT_S = 900.0
MAX_RECENT = 512


@dataclass(frozen=True, slots=True)
class QueueState:
    """A queue now.

    ``expected_wait_s`` is Little's law, W = L / rate (J. D. C. Little, 1961): the length divided
    by the rate of departures lately; NaN before anyone has been served.
    """

    zone: str
    length: int
    mean_wait_s: float  # of those served lately; NaN without any
    expected_wait_s: float
    served: int  # since reset


class QueueMeter:
    """One queue zone. Everyone who stays ``served_after_s`` is a customer; others passed by.

    State: the last waits, at most 512 and 15 minutes old, and a histogram.
    """

    def __init__(self, zone: str, *, served_after_s: float = 5.0, length: int = 0) -> None:
        self._zone = zone
        self._served_after_s = served_after_s
        self.reset()
        self._length = length  # visitors whose entry was told before

    @property
    def served_after_s(self) -> float:
        """Who stays so long is a customer."""
        return self._served_after_s

    def reset(self) -> None:
        """An empty queue that has served nobody."""
        self._length = 0
        self._waits: deque[tuple[int, float]] = deque(maxlen=MAX_RECENT)
        self._histogram = DwellHistogram()
        self._start_ns: int | None = None

    @property
    def zone(self) -> str:
        """Name of the zone."""
        return self._zone

    @property
    def waits(self) -> DwellHistogram:
        """Waiting times of all customers since reset."""
        return self._histogram

    def restore(self, waits: DwellHistogram) -> None:
        """Go on with the waiting times of before a restart; the queue itself begins empty."""
        self.reset()
        self._histogram = waits

    def step(self, events: Iterable[ZoneEnter | ZoneLeave], *, t_ns: int) -> QueueState:
        """Take in what the zone counter told; events of other zones are left aside."""
        if self._start_ns is None:
            self._start_ns = t_ns
        for event in events:
            if event.zone == self._zone:
                self._take(event)
        while self._waits and t_ns - self._waits[0][0] > RECENT_S * NS_PER_S:
            self._waits.popleft()
        return self._state(t_ns)

    def _take(self, event: ZoneEnter | ZoneLeave) -> None:
        if isinstance(event, ZoneEnter):
            self._length += 1
            return
        self._length -= 1
        if event.dwell_s >= self._served_after_s:
            self._waits.append((event.t_ns, event.dwell_s))
            self._histogram = self._histogram.add(event.dwell_s)

    def _state(self, t_ns: int) -> QueueState:
        served = self._histogram.visits
        if not self._waits:
            return QueueState(self._zone, self._length, float("nan"), float("nan"), served)
        mean_s = sum(wait for _, wait in self._waits) / len(self._waits)
        watched_s = (t_ns - (self._start_ns or 0)) / NS_PER_S
        if len(self._waits) == MAX_RECENT:
            watched_s = min(watched_s, (t_ns - self._waits[0][0]) / NS_PER_S)
        rate = len(self._waits) / max(min(watched_s, RECENT_S), 1.0)
        return QueueState(self._zone, self._length, mean_s, self._length / rate, served)
