"""A run in the store: the same intervals live, cut by restarts, and built again from the events."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from count_builders import Walker, steps, through
from lintel.clock import UtcMap
from lintel.config import LineConfig, SiteConfig, ZoneConfig
from lintel.count.period import Period
from lintel.errors import StoreError
from lintel.pipeline import FrameResult
from lintel.pipeline.bookkeeping import Bookkeeper, Wall
from lintel.pipeline.counting import Counting
from lintel.pipeline.interval_books import rebuilt
from lintel.records import Detections, Event, LineTotals, Tracks
from lintel.store.heat_tile import HeatKind
from lintel.store.key import StoreKey
from lintel.store.kinds import StampedInterval
from lintel.store.opening import open_store
from lintel.store.store import Store

START = datetime(2026, 5, 4, 7, 59, 30, tzinfo=UTC)
END = START + timedelta(hours=2)
SITE = SiteConfig(
    lines=(LineConfig("door", np.array([[-2.0, 0.0], [2.0, 0.0]])),),
    zones=(ZoneConfig("hall", np.array([[-2.0, 0.5], [2.0, 0.5], [2.0, 4.0], [-2.0, 4.0]])),),
)
PEOPLE = tuple(
    Walker(through((0.0, -3.0), (0.0, 3.0), (0.3, 3.2), (0.0, 6.0), start_s=17.0 * k), id=k)
    for k in range(20)
)
FPS = 5.0
KEY = StoreKey(bytes(range(32)))


def frame(tracks: Tracks, counting: Counting) -> FrameResult:
    counted = counting.step(tracks)
    seen = Detections.of([], t_ns=tracks.t_ns)
    return FrameResult(0, tracks.t_ns, None, seen, tracks, counted.events, counted)


def wall(begin_ns: int = 0) -> Wall:
    utc = START + timedelta(microseconds=begin_ns // 1000)
    return Wall(UtcMap(begin_ns, utc, 0.0), "Europe/Berlin", periods_s=(60, 900))


def count(path: Path, *, cuts: tuple[int, ...] = (), finish: bool = True) -> list[StampedInterval]:
    """Count everybody; after each of the cuts the process ends in order and begins anew."""
    film = list(steps(PEOPLE, fps=FPS))
    borders = [0, *cuts, len(film)]
    for first, last in pairwise(borders):
        with open_store(path, KEY) as store:
            counting = Counting(SITE, full=True)
            books = Bookkeeper(store, SITE, counting, wall(film[first].t_ns))
            for tracks in film[first:last]:
                books.step(frame(tracks, counting))
            if finish:
                books.finish(counting.finish())
    with open_store(path, KEY) as store:
        return list(store.intervals(START - timedelta(minutes=15), END))


def again(store: Store, period_s: int) -> list[StampedInterval]:
    period = Period(period_s, "Europe/Berlin")
    start = period.span_of(START)[0]
    return [StampedInterval(one, period_s) for one in rebuilt(store, SITE, period, start, END)]


@pytest.mark.parametrize("cuts", [(), (600,), (150, 151, 900)])
def test_live_cut_and_rebuilt_are_the_same(tmp_path: Path, cuts: tuple[int, ...]) -> None:
    told = count(tmp_path / "lintel.db", cuts=cuts)
    with open_store(tmp_path / "lintel.db", KEY) as store:
        for period_s in (60, 900):
            mine = [one for one in told if one.period_s == period_s]
            assert mine == again(store, period_s)
    quarter = [one.interval for one in told if one.period_s == 900 and one.interval.place == "door"]
    crossed = sum(one.totals.entered for one in quarter)
    assert crossed == len(PEOPLE) if not cuts else crossed <= len(PEOPLE)


def test_what_was_stored_before_a_crash_is_rebuilt_after_it(tmp_path: Path) -> None:
    count(tmp_path / "lintel.db", finish=False)  # everything since the last storing is lost
    with open_store(tmp_path / "lintel.db", KEY) as store:
        events = len(list(store.events(START, END)))
        begin = round(600e9)
        counting = Counting(SITE, full=True)
        books = Bookkeeper(store, SITE, counting, wall(begin))
        books.finish(())
        for period_s in (60, 900):
            told = [one for one in store.intervals(START - timedelta(minutes=15), END)
                    if one.period_s == period_s]  # fmt: skip
            assert told == again(store, period_s)
        assert len(list(store.events(START, END))) == events


def test_totals_go_on_from_run_to_run_and_are_reset_by_schedule(tmp_path: Path) -> None:
    count(tmp_path / "lintel.db")
    site = SiteConfig(lines=SITE.lines, zones=SITE.zones, reset_totals_at=(time(12, 0),))
    with open_store(tmp_path / "lintel.db", KEY) as store:
        counting = Counting(site, full=True)
        books = Bookkeeper(store, site, counting, wall(round(3600e9)))
        assert books.standing.totals == {"door": LineTotals(len(PEOPLE), 0)}
        assert books.finish(()) == ()
        late = Bookkeeper(store, site, counting, wall(round(4 * 3600e9)))
        assert late.standing.totals == {"door": LineTotals()}
        (notice,) = late.finish(())
        assert notice.detail == f"scheduled; before: door {len(PEOPLE)} in 0 out"
        assert [entry.what for entry in store.audit()] == ["totals_reset"]


def test_heat_in_the_store_is_the_time_that_people_were_there(tmp_path: Path) -> None:
    count(tmp_path / "lintel.db")
    with open_store(tmp_path / "lintel.db", KEY) as store:
        (heat,) = store.heat(START - timedelta(minutes=15), END, HeatKind.PRESENCE)
    walked_s = sum(walker.last_s - walker.first_s for walker in PEOPLE)
    assert heat.values.sum() + heat.beside == pytest.approx(walked_s, rel=0.05)
    assert heat.tiles == 2  # before and after eight o'clock


def test_the_same_time_is_never_counted_twice(tmp_path: Path) -> None:
    count(tmp_path / "lintel.db")
    with (
        open_store(tmp_path / "lintel.db", KEY) as store,
        pytest.raises(StoreError, match="already holds watched time"),
    ):
        Bookkeeper(store, SITE, Counting(SITE), wall(round(30e9)))


def test_events_of_the_end_are_kept_too(tmp_path: Path) -> None:
    told: list[Event] = []
    with open_store(tmp_path / "lintel.db", KEY) as store:
        counting = Counting(SITE, full=True)
        books = Bookkeeper(store, SITE, counting, wall())
        for tracks in steps(PEOPLE[:2], fps=FPS):
            result = frame(tracks, counting)
            told += result.events
            books.step(result)
        rest = counting.finish()
        books.finish(rest)
        stored = [one.event.type for one in store.events(START, END)]
    assert sorted(stored) == sorted(event.type for event in (*told, *rest))
