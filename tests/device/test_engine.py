"""Counting and keeping as one: every person once, whatever happens to camera, clock and disk."""

from __future__ import annotations

import threading
from datetime import timedelta
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest

from device_engine_builders import (
    EVER,
    KEY,
    Pulled,
    audit_in,
    crossings_in,
    engine_at,
    eventually,
    intervals_in,
    run_until,
)
from device_traffic import SITE_FILE, START, Traffic, TrafficSource, judge
from lintel.capture import Source
from lintel.clock import ManualClock
from lintel.config import SiteConfig
from lintel.config.sitefile import AlarmSection, OccupancySection
from lintel.device.engine import Engine
from lintel.device.keeping import keeper
from lintel.frames import StereoPair
from lintel.records import Alarm
from lintel.store.opening import open_store

TRAFFIC = Traffic(gap_s=4.0, seed=7)


def test_everybody_is_stored_once_and_the_totals_agree(tmp_path: Path) -> None:
    engine = run_until(tmp_path, 600.0, clock=ManualClock(utc=START), traffic=TRAFFIC)
    stored = crossings_in(tmp_path)
    verdict = judge(TRAFFIC, stored, until_s=600.0, outages_s=[])
    assert verdict.clean
    assert verdict.true > 140
    (line,) = engine.board.live().lines
    assert (line.entered, line.left) == (
        sum(way == "in" for _, way in stored),
        sum(way == "out" for _, way in stored),
    )


def test_intervals_add_up_to_the_events_of_their_minute(tmp_path: Path) -> None:
    run_until(tmp_path, 900.0, clock=ManualClock(utc=START), traffic=TRAFFIC)
    stored = crossings_in(tmp_path)
    minutes = intervals_in(tmp_path, 60)
    assert len(minutes) >= 13
    for one in minutes:
        inside = [w for utc, w in stored if one.interval.start_utc <= utc < one.interval.end_utc]
        assert one.interval.totals.entered == inside.count("in")
        assert one.interval.totals.left == inside.count("out")
        assert one.interval.coverage > 0.98 or one is minutes[0]


def test_a_run_goes_on_where_the_last_one_ended(tmp_path: Path) -> None:
    clock = ManualClock(utc=START)
    run_until(tmp_path, 130.0, clock=clock, traffic=TRAFFIC)
    first = crossings_in(tmp_path)
    engine = run_until(tmp_path, 400.0, clock=clock, traffic=TRAFFIC)
    stored = crossings_in(tmp_path)
    assert stored[: len(first)] == first
    (line,) = engine.board.live().lines
    assert line.entered + line.left == len(stored)
    assert engine.runs.starts == 2
    assert not engine.runs.cut_off
    third = next(one for one in intervals_in(tmp_path, 60) if one.interval.start_utc.minute == 2)
    inside = [w for utc, w in stored if utc - START < timedelta(minutes=3)]
    inside = inside[len([1 for utc, _ in stored if utc - START < timedelta(minutes=2)]) :]
    assert third.interval.totals.entered + third.interval.totals.left == len(inside)


def test_a_full_room_is_told_once_over_a_restart(tmp_path: Path) -> None:
    """Alarms are events: stored exactly once, and one that stands is not raised again."""
    crowded = AlarmSection(kind="over", raise_at=2, clear_at=0, for_s=2.0)
    occupancy = OccupancySection(alarm=[crowded])
    site = SITE_FILE.model_copy(update={"occupancy": occupancy})
    clock = ManualClock(utc=START)
    for until_s in (60.0, 130.0):
        engine = engine_at(
            tmp_path,
            partial(TrafficSource, until_s=until_s),
            clock=clock,
            traffic=TRAFFIC,
            site=site,
            loop=False,
        )
        engine.start()
        assert engine.worker.ended.wait(timeout=120)
        assert engine.stop()
    with open_store(tmp_path / "lintel.db", KEY) as store:
        alarms = [one.event for one in store.events(*EVER) if isinstance(one.event, Alarm)]
    assert alarms
    assert [alarm.raised for alarm in alarms] == [k % 2 == 0 for k in range(len(alarms))]
    assert {alarm.place for alarm in alarms} == {"room"}
    assert all(alarm.people >= 2 for alarm in alarms if alarm.raised)


def test_a_camera_pulled_and_back_again_loses_only_who_was_there(tmp_path: Path) -> None:
    pulls = Pulled([60.0 * k for k in range(1, 10)], away_s=12.0, until_s=700.0)
    engine = engine_at(tmp_path, pulls.open, traffic=TRAFFIC, loop=False)
    engine.start()
    assert engine.worker.ended.wait(timeout=120)
    assert engine.stop()
    verdict = judge(TRAFFIC, crossings_in(tmp_path), until_s=700.0, outages_s=pulls.outages_s)
    assert verdict.clean
    assert engine.worker.losses >= 9
    assert not engine.causes.has("source_lost")
    watched = [one.interval.coverage for one in intervals_in(tmp_path, 60)][1:-1]
    assert max(watched) < 0.95  # every minute has its gap
    assert min(watched) > 0.5


def test_a_clock_set_forward_leaves_a_gap_and_an_entry_in_the_audit_log(tmp_path: Path) -> None:
    clock = ManualClock(utc=START)
    run_until(tmp_path, 100.0, clock=clock, traffic=TRAFFIC)
    stepping = engine_at(
        tmp_path, lambda c: Stepping(c, at_s=200.0, by_s=3600.0), clock=clock, traffic=TRAFFIC
    )
    seconds_counted(stepping, clock, 320.0)
    stored = crossings_in(tmp_path)
    assert [utc for utc, _ in stored] == sorted(utc for utc, _ in stored)
    gaps = [b - a for (a, _), (b, _) in pairwise(stored)]
    assert sum(gap > timedelta(minutes=50) for gap in gaps) == 1
    assert any(what == "clock step" and "+3600" in detail for what, detail in audit_in(tmp_path))
    assert stepping.causes.has("clock_stepped")


def test_a_clock_set_back_doubles_no_interval_and_loses_no_event(tmp_path: Path) -> None:
    clock = ManualClock(utc=START)
    engine = engine_at(
        tmp_path, lambda c: Stepping(c, at_s=400.0, by_s=-200.0), clock=clock, traffic=TRAFFIC
    )
    seconds_counted(engine, clock, 800.0)
    stored = crossings_in(tmp_path)
    people = [w for w in TRAFFIC.between(0.0, 800.0) if w.crosses_s < 790.0]
    assert len(stored) >= len(people)
    for one in intervals_in(tmp_path, 60):
        inside = [w for utc, w in stored if one.interval.start_utc <= utc < one.interval.end_utc]
        assert one.interval.totals.entered == inside.count("in")
        assert one.interval.totals.left == inside.count("out")
    starts = [one.interval.start_utc for one in intervals_in(tmp_path, 60)]
    assert len(set(starts)) == len(starts)


def test_a_full_store_makes_room_and_counting_goes_on(tmp_path: Path) -> None:
    engine = engine_at(
        tmp_path,
        lambda c: TrafficSource(c, fps=2.5, until_s=3_000.0),
        traffic=Traffic(gap_s=0.5, seed=3),
        loop=False,
        max_bytes=280 * 1024,
    )
    engine.start()
    assert engine.worker.ended.wait(timeout=120)
    assert engine.stop()
    assert engine.keeper.dropped == 0
    (line,) = engine.board.live().lines
    walked = [one.crosses_s for one in Traffic(gap_s=0.5, seed=3).between(0.0, 3_000.0)]
    surely = sum(crosses_s < 2_999.0 for crosses_s in walked)  # the last second may cut some off
    assert surely <= line.entered + line.left <= sum(crosses_s < 3_000.0 for crosses_s in walked)
    assert 0 < len(crossings_in(tmp_path)) < line.entered + line.left
    assert any("full" in detail for _, detail in audit_in(tmp_path))


def test_a_full_store_makes_room_as_often_as_what_waits_needs(tmp_path: Path) -> None:
    """Six thousand people wait at once; no room that is made once is enough for them."""
    traffic = Traffic(gap_s=0.5, seed=4)
    engine = engine_at(
        tmp_path,
        lambda c: TrafficSource(c, fps=2.5, until_s=3_000.0),
        traffic=traffic,
        loop=False,
        max_bytes=280 * 1024,
    )
    engine.start()
    engine.keeper.ask(lambda *_: engine.worker.ended.wait(timeout=120))
    assert engine.worker.ended.wait(timeout=120)
    assert engine.keeper.waiting > 6_000
    assert engine.stop()
    assert (engine.keeper.dropped, engine.keeper.waiting) == (0, 0)
    (line,) = engine.board.live().lines
    assert line.entered + line.left > len(crossings_in(tmp_path)) > 0
    assert sum("full" in detail for _, detail in audit_in(tmp_path)) > 1


def test_a_disk_that_is_nearly_full_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("roomy", "tight"):
        (tmp_path / name).mkdir()
    roomy = run_until(tmp_path / "roomy", 5.0, clock=ManualClock(utc=START), traffic=TRAFFIC)
    assert not roomy.causes.has("disk_low")
    monkeypatch.setattr(keeper, "LOW_DISK_BYTES", 2**62)
    tight = run_until(tmp_path / "tight", 5.0, clock=ManualClock(utc=START), traffic=TRAFFIC)
    assert tight.causes.has("disk_low")


def test_a_defect_in_the_chain_is_told_and_counting_goes_on(tmp_path: Path) -> None:
    engine = engine_at(tmp_path, lambda c: Broken(c, until_s=200.0), traffic=TRAFFIC, loop=False)
    engine.start()
    assert engine.worker.ended.wait(timeout=60)
    assert engine.stop()
    assert engine.causes.has("counting_failed")
    assert len(crossings_in(tmp_path)) > 20


def test_another_site_is_counted_at_from_the_next_frame_on(tmp_path: Path) -> None:
    held = Held(until_s=300.0, hold_at_s=150.0)
    engine = engine_at(tmp_path, held.open, traffic=TRAFFIC, loop=False)
    engine.start()
    assert held.reached.wait(timeout=60)
    answer = engine.worker.apply(SiteConfig())
    held.go_on.set()
    answer.result(timeout=60)
    assert engine.worker.ended.wait(timeout=60)
    assert engine.stop()
    last = max(utc for utc, _ in crossings_in(tmp_path))
    assert last <= START + timedelta(seconds=151)


def test_a_damaged_store_is_begun_anew_and_the_totals_go_on(tmp_path: Path) -> None:
    clock = ManualClock(utc=START)
    run_until(tmp_path, 200.0, clock=clock, traffic=TRAFFIC)
    path = tmp_path / "lintel.db"
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(size // 3)
        file.write(b"\xff" * (size - size // 3))
    engine = run_until(tmp_path, 400.0, clock=clock, traffic=TRAFFIC)
    assert engine.causes.has("store_recovered")
    assert list(tmp_path.glob("lintel.db.damaged-*"))
    assert len(crossings_in(tmp_path)) > 20


class Stepping(TrafficSource):
    """The wall clock is set while people walk."""

    def __init__(self, clock: ManualClock, *, at_s: float, by_s: float) -> None:
        super().__init__(clock)
        self._moved_clock, self._at_s, self._by_s = clock, at_s, by_s

    def read(self) -> StereoPair | None:
        pair = super().read()
        if self._by_s and self._moved_clock.now_ns() / 1e9 >= self._at_s:
            self._moved_clock.step_utc(self._by_s)
            self._by_s = 0.0
        return pair


class Broken(TrafficSource):
    """Hands the chain something it cannot digest, once."""

    broken = False

    def read(self) -> StereoPair | None:
        pair = super().read()
        if pair is not None and pair.t_ns > 50e9 and not Broken.broken:
            Broken.broken = True
            raise ZeroDivisionError("a defect")
        return pair


class Held:
    """A source that waits at a moment until the test has done something."""

    def __init__(self, *, until_s: float, hold_at_s: float) -> None:
        self._until_s, self._hold_at_s = until_s, hold_at_s
        self.reached, self.go_on = threading.Event(), threading.Event()

    def open(self, clock: ManualClock) -> Source:
        held = self

        class _Held(TrafficSource):
            def read(self) -> StereoPair | None:
                if clock.now_ns() / 1e9 >= held._hold_at_s and not held.go_on.is_set():
                    held.reached.set()
                    held.go_on.wait(timeout=60)
                return super().read()

        return _Held(clock, until_s=self._until_s)


def seconds_counted(engine: Engine, clock: ManualClock, until_s: float) -> None:
    """Start an engine and stop it once the scene is so far."""
    engine.start()
    eventually(lambda: clock.now_ns() / 1e9 >= until_s, within_s=120)
    assert engine.stop()


def test_the_site_of_the_first_start_is_kept_as_version_one(tmp_path: Path) -> None:
    run_until(tmp_path, 5.0, clock=ManualClock(utc=START), traffic=TRAFFIC)
    with open_store(tmp_path / "lintel.db", KEY) as store:
        (entry,) = store.configs()
        assert (entry.number, entry.why) == (1, "first start")
        assert list(store.events(*EVER)) is not None
    assert SITE_FILE.line[0].name == "door"
