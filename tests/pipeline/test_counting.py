"""Zones and groups are counted beside lines, in the order of time."""

from __future__ import annotations

import numpy as np

from count_builders import Walker, steps, through
from lintel.config import LineConfig, SiteConfig, ZoneConfig
from lintel.pipeline.counting import Counting
from lintel.records import Event

SITE = SiteConfig(
    lines=(LineConfig("door", np.array([[-2.0, 0.0], [2.0, 0.0]])),),
    zones=(ZoneConfig("hall", np.array([[-2.0, 0.5], [2.0, 0.5], [2.0, 4.0], [-2.0, 4.0]])),),
)
COUPLE = tuple(
    Walker(through((x, -3.0), (x, 3.0), (x, 6.0)), id=number)
    for number, x in enumerate((-0.3, 0.3), start=1)
)


def events_of(counting: Counting) -> list[Event]:
    found: list[Event] = []
    for tracks in steps(COUPLE, fps=10.0):
        found += counting.step(tracks)
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
