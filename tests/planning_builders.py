"""Mounts for the tests of planning."""

from __future__ import annotations

import math

from lintel.planning import Mount, intrinsics_of_lens

SIZE = (640, 400)


def mount(
    *,
    height_m: float = 3.0,
    tilt_deg: float = 0.0,
    hfov_deg: float = 95.0,
    baseline_m: float = 0.075,
    size: tuple[int, int] = SIZE,
    nearest_m: float | None = None,
) -> Mount:
    """A mount as ``lintel plan`` makes it; a head of 2.05 m is near enough."""
    return Mount(
        intrinsics=intrinsics_of_lens(hfov_deg, size),
        size=size,
        baseline_m=baseline_m,
        height_m=height_m,
        tilt_rad=math.radians(tilt_deg),
        nearest_m=max(0.3, height_m - 2.05) if nearest_m is None else nearest_m,
    )
