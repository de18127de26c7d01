"""Alarms on occupancy, too many or too few people, with hysteresis and a minimum duration."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from lintel.clock import NS_PER_S
from lintel.config import AlarmConfig
from lintel.records import Alarm, AlarmKind

RaisedAlarm: TypeAlias = tuple[str, AlarmKind]  # place and kind


class OccupancyAlarm:
    """One alarm; state is its own switch and the time of the last change of mind."""

    def __init__(self, settings: AlarmConfig) -> None:
        self._settings = settings
        self.reset()

    def reset(self) -> None:
        """Not raised, nothing pending."""
        self._raised = False
        self._since_ns: int | None = None

    def restore(self, *, raised: bool) -> None:
        """Stand or not, as before a restart."""
        self._raised, self._since_ns = raised, None

    @property
    def kind(self) -> AlarmKind:
        """Too many people, or too few."""
        return self._settings.kind

    @property
    def settings(self) -> AlarmConfig:
        """What it watches over."""
        return self._settings

    @property
    def raised(self) -> bool:
        """Whether the alarm stands."""
        return self._raised

    def step(self, people: int, *, t_ns: int) -> Alarm | None:
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

    def _change(self, people: int, t_ns: int, since_ns: int) -> Alarm:
        s = self._settings
        limit = s.raise_at if self._raised else s.clear_at
        reason = f"{s.kind}: {people} people, limit {limit}, for {s.for_s:g} s"
        return Alarm(s.place, s.kind, self._raised, t_ns, since_ns, people, reason)


class Alarms:
    """All alarms of a site's places."""

    def __init__(self, configs: Iterable[AlarmConfig]) -> None:
        self._alarms = [(config.place, OccupancyAlarm(config)) for config in configs]

    def redraw(self, configs: Iterable[AlarmConfig]) -> None:
        """Watch over other alarms; those that are the same stay raised, or on their way."""
        before = {alarm.settings: alarm for _, alarm in self._alarms}
        self._alarms = [
            (config.place, before.get(config) or OccupancyAlarm(config)) for config in configs
        ]

    def reset(self) -> None:
        """None raised."""
        for _, alarm in self._alarms:
            alarm.reset()

    @property
    def raised(self) -> tuple[RaisedAlarm, ...]:
        """Place and kind of those that stand."""
        return tuple((place, alarm.kind) for place, alarm in self._alarms if alarm.raised)

    def restore(self, raised: Iterable[RaisedAlarm]) -> None:
        """Let those stand that stood before a restart; of the others nothing is pending."""
        stood = set(raised)
        for place, alarm in self._alarms:
            alarm.restore(raised=(place, alarm.kind) in stood)

    def step(self, people: Mapping[str, int], *, t_ns: int) -> tuple[Alarm, ...]:
        """Take in how many people are at each place; what is raised or cleared now."""
        changes = (
            alarm.step(people[place], t_ns=t_ns) for place, alarm in self._alarms if place in people
        )
        return tuple(change for change in changes if change is not None)
