"""A sensor that does not hang yet: its two ideal cameras above the floor, and what they see.

The cameras are rectified: equal pinholes side by side. The view leans about the image's x axis,
towards the image's top (floor +y) where the tilt is positive.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from lintel.errors import PlanError
from lintel.geometry import Floats, Intrinsics, Pose, floor_from_cam_of
from lintel.planning.region import ConvexRegion

WIDEST_LENS_DEG = 114.0  # rectified pictures end at 57 degrees from the axis
HEIGHT_M = (1.8, 12.0)  # what a site file takes
TILT_MAX_DEG = 60.0
BASELINE_M = (0.01, 1.0)
SIDE_PX = (64, 16_384)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mount:
    """A rectified stereo pair at ``height_m``, leaning by ``tilt_rad`` from straight down.

    Attributes:
        intrinsics: of both rectified cameras.
        size: (width, height) of the rectified pictures, pixels.
        baseline_m: distance of the cameras; the right one stands at +x.
        nearest_m: depth, along the axis, of the nearest surface that is searched for.

    Raises:
        PlanError: a value is not finite or outside of what can be built.
    """

    intrinsics: Intrinsics
    size: tuple[int, int]
    baseline_m: float
    height_m: float
    tilt_rad: float = 0.0
    nearest_m: float = 0.3

    def __post_init__(self) -> None:
        limits = {
            "height_m": (self.height_m, *HEIGHT_M, "metres"),
            "tilt": (math.degrees(self.tilt_rad), -TILT_MAX_DEG, TILT_MAX_DEG, "degrees"),
            "baseline_m": (self.baseline_m, *BASELINE_M, "metres"),
            "nearest_m": (self.nearest_m, 0.05, HEIGHT_M[1], "metres"),
            "width": (self.size[0], *SIDE_PX, "pixels"),
            "height of the picture": (self.size[1], *SIDE_PX, "pixels"),
        }
        for name, (value, low, high, unit) in limits.items():
            within(name, value, low, high, unit)

    @property
    def floor_from_left(self) -> Pose:
        """The pose of the left camera."""
        normal = np.array([0.0, -math.sin(self.tilt_rad), -math.cos(self.tilt_rad)])
        return floor_from_cam_of(normal_cam=normal, height_m=self.height_m)

    @property
    def field_deg(self) -> tuple[float, float]:
        """Angle of view across and along the picture, degrees."""
        k, (width, height) = self.intrinsics, self.size
        across = math.atan((k.cx + 0.5) / k.fx) + math.atan((width - 0.5 - k.cx) / k.fx)
        along = math.atan((k.cy + 0.5) / k.fy) + math.atan((height - 0.5 - k.cy) / k.fy)
        return math.degrees(across), math.degrees(along)

    def depth_m(self, points_m: Floats) -> Floats:
        """Depth (N,) along the axis of points (N, 3) of the floor frame."""
        return np.asarray(self.floor_from_left.inverse().apply(points_m)[:, 2])

    def region(self, level_m: float) -> ConvexRegion:
        """Where both cameras see, and can match, what is ``level_m`` above the floor."""
        pose = self.floor_from_left
        left_m = pose.translation_m
        right_m = left_m + self.baseline_m * pose.rotation[:, 0]
        edges = _picture_edges(self.intrinsics, self.size)
        axis = pose.rotation[:, 2]
        planes: list[tuple[Floats, Floats]] = [
            (pose.rotation @ edge, centre) for centre in (left_m, right_m) for edge in edges
        ]
        planes.append((axis, left_m + self.nearest_m * axis))
        return _cut(planes, level_m)


def intrinsics_of_lens(hfov_deg: float, size: tuple[int, int]) -> Intrinsics:
    """Square pixels, axis in the middle, ``hfov_deg`` from the left to the right edge.

    A lens wider than rectified pictures can be gives the widest rectified picture.

    Raises:
        PlanError: no lens has this angle.
    """
    within("lens", hfov_deg, 5.0, 220.0, "degrees")
    half = math.radians(min(hfov_deg, WIDEST_LENS_DEG)) / 2
    return intrinsics_of_focal(size[0] / 2 / math.tan(half), size)


def intrinsics_of_focal(focal_px: float, size: tuple[int, int]) -> Intrinsics:
    """Square pixels, axis in the middle.

    Raises:
        PlanError: the focal length is not positive or absurd.
    """
    within("focal length", focal_px, 10.0, 100_000.0, "pixels")
    return Intrinsics(focal_px, focal_px, (size[0] - 1) / 2, (size[1] - 1) / 2)


def within(name: str, value: float, low: float, high: float, unit: str) -> None:
    """Check a value that a person gave.

    Raises:
        PlanError: not a number, or outside ``low..high``.
    """
    if not low <= value <= high:  # false for NaN too
        raise PlanError(f"{name}: expected {low:g} to {high:g} {unit}, got {value:g}")


def _picture_edges(k: Intrinsics, size: tuple[int, int]) -> list[Floats]:
    """Inward normals (3,), camera frame, of the planes through the lens and the four edges."""
    width, height = size
    return [
        np.array([k.fx, 0.0, k.cx + 0.5]),
        np.array([-k.fx, 0.0, width - 0.5 - k.cx]),
        np.array([0.0, k.fy, k.cy + 0.5]),
        np.array([0.0, -k.fy, height - 0.5 - k.cy]),
    ]


def _cut(planes: list[tuple[Floats, Floats]], level_m: float) -> ConvexRegion:
    """The planes ``normal . (p - point) >= 0`` where they cut the level z = ``level_m``."""
    normals: list[Floats] = []
    offsets_m: list[float] = []
    for normal, point_m in planes:
        length = float(np.hypot(normal[0], normal[1]))
        offset = float(normal @ point_m - normal[2] * level_m)
        if length > 1e-9 * float(np.linalg.norm(normal)):
            normals.append(normal[:2] / length)
            offsets_m.append(offset / length)
        elif offset > 0.0:  # a level plane, and all of this level is on its wrong side
            return ConvexRegion.nowhere()
    return ConvexRegion(np.array(normals), np.array(offsets_m))
