"""Stories for trackers: people walk along paths, a detector looks at a frame rate."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from lintel.records import Attributes, Detections, Phase, Tracks
from lintel.track.tracker import Tracker

Floats = npt.NDArray[np.float64]
Hidden = Callable[[float], bool]
SAME_PLACE_M = 0.35  # a track this near to a person may be the person's


def never(_: float) -> bool:
    return False


def between(start_s: float, end_s: float) -> Hidden:
    return lambda t_s: start_s <= t_s < end_s


@dataclass(frozen=True)
class Walker:
    """Someone on a path of (t, x, y) knots; absent before the first and after the last."""

    knots: Sequence[tuple[float, float, float]]
    stature_m: float = 1.7
    hidden: Hidden = never

    def at(self, t_s: float) -> Floats | None:
        t, x, y = np.array(self.knots, dtype=float).T
        if not t[0] <= t_s <= t[-1] or self.hidden(t_s):
            return None
        return np.array([np.interp(t_s, t, x), np.interp(t_s, t, y), self.stature_m])


def straight(
    start: tuple[float, float],
    end: tuple[float, float],
    *,
    at_s: float = 0.0,
    speed_mps: float = 1.3,
    stature_m: float = 1.7,
    hidden: Hidden = never,
) -> Walker:
    """Someone who walks from here to there."""
    takes_s = float(np.hypot(end[0] - start[0], end[1] - start[1])) / speed_mps
    return Walker(((at_s, *start), (at_s + takes_s, *end)), stature_m, hidden)


STORIES: dict[str, list[Walker]] = {
    "one walker": [straight((-2, 0), (2, 0))],
    "runner": [straight((-2, 0), (2, 0), speed_mps=3.0)],
    "crossing paths": [straight((-2, -1), (2, 1)), straight((-2, 1), (2, -1), at_s=0.3)],
    "pair at 35 cm": [straight((-2, 0), (2, 0)), straight((-2, 0.35), (2, 0.35))],
    "opposite, shoulder to shoulder": [
        straight((-2, 0), (2, 0)),
        straight((2, 0.35), (-2, 0.35)),
    ],
    "tailgating at 40 cm": [
        straight((-2, 0), (2, 0), at_s=index * 0.4 / 1.3) for index in range(3)
    ],
    "two couples": [straight((-2, y), (2, y), at_s=t) for y in (0, 0.45) for t in (0, 0.5)],
    "U-turn": [Walker(((0, -2, 0), (1.5, 0, 0), (1.8, 0.05, 0.1), (3.3, -2, 0.1)))],
    "hidden for half a second": [straight((-2, 0), (2, 0), hidden=between(1.2, 1.7))],
}
BLOB_STORIES: dict[str, list[Walker]] = {
    "passing in one blob": [
        straight((-2, 0), (2, 0), stature_m=1.65),
        straight((2, 0.1), (-2, 0.1), stature_m=1.80),
    ],
    "twins passing in one blob": [straight((-2, 0), (2, 0)), straight((2, 0.1), (-2, 0.1))],
    "couple that merges and parts": [
        Walker(((0, -2, -0.3), (1, -1, -0.1), (2.5, 0.5, -0.1), (3.5, 1.5, -0.4)), 1.65),
        Walker(((0, -2, 0.3), (1, -1, 0.1), (2.5, 0.5, 0.1), (3.5, 1.5, 0.4)), 1.75),
    ],
    "twin couple that merges and parts": [
        Walker(((0, -2, -0.3), (1, -1, -0.1), (2.5, 0.5, -0.1), (3.5, 1.5, -0.4))),
        Walker(((0, -2, 0.3), (1, -1, 0.1), (2.5, 0.5, 0.1), (3.5, 1.5, 0.4))),
    ],
    "meet, stand, turn back": [
        Walker(((0, -2, 0), (1.4, -0.15, 0), (2.6, -0.15, 0), (4, -2, 0)), 1.60),
        Walker(((0, 2, 0), (1.4, 0.15, 0), (2.6, 0.15, 0), (4, 2, 0)), 1.85),
    ],
}


@dataclass
class Look:
    """How the detector sees: frame rate, noise, misses, false heads, blobs."""

    fps: float = 15.0
    noise_m: float = 0.02
    stature_noise_m: float = 0.02
    miss_share: float = 0.0
    false_per_s: float = 0.0
    merge_below_m: float = 0.0  # two people nearer than this give one detection between them
    score: float = 0.9
    seed: int = 0


@dataclass
class Outcome:
    """What a tracker made of a story."""

    confirmed: dict[int, int] = field(default_factory=dict)  # id -> steps seen confirmed
    sequence: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    ended: list[int] = field(default_factory=list)
    shown: set[int] = field(default_factory=set)
    last: Tracks | None = None

    @property
    def people(self) -> int:
        return len(self.confirmed)

    @property
    def switches(self) -> int:
        """How often a person's id changed."""
        return sum(
            sum(one != other for one, other in pairwise(ids)) for ids in self.sequence.values()
        )

    def note(self, tracks: Tracks, truth: dict[int, Floats]) -> None:
        self.last = tracks
        self.shown.update(tracks.id.tolist())
        self.ended.extend(tracks.ended.tolist())
        seen = np.flatnonzero(tracks.phase == Phase.CONFIRMED)
        for number in tracks.id[seen].tolist():
            self.confirmed[number] = self.confirmed.get(number, 0) + 1
        self._match(truth, {int(tracks.id[row]): tracks.xyz_m[row, :2] for row in seen})

    def _match(self, truth: dict[int, Floats], places: dict[int, npt.NDArray[np.float32]]) -> None:
        """As in CLEAR MOT: who was with whom stays so while that is possible, then the nearest."""
        free = set(places)
        pairs: list[tuple[float, int, int]] = []
        for person, place in truth.items():
            for number, found in places.items():
                gap_m = float(np.hypot(*(found - place[:2])))
                kept = self.sequence[person][-1:] == [number]
                if gap_m < SAME_PLACE_M:
                    pairs.append((gap_m - SAME_PLACE_M * kept, person, number))
        matched: set[int] = set()
        for _, person, number in sorted(pairs):
            if person in matched or number not in free:
                continue
            matched.add(person)
            free.remove(number)
            if self.sequence[person][-1:] != [number]:
                self.sequence[person].append(number)


def watch(
    tracker: Tracker, walkers: Sequence[Walker], look: Look, *, seconds: float | None = None
) -> Outcome:
    """Show a story to a tracker, and two quiet seconds after it."""
    rng = np.random.default_rng(look.seed)
    end_s = max(w.knots[-1][0] for w in walkers) if walkers else 0.0
    outcome = Outcome()
    for index in range(int(((seconds or end_s) + 2.0) * look.fps)):
        t_s = index / look.fps
        places = [walker.at(t_s) for walker in walkers]
        truth = {who: place for who, place in enumerate(places) if place is not None}
        heads = detect(list(truth.values()), look, rng)
        outcome.note(tracker.step(detections_at(heads, t_s, score=look.score)), truth)
    return outcome


def detections_at(heads: Floats, t_s: float, *, score: float = 0.9) -> Detections:
    return Detections.of(heads, t_ns=round(t_s * 1e9), sigma_m=0.05, score=score)


def detect(places: list[Floats], look: Look, rng: np.random.Generator) -> Floats:
    """Heads as a detector would give them: blobs, noise, misses, false ones."""
    heads = [place + _noise(look, rng) for place in _merged(places, look.merge_below_m)]
    heads = [head for head in heads if rng.random() >= look.miss_share]
    for _ in range(rng.poisson(look.false_per_s / look.fps)):
        heads.append(np.array([rng.uniform(-3, 3), rng.uniform(-2, 2), rng.uniform(1.0, 1.9)]))
    return np.array(heads).reshape(-1, 3)


def _noise(look: Look, rng: np.random.Generator) -> Floats:
    return rng.normal(0.0, 1.0, 3) * [look.noise_m, look.noise_m, look.stature_noise_m]


def _merged(places: list[Floats], below_m: float) -> list[Floats]:
    left, merged = list(places), []
    while left:
        place = left.pop()
        for other in left:
            if np.hypot(*(place - other)[:2]) < below_m:
                left = [p for p in left if p is not other]
                middle = (place + other) / 2
                middle[2] = max(place[2], other[2])
                place = middle
                break
        merged.append(place)
    return merged


def with_attributes(heads: Floats, t_s: float, *, child: Floats, score: Floats) -> Detections:
    """Detections with a child score each; NaN = not measured."""
    count = len(heads)
    unmeasured = Attributes.unmeasured(count)
    return Detections(
        xyz_m=np.asarray(heads, dtype=np.float32).reshape(-1, 3),
        sigma_m=np.full(count, 0.05, dtype=np.float32),
        score=np.asarray(score, dtype=np.float32),
        attributes=Attributes(
            np.asarray(child, dtype=np.float32), unmeasured.staff, unmeasured.gender
        ),
        t_ns=round(t_s * 1e9),
        seq=0,
    )
