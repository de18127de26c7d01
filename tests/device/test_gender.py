"""The gender module: nothing without the officer's switch, nothing left after it."""

from __future__ import annotations

import asyncio
import math
from pathlib import Path

from device_engine_builders import EVER, KEY, audit_in, engine_at, eventually
from device_privacy_builders import KEY as OFFICERS
from device_privacy_builders import Office
from device_traffic import START, Traffic, TrafficSource
from lintel.clock import ManualClock
from lintel.device.engine import Engine
from lintel.device.gender import GenderModule
from lintel.records import Crossing
from lintel.store.opening import open_store

TRAFFIC = Traffic(gap_s=4.0, seed=7)


class Switch:
    """What privacy says at a moment."""

    on = False

    def __call__(self) -> bool:
        return self.on


def running(folder: Path, switch: Switch) -> tuple[Engine, ManualClock]:
    clock = ManualClock(utc=START)
    engine = engine_at(folder, TrafficSource, clock=clock, traffic=TRAFFIC, gender=switch)
    engine.start()
    return engine, clock


def counted_on(clock: ManualClock) -> None:
    """Another minute of the scene."""
    until_ns = clock.now_ns() + 60_000_000_000
    eventually(lambda: clock.now_ns() > until_ns)


def genders(folder: Path) -> list[float]:
    with open_store(folder / "lintel.db", KEY) as store:
        events = [one.event for one in store.events(*EVER)]
    return [event.gender for event in events if isinstance(event, Crossing)]


def test_gender_is_measured_by_the_switch_alone_and_erased_with_it(tmp_path: Path) -> None:
    switch = Switch()
    engine, clock = running(tmp_path, switch)
    module = GenderModule(engine, clock=clock)
    counted_on(clock)
    switch.on = True
    asyncio.run(module(on=True))
    counted_on(clock)
    stored = engine.keeper.ask(lambda store, _: list(store.events(*EVER))).result()
    measured = [e.event.gender for e in stored if isinstance(e.event, Crossing)]
    assert any(value == 1.0 for value in measured)
    assert math.isnan(measured[0])
    switch.on = False
    asyncio.run(module(on=False))
    counted_on(clock)
    assert engine.stop()
    assert len(genders(tmp_path)) > len(measured)
    assert all(map(math.isnan, genders(tmp_path)))
    assert any(detail.startswith("gender: of ") and "; 0 left" in detail
               for what, detail in audit_in(tmp_path) if what == "erased")  # fmt: skip


def test_who_no_longer_waits_for_the_counter_does_not_stop_it(tmp_path: Path) -> None:
    engine, clock = running(tmp_path, Switch())
    counted_on(clock)
    assert any(engine.worker.measure_again().cancel() for _ in range(1000))
    engine.worker.measure_again().result(60)
    counted_on(clock)
    assert engine.stop()


def test_what_is_measured_before_anybody_notices_is_not_stored(tmp_path: Path) -> None:
    switch = Switch()
    switch.on = True
    engine, clock = running(tmp_path, switch)
    counted_on(clock)
    switch.on = False  # consent is over; the chain was not told yet
    waiting = engine.keeper.ask(lambda store, _: store.news(None, limit=1).last).result()
    counted_on(clock)
    later = engine.keeper.ask(lambda store, _: store.news(waiting, limit=500)).result()
    assert engine.stop()
    crossings = [one.event for _, one in later.events if isinstance(one.event, Crossing)]
    assert len(crossings) > 3
    assert all(math.isnan(crossing.gender) for crossing in crossings[1:])


def test_privacy_tells_of_every_change_and_again_when_it_could_not_be_done(tmp_path: Path) -> None:
    told: list[bool] = []

    async def follow(*, on: bool) -> None:
        told.append(on)

    async def story() -> None:
        office = Office(tmp_path)
        office.control.tell_of_gender(follow)
        await office.control.tick()
        assert told == [False]  # once after a start, whatever was left behind
        consent = await office.control.give_consent(
            "gender", given_by="Works council", note="", for_s=3600.0, who="olga"
        )
        await office.control.set_gender(on=True, who="olga", officer_key=OFFICERS)
        await office.control.withdraw_consent(consent.consent_id, who="olga")
        assert told == [False, True, False]
        await office.control.tick()
        assert told == [False, True, False]

    asyncio.run(story())
