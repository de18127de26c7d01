"""All counters of one sensor behind one step: lines, zones, and groups when asked for."""

from __future__ import annotations

from lintel.config import SiteConfig
from lintel.count.group_crossings import GroupCrossings
from lintel.count.groups import GroupFinder
from lintel.count.lines import LineCounter
from lintel.count.zones import ZoneCounter
from lintel.records import Event, Tracks


class Counting:
    """Tracks in, events out, in the order of their time within a step.

    State: what the counters hold, all of it bounded by live tracks.
    """

    def __init__(self, site: SiteConfig, *, groups: bool = False) -> None:
        self._lines = LineCounter(site.lines)
        self._zones = ZoneCounter(site.zones)
        self._groups = _Groups() if groups else None

    @property
    def tracks_remembered(self) -> int:
        """Tracks that the lines keep state for, to watch their bound."""
        return self._lines.tracks_remembered

    def step(self, tracks: Tracks) -> tuple[Event, ...]:
        """Events that fired in this step."""
        crossings = self._lines.step(tracks)
        events: list[Event] = [*crossings, *self._zones.step(tracks).events]
        if self._groups is not None:
            found = self._groups.finder.step(tracks)
            events += self._groups.crossings.step(tracks, crossings, found)
        return _by_time(events)

    def finish(self) -> tuple[Event, ...]:
        """Events that waited for something that can no longer come."""
        crossings = self._lines.finish()
        events: list[Event] = [*crossings, *self._zones.finish().events]
        if self._groups is not None:
            events += self._groups.crossings.settle(self._groups.finder.finish())
        return _by_time(events)

    def reset(self) -> None:
        """Forget everybody."""
        self._lines.reset()
        self._zones.reset()
        if self._groups is not None:
            self._groups.finder.reset()
            self._groups.crossings.reset()


class _Groups:
    """The two stages that make group crossings."""

    def __init__(self) -> None:
        self.finder = GroupFinder()
        self.crossings = GroupCrossings()


def _by_time(events: list[Event]) -> tuple[Event, ...]:
    return tuple(sorted(events, key=lambda event: event.t_ns))
