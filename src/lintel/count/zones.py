"""Zones: tracks in, visits out. Occupancy is entries less leaves, always.

A visit begins when a path goes into a zone (or a track is born in it) and ends when the path
goes out and stays out for ``return_within_s``. Moments are taken on the path between
observations, every 5 cm; predicted positions are never part of it. A visit is told when it has
lasted ``min_dwell_s`` and its track is believed; shorter ones are never told. A track lost and
found again (<= 0.7 s, <= 0.5 m) is one person and one visit.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

from lintel.clock import NS_PER_S
from lintel.config import ZoneConfig
from lintel.count.redrawn import kept_zones
from lintel.count.zone_shape import Place, ZoneShapes
from lintel.count.zone_visit import OpenVisit, Visit, Visitor
from lintel.errors import ContractError
from lintel.records import Phase, Tracks, ZoneEnter, ZoneLeave

FOUND_WITHIN_S = 0.7  # a track found again this soon ...
FOUND_WITHIN_M = 0.5  # ... and this near is the same person
SILENT_S = 10.0  # a track that is not even listed for so long has ended unsaid
PIECE_M = 0.05
MAX_PIECES = 64
COASTING, CONFIRMED = int(Phase.COASTING), int(Phase.CONFIRMED)


@dataclass(frozen=True, slots=True)
class ZoneState:
    """One zone now. ``occupancy``: visits told and not over; ``present``: people inside now.

    ``occupancy`` lags behind ``present`` by the zone's minimum dwell and return time.
    """

    zone: str
    occupancy: int
    present: int
    density_per_m2: float  # of those present


@dataclass(frozen=True, slots=True)
class ZoneStep:
    """What one step gave: events, finished visits and journeys (zones in order), zones now."""

    events: tuple[ZoneEnter | ZoneLeave, ...]
    visits: tuple[Visit, ...]
    journeys: tuple[tuple[str, ...], ...]
    zones: tuple[ZoneState, ...]


class ZoneCounter:
    """The stage that turns tracks into visits.

    State is kept per live track and freed 0.7 s after the track is listed as ended.

    Raises (``step``):
        ContractError: time runs backwards.
    """

    def __init__(self, zones: Sequence[ZoneConfig]) -> None:
        self._draw(zones)
        self.reset()

    def _draw(self, zones: Sequence[ZoneConfig]) -> None:
        self._zones = tuple(zones)
        self._shapes = ZoneShapes(self._zones)
        areas_m2 = self._shapes.area_m2.tolist()
        self._named_areas = [
            (zone.name, area_m2) for zone, area_m2 in zip(self._zones, areas_m2, strict=True)
        ]

    def reset(self) -> None:
        """Forget everybody; visits that go on are not told."""
        self._people: dict[int, Visitor] = {}
        self._lost: list[Visitor] = []
        self._occupancy = [0] * len(self._zones)
        self._events: list[ZoneEnter | ZoneLeave] = []
        self._visits: list[Visit] = []
        self._journeys: list[tuple[str, ...]] = []
        self._now_ns: int | None = None
        self._silence_ns = 0  # before this nobody has been silent for too long
        self._changed = True  # since the last step: who is where, or what was told
        self._quiet = ZoneStep((), (), (), ())  # the last step once more, without news

    @property
    def people_remembered(self) -> int:
        """How many people state is kept for."""
        return len(self._people) + len(self._lost)

    @property
    def occupancy(self) -> tuple[int, ...]:
        """Visits told and not over, zone by zone."""
        return tuple(self._occupancy)

    def step(self, tracks: Tracks) -> ZoneStep:
        """Take in one step of the tracker."""
        if self._now_ns is not None and tracks.t_ns < self._now_ns:
            raise ContractError(f"time runs backwards: {tracks.t_ns} ns after {self._now_ns} ns")
        self._now_ns = tracks.t_ns
        if self._zones:
            self._forget_lost(tracks.t_ns)
            self._observe(tracks)
            self._end(tracks)
            for person in self._people.values():
                if person.waits:
                    self._tell(person, tracks.t_ns)
        return self._drain() if self._changed else self._quiet

    def finish(self) -> ZoneStep:
        """Everybody leaves where last seen, as at the end of a recording."""
        for person in [*self._lost, *self._people.values()]:
            self._forget(person)
        self._people.clear()
        self._lost.clear()
        rest = self._drain()
        self.reset()
        return rest

    def redraw(self, zones: Sequence[ZoneConfig]) -> ZoneStep:
        """Count in other zones from now on; visits to zones that are no more end here.

        Visits to a zone that stays go on. In a new one those inside begin where they are.
        """
        kept, people = kept_zones(self._zones, zones), [*self._people.values(), *self._lost]
        for person in people:
            for zone in [k for k in person.visits if k not in kept]:
                self._close(person, zone, why="the zone is no more")
        rest = self._drain()
        names = {self._zones[old].name: zones[new].name for old, new in kept.items()}
        occupancy = self._occupancy
        self._draw(zones)
        self._occupancy = [0] * len(zones)
        for old, new in kept.items():
            self._occupancy[new] = occupancy[old]
        fresh = [k for k in range(len(zones)) if k not in kept.values()]
        for person in people:
            person.redraw(kept, names)
            for zone in set(fresh).intersection(self._shapes.inside_one(person.place_m)):
                person.move(zone, inside=True, t_ns=person.seen_ns)
        return rest

    def _observe(self, tracks: Tracks) -> None:
        """Walk everybody from where last seen to here."""
        t_ns, people, dist = tracks.t_ns, self._people, math.dist
        for track_id, phase, x_y in zip(
            tracks.id.tolist(), tracks.phase.tolist(), tracks.xyz_m[:, :2].tolist(), strict=True
        ):
            person = people.get(track_id)
            if phase == COASTING:
                if person is not None:
                    person.alive_ns = t_ns
                continue
            place_m = tuple(x_y)
            if person is None:
                person = self._admit(track_id, place_m, t_ns)
            if phase == CONFIRMED and not person.believed:
                person.believed = self._changed = True
            step_m = dist(person.place_m, place_m)
            if step_m < person.clear_m:  # no edge can have been met
                person.clear_m -= step_m
            else:
                person.clear_m = self._shapes.clearance_m(place_m)
                if step_m >= person.clear_m:
                    self._meet_edges(person, place_m, t_ns)
            person.place_m = place_m
            person.seen_ns = person.alive_ns = t_ns

    def _admit(self, track_id: int, place_m: Place, t_ns: int) -> Visitor:
        """A new track: someone lost a moment ago, or someone new."""
        near = [(math.dist(person.place_m, place_m), k) for k, person in enumerate(self._lost)]
        distance_m, k = min(near, default=(math.inf, 0))
        if distance_m <= FOUND_WITHIN_M:
            person = self._lost.pop(k)
            person.track_id = track_id
        else:
            person = Visitor(track_id, t_ns, place_m)
            for zone in self._shapes.inside_one(place_m):
                person.move(zone, inside=True, t_ns=t_ns)
        self._people[track_id] = person
        self._changed = True
        return person

    def _meet_edges(self, person: Visitor, place_m: Place, t_ns: int) -> None:
        """Look at the way in pieces, and pass each edge at its moment."""
        (x, y), (to_x, to_y) = person.place_m, place_m
        pieces = min(max(math.ceil(math.dist((x, y), place_m) / PIECE_M), 1), MAX_PIECES)
        span_ns = t_ns - person.seen_ns
        for piece in range(1, pieces + 1):
            share = piece / pieces
            inside = self._shapes.inside_one((x + share * (to_x - x), y + share * (to_y - y)))
            if len(inside) == len(person.inside) and person.inside.issuperset(inside):
                continue
            self._changed = True
            moment_ns = person.seen_ns + round((piece - 0.5) / pieces * span_ns)
            for zone in sorted(person.inside.symmetric_difference(inside)):
                self._close_overdue(person, moment_ns)
                person.move(zone, inside=zone in inside, t_ns=moment_ns)

    def _tell(self, person: Visitor, t_ns: int) -> None:
        """Announce visits that have lasted long enough, close those that are over."""
        self._close_overdue(person, t_ns)
        for zone, visit in person.visits.items():
            if not visit.announced:
                self._announce(person, zone, visit, visit.lasted_s(person.seen_ns))
        person.waits = any(visit.waits for visit in person.visits.values())

    def _close_overdue(self, person: Visitor, t_ns: int) -> None:
        if len(person.visits) > len(person.inside):  # else there is none that was left
            for zone in person.overdue(self._zones, t_ns):
                self._close(person, zone)

    def _announce(self, person: Visitor, zone: int, visit: OpenVisit, lasted_s: float) -> None:
        config = self._zones[zone]
        if visit.announced or not person.believed or lasted_s < config.min_dwell_s:
            return
        visit.announced = self._changed = True
        self._occupancy[zone] += 1
        person.remember(config.name)
        reason = f"inside for {config.min_dwell_s:g} s"
        self._events.append(ZoneEnter(config.name, visit.enter_ns, reason))

    def _close(self, person: Visitor, zone: int, *, why: str = "left and stayed away") -> None:
        visit = person.visits.pop(zone)
        self._changed = True
        left_ns = person.seen_ns if visit.away_ns is None else visit.away_ns
        done = Visit(person.track_id, zone, visit.enter_ns, left_ns)
        self._announce(person, zone, visit, done.dwell_s)
        if visit.announced:
            self._occupancy[zone] -= 1
            self._visits.append(done)
            name = self._zones[zone].name
            self._events.append(ZoneLeave(name, left_ns, done.dwell_s, why))

    def _end(self, tracks: Tracks) -> None:
        for track_id in [*tracks.ended.tolist(), *self._silent(tracks.t_ns)]:
            person = self._people.pop(track_id, None)
            if person is not None:
                self._lost.append(person)
        self._forget_lost(tracks.t_ns)

    def _silent(self, t_ns: int) -> list[int]:
        """Tracks that were not even listed for too long; looked for when there may be one."""
        if t_ns <= self._silence_ns:
            return []
        silent_ns = t_ns - round(SILENT_S * NS_PER_S)
        silent = [key for key, person in self._people.items() if person.alive_ns < silent_ns]
        alive_ns = (one.alive_ns for one in self._people.values() if one.alive_ns >= silent_ns)
        self._silence_ns = min(alive_ns, default=t_ns) + round(SILENT_S * NS_PER_S)
        return silent

    def _forget_lost(self, t_ns: int) -> None:
        """Let go of those who were last seen too long ago to be found again."""
        if not self._lost:
            return
        oldest_ns = t_ns - round(FOUND_WITHIN_S * NS_PER_S)
        for person in self._lost:
            if person.seen_ns < oldest_ns:
                self._forget(person)
        self._lost = [person for person in self._lost if person.seen_ns >= oldest_ns]

    def _forget(self, person: Visitor) -> None:
        self._changed = True
        for zone in list(person.visits):
            self._close(person, zone, why="last seen inside" if zone in person.inside else "left")
        if person.journey:
            self._journeys.append(tuple(person.journey))

    def _drain(self) -> ZoneStep:
        present = [0] * len(self._zones)
        for person in chain(self._people.values(), self._lost):
            if person.inside and person.believed:
                for zone in person.inside:
                    present[zone] += 1
        zones = tuple(
            ZoneState(name, occupancy, here, here / area_m2)
            for (name, area_m2), occupancy, here in zip(
                self._named_areas, self._occupancy, present, strict=True
            )
        )
        events = tuple(sorted(self._events, key=lambda event: event.t_ns))
        step = ZoneStep(events, tuple(self._visits), tuple(self._journeys), zones)
        self._events, self._visits, self._journeys = [], [], []
        self._changed = False
        self._quiet = ZoneStep((), (), (), zones)
        return step
