"""The measured surface around a place on the floor, as points. Nothing of it is kept."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lintel.frames import DepthMap
from lintel.geometry import Pose

F32 = npt.NDArray[np.float32]
NEAREST_M = 0.3  # the camera has nothing nearer


@dataclass(frozen=True, slots=True, eq=False)
class Patch:
    """A rectangle of pixels and where each of them was measured."""

    rows: slice
    columns: slice
    offset_m: F32  # (P, 3) floor frame, from the place; NaN = not measured; row by row


def patch_around(
    depth: DepthMap, floor_from_cam: Pose, middle_m: F32, *, reach_m: float, nearer_m: float
) -> Patch:
    """The pixels that a body within ``reach_m`` of ``middle_m`` (3,) can cover, cut to the image.

    ``nearer_m``: by how much it may be nearer to the camera than its middle.
    """
    height, width = depth.depth_m.shape
    k = depth.intrinsics
    in_cam = floor_from_cam.inverse().apply(np.asarray(middle_m)[None])
    (u, v), reach_px = k.project(in_cam)[0], reach_m * k.fx
    reach_px = reach_px / max(float(in_cam[0, 2]) - nearer_m, NEAREST_M) + 2.0
    rows = slice(int(np.clip(v - reach_px, 0, height)), int(np.clip(v + reach_px, 0, height)))
    columns = slice(int(np.clip(u - reach_px, 0, width)), int(np.clip(u + reach_px, 0, width)))
    z = depth.depth_m[rows, columns]
    row, column = np.mgrid[rows, columns]
    in_cam = np.stack([(column - k.cx) / k.fx * z, (row - k.cy) / k.fy * z, z], axis=-1)
    points = in_cam.reshape(-1, 3) @ floor_from_cam.rotation.T + floor_from_cam.translation_m
    return Patch(rows, columns, np.asarray(points - middle_m, dtype=np.float32))
