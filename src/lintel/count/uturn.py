"""U-turn policies: a crossing of a `cancel` line is held until the person can be believed gone.

A published event cannot be taken back. So the crossing waits until the person has gone
``uturn_within_m`` beyond the line, ``uturn_within_s`` have passed, or the track has ended; then
it is published with its true time. If the person comes back first, neither crossing is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from lintel.clock import NS_PER_S
from lintel.config import LineConfig
from lintel.count.line_shape import LineShapes
from lintel.count.passage import Visit
from lintel.count.track_path import PathMemory
from lintel.records import Direction

Key = tuple[int, int]  # slot of the track, index of the line


@dataclass(frozen=True, slots=True)
class Fired:
    """A crossing that the rule has found, before it is published."""

    slot: int
    line: int
    direction: Direction
    t_ns: int
    position_m: tuple[float, float]
    reason: str
    trusted: bool = False  # the track was confirmed when it handed this over


class UturnGate:
    """Holds at most one crossing per live track and line."""

    def __init__(self, lines: Sequence[LineConfig], shapes: LineShapes) -> None:
        self._lines = lines
        self._shapes = shapes
        self._held: dict[Key, Fired] = {}

    def offer(self, fired: Fired) -> Iterator[Fired]:
        """Take a new crossing; give what can be published now."""
        line = self._lines[fired.line]
        if line.uturn_policy == "count_both":
            yield fired
            return
        key = (fired.slot, fired.line)
        held = self._held.pop(key, None)
        if held is not None:
            in_time = fired.t_ns - held.t_ns <= line.uturn_within_s * NS_PER_S
            if held.direction is not fired.direction and in_time:
                return
            yield _because(held, "not back in time")
        self._held[key] = fired

    def release(self, memory: PathMemory, visits: dict[Key, Visit], now_ns: int) -> Iterator[Fired]:
        """Give the held crossings whose person has gone far enough or stayed away long enough."""
        if not self._held:
            return
        slots = sorted({slot for slot, _ in self._held})
        distance = self._shapes.finite_distance_m(memory.position_m[slots])
        for key, held in list(self._held.items()):
            line = self._lines[held.line]
            if distance[slots.index(held.slot), held.line] >= line.uturn_within_m:
                yield _because(self._held.pop(key), f"went on {line.uturn_within_m:g} m")
            elif _too_late(held, visits.get(key), line, now_ns):
                yield _because(self._held.pop(key), f"not back in {line.uturn_within_s:g} s")

    def end(self, slot: int) -> Iterator[Fired]:
        """Give the held crossings of a track that ended."""
        for line in range(len(self._lines)):
            held = self._held.pop((slot, line), None)
            if held is not None:
                yield _because(held, "not back before the track ended")

    def hand_over(self, from_slot: int, to_slot: int, *, trusted: bool) -> None:
        """Let the track that continues another answer for its held crossings."""
        for line in range(len(self._lines)):
            held = self._held.pop((from_slot, line), None)
            if held is not None:
                self._held[to_slot, line] = replace(held, slot=to_slot, trusted=trusted)

    def redraw(
        self, kept: dict[int, int], lines: Sequence[LineConfig], shapes: LineShapes
    ) -> tuple[Fired, ...]:
        """Hold at other lines; those that are kept (before: after) go on. What the others held."""
        held = list(self._held.values())
        self._lines, self._shapes = lines, shapes
        self._held = {
            (one.slot, kept[one.line]): replace(one, line=kept[one.line])
            for one in held
            if one.line in kept
        }
        return tuple(_because(one, "the line is no more") for one in held if one.line not in kept)

    def __len__(self) -> int:
        return len(self._held)


def _too_late(held: Fired, visit: Visit | None, line: LineConfig, now_ns: int) -> bool:
    """Whether no return in time is possible any more.

    Someone who passed the line in time but is still inside its band may complete the return.
    """
    deadline_ns = held.t_ns + round(line.uturn_within_s * NS_PER_S)
    back = visit.tally.last.get(held.direction.reverse()) if visit is not None else None
    on_the_way = back is not None and back.t_ns <= deadline_ns
    return now_ns > deadline_ns and not on_the_way


def _because(fired: Fired, why: str) -> Fired:
    return replace(fired, reason=f"{fired.reason}, {why}")
