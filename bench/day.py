"""A busy day through zones, groups, heat map, intervals and store: speed, and memory that stays.

    python bench/day.py [--hours H] [--fps F]

People come in ones to fours, six groups a minute, walk through a shop of 8 x 6 m, stop once and
leave. Every simulated hour prints the memory of the process, what each stage remembers, and how
many times real time it ran, by CPU time and by the clock on the wall. At the end comes a digest of
everything that was told, so that two versions can be compared: the same digest, the same day.
"""

from __future__ import annotations

import argparse
import hashlib
import resource
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

import numpy as np

from lintel.clock import NS_PER_S
from lintel.config import ZoneConfig
from lintel.count.groups import GroupFinder
from lintel.count.heatmap import HeatMapper
from lintel.count.intervals import IntervalBook
from lintel.count.period import Period
from lintel.count.zones import ZoneCounter
from lintel.geometry import FloorGrid
from lintel.records import Attributes, Phase, Tracks, Watch
from lintel.store.key import StoreKey
from lintel.store.kinds import Batch, Retention, StampedEvent, StampedInterval
from lintel.store.opening import open_store
from lintel.store.store import Store

START = datetime(2026, 3, 28, 12, 0, tzinfo=UTC)  # the clock change comes within the day
GROUPS_PER_MINUTE = 6.0
PACE_MPS = 1.2


@dataclass(slots=True)
class Shopper:
    """Walks in, stops at a shelf, walks out."""

    track_id: int
    corners: np.ndarray  # (4, 3): t in seconds, x, y in metres

    def at(self, t_s: float) -> tuple[float, float, float, float]:
        """x, y, vx, vy."""
        t, x, y = self.corners.T
        k = min(int(np.searchsorted(t, t_s, side="right")), len(t) - 1)
        span = t[k] - t[k - 1]
        share = (t_s - t[k - 1]) / span
        dx, dy = x[k] - x[k - 1], y[k] - y[k - 1]
        return x[k - 1] + share * dx, y[k - 1] + share * dy, dx / span, dy / span


def arrivals(rng: np.random.Generator, first_id: int, t_s: float) -> list[Shopper]:
    """A group that comes in together."""
    size, shelf = int(rng.integers(1, 5)), rng.uniform((1.0, 2.0), (7.0, 5.0))
    stay_s = float(rng.exponential(20.0)) + 2.0
    way_s = float(np.hypot(shelf[0] - 4.0, shelf[1])) / PACE_MPS
    times = t_s + np.cumsum([0.0, way_s, stay_s, way_s])
    places = np.array([[4.0, 0.0], shelf, shelf + 0.1, [4.0, 0.0]])
    return [
        Shopper(first_id + k, np.column_stack([times, places + np.array([0.5 * k, 0.0])]))
        for k in range(size)
    ]


def traffic(hours: float, fps: float) -> Iterator[Tracks]:
    """All steps of the day."""
    rng, inside, next_id = np.random.default_rng(1), list[Shopper](), 0
    for k in range(round(hours * 3600 * fps)):
        t_s = k / fps
        gone = [one.track_id for one in inside if one.corners[-1, 0] < t_s]
        inside = [one for one in inside if one.corners[-1, 0] >= t_s]
        if rng.random() < GROUPS_PER_MINUTE / 60.0 / fps:
            inside += arrivals(rng, next_id, t_s)
            next_id = inside[-1].track_id + 1
        yield tracks_of(inside, gone, t_s)


def tracks_of(inside: list[Shopper], gone: list[int], t_s: float) -> Tracks:
    """One step of a perfect tracker."""
    count = len(inside)
    state = np.array([one.at(t_s) for one in inside], dtype=np.float32).reshape(-1, 4)
    height = np.full(count, 1.7, dtype=np.float32)
    return Tracks(
        id=np.array([one.track_id for one in inside], dtype=np.int64),
        xyz_m=np.column_stack([state[:, :2], height]),
        velocity_mps=state[:, 2:].copy(),
        stature_m=height.copy(),
        stature_sigma_m=height.copy(),
        phase=np.full(count, Phase.CONFIRMED, dtype=np.int8),
        attributes=Attributes.unmeasured(count),
        ended=np.array(gone, dtype=np.int64),
        t_ns=round(t_s * NS_PER_S),
    )


class Day:
    """All stages, fed step by step."""

    def __init__(self, store: Store) -> None:
        shelf = np.array([[1.0, 3.0], [7.0, 3.0], [7.0, 5.5], [1.0, 5.5]])
        door = np.array([[3.0, 0.0], [6.0, 0.0], [6.0, 2.0], [3.0, 2.0]])
        self.zones = ZoneCounter([ZoneConfig("shelf", shelf), ZoneConfig("door", door)])
        self.groups = GroupFinder()
        self.heat = HeatMapper(FloorGrid((0.0, 0.0), columns=80, rows=60))
        self.book = IntervalBook(Period(60, "Europe/Berlin"), zones=["shelf", "door"])
        self.store = store
        self.sequence = 0
        self.waiting: list[StampedEvent] = []
        self.news: list[object] = []  # for the digest
        self.told, self.digest = 0, hashlib.sha256()
        self.spent_s = self.wall_s = 0.0

    def step(self, tracks: Tracks, second_over: bool) -> None:  # noqa: FBT001
        """One step of the tracker; once a second intervals and store."""
        zones = self.zones.step(tracks)
        groups = self.groups.step(tracks)
        self.heat.step(tracks)
        self.news += groups.settled
        for event in zones.events:
            one = StampedEvent(START + timedelta(microseconds=event.t_ns // 1000), event)
            self.book.add(one.event, one.utc)
            self.waiting.append(one)
        if second_over:
            now = START + timedelta(microseconds=tracks.t_ns // 1000)
            self.book.watch(Watch(now - timedelta(seconds=1), now))
            if closed := self.book.advance(now):
                self.store.append(Batch("bench", "run", self.sequence, tuple(self.waiting)))
                self.sequence += len(self.waiting)
                self.news += [*self.waiting, *closed]
                self.waiting.clear()
                self.store.put_intervals(StampedInterval(one, 60) for one in closed)

    def note(self) -> None:
        """Put what was told into the digest; not on the clock."""
        for one in self.news:
            self.digest.update(repr(one).encode())
        self.told += len(self.news)
        self.news.clear()

    def hour_over(self, hour: int) -> None:
        """Retention, a new heat map, and a line of figures."""
        heat = self.heat.take()
        self.digest.update(heat.presence_s.tobytes() + heat.stops.tobytes())
        self.store.retain(Retention(events=timedelta(hours=2)), now=START + timedelta(hours=hour))
        peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        stats = self.store.stats()
        print(
            f"hour {hour:>2}: peak memory {peak_mib:.1f} MiB, "
            f"people in zones {self.zones.people_remembered}, "
            f"in groups {self.groups.people_remembered}, "
            f"in heat {self.heat.people_remembered}, "
            f"store {(stats.file_bytes + stats.log_bytes) / 2**20:.1f} MiB, "
            f"{3600 * hour / self.spent_s:,.0f} x real time on one core "
            f"({3600 * hour / self.wall_s:,.0f} x by the wall)",
            flush=True,
        )


def main() -> None:
    """Run the day."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hours", type=float, default=24.0)
    parser.add_argument("--fps", type=float, default=5.0)
    wanted = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        open_store(Path(folder) / "lintel.db", StoreKey.new()) as store,
    ):
        day = Day(store)
        steps = traffic(wanted.hours, wanted.fps)
        minute, k = round(60 * wanted.fps), 0
        while block := list(islice(steps, minute)):  # the clock is asked once a minute: that costs
            start, wall = time.process_time(), time.perf_counter()
            for tracks in block:
                k += 1
                day.step(tracks, second_over=k % wanted.fps == 0)
            day.spent_s += time.process_time() - start
            day.wall_s += time.perf_counter() - wall
            day.note()
            if k % (3600 * wanted.fps) == 0:
                day.hour_over(round(k / (3600 * wanted.fps)))
        digest = day.digest.hexdigest()[:16]
        print(f"{day.told:,} events, intervals and groups told; with the heat maps: {digest}")


if __name__ == "__main__":
    main()
