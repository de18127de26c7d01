"""What visits add up to: dwell, density, queues, ways between zones, alarms."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lintel.config import AlarmConfig, Use
from lintel.count.alarms import OccupancyAlarm
from lintel.count.density import service_level
from lintel.count.dwell import DwellHistogram
from lintel.count.origin_destination import OriginDestination
from lintel.count.queues import MAX_RECENT, QueueMeter
from lintel.errors import ContractError, SiteError
from lintel.records import AlarmKind, ZoneEnter, ZoneLeave

dwells = st.lists(st.floats(0.0, 8000.0), max_size=40)


def filled(values: list[float]) -> DwellHistogram:
    histogram = DwellHistogram()
    for value in values:
        histogram = histogram.add(value)
    return histogram


@given(one=dwells, other=dwells)
def test_histograms_add_up(one: list[float], other: list[float]) -> None:
    merged = filled(one).merge(filled(other))
    assert merged.counts == filled(one + other).counts
    assert merged.visits == len(one) + len(other)
    assert merged.total_s == pytest.approx(sum(one) + sum(other))


@given(values=st.lists(st.floats(0.0, 3000.0), min_size=1, max_size=60), share=st.floats(0, 1))
def test_quantiles_lie_in_the_class_of_the_true_value(values: list[float], share: float) -> None:
    rank = max(math.ceil(share * len(values)), 1)
    true = sorted(values)[rank - 1]
    edges = (0.0, *DwellHistogram().edges_s)
    lower = max((edge for edge in edges if edge < true), default=0.0)
    upper = min(edge for edge in edges[1:] if edge >= true)
    assert lower - 1e-9 <= filled(values).quantile_s(share) <= upper + 1e-9


def test_an_edge_belongs_to_the_class_that_it_ends() -> None:
    assert filled([5.0, 5.1]).rows()[:2] == ((5.0, 1), (10.0, 1))
    assert filled([1e9]).rows()[-1] == (math.inf, 1)
    assert math.isnan(DwellHistogram().mean_s)
    assert math.isnan(DwellHistogram().quantile_s(0.5))


def test_histograms_of_other_edges_do_not_mix() -> None:
    with pytest.raises(ContractError, match="edges differ"):
        DwellHistogram().merge(DwellHistogram((1.0,), (0, 0)))
    with pytest.raises(ContractError, match="rising edges"):
        DwellHistogram((2.0, 1.0), (0, 0, 0))


@pytest.mark.parametrize(
    ("density", "use", "level"),
    [
        (0.0, "walkway", "A"),
        (0.3, "walkway", "A"),
        (0.4, "walkway", "B"),
        (0.6, "walkway", "C"),
        (1.0, "walkway", "D"),
        (2.0, "walkway", "E"),
        (2.5, "walkway", "F"),
        (0.8, "queue", "A"),
        (2.0, "queue", "D"),
        (6.0, "queue", "F"),
    ],
)
def test_levels_of_service(density: float, use: Use, level: str) -> None:
    assert service_level(density, use) == level


def test_ways_between_zones() -> None:
    ways = OriginDestination(["door", "fruit", "till"])
    ways.step([("door", "fruit", "till"), ("door", "till"), ("fruit",), ()])
    assert ways.zones == ("door", "fruit", "till")
    assert ways.legs.tolist() == [[0, 1, 1], [0, 0, 1], [0, 0, 0]]
    assert ways.whole.tolist() == [[0, 0, 2], [0, 1, 0], [0, 0, 0]]
    ways.reset()
    assert not ways.legs.any()


@given(st.lists(st.lists(st.sampled_from("abc"), max_size=6), max_size=20))
def test_each_journey_is_one_way_and_its_legs(journeys: list[list[str]]) -> None:
    ways = OriginDestination("abc")
    ways.step(journeys)
    assert ways.whole.sum() == sum(bool(journey) for journey in journeys)
    assert ways.legs.sum() == sum(max(len(journey) - 1, 0) for journey in journeys)


Told = list[tuple[int, bool]]
ALARMS: list[tuple[str, AlarmKind, tuple[int, int], list[int], Told]] = [
    ("a short peak is no alarm", "over", (5, 3), [0, 6, 6, 0, 0, 0, 0], []),
    ("lasting is", "over", (5, 3), [0, 5, 5, 5, 5, 5], [(4, True)]),
    (
        "between the limits nothing changes",
        "over",
        (5, 3),
        [5, 5, 5, 5, 4, 4, 4, 4, 4],
        [(3, True)],
    ),
    ("cleared below", "over", (5, 3), [5, 5, 5, 5, 3, 3, 3, 3, 3], [(3, True), (7, False)]),
    ("jitter at the limit", "over", (5, 3), [5, 4, 5, 4, 5, 4, 5, 4], []),
    ("under", "under", (1, 2), [1, 0, 1, 0, 2, 2, 2, 2], [(3, True), (7, False)]),
]


@pytest.mark.parametrize(
    ("story", "kind", "limits", "people", "told"),
    ALARMS,
    ids=[row[0] for row in ALARMS],
)
def test_alarms(
    story: str, kind: AlarmKind, limits: tuple[int, int], people: list[int], told: Told
) -> None:
    alarm = OccupancyAlarm(AlarmConfig("hall", kind, *limits, for_s=3.0))
    changes = [(t, alarm.step(count, t_ns=t * 10**9)) for t, count in enumerate(people)]
    assert [(t, change.raised) for t, change in changes if change] == told, story


@given(st.lists(st.integers(0, 10), max_size=60))
def test_alarms_are_raised_and_cleared_in_turn(people: list[int]) -> None:
    alarm = OccupancyAlarm(AlarmConfig("hall", "over", 6, 4, for_s=2.0))
    changes = [alarm.step(count, t_ns=t * 10**9) for t, count in enumerate(people)]
    raised = [change.raised for change in changes if change]
    assert raised == [k % 2 == 0 for k in range(len(raised))]
    assert all(c.t_ns - c.since_ns >= 2 * 10**9 for c in changes if c)


def test_alarm_limits_must_be_apart() -> None:
    with pytest.raises(SiteError, match="needs clear_at below raise_at"):
        AlarmConfig("hall", "over", 5, 5)
    with pytest.raises(SiteError, match="needs clear_at above raise_at"):
        AlarmConfig("hall", "under", 5, 4)


def test_a_queue_says_its_length_and_how_long_a_newcomer_waits() -> None:
    meter, state = QueueMeter("till"), None
    for k in range(120):  # someone comes every 30 s and waits 90 s
        now_ns = 30 * k * 10**9
        events: list[ZoneEnter | ZoneLeave] = [ZoneEnter("till", now_ns, "")]
        if k >= 3:
            events.append(ZoneLeave("till", now_ns, 90.0, ""))
        state = meter.step([*events, ZoneEnter("elsewhere", now_ns, "")], t_ns=now_ns)
    assert state is not None
    assert (state.length, state.served) == (3, 117)
    assert state.mean_wait_s == pytest.approx(90.0)
    assert state.expected_wait_s == pytest.approx(90.0, rel=0.05)
    assert meter.waits.visits == 117


def test_who_only_passes_a_queue_is_no_customer() -> None:
    meter = QueueMeter("till", served_after_s=5.0)
    state = meter.step([ZoneEnter("till", 0, ""), ZoneLeave("till", 0, 2.0, "")], t_ns=10**9)
    assert (state.length, state.served) == (0, 0)
    assert math.isnan(state.expected_wait_s)


def test_a_queue_remembers_a_bounded_past() -> None:
    meter = QueueMeter("till")
    for k in range(5000):
        meter.step([ZoneLeave("till", k * 10**8, float(k % 50 + 6), "")], t_ns=k * 10**8)
    assert len(meter._waits) == MAX_RECENT  # noqa: SLF001 - the bound is what is tested
    assert np.isfinite(meter.step([], t_ns=5001 * 10**8).mean_wait_s)
    assert math.isnan(meter.step([], t_ns=10**13).mean_wait_s)
