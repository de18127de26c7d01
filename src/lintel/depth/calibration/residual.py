"""How well a rig does on boards that it was not calibrated from.

The RMS of a calibration says how well a model bends to its own data. Here the views are
dealt into folds, each fold is left out once, and what stereo matching needs is measured on it:
equal rows after rectification, and true lengths after triangulation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from lintel.depth.calibration.boards import Board
from lintel.depth.calibration.solve import Size, solve
from lintel.depth.calibration.views import BoardView
from lintel.errors import CalibrationError
from lintel.geometry import Floats
from lintel.rig import CameraModel, LensModel, StereoRig

FOLDS = 5
TRAINING_VIEWS_MIN = 4


@dataclass(frozen=True, slots=True)
class HeldOut:
    """Errors on boards left out. ``length_error`` is a share: 0.01 = lengths 1 % too long."""

    vertical_mean_px: float  # mean of |y_left - y_right| after rectification
    vertical_p95_px: float
    length_error: float  # mean over the boards, signed
    length_spread: float  # standard deviation over the boards
    boards: int


def rectified_points(rig: StereoRig, left_px: Floats, right_px: Floats) -> tuple[Floats, Floats]:
    """Where raw pixels (N, 2) of both cameras lie after rectification, as tangents (N, 2).

    Rectifying rotations after Bouguet, as in OpenCV's ``stereoRectify``; multiply by a focal
    length for pixels.
    """
    ideal, straight = np.eye(3), np.zeros(5)
    rotations = cv2.stereoRectify(
        ideal,
        straight,
        ideal,
        straight,
        rig.image_size,
        rig.right_from_left.rotation,
        rig.right_from_left.translation_m.reshape(3, 1),
    )[:2]
    return (
        _rays(rig.left, np.asarray(rotations[0]), left_px),
        _rays(rig.right, np.asarray(rotations[1]), right_px),
    )


def held_out(
    views: Sequence[BoardView], board: Board, size: Size, lens: LensModel
) -> HeldOut | None:
    """Errors on left-out boards; None where there are too few views to leave any out.

    Raises:
        CalibrationError: no fold's training views determine a rig.
    """
    folds = min(FOLDS, len(views))
    if len(views) - -(-len(views) // folds) < TRAINING_VIEWS_MIN:
        return None
    vertical: list[Floats] = []
    lengths: list[float] = []
    for fold in range(folds):
        train = [view for k, view in enumerate(views) if k % folds != fold]
        try:
            rig = solve(train, board, size, lens).rig
        except CalibrationError:  # too poor without this fold; the others still tell
            continue
        for view in views[fold::folds]:
            rows, length = _errors(rig, view, board)
            vertical.append(rows)
            lengths.append(length)
    if not vertical:
        raise CalibrationError("no part of the views determines a rig; take more pictures")
    rows = np.abs(np.concatenate(vertical))
    return HeldOut(
        vertical_mean_px=float(rows.mean()),
        vertical_p95_px=float(np.percentile(rows, 95)),
        length_error=float(np.mean(lengths)),
        length_spread=float(np.std(lengths)),
        boards=len(lengths),
    )


def _errors(rig: StereoRig, view: BoardView, board: Board) -> tuple[Floats, float]:
    """Vertical differences (N,), pixels, and the share by which lengths come out too long."""
    focal_px = float(np.mean([c.matrix[k, k] for c in (rig.left, rig.right) for k in (0, 1)]))
    left, right = rectified_points(rig, *view.shared())
    depth = rig.baseline_m / (left[:, 0] - right[:, 0])
    measured = np.column_stack([left, np.ones(len(left))]) * depth[:, None]
    true = board.points_m()[np.intersect1d(view.left.ids, view.right.ids)]
    return focal_px * (left[:, 1] - right[:, 1]), _radius(measured) / _radius(true) - 1.0


def _radius(points_m: Floats) -> float:
    return float(np.linalg.norm(points_m - points_m.mean(axis=0)))


def _rays(camera: CameraModel, rotation: Floats, pixels: Floats) -> Floats:
    undistort = cv2.fisheye.undistortPoints if camera.model == "fisheye" else cv2.undistortPoints
    points = np.ascontiguousarray(pixels, dtype=np.float64).reshape(-1, 1, 2)
    return np.asarray(
        undistort(points, camera.matrix, camera.distortion, R=rotation), dtype=np.float64
    ).reshape(-1, 2)
