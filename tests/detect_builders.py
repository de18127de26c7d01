"""Depth maps of simple solids, ray-cast exactly, for tests of detectors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lintel.frames import DepthMap
from lintel.geometry import Floats, Intrinsics, Pose, floor_from_cam_of
from lintel.records import FloorFit

SHAPE = (200, 320)
LENS = Intrinsics(160.0, 160.0, 159.5, 99.5)  # 90 degrees wide
BASELINE_M = 0.075


@dataclass(frozen=True)
class Ellipsoid:
    centre_m: tuple[float, float, float]
    radii_m: tuple[float, float, float]

    def hit(self, origin: Floats, rays: Floats) -> Floats:
        o = (origin - np.array(self.centre_m)) / np.array(self.radii_m)
        d = rays / np.array(self.radii_m)
        a, b, c = (d * d).sum(-1), (d * o).sum(-1), (o * o).sum() - 1.0
        inside = b * b - a * c
        with np.errstate(invalid="ignore"):
            return np.where(inside > 0, (-b - np.sqrt(inside)) / a, np.inf)


@dataclass(frozen=True)
class Box:
    low_m: tuple[float, float, float]
    high_m: tuple[float, float, float]

    def hit(self, origin: Floats, rays: Floats) -> Floats:
        with np.errstate(divide="ignore", invalid="ignore"):
            one = (np.array(self.low_m) - origin) / rays
            two = (np.array(self.high_m) - origin) / rays
        near = np.minimum(one, two).max(-1)
        far = np.maximum(one, two).min(-1)
        return np.where((near < far) & (near > 0), near, np.inf)


Solid = Ellipsoid | Box


def person(x_m: float, y_m: float, stature_m: float = 1.75) -> list[Solid]:
    """Head, shoulders and trunk; the top of the head is at ``stature_m``.

    Heads grow little: a child of 1 m has nine tenths of an adult's head.
    """
    k = stature_m / 1.75
    head = 0.75 + 0.25 * k
    return [
        Ellipsoid((x_m, y_m, stature_m - 0.12 * head), (0.10 * head, 0.085 * head, 0.12 * head)),
        Ellipsoid((x_m, y_m, 1.38 * k), (0.13 * k, 0.22 * k, 0.14 * k)),
        Ellipsoid((x_m, y_m, 0.95 * k), (0.14 * k, 0.18 * k, 0.50 * k)),
    ]


def floor_fit(*, height_m: float = 3.0, tilt_rad: float = 0.0) -> FloorFit:
    """The exact floor of a camera tilted about its x axis."""
    normal = np.array([0.0, np.sin(tilt_rad), -np.cos(tilt_rad)])
    pose = floor_from_cam_of(normal_cam=normal, height_m=height_m)
    return FloorFit(pose, 0.005, 0.001, 0.005, 10_000, settled=True)


def depth_of(
    solids: list[Solid],
    *,
    floor: FloorFit,
    t_s: float = 0.0,
    noise_px: float = 0.0,
    holes: float = 0.0,
    seed: int = 0,
) -> DepthMap:
    """What the camera above ``floor`` sees; noise is in disparity, as a matcher's is."""
    pose: Pose = floor.floor_from_cam
    v, u = np.mgrid[0 : SHAPE[0], 0 : SHAPE[1]]
    rays_cam = np.stack([(u - LENS.cx) / LENS.fx, (v - LENS.cy) / LENS.fy, np.ones(SHAPE)], axis=-1)
    rays = rays_cam @ pose.rotation.T
    origin = pose.translation_m
    depth = -origin[2] / np.minimum(rays[..., 2], -1e-9)
    for solid in solids:
        depth = np.minimum(depth, solid.hit(origin, rays))
    rng = np.random.default_rng(seed)
    disparity = LENS.fx * BASELINE_M / depth + noise_px * rng.standard_normal(SHAPE)
    depth = np.where(disparity > 0.1, LENS.fx * BASELINE_M / np.maximum(disparity, 0.1), np.nan)
    depth[rng.random(SHAPE) < holes] = np.nan
    return _depth_map(depth, t_s)


def _depth_map(depth: npt.NDArray[np.floating], t_s: float) -> DepthMap:
    depth_m = depth.astype(np.float32)
    return DepthMap(
        depth_m=depth_m,
        confidence=np.isfinite(depth_m).astype(np.float32),
        intrinsics=LENS,
        image=np.zeros(SHAPE, dtype=np.uint8),
        t_ns=round(t_s * 1e9),
        seq=round(t_s * 10),
    )
