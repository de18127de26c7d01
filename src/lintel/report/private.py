"""Differential privacy for public hourly counts: noise, and a budget that bounds it per day.

Each count of an hour, a place and a direction gets two-sided geometric noise of scale
``sensitivity / epsilon``. ``sensitivity`` is how many crossings of one person per day are
protected in full: all of that day's published counts together then change by at most so much
(in sum of absolute differences) when one person stays away, so one release of the whole day is
epsilon-differentially private (Dwork, McSherry, Nissim, Smith, "Calibrating noise to sensitivity
in private data analysis", TCC 2006). Someone with c times as many crossings has c epsilon.

The operator's own live data pass nothing of this.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import TypeAlias
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from lintel.errors import BudgetError, PublishError
from lintel.records import Interval
from lintel.report.count_table import require_apart
from lintel.report.noise import RandomSource, SystemRandomness, geometric_noise

EPSILON_MAX = Fraction(10)  # more protects nobody
FINEST = 1_000_000  # of fractions; keeps the exact sampling quick
MAX_CELLS = 1_000_000
MAX_DAYS = 400

_Key: TypeAlias = tuple[str, datetime, datetime]
_Account: TypeAlias = dict[_Key, Fraction]


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivacyRule:
    """What is promised.

    Attributes:
        epsilon: spent by one release.
        epsilon_per_day: the most that all releases of one local day may spend together.
        sensitivity: crossings of one person per day that are protected in full.
        zone: IANA name of the zone whose days are meant.
    """

    epsilon: Fraction = Fraction(1)
    epsilon_per_day: Fraction = Fraction(1)
    sensitivity: int = 4
    zone: str = "UTC"

    def __post_init__(self) -> None:
        for name in ("epsilon", "epsilon_per_day"):
            value: Fraction = getattr(self, name)
            if not (0 < value <= EPSILON_MAX and value.denominator <= FINEST):
                raise PublishError(
                    f"{name}: expected a fraction above 0 and at most {EPSILON_MAX}, got {value}"
                )
        if not 1 <= self.sensitivity <= 1000:
            raise PublishError(f"sensitivity: expected 1 to 1000, got {self.sensitivity}")
        if self.epsilon > self.epsilon_per_day:
            raise PublishError("one release would spend more than the day has")
        try:
            ZoneInfo(self.zone)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise PublishError(f"zone: {self.zone!r} is no IANA time zone") from error

    @property
    def scale(self) -> Fraction:
        """Of the noise; its standard deviation is about 1.4 times as much."""
        return self.sensitivity / self.epsilon


@dataclass(frozen=True, slots=True)
class PublicCount:
    """What is told of one interval and place. Nothing else of the interval is."""

    start_utc: datetime
    end_utc: datetime
    place: str
    entered: int
    left: int
    coverage: float


@dataclass(frozen=True, slots=True)
class Spent:
    """How much one interval and place have had of their day's budget."""

    start_utc: datetime
    end_utc: datetime
    place: str
    epsilon: Fraction


class PrivatePublisher:
    """Publishes noisy counts and keeps the day's account.

    A day's account is the most that any one of its counts has had: counts of different hours,
    places and directions are of different crossings, so they share the sensitivity. Noise is
    drawn anew at every release, so telling the same hour twice costs twice.

    State: what each interval and place of the last MAX_DAYS days has had; days before are closed.
    ``state`` holds it all; keep it over a restart, and with it the promise.

    Raises (``release``):
        PublishError: intervals overlap each other or what was released before.
        BudgetError: a day has not enough left, or is closed; nothing was spent.
    """

    def __init__(
        self,
        rule: PrivacyRule,
        *,
        spent: Sequence[Spent] = (),
        source: RandomSource | None = None,
    ) -> None:
        self._rule = rule
        self._zone = ZoneInfo(rule.zone)
        self._source = source or SystemRandomness()
        self._given = tuple(spent)
        self.reset()

    def reset(self) -> None:
        """Back to the account that was given at the start."""
        self._days: dict[date, _Account] = {}
        for one in self._given:
            day = self._days.setdefault(self._day(one.start_utc), {})
            day[one.place, one.start_utc, one.end_utc] = one.epsilon

    @property
    def state(self) -> tuple[Spent, ...]:
        """The account, by day."""
        return tuple(
            Spent(start, end, place, epsilon)
            for day in sorted(self._days)
            for (place, start, end), epsilon in self._days[day].items()
        )

    def left_on(self, day: date) -> Fraction:
        """What may still be spent on every count of a local day."""
        return self._rule.epsilon_per_day - max(
            self._days.get(day, {}).values(), default=Fraction()
        )

    def release(self, intervals: Iterable[Interval]) -> tuple[PublicCount, ...]:
        """Noisy counts, at least 0. Intervals that nobody watched are left out.

        Clipping at 0 happens after the noise, so it costs no privacy; it makes counts near zero
        too large in the mean.
        """
        watched = [one for one in intervals if one.coverage > 0.0]
        self._spend(watched)
        return tuple(self._noisy(one) for one in watched)

    def _noisy(self, one: Interval) -> PublicCount:
        entered, left = (
            max(count + geometric_noise(self._rule.scale, self._source), 0)
            for count in (one.totals.entered, one.totals.left)
        )
        return PublicCount(one.start_utc, one.end_utc, one.place, entered, left, one.coverage)

    def _spend(self, intervals: Sequence[Interval]) -> None:
        """Enter all or nothing into the account."""
        if len(intervals) > MAX_CELLS:
            raise PublishError(f"{len(intervals)} intervals at once, at most {MAX_CELLS}")
        require_apart(intervals)
        changed: dict[date, _Account] = {}
        for one in intervals:
            day = self._day(one.start_utc)
            if day != self._last_day(one):
                raise PublishError(
                    f"{one.place!r}: {one.start_utc.isoformat()} to {one.end_utc.isoformat()} "
                    f"lies in two days of {self._rule.zone}"
                )
            account = changed.setdefault(day, dict(self._days.get(day, {})))
            key = (one.place, one.start_utc, one.end_utc)
            account[key] = account.get(key, Fraction()) + self._rule.epsilon
        self._check(changed)
        self._days |= changed
        for day in sorted(self._days)[:-MAX_DAYS]:
            del self._days[day]

    def _check(self, changed: dict[date, _Account]) -> None:
        oldest = min(self._days, default=None) if len(self._days) >= MAX_DAYS else None
        for day, account in changed.items():
            if oldest is not None and day < oldest:
                raise BudgetError(f"{day}: too long ago, its account is closed")
            if max(account.values()) > self._rule.epsilon_per_day:
                raise BudgetError(
                    f"{day}: {self.left_on(day)} of {self._rule.epsilon_per_day} is left, "
                    f"a release takes {self._rule.epsilon}"
                )
            _require_one_grid(account)

    def _day(self, moment: datetime) -> date:
        return moment.astimezone(self._zone).date()

    def _last_day(self, one: Interval) -> date:
        """The day of the interval's last moment."""
        return self._day(one.end_utc - timedelta(microseconds=1))


def _require_one_grid(account: Iterable[_Key]) -> None:
    """Check that what was ever released of a place does not overlap.

    Else one crossing would stand in two counts, and the sensitivity would not be what is said.
    """
    before: _Key | None = None
    for key in sorted(account):
        if before is not None and before[0] == key[0] and key[1] < before[2]:
            raise PublishError(
                f"{key[0]!r}: {key[1].isoformat()} was released in a period of other length before"
            )
        before = key
