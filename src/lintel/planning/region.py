"""Convex regions of a level plane, as half-planes: what a camera sees at one height.

The edges of a picture are planes through the lens; where they cut a level plane they are straight
lines, so a field of view is an intersection of half-planes. Shrinking it by a shape moves each of
them by how far the shape reaches across it, which is exact (erosion by a convex set).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lintel.errors import ContractError
from lintel.geometry import Bools, Floats, cross_2d, read_only

REACH_M = 12.0  # nothing further from the foot of the camera is looked at, as on the plan view

FLAT_M = 1e-7  # a corner that stands out less than this is none


@dataclass(frozen=True, slots=True, eq=False)
class ConvexRegion:
    """Points p (2,) with ``normals[k] . p >= offsets_m[k]`` for all k, within REACH_M."""

    normals: Floats  # (K, 2) unit length, inward
    offsets_m: Floats  # (K,)

    def __post_init__(self) -> None:
        read_only(self.normals, (-1, 2), "ConvexRegion.normals")
        read_only(self.offsets_m, (len(self.normals),), "ConvexRegion.offsets_m")
        lengths = np.linalg.norm(self.normals, axis=1)
        if len(lengths) and float(np.abs(lengths - 1.0).max()) > 1e-9:
            raise ContractError("ConvexRegion.normals: expected unit vectors")

    @classmethod
    def nowhere(cls) -> ConvexRegion:
        """The region without points."""
        return cls(np.array([[1.0, 0.0], [-1.0, 0.0]]), np.array([1.0, 1.0]))

    def shrunk(self, *, radius_m: float = 0.0, x_m: float = 0.0, y_m: float = 0.0) -> ConvexRegion:
        """Points whose disc of ``radius_m``, and box of half sides x_m, y_m, stays inside."""
        across = np.abs(self.normals) @ np.array([x_m, y_m])
        return ConvexRegion(self.normals.copy(), self.offsets_m + radius_m + across)

    def contains(self, points_m: Floats) -> Bools:
        """Which of the points (N, 2) lie inside, (N,)."""
        inside = points_m @ self.normals.T >= self.offsets_m - 1e-9
        near = np.abs(points_m).max(axis=1) <= REACH_M
        return np.asarray(inside.all(axis=1) & near)

    def corners_m(self) -> Floats:
        """Corners (K, 2), counter-clockwise; (0, 2) where the region is empty.

        Clipping after Sutherland and Hodgman, CACM 17 (1974).
        """
        square = np.array([[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]])
        corners: Floats = REACH_M * square
        for normal, offset in zip(self.normals, self.offsets_m, strict=True):
            corners = _clipped(corners, normal, float(offset))
        return _true_corners(corners)


def area_m2(corners_m: Floats) -> float:
    """Area of a polygon (K, 2), positive if counter-clockwise (shoelace formula)."""
    return float(0.5 * cross_2d(corners_m, np.roll(corners_m, -1, axis=0)).sum())


def centroid_m(corners_m: Floats) -> Floats:
    """Centre of gravity (2,) of a polygon (K, 2) with an area."""
    following = np.roll(corners_m, -1, axis=0)
    weight = cross_2d(corners_m, following)
    total = ((corners_m + following) * weight[:, None]).sum(axis=0)
    return np.asarray(total / (3.0 * weight.sum()))


def chord_m(corners_m: Floats, y_m: float) -> tuple[float, float] | None:
    """Where the convex polygon (K, 2) is at height y: least and greatest x; None beside it."""
    start, end = corners_m, np.roll(corners_m, -1, axis=0)
    low, high = np.minimum(start[:, 1], end[:, 1]), np.maximum(start[:, 1], end[:, 1])
    met = (low <= y_m) & (y_m <= high)
    if not met.any():
        return None
    a, b = start[met], end[met]
    rise = b[:, 1] - a[:, 1]
    level = rise == 0.0
    share = np.where(level, 0.0, (y_m - a[:, 1]) / np.where(level, 1.0, rise))
    x = np.concatenate([a[:, 0] + share * (b[:, 0] - a[:, 0]), b[level, 0]])
    return float(x.min()), float(x.max())


def longest_chord_m(corners_m: Floats) -> float:
    """Length of the longest segment along x inside a convex polygon; 0 where it is empty.

    The length of a chord is concave in y and bends at corners only, so one of them has it.
    """
    chords = [chord_m(corners_m, float(y)) for y in corners_m[:, 1]]
    return max((high - low for low, high in filter(None, chords)), default=0.0)


def _clipped(corners: Floats, normal: Floats, offset: float) -> Floats:
    """The part of a convex polygon with ``normal . p >= offset``."""
    if len(corners) == 0:
        return corners
    depth = corners @ normal - offset
    kept: list[Floats] = []
    for k, (corner, here) in enumerate(zip(corners, depth, strict=True)):
        following, there = corners[(k + 1) % len(corners)], depth[(k + 1) % len(corners)]
        if here >= 0.0:
            kept.append(corner)
        if (here >= 0.0) != (there >= 0.0):
            kept.append(corner + (following - corner) * (here / (here - there)))
    return np.array(kept).reshape(-1, 2)


def _true_corners(corners: Floats) -> Floats:
    """Drop corners that repeat one before or lie on a straight edge; (0, 2) without area."""
    while len(corners) >= 3:
        before = corners - np.roll(corners, 1, axis=0)
        after = np.roll(corners, -1, axis=0) - corners
        lengths = np.linalg.norm(before, axis=1), np.linalg.norm(after, axis=1)
        bent = np.abs(cross_2d(before, after)) > FLAT_M * (lengths[0] + lengths[1])
        if bent.all():
            return corners
        first = int(np.argmin(bent))  # one at a time: of two that coincide one must stay
        corners = np.delete(corners, first, axis=0)
    return np.empty((0, 2))
