"""The measured surface around a place on the floor, as points. Nothing of it is kept."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lintel.frames import DepthMap
from lintel.geometry import Pose

F32 = npt.NDArray[np.float32]
NEAREST_M = 0.3  # the camera has nothing nearer


@dataclass(frozen=True, slots=True)
class Cylinder:
    """An upright cylinder around a place. Metres."""

    radius_m: float
    low_m: float  # its bottom, from the place; below it: negative
    high_m: float  # its top


@dataclass(frozen=True, slots=True, eq=False)
class Patch:
    """The pixels that a cylinder can cover, and which of them were measured inside it."""

    rows: slice
    columns: slice
    inside: npt.NDArray[np.bool_]  # (h, w)
    offset_m: F32  # (3, h, w) floor frame, from the place; NaN = not measured

    def inner_m(self) -> F32:
        """What was measured inside (3, P), row by row."""
        return self.offset_m.reshape(3, -1)[:, np.flatnonzero(self.inside)]


class Surface:
    """One depth map over a fitted floor, asked for what was measured around places."""

    def __init__(self, depth: DepthMap, floor_from_cam: Pose) -> None:
        k, rotation = depth.intrinsics, floor_from_cam.rotation
        height, width = depth.depth_m.shape
        across = (np.arange(width) - k.cx) / k.fx
        down = (np.arange(height) - k.cy) / k.fy
        self._depth = depth
        self._floor_from_cam = floor_from_cam
        self._cam_from_floor = floor_from_cam.inverse()
        # A pixel's ray in the floor frame is the sum of its column's part and its row's.
        self._column_ray = (rotation[:, :1] * across).astype(np.float32)  # (3, width)
        self._row_ray = (rotation[:, 1:2] * down + rotation[:, 2:]).astype(np.float32)

    def around(self, place_m: F32, cylinder: Cylinder) -> Patch:
        """What was measured in ``cylinder`` around ``place_m`` (3,), floor frame.

        Only pixels are asked that a body of this width covers at this place.
        """
        rows, columns = self._window(place_m, cylinder)
        offset_m = self._row_ray[:, rows, None] + self._column_ray[:, None, columns]
        offset_m *= self._depth.depth_m[rows, columns]
        foot_m = self._floor_from_cam.translation_m - place_m
        offset_m += foot_m.astype(np.float32)[:, None, None]
        x, y, z = offset_m
        inside = x * x + y * y < cylinder.radius_m**2
        inside &= z > cylinder.low_m
        inside &= z < cylinder.high_m
        return Patch(rows, columns, inside, offset_m)

    def _window(self, place_m: F32, cylinder: Cylinder) -> tuple[slice, slice]:
        k = self._depth.intrinsics
        x, y, z = self._cam_from_floor.apply(place_m).tolist()
        reach_px = cylinder.radius_m * k.fx / max(z - cylinder.high_m, NEAREST_M) + 2.0
        height, width = self._depth.depth_m.shape
        rows = _cut(k.fy * y / z + k.cy, reach_px, height)
        return rows, _cut(k.fx * x / z + k.cx, reach_px, width)


def _cut(middle_px: float, reach_px: float, size_px: int) -> slice:
    """The pixels within reach, of those that the image has."""
    low, high = middle_px - reach_px, middle_px + reach_px
    return slice(int(min(max(low, 0.0), size_px)), int(min(max(high, 0.0), size_px)))
