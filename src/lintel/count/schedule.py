"""Daily moments in local time, on the days of a clock change too."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from lintel.errors import ContractError

MAX_DAYS = 400  # looked back at most


@dataclass(frozen=True, slots=True)
class DailySchedule:
    """Times of day in an IANA zone.

    A time that comes twice is kept at its first coming; one that is left out by the clock change
    at the moment of the change.
    """

    times: tuple[time, ...]
    zone: str = "UTC"

    def __post_init__(self) -> None:
        try:
            ZoneInfo(self.zone)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ContractError(f"{self.zone!r} is no IANA time zone known here") from error
        if any(moment.tzinfo is not None for moment in self.times):
            raise ContractError("DailySchedule: times are local and naive")

    def latest(self, after: datetime, until: datetime) -> datetime | None:
        """The latest scheduled moment in ``(after, until]``, UTC; None where there is none.

        At most 400 days are looked back.
        """
        if not self.times or until <= after:
            return None
        zone = ZoneInfo(self.zone)
        day = until.astimezone(zone).date()
        for _ in range(MAX_DAYS):
            for moment in sorted(self.times, reverse=True):
                utc = _utc_of(datetime.combine(day, moment), zone)
                if utc <= after and moment == min(self.times):
                    return None
                if after < utc <= until:
                    return utc
            day -= timedelta(days=1)
        return None


def _utc_of(local: datetime, zone: ZoneInfo) -> datetime:
    """UTC of a local time; one that is left out gives the moment of the change."""
    utc = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
    back = utc.astimezone(zone).replace(tzinfo=None)
    if back == local:
        return utc
    # In the gap: with fold=0 the offset from before is used, so utc lies after the change by
    # as much as the local time lies after its start.
    return _change_before(utc, zone)


def _change_before(utc: datetime, zone: ZoneInfo) -> datetime:
    """The second at which the clock was changed last before ``utc``, at most a day before."""
    late, early = utc, utc - timedelta(days=1)
    offset = late.astimezone(zone).utcoffset()
    while late - early > timedelta(seconds=1):
        middle = (early + (late - early) / 2).replace(microsecond=0)
        if middle in {early, late}:
            break
        if middle.astimezone(zone).utcoffset() == offset:
            late = middle
        else:
            early = middle
    return late
