"""Groups that were found under tracks, scored by the people behind the tracks."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lintel.evaluate.observed import FramePoints
from lintel.evaluate.tracking import TRACK_GATE_M
from lintel.truth import TruePerson

Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class PairScore:
    """Pairs of people said to be together, against pairs that are; counts, so that they add up."""

    hits: int = 0
    said: int = 0
    true: int = 0
    people: int = 0

    @property
    def precision(self) -> float:
        """Hits by pairs said; NaN without any."""
        return self.hits / self.said if self.said else float("nan")

    @property
    def recall(self) -> float:
        """Hits by true pairs; NaN without any."""
        return self.hits / self.true if self.true else float("nan")

    @property
    def f1(self) -> float:
        """Pairwise F1; NaN where nobody is together and nobody was said to be."""
        both = self.said + self.true
        return 2.0 * self.hits / both if both else float("nan")

    def __add__(self, other: PairScore) -> PairScore:
        return PairScore(
            self.hits + other.hits,
            self.said + other.said,
            self.true + other.true,
            self.people + other.people,
        )


def person_of_track(truth: FramePoints, tracks: FramePoints) -> dict[int, int]:
    """The person that each track was nearest to in most of its frames, within the gate."""
    votes: dict[int, Counter[int]] = {}
    for frame in np.intersect1d(truth.frame, tracks.frame).tolist():
        here, seen = _rows(truth, frame), _rows(tracks, frame)
        apart = np.linalg.norm(tracks.xyz_m[seen, None, :2] - truth.xyz_m[None, here, :2], axis=2)
        nearest = apart.argmin(axis=1)
        for row, column in enumerate(nearest.tolist()):
            if apart[row, column] <= TRACK_GATE_M:
                track = int(tracks.id[seen][row])
                votes.setdefault(track, Counter())[int(truth.id[here][column])] += 1
    return {track: counter.most_common(1)[0][0] for track, counter in votes.items()}


def score_pairs(
    found: Iterable[Sequence[int]],
    people: Sequence[TruePerson],
    *,
    person_of: Mapping[int, int],
    visible: Iterable[int],
    met: Collection[Pair] | None = None,
) -> PairScore:
    """Pairs of people in ``found`` groups of tracks, against those of the truth.

    Args:
        found: track ids of each group.
        people: everybody, with the group each belongs to.
        person_of: the person behind each track; a track of nobody makes a pair that is wrong.
        visible: people whom the sensor could see; only pairs of two of them must be found, and
            finding any other true pair is neither right nor wrong.
        met: pairs (smaller number first) that were in view at the same time; likewise. Whoever
            comes through minutes after the others cannot be seen to belong to them.
    """
    said: set[Pair] = set()
    for group in found:
        members = {person_of.get(track, -1 - track) for track in group}
        said |= set(itertools.combinations(sorted(members), 2))
    seen = set(visible)
    groups: dict[int, list[int]] = {}
    for person in people:
        if person.group is not None:
            groups.setdefault(person.group, []).append(person.id)
    pairs = (itertools.combinations(sorted(group), 2) for group in groups.values())
    together = set(itertools.chain.from_iterable(pairs))
    true = {pair for pair in together if seen.issuperset(pair) and (met is None or pair in met)}
    said -= together - true
    return PairScore(len(said & true), len(said), len(true), len(seen))


def pairs_in_view(frame: npt.NDArray[np.int64], person: npt.NDArray[np.int64]) -> set[Pair]:
    """Pairs of people, smaller number first, who are both listed in some frame.

    Args:
        frame: (K,) frame of each sighting.
        person: (K,) who it was.
    """
    frames_of: dict[int, set[int]] = {}
    for one, number in zip(person.tolist(), frame.tolist(), strict=True):
        frames_of.setdefault(one, set()).add(number)
    return {
        (a, b)
        for a, b in itertools.combinations(sorted(frames_of), 2)
        if not frames_of[a].isdisjoint(frames_of[b])
    }


def _rows(points: FramePoints, frame: int) -> slice:
    first, last = np.searchsorted(points.frame, [frame, frame + 1]).tolist()
    return slice(first, last)
