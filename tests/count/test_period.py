"""Aligned periods, on both days of a clock change and in odd zones."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lintel.count.period import Period
from lintel.errors import ContractError

BERLIN = ZoneInfo("Europe/Berlin")
ZONES = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",  # half an hour of summer time
    "Asia/Kathmandu",  # 5 h 45 min
    "America/Sao_Paulo",  # changed at midnight
    "Asia/Beirut",  # changes at midnight
]
LENGTHS = [1, 60, 900, 1800, 3600, 7200, 21_600, 43_200, 86_400]


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.mark.parametrize(
    ("seconds", "moment", "start", "end"),
    [
        (900, "2026-03-10T10:07:30+01:00", "2026-03-10T10:00+01:00", "2026-03-10T10:15+01:00"),
        (900, "2026-03-10T10:15:00+01:00", "2026-03-10T10:15+01:00", "2026-03-10T10:30+01:00"),
        (86_400, "2026-03-10T00:30+01:00", "2026-03-10T00:00+01:00", "2026-03-11T00:00+01:00"),
        # the last Sunday of March has 23 hours, the last of October 25
        (86_400, "2026-03-29T12:00+02:00", "2026-03-29T00:00+01:00", "2026-03-30T00:00+02:00"),
        (86_400, "2026-10-25T12:00+01:00", "2026-10-25T00:00+02:00", "2026-10-26T00:00+01:00"),
        (3600, "2026-03-29T01:30+01:00", "2026-03-29T01:00+01:00", "2026-03-29T03:00+02:00"),
        (3600, "2026-10-25T02:30+02:00", "2026-10-25T02:00+02:00", "2026-10-25T02:00+01:00"),
        (3600, "2026-10-25T02:30+01:00", "2026-10-25T02:00+01:00", "2026-10-25T03:00+01:00"),
        (21_600, "2026-03-29T05:00+02:00", "2026-03-29T00:00+01:00", "2026-03-29T06:00+02:00"),
        (21_600, "2026-10-25T05:00+01:00", "2026-10-25T00:00+02:00", "2026-10-25T06:00+01:00"),
    ],
)
def test_spans_in_berlin(seconds: int, moment: str, start: str, end: str) -> None:
    assert Period(seconds, "Europe/Berlin").span_of(utc(moment)) == (utc(start), utc(end))


@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25)])
@pytest.mark.parametrize("seconds", [900, 3600])
def test_a_day_of_clock_change_has_its_true_number_of_periods(
    day: str, hours: int, seconds: int
) -> None:
    moment = datetime.fromisoformat(day).replace(tzinfo=BERLIN).astimezone(UTC)
    end = Period(86_400, "Europe/Berlin").span_of(moment)[1]
    count = 0
    while moment < end:
        moment = Period(seconds, "Europe/Berlin").span_of(moment)[1]
        count += 1
    assert (moment, count) == (end, hours * 3600 // seconds)


def test_half_an_hour_of_summer_time_breaks_an_hour() -> None:
    period = Period(3600, "Australia/Lord_Howe")  # 2024-10-06 02:00 becomes 02:30
    assert period.span_of(utc("2024-10-06T02:45+11:00")) == (
        utc("2024-10-06T02:30+11:00"),
        utc("2024-10-06T03:00+11:00"),
    )


@given(
    moment=st.datetimes(datetime(2017, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    zone=st.sampled_from(ZONES),
    seconds=st.sampled_from(LENGTHS),
)
def test_periods_partition_time(moment: datetime, zone: str, seconds: int) -> None:
    period = Period(seconds, zone)
    start, end = period.span_of(moment)
    assert start <= moment < end
    assert period.span_of(start) == period.span_of(end - timedelta(microseconds=1)) == (start, end)
    assert period.span_of(end)[0] == end
    assert period.span_of(start - timedelta(microseconds=1))[1] == start


@pytest.mark.parametrize("change", ["2018-11-04T03:00", "2018-02-18T02:00", "2024-03-30T22:00"])
@pytest.mark.parametrize("zone", ["America/Sao_Paulo", "Asia/Beirut"])
@pytest.mark.parametrize("seconds", LENGTHS)
def test_a_change_at_midnight_leaves_no_gap(zone: str, change: str, seconds: int) -> None:
    moment = utc(change + "+00:00") - timedelta(minutes=65)
    for _ in range(6 if seconds > 60 else 200):
        start, end = Period(seconds, zone).span_of(moment)
        assert start <= moment < end
        moment = end


@pytest.mark.parametrize("seconds", [0, -60, 7, 86_401])
def test_a_period_is_a_part_of_a_day(seconds: int) -> None:
    with pytest.raises(ContractError, match="whole part of a day"):
        Period(seconds)


def test_zones_and_moments_are_checked() -> None:
    with pytest.raises(ContractError, match="no time zone"):
        Period(60, "Middle/Earth")
    with pytest.raises(ContractError, match="aware"):
        Period(60).span_of(datetime(2026, 1, 1))  # noqa: DTZ001 - that is the point
