"""One eye of the analytic rig: where it is, and the ray of each pixel."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from lintel.capture.analytic.texture import FloatImage
from lintel.geometry import Floats, Pose
from lintel.rig import CameraModel, StereoRig

HORIZONTAL_FIELD_RAD = np.deg2rad(95.0)
_NEAR_M = 0.05


@dataclass(frozen=True, slots=True)
class Window:
    """A rectangle of pixels, half-open."""

    top: int
    bottom: int
    left: int
    right: int

    @property
    def region(self) -> tuple[slice, slice]:
        """Index of the rectangle in an image (H, W)."""
        return slice(self.top, self.bottom), slice(self.left, self.right)


def analytic_rig(
    size: tuple[int, int], *, baseline_m: float, distortion: tuple[float, ...] = ()
) -> StereoRig:
    """A parallel rig: both eyes look the same way, the right one ``baseline_m`` to the right.

    Args:
        size: width and height, pixels.
        baseline_m: distance of the eyes.
        distortion: lens distortion of both eyes in OpenCV's order; none by default, and then
            the images are already rectified.
    """
    width, height = size
    focal = 0.5 * width / np.tan(0.5 * HORIZONTAL_FIELD_RAD)
    matrix = np.array(
        [[focal, 0.0, 0.5 * (width - 1)], [0.0, focal, 0.5 * (height - 1)], [0.0, 0.0, 1.0]]
    )
    camera = CameraModel(matrix, np.array(distortion, dtype=np.float64))
    pose = Pose(np.eye(3), np.array([-baseline_m, 0.0, 0.0]))
    return StereoRig(size, camera, camera, pose, "analytic")


def floor_pose(*, height_m: float, tilt_rad: float) -> Pose:
    """``floor_from_cam`` of the left eye; a positive tilt looks on towards the image's top."""
    cos, sin = np.cos(tilt_rad), np.sin(tilt_rad)
    rotation = np.array([[1.0, 0.0, 0.0], [0.0, -cos, sin], [0.0, -sin, -cos]])
    return Pose(rotation, np.array([0.0, 0.0, height_m]))


class View:
    """The rays of one eye in the floor frame; ``rays`` (3, H, W) advance 1 m along the axis."""

    def __init__(self, camera: CameraModel, size: tuple[int, int], floor_from_eye: Pose) -> None:
        self._camera = camera
        self._size = size
        self._eye_from_floor = floor_from_eye.inverse()
        self._turn = floor_from_eye.rotation
        self.origin_m = floor_from_eye.translation_m
        self._limit = np.zeros(2)
        self.rays = self.rays_at(0.0, 0.0)

    def rays_at(self, du: float, dv: float) -> FloatImage:
        """Rays (3, H, W) through points that lie (du, dv) pixels beside the pixel centres."""
        width, height = self._size
        u, v = np.meshgrid(np.arange(width) + du, np.arange(height) + dv)
        pixels = np.stack([u.ravel(), v.ravel()], axis=1)
        plane = self._undistorted(pixels)
        self._limit = 1.05 * np.abs(plane).max(axis=0)
        rays = np.column_stack([plane, np.ones(len(plane))]) @ self._turn.T
        return np.ascontiguousarray(rays.T.reshape(3, height, width), dtype=np.float32)

    def window(self, corners_m: Floats) -> Window | None:
        """Pixels that may see the hull of points (N, 3) in the floor frame; None if none may."""
        points = self._eye_from_floor.apply(corners_m)
        width, height = self._size
        if points[:, 2].max() < _NEAR_M:
            return None
        if points[:, 2].min() < _NEAR_M:
            return Window(0, height, 0, width)
        pixels = self._projected(points)
        margin = 2.0 + (0.1 * np.ptp(pixels, axis=0).max() if len(self._camera.distortion) else 0)
        low = np.floor(pixels.min(axis=0) - margin).astype(int)
        high = np.ceil(pixels.max(axis=0) + margin).astype(int) + 1
        left, right = np.clip((low[0], high[0]), 0, width)
        top, bottom = np.clip((low[1], high[1]), 0, height)
        if left >= right or top >= bottom:
            return None
        return Window(int(top), int(bottom), int(left), int(right))

    def _projected(self, points_m: Floats) -> Floats:
        # far outside of the field a distortion polynomial folds back: stop at its border
        plane = np.clip(points_m[:, :2] / points_m[:, 2:], -self._limit, self._limit)
        flat = np.column_stack([plane, np.ones(len(plane))])
        pixels, _ = cv2.projectPoints(
            flat, np.zeros(3), np.zeros(3), self._camera.matrix, self._camera.distortion
        )
        return np.asarray(pixels, dtype=np.float64).reshape(-1, 2)

    def _undistorted(self, pixels: Floats) -> Floats:
        if len(self._camera.distortion) == 0:
            matrix = self._camera.matrix
            return (pixels - matrix[:2, 2]) / matrix[[0, 1], [0, 1]]
        criteria = (cv2.TERM_CRITERIA_COUNT | cv2.TERM_CRITERIA_EPS, 50, 1e-9)
        plane = cv2.undistortPoints(
            pixels[:, None], self._camera.matrix, self._camera.distortion, criteria=criteria
        )
        return np.asarray(plane, dtype=np.float64).reshape(-1, 2)
