"""Zones and groups are counted beside lines, in the order of time."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from count_builders import Walker, steps, through
from lintel.config import (
    AlarmConfig,
    LineConfig,
    OccupancyConfig,
    SiteConfig,
    TargetConfig,
    ZoneConfig,
)
from lintel.count.attention import AttentionState
from lintel.count.counting_state import CountingState
from lintel.count.origin_destination import ZonePair
from lintel.count.standing import StandingRules
from lintel.errors import ContractError
from lintel.pipeline.counting import Counting, CountingStep
from lintel.records import Alarm, Event
from walk_builders import tracks_of

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
    alarms = [event for step in found for event in step.events if isinstance(event, Alarm)]
    assert [(alarm.place, alarm.type) for alarm in alarms] == [
        ("till", "alarm_raised"),
        ("till", "alarm_cleared"),
    ]
    assert all(alarm.t_ns - alarm.since_ns >= 500_000_000 for alarm in alarms)
    (last,) = found[-1].queues
    assert (last.zone, last.length) == ("till", 0)
    assert max(step.queues[0].length for step in found) == 2


ROOM_SITE = SiteConfig(
    lines=SITE.lines,
    occupancy=OccupancyConfig(
        alarms=(AlarmConfig("room", "over", 80, 75, 1.0), AlarmConfig("room", "under", 0, 1, 1.0))
    ),
)


def alarms_of(counting: Counting, people: Sequence[float | None]) -> list[str]:
    """What is told while so many are in the room, a step every half second."""
    found: list[Event] = []
    for k, inside in enumerate(people):
        counting.see_room(inside)
        found += counting.step(tracks_of({}, t_s=0.5 * k)).events
    return [f"{event.kind} {event.type}" for event in found if isinstance(event, Alarm)]


@pytest.mark.parametrize(
    ("people", "told"),
    [
        ([None] * 8, []),  # nobody knows: no alarm, not even "too empty"
        ([79.4] * 8, []),
        ([79.6] * 8, ["over alarm_raised"]),
        ([90.0, 90.0, 10.0, 90.0, 90.0, 10.0], []),  # never for a whole second
        ([90.0] * 4 + [76.0] * 4, ["over alarm_raised"]),  # between the limits it stands
        ([90.0] * 4 + [75.0] * 4, ["over alarm_raised", "over alarm_cleared"]),
        ([0.0] * 4 + [1.0] * 4, ["under alarm_raised", "under alarm_cleared"]),
    ],
)
def test_the_room_has_alarms_of_its_own(people: list[float | None], told: list[str]) -> None:
    assert alarms_of(Counting(ROOM_SITE, full=True), people) == told


def test_an_alarm_that_stood_before_a_restart_is_cleared_after_it_and_not_raised_again() -> None:
    before = Counting(ROOM_SITE, full=True)
    assert alarms_of(before, [90.0] * 4) == ["over alarm_raised"]
    again = Counting(ROOM_SITE, full=True)
    again.restore(CountingState.from_text(before.snapshot().to_text()))
    assert alarms_of(again, [90.0] * 4 + [70.0] * 4) == ["over alarm_cleared"]


def test_what_was_looked_at_survives_a_restart() -> None:
    target = TargetConfig("shelf", np.array([[-1.0, 3.0], [1.0, 3.0]]))
    site = SiteConfig(targets=(target,))

    def looked(counting: Counting) -> AttentionState:
        """Somebody stands before the shelf for two seconds and looks at it."""
        for k in range(21):
            tracks = tracks_of({1: (0.0, 1.0, 0.0, 0.0)}, t_s=0.1 * k)
            heading = np.full(1, np.pi / 2, dtype=np.float32)
            (state,) = counting.step(replace(tracks, heading_rad=heading)).attention
        return state

    before = Counting(site)
    once = looked(before)
    assert (once.exposed, once.viewers, once.effective) == (1, 1, 1)
    again = Counting(site)
    again.restore(CountingState.from_text(before.snapshot().to_text()))
    twice = looked(again)
    assert (twice.exposed, twice.viewers, twice.effective) == (2, 2, 2)
    assert twice.looked_s == pytest.approx(2 * once.looked_s)
    assert twice.mean_onset_s == pytest.approx(once.mean_onset_s)
    assert twice.measured_share == pytest.approx(once.measured_share)
    elsewhere = Counting(SiteConfig(targets=(replace(target, name="window"),)))
    elsewhere.restore(before.snapshot())
    assert looked(elsewhere).viewers == 1


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
    target = TargetConfig("shelf", np.array([[-1.0, 3.0], [1.0, 3.0]]))
    counting = Counting(replace(QUEUE, targets=(target,)), full=True)
    run(counting)
    content = json.loads(counting.snapshot().to_text())
    assert set(content) == {"journeys", "waits", "attention", "raised"}
    assert content["raised"] == []
    (sums,) = content["attention"]
    assert set(sums) == {
        "target", "exposed", "viewers", "effective", "looked_s", "onset_s", "within_s",
        "measured_s",
    }  # fmt: skip
    assert set(content["waits"]["till"]) == {"edges_s", "counts", "total_s"}
    standing = StandingRules(SITE).begin(datetime(2026, 5, 4, tzinfo=UTC)).standing
    content = json.loads(standing.to_text())
    assert set(content) == {"lines", "occupancy", "emptied", "kept_until"}
    assert set(content["lines"]["door"]) == {"in", "out", "since", "epoch", "shape"}
    assert set(content["occupancy"]) == {
        "entries", "exits", "lifted", "drift", "drift_sigma", "days_learned",
    }  # fmt: skip
