"""Alarms on occupancy, too many or too few people, with hysteresis and a minimum duration."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from lintel.clock import NS_PER_S
from lintel.errors import ContractError

AlarmKind: TypeAlias = Literal["over", "under"]


@dataclass(frozen=True, slots=True)
class AlarmSettings:
    """When an alarm is raised and cleared.

    An ``over`` alarm is raised at ``raise_at`` people and more and cleared at ``clear_at`` and
    fewer; an ``under`` alarm the other way round. Both need the state to last ``for_s``.
    """

    place: str
    kind: AlarmKind
    raise_at: int
    clear_at: int
    for_s: float = 5.0

    def __post_init__(self) -> None:
        apart = self.raise_at - self.clear_at
        if (apart if self.kind == "over" else -apart) < 1:
            raise ContractError(
                f"alarm on {self.place!r}: {self.kind} needs clear_at "
                f"{'below' if self.kind == 'over' else 'above'} raise_at, "
                f"got {self.clear_at} and {self.raise_at}"
            )
        if not self.for_s >= 0.0:
            raise ContractError(f"alarm on {self.place!r}: for_s must not be negative")


@dataclass(frozen=True, slots=True)
class AlarmChange:
    """An alarm was raised or cleared. ``since_ns``: when the state that did it began."""

    place: str
    kind: AlarmKind
    raised: bool
    t_ns: int
    since_ns: int
    people: int
    reason: str


class OccupancyAlarm:
    """One alarm; state is its own switch and the time of the last change of mind."""

    def __init__(self, settings: AlarmSettings) -> None:
        self._settings = settings
        self.reset()

    def reset(self) -> None:
        """Not raised, nothing pending."""
        self._raised = False
        self._since_ns: int | None = None

    @property
    def raised(self) -> bool:
        """Whether the alarm stands."""
        return self._raised

    def step(self, people: int, *, t_ns: int) -> AlarmChange | None:
        """Take in the occupancy; a change, if the alarm is raised or cleared now."""
        if not self._wants_change(people):
            self._since_ns = None
            return None
        if self._since_ns is None:
            self._since_ns = t_ns
        if t_ns - self._since_ns < self._settings.for_s * NS_PER_S:
            return None
        since_ns, self._since_ns = self._since_ns, None
        self._raised = not self._raised
        return self._change(people, t_ns, since_ns)

    def _wants_change(self, people: int) -> bool:
        limit = self._settings.clear_at if self._raised else self._settings.raise_at
        upward = (self._settings.kind == "over") is not self._raised
        return people >= limit if upward else people <= limit

    def _change(self, people: int, t_ns: int, since_ns: int) -> AlarmChange:
        s = self._settings
        limit = s.raise_at if self._raised else s.clear_at
        reason = f"{people} people, limit {limit}, for {s.for_s:g} s"
        return AlarmChange(s.place, s.kind, self._raised, t_ns, since_ns, people, reason)
