"""Start and end zones: a line counts only who comes from somewhere, or goes somewhere."""

from __future__ import annotations

import numpy as np
import pytest

from count_builders import Walker, steps, through
from lintel.config import LineConfig, OnlyRule, SiteConfig, ZoneConfig
from lintel.count.only import longest_wait_s
from lintel.pipeline.counting import Counting
from lintel.records import Crossing, Event

# A line along x; in is towards +y. The street lies below it, the shop beyond, the lift to the left.
STREET = ZoneConfig("street", np.array([[-1.0, -3.0], [1.0, -3.0], [1.0, -2.0], [-1.0, -2.0]]))
SHOP = ZoneConfig("shop", np.array([[-1.0, 2.0], [1.0, 2.0], [1.0, 3.0], [-1.0, 3.0]]))
POINTS = np.array([[-2.0, 0.0], [2.0, 0.0]])


def site(only: OnlyRule, **rules: str) -> SiteConfig:
    policy = "cancel" if rules.get("uturn") == "cancel" else "count_both"
    line = LineConfig("door", POINTS, only=only, uturn_policy=policy)  # type: ignore[arg-type]
    return SiteConfig(lines=(line,), zones=(STREET, SHOP))


def counted(config: SiteConfig, *walkers: Walker, fps: float = 10.0) -> list[tuple[str, float]]:
    """Directions and moments of the crossings told."""
    counting = Counting(config)
    events: list[Event] = []
    for tracks in steps(walkers, fps=fps):
        events += counting.step(tracks).events
    events += counting.finish()
    return [(e.direction.value, round(e.t_ns / 1e9, 1)) for e in events if isinstance(e, Crossing)]


FROM_STREET = through((0.0, -2.5), (0.0, 2.5))
FROM_SIDE = through((1.8, -1.0), (1.8, 1.0), (1.8, 2.0))
TO_STREET = through((0.0, 2.5), (0.0, -2.5))
PAST_SHOP = through((0.0, -2.5), (0.0, 0.5), (1.8, 1.5), (1.8, 4.0))

START = OnlyRule(from_zone="street")
END = OnlyRule(to_zone="shop")
BOTH = OnlyRule(from_zone="street", to_zone="shop")


@pytest.mark.parametrize("fps", [5.0, 30.0])
@pytest.mark.parametrize(
    ("rule", "path", "told"),
    [
        (OnlyRule(), FROM_SIDE, ["in"]),
        (START, FROM_STREET, ["in"]),
        (START, FROM_SIDE, []),
        (START, PAST_SHOP, ["in"]),
        (END, FROM_STREET, ["in"]),
        (END, PAST_SHOP, []),
        (END, FROM_SIDE, []),
        (BOTH, FROM_STREET, ["in"]),
        (BOTH, PAST_SHOP, []),
        (BOTH, TO_STREET, ["out"]),
        (START, TO_STREET, ["out"]),
        (END, TO_STREET, ["out"]),
        (START, through((0.0, 2.5), (0.0, -0.6), (1.8, -1.0)), []),
    ],
)
def test_who_counts(
    rule: OnlyRule, path: tuple[tuple[float, float, float], ...], told: list[str], fps: float
) -> None:
    assert [way for way, _ in counted(site(rule), Walker(path), fps=fps)] == told


def test_a_crossing_that_waited_keeps_its_true_moment() -> None:
    (plain,) = counted(site(OnlyRule()), Walker(FROM_STREET))
    (waited,) = counted(site(END), Walker(FROM_STREET))
    assert waited == plain


def test_too_long_ago_is_not_from_there() -> None:
    pause = (*FROM_STREET[:1], (2.0, 0.0, -1.0), (42.0, 0.0, -1.0), (46.0, 0.0, 2.5))
    assert counted(site(START), Walker(pause)) == []
    patient = OnlyRule(from_zone="street", within_s=60.0)
    assert [way for way, _ in counted(site(patient), Walker(pause))] == ["in"]


def test_who_comes_too_late_to_the_end_zone_did_not_cross() -> None:
    pause = ((0.0, 0.0, -2.5), (2.0, 0.0, 0.8), (50.0, 0.0, 0.8), (52.0, 0.0, 2.5))
    assert counted(site(END), Walker(pause)) == []


def test_a_person_lost_and_found_again_is_the_same() -> None:
    walkers = (
        Walker(((0.0, 0.0, -2.5), (1.6, 0.0, -0.5)), id=1),
        Walker(((1.9, 0.0, -0.1), (4.0, 0.0, 2.5)), id=2),
    )
    assert [way for way, _ in counted(site(BOTH), *walkers)] == ["in"]


def test_a_u_turn_policy_and_an_end_zone_together() -> None:
    both = site(END, uturn="cancel")
    assert [way for way, _ in counted(both, Walker(FROM_STREET))] == ["in"]
    back = through((0.0, -2.5), (0.0, 0.6), (0.0, -2.5))
    assert counted(both, Walker(back)) == []


def test_nothing_is_remembered_of_people_long_gone() -> None:
    config = site(BOTH)
    counting = Counting(config)
    walkers = [Walker(through((0.0, -2.5), (0.0, 2.5), start_s=20.0 * k), id=k) for k in range(9)]
    most = 0
    for tracks in steps(walkers, fps=5.0):
        counting.step(tracks)
        most = max(most, counting.people_remembered)
    assert most <= 4


def test_the_longest_wait_of_a_site_is_known() -> None:
    config = site(OnlyRule(to_zone="shop", within_s=40.0), uturn="cancel")
    assert longest_wait_s(config.lines, config.zones) == 50.0
    assert longest_wait_s((), (STREET,)) == 2.0
    assert longest_wait_s((), ()) == 0.0
