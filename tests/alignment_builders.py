"""A textured room of planes seen by a knocked stereo rig, drawn exactly."""

from __future__ import annotations

import cv2
import numpy as np

from lintel.frames import Image
from lintel.geometry import Floats, Intrinsics, Pose
from lintel.rig import CameraModel, StereoRig

SIZE = (640, 400)
CAMERA = Intrinsics(330.0, 330.0, 319.5, 199.5)  # 88 degrees wide
BASELINE_M = 0.075
TEXTURE_PX_PER_M = 220.0
TEXTURE_SIZE = 2048
FLOOR_M = 2.8
TABLE_M = 1.7  # a surface nearer to the camera, where x > 0.3 m


def level_rig() -> StereoRig:
    """Two ideal parallel cameras: what calibration believed."""
    camera = CameraModel(
        np.array([[CAMERA.fx, 0, CAMERA.cx], [0, CAMERA.fy, CAMERA.cy], [0, 0, 1.0]]), np.zeros(0)
    )
    return StereoRig(SIZE, camera, camera, Pose(np.eye(3), np.array([-BASELINE_M, 0.0, 0.0])))


def knocked(
    rig: StereoRig, *, pitch_px: float = 0, yaw_px: float = 0, roll_px: float = 0
) -> StereoRig:
    """The rig with its right camera turned by angles whose tangent is so many pixels."""
    turn = np.array([pitch_px, yaw_px, roll_px]) / CAMERA.fx
    pose = Pose(np.asarray(cv2.Rodrigues(turn)[0], dtype=np.float64), np.zeros(3))
    return StereoRig(rig.image_size, rig.left, rig.right, rig.right_from_left.then(pose))


class Room:
    """A floor, tilted a little, and a table, both with a random texture."""

    def __init__(
        self, *, seed: int = 0, noise: float = 1.5, disparity_shift_px: float = 0.0
    ) -> None:
        self._rng = np.random.default_rng(seed)
        self._noise = noise
        self._shift_px = disparity_shift_px
        rough = self._rng.normal(0, 1, (TEXTURE_SIZE, TEXTURE_SIZE)).astype(np.float32)
        fine, coarse = (np.asarray(cv2.GaussianBlur(rough, (0, 0), s)) for s in (1.6, 6.0))
        self._texture = (128 + 38 * fine / fine.std() + 25 * coarse / coarse.std()).astype(
            np.float32
        )

    def pair(self, rig: StereoRig) -> tuple[Image, Image]:
        """Raw grey pictures of both cameras of an undistorted rig."""
        right_from_left = rig.right_from_left
        return (
            self._picture(Pose.identity(), 0.0),
            self._picture(right_from_left, self._shift_px),
        )

    def _picture(self, cam_from_left: Pose, shift_px: float) -> Image:
        left_from_cam = cam_from_left.inverse()
        x, y = np.meshgrid(np.arange(SIZE[0], dtype=np.float64) + shift_px, np.arange(SIZE[1]))
        rays = np.stack(
            [(x - CAMERA.cx) / CAMERA.fx, (y - CAMERA.cy) / CAMERA.fy, np.ones_like(x)], 2
        )
        looks = rays @ left_from_cam.rotation.T
        eye = left_from_cam.translation_m
        floor = _on_plane(eye, looks, np.array([0.03, 0.05, 1.0]), FLOOR_M)
        table = _on_plane(eye, looks, np.array([0.0, 0.0, 1.0]), TABLE_M)
        hits_table = table[..., :1] > 0.3
        place = np.where(hits_table, table + np.array([7.0, 3.0, 0.0]), floor)[..., :2]
        where = np.mod(place * TEXTURE_PX_PER_M, TEXTURE_SIZE - 4) + 1
        grey = cv2.remap(
            self._texture,
            where[..., 0].astype(np.float32),
            where[..., 1].astype(np.float32),
            cv2.INTER_CUBIC,
        )
        noisy = np.asarray(grey, np.float64) + self._rng.normal(0, self._noise, grey.shape)
        return np.clip(np.round(noisy), 0, 255).astype(np.uint8)


def _on_plane(eye: Floats, looks: Floats, normal: Floats, distance: float) -> Floats:
    """Where rays (h, w, 3) from ``eye`` meet the plane ``normal . p = distance``."""
    far = (distance - eye @ normal) / (looks @ normal)
    return np.asarray(eye + far[..., None] * looks)
