"""Groups over lines: the single crossings of people who came together, told as one event."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Iterable
from typing import TypeAlias

from lintel.count.groups import Group, GroupStep
from lintel.count.passage import Owned
from lintel.records import Direction, GroupCrossing

MAX_PASSAGES = 16  # crossings kept per person; a longer dance is told by its end
MAX_PEOPLE = 4096  # who crossed and has not settled; the longest unsettled goes first

Passage: TypeAlias = tuple[str, Direction, int]  # line, direction, t_ns


class GroupCrossings:
    """The stage that gives a group's crossing once its group has settled.

    State: the passages of people whose group has not settled yet.
    """

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget everybody."""
        self._passages: OrderedDict[int, deque[Passage]] = OrderedDict()

    @property
    def people_remembered(self) -> int:
        """How many people state is kept for."""
        return len(self._passages)

    def step(self, crossings: Iterable[Owned], groups: GroupStep) -> tuple[GroupCrossing, ...]:
        """Take in one step of lines and group finder; give what has settled."""
        for owned in crossings:
            one = owned.crossing
            mine = self._passages.setdefault(owned.track_id, deque(maxlen=MAX_PASSAGES))
            mine.append((one.line, one.direction, one.t_ns))
        while len(self._passages) > MAX_PEOPLE:
            self._passages.popitem(last=False)
        return self.settle(groups.settled)

    def settle(self, groups: Iterable[Group]) -> tuple[GroupCrossing, ...]:
        """Crossings of groups that have settled, for the end of a recording too."""
        found = [event for group in groups for event in self._events(group)]
        return tuple(sorted(found, key=lambda event: event.t_ns))

    def _events(self, group: Group) -> list[GroupCrossing]:
        latest: dict[tuple[str, Direction], dict[int, int]] = {}
        for member in group.members:
            for line, direction, t_ns in self._passages.pop(member, ()):
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
