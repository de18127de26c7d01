"""What two people did while both were there, summed over time: evidence of coming together.

State is one row of sums for each pair of people present who came into view within the time that
lets them be together; it grows and shrinks with them. Such pairs are few, so the sums are plain
numbers: as arrays of a handful of rows they cost three times as much.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from lintel.clock import NS_PER_S
from lintel.geometry import Floats

STANDING_MPS = 0.25  # slower is standing: a tracker's noise must not add up to a walk
CLOSEST_M = 0.3  # nearer than this is no closer: two bodies do not fit
LONGEST_STEP_S = 1.0  # one observation stands for no more time, however many frames were lost


@dataclass(slots=True, eq=False)
class _Person:
    """Someone present. Places, and where one is from the other, are x + iy in metres."""

    track_id: int
    entry_t_ns: int
    seen_t_ns: int  # up to the list before the present one
    place_m: complex = 0j
    speed_mps: float = 0.0
    pairs: list[Pair] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Pair:
    """The evidence about two people.

    ``path_m`` is what both walked while together: the slower of the two at each moment.
    ``both_s`` is the time together.
    """

    _one: _Person
    _other: _Person
    path_m: float = 0.0
    both_s: float = 0.0
    _nearness: float = 0.0  # seconds per metre
    _first_m: complex | None = None  # where one was from the other when they met, ...
    _last_m: complex = 0j  # ... and where now

    @property
    def ids(self) -> tuple[int, int]:
        """Who they are, in order of entry."""
        return self._one.track_id, self._other.track_id

    @property
    def distance_m(self) -> float:
        """Harmonic mean of the distance over the time together: near moments weigh more.

        Infinite without time together.
        """
        return self.both_s / self._nearness if self.both_s > 0.0 else math.inf

    @property
    def drift_m(self) -> float:
        """How far one moved relative to the other, from first to last moment together.

        Infinite without time together.
        """
        if self.both_s <= 0.0 or self._first_m is None:
            return math.inf
        return abs(self._last_m - self._first_m)

    def unseen_since_ns(self) -> int:
        """When both were last seen, up to the list before the present one."""
        return max(self._one.seen_t_ns, self._other.seen_t_ns)

    def add(self, span_s: float) -> None:
        """Add what the two do now, which stands for so much time."""
        one, other = self._one, self._other
        apart_m = one.place_m - other.place_m
        distance_m = abs(apart_m)
        self.both_s += span_s
        self._nearness += span_s / (max(CLOSEST_M, distance_m))
        slower = one if one.speed_mps < other.speed_mps else other
        self.path_m += span_s * slower.speed_mps
        if self._first_m is None:
            self._first_m = apart_m
        self._last_m = apart_m


class PairEvidence:
    """Sums for the pairs among the people present.

    Args:
        entry_gap_s: people who came into view further apart in time are no pair.
    """

    def __init__(self, *, entry_gap_s: float) -> None:
        self._entry_gap_ns = round(entry_gap_s * NS_PER_S)
        self.reset()

    def reset(self) -> None:
        """Forget everybody."""
        self._people: dict[int, _Person] = {}
        self._pairs: dict[tuple[int, int], Pair] = {}
        self._now_ns = 0
        self._listed: list[int] | None = None  # the ids of the last step, ...
        self._here: list[_Person] = []  # ... who they are, ...
        self._met: list[Pair] = []  # ... and the pairs of two of them

    def __len__(self) -> int:
        return len(self._people)

    @property
    def present(self) -> tuple[int, ...]:
        """Ids of the people present, in order of entry."""
        return tuple(self._people)

    @property
    def pairs(self) -> tuple[Pair, ...]:
        """All pairs of people present, with their evidence so far."""
        return tuple(self._pairs.values())

    def advance(self, ids: list[int], place_m: Floats, velocity_mps: Floats, *, t_ns: int) -> None:
        """Add what the people ``ids`` do now; new ids enter at ``t_ns``.

        An observation stands for the time since the same two people were last seen, at most
        ``LONGEST_STEP_S``.

        Args:
            ids: who is here, M people.
            place_m: (M, 2) where.
            velocity_mps: (M, 2) how they move.
            t_ns: now.
        """
        same = ids == self._listed
        if not same:
            self._list(ids, t_ns)
        if self._met:
            self._move(place_m, velocity_mps)
            if same:
                span_s = min((t_ns - self._now_ns) / NS_PER_S, LONGEST_STEP_S)
                for pair in self._met:
                    pair.add(span_s)
            else:
                for pair in self._met:
                    since_s = (t_ns - pair.unseen_since_ns()) / NS_PER_S
                    pair.add(min(since_s, LONGEST_STEP_S))
        self._now_ns = t_ns

    def leave(self, track_id: int) -> tuple[Pair, ...] | None:
        """Drop a person; give its pairs with their final evidence.

        None where the person was never here.
        """
        person = self._people.pop(track_id, None)
        if person is None:
            return None
        self._close_list()
        for pair in person.pairs:
            del self._pairs[pair.ids]
            for other in set(pair.ids) - {track_id}:
                self._people[other].pairs.remove(pair)
        return tuple(person.pairs)

    def _move(self, place_m: Floats, velocity_mps: Floats) -> None:
        for person, (x, y), (along, up) in zip(
            self._here, place_m.tolist(), velocity_mps.tolist(), strict=True
        ):
            if person.pairs:
                person.place_m = complex(x, y)
                speed_mps = abs(complex(along, up))
                person.speed_mps = speed_mps if speed_mps >= STANDING_MPS else 0.0

    def _list(self, ids: list[int], t_ns: int) -> None:
        """Take up another list of people."""
        self._close_list()
        for track_id in ids:
            if track_id not in self._people:
                self._admit(track_id, t_ns)
        self._listed, here = ids, set(ids)
        self._here = [self._people[track_id] for track_id in ids]
        self._met = [pair for (a, b), pair in self._pairs.items() if a in here and b in here]

    def _close_list(self) -> None:
        """Note when those of the last step were seen; the next step lists anew."""
        for person in self._here:
            person.seen_t_ns = self._now_ns
        self._listed, self._here, self._met = None, [], []

    def _admit(self, track_id: int, t_ns: int) -> None:
        """Make a pair with each of those who came a short time before."""
        new = _Person(track_id, t_ns, t_ns)
        for other in self._people.values():
            if t_ns - other.entry_t_ns <= self._entry_gap_ns:
                pair = Pair(other, new)
                self._pairs[pair.ids] = pair
                other.pairs.append(pair)
                new.pairs.append(pair)
        self._people[track_id] = new
