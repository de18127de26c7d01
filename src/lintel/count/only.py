"""Lines that count only who comes from one zone, or goes to another.

In: the person was in the start zone before the passage, and comes into the end zone after it. Out:
the other way round. A crossing that must still come somewhere waits for that, and is then told
with its true moment; who does not come there in time did not cross.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from lintel.clock import NS_PER_S
from lintel.config import LineConfig, OnlyRule, ZoneConfig
from lintel.count.passage import Owned
from lintel.count.redrawn import Places, kept_zones
from lintel.count.zone_shape import ZoneShapes
from lintel.records import Crossing, Direction, Phase, Tracks

MAX_STAYS = 16  # remembered per person and zone
MAX_HELD = 8  # crossings per person that wait for an end zone
FORGET_S = 1.0  # after its end a track may still be continued by another
LONG_NS = 10**18
SILENT_S = 10.0  # a track that is not even listed for so long has ended unsaid


@dataclass(slots=True)
class _Stay:
    """Seen in a zone from ``first_ns`` to ``last_ns``."""

    first_ns: int
    last_ns: int


class _Person:
    def __init__(self, zones: int, t_ns: int) -> None:
        self.stays: list[deque[_Stay]] = [deque(maxlen=MAX_STAYS) for _ in range(zones)]
        self.inside = [False] * zones
        self.held: list[tuple[Crossing, int, int]] = []  # crossing, zone, latest moment
        self.seen_ns = t_ns
        self.ended = False

    def see(self, zones: Sequence[bool], t_ns: int) -> None:
        for stays, was, now in zip(self.stays, self.inside, zones, strict=True):
            if now and was:
                stays[-1].last_ns = t_ns
            elif now:
                stays.append(_Stay(t_ns, t_ns))
        self.inside = list(zones)

    def redrawn(self, kept: Places, zones: int, rules: set[str]) -> _Person:
        """The same person among other zones; crossings that wait stay where rule and zone do."""
        one = _Person(zones, self.seen_ns)
        for old, new in kept.items():
            one.stays[new], one.inside[new] = self.stays[old], self.inside[old]
        one.held = [
            (crossing, kept[zone], latest_ns)
            for crossing, zone, latest_ns in self.held
            if zone in kept and crossing.line in rules
        ]
        one.ended = self.ended
        return one

    def was_in(self, zone: int, first_ns: int, last_ns: int) -> bool:
        """Whether it was seen there at any moment in between, the ends included."""
        return any(s.first_ns <= last_ns and s.last_ns >= first_ns for s in self.stays[zone])


class OnlyGate:
    """Lets those crossings through that their line's rule allows.

    State: stays in the zones that rules ask about, of live tracks and those that ended a moment
    ago; and the crossings that wait.
    """

    def __init__(self, lines: Sequence[LineConfig], zones: Sequence[ZoneConfig]) -> None:
        self._rules = {line.name: line.only for line in lines if line.only.zones}
        asked = {name for rule in self._rules.values() for name in rule.zones}
        self._watched = [zone for zone in zones if zone.name in asked]
        self._index = {zone.name: k for k, zone in enumerate(self._watched)}
        self._shapes = ZoneShapes(self._watched)
        self.reset()

    def redraw(self, lines: Sequence[LineConfig], zones: Sequence[ZoneConfig]) -> OnlyGate:
        """The gate of another site; stays in zones that are the same are remembered."""
        gate = OnlyGate(lines, zones)
        kept = {
            old: new for old, new in kept_zones(self._watched, gate._watched).items()
            if self._watched[old].name == gate._watched[new].name
        }  # fmt: skip
        rules = {name for name, rule in gate._rules.items() if self._rules.get(name) == rule}
        for track_id, person in self._people.items():
            gate._people[track_id] = person.redrawn(kept, len(gate._watched), rules)
        return gate

    def reset(self) -> None:
        """Forget everybody, and crossings that waited."""
        self._people: dict[int, _Person] = {}

    @property
    def people_remembered(self) -> int:
        """How many people state is kept for."""
        return len(self._people)

    def step(
        self,
        tracks: Tracks,
        crossings: Iterable[Owned],
        continued: Iterable[tuple[int, int]] = (),
    ) -> tuple[Owned, ...]:
        """Take in one step of tracker and lines; give the crossings that count.

        Args:
            tracks: who is where.
            crossings: what the lines found in this step.
            continued: pairs (lost track, track that continues it) of this step.
        """
        if not self._rules:
            return tuple(crossings)
        for lost, heir in continued:
            if lost in self._people:
                self._people[heir] = self._people.pop(lost)
                self._people[heir].ended = False
        self._observe(tracks)
        done = [owned for owned in crossings if self._admits(owned, tracks.t_ns)]
        done += self._arrived(tracks.t_ns)
        self._end(tracks)
        return tuple(done)

    def admits_at_end(self, owned: Owned) -> bool:
        """Whether a crossing counts that was told at the end: who is not there yet never comes."""
        return not self._rules or self._admits(owned, owned.crossing.t_ns + LONG_NS)

    def _observe(self, tracks: Tracks) -> None:
        rows = np.flatnonzero(tracks.phase != Phase.COASTING)
        inside = self._shapes.inside(tracks.xyz_m[rows, :2].astype(np.float64))
        for track_id, zones in zip(tracks.id[rows].tolist(), inside.tolist(), strict=True):
            person = self._people.get(track_id)
            if person is None:
                person = self._people[track_id] = _Person(len(self._index), tracks.t_ns)
            person.see(zones, tracks.t_ns)
        for track_id in tracks.id.tolist():
            if track_id in self._people:
                self._people[track_id].seen_ns = tracks.t_ns

    def _admits(self, owned: Owned, now_ns: int) -> bool:
        """Whether a crossing counts at once; one that must still come somewhere is held."""
        crossing = owned.crossing
        rule = self._rules.get(crossing.line)
        if rule is None:
            return True
        start, end = _ways(rule, crossing.direction)
        person = self._people.get(owned.track_id)
        if person is None:
            return False
        within_ns = round(rule.within_s * NS_PER_S)
        t_ns = crossing.t_ns
        if start is not None and not person.was_in(self._index[start], t_ns - within_ns, t_ns):
            return False
        if end is None or person.was_in(self._index[end], t_ns, t_ns + within_ns):
            return True
        if now_ns <= t_ns + within_ns:
            person.held.append((crossing, self._index[end], t_ns + within_ns))
            del person.held[:-MAX_HELD]
        return False

    def _arrived(self, now_ns: int) -> list[Owned]:
        done: list[Owned] = []
        for track_id, person in self._people.items():
            if not person.held:
                continue
            still = []
            for crossing, zone, latest_ns in person.held:
                if person.was_in(zone, crossing.t_ns, latest_ns):
                    reason = f"{crossing.reason}, came where it must go"
                    done.append(Owned(replace(crossing, reason=reason), track_id))
                elif now_ns <= latest_ns:
                    still.append((crossing, zone, latest_ns))
            person.held = still
        return done

    def _end(self, tracks: Tracks) -> None:
        for track_id in tracks.ended.tolist():
            if track_id in self._people:
                self._people[track_id].ended = True
        old_ns = tracks.t_ns - round(FORGET_S * NS_PER_S)
        silent_ns = tracks.t_ns - round(SILENT_S * NS_PER_S)
        gone = [
            track_id
            for track_id, person in self._people.items()
            if person.seen_ns < (old_ns if person.ended else silent_ns)
        ]
        for track_id in gone:
            del self._people[track_id]


def longest_wait_s(lines: Iterable[LineConfig], zones: Iterable[ZoneConfig]) -> float:
    """How long after its moment an event may be told, because a rule of the site waits."""
    waits_s = [0.0]
    for line in lines:
        uturn_s = line.uturn_within_s if line.uturn_policy == "cancel" else 0.0
        waits_s.append(uturn_s + (line.only.within_s if line.only.zones else 0.0))
    waits_s += [max(zone.return_within_s, zone.min_dwell_s) for zone in zones]
    return max(waits_s)


def _ways(rule: OnlyRule, direction: Direction) -> tuple[str | None, str | None]:
    """Where the person must come from, and where it must go."""
    inward = direction is Direction.IN
    return (rule.from_zone, rule.to_zone) if inward else (rule.to_zone, rule.from_zone)
