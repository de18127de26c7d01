"""Depth at a size at which nobody can be recognised, and where places lie in it.

EN 62676-4 (video surveillance, application guidelines) asks for 125 pixels per metre to
recognise a known person and 250 to identify a stranger, in pictures that show brightness. A look
has at most 100 at the nearest head, and shows no brightness at all.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from lintel.frames import DepthMap, FloatImage
from lintel.geometry import Floats, Intrinsics, Pose
from lintel.records import FloorFit

MAX_PX_PER_M = 100.0
TALLEST_M = 1.95  # heads of nearly everyone end below this
NEAREST_M = 0.5
UNKNOWN_HEIGHT_M = 2.5  # a mount as low as this is assumed until the floor is known
KNOWN_SHARE = 0.5  # of the depth pixels below one pixel of a look must be known


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """Depth along the axis, (h, w) metres, NaN = unknown, with lens and floor."""

    depth_m: FloatImage
    intrinsics: Intrinsics
    floor_from_cam: Pose | None

    @property
    def height_m(self) -> FloatImage:
        """Height above the floor (h, w); NaN = unknown, all of it without a floor."""
        if self.floor_from_cam is None:
            return np.full_like(self.depth_m, np.nan)
        up = _rays_up(self.depth_m.shape, self.intrinsics, self.floor_from_cam.rotation[2])
        camera_m = np.float32(self.floor_from_cam.translation_m[2])
        return np.asarray(up * self.depth_m + camera_m, dtype=np.float32)

    @property
    def pixel_area_m2(self) -> FloatImage:
        """Surface that each pixel stands for, facing the camera, (h, w)."""
        per_px = 1.0 / (self.intrinsics.fx * self.intrinsics.fy)
        return np.asarray(self.depth_m**2 * np.float32(per_px), dtype=np.float32)


def look_at(depth: DepthMap, floor: FloorFit | None) -> Look:
    """A depth map at the size of a look."""
    height, width = depth.depth_m.shape
    scale = _scale(depth.intrinsics, floor)
    size = (max(round(width * scale), 1), max(round(height * scale), 1))
    known = np.isfinite(depth.depth_m)
    total = _shrunk(np.where(known, depth.depth_m, np.float32(0)), size)
    share = _shrunk(known.astype(np.float32), size)
    unknown = share < KNOWN_SHARE
    small = np.where(unknown, np.float32(np.nan), total / np.maximum(share, np.float32(1e-6)))
    lens = resized(depth.intrinsics, (width, height), size)
    pose = floor.floor_from_cam if floor is not None else None
    return Look(small.astype(np.float32), lens, pose)


def resized(lens: Intrinsics, size: tuple[int, int], new_size: tuple[int, int]) -> Intrinsics:
    """Intrinsics of a picture of ``size`` (width, height) after area averaging to ``new_size``."""
    sx, sy = new_size[0] / size[0], new_size[1] / size[1]
    return Intrinsics(
        lens.fx * sx,
        lens.fy * sy,
        lens.cx * sx + 0.5 * (sx - 1.0),
        lens.cy * sy + 0.5 * (sy - 1.0),
    )


def pixel_from_floor(lens: Intrinsics, floor_from_cam: Pose) -> Floats:
    """The projection (3, 4) of places in the floor frame."""
    matrix = np.array([[lens.fx, 0.0, lens.cx], [0.0, lens.fy, lens.cy], [0.0, 0.0, 1.0]])
    cam_from_floor = floor_from_cam.inverse()
    outer = np.column_stack([cam_from_floor.rotation, cam_from_floor.translation_m])
    return np.asarray(matrix @ outer)


def _scale(lens: Intrinsics, floor: FloorFit | None) -> float:
    height_m = UNKNOWN_HEIGHT_M if floor is None else floor.height_m
    nearest_m = max(height_m - TALLEST_M, NEAREST_M)
    return min(1.0, MAX_PX_PER_M * nearest_m / lens.fx)


def _shrunk(image: FloatImage, size: tuple[int, int]) -> FloatImage:
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    return np.asarray(small, dtype=np.float32)


def _rays_up(shape: tuple[int, ...], lens: Intrinsics, up: Floats) -> FloatImage:
    """Rise in height per metre of depth, (h, w)."""
    u = (np.arange(shape[1]) - lens.cx) / lens.fx
    v = (np.arange(shape[0]) - lens.cy) / lens.fy
    rise = up[0] * u[None, :] + up[1] * v[:, None] + up[2]
    return np.asarray(rise, dtype=np.float32)
