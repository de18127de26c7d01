"""Zones and groups are counted beside lines, in the order of time."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from count_builders import Walker, steps, through
from lintel.config import AlarmConfig, LineConfig, SiteConfig, ZoneConfig
from lintel.count.counting_state import CountingState
from lintel.count.origin_destination import ZonePair
from lintel.count.standing import StandingRules
from lintel.errors import ContractError
from lintel.pipeline.counting import Counting, CountingStep
from lintel.records import Event

HALL = np.array([[-2.0, 0.5], [2.0, 0.5], [2.0, 4.0], [-2.0, 4.0]])
SITE = SiteConfig(
    lines=(LineConfig("door", np.array([[-2.0, 0.0], [2.0, 0.0]])),),
    zones=(ZoneConfig("hall", HALL),),
)
COUPLE = tuple(
    Walker(through((x, -3.0), (x, 3.0), (x, 6.0)), id=number)
    for number, x in enumerate((-0.3, 0.3), start=1)
)


def events_of(counting: Counting) -> list[Event]:
    found: list[Event] = []
    for tracks in steps(COUPLE, fps=10.0):
        found += counting.step(tracks).events
    return [*found, *counting.finish()]


def test_a_couple_crosses_enters_and_leaves() -> None:
    types = [event.type for event in events_of(Counting(SITE))]
    assert sorted(types) == ["crossing"] * 2 + ["zone_enter"] * 2 + ["zone_leave"] * 2


def test_a_couple_is_one_group_when_groups_are_asked_for() -> None:
    found = events_of(Counting(SITE, groups=True))
    (group,) = [event for event in found if event.type == "group_crossing"]
    assert group.size == 2
    assert group.line == "door"


def test_reset_forgets_who_was_on_the_way() -> None:
    counting = Counting(SITE, groups=True)
    for number, tracks in enumerate(steps(COUPLE, fps=10.0)):
        if number == 22:  # both are before the line
            counting.reset()
            break
        counting.step(tracks)
    assert counting.tracks_remembered == 0
    assert counting.finish() == ()


QUEUE = SiteConfig(
    zones=(
        ZoneConfig("till", HALL, use="queue", alarms=(AlarmConfig("till", "over", 2, 1, 0.5),)),
        ZoneConfig("exit", np.array([[-2.0, 4.5], [2.0, 4.5], [2.0, 7.0], [-2.0, 7.0]])),
    ),
)


def run(counting: Counting) -> list[CountingStep]:
    return [counting.step(tracks) for tracks in steps(COUPLE, fps=10.0)]


def test_a_device_counts_everything_in_one_step() -> None:
    counting = Counting(SITE, full=True)
    found = run(counting)
    types = {event.type for step in found for event in step.events}
    assert types == {"crossing", "zone_enter", "group_crossing"}
    assert (2,) in {step.passing for step in found}
    assert max(step.zones[0].present for step in found) == 2
    heat = counting.take_heat()
    assert heat is not None
    assert heat.grid == SITE.heat_grid
    walked_s = sum(walker.last_s - walker.first_s for walker in COUPLE)
    assert heat.person_s == pytest.approx(walked_s, abs=0.21)
    first, second = counting.trails()
    assert first.ended
    assert second.ended
    assert {event.type for event in counting.finish()} == {"zone_leave"}
    assert counting.people_remembered == counting.tracks_remembered == 0


def test_what_was_not_asked_for_is_not_gathered() -> None:
    counting = Counting(SITE)
    assert all(step.passing == () for step in run(counting))
    assert counting.take_heat() is None
    assert counting.trails() == ()


def test_a_queue_is_measured_and_its_alarm_raised_and_cleared() -> None:
    staying = tuple(replace(one, waypoints=(*one.waypoints, (12.0, 0.0, 6.0))) for one in COUPLE)
    counting = Counting(QUEUE)
    found = [counting.step(tracks) for tracks in steps(staying, fps=10.0)]
    alarms = [(change.place, change.raised) for step in found for change in step.alarms]
    assert alarms == [("till", True), ("till", False)]
    (last,) = found[-1].queues
    assert (last.zone, last.length) == ("till", 0)
    assert max(step.queues[0].length for step in found) == 2


def test_journeys_and_waits_survive_a_restart() -> None:
    slow = SiteConfig(zones=(replace(QUEUE.zones[0], served_after_s=1.0), QUEUE.zones[1]))
    counting = Counting(slow)
    run(counting)
    counting.finish()
    kept = CountingState.from_text(counting.snapshot().to_text())
    assert kept == counting.snapshot()
    assert kept.journeys == (ZonePair("till", "exit", 2, 2),)
    again = Counting(slow)
    again.restore(kept)
    run(again)
    again.finish()
    assert again.snapshot().journeys == (ZonePair("till", "exit", 4, 4),)
    ((zone, waits),) = again.snapshot().waits
    assert (zone, waits.visits) == ("till", 4)


def test_zones_that_are_no_more_are_left_aside() -> None:
    counting = Counting(QUEUE)
    run(counting)
    counting.finish()
    other = Counting(SITE)
    other.restore(counting.snapshot())
    assert other.snapshot() == CountingState()


@pytest.mark.parametrize("text", ["", "[]", '{"journeys": [1], "waits": {}}', '{"journeys": []}'])
def test_what_was_never_kept_is_refused(text: str) -> None:
    with pytest.raises(ContractError, match="no kept state"):
        CountingState.from_text(text)


def test_what_is_kept_has_approved_fields_only() -> None:
    """No track, no person, no place of one: sums only."""
    counting = Counting(QUEUE, full=True)
    run(counting)
    content = json.loads(counting.snapshot().to_text())
    assert set(content) == {"journeys", "waits"}
    assert set(content["waits"]["till"]) == {"edges_s", "counts", "total_s"}
    standing = StandingRules(SITE).begin(datetime(2026, 5, 4, tzinfo=UTC)).standing
    content = json.loads(standing.to_text())
    assert set(content) == {"lines", "occupancy", "emptied", "kept_until"}
    assert set(content["lines"]["door"]) == {"in", "out", "since", "epoch", "shape"}
    assert set(content["occupancy"]) == {
        "entries", "exits", "lifted", "drift", "drift_sigma", "days_learned",
    }  # fmt: skip
