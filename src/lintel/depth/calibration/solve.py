"""From views of the board to a stereo rig: each camera alone, then both together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np

from lintel.depth.calibration.boards import Board
from lintel.depth.calibration.bundle import (
    BundleState,
    Seen,
    adjust,
    camera_matrix,
    camera_parameters,
    compose,
    project,
)
from lintel.depth.calibration.corners import Corners
from lintel.depth.calibration.views import BoardView
from lintel.errors import CalibrationError, RigError
from lintel.geometry import Floats, Pose
from lintel.rig import CameraModel, LensModel, StereoRig

Size: TypeAlias = tuple[int, int]
FISHEYE_STOP = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 60, 1e-8)
UNSOLVABLE = "take more pictures, with the board tilted and in all parts of the image"


@dataclass(frozen=True, slots=True, eq=False)
class Mono:
    """One camera calibrated alone."""

    camera: Floats  # (4 + K,) as in bundle.camera_parameters
    poses: Floats  # (V, 6) camera_from_board
    rms_px: float
    view_rms_px: Floats  # (V,)


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """A solved rig. An RMS is the root of the mean squared distance of corners, as in OpenCV."""

    rig: StereoRig
    left: Mono
    right: Mono
    stereo_rms_px: float
    view_rms_px: Floats  # (V,) both cameras of a view together
    state: BundleState

    @property
    def left_from_board(self) -> Floats:
        """Poses of the board (V, 6), rvec and tvec."""
        return self.state.left_from_board


def solve(views: Sequence[BoardView], board: Board, size: Size, lens: LensModel) -> Solution:
    """The rig that explains all corners of all ``views`` best.

    Args:
        views: usable views, at least 3.
        board: the board they show.
        size: width and height of the pictures, pixels.
        lens: ``pinhole`` fits 5 distortion numbers, ``fisheye`` 4 (Kannala and Brandt, 2006).

    Raises:
        CalibrationError: the views do not determine a rig.
    """
    left_seen = [_seen(view.left, board) for view in views]
    right_seen = [_seen(view.right, board) for view in views]
    try:
        left = _solve_alone(left_seen, size, lens)
        right = _solve_alone(right_seen, size, lens)
        middle = _pose_between(left.poses, right.poses)
        start = BundleState(left.camera, right.camera, middle, left.poses)
        fit = adjust(start, left_seen, right_seen, lens)
    except (cv2.error, np.linalg.LinAlgError) as error:
        raise CalibrationError(f"the views determine no camera ({error}); {UNSOLVABLE}") from error
    counts = np.array([[len(a.ids), len(b.ids)] for a, b in ((v.left, v.right) for v in views)])
    squares = fit.squared_px * counts
    return Solution(
        rig=_rig(fit.state, size, lens),
        left=left,
        right=right,
        stereo_rms_px=float(np.sqrt(squares.sum() / counts.sum())),
        view_rms_px=np.sqrt(squares.sum(axis=1) / counts.sum(axis=1)),
        state=fit.state,
    )


def corner_errors(
    solution: Solution, view: BoardView, pose: Floats, board: Board
) -> tuple[Floats, Floats]:
    """Distances, pixels, of the corners (N,) left and (M,) right of a view from the model."""
    state, lens = solution.state, solution.rig.left.model
    left, right = _seen(view.left, board), _seen(view.right, board)
    right_pose = compose(pose, state.right_from_left)[0]
    return (
        _distances(state.left, pose, left, lens),
        _distances(state.right, right_pose, right, lens),
    )


def _distances(camera: Floats, pose: Floats, seen: Seen, lens: LensModel) -> Floats:
    pixels = project(camera, pose, seen.board_m, lens)[0]
    return np.asarray(np.linalg.norm(pixels - seen.xy_px, axis=1))


def _seen(corners: Corners, board: Board) -> Seen:
    return Seen(board.points_m()[corners.ids], corners.xy_px)


def _solve_alone(seen: Sequence[Seen], size: Size, lens: LensModel) -> Mono:
    solver = _fisheye_alone if lens == "fisheye" else _pinhole_alone
    camera, poses = solver(seen, size)
    if not (np.isfinite(camera).all() and np.isfinite(poses).all() and camera[:2].min() > 0):
        raise CalibrationError(f"the views determine no camera; {UNSOLVABLE}")
    squares = [
        np.square(_distances(camera, pose, part, lens))
        for pose, part in zip(poses, seen, strict=True)
    ]
    rms = float(np.sqrt(np.concatenate(squares).mean()))
    return Mono(camera, poses, rms, np.array([np.sqrt(part.mean()) for part in squares]))


def _pinhole_alone(seen: Sequence[Seen], size: Size) -> tuple[Floats, Floats]:
    _, matrix, distortion, rvecs, tvecs = cv2.calibrateCamera(
        [part.board_m.astype(np.float32) for part in seen],
        [part.xy_px.astype(np.float32) for part in seen],
        size,
        np.eye(3),
        np.zeros(5),
    )
    camera = camera_parameters(np.asarray(matrix), np.asarray(distortion))
    return camera, _poses(rvecs, tvecs)


def _fisheye_alone(seen: Sequence[Seen], size: Size) -> tuple[Floats, Floats]:
    _, matrix, distortion, rvecs, tvecs = cv2.fisheye.calibrate(
        [part.board_m.reshape(1, -1, 3) for part in seen],
        [part.xy_px.reshape(1, -1, 2) for part in seen],
        size,
        np.zeros((3, 3)),
        np.zeros((4, 1)),
        flags=cv2.CALIB_RECOMPUTE_EXTRINSIC | cv2.CALIB_FIX_SKEW,
        criteria=FISHEYE_STOP,
    )
    camera = camera_parameters(np.asarray(matrix), np.asarray(distortion))
    return camera, _poses(rvecs, tvecs)


def _poses(rvecs: Sequence[object], tvecs: Sequence[object]) -> Floats:
    rotations = [np.ravel(np.asarray(rvec, dtype=np.float64)) for rvec in rvecs]
    shifts = [np.ravel(np.asarray(tvec, dtype=np.float64)) for tvec in tvecs]
    return np.hstack([np.array(rotations), np.array(shifts)])


def _pose_between(left: Floats, right: Floats) -> Floats:
    """``right_from_left`` (6,): the median over the views, each number apart."""
    each = []
    for first, second in zip(left, right, strict=True):
        r_left, r_right = _rotation(first[:3]), _rotation(second[:3])
        turn = r_right @ r_left.T
        rvec = np.ravel(np.asarray(cv2.Rodrigues(turn)[0]))
        each.append(np.concatenate([rvec, second[3:] - turn @ first[3:]]))
    return np.asarray(np.median(np.array(each), axis=0))


def _rotation(rvec: Floats) -> Floats:
    return np.asarray(cv2.Rodrigues(rvec.copy())[0])


def _rig(state: BundleState, size: Size, lens: LensModel) -> StereoRig:
    left, right = (
        CameraModel(camera_matrix(camera), camera[4:].copy(), lens)
        for camera in (state.left, state.right)
    )
    pose = Pose(_rotation(state.right_from_left[:3]), state.right_from_left[3:].copy())
    try:
        return StereoRig(size, left, right, pose)
    except RigError as error:
        raise CalibrationError(f"the views give an impossible rig: {error}") from error
