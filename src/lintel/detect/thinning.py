"""Which pixels are looked at: so many that they lie about so far apart on heads, and no more."""

from __future__ import annotations

import numpy as np

from lintel.geometry import Floats, Intrinsics

HEAD_M = 1.7  # above the floor, where the distance between pixels is reckoned
NEAREST_M = 0.5
MAX_STRIDE = 4


def stride_of(intrinsics: Intrinsics, camera_height_m: float, *, pitch_m: float) -> int:
    """Every how many rows and columns, for pixels ``pitch_m`` apart at the height of heads."""
    apart_m = max(camera_height_m - HEAD_M, NEAREST_M) / intrinsics.fx
    return int(np.clip(round(pitch_m / apart_m), 1, MAX_STRIDE))


def rays_of(intrinsics: Intrinsics, shape: tuple[int, int], stride: int) -> Floats:
    """Directions (h, w, 3) with z = 1 of the pixels looked at, camera frame."""
    v, u = np.mgrid[0 : shape[0] : stride, 0 : shape[1] : stride]
    x = (u - intrinsics.cx) / intrinsics.fx
    y = (v - intrinsics.cy) / intrinsics.fy
    return np.stack([x, y, np.ones_like(x)], axis=-1)
