"""Depth maps of rooms that are given in metres: a floor, boxes, people, stereo noise."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from lintel.frames import DepthMap
from lintel.geometry import Intrinsics, Pose, floor_from_cam_of

Floats = npt.NDArray[np.float64]
Box = tuple[float, float, float, float, float, float]  # x1, x2, y1, y2, z1, z2, floor frame
Head = tuple[float, float, float]  # x, y of the body axis, stature
BASELINE_M = 0.075


@dataclass(frozen=True)
class Room:
    """A camera above a floor; ``roll_rad`` turns about the image y axis, pitch about x."""

    height_m: float = 3.0
    pitch_rad: float = 0.0
    roll_rad: float = 0.0
    boxes: tuple[Box, ...] = ()
    width_px: int = 640
    noise_px: float = 0.2
    offset_px: float = 0.0
    hole_share: float = 0.3
    wrong_share: float = 0.03
    seed: int = 0
    rng: np.random.Generator = field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "rng", np.random.default_rng(self.seed))

    @property
    def shape(self) -> tuple[int, int]:
        return self.width_px * 5 // 8, self.width_px

    @property
    def intrinsics(self) -> Intrinsics:
        height, width = self.shape
        focal = 0.46 * width  # 95 degrees across
        return Intrinsics(focal, focal, (width - 1) / 2 + 3.0, (height - 1) / 2 - 2.0)

    @property
    def tilt_rad(self) -> float:
        return float(np.arccos(-self.normal[2]))

    @property
    def normal(self) -> Floats:
        c, s = np.cos(self.pitch_rad), np.sin(self.pitch_rad)
        cr, sr = np.cos(self.roll_rad), np.sin(self.roll_rad)
        return np.array([-c * sr, s, -c * cr])

    @property
    def floor_from_cam(self) -> Pose:
        return floor_from_cam_of(normal_cam=self.normal, height_m=self.height_m)

    def depth(self, t_s: float, people: tuple[Head, ...] = ()) -> DepthMap:
        """A depth map with noise in disparity, holes and wrong matches."""
        exact = self.exact_depth(people)
        per_px = 1.0 / (self.intrinsics.fx * BASELINE_M)
        disparity = 1.0 / exact / per_px + self.offset_px
        disparity = disparity + self.noise_px * self.rng.standard_normal(self.shape)
        wrong = self._blobs(self.wrong_share)
        disparity[wrong] *= self.rng.uniform(0.7, 2.0, self.shape)[wrong]
        depth = (1.0 / (disparity * per_px)).astype(np.float32)
        depth[self._blobs(self.hole_share)] = np.nan
        depth[~(depth > 0)] = np.nan
        return depth_map(depth, self.intrinsics, t_s)

    @lru_cache(maxsize=4)  # noqa: B019 - a room lives as long as its test
    def exact_depth(self, people: tuple[Head, ...]) -> Floats:
        """Depth along the optical axis (H, W) without any error."""
        height, width = self.shape
        k = self.intrinsics
        x, y = np.meshgrid((np.arange(width) - k.cx) / k.fx, (np.arange(height) - k.cy) / k.fy)
        pose = self.floor_from_cam
        rays = (np.stack([x, y, np.ones_like(x)], axis=-1) @ pose.rotation.T).astype(np.float64)
        origin = pose.translation_m.astype(np.float64)
        depth: Floats = np.asarray(origin[2] / -rays[..., 2])
        for box in self.boxes:
            depth = np.minimum(depth, _box_depth(rays, origin, box))
        for px, py, stature in people:
            for center_z, radii in (
                (stature - 0.12, (0.09, 0.09, 0.12)),
                (stature / 2 - 0.1, (0.23, 0.18, stature / 2 - 0.1)),
            ):
                center = np.array([px, py, center_z])
                depth = np.minimum(depth, _ellipsoid_depth(rays, origin, center, np.array(radii)))
        return depth

    def _blobs(self, share: float) -> npt.NDArray[np.bool_]:
        """Patches of 10 px that cover about ``share`` of the picture."""
        height, width = self.shape
        coarse = self.rng.random((height // 10 + 1, width // 10 + 1)) < share
        return np.kron(coarse, np.ones((10, 10), dtype=bool))[:height, :width]


def depth_map(depth_m: npt.NDArray[np.float32], intrinsics: Intrinsics, t_s: float) -> DepthMap:
    """A depth map without a picture, confident wherever depth is known."""
    return DepthMap(
        depth_m=depth_m,
        confidence=np.isfinite(depth_m).astype(np.float32),
        intrinsics=intrinsics,
        image=np.zeros(depth_m.shape, dtype=np.uint8),
        t_ns=round(t_s * 1e9),
        seq=round(t_s * 1000),
    )


def _box_depth(rays: Floats, origin: Floats, box: Box) -> Floats:
    lows, highs = np.array(box[0::2]), np.array(box[1::2])
    safe = np.where(np.abs(rays) < 1e-9, 1e-9, rays)
    ends = np.stack([(lows - origin) / safe, (highs - origin) / safe])
    enter, leave = ends.min(axis=0).max(axis=-1), ends.max(axis=0).min(axis=-1)
    return np.where((enter < leave) & (enter > 0), enter, np.inf)


def _ellipsoid_depth(rays: Floats, origin: Floats, center: Floats, radii: Floats) -> Floats:
    d, o = rays / radii, (origin - center) / radii
    a, b, c = (d * d).sum(-1), d @ o, float(o @ o) - 1.0
    inside = b * b - a * c
    root = np.sqrt(np.where(inside > 0, inside, 0.0))
    return np.where(inside > 0, (-b - root) / a, np.inf)
