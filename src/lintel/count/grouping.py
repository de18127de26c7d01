"""Which pairs belong together, and what groups their links make. Pure; no state."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from lintel.count.pair_evidence import Pair
from lintel.errors import ContractError

Link: TypeAlias = tuple[float, int, int]  # distance in metres, two ids
Members: TypeAlias = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class GroupSettings:
    """What "together" means. Chosen on real trajectories, see docs/how-to/zones-and-groups.md.

    Attributes:
        distance_m: two people are together while their mean distance (harmonic, over their time
            together) is below this, once they have walked long together.
        near_m: this close they must be while they have hardly walked together.
        evidence_path_m: after walking this many metres together, the limit is halfway from
            ``near_m`` to ``distance_m``: the less two people have walked together, the closer
            they must be.
        least_path_m: who has walked less together is not together; people who only stand near
            each other are no group.
        relative_speed_mps: one moves relative to the other more slowly than this on average, ...
        drift_m: ... or by less than this in all: who is seen for a second or two and meanwhile
            steps aside for somebody has not parted from the others.
        entry_gap_s: they come into view within this time of each other.
        max_size: larger than this is a crowd, not a group; also bounds the state.
        child_from: a child scores at least this on average.
        adult_below: an adult scores at most this; between the two nobody decides.
    """

    distance_m: float = 2.0
    near_m: float = 0.35
    evidence_path_m: float = 6.0
    least_path_m: float = 0.5
    relative_speed_mps: float = 0.28
    drift_m: float = 0.8
    entry_gap_s: float = 6.0
    max_size: int = 12
    child_from: float = 0.7
    adult_below: float = 0.3

    def __post_init__(self) -> None:
        limits = (self.distance_m, self.relative_speed_mps, self.entry_gap_s)
        grows = 0.0 <= self.near_m <= self.distance_m and self.least_path_m >= 0.0
        allowed = min(self.evidence_path_m, self.drift_m) >= 0.0 and self.max_size >= 2
        if not (min(limits) > 0.0 and allowed and grows):
            raise ContractError(
                "GroupSettings: limits must be positive and max_size at least 2, got "
                f"{limits}, evidence_path_m {self.evidence_path_m}, drift_m {self.drift_m}, "
                f"max_size {self.max_size}"
            )


def are_together(pair: Pair, settings: GroupSettings) -> bool:
    """Whether a pair is linked, by its evidence.

    That they came into view within ``entry_gap_s`` is what makes them a pair at all.
    """
    if pair.path_m < settings.least_path_m or _part(pair, settings):
        return False
    path_m = max(pair.path_m, 1e-9)
    trust = path_m / (path_m + settings.evidence_path_m)
    return pair.distance_m < settings.near_m + (settings.distance_m - settings.near_m) * trust


def _part(pair: Pair, settings: GroupSettings) -> bool:
    return pair.drift_m >= max(settings.relative_speed_mps * pair.both_s, settings.drift_m)


def groups_of(
    people: Iterable[int], links: Iterable[Link], *, max_size: int
) -> tuple[Members, ...]:
    """Groups by their links, closest first; a link that would make a group too large is void.

    Everyone is in exactly one group, alone if need be. Friends of friends are friends (single
    link): in a family of five, the outermost walk several metres apart.
    """
    group_of: dict[int, list[int]] = {person: [person] for person in people}
    for _, a, b in sorted(links):
        one, other = group_of[a], group_of[b]
        if one is other or len(one) + len(other) > max_size:
            continue
        one.extend(other)
        for person in other:
            group_of[person] = one
    return tuple(tuple(sorted(group)) for group in _distinct(group_of))


def _distinct(group_of: Mapping[int, list[int]]) -> list[list[int]]:
    return list({id(group): group for group in group_of.values()}.values())
