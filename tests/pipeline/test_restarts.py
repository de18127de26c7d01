"""Whatever was counted, and whenever the process ended: the store tells the same in every way.

Lines, dwell, groups and heat maps, live, over restarts at any moment, and from the store again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from count_builders import Walker, steps, through
from lintel.clock import UtcMap
from lintel.config import LineConfig, SiteConfig, ZoneConfig
from lintel.count.dwell import DwellHistogram
from lintel.count.heatmap import HeatMap, HeatMapper
from lintel.count.period import Period
from lintel.pipeline import FrameResult
from lintel.pipeline.bookkeeping import Bookkeeper, Wall
from lintel.pipeline.counting import Counting
from lintel.pipeline.interval_books import rebuilt
from lintel.records import (
    Crossing,
    Detections,
    Direction,
    Event,
    GroupCrossing,
    Interval,
    LineTotals,
    ZoneEnter,
    ZoneLeave,
)
from lintel.store.heat_tile import HeatKind
from lintel.store.key import StoreKey
from lintel.store.opening import open_store
from lintel.store.store import Store

START = datetime(2026, 5, 4, 7, 58, 30, tzinfo=UTC)  # 90 s before a border of both periods
END = START + timedelta(hours=1)
SITE = SiteConfig(
    lines=(
        LineConfig("door", np.array([[-2.0, 0.0], [2.0, 0.0]])),
        LineConfig("gate", np.array([[-2.0, 9.0], [2.0, 9.0]])),
    ),
    zones=(ZoneConfig("hall", np.array([[-2.0, 0.5], [2.0, 0.5], [2.0, 4.0], [-2.0, 4.0]])),),
)
WALKERS = tuple(
    Walker(through((0.0, -2.0), (0.2 * k, 3.0), (1.0, 3.2), (0.0, 6.0), start_s=23.0 * k), id=k)
    for k in range(6)
)
FILM = list(steps(WALKERS, fps=2.0))
SECONDS = FILM[-1].t_ns // 10**9
PERIODS_S = (60, 900)
KEY = StoreKey(bytes(range(32)))

Story = list[tuple[float, Event]]  # second at which it is told; each told after it happened


@st.composite
def stories(draw: st.DrawFn) -> Story:
    """Crossings of two lines, groups over them, visits; told up to two seconds late."""
    told: Story = []
    moment = st.integers(2_000, SECONDS * 1000).map(lambda ms: ms / 1000)
    late = st.sampled_from([0.0, 0.7, 2.0])
    for second in draw(st.lists(moment, max_size=15)):
        line, way = draw(st.sampled_from(["door", "gate"])), draw(st.sampled_from(Direction))
        t_ns, told_s = round((second - draw(late)) * 1e9), second
        told.append((told_s, Crossing(line, way, t_ns, (0.0, 0.0), "test")))
        size = draw(st.integers(0, 4))
        if size:
            told.append((told_s, GroupCrossing(line, way, t_ns, size, "test")))
    for second, share in draw(st.lists(st.tuples(moment, st.floats(0.01, 1.0)), max_size=8)):
        dwell_s = round(share * second, 3)
        told.append((second - dwell_s, ZoneEnter("hall", round((second - dwell_s) * 1e9), "test")))
        told.append((second, ZoneLeave("hall", round(second * 1e9), dwell_s, "test")))
    return sorted(told, key=lambda row: row[0])


def run(path: Path, story: Story, cuts: Sequence[int], *, crash: bool) -> list[HeatMap]:
    """Tell the story while the film runs; at each cut the process ends and begins anew.

    What the heat mapper of each run had gathered when it ended in order.
    """
    heat: list[HeatMap] = []
    for first, last in pairwise([0, *cuts, len(FILM)]):
        utc = START + timedelta(microseconds=FILM[first].t_ns // 1000)
        wall = Wall(UtcMap(FILM[first].t_ns, utc, 0.0), "Europe/Berlin", periods_s=PERIODS_S)
        counting, mapper = Counting(SITE, full=True), HeatMapper(SITE.heat_grid)
        with open_store(path, KEY) as store:
            books = Bookkeeper(store, SITE, counting, wall)
            for k, tracks in enumerate(FILM[first:last], start=first):
                mapper.step(tracks)
                counted = counting.step(tracks)
                books.step(
                    FrameResult(
                        k,
                        tracks.t_ns,
                        None,
                        Detections.of([], t_ns=tracks.t_ns),
                        tracks,
                        tuple(told_between(story, k)),
                        counted,
                    )
                )
            if not crash or last == len(FILM):
                books.finish(())
        heat.append(mapper.take())
    return heat


def told_between(story: Story, frame: int) -> Iterator[Event]:
    """What is told in a frame: all since the one before."""
    before_s = FILM[frame - 1].t_ns / 1e9 if frame else -1.0
    until_s = FILM[frame].t_ns / 1e9 if frame + 1 < len(FILM) else float("inf")
    return (event for told_s, event in story if before_s < told_s <= until_s)


def stored(store: Store, period_s: int) -> list[Interval]:
    wide = timedelta(hours=1)
    found = store.intervals(START - wide, END)
    return [one.interval for one in found if one.period_s == period_s]


def events_of(store: Store) -> list[Event]:
    return [one.event for one in store.events(START, END)]


@settings(max_examples=10, deadline=None)
@given(
    story=stories(),
    cuts=st.sets(st.integers(1, len(FILM) - 1), max_size=3).map(sorted),
    crash=st.booleans(),
)
def test_intervals_and_groups_follow_from_the_stored_events_whenever_a_run_ended(
    story: Story, cuts: list[int], *, crash: bool
) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "lintel.db"
        run(path, story, cuts, crash=crash)
        with open_store(path, KEY) as store:
            events = events_of(store)
            if not crash:
                assert sorted(map(kind_of, events)) == sorted(kind_of(one) for _, one in story)
            for period_s in PERIODS_S:
                period = Period(period_s, "Europe/Berlin")
                start = period.span_of(START)[0]
                live = stored(store, period_s)
                assert live == list(rebuilt(store, SITE, period, start, END))
                assert_sums(live, events)
            sizes = Counter(
                (one.line, one.direction, one.size)
                for one in events
                if isinstance(one, GroupCrossing)
            )
            told = {
                (one.line, one.direction, one.size): one.groups
                for one in store.group_sizes(START, END)
                if one.size > 1
            }
            assert told == {key: count for key, count in sizes.items() if key[2] > 1}


def kind_of(event: Event) -> str:
    """An event without its moment, which the store counts from 1970."""
    return repr(replace(event, t_ns=0))


def assert_sums(intervals: list[Interval], events: list[Event]) -> None:
    """Lines and dwell add up to the events."""
    for line in ("door", "gate"):
        ways = [one.direction for one in events if isinstance(one, Crossing) and one.line == line]
        mine = [one.totals for one in intervals if one.place == line]
        totals = LineTotals(sum(t.entered for t in mine), sum(t.left for t in mine))
        assert totals == LineTotals(ways.count(Direction.IN), ways.count(Direction.OUT))
    dwell = DwellHistogram()
    for one in events:
        if isinstance(one, ZoneLeave):
            dwell = dwell.add(one.dwell_s)
    counts = [one.dwell_histogram_s for one in intervals if one.dwell_histogram_s]
    summed = [sum(rows[k][1] for rows in counts) for k in range(len(dwell.counts))]
    assert summed == list(dwell.counts)


@settings(max_examples=6, deadline=None)
@given(cuts=st.sets(st.integers(1, len(FILM) - 1), max_size=3).map(sorted))
def test_heat_in_the_store_is_what_the_runs_gathered_however_often_it_was_stored(
    cuts: list[int],
) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "lintel.db"
        first, *rest = run(path, [], cuts, crash=False)
        for more in rest:
            first = first.plus(more)
        with open_store(path, KEY) as store:
            for kind, values in (
                (HeatKind.PRESENCE, first.presence_s),
                (HeatKind.STOPS, first.stops),
                (HeatKind.DWELL, first.stopped_s),
            ):
                sums = store.heat(START - timedelta(hours=1), END, kind)
                total = sum(one.values.sum() for one in sums)
                assert total == pytest.approx(values.sum(), rel=1e-5)
                for one in sums:
                    assert one.values == pytest.approx(values, rel=1e-4, abs=1e-6)
