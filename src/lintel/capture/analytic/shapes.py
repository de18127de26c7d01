"""Solids of the analytic scene and where rays meet them. Closed formulas, float32, no loops.

Rays have depth 1 along the optical axis, so that the ray parameter of a hit is its depth.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from lintel.capture.analytic.texture import FloatImage
from lintel.geometry import Floats

Xyz: TypeAlias = tuple[float, float, float]
_TINY = np.float32(1e-9)


@dataclass(frozen=True, slots=True)
class Surface:
    """How a solid looks: mean gray level, texture strength, and where it lies in the tile."""

    gray: float
    contrast: float = 24.0
    offset: int = 0  # decorrelates surfaces that share the tile


@dataclass(frozen=True, slots=True)
class Solid:
    """A box or an ellipsoid, upright, turned by ``yaw_rad`` about the vertical."""

    kind: Literal["box", "ellipsoid"]
    centre_m: Xyz
    half_m: Xyz  # half edge lengths, or semi-axes
    surface: Surface
    yaw_rad: float = 0.0

    def corners(self) -> Floats:
        """The corners (8, 3) of the bounding box, floor frame."""
        signs = np.array(np.meshgrid([-1, 1], [-1, 1], [-1, 1])).reshape(3, 8).T
        local = signs * np.array(self.half_m)
        return np.asarray(local @ self.turn() + np.array(self.centre_m))

    def turn(self) -> Floats:
        """Rotation (3, 3) from the floor frame to the solid's own axes."""
        cos, sin = np.cos(self.yaw_rad), np.sin(self.yaw_rad)
        return np.array([[cos, sin, 0.0], [-sin, cos, 0.0], [0.0, 0.0, 1.0]])


@dataclass(frozen=True, slots=True, eq=False)
class Hits:
    """Where the rays of a window meet a solid; ``depth_m`` is infinite where they miss it."""

    depth_m: FloatImage  # (H, W)
    local_m: FloatImage  # (3, H, W) in the solid's own axes, from its centre
    facing: FloatImage  # (H, W) cosine between the surface's normal and the light


def meet(solid: Solid, origin_m: Floats, rays: FloatImage, light: Floats) -> Hits:
    """Intersect rays ``origin + depth * ray`` (3, H, W) with a solid."""
    turn, half = solid.turn(), np.array(solid.half_m)
    start = (turn @ (origin_m - np.array(solid.centre_m)) / half).astype(np.float32)
    unit = _turned(rays, (turn / half[:, None]).astype(np.float32))
    depth = _box_depth(start, unit) if solid.kind == "box" else _ball_depth(start, unit)
    hit = np.isfinite(depth)
    point = start[:, None, None] + np.where(hit, depth, 0.0).astype(np.float32) * unit
    towards = turn @ light
    facing = _box_facing if solid.kind == "box" else _ball_facing
    return Hits(
        depth,
        point * half.astype(np.float32)[:, None, None],
        facing(point, half.astype(np.float32), towards.astype(np.float32)),
    )


def _turned(rays: FloatImage, matrix: FloatImage) -> FloatImage:
    x, y, z = rays
    out = np.empty_like(rays)
    out[0] = matrix[0, 0] * x + matrix[0, 1] * y  # upright: z mixes with neither
    out[1] = matrix[1, 0] * x + matrix[1, 1] * y
    out[2] = matrix[2, 2] * z
    return out


def _ball_depth(start: FloatImage, ray: FloatImage) -> FloatImage:
    """First root of ``|start + depth * ray| = 1``."""
    a = np.einsum("ihw,ihw->hw", ray, ray)
    b = np.einsum("i,ihw->hw", start, ray)
    discriminant = b * b - a * np.float32(start @ start - 1.0)
    with np.errstate(invalid="ignore"):
        depth = (-b - np.sqrt(discriminant)) / a
    return np.where((discriminant > 0) & (depth > 0), depth, np.inf).astype(np.float32)


def _box_depth(start: FloatImage, ray: FloatImage) -> FloatImage:
    """Slab method: the ray is inside the box between its last entry and its first exit."""
    safe = np.where(np.abs(ray) < _TINY, _TINY, ray)
    to_low = (-1.0 - start)[:, None, None] / safe
    to_high = (1.0 - start)[:, None, None] / safe
    enter = np.minimum(to_low, to_high).max(axis=0)
    leave = np.maximum(to_low, to_high).min(axis=0)
    return np.where((enter < leave) & (enter > 0), enter, np.inf).astype(np.float32)


def _ball_facing(point: FloatImage, half: FloatImage, light: FloatImage) -> FloatImage:
    normal = point / half[:, None, None]
    length = np.sqrt(np.einsum("ihw,ihw->hw", normal, normal))
    return np.asarray(np.einsum("i,ihw->hw", light, normal) / np.maximum(length, _TINY))


def _box_facing(point: FloatImage, half: FloatImage, light: FloatImage) -> FloatImage:
    del half  # a box's faces have the normals of its axes, whatever its size
    face = np.abs(point).argmax(axis=0)
    sign = np.sign(np.take_along_axis(point, face[None], axis=0)[0])
    return np.asarray(light[face] * sign, dtype=np.float32)
