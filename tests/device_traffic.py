"""People who walk over a line for ever, exactly known: person k is a function of k and the seed.

A source that moves the device's clock, and a chain whose tracker is perfect, so that a day passes
in minutes through the device's own counting, keeping and hub. The counters are the real ones.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from types import TracebackType
from typing import Self

import numpy as np

from lintel.capture import SourceFaults
from lintel.clock import NS_PER_S, ManualClock
from lintel.config import AttributesConfig, SiteConfig, SiteFile
from lintel.config.sitefile import LineSection, MountSection
from lintel.errors import SourceError
from lintel.frames import StereoPair
from lintel.pipeline import FrameResult
from lintel.pipeline.counting import Counting
from lintel.records import Attributes, Detections, Event, Phase, StereoHealth, Tracks
from pipeline_builders import small_rig

START = datetime(2026, 3, 2, tzinfo=UTC)
FROM_M, TO_M, LINE_M = -2.0, 2.0, 0.0
SITE_FILE = SiteFile(
    mount=MountSection(height_m=3.0),
    line=[LineSection(name="door", points_m=[(0.0, 2.0), (0.0, -2.0)])],
)
SITE = SiteConfig.resolve(SITE_FILE)


@dataclass(frozen=True)
class Walker:
    """Person k: goes straight over the line, in or out."""

    k: int
    enter_s: float
    pace_mps: float
    lane_m: float
    inward: bool

    @property
    def leave_s(self) -> float:
        return self.enter_s + (TO_M - FROM_M) / self.pace_mps

    @property
    def crosses_s(self) -> float:
        return self.enter_s + (LINE_M - FROM_M) / self.pace_mps

    def x_m(self, t_s: float) -> float:
        gone_m = FROM_M + self.pace_mps * (t_s - self.enter_s)
        return gone_m if self.inward else -gone_m


@dataclass(frozen=True)
class Traffic:
    """Somebody every ``gap_s``, give or take a quarter of it."""

    gap_s: float = 8.0
    seed: int = 1

    @lru_cache(maxsize=256)  # noqa: B019 - a value, a few of them for the whole process
    def walker(self, k: int) -> Walker:
        rng = random.Random(self.seed * 1_000_003 + k)
        return Walker(
            k=k,
            enter_s=(k + 0.25 * rng.random()) * self.gap_s,
            pace_mps=rng.uniform(0.9, 1.5),
            lane_m=rng.uniform(-1.2, 1.2),
            inward=rng.random() < 0.5,
        )

    def between(self, start_s: float, end_s: float) -> list[Walker]:
        """Everybody in view at some time of the span."""
        first = max(int((start_s - 10.0) / self.gap_s) - 1, 0)
        last = int(end_s / self.gap_s) + 1
        walkers = (self.walker(k) for k in range(first, last + 1))
        return [one for one in walkers if one.enter_s <= end_s and one.leave_s >= start_s]


class TrafficSource:
    """Blank frames; each ``read`` moves the clock on by one frame. May be pulled, and come back."""

    live = False
    frame_count: int | None = None

    def __init__(
        self,
        clock: ManualClock,
        *,
        fps: float = 5.0,
        until_s: float | None = None,
        pull_at_s: float | None = None,
    ) -> None:
        self.name = "traffic"
        self.rig = small_rig()
        self.fps = fps
        self.faults = SourceFaults()
        self._clock = clock
        self._until_s, self._pull_at_s = until_s, pull_at_s
        self._seq = 0
        self._grey = np.full((100, 160), 90, dtype=np.uint8)

    def read(self) -> StereoPair | None:
        self._clock.advance(1.0 / self.fps)
        now_s = self._clock.now_ns() / NS_PER_S
        if self._pull_at_s is not None and now_s >= self._pull_at_s:
            raise SourceError("traffic: the camera was pulled")
        if self._until_s is not None and now_s > self._until_s:
            return None
        self._seq += 1
        return StereoPair(self._grey, self._grey, self._clock.now_ns(), self._seq, "rig")

    def close(self) -> None:
        pass

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class TrafficBrain:
    """A perfect tracker before the real counters. Scene time is the clock's monotonic time."""

    stereo_health: StereoHealth | None = None

    def __init__(self, traffic: Traffic, site: SiteConfig) -> None:
        self.counting = Counting(site, full=True)
        self.attributes = site.attributes
        self._traffic = traffic
        self._inside: frozenset[int] = frozenset()

    def step(self, pair: StereoPair) -> FrameResult:
        tracks = self._tracks(pair.t_ns)
        told = self.counting.step(tracks)
        seen = Detections.of([], t_ns=pair.t_ns, seq=pair.seq)
        return FrameResult(pair.seq, pair.t_ns, None, seen, tracks, told.events, told)

    def finish(self) -> tuple[Event, ...]:
        self._inside = frozenset()
        return self.counting.finish()

    def recount(self, site: SiteConfig) -> tuple[Event, ...]:
        return self.counting.redraw(site)

    def refit_floor(self) -> None:
        pass

    def measure(self, attributes: AttributesConfig) -> None:
        self.attributes = attributes

    def _told(self, people: int) -> Attributes:
        """Nothing is measured, but gender where it may be: a certain one."""
        nothing = Attributes.unmeasured(people)
        gender = np.ones(people, dtype=np.float32) if self.attributes.gender else nothing.gender
        return Attributes(child=nothing.child, staff=nothing.staff, gender=gender)

    def _tracks(self, t_ns: int) -> Tracks:
        t_s = t_ns / NS_PER_S
        here = [one for one in self._traffic.between(t_s, t_s) if one.enter_s <= t_s]
        gone = sorted(self._inside - {one.k for one in here})
        self._inside = frozenset(one.k for one in here)
        height = np.full(len(here), 1.7, dtype=np.float32)
        places = [(one.x_m(t_s), one.lane_m) for one in here]
        ways = [(one.pace_mps * (1 if one.inward else -1), 0.0) for one in here]
        return Tracks(
            id=np.array([one.k for one in here], dtype=np.int64),
            xyz_m=np.column_stack(
                [np.array(places, dtype=np.float32).reshape(-1, 2), height]
            ).astype(np.float32),
            velocity_mps=np.array(ways, dtype=np.float32).reshape(-1, 2),
            stature_m=height.copy(),
            stature_sigma_m=np.full(len(here), 0.05, dtype=np.float32),
            phase=np.full(len(here), Phase.CONFIRMED, dtype=np.int8),
            attributes=self._told(len(here)),
            ended=np.array(gone, dtype=np.int64),
            t_ns=t_ns,
        )


@dataclass(frozen=True)
class Verdict:
    """Stored crossings against true ones. ``excused``: in view while nobody watched."""

    true: int
    matched: int
    excused: int
    lost: int
    doubled: int
    invented: int

    @property
    def clean(self) -> bool:
        return self.lost == self.doubled == self.invented == 0


def judge(
    traffic: Traffic,
    stored: list[tuple[datetime, str]],
    *,
    until_s: float,
    outages_s: list[tuple[float, float]],
) -> Verdict:
    """Match stored crossings (UTC, direction) to people by their moment, to half a second."""
    people = [one for one in traffic.between(0.0, until_s) if one.leave_s < until_s - 5.0]
    hits = dict.fromkeys((one.k for one in people), 0)
    invented = 0
    by_second: dict[int, list[Walker]] = {}
    for one in people:
        by_second.setdefault(round(one.crosses_s), []).append(one)
    for utc, way in stored:
        at_s = (utc - START) / timedelta(seconds=1)
        near = [w for s in (-1, 0, 1) for w in by_second.get(round(at_s) + s, ())]
        fits = [
            w
            for w in near
            if abs(w.crosses_s - at_s) < 0.5 and way == ("in" if w.inward else "out")
        ]
        if fits:
            hits[min(fits, key=lambda w: abs(w.crosses_s - at_s)).k] += 1
        elif at_s < until_s - 10.0:
            invented += 1
    excused = {
        one.k
        for one in people
        if any(start <= one.leave_s + 2.0 and end >= one.enter_s for start, end in outages_s)
    }
    return Verdict(
        true=len(people),
        matched=sum(count > 0 for count in hits.values()),
        excused=sum(hits[k] == 0 for k in excused),
        lost=sum(count == 0 and k not in excused for k, count in hits.items()),
        doubled=sum(count > 1 for count in hits.values()),
        invented=invented,
    )
