"""Aligned periods of time: where one starts and ends, in a time zone with its own clock changes.

Periods are half-open and cover all time without overlap. Up to one hour they follow the local
clock's marks and break where the clock is changed; longer ones run from one local mark to the
next, counted from local midnight, and are shorter or longer on the days of a clock change.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from lintel.errors import ContractError

DAY_S = 86_400
HOUR_S = 3_600
SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Period:
    """A period of ``seconds``, a whole part of a day, in the IANA zone ``zone``."""

    seconds: int
    zone: str = "UTC"

    def __post_init__(self) -> None:
        if not (1 <= self.seconds <= DAY_S and DAY_S % self.seconds == 0):
            raise ContractError(
                f"a period must be a whole part of a day, 1 to {DAY_S} s, got {self.seconds} s"
            )
        try:
            ZoneInfo(self.zone)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ContractError(
                f"{self.zone!r} is no time zone that this machine knows: expected an IANA name "
                "such as Europe/Berlin"
            ) from error

    def span_of(self, moment: datetime) -> tuple[datetime, datetime]:
        """Start and end, UTC, of the period that holds the aware ``moment``.

        Raises:
            ContractError: the moment is naive.
        """
        if moment.tzinfo is None:
            raise ContractError(f"a moment must be aware, got {moment}")
        zone = ZoneInfo(self.zone)
        utc = moment.astimezone(UTC)
        return self._marks(utc, zone) if self.seconds > HOUR_S else self._ticks(utc, zone)

    def _marks(self, utc: datetime, zone: tzinfo) -> tuple[datetime, datetime]:
        """From local mark to local mark, whatever the clock does between."""
        local = utc.astimezone(zone).replace(tzinfo=None)
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
        count = int((local - midnight).total_seconds()) // self.seconds
        start = _at(midnight, count * self.seconds, zone)
        end = _at(midnight, (count + 1) * self.seconds, zone)
        if utc < start:  # the first pass through an hour that comes twice ends before its mark
            return _at(midnight, (count - 1) * self.seconds, zone), start
        if utc >= end:
            return end, _at(midnight, (count + 2) * self.seconds, zone)
        return start, end

    def _ticks(self, utc: datetime, zone: tzinfo) -> tuple[datetime, datetime]:
        """From tick to tick of the local clock, broken where the clock is changed."""
        local = utc.astimezone(zone)
        offset = local.utcoffset()
        since = timedelta(
            seconds=(local.hour * HOUR_S + local.minute * 60 + local.second) % self.seconds,
            microseconds=local.microsecond,
        )
        start, end = utc - since, utc - since + timedelta(seconds=self.seconds)
        if start.astimezone(zone).utcoffset() != offset:
            start = _first_change(start, utc, zone)
        if (end - SECOND).astimezone(zone).utcoffset() != offset:
            end = _first_change(utc, end, zone)
        return start, end


def _at(midnight: datetime, seconds: int, zone: tzinfo) -> datetime:
    """UTC of a local mark; of one that comes twice the first, of one left out the change."""
    return (midnight + timedelta(seconds=seconds)).replace(tzinfo=zone).astimezone(UTC)


def _first_change(early: datetime, late: datetime, zone: tzinfo) -> datetime:
    """The whole second at which the clock is changed between two moments, by bisection."""
    before = early.astimezone(zone).utcoffset()
    low, high = 0, int(-((early - late) // SECOND))
    early = early.replace(microsecond=0)
    while high - low > 1:
        middle = (low + high) // 2
        if (early + middle * SECOND).astimezone(zone).utcoffset() == before:
            low = middle
        else:
            high = middle
    return early + high * SECOND
