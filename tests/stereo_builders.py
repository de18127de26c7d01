"""Stereo pairs whose disparity is known exactly, for the matching half of the depth room.

The texture is a sum of waves, so it can be asked for at any place between pixels: the left
image is the right one's texture at x - disparity, without any interpolation.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lintel.frames import FloatImage, Image, StereoPair
from lintel.geometry import Bools, Floats, Pose
from lintel.rig import CameraModel, StereoRig


@dataclass(frozen=True)
class ExactPair:
    """Grey images (H, W) and the true disparity (H, W) of the left one, pixels."""

    left: Image
    right: Image
    disparity_px: FloatImage


def texture(x: Floats, y: Floats, *, seed: int, contrast: float = 30.0, waves: int = 60) -> Floats:
    """Grey levels (H, W) around 120 at any places (H, W), pixels; waves of 5 to 40 pixels."""
    rng = np.random.default_rng(seed)
    length, angle = rng.uniform(5, 40, waves), rng.uniform(0, np.pi, waves)
    phase = rng.uniform(0, 2 * np.pi, waves)
    total = np.zeros_like(x, dtype=np.float64)
    for step, turn, start in zip(2 * np.pi / length, angle, phase, strict=True):
        total += np.sin(step * (np.cos(turn) * x + np.sin(turn) * y) + start)
    return np.asarray(120.0 + contrast * total / np.sqrt(waves / 2))


def grid(width: int, height: int) -> tuple[Floats, Floats]:
    """Pixel coordinates x and y, each (H, W)."""
    x, y = np.meshgrid(np.arange(width, dtype=np.float64), np.arange(height, dtype=np.float64))
    return x, y


def exact_pair(
    disparity_px: Floats,
    *,
    seed: int = 0,
    contrast: float = 30.0,
    noise: float = 1.5,
    brighter: float = 0.0,
) -> ExactPair:
    """A pair with a smooth disparity (H, W) of the left image.

    Args:
        disparity_px: must change by less than one pixel per pixel along rows.
        seed: of texture and noise.
        contrast: standard deviation of the texture, grey levels.
        noise: standard deviation of the sensor noise, grey levels.
        brighter: how much brighter the right camera is, grey levels.
    """
    height, width = disparity_px.shape
    x, y = grid(width, height)
    rng = np.random.default_rng(seed + 1)
    images = [
        texture(at, y, seed=seed, contrast=contrast) + rng.normal(0, noise, x.shape) + offset
        for at, offset in ((x - disparity_px, 0.0), (x, brighter))
    ]
    left, right = (np.clip(np.rint(image), 0, 255).astype(np.uint8) for image in images)
    return ExactPair(left, right, disparity_px.astype(np.float32))


def slope(width: int, height: int, *, start_px: float, end_px: float) -> Floats:
    """A slanted plane: disparity (H, W) from ``start_px`` to ``end_px``, mostly along rows."""
    x, y = grid(width, height)
    return start_px + (end_px - start_px) * (0.8 * x / width + 0.2 * y / height)


def box_pair(
    width: int,
    height: int,
    *,
    back_px: int,
    front_px: int,
    box: tuple[int, int, int, int],
    seed: int = 0,
) -> tuple[ExactPair, Bools]:
    """A near box before a wall, and which left pixels (H, W) the right camera cannot see.

    Args:
        width: of the images.
        height: of the images.
        back_px: disparity of the wall.
        front_px: disparity of the box.
        box: top, bottom, left, right of the box in the left image.
        seed: of both textures.
    """
    x, y = grid(width, height)
    top, bottom, first, last = box
    in_left = (y >= top) & (y < bottom) & (x >= first) & (x < last)
    in_right = (y >= top) & (y < bottom) & (x >= first - front_px) & (x < last - front_px)
    wall, front = (
        [texture(at, y, seed=seed + n) for at in (x - shift, x)]
        for n, shift in ((0, back_px), (7, front_px))
    )
    left, right = (
        np.clip(np.rint(np.where(mask, front[n], wall[n])), 0, 255).astype(np.uint8)
        for n, mask in enumerate((in_left, in_right))
    )
    disparity = np.where(in_left, front_px, back_px).astype(np.float32)
    seen_at = np.clip(x - back_px, 0, width - 1).astype(np.intp)
    hidden = ~in_left & in_right[y.astype(np.intp), seen_at]
    return ExactPair(left, right, disparity), hidden


def ideal_rig(
    width: int, height: int, *, focal_px: float = 300.0, baseline_m: float = 0.075
) -> StereoRig:
    """Two equal cameras without distortion, side by side."""
    matrix = np.array(
        [[focal_px, 0.0, (width - 1) / 2], [0.0, focal_px, (height - 1) / 2], [0.0, 0.0, 1.0]]
    )
    camera = CameraModel(matrix, np.zeros(5))
    return StereoRig(
        (width, height), camera, camera, Pose(np.eye(3), np.array([-baseline_m, 0.0, 0.0]))
    )


def stereo_pair(left: Image, right: Image, *, seq: int = 0) -> StereoPair:
    """A raw pair at 30 fps."""
    return StereoPair(left, right, seq * 33_333_333, seq, "rig")
