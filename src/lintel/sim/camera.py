"""Where a point of the floor frame appears in a camera's picture: pose, pinhole, lens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from lintel.geometry import Intrinsics, Pose
from lintel.rig import CameraModel
from lintel.sim.jit import kernel

F64: TypeAlias = npt.NDArray[np.float64]
NEAR_M = 0.05


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """One camera, as the kernels see it."""

    width: int
    height: int
    cam_from_floor: Pose
    lens: F64  # (21,) fisheye flag, fx, fy, cx, cy, largest radius, 14 coefficients, spare

    @classmethod
    def of(cls, size: tuple[int, int], camera: CameraModel, cam_from_floor: Pose) -> View:
        """The view of a real camera with its lens."""
        matrix = camera.matrix
        focal = (matrix[0, 0], matrix[1, 1], matrix[0, 2], matrix[1, 2])
        lens = np.zeros(21)
        lens[0] = float(camera.model == "fisheye")
        lens[1:5] = focal
        lens[6 : 6 + len(camera.distortion)] = camera.distortion
        lens[5] = _largest_radius(lens)
        return cls(*size, cam_from_floor, lens)

    @classmethod
    def pinhole(cls, size: tuple[int, int], k: Intrinsics, cam_from_floor: Pose) -> View:
        """The view of an ideal camera, as rectification makes it."""
        lens = np.zeros(21)
        lens[1:6] = (k.fx, k.fy, k.cx, k.cy, 50.0)
        return cls(*size, cam_from_floor, lens)

    @property
    def position_m(self) -> F64:
        """The optical centre (3,) in the floor frame."""
        centre: F64 = self.cam_from_floor.inverse().translation_m.astype(np.float64)
        return centre

    def project(self, points_m: F64) -> F64:
        """Pixel and depth (N, 3): u, v, z of floor-frame points; z = -1 where not pictured."""
        pose = self.cam_from_floor
        turn, shift = (np.asarray(part, np.float64) for part in (pose.rotation, pose.translation_m))
        return project(points_m, turn, shift, self.lens)


def _largest_radius(lens: F64) -> float:
    """The ray radius up to which the lens model still grows outward."""
    radii = np.linspace(0.0, 6.0, 1200)
    bent = np.array([distort(r, 0.0, lens)[0] for r in radii])
    falling = np.flatnonzero(np.diff(bent) <= 0.0)
    return float(radii[falling[0]] if len(falling) else radii[-1])


@kernel
def distort(x: float, y: float, lens: F64) -> tuple[float, float]:
    """OpenCV's lens models: fisheye (4 numbers) and rational with thin prism (up to 12)."""
    r2 = x * x + y * y
    k = lens[6:]
    if lens[0] == 1.0:
        r = np.sqrt(r2)
        if r < 1e-9:
            return x, y
        a = np.arctan(r)
        a2 = a * a
        bent = a * (1.0 + a2 * (k[0] + a2 * (k[1] + a2 * (k[2] + a2 * k[3]))))
        return x * bent / r, y * bent / r
    top = 1.0 + r2 * (k[0] + r2 * (k[1] + r2 * k[4]))
    bottom = 1.0 + r2 * (k[5] + r2 * (k[6] + r2 * k[7]))
    radial = top / bottom
    u = x * radial + 2.0 * k[2] * x * y + k[3] * (r2 + 2.0 * x * x) + k[8] * r2 + k[9] * r2 * r2
    v = y * radial + k[2] * (r2 + 2.0 * y * y) + 2.0 * k[3] * x * y + k[10] * r2 + k[11] * r2 * r2
    return u, v


@kernel
def project(points_m: F64, rotation: F64, translation_m: F64, lens: F64) -> F64:
    """Pixel u, v and depth z (N, 3) of points in the floor frame; z = -1 where not pictured."""
    out = np.empty((len(points_m), 3))
    for i in range(len(points_m)):
        c0, c1, c2 = translation_m[0], translation_m[1], translation_m[2]
        for j in range(3):
            c0 += rotation[0, j] * points_m[i, j]
            c1 += rotation[1, j] * points_m[i, j]
            c2 += rotation[2, j] * points_m[i, j]
        out[i, 2] = -1.0
        if c2 < NEAR_M:
            continue
        x, y = c0 / c2, c1 / c2
        if x * x + y * y > lens[5] * lens[5]:
            continue
        u, v = distort(x, y, lens)
        out[i, 0] = lens[1] * u + lens[3]
        out[i, 1] = lens[2] * v + lens[4]
        out[i, 2] = c2
    return out
