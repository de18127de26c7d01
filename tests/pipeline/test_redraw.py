"""A site drawn anew while people walk: whoever is on the way over what stays is counted once."""

from __future__ import annotations

from dataclasses import replace

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

from lintel.config import AlarmConfig, LineConfig, OnlyRule, SiteConfig, ZoneConfig
from lintel.pipeline.counting import Counting
from lintel.records import Alarm, Event, Tracks
from walk_builders import Walk, film

DOOR = LineConfig("door", np.array([[0.0, -2.0], [0.0, 2.0]]))
PATIENT = LineConfig(
    "patient", np.array([[0.6, -2.0], [0.6, 0.5], [1.0, 2.0]]), uturn_policy="cancel"
)
OTHER = LineConfig("other", np.array([[-2.0, 1.0], [2.0, 1.0]]))
HALL = ZoneConfig("hall", np.array([[0.5, -2.0], [2.0, -2.0], [2.0, 2.0], [0.5, 2.0]]))
NOOK = ZoneConfig("nook", np.array([[-2.0, -2.0], [-1.0, -2.0], [-1.0, 2.0], [-2.0, 2.0]]))
SITE = SiteConfig(lines=(DOOR, PATIENT), zones=(HALL, NOOK))
REDRAWN = SiteConfig(lines=(OTHER, DOOR, PATIENT), zones=(NOOK, replace(HALL, use="queue")))

corners = st.tuples(st.floats(0.4, 2.0), st.floats(-2.0, 2.0), st.floats(-1.9, 1.9))
walks = st.lists(corners, min_size=2, max_size=7)


def walk(legs: list[tuple[float, float, float]], start_s: float) -> Walk:
    """A walk by (seconds of the leg, x, y)."""
    t_s, places = start_s, []
    for seconds, x, y in legs:
        places.append((t_s, x, y))
        t_s += seconds
    return Walk(places)


def counted(steps: list[Tracks], sites: dict[int, SiteConfig], first: SiteConfig) -> list[Event]:
    """All events when the site is another from some steps on."""
    counting = Counting(first, full=True)
    events: list[Event] = []
    for number, tracks in enumerate(steps):
        if number in sites:
            events += counting.redraw(sites[number])
        events += counting.step(tracks).events
    return events + list(counting.finish())


def told(events: list[Event], places: set[str]) -> list[tuple[str, int, str]]:
    """What was counted at some places, in order of time."""
    found = []
    for event in events:
        place = getattr(event, "line", None) or getattr(event, "zone", "")
        if place in places and event.type != "group_crossing":
            found.append((place, event.t_ns, f"{event.type} {getattr(event, 'direction', '')}"))
    return sorted(found)


@given(people=st.lists(walks, min_size=1, max_size=3), share=st.floats(0.0, 1.0))
@settings(max_examples=20, deadline=None)
def test_lines_and_zones_that_stay_count_as_if_nothing_was_redrawn(
    people: list[list[tuple[float, float, float]]], share: float
) -> None:
    steps = list(film({k: walk(legs, 0.3 * k) for k, legs in enumerate(people)}))
    moment = int(share * (len(steps) - 1))
    stays = {"door", "patient", "hall", "nook"}
    whole = told(counted(steps, {}, SITE), stays)
    assert told(counted(steps, {moment: REDRAWN}, SITE), stays) == whole
    again = {moment: REDRAWN, min(moment + 3, len(steps) - 1): SITE}
    assert told(counted(steps, again, SITE), stays) == whole


@pytest.mark.parametrize("at_s", [1.0, 1.9, 2.0, 2.1, 2.15, 3.0])
def test_somebody_on_the_line_when_another_is_drawn_is_counted_once(at_s: float) -> None:
    steps = list(
        film({1: Walk([(0.0, -1.5, 0.0), (1.9, -0.1, 0.0), (2.2, 0.1, 0.0), (4.0, 1.5, 0.0)])})
    )
    events = counted(steps, {round(at_s * 10): REDRAWN}, SITE)
    assert [place for place, *_ in told(events, {"door"})] == ["door"]


def test_a_new_line_counts_who_comes_over_it_from_then_on() -> None:
    steps = list(
        film(
            {
                1: Walk([(0.0, 0.0, -1.5), (3.0, 0.0, 1.5)]),
                2: Walk([(0.0, 1.5, 1.2), (3.0, 1.5, -1.0)]),
            }
        )
    )
    nothing = SiteConfig()
    for moment, expected in ((1, 2), (24, 1), (29, 0)):
        site = SiteConfig(lines=(OTHER,))
        assert len(told(counted(steps, {moment: site}, nothing), {"other"})) == expected, moment


def test_a_line_that_is_no_more_tells_what_it_held_and_a_zone_that_is_no_more_ends_its_visits() -> (
    None
):
    steps = list(film({1: Walk([(0.0, -1.0, 0.0), (2.0, 1.5, 0.0), (9.0, 1.5, 0.1)])}))
    events = counted(steps, {25: SiteConfig()}, SITE)
    assert [what for *_, what in told(events, {"patient"})] == ["crossing out"] or [
        what for *_, what in told(events, {"patient"})
    ] == ["crossing in"]
    assert [what.strip() for *_, what in told(events, {"hall"})] == ["zone_enter", "zone_leave"]


def test_a_renamed_line_goes_on_under_its_new_name() -> None:
    steps = list(film({1: Walk([(0.0, -1.0, 0.0), (2.0, 1.0, 0.0)])}))
    site = SiteConfig(lines=(replace(DOOR, name="gate"),))
    events = counted(steps, {11: site}, SiteConfig(lines=(DOOR,)))
    assert [place for place, *_ in told(events, {"door", "gate"})] == ["gate"]


def test_who_waits_for_a_zone_is_counted_when_only_other_things_change() -> None:
    picky = replace(DOOR, only=OnlyRule(to_zone="hall"))
    site = SiteConfig(lines=(picky,), zones=(HALL, NOOK))
    steps = list(
        film({1: Walk([(0.0, -1.0, 0.0), (2.0, 0.4, 0.0), (4.0, 0.4, 0.1), (5.0, 1.5, 0.0)])})
    )
    whole = told(counted(steps, {}, site), {"door"})
    redrawn = SiteConfig(lines=(OTHER, picky), zones=(NOOK, HALL))
    assert told(counted(steps, {25: redrawn}, site), {"door"}) == whole


def test_an_alarm_that_stays_is_not_raised_twice() -> None:
    alarm = AlarmConfig("hall", "over", raise_at=1, clear_at=0, for_s=0.5)
    site = SiteConfig(zones=(replace(HALL, alarms=(alarm,)),))
    other = SiteConfig(lines=(OTHER,), zones=site.zones)
    counting = Counting(site, full=True)
    raised = []
    for number, tracks in enumerate(film({1: Walk([(0.0, 1.0, 0.0), (4.0, 1.5, 0.0)])})):
        if number == 20:
            counting.redraw(other)
        events = counting.step(tracks).events
        raised += [event.raised for event in events if isinstance(event, Alarm)]
    assert raised.count(True) == 1


def test_a_queue_drawn_over_people_knows_them_and_never_counts_below_nobody() -> None:
    steps = list(film({1: Walk([(0.0, 1.0, 0.0), (4.0, 1.5, 0.0), (6.0, -1.0, 0.0)])}))
    counting = Counting(SITE, full=True)
    lengths = []
    for number, tracks in enumerate(steps):
        if number == 30:
            counting.redraw(REDRAWN)
        lengths += [queue.length for queue in counting.step(tracks).queues]
    assert max(lengths) == 1
    assert min(lengths) == 0
