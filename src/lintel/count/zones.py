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

import numpy as np

from lintel.clock import NS_PER_S
from lintel.config import ZoneConfig
from lintel.count.zone_shape import Place, ZoneShapes
from lintel.count.zone_visit import OpenVisit, Visit, Visitor
from lintel.errors import ContractError
from lintel.records import Phase, Tracks, ZoneEnter, ZoneLeave

FOUND_WITHIN_S = 0.7  # a track found again this soon ...
FOUND_WITHIN_M = 0.5  # ... and this near is the same person
SILENT_S = 10.0  # a track that is not even listed for so long has ended unsaid
PIECE_M = 0.05
MAX_PIECES = 64


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
        self._zones = tuple(zones)
        self._shapes = ZoneShapes(self._zones)
        self.reset()

    def reset(self) -> None:
        """Forget everybody; visits that go on are not told."""
        self._people: dict[int, Visitor] = {}
        self._lost: list[Visitor] = []
        self._occupancy = [0] * len(self._zones)
        self._events: list[ZoneEnter | ZoneLeave] = []
        self._visits: list[Visit] = []
        self._journeys: list[tuple[str, ...]] = []
        self._now_ns: int | None = None

    @property
    def people_remembered(self) -> int:
        """How many people state is kept for."""
        return len(self._people) + len(self._lost)

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
                self._tell(person, tracks.t_ns)
        return self._drain()

    def finish(self) -> ZoneStep:
        """Everybody leaves where last seen, as at the end of a recording."""
        for person in [*self._lost, *self._people.values()]:
            self._forget(person)
        self._people.clear()
        self._lost.clear()
        rest = self._drain()
        self.reset()
        return rest

    def _observe(self, tracks: Tracks) -> None:
        for row in np.flatnonzero(tracks.phase == Phase.COASTING).tolist():
            if person := self._people.get(int(tracks.id[row])):
                person.alive_ns = tracks.t_ns
        rows = np.flatnonzero(tracks.phase != Phase.COASTING)
        places_m = tracks.xyz_m[rows, :2].tolist()
        confirmed = (tracks.phase[rows] == Phase.CONFIRMED).tolist()
        for track_id, (x, y), sure in zip(
            tracks.id[rows].tolist(), places_m, confirmed, strict=True
        ):
            place_m = (x, y)
            person = self._people.get(track_id)
            if person is None:
                person = self._admit(track_id, place_m, tracks.t_ns)
            person.believed |= sure
            self._follow(person, place_m, tracks.t_ns)

    def _admit(self, track_id: int, place_m: Place, t_ns: int) -> Visitor:
        """A new track: someone lost a moment ago, or someone new."""
        near = [(math.dist(person.place_m, place_m), k) for k, person in enumerate(self._lost)]
        distance_m, k = min(near, default=(np.inf, 0))
        if distance_m <= FOUND_WITHIN_M:
            person = self._lost.pop(k)
            person.track_id = track_id
        else:
            person = Visitor(track_id, t_ns, place_m)
            for zone in np.flatnonzero(self._shapes.inside(np.array([place_m]))[0]).tolist():
                person.move(zone, inside=True, t_ns=t_ns)
        self._people[track_id] = person
        return person

    def _follow(self, person: Visitor, place_m: Place, t_ns: int) -> None:
        """Walk from where the person was last seen to here."""
        step_m = math.dist(person.place_m, place_m)
        if step_m < person.clear_m:  # no edge can have been met
            person.clear_m -= step_m
        else:
            self._meet_edges(person, place_m, t_ns)
            person.clear_m = self._shapes.clearance_m(place_m)
        person.place_m, person.seen_ns, person.alive_ns = place_m, t_ns, t_ns

    def _meet_edges(self, person: Visitor, place_m: Place, t_ns: int) -> None:
        """Look at the way in pieces, and pass each edge at its moment."""
        step_m = math.dist(person.place_m, place_m)
        pieces = min(max(math.ceil(step_m / PIECE_M), 1), MAX_PIECES)
        share = np.arange(1, pieces + 1) / pieces
        start_m = np.array(person.place_m)
        inside = self._shapes.inside(start_m + share[:, None] * (np.array(place_m) - start_m))
        span_ns = t_ns - person.seen_ns
        was = np.zeros(len(self._zones), dtype=bool)
        was[list(person.inside)] = True
        changes = np.argwhere(inside != np.vstack([was, inside[:-1]]))
        for piece, zone in changes.tolist():
            moment_ns = person.seen_ns + round((piece + 0.5) / pieces * span_ns)
            self._close_overdue(person, moment_ns)
            person.move(zone, inside=bool(inside[piece, zone]), t_ns=moment_ns)

    def _tell(self, person: Visitor, t_ns: int) -> None:
        """Announce visits that have lasted long enough, close those that are over."""
        self._close_overdue(person, t_ns)
        for zone, visit in person.visits.items():
            self._announce(person, zone, visit, visit.lasted_s(person.seen_ns))

    def _close_overdue(self, person: Visitor, t_ns: int) -> None:
        for zone in person.overdue(self._zones, t_ns):
            self._close(person, zone)

    def _announce(self, person: Visitor, zone: int, visit: OpenVisit, lasted_s: float) -> None:
        config = self._zones[zone]
        if visit.announced or not person.believed or lasted_s < config.min_dwell_s:
            return
        visit.announced = True
        self._occupancy[zone] += 1
        person.remember(config.name)
        reason = f"inside for {config.min_dwell_s:g} s"
        self._events.append(ZoneEnter(config.name, visit.enter_ns, reason))

    def _close(self, person: Visitor, zone: int, *, why: str = "left and stayed away") -> None:
        visit = person.visits.pop(zone)
        left_ns = person.seen_ns if visit.away_ns is None else visit.away_ns
        done = Visit(person.track_id, zone, visit.enter_ns, left_ns)
        self._announce(person, zone, visit, done.dwell_s)
        if visit.announced:
            self._occupancy[zone] -= 1
            self._visits.append(done)
            name = self._zones[zone].name
            self._events.append(ZoneLeave(name, left_ns, done.dwell_s, why))

    def _end(self, tracks: Tracks) -> None:
        silent = [
            track_id
            for track_id, person in self._people.items()
            if tracks.t_ns - person.alive_ns > SILENT_S * NS_PER_S
        ]
        for track_id in [*tracks.ended.tolist(), *silent]:
            person = self._people.pop(track_id, None)
            if person is not None:
                self._lost.append(person)
        self._forget_lost(tracks.t_ns)

    def _forget_lost(self, t_ns: int) -> None:
        """Let go of those who were last seen too long ago to be found again."""
        oldest_ns = t_ns - round(FOUND_WITHIN_S * NS_PER_S)
        for person in self._lost:
            if person.seen_ns < oldest_ns:
                self._forget(person)
        self._lost = [person for person in self._lost if person.seen_ns >= oldest_ns]

    def _forget(self, person: Visitor) -> None:
        for zone in list(person.visits):
            self._close(person, zone, why="last seen inside" if zone in person.inside else "left")
        if person.journey:
            self._journeys.append(tuple(person.journey))

    def _drain(self) -> ZoneStep:
        present = [0] * len(self._zones)
        for person in [*self._people.values(), *self._lost]:
            for zone in person.inside if person.believed else ():
                present[zone] += 1
        zones = tuple(
            ZoneState(zone.name, self._occupancy[k], present[k], present[k] / area_m2)
            for k, (zone, area_m2) in enumerate(
                zip(self._zones, self._shapes.area_m2.tolist(), strict=True)
            )
        )
        events = tuple(sorted(self._events, key=lambda event: event.t_ns))
        step = ZoneStep(events, tuple(self._visits), tuple(self._journeys), zones)
        self._events, self._visits, self._journeys = [], [], []
        return step
