"""Who looks at what: regions looked at, time to onset, effective viewers.

A person looks at a target while within ``reach_m`` of it and the face points at it: the direction
of the head (``Tracks.heading_rad``) lies between the directions of the target's ends, widened by
``tolerance_rad``. A look begins once that has lasted ``least_look_s``. Where the direction was not
measured nobody looks, and ``measured_share`` says how much of the time that was.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from lintel.clock import NS_PER_S
from lintel.config import TargetConfig
from lintel.errors import ContractError
from lintel.geometry import Bools, Floats, distance_to_segments
from lintel.records import Phase, Tracks

LONGEST_STEP_S = 0.5  # one observation stands for no more time
SILENT_S = 10.0


@dataclass(frozen=True, slots=True)
class AttentionState:
    """One target since reset.

    Attributes:
        target: its name.
        looking: people who look at it now.
        exposed: people who were within reach.
        viewers: those who looked at it.
        effective: those who looked for ``effective_s`` in all.
        looked_s: person-seconds of looking.
        mean_onset_s: from coming within reach to the first look; NaN without viewers.
        measured_share: of the time within reach, where the head's direction was known; NaN without.
    """

    target: str
    looking: int
    exposed: int
    viewers: int
    effective: int
    looked_s: float
    mean_onset_s: float
    measured_share: float


@dataclass(frozen=True, slots=True)
class AttentionSums:
    """What adds up at one target, and must survive a restart."""

    target: str
    exposed: int = 0
    viewers: int = 0
    effective: int = 0
    looked_s: float = 0.0
    onset_s: float = 0.0
    within_s: float = 0.0
    measured_s: float = 0.0


class _Sums:
    """The same while it grows."""

    def __init__(self, kept: AttentionSums) -> None:
        self.exposed, self.viewers, self.effective = kept.exposed, kept.viewers, kept.effective
        self.looked_s, self.onset_s = kept.looked_s, kept.onset_s
        self.within_s, self.measured_s = kept.within_s, kept.measured_s

    def kept(self, target: str) -> AttentionSums:
        """As a value."""
        return AttentionSums(
            target,
            self.exposed,
            self.viewers,
            self.effective,
            self.looked_s,
            self.onset_s,
            self.within_s,
            self.measured_s,
        )


@dataclass(slots=True)
class _Viewer:
    """One person at one target."""

    seen_ns: int
    came_ns: int | None = None  # within reach since
    faced_ns: int | None = None  # faces it since
    looking: bool = False
    viewed: bool = False
    looked_s: float = 0.0
    effective: bool = False


@dataclass(frozen=True, slots=True)
class _Sight:
    """Whether a person is within reach, faces the target, and the head's direction is known."""

    near: bool
    faces: bool
    known: bool


class AttentionMeter:
    """The stage for all targets of a site. State: one small record per live track and target.

    Raises (``step``):
        ContractError: time runs backwards.
    """

    def __init__(self, targets: Sequence[TargetConfig]) -> None:
        self._targets = tuple(targets)
        self.reset()

    def reset(self) -> None:
        """Forget everybody and all sums."""
        self._people: dict[int, list[_Viewer]] = {}
        self._sums = [_Sums(AttentionSums(target.name)) for target in self._targets]
        self._now_ns: int | None = None

    @property
    def people_remembered(self) -> int:
        """How many people state is kept for."""
        return len(self._people)

    def step(self, tracks: Tracks) -> tuple[AttentionState, ...]:
        """Take in one step of the tracker; confirmed tracks, where they were seen."""
        if self._now_ns is not None and tracks.t_ns < self._now_ns:
            raise ContractError(f"time runs backwards: {tracks.t_ns} ns after {self._now_ns} ns")
        self._now_ns = tracks.t_ns
        if not self._targets:
            return ()
        rows = np.flatnonzero(tracks.phase == Phase.CONFIRMED)
        places_m = tracks.xyz_m[rows, :2].astype(np.float64)
        heading = tracks.heading_rad[rows].astype(np.float64)
        known = np.isfinite(heading).tolist()
        for number, target in enumerate(self._targets):
            near = _within_reach(target, places_m)
            faces = near & faces_target(target, places_m, heading)
            for row, track_id in enumerate(tracks.id[rows].tolist()):
                person = self._people.setdefault(
                    track_id, [_Viewer(tracks.t_ns) for _ in self._targets]
                )
                sight = _Sight(bool(near[row]), bool(faces[row]), known[row])
                self._follow(number, person[number], sight, tracks.t_ns)
        silent_ns = tracks.t_ns - round(SILENT_S * NS_PER_S)
        silent = [key for key, one in self._people.items() if one[0].seen_ns < silent_ns]
        for track_id in [*tracks.ended.tolist(), *silent]:
            self._people.pop(track_id, None)
        return self.states()

    def sums(self) -> tuple[AttentionSums, ...]:
        """What must survive a restart; who is within reach now is forgotten by one."""
        return tuple(
            sums.kept(target.name) for target, sums in zip(self._targets, self._sums, strict=True)
        )

    def restore(self, kept: Iterable[AttentionSums]) -> None:
        """Go on from there; targets that are no more are left aside."""
        known = {sums.target: sums for sums in kept}
        self._sums = [
            _Sums(known.get(target.name, AttentionSums(target.name))) for target in self._targets
        ]

    def states(self) -> tuple[AttentionState, ...]:
        """How things stand at each target."""
        return tuple(self._state(number) for number in range(len(self._targets)))

    def _follow(self, number: int, one: _Viewer, sight: _Sight, t_ns: int) -> None:
        target, sums = self._targets[number], self._sums[number]
        step_s = min((t_ns - one.seen_ns) / NS_PER_S, LONGEST_STEP_S)
        one.seen_ns = t_ns
        if sight.near:
            if one.came_ns is None:
                one.came_ns = t_ns
                sums.exposed += 1
            else:
                sums.within_s += step_s
                sums.measured_s += step_s if sight.known else 0.0
        if not sight.faces:
            one.faced_ns, one.looking = None, False
            return
        if one.faced_ns is None:
            one.faced_ns = t_ns
            return
        lasted_s = (t_ns - one.faced_ns) / NS_PER_S
        if not one.looking and lasted_s < target.least_look_s:
            return
        gained_s = step_s if one.looking else lasted_s
        one.looking = True
        one.looked_s += gained_s
        sums.looked_s += gained_s
        if not one.viewed:
            one.viewed = True
            sums.viewers += 1
            came_ns = one.faced_ns if one.came_ns is None else one.came_ns
            sums.onset_s += (one.faced_ns - came_ns) / NS_PER_S
        if not one.effective and one.looked_s >= target.effective_s:
            one.effective = True
            sums.effective += 1

    def _state(self, number: int) -> AttentionState:
        sums = self._sums[number]
        return AttentionState(
            target=self._targets[number].name,
            looking=sum(person[number].looking for person in self._people.values()),
            exposed=sums.exposed,
            viewers=sums.viewers,
            effective=sums.effective,
            looked_s=sums.looked_s,
            mean_onset_s=sums.onset_s / sums.viewers if sums.viewers else math.nan,
            measured_share=sums.measured_s / sums.within_s if sums.within_s else math.nan,
        )


def same_targets(before: Sequence[TargetConfig], after: Sequence[TargetConfig]) -> bool:
    """Whether two sites have the same targets in the same order."""
    one, other = ([_key(target) for target in targets] for targets in (before, after))
    return one == other


def faces_target(target: TargetConfig, places_m: Floats, heading_rad: Floats) -> Bools:
    """Who of (N,) faces the target; nobody whose heading is NaN."""
    ends = [np.arctan2(*(end_m - places_m).T[::-1]) for end_m in target.ends_m]
    span = _turn(ends[1] - ends[0])  # the short way from one end to the other
    middle, half = ends[0] + 0.5 * span, 0.5 * np.abs(span) + target.tolerance_rad
    with np.errstate(invalid="ignore"):
        return np.asarray(np.abs(_turn(heading_rad - middle)) <= half)


def _within_reach(target: TargetConfig, places_m: Floats) -> Bools:
    start, end = target.ends_m[:1], target.ends_m[1:]
    near = [distance_to_segments(place, start, end).min() <= target.reach_m for place in places_m]
    return np.array(near, dtype=bool)


def _turn(angle_rad: Floats) -> Floats:
    """The angle in -pi .. pi."""
    return np.asarray((angle_rad + np.pi) % (2.0 * np.pi) - np.pi)


def _key(target: TargetConfig) -> object:
    rules = (target.reach_m, target.tolerance_rad, target.least_look_s, target.effective_s)
    return (target.name, *rules, target.ends_m.tolist())
