"""An engine over scripted traffic and a real store, for tests of counting and keeping together."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from device_traffic import SITE_FILE, START, Traffic, TrafficBrain, TrafficSource
from lintel.capture import Source
from lintel.clock import ManualClock
from lintel.config import SiteFile
from lintel.device.engine import Engine, Parts
from lintel.device.keeping.place import StorePlace
from lintel.device.keeping.sites import SiteBook
from lintel.device.logs import DeviceLog
from lintel.device.system import TimeZoneBook
from lintel.errors import SourceError
from lintel.store.key import StoreKey
from lintel.store.kinds import StampedInterval
from lintel.store.opening import open_store

KEY = StoreKey(bytes(range(32)))
EVER = (datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))
Opener = Callable[[ManualClock], Source]


def engine_at(
    folder: Path,
    open_source: Opener,
    *,
    clock: ManualClock | None = None,
    traffic: Traffic | None = None,
    site: SiteFile = SITE_FILE,
    loop: bool = True,
    max_bytes: int = 64 * 2**20,
    gender: Callable[[], bool] = bool,  # False
) -> Engine:
    """An engine, not started; the clock is moved by its source alone."""
    clock = clock or ManualClock(utc=START)
    traffic = traffic or Traffic()
    log = DeviceLog(None)
    parts = Parts(
        place=StorePlace(folder / "lintel.db", KEY, max_bytes),
        sites=SiteBook(first=lambda: site, clock=clock),
        zone=TimeZoneBook("UTC"),
        clock=clock,
        log=log.log,
        open_source=lambda _: open_source(clock),
        make_brain=lambda _, config: TrafficBrain(traffic, config),
        can_wait=True,
        loop=loop,
        pauses_s=(0.0,),
        gender=gender,
    )
    return Engine(parts)


def run_until(folder: Path, until_s: float, *, clock: ManualClock, traffic: Traffic) -> Engine:
    """Count to a moment of the scene and stop in an orderly way."""
    engine = engine_at(
        folder,
        lambda moved: TrafficSource(moved, until_s=until_s),
        clock=clock,
        traffic=traffic,
        loop=False,
    )
    engine.start()
    assert engine.worker.ended.wait(timeout=120)
    assert engine.stop()
    return engine


class Pulled:
    """Opens a source that is pulled at given moments and comes back ``away_s`` later."""

    def __init__(self, at_s: list[float], *, away_s: float, until_s: float) -> None:
        self._at_s = list(at_s)
        self._away_s = away_s
        self._until_s = until_s
        self.outages_s: list[tuple[float, float]] = []
        self._gone = False

    def open(self, clock: ManualClock) -> Source:
        now_s = clock.now_ns() / 1e9
        if self._gone:
            clock.advance(self._away_s / 2)
            if now_s - self.outages_s[-1][0] < self._away_s * 0.75:
                raise SourceError("traffic: no camera there")
            self.outages_s[-1] = (self.outages_s[-1][0], clock.now_ns() / 1e9)
            self._gone = False
        if not self._at_s:
            return TrafficSource(clock, until_s=self._until_s)
        self._gone = True
        pull_at_s = self._at_s.pop(0)
        self.outages_s.append((pull_at_s, pull_at_s))
        return TrafficSource(clock, until_s=self._until_s, pull_at_s=pull_at_s)


def crossings_in(folder: Path) -> list[tuple[datetime, str]]:
    """All crossings stored: UTC and direction."""
    with open_store(folder / "lintel.db", KEY) as store:
        return [
            (one.utc, str(getattr(one.event, "direction", "")))
            for one in store.events(*EVER)
            if one.event.type == "crossing"
        ]


def intervals_in(folder: Path, period_s: int) -> list[StampedInterval]:
    """All intervals of one period."""
    with open_store(folder / "lintel.db", KEY) as store:
        return list(store.intervals(*EVER, period_s=period_s))


def audit_in(folder: Path) -> list[tuple[str, str]]:
    """What the audit log says."""
    with open_store(folder / "lintel.db", KEY) as store:
        return [(entry.what, entry.detail) for entry in store.audit()]


def eventually(so: Callable[[], bool], *, within_s: float = 30.0) -> None:
    """Wait until something becomes so in another thread; fail if it does not."""
    until_s = time.monotonic() + within_s
    while not so():
        assert time.monotonic() < until_s, "it did not become so in time"
        time.sleep(0.01)
