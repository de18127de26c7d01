"""Groups over lines: the single crossings of people who came together, told as one event."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TypeAlias

import numpy as np

from lintel.clock import NS_PER_S
from lintel.count.groups import Group, GroupStep
from lintel.records import Crossing, Direction, GroupCrossing, Phase, Tracks

REACH_M = 0.4  # a crossing belongs to the person nearest to it, if not farther away
SPACING_NS = NS_PER_S // 10
REMEMBERED = 200  # places per person: 20 s, longer than a line holds a crossing back
MAX_PASSAGES = 16  # crossings kept per person; a longer dance is told by its end

Passage: TypeAlias = tuple[str, Direction, int]  # line, direction, t_ns


@dataclass(slots=True)
class _Trail:
    places: deque[tuple[int, float, float]] = field(
        default_factory=lambda: deque(maxlen=REMEMBERED)
    )
    passages: deque[Passage] = field(default_factory=lambda: deque(maxlen=MAX_PASSAGES))


class GroupCrossings:
    """The stage that gives a group's crossing once its group has settled.

    Crossings carry no track id, so each is given to the person who was there at its moment.
    State: a short trail per person whom the group finder still remembers.
    """

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget everybody."""
        self._trails: dict[int, _Trail] = {}

    @property
    def people_remembered(self) -> int:
        """How many people state is kept for."""
        return len(self._trails)

    def step(
        self, tracks: Tracks, crossings: Iterable[Crossing], groups: GroupStep
    ) -> tuple[GroupCrossing, ...]:
        """Take in one step of tracker, lines and group finder; give what has settled."""
        self._follow(tracks)
        for crossing in crossings:
            owner = self._owner(crossing)
            if owner is not None:
                passage = (crossing.line, crossing.direction, crossing.t_ns)
                self._trails[owner].passages.append(passage)
        return self.settle(groups.settled)

    def settle(self, groups: Iterable[Group]) -> tuple[GroupCrossing, ...]:
        """Crossings of groups that have settled, for the end of a recording too."""
        found = [event for group in groups for event in self._events(group)]
        return tuple(sorted(found, key=lambda event: event.t_ns))

    def _follow(self, tracks: Tracks) -> None:
        for row in np.flatnonzero(tracks.phase != Phase.COASTING).tolist():
            track_id = int(tracks.id[row])
            if tracks.phase[row] == Phase.TENTATIVE and track_id not in self._trails:
                continue
            places = self._trails.setdefault(track_id, _Trail()).places
            if not places or tracks.t_ns - places[-1][0] >= SPACING_NS:
                x, y, _ = tracks.xyz_m[row].tolist()
                places.append((tracks.t_ns, x, y))

    def _owner(self, crossing: Crossing) -> int | None:
        reach = [(_gap_m(trail, crossing), owner) for owner, trail in self._trails.items()]
        near = min(reach, default=(np.inf, 0))
        return near[1] if near[0] <= REACH_M else None

    def _events(self, group: Group) -> list[GroupCrossing]:
        latest: dict[tuple[str, Direction], dict[int, int]] = {}
        for member in group.members:
            trail = self._trails.pop(member, None)
            for line, direction, t_ns in trail.passages if trail else ():
                latest.setdefault((line, direction), {})[member] = t_ns
        return [
            GroupCrossing(
                line=line,
                direction=direction,
                t_ns=max(times.values()),
                size=len(times),
                reason=f"{len(times)} of a group of {group.size} crossed, group settled",
            )
            for (line, direction), times in latest.items()
            if len(times) > 1
        ]


def _gap_m(trail: _Trail, crossing: Crossing) -> float:
    """Distance from the trail to the crossing at the crossing's moment; infinite if not there."""
    x, y = crossing.position_m
    for (t0, x0, y0), (t1, x1, y1) in pairwise(trail.places):
        if t0 <= crossing.t_ns <= t1:
            share = (crossing.t_ns - t0) / (t1 - t0)
            return float(np.hypot(x0 + share * (x1 - x0) - x, y0 + share * (y1 - y0) - y))
    if trail.places:  # up to one spacing outside what was kept
        t, x0, y0 = min(trail.places, key=lambda place: abs(place[0] - crossing.t_ns))
        if abs(t - crossing.t_ns) <= 2 * SPACING_NS:
            return float(np.hypot(x0 - x, y0 - y))
    return float("inf")
