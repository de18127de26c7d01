"""One person's visits to zones: when they begin, when they are believed, when they are over."""

from __future__ import annotations

from dataclasses import dataclass, field

from lintel.clock import NS_PER_S
from lintel.config import ZoneConfig
from lintel.count.zone_shape import Place

LONGEST_JOURNEY = 64  # visits remembered per person


@dataclass(frozen=True, slots=True)
class Visit:
    """A finished stay. ``person`` is a track id of this run, for use on the device only."""

    person: int
    zone: int  # index of the zone
    enter_ns: int
    leave_ns: int

    @property
    def dwell_s(self) -> float:
        """From first entry to last exit, short absences included."""
        return (self.leave_ns - self.enter_ns) / NS_PER_S


@dataclass(slots=True)
class OpenVisit:
    """A stay that goes on, or that ended at ``away_ns`` unless the person returns soon."""

    enter_ns: int
    away_ns: int | None = None
    announced: bool = False

    @property
    def waits(self) -> bool:
        """Whether it is to be told, or to be closed, once time has passed."""
        return not self.announced or self.away_ns is not None

    def lasted_s(self, now_ns: int) -> float:
        """Seconds from first entry to now, or to the last exit."""
        end_ns = now_ns if self.away_ns is None else self.away_ns
        return (end_ns - self.enter_ns) / NS_PER_S


@dataclass(slots=True)
class Visitor:
    """Someone who is followed."""

    track_id: int
    seen_ns: int
    place_m: Place  # where last seen
    clear_m: float = 0.0  # so far it can go from there without meeting an edge
    believed: bool = False
    waits: bool = False  # for time to pass: one of the visits does
    alive_ns: int = 0  # last time that the tracker listed the track, seen or predicted
    inside: set[int] = field(default_factory=set)
    visits: dict[int, OpenVisit] = field(default_factory=dict)
    journey: list[str] = field(default_factory=list)

    def move(self, zone: int, *, inside: bool, t_ns: int) -> None:
        """Pass a zone's edge at ``t_ns``."""
        self.waits = True
        visit = self.visits.get(zone)
        if not inside:
            self.inside.discard(zone)
            if visit is not None:
                visit.away_ns = t_ns
            return
        self.inside.add(zone)
        if visit is None:
            self.visits[zone] = OpenVisit(t_ns)
        else:
            visit.away_ns = None

    def redraw(self, kept: dict[int, int], names: dict[str, str]) -> None:
        """Go on in the zones that are kept (number and name before: after)."""
        self.inside = {kept[zone] for zone in self.inside if zone in kept}
        self.visits = {kept[zone]: visit for zone, visit in self.visits.items() if zone in kept}
        self.journey = [names[name] for name in self.journey if name in names]
        self.clear_m, self.waits = 0.0, True

    def overdue(self, zones: tuple[ZoneConfig, ...], t_ns: int) -> list[int]:
        """Zones that the person left too long ago to continue the visit at ``t_ns``."""
        return [
            zone
            for zone, visit in self.visits.items()
            if visit.away_ns is not None
            and t_ns - visit.away_ns > zones[zone].return_within_s * NS_PER_S
        ]

    def remember(self, zone_name: str) -> None:
        """Add a zone to the journey; the same zone again at once is no new leg."""
        if len(self.journey) < LONGEST_JOURNEY and self.journey[-1:] != [zone_name]:
            self.journey.append(zone_name)
