"""Running totals and occupancy: epochs, schedules in local time, notices, restarts."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lintel.config import LineConfig, OccupancyConfig, OnlyRule, SiteConfig
from lintel.count.schedule import DailySchedule
from lintel.count.standing import Notice, Standing, StandingRules
from lintel.errors import ContractError
from lintel.records import Crossing, Direction, Event, LineTotals, ZoneEnter

BERLIN = "Europe/Berlin"
START = datetime(2026, 5, 4, 8, 0, tzinfo=UTC)
IN, OUT = Direction.IN, Direction.OUT
Told = tuple[datetime, Event]


def line(name: str, x_m: float = 0.0, only: OnlyRule | None = None) -> LineConfig:
    points = np.array([[x_m, 1.0], [x_m, -1.0]])
    return LineConfig(name, points, only=only or OnlyRule())


def site(
    *lines: LineConfig, resets: tuple[time, ...] = (), empty: tuple[time, ...] = ()
) -> SiteConfig:
    return SiteConfig(
        lines=lines or (line("door"),),
        reset_totals_at=resets,
        occupancy=OccupancyConfig(known_empty_at=empty),
    )


def at(seconds: float, way: Direction = IN, name: str = "door") -> Told:
    utc = START + timedelta(seconds=seconds)
    return utc, Crossing(name, way, 0, (0.0, 0.0), "test")


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


SCHEDULES = [
    ("summer begins: 02:30 is left out", "02:30", "2026-03-29 00:00", "2026-03-29 01:00"),
    ("summer begins: 02:00 is the change itself", "02:00", "2026-03-29 00:00", "2026-03-29 01:00"),
    ("summer begins: 03:00 is the change itself", "03:00", "2026-03-29 00:00", "2026-03-29 01:00"),
    ("summer begins: 04:00", "04:00", "2026-03-29 00:00", "2026-03-29 02:00"),
    ("winter begins: the first 02:30", "02:30", "2026-10-24 22:00", "2026-10-25 00:30"),
    ("winter begins: 04:00", "04:00", "2026-10-24 22:00", "2026-10-25 03:00"),
    ("an ordinary day", "04:00", "2026-05-03 20:00", "2026-05-04 02:00"),
]  # fmt: skip


@pytest.mark.parametrize(("story", "moment", "after", "due"), SCHEDULES)
def test_local_times_on_every_day(story: str, moment: str, after: str, due: str) -> None:
    del story
    schedule, then = DailySchedule((time.fromisoformat(moment),), BERLIN), utc(due)
    assert schedule.latest(utc(after), then + timedelta(hours=3)) == then
    assert schedule.latest(utc(after), then) == then
    assert schedule.latest(utc(after), then - timedelta(microseconds=1)) is None
    assert schedule.latest(then, then + timedelta(hours=3)) is None


@settings(max_examples=60, deadline=None)
@given(
    st.datetimes(datetime(2024, 1, 1), datetime(2028, 1, 1)),  # noqa: DTZ001 - made aware below
    st.integers(0, 24 * 60 - 1),
    st.integers(1, 60),
)
def test_every_day_has_each_time_once(begin: datetime, minute: int, days: int) -> None:
    schedule = DailySchedule((time(minute // 60, minute % 60),), BERLIN)
    moment = begin.replace(tzinfo=UTC)
    end, found = moment + timedelta(days=days), []
    while (one := schedule.latest(moment, end)) is not None:
        found.append(one)
        end = one - timedelta(microseconds=1)
    assert days - 1 <= len(found) <= days + 1
    gaps = [late - early for late, early in pairwise(found)]
    assert all(timedelta(hours=22) < gap < timedelta(hours=26) for gap in gaps)


def test_several_times_a_day_and_days_without_power() -> None:
    schedule = DailySchedule((time(4), time(16)), BERLIN)
    assert schedule.latest(utc("2026-05-01 00:00"), utc("2026-05-04 15:00")) == utc(
        "2026-05-04 14:00"
    )
    assert schedule.latest(utc("2026-05-04 03:00"), utc("2026-05-04 13:00")) is None
    assert DailySchedule((), BERLIN).latest(START, START + timedelta(days=9)) is None
    with pytest.raises(ContractError, match="no IANA time zone"):
        DailySchedule((), "Mars/Olympus")


def test_totals_are_the_events_since_the_epoch() -> None:
    rules = StandingRules(site(line("door"), line("back", 5.0)))
    standing = rules.begin(START).standing
    events = [at(1), at(2), at(3, OUT), at(4, IN, "back"), at(5, IN, "gate")]
    events.append((START, ZoneEnter("till", 0, "test")))
    standing = rules.plus(standing, events).standing
    assert standing.totals == {"door": LineTotals(2, 1), "back": LineTotals(1, 0)}


def test_a_reset_begins_a_new_epoch_and_late_events_belong_to_the_old_one() -> None:
    rules = StandingRules(site())
    standing = rules.plus(rules.begin(START).standing, [at(1), at(2)]).standing
    step = rules.reset(standing, START + timedelta(seconds=10), why="by hand")
    assert step.notices == (
        Notice("totals_reset", START + timedelta(seconds=10), "by hand; before: door 2 in 0 out"),
    )
    standing = rules.plus(step.standing, [at(9.9), at(10), at(11, OUT)]).standing
    door = standing.lines["door"]
    assert (door.totals, door.epoch) == (LineTotals(1, 1), 2)
    assert door.since_utc == START + timedelta(seconds=10)


@pytest.mark.parametrize(
    ("day", "reset"), [("2026-03-29", "2026-03-29 02:00"), ("2026-10-25", "2026-10-25 03:00")]
)
def test_the_scheduled_reset_falls_between_the_events_of_a_clock_change(
    day: str, reset: str
) -> None:
    rules = StandingRules(site(resets=(time(4),)), zone=BERLIN)
    begin, change = utc(f"{day} 00:00") - timedelta(hours=3), utc(reset)
    standing = rules.begin(begin).standing
    crossing = Crossing("door", IN, 0, (0.0, 0.0), "test")
    before, after = change - timedelta(seconds=1), change + timedelta(seconds=1)
    step = rules.plus(standing, [(before, crossing), (after, crossing), (after, crossing)])
    assert step.standing.totals == {"door": LineTotals(2, 0)}
    assert step.standing.lines["door"].since_utc == change
    assert [(n.kind, n.utc) for n in step.notices] == [("totals_reset", change)]


def test_a_reset_missed_while_off_is_made_up_for_once() -> None:
    rules = StandingRules(site(resets=(time(4),)), zone=BERLIN)
    kept = rules.plus(rules.begin(START).standing, [at(1)]).standing
    again = rules.begin(START + timedelta(days=3), kept)
    assert [n.utc for n in again.notices] == [utc("2026-05-07 02:00")]
    assert again.standing.totals == {"door": LineTotals(0, 0)}
    assert rules.begin(START + timedelta(days=3, minutes=1), again.standing).notices == ()


def test_the_room_is_emptied_at_night_and_the_drift_learned_aloud() -> None:
    rules = StandingRules(site(empty=(time(3, 30),)), zone=BERLIN)
    standing = rules.begin(START).standing
    day = [at(k, IN if k % 2 else OUT) for k in range(1, 201)] + [at(201 + k) for k in range(4)]
    standing = rules.plus(standing, day).standing
    before = rules.estimate(standing)
    assert before is not None
    assert before.people == pytest.approx(4.0)
    step = rules.advance(standing, START + timedelta(days=1))
    (notice,) = step.notices
    assert (notice.kind, notice.utc) == ("occupancy_corrected", utc("2026-05-05 01:30"))
    assert "4.0 to 0.0 people: known to be empty, +4 remained of 204 crossings" in notice.detail
    after = rules.estimate(step.standing)
    assert after is not None
    assert (after.people, step.standing.occupancy.days_learned) == (0.0, 1)
    assert after.drift_per_crossing > 0.0
    assert step.standing.totals == {"door": LineTotals(104, 100)}  # totals are another matter


def test_more_leave_than_were_inside_is_told() -> None:
    rules = StandingRules(site())
    step = rules.plus(rules.begin(START).standing, [at(1, OUT)])
    assert [notice.kind for notice in step.notices] == ["occupancy_corrected"]
    assert "more people left" in step.notices[0].detail


def test_a_line_that_leads_out_by_in_and_a_site_without_lines() -> None:
    config = SiteConfig(lines=(line("door"),), occupancy=OccupancyConfig(inward=(("door", OUT),)))
    rules = StandingRules(config)
    standing = rules.plus(rules.begin(START).standing, [at(1, OUT), at(2, OUT), at(3, IN)]).standing
    estimate = rules.estimate(standing)
    assert estimate is not None
    assert estimate.counted == 1
    bare = StandingRules(SiteConfig())
    assert bare.estimate(bare.begin(START).standing) is None


def test_lines_that_stay_go_on_and_lines_drawn_anew_begin_anew() -> None:
    rules = StandingRules(site(line("door"), line("back", 5.0)))
    standing = rules.plus(rules.begin(START).standing, [at(1), at(2, IN, "back")]).standing
    later = START + timedelta(hours=1)
    moved = StandingRules(site(line("door"), line("back", 6.0), line("gate", 9.0)))
    lines = moved.begin(later, standing).standing.lines
    assert (lines["door"].totals, lines["door"].epoch) == (LineTotals(1, 0), 1)
    assert (lines["back"].totals, lines["back"].since_utc, lines["back"].epoch) == (
        LineTotals(), later, 2,
    )  # fmt: skip
    assert lines["gate"].epoch == 1
    ruled = StandingRules(site(line("door", only=OnlyRule(from_zone=None, to_zone=None))))
    assert ruled.begin(later, standing).standing.lines["door"].epoch == 1


ways = st.sampled_from([IN, OUT])


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 200_000), ways), max_size=40),
    st.lists(st.integers(1, 39), max_size=4),
)
def test_cut_anywhere_and_restarted_it_comes_to_the_same(
    events: list[tuple[int, Direction]], cuts: list[int]
) -> None:
    config = site(resets=(time(4), time(23, 59)), empty=(time(3, 30),))
    rules = StandingRules(config, zone=BERLIN)
    told = [at(seconds, way) for seconds, way in sorted(events, key=lambda one: one[0])]
    whole = rules.plus(rules.begin(START).standing, told)
    standing, notices = rules.begin(START).standing, list[Notice]()
    borders = sorted({0, *(cut for cut in cuts if cut < len(told)), len(told)})
    for first, last in pairwise(borders):
        kept = Standing.from_text(standing.to_text())
        again = StandingRules(config, zone=BERLIN)
        step = again.plus(again.begin(kept.kept_until, kept).standing, told[first:last])
        standing, notices = step.standing, [*notices, *step.notices]
    assert standing == whole.standing
    assert notices == list(whole.notices)


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"lines": {}, "occupancy": 3}'])
def test_what_was_never_kept_is_refused(text: str) -> None:
    with pytest.raises(ContractError, match="no kept standing"):
        Standing.from_text(text)
