"""The geometry of counting lines: how far a point is from a line, where a step passes it.

A directed polyline is prolonged beyond its ends in the direction of its end segments, so that
"beyond the line" has a meaning for someone who stands past an end. Side is never a property of
a point: it is the signed number of passages of the prolonged line along a path, which is right
at every corner, convex or concave, and for outlines. Only passages of the finite line, between
its ends, make a crossing; passages of a prolongation are the way round the end.

Prolongations that would run back into their own line stop half-way. A line whose first point is
its last is an outline and has none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from lintel.config import LineConfig
from lintel.geometry import Bools, Floats

Ints: TypeAlias = npt.NDArray[np.int64]
Signs: TypeAlias = npt.NDArray[np.int8]

RAY_M = 1.0e4  # "endless": well beyond the 1 km that a site file may span
CLOSED_M = 1.0e-6  # first and last point nearer than this: an outline
TOLERANCE_M = 1.0e-6  # "at least h" holds to a micrometre, the resolution of a float32 position

# Passages are tested against a copy of the line moved by a tenth of a micrometre, so that a path
# through a corner, or a point exactly on the line, is never a special case.
_NUDGE_M = np.array([1.414213562e-7, 0.618033989e-7])


@dataclass(frozen=True, slots=True, eq=False)
class Passages:
    """Where N steps pass S segments.

    ``sign`` (N, S): +1 from right to left of the segment, -1 from left to right, 0 none.
    ``share`` (N, S): how far along the step, 0..1; meaningless where sign is 0.
    """

    sign: Signs
    share: Floats


@dataclass(frozen=True, slots=True, eq=False)
class StepHits:
    """Where one step passes the s segments of one line; ``finite``: between its ends."""

    sign: Signs  # (s,)
    share: Floats  # (s,)
    finite: Bools  # (s,)


class LineShapes:
    """Several lines with their prolongations, as one stack of S segments.

    ``bounds`` (L + 1,): segments of line k are ``bounds[k]:bounds[k + 1]``.
    ``finite`` (S,): the segment lies between the ends; otherwise it is a prolongation.
    ``bent`` (L,): the line has corners, so that a long step must be looked at in pieces.
    """

    def __init__(self, lines: Sequence[LineConfig]) -> None:
        shapes = [_prolonged(line) for line in lines]
        counts = [len(finite) for _, _, finite in shapes]
        self.bounds: Ints = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        self.finite: Bools = np.concatenate([np.zeros(0, bool), *(s[2] for s in shapes)])
        self.bent: Bools = np.array([len(line.points_m) > 2 for line in lines], dtype=bool)
        empty = np.zeros((0, 2))
        starts_m = np.concatenate([empty, *(s[0] for s in shapes)])
        ends_m = np.concatenate([empty, *(s[1] for s in shapes)])
        self._starts_m, self._ends_m = starts_m, ends_m
        self._length_m: Floats = np.linalg.norm(ends_m - starts_m, axis=1)
        self._along: Floats = (ends_m - starts_m) / self._length_m[:, None]

    def distance_m(self, points_m: Floats) -> Floats:
        """Distance (N, L) of points (N, 2) from the prolonged lines."""
        return self._nearest(self._segment_distance_m(points_m))

    def finite_distance_m(self, points_m: Floats) -> Floats:
        """Distance (N, L) of points (N, 2) from the lines between their ends."""
        distance = self._segment_distance_m(points_m)
        return self._nearest(np.where(self.finite, distance, np.inf))

    def passages(self, from_m: Floats, to_m: Floats) -> Passages:
        """Where the steps from (N, 2) to (N, 2) pass the segments."""
        side_from, side_to = self._side_m(from_m), self._side_m(to_m)
        changes = (side_from >= 0.0) != (side_to >= 0.0)
        sign: Signs = np.zeros(changes.shape, dtype=np.int8)
        if not changes.any():
            return Passages(sign, np.zeros(changes.shape))
        hits = changes & self._between_ends(from_m, to_m)
        sign[hits] = np.where(side_to >= 0.0, 1, -1)[hits]
        change = np.where(changes, side_from - side_to, 1.0)
        return Passages(sign, np.clip(side_from / change, 0.0, 1.0))

    def passed(self, passages: Passages) -> Bools:
        """Which steps passed which lines or their prolongations, (N, L)."""
        return np.logical_or.reduceat(passages.sign != 0, self.bounds[:-1], axis=1)

    def hits(self, passages: Passages, step: int, line: int) -> StepHits:
        """What one of the steps did at one line."""
        own = slice(int(self.bounds[line]), int(self.bounds[line + 1]))
        return StepHits(passages.sign[step, own], passages.share[step, own], self.finite[own])

    def _nearest(self, distance: Floats) -> Floats:
        return np.minimum.reduceat(distance, self.bounds[:-1], axis=1)

    def _side_m(self, points_m: Floats) -> Floats:
        offset = points_m[:, None, :] - (self._starts_m + _NUDGE_M)
        return np.asarray(self._along[:, 0] * offset[..., 1] - self._along[:, 1] * offset[..., 0])

    def _between_ends(self, from_m: Floats, to_m: Floats) -> Bools:
        step = (to_m - from_m)[:, None, :]
        turns = []
        for corner_m in (self._starts_m, self._ends_m):
            offset = corner_m + _NUDGE_M - from_m[:, None, :]
            turns.append(step[..., 0] * offset[..., 1] - step[..., 1] * offset[..., 0] >= 0.0)
        return np.asarray(turns[0] != turns[1])

    def _segment_distance_m(self, points_m: Floats) -> Floats:
        offset = points_m[:, None, :] - self._starts_m
        along = offset[..., 0] * self._along[:, 0] + offset[..., 1] * self._along[:, 1]
        across = offset[..., 0] * self._along[:, 1] - offset[..., 1] * self._along[:, 0]
        past = np.maximum(np.maximum(-along, along - self._length_m), 0.0)
        return np.asarray(np.hypot(across, past))


def is_outline(points_m: Floats) -> bool:
    """Whether the polyline (K, 2) ends where it begins."""
    return len(points_m) > 3 and float(np.linalg.norm(points_m[0] - points_m[-1])) < CLOSED_M


def _prolonged(line: LineConfig) -> tuple[Floats, Floats, Bools]:
    """Starts (S, 2), ends (S, 2) and finite (S,) of the prolonged line, in its direction."""
    points = np.asarray(line.points_m, dtype=np.float64)
    if is_outline(points):
        return (
            points[:-1],
            np.concatenate([points[1:-1], points[:1]]),
            np.ones(len(points) - 1, bool),
        )
    before = _ray_end(points[::-1], clearance_m=2.0 * line.hysteresis_m)
    after = _ray_end(points, clearance_m=2.0 * line.hysteresis_m)
    chain = np.concatenate([before[None], points, after[None]])
    finite = np.ones(len(chain) - 1, dtype=bool)
    finite[[0, -1]] = False
    return chain[:-1], chain[1:], finite


def _ray_end(points_m: Floats, *, clearance_m: float) -> Floats:
    """Where the prolongation beyond the last point ends.

    It stops half-way to the place where it would come nearer than ``clearance_m`` to the rest
    of the line or to the prolongation of its other end.
    """
    tip, towards = points_m[-1], points_m[-1] - points_m[-2]
    towards = towards / np.linalg.norm(towards)
    if len(points_m) == 2:
        return np.asarray(tip + RAY_M * towards)
    back = points_m[0] - points_m[1]
    far = points_m[0] + RAY_M * back / np.linalg.norm(back)
    rest = np.concatenate([far[None], points_m[:-1]])
    reach_m = np.linspace(0.0, 100.0, 4001)
    distance = _distance_to_chain(tip + reach_m[:, None] * towards, rest)
    blocked = (distance < distance[0] - TOLERANCE_M) & (distance < clearance_m + 0.025)
    length_m = 0.5 * reach_m[int(np.argmax(blocked))] if blocked.any() else RAY_M
    return np.asarray(tip + max(length_m, 0.01) * towards)


def _distance_to_chain(points_m: Floats, chain_m: Floats) -> Floats:
    starts, along = chain_m[:-1], np.diff(chain_m, axis=0)
    offset = points_m[:, None, :] - starts
    share = np.clip((offset * along).sum(axis=2) / (along * along).sum(axis=1), 0.0, 1.0)
    gaps = np.linalg.norm(offset - share[..., None] * along, axis=2)
    return np.asarray(gaps.min(axis=1))
