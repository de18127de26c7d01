"""Events into intervals: late ones, restarts, and the same result each way."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lintel.count.intervals import BookState, IntervalBook
from lintel.count.period import Period
from lintel.errors import ContractError
from lintel.records import (
    Crossing,
    Direction,
    Event,
    GroupCrossing,
    Interval,
    LineTotals,
    Watch,
    ZoneEnter,
    ZoneLeave,
)

START = datetime(2026, 5, 4, 10, 0, tzinfo=UTC)
MINUTE = Period(60)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def book(*, lateness_s: float = 60.0, state: BookState | None = None) -> IntervalBook:
    return IntervalBook(MINUTE, lines=["door"], zones=["till"], lateness_s=lateness_s, state=state)


def crossing(direction: Direction = Direction.IN) -> Crossing:
    return Crossing("door", direction, 0, (0.0, 0.0), "test")


def enter() -> ZoneEnter:
    return ZoneEnter("till", 0, "test")


def leave(dwell_s: float) -> ZoneLeave:
    return ZoneLeave("till", 0, dwell_s, "test")


def of(intervals: tuple[Interval, ...], place: str) -> list[Interval]:
    return [interval for interval in intervals if interval.place == place]


def test_crossings_fall_into_half_open_intervals() -> None:
    one = book()
    for seconds in (0.0, 59.999999, 60.0):
        one.add(crossing(), at(seconds))
    one.add(crossing(Direction.OUT), at(61.0))
    one.watch(Watch(at(0), at(120), dropped_frames=3))
    first, second = of(one.finish(), "door")
    assert (first.start_utc, first.end_utc) == (at(0), at(60))
    assert (first.totals, second.totals) == (LineTotals(2, 0), LineTotals(1, 1))
    assert (first.dropped_frames, second.dropped_frames) == (3, 0)


def test_coverage_is_the_share_of_the_time_really_watched() -> None:
    one = book()
    one.watch(Watch(at(0), at(30)))
    one.watch(Watch(at(30), at(90), share=0.5))
    first, second = of(one.finish(), "door")
    assert (first.coverage, second.coverage) == pytest.approx((0.75, 0.25))


def test_who_was_not_watched_is_left_out_and_who_did_not_come_is_zero() -> None:
    one = book()
    one.watch(Watch(at(0), at(60)))
    one.watch(Watch(at(180), at(240)))
    assert [(i.start_utc, i.totals) for i in of(one.finish(), "door")] == [
        (at(0), LineTotals()),
        (at(180), LineTotals()),
    ]


def test_occupancy_of_a_zone_goes_on_over_intervals() -> None:
    one = book()
    one.watch(Watch(at(0), at(180)))
    one.add(enter(), at(30))
    one.add(enter(), at(45))
    one.add(leave(100.0), at(130))
    first, second, third = of(one.finish(), "till")
    assert [i.occupancy_mean for i in (first, second, third)] == pytest.approx([0.75, 2.0, 7 / 6])
    assert [i.occupancy_max for i in (first, second, third)] == [2, 2, 2]
    assert (first.totals, third.totals) == (LineTotals(2, 0), LineTotals(0, 1))
    assert dict(third.dwell_histogram_s)[120.0] == 1
    assert second.dwell_histogram_s == ()


def test_a_late_event_lands_in_its_own_interval() -> None:
    one = book(lateness_s=30.0)
    one.watch(Watch(at(0), at(85)))
    assert one.advance(at(85)) == ()
    one.add(crossing(), at(59))
    (closed,) = of(one.advance(at(90)), "door")
    assert closed.totals == LineTotals(1, 0)
    assert one.too_late == ()


def test_an_event_after_closing_is_said_to_be_too_late() -> None:
    one = book(lateness_s=0.0)
    one.watch(Watch(at(0), at(60)))
    one.advance(at(60))
    one.add(enter(), at(10))
    assert one.too_late == (at(0),)
    one.watch(Watch(at(60), at(120)))
    assert of(one.advance(at(120)), "till")[0].occupancy_mean == 1.0


def test_a_restart_empties_the_zones() -> None:
    one = book()
    one.watch(Watch(at(0), at(60)))
    one.add(enter(), at(0))
    one.restart(at(30))
    (till,) = of(one.finish(), "till")
    assert (till.occupancy_mean, till.occupancy_max) == (0.5, 1)
    assert one.state.occupancy == (("till", 0),)


def test_other_events_are_left_aside() -> None:
    one = book()
    one.add(GroupCrossing("door", Direction.IN, 0, 2, "test"), at(0))
    one.add(ZoneEnter("elsewhere", 0, "test"), at(0))
    assert one.finish() == ()


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"open_from": 3, "occupancy": {}}', "null"])
def test_a_state_that_was_not_kept_here_is_refused(text: str) -> None:
    with pytest.raises(ContractError, match="no kept state"):
        BookState.from_text(text)


def test_contracts_are_kept() -> None:
    with pytest.raises(ContractError, match="different names"):
        IntervalBook(MINUTE, lines=["a"], zones=["a"])
    with pytest.raises(ContractError, match="aware times in order"):
        Watch(at(1), at(0))


Story = list[tuple[datetime, Event]]


@st.composite
def stories(draw: st.DrawFn) -> Story:
    """Crossings and visits over ten minutes, in order of time."""
    story: Story = []
    for second in draw(st.lists(st.integers(0, 599_000), max_size=25)):
        story.append((at(second / 1000), crossing(draw(st.sampled_from(Direction)))))
    for start, dwell in draw(
        st.lists(st.tuples(st.integers(0, 400_000), st.integers(1, 190_000)), max_size=12)
    ):
        story.append((at(start / 1000), enter()))
        story.append((at((start + dwell) / 1000), leave(dwell / 1000)))
    return sorted(story, key=lambda row: row[0])


WATCHED = [Watch(at(10 * k), at(10 * k + 9.5), dropped_frames=k % 3) for k in range(60)]


def replayed(story: Story) -> tuple[Interval, ...]:
    """All stored events at once, as when intervals are built again."""
    one = book()
    for utc, event in story:
        one.add(event, utc)
    for watch in WATCHED:
        one.watch(watch)
    return one.finish()


@settings(max_examples=60, deadline=None)
@given(story=stories(), seed=st.integers(0, 1000))
def test_late_events_make_no_difference(story: Story, seed: int) -> None:
    """Live: each event comes up to 40 s late, in any order; closing goes on meanwhile."""
    rng = random.Random(seed)
    arrivals = sorted(
        [(utc + timedelta(seconds=rng.uniform(0, 40)), k) for k, (utc, _) in enumerate(story)]
    )
    one = book(lateness_s=45.0)
    done: list[Interval] = []
    for watch in WATCHED:
        one.watch(watch)
        while arrivals and arrivals[0][0] <= watch.end_utc:
            utc, event = story[arrivals.pop(0)[1]]
            one.add(event, utc)
        done += one.advance(watch.end_utc)
    for _, k in arrivals:
        one.add(story[k][1], story[k][0])
    assert tuple(done) + one.finish() == replayed(story)
    assert one.too_late == ()


@settings(max_examples=60, deadline=None)
@given(story=stories(), cut=st.integers(0, 60))
def test_a_restart_of_the_book_in_mid_interval_makes_no_difference(story: Story, cut: int) -> None:
    first = book(lateness_s=15.0)
    now = at(10 * cut)
    for utc, event in story:
        if utc < now:
            first.add(event, utc)
    for watch in WATCHED[:cut]:
        first.watch(watch)
    done = list(first.advance(now))
    state = BookState.from_text(first.state.to_text())
    assert state == first.state
    second = book(lateness_s=15.0, state=state)  # fed with what is stored since open_from
    since = state.open_from or at(0)
    for utc, event in story:
        if utc >= since:
            second.add(event, utc)
    for watch in WATCHED:
        if watch.start_utc >= since:
            second.watch(watch)
    assert tuple(done) + second.finish() == replayed(story)


@settings(max_examples=60, deadline=None)
@given(story=stories())
def test_intervals_partition_the_events(story: Story) -> None:
    found = replayed(story)
    for place, kinds in (("door", Crossing), ("till", (ZoneEnter, ZoneLeave))):
        told = sum(i.totals.entered + i.totals.left for i in of(found, place))
        assert told == sum(isinstance(event, kinds) for _, event in story)
    visits = sum(count for i in found for _, count in i.dwell_histogram_s)
    assert visits == sum(isinstance(event, ZoneLeave) for _, event in story)
    person_s = sum(i.occupancy_mean * 60.0 for i in of(found, "till"))
    inside_s = sum(event.dwell_s for _, event in story if isinstance(event, ZoneLeave))
    assert person_s == pytest.approx(inside_s, abs=1e-3)
    assert all(i.coverage == pytest.approx(0.95) for i in found)


def test_the_book_stays_small_over_a_day() -> None:
    one, closed = IntervalBook(Period(1), lines=["door"], lateness_s=5.0), 0
    for second in range(20_000):
        one.add(crossing(), at(second + 0.5))
        one.watch(Watch(at(second), at(second + 1)))
        closed += len(one.advance(at(second + 1)))
        assert len(one._open) <= 7  # noqa: SLF001 - the bound is what is tested
    assert closed == 20_000 - 5
