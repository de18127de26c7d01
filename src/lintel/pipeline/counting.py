"""All counters of one sensor behind one step.

Lines with their rules, zones, queues, alarms and journeys always; groups, heat maps and the latest
paths when asked for. Events are the truth: running totals, occupancy of the room and intervals are
derived from them in wall time (``lintel.count.standing``, ``lintel.count.intervals``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from lintel.config import ROOM, AlarmConfig, SiteConfig, ZoneConfig
from lintel.count.alarms import Alarms
from lintel.count.attention import AttentionMeter, AttentionState, same_targets
from lintel.count.counting_state import CountingState
from lintel.count.group_crossings import GroupCrossings
from lintel.count.groups import GroupFinder, GroupStep
from lintel.count.heatmap import HeatMap, HeatMapper
from lintel.count.lines import LineCounter
from lintel.count.only import OnlyGate
from lintel.count.origin_destination import OriginDestination
from lintel.count.passage import Owned
from lintel.count.queues import QueueMeter, QueueState
from lintel.count.redrawn import kept_zones
from lintel.count.trails import Trail, TrailKeeper
from lintel.count.zones import ZoneCounter, ZoneState, ZoneStep
from lintel.records import Event, Tracks


@dataclass(frozen=True, slots=True)
class CountingStep:
    """What one step gave (``events``), and how things stand (the rest).

    ``passing``: sizes of the groups of two and more that have someone in view.
    """

    t_ns: int
    events: tuple[Event, ...] = ()
    zones: tuple[ZoneState, ...] = ()
    queues: tuple[QueueState, ...] = ()
    passing: tuple[int, ...] = ()
    attention: tuple[AttentionState, ...] = ()


class Counting:
    """Tracks in, events out, in the order of their time within a step.

    State: what the counters hold, bounded by live tracks; sums on one grid; the latest 200 paths.

    Args:
        site: lines, zones and their rules.
        groups: find groups, and tell their crossings.
        full: groups too, heat maps and paths: what a device needs.
    """

    def __init__(self, site: SiteConfig, *, groups: bool = False, full: bool = False) -> None:
        self._site = site
        self._lines = LineCounter(site.lines)
        self._only = OnlyGate(site.lines, site.zones)
        self._zones = ZoneCounter(site.zones)
        self._queues = [_queue(zone) for zone in site.zones if zone.use == "queue"]
        self._alarms = Alarms(_alarms(site))
        self._room: int | None = None
        self._journeys = OriginDestination([zone.name for zone in site.zones])
        self._groups = _Groups() if groups or full else None
        self._heat = HeatMapper(site.heat_grid) if full else None
        self._trails = TrailKeeper() if full else None
        self._attention = AttentionMeter(site.targets)
        self._now_ns = 0

    @property
    def tracks_remembered(self) -> int:
        """Tracks that the lines keep state for, to watch their bound."""
        return self._lines.tracks_remembered

    @property
    def people_remembered(self) -> int:
        """The most people that any of the counters keeps state for, to watch its bound."""
        extras = (self._heat, self._trails, self._groups)
        counts = [self._only.people_remembered, self._zones.people_remembered]
        return max(*counts, *(one.people_remembered for one in extras if one is not None), 0)

    @property
    def journeys(self) -> OriginDestination:
        """How many went from one zone to the next, since the state that was restored."""
        return self._journeys

    def step(self, tracks: Tracks) -> CountingStep:
        """Events that fired in this step, and how things stand after it."""
        owned = self._lines.step_owned(tracks)
        owned = self._only.step(tracks, owned, self._lines.continued)
        zones = self._zones.step(tracks)
        events: list[Event] = [*(one.crossing for one in owned), *zones.events]
        if self._groups is not None:
            events += self._groups.step(tracks, owned)
        if self._heat is not None:
            self._heat.step(tracks)
        if self._trails is not None:
            self._trails.step(tracks)
        looks = self._attention.step(tracks)
        return replace(self._told(tracks.t_ns, events, zones), attention=looks)

    def redraw(self, site: SiteConfig) -> tuple[Event, ...]:
        """Count at another site's lines and zones from now on; events that end here.

        Whoever is on the way over a line, or in a zone, that stays the same goes on there, and is
        counted once. Groups and paths go on; heat goes on where its grid stays.
        """
        before, self._site = self._site, site
        owned = [one for one in self._lines.redraw(site.lines) if self._only.admits_at_end(one)]
        self._only = self._only.redraw(site.lines, site.zones)
        zones = self._zones.redraw(site.zones)
        for queue in self._queues:
            queue.step(zones.events, t_ns=self._now_ns)
        self._redraw_queues(before, site)
        self._alarms.redraw(_alarms(site))
        pairs, self._journeys = (
            self._journeys.pairs(),
            OriginDestination([z.name for z in site.zones]),
        )
        self._journeys.restore(pairs)
        if self._groups is not None:
            self._groups.note(owned)
        if self._heat is not None and site.heat_grid != before.heat_grid:
            self._heat = HeatMapper(site.heat_grid)
        if not same_targets(before.targets, site.targets):
            self._attention = AttentionMeter(site.targets)
        return _by_time([*(one.crossing for one in owned), *zones.events])

    def finish(self) -> tuple[Event, ...]:
        """Events that waited for something that can no longer come."""
        owned = [one for one in self._lines.finish_owned() if self._only.admits_at_end(one)]
        self._only.reset()
        zones = self._zones.finish()
        self._journeys.step(zones.journeys)
        for queue in self._queues:
            queue.step(zones.events, t_ns=self._now_ns)
        events: list[Event] = [*(one.crossing for one in owned), *zones.events]
        if self._groups is not None:
            events += self._groups.finish(owned)
        return _by_time(events)

    def see_room(self, people: float | None) -> None:
        """Tell how many are in the room behind the lines, for its alarms; None: not known.

        Whoever keeps the standing knows it: it outlives runs and is corrected in wall time.
        """
        self._room = None if people is None else round(people)

    def take_heat(self) -> HeatMap | None:
        """The heat map since the last time it was taken; None where none is gathered."""
        return None if self._heat is None else self._heat.take()

    def trails(self, *, limit: int = 200) -> tuple[Trail, ...]:
        """The latest paths; none where they are not gathered."""
        return () if self._trails is None else self._trails.latest(limit=limit)

    def snapshot(self) -> CountingState:
        """What must survive a restart beside the events."""
        waits = tuple((queue.zone, queue.waits) for queue in self._queues)
        return CountingState(
            self._journeys.pairs(), waits, self._attention.sums(), self._alarms.raised
        )

    def restore(self, state: CountingState) -> None:
        """Go on from a snapshot; zones and targets that are no more are left aside."""
        self._journeys.restore(state.journeys)
        self._attention.restore(state.attention)
        self._alarms.restore(state.raised)
        waits = dict(state.waits)
        for queue in self._queues:
            if queue.zone in waits:
                queue.restore(waits[queue.zone])

    def reset(self) -> None:
        """Forget everybody and everything."""
        for stage in (self._lines, self._only, self._zones, self._alarms, self._journeys):
            stage.reset()
        self._attention.reset()
        self._room = None
        for queue in self._queues:
            queue.reset()
        for gathered in (self._groups, self._heat, self._trails):
            if gathered is not None:
                gathered.reset()

    def _redraw_queues(self, before: SiteConfig, site: SiteConfig) -> None:
        """Queues that stay the same go on; new ones begin with who is in them already."""
        kept = kept_zones(before.zones, site.zones)
        stayed = {site.zones[new].name: before.zones[old].name for old, new in kept.items()}
        meters = {(queue.zone, queue.served_after_s): queue for queue in self._queues}
        inside = dict(zip((z.name for z in site.zones), self._zones.occupancy, strict=True))
        self._queues = []
        for zone in (one for one in site.zones if one.use == "queue"):
            same = stayed.get(zone.name) == zone.name
            meter = meters.get((zone.name, zone.served_after_s)) if same else None
            self._queues.append(meter or _queue(zone, length=inside[zone.name]))

    def _told(self, t_ns: int, events: list[Event], zones: ZoneStep) -> CountingStep:
        self._now_ns = t_ns
        if zones.journeys:
            self._journeys.step(zones.journeys)
        queues = tuple(queue.step(zones.events, t_ns=t_ns) for queue in self._queues)
        people = {state.zone: state.present for state in zones.zones}
        if self._room is not None:
            people[ROOM] = self._room
        events += self._alarms.step(people, t_ns=t_ns)
        return CountingStep(
            t_ns=t_ns,
            events=_by_time(events),
            zones=zones.zones,
            queues=queues,
            passing=() if self._groups is None else self._groups.passing,
        )


class _Groups:
    """The two stages that make group crossings."""

    def __init__(self) -> None:
        self._finder = GroupFinder()
        self._crossings = GroupCrossings()
        self._found = GroupStep((), ())

    @property
    def people_remembered(self) -> int:
        """How many people state is kept for."""
        return max(self._finder.people_remembered, self._crossings.people_remembered)

    @property
    def passing(self) -> tuple[int, ...]:
        """Sizes of the groups that have someone in view."""
        return tuple(len(group) for group in self._found.passing)

    def step(self, tracks: Tracks, crossings: Iterable[Owned]) -> tuple[Event, ...]:
        """Crossings of groups that have settled."""
        self._found = self._finder.step(tracks)
        return self._crossings.step(crossings, self._found)

    def note(self, crossings: Iterable[Owned]) -> None:
        """Crossings beside a step."""
        self._crossings.step(crossings, GroupStep((), ()))

    def finish(self, crossings: Iterable[Owned]) -> tuple[Event, ...]:
        """Everybody leaves."""
        return self._crossings.step(crossings, GroupStep((), self._finder.finish()))

    def reset(self) -> None:
        """Forget everybody."""
        self._finder.reset()
        self._crossings.reset()
        self._found = GroupStep((), ())


def _queue(zone: ZoneConfig, *, length: int = 0) -> QueueMeter:
    return QueueMeter(zone.name, served_after_s=zone.served_after_s, length=length)


def _alarms(site: SiteConfig) -> tuple[AlarmConfig, ...]:
    """Of zones, and of the room behind the lines."""
    of_zones = (alarm for zone in site.zones for alarm in zone.alarms)
    return (*of_zones, *site.occupancy.alarms)


def _by_time(events: list[Event]) -> tuple[Event, ...]:
    return tuple(sorted(events, key=lambda event: event.t_ns)) if events else ()
