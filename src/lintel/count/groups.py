"""People who come together: found while they pass, settled when the last of them has left."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from lintel.clock import NS_PER_S
from lintel.count.grouping import GroupSettings, Members, are_together, groups_of
from lintel.count.pair_evidence import PairEvidence
from lintel.errors import ContractError
from lintel.records import Phase, Tracks

REGROUP_EVERY_S = 0.5  # how often groups that are passing are looked at anew
CONFIRMED = int(Phase.CONFIRMED)


@dataclass(frozen=True, slots=True)
class Group:
    """People who came together and have all left; a person alone is a group of one.

    ``members`` are track ids of this run, for use on the device only. A member whose age was
    not measured, or not clearly, is neither among ``children`` nor among ``adults``.
    """

    members: Members
    children: int
    adults: int
    first_t_ns: int
    last_t_ns: int

    @property
    def size(self) -> int:
        """How many people."""
        return len(self.members)

    @property
    def family(self) -> bool:
        """At least one adult with at least one child."""
        return self.children > 0 and self.adults > 0


@dataclass(frozen=True, slots=True)
class GroupStep:
    """``passing``: groups of two and more with someone still here. ``settled``: final ones."""

    passing: tuple[Members, ...]
    settled: tuple[Group, ...]


@dataclass(slots=True)
class _Person:
    first_t_ns: int
    last_t_ns: int
    child_sum: float = 0.0
    child_count: int = 0
    gone: bool = False


class GroupFinder:
    """The stage that finds groups.

    State: sums for each pair of people present, and for people who have left, their links,
    until the last member of their group has left; at most ``max_size - 1`` of them wait per
    person present.

    Raises (``step``):
        ContractError: time runs backwards.
    """

    def __init__(self, settings: GroupSettings | None = None) -> None:
        self._settings = settings or GroupSettings()
        self.reset()

    def reset(self) -> None:
        """Forget everybody; nothing settles."""
        self._pairs = PairEvidence(entry_gap_s=self._settings.entry_gap_s)
        self._people: dict[int, _Person] = {}
        self._final: dict[int, dict[int, float]] = {}  # links of people who have left
        self._listed: list[int] | None = None  # the ids of the last step, ...
        self._present: list[_Person] = []  # ... and who they are
        self._same = GroupStep((), ())  # the last step once more, if nothing settles
        self._grouped: list[Members] | None = None  # which pairs were linked in it
        self._now_ns: int | None = None
        self._regrouped_ns: int | None = None

    @property
    def people_remembered(self) -> int:
        """How many people state is kept for."""
        return len(self._people)

    def step(self, tracks: Tracks) -> GroupStep:
        """Take in one step of the tracker; confirmed tracks, where they were seen.

        A predicted place is no evidence: beside an adult the track of a child who is out of view
        drifts through the adult, and two who walk together would seem to part.
        """
        if self._now_ns is not None and tracks.t_ns < self._now_ns:
            raise ContractError(f"time runs backwards: {tracks.t_ns} ns after {self._now_ns} ns")
        self._now_ns = tracks.t_ns
        self._observe(tracks)
        left = [self._leave(track_id) for track_id in tracks.ended.tolist()]
        if not any(left) and not self._due(tracks.t_ns):
            return self._same
        self._regrouped_ns = tracks.t_ns
        return self._regroup()

    def finish(self) -> tuple[Group, ...]:
        """Everybody leaves, as at the end of a recording; the groups that settle thereby."""
        for track_id in self._pairs.present:
            self._leave(track_id)
        settled = self._regroup().settled
        self.reset()
        return settled

    def _due(self, t_ns: int) -> bool:
        since = self._regrouped_ns
        return since is None or (t_ns - since) >= REGROUP_EVERY_S * NS_PER_S

    def _observe(self, tracks: Tracks) -> None:
        ids, places_m, velocity_mps = tracks.id, tracks.xyz_m[:, :2], tracks.velocity_mps
        child = tracks.attributes.child
        if tracks.phase.tolist().count(CONFIRMED) < len(tracks):
            rows = tracks.phase == CONFIRMED
            ids, places_m, velocity_mps, child = (
                ids[rows], places_m[rows], velocity_mps[rows], child[rows]
            )  # fmt: skip
        listed = ids.tolist()
        self._pairs.advance(listed, places_m, velocity_mps, t_ns=tracks.t_ns)
        if listed != self._listed:
            self._list(listed, tracks.t_ns)
        for person, score in zip(self._present, child.tolist(), strict=True):
            person.last_t_ns = tracks.t_ns
            if score == score:  # noqa: PLR0124 - NaN means that age was not measured
                person.child_sum += score
                person.child_count += 1

    def _list(self, ids: list[int], t_ns: int) -> None:
        """Take up another list of people, and those who are new."""
        for track_id in ids:
            if track_id not in self._people:
                self._people[track_id] = _Person(t_ns, t_ns)
                self._grouped = None
        self._listed, self._present = ids, [self._people[track_id] for track_id in ids]

    def _leave(self, track_id: int) -> bool:
        """Turn the evidence about one who has left into links; True if the person was known."""
        pairs = self._pairs.leave(track_id)
        if pairs is None:
            return False
        self._people[track_id].gone = True
        self._listed = self._grouped = None
        for pair in pairs:
            if are_together(pair, self._settings):
                for one, other in (pair.ids, pair.ids[::-1]):
                    self._final.setdefault(one, {})[other] = pair.distance_m
        return True

    def _regroup(self) -> GroupStep:
        """Groups as their links make them; looked for only if other pairs are linked now."""
        linked = [pair for pair in self._pairs.pairs if are_together(pair, self._settings)]
        ids: list[Members] = [pair.ids for pair in linked]
        if ids == self._grouped:
            return self._same
        links = [(d, a, b) for a, row in self._final.items() for b, d in row.items() if a < b]
        links += [(pair.distance_m, *pair.ids) for pair in linked]
        groups = groups_of(self._people, links, max_size=self._settings.max_size)
        settled = [group for group in groups if all(self._people[m].gone for m in group)]
        done = tuple(self._settle(group) for group in settled)
        over = set(settled)
        passing = tuple(group for group in groups if len(group) > 1 and group not in over)
        self._same = GroupStep(passing, ())
        # Where two groups together are too large, it also matters which pair is closer.
        crowded = sum(sorted(map(len, groups))[-2:]) > self._settings.max_size
        self._grouped = None if crowded else ids
        return GroupStep(passing, tuple(sorted(done, key=lambda group: group.last_t_ns)))

    def _settle(self, members: Members) -> Group:
        people = [self._people.pop(member) for member in members]
        for member in members:
            for other in self._final.pop(member, {}):
                self._final.get(other, {}).pop(member, None)
        scores = [p.child_sum / p.child_count for p in people if p.child_count]
        return Group(
            members=members,
            children=sum(score >= self._settings.child_from for score in scores),
            adults=sum(score <= self._settings.adult_below for score in scores),
            first_t_ns=min(person.first_t_ns for person in people),
            last_t_ns=max(person.last_t_ns for person in people),
        )


def size_distribution(groups: Iterable[Group]) -> tuple[tuple[int, int], ...]:
    """(size, groups of that size), sizes rising; the number of groups is the buying units."""
    return tuple(sorted(Counter(group.size for group in groups).items()))
