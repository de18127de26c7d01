"""How exactly heads will be measured, from stereo geometry alone.

``sigma_z = z^2 * sigma_d / (f * b)``: z depth along the axis, sigma_d error of the disparity,
f focal length in pixels, b baseline (docs/accuracy.md; Gallup et al., "Variable baseline/
resolution stereo", CVPR 2008). The error lies along the line of sight.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lintel.geometry import Floats
from lintel.planning.mount import Mount

DISPARITY_SIGMA_PX = 0.2  # on people; measured on rendered stereo


@dataclass(frozen=True, slots=True)
class HeadPrecision:
    """One standard error of a head in one frame, at one place."""

    where: str
    place_m: tuple[float, float]
    depth_m: float  # camera to head, along the axis
    height_sigma_m: float
    floor_sigma_m: float  # of the position on the floor


def depth_sigma_m(
    depth_m: float,
    *,
    focal_px: float,
    baseline_m: float,
    disparity_sigma_px: float = DISPARITY_SIGMA_PX,
) -> float:
    """Standard error of a depth."""
    return depth_m**2 * disparity_sigma_px / (focal_px * baseline_m)


def precision_at(mount: Mount, places_m: Floats, level_m: float) -> list[HeadPrecision]:
    """Precision of heads at places (N, 2) and ``level_m``; the first is called the centre."""
    tops_m = np.column_stack([places_m, np.full(len(places_m), level_m)])
    pose = mount.floor_from_left
    depths_m = mount.depth_m(tops_m)
    sights = (tops_m - pose.translation_m) / depths_m[:, None]  # per metre of depth
    rows: list[HeadPrecision] = []
    for number, (top, depth, sight) in enumerate(zip(tops_m, depths_m, sights, strict=True)):
        sigma_m = depth_sigma_m(
            float(depth), focal_px=mount.intrinsics.fx, baseline_m=mount.baseline_m
        )
        rows.append(
            HeadPrecision(
                where="centre" if number == 0 else f"corner {number}",
                place_m=(float(top[0]), float(top[1])),
                depth_m=float(depth),
                height_sigma_m=sigma_m * abs(float(sight[2])),
                floor_sigma_m=sigma_m * float(np.hypot(sight[0], sight[1])),
            )
        )
    return rows
