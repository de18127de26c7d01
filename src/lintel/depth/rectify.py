"""Rectification: both images resampled as if two identical ideal cameras stood side by side.

Rectifying rotations after Bouguet (each camera turns half of the way, then both turn the
baseline onto x), as in OpenCV's ``stereoRectify``. The common pinhole camera is chosen here:
OpenCV's ``alpha=0`` crops one image axis, and people near the field's edge are needed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from lintel.errors import ContractError, RigError
from lintel.frames import Image, StereoPair
from lintel.geometry import Bools, Floats, Intrinsics
from lintel.rig import CameraModel, StereoRig

Maps: TypeAlias = tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]
# A pinhole image grows as the tangent: beyond 57 degrees from the axis it is stretched blur.
HALF_FIELD_TAN_MAX = 1.54
# A barrel-distorted wide lens would be shrunk to keep its corners; depth needs its pixels.
CENTRE_RESOLUTION_MIN = 0.85
FOLD_TANGENT_MAX = 4.0


@dataclass(frozen=True, slots=True, eq=False)
class RectifiedPair:
    """Grey images (H, W) uint8 of one exposure; matches lie on equal rows."""

    left: Image
    right: Image
    t_ns: int
    seq: int
    colour: Image | None = None  # (H / step, W / step, 3) BGR of the left; None = grey cameras


class Rectifier:
    """Rectify pairs of one rig by maps computed once.

    The rectified field reaches to the middles of all four raw image edges (the mean of both
    cameras), up to a half-field of 57 degrees, as long as the middle of the image keeps 85 % of
    its resolution; beyond that the field's edge is cut. What lies outside of a raw image, or beyond
    the angle where the lens model folds back, is False in ``valid``. A rig of identical,
    distortion-free, parallel cameras passes unchanged.

    Args:
        rig: the calibrated rig.
        size: (width, height) of the rectified images; the raw size if not given.
        colour_step: how many times smaller than the grey images the colours are.

    Attributes:
        size: (width, height) of the rectified images.
        intrinsics: of both rectified cameras.
        baseline_m: distance of the cameras.
        left_rotation: (3, 3) rectified left from raw left.
        valid: (H, W) where the rectified left image has content.

    Raises:
        RigError: the cameras stand one above the other, or left and right are exchanged.
    """

    def __init__(
        self, rig: StereoRig, *, size: tuple[int, int] | None = None, colour_step: int = 1
    ) -> None:
        self._raw_size = rig.image_size
        self._colour_step = colour_step
        self.size = size or rig.image_size
        self.baseline_m = rig.baseline_m
        rotations = _rectifying_rotations(rig)
        self.left_rotation: Floats = rotations[0]
        self._maps: tuple[Maps, Maps] | None = None
        self.valid: Bools = np.ones((self.size[1], self.size[0]), dtype=bool)
        if _is_ideal(rig) and self.size == rig.image_size:
            k = rig.left.matrix
            self.intrinsics = Intrinsics(
                float(k[0, 0]), float(k[1, 1]), float(k[0, 2]), float(k[1, 2])
            )
            return
        self.intrinsics = _common_camera(rig, rotations, self.size)
        cameras = (rig.left, rig.right)
        maps = [
            _maps(camera, rotation, self.intrinsics, self.size)
            for camera, rotation in zip(cameras, rotations, strict=True)
        ]
        self._maps = (maps[0], maps[1])
        width, height = (n // colour_step * colour_step for n in self.size)
        thinned = [m[:height:colour_step, :width:colour_step] for m in maps[0]]
        self._colour_maps = (np.ascontiguousarray(thinned[0]), np.ascontiguousarray(thinned[1]))
        self.valid = _inside(maps[0], rig.image_size) & _before_fold(
            rig.left, rotations[0], self.intrinsics, self.size
        )

    def rectify(self, pair: StereoPair) -> RectifiedPair:
        """Grey, rectified images of ``pair``.

        Raises:
            ContractError: the pair's size is not the rig's.
        """
        height, width = pair.left.shape[:2]
        if (width, height) != self._raw_size:
            raise ContractError(
                f"the rig is calibrated for images of {self._raw_size}, got {(width, height)}"
            )
        left, right = _grey(pair.left), _grey(pair.right)
        if self._maps is not None:
            left, right = _remap(left, self._maps[0]), _remap(right, self._maps[1])
        return RectifiedPair(left, right, pair.t_ns, pair.seq, self._colour(pair.left))

    def _colour(self, image: Image) -> Image | None:
        if image.ndim == 2:
            return None
        if self._maps is not None:
            return _remap(image, self._colour_maps)
        step = self._colour_step
        height, width = (n // step * step for n in image.shape[:2])
        return np.ascontiguousarray(image[:height:step, :width:step])


def _grey(image: Image) -> Image:
    return image if image.ndim == 2 else np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY))


def _remap(image: Image, maps: Maps) -> Image:
    return np.asarray(cv2.remap(image, maps[0], maps[1], cv2.INTER_LINEAR), dtype=np.uint8)


def _is_ideal(rig: StereoRig) -> bool:
    """Whether the raw images are rectified already."""
    t = rig.right_from_left.translation_m
    same = np.allclose(rig.left.matrix, rig.right.matrix, atol=1e-9)
    straight = np.allclose(rig.right_from_left.rotation, np.eye(3), atol=1e-9)
    sideways = abs(t[1]) < 1e-9 and abs(t[2]) < 1e-9
    plain = all(
        camera.model == "pinhole" and not np.any(camera.distortion)
        for camera in (rig.left, rig.right)
    )
    return bool(same and straight and sideways and plain and rig.left.matrix[0, 1] == 0)


def _rectifying_rotations(rig: StereoRig) -> tuple[Floats, Floats]:
    """Rotations ``rectified_from_raw`` (3, 3) of the left and the right camera."""
    t = rig.right_from_left.translation_m
    if abs(t[1]) > abs(t[0]):
        raise RigError("the cameras stand one above the other; Lintel needs them side by side")
    if t[0] > 0:
        raise RigError(
            "left and right are exchanged: the right camera is to the left of the left one; "
            "exchange the images and the calibration"
        )
    ideal = np.eye(3)
    straight = np.zeros(5)
    rotations = cv2.stereoRectify(
        ideal,
        straight,
        ideal,
        straight,
        rig.image_size,
        rig.right_from_left.rotation,
        t.reshape(3, 1),
    )[:2]
    return np.asarray(rotations[0]), np.asarray(rotations[1])


def _common_camera(
    rig: StereoRig, rotations: tuple[Floats, Floats], size: tuple[int, int]
) -> Intrinsics:
    """The pinhole camera whose image reaches to the middles of the raw edges, on the mean."""
    cameras = (rig.left, rig.right)
    edges = np.array(
        [
            _field_edges(camera, rotation, rig.image_size)
            for camera, rotation in zip(cameras, rotations, strict=True)
        ]
    )
    left, right, top, bottom = map(float, edges.mean(axis=0))
    focal = min(size[0] / (right - left), size[1] / (bottom - top))
    raw_focal = np.mean([camera.matrix[0, 0] for camera in cameras])
    resampled = size[0] / rig.image_size[0]
    focal = max(focal, CENTRE_RESOLUTION_MIN * float(raw_focal) * resampled)
    cx = size[0] / 2 - 0.5 - focal * (left + right) / 2
    cy = size[1] / 2 - 0.5 - focal * (top + bottom) / 2
    return Intrinsics(focal, focal, cx, cy)


def _field_edges(camera: CameraModel, rotation: Floats, size: tuple[int, int]) -> Floats:
    """Tangents left, right, top, bottom of the field, through the raw principal point."""
    width, height = size
    cx, cy = camera.matrix[0, 2], camera.matrix[1, 2]
    middles = np.array([[-0.5, cy], [width - 0.5, cy], [cx, -0.5], [cx, height - 0.5]])
    points = middles.reshape(-1, 1, 2)
    if camera.model == "fisheye":
        rays = cv2.fisheye.undistortPoints(points, camera.matrix, camera.distortion, R=rotation)
    else:
        rays = cv2.undistortPoints(points, camera.matrix, camera.distortion, R=rotation)
    tangents = np.array([rays[0, 0, 0], rays[1, 0, 0], rays[2, 0, 1], rays[3, 0, 1]])
    widest = min(HALF_FIELD_TAN_MAX, _fold_tangent(camera))
    return np.asarray(np.clip(tangents, -widest, widest))


def _maps(
    camera: CameraModel, rotation: Floats, intrinsics: Intrinsics, size: tuple[int, int]
) -> Maps:
    ideal = np.array(
        [
            [intrinsics.fx, 0.0, intrinsics.cx],
            [0.0, intrinsics.fy, intrinsics.cy],
            [0.0, 0.0, 1.0],
        ]
    )
    init = (
        cv2.fisheye.initUndistortRectifyMap
        if camera.model == "fisheye"
        else cv2.initUndistortRectifyMap
    )
    maps = init(camera.matrix, camera.distortion, rotation, ideal, size, cv2.CV_32FC1)
    return np.asarray(maps[0]), np.asarray(maps[1])


def _inside(maps: Maps, raw_size: tuple[int, int]) -> Bools:
    """Which rectified pixels have a source in the raw image."""
    x, y = maps
    width, height = raw_size
    return np.asarray((x >= 0) & (x <= width - 1) & (y >= 0) & (y <= height - 1))


def _before_fold(
    camera: CameraModel, rotation: Floats, intrinsics: Intrinsics, size: tuple[int, int]
) -> Bools:
    """Which rectified pixels lie where the distortion model still grows outwards.

    Beyond the radius where a fitted polynomial turns round it shows inner parts of the image
    a second time, mirrored.
    """
    x = (np.arange(size[0]) - intrinsics.cx) / intrinsics.fx
    y = (np.arange(size[1]) - intrinsics.cy) / intrinsics.fy
    rays = np.stack([*np.meshgrid(x, y), np.ones((size[1], size[0]))], axis=-1) @ rotation
    tangents = np.hypot(rays[..., 0], rays[..., 1]) / np.maximum(rays[..., 2], 1e-9)
    return np.asarray(tangents < _fold_tangent(camera))


def _fold_tangent(camera: CameraModel) -> float:
    """Tangent of the angle from the axis at which the radial distortion stops growing."""
    tangents = np.linspace(0.0, FOLD_TANGENT_MAX, 2001)
    rays = np.stack([tangents, np.zeros_like(tangents), np.ones_like(tangents)], axis=1)
    none = np.zeros(3)
    if camera.model == "fisheye":
        points = cv2.fisheye.projectPoints(
            rays.reshape(-1, 1, 3), none, none, np.eye(3), camera.distortion
        )[0]
    else:
        radial = camera.distortion.copy()
        radial[2:4] = 0.0  # tangential and prism terms are small and have no radius
        radial[8:] = 0.0
        points = cv2.projectPoints(rays, none, none, np.eye(3), radial)[0]
    growing = np.diff(points.reshape(-1, 2)[:, 0])
    turned = np.flatnonzero(growing <= 0)
    return float(tangents[turned[0]]) if turned.size else float("inf")
