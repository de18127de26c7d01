"""Joint least squares over both cameras, the pose between them, and every pose of the board.

Levenberg-Marquardt; the board poses are eliminated by the Schur complement (Triggs et al.,
Bundle Adjustment: A Modern Synthesis, 2000, section 6). One piece of code for both lens models,
because OpenCV's own stereo calibrations ask for the same corners in both cameras (pinhole) and
for the same number of corners in every view (fisheye); a ChArUco board gives neither.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from lintel.geometry import Floats
from lintel.rig import LensModel

ITERATIONS_MAX = 60
GAIN_MIN = 1e-10  # share of the cost that an iteration must still win
DAMPING_START = 1e-4
DAMPING_MAX = 1e8


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """Corners of one view: places on the board (N, 3), metres, and in the picture (N, 2)."""

    board_m: Floats
    xy_px: Floats


@dataclass(frozen=True, slots=True, eq=False)
class BundleState:
    """All unknowns. A camera is fx, fy, cx, cy and distortion; a pose is rvec and tvec."""

    left: Floats  # (4 + K,)
    right: Floats  # (4 + K,)
    right_from_left: Floats  # (6,)
    left_from_board: Floats  # (V, 6)

    def moved(self, shared: Floats, poses: Floats) -> BundleState:
        """The state after a step of the shared unknowns and of the board poses."""
        size = len(self.left)
        return BundleState(
            self.left + shared[:size],
            self.right + shared[size : 2 * size],
            self.right_from_left + shared[2 * size :],
            self.left_from_board + poses,
        )


@dataclass(frozen=True, slots=True, eq=False)
class BundleFit:
    """The best state, and the mean squared error of each view (V, 2): left, right."""

    state: BundleState
    squared_px: Floats


@dataclass(slots=True, eq=False)
class _Normal:
    """Normal equations: ``shared`` with itself, with each pose, and each pose with itself."""

    shared: Floats  # (S, S)
    mixed: Floats  # (V, S, 6)
    poses: Floats  # (V, 6, 6)
    gradient: Floats  # (S,)
    pose_gradient: Floats  # (V, 6)
    squares: Floats  # (V, 2) sums of squared errors

    @property
    def cost(self) -> float:
        return float(self.squares.sum())

    def add(self, view: int, error_px: Floats, by_shared: Floats, by_pose: Floats) -> float:
        """Add the corners of one picture; give their summed squared error."""
        error = error_px.ravel()
        self.shared += by_shared.T @ by_shared
        self.mixed[view] += by_shared.T @ by_pose
        self.poses[view] += by_pose.T @ by_pose
        self.gradient += by_shared.T @ error
        self.pose_gradient[view] += by_pose.T @ error
        return float(error @ error)


def camera_parameters(matrix: Floats, distortion: Floats) -> Floats:
    """Fx, fy, cx, cy and the distortion in one vector."""
    focal_centre = [matrix[0, 0], matrix[1, 1], matrix[0, 2], matrix[1, 2]]
    return np.concatenate([focal_centre, np.ravel(distortion)])


def camera_matrix(parameters: Floats) -> Floats:
    """The (3, 3) matrix of such a vector."""
    fx, fy, cx, cy = parameters[:4]
    return np.array([[fx, 0.0, cx], [0.0, fy, cy], [0.0, 0.0, 1.0]])


def adjust(
    start: BundleState, left: Sequence[Seen], right: Sequence[Seen], lens: LensModel
) -> BundleFit:
    """The state near ``start`` with the smallest sum of squared errors of all corners."""
    state, damping = start, DAMPING_START
    normal = _normal_equations(state, left, right, lens)
    for _ in range(ITERATIONS_MAX):
        trial = state.moved(*_solve(normal, damping))
        after = _normal_equations(trial, left, right, lens)
        gain = (normal.cost - after.cost) / max(normal.cost, 1e-30)
        if gain > 0:
            state, normal, damping = trial, after, damping / 10
        else:
            damping *= 10
        if 0 <= gain < GAIN_MIN or damping > DAMPING_MAX:
            break
    counts = np.array([[len(a.xy_px), len(b.xy_px)] for a, b in zip(left, right, strict=True)])
    return BundleFit(state, normal.squares / counts)


def project(
    camera: Floats, pose: Floats, points_m: Floats, lens: LensModel
) -> tuple[Floats, Floats, Floats]:
    """Pixels (N, 2), and their derivatives by the camera (2N, 4 + K) and the pose (2N, 6)."""
    matrix, distortion = camera_matrix(camera), camera[4:]
    rvec, tvec = pose[:3].copy(), pose[3:].copy()
    if lens == "fisheye":
        points = np.ascontiguousarray(points_m).reshape(-1, 1, 3)
        pixels, jacobian = cv2.fisheye.projectPoints(points, rvec, tvec, matrix, distortion)
        by_camera, by_pose = jacobian[:, :8], jacobian[:, 8:14]
    else:
        pixels, jacobian = cv2.projectPoints(points_m, rvec, tvec, matrix, distortion)
        by_camera, by_pose = jacobian[:, 6 : 6 + len(camera)], jacobian[:, :6]
    return (
        np.asarray(pixels, dtype=np.float64).reshape(-1, 2),
        np.asarray(by_camera),
        np.asarray(by_pose),
    )


def _normal_equations(
    state: BundleState, left: Sequence[Seen], right: Sequence[Seen], lens: LensModel
) -> _Normal:
    size, views = len(state.left), len(left)
    total = 2 * size + 6
    normal = _Normal(
        np.zeros((total, total)),
        np.zeros((views, total, 6)),
        np.zeros((views, 6, 6)),
        np.zeros(total),
        np.zeros((views, 6)),
        np.zeros((views, 2)),
    )
    for view, pose in enumerate(state.left_from_board):
        seen = left[view]
        pixels, by_camera, by_pose = project(state.left, pose, seen.board_m, lens)
        wide = np.zeros((len(by_camera), total))
        wide[:, :size] = by_camera
        normal.squares[view, 0] = normal.add(view, seen.xy_px - pixels, wide, by_pose)
        seen = right[view]
        through, by_first, by_second = compose(pose, state.right_from_left)
        pixels, by_camera, by_pose = project(state.right, through, seen.board_m, lens)
        wide = np.zeros((len(by_camera), total))
        wide[:, size : 2 * size] = by_camera
        wide[:, 2 * size :] = by_pose @ by_second
        normal.squares[view, 1] = normal.add(view, seen.xy_px - pixels, wide, by_pose @ by_first)
    return normal


def compose(first: Floats, second: Floats) -> tuple[Floats, Floats, Floats]:
    """Pose ``second`` after ``first`` and its derivatives (6, 6) by both."""
    r, t, r_r1, r_t1, r_r2, r_t2, t_r1, t_t1, t_r2, t_t2 = (
        np.asarray(part)
        for part in cv2.composeRT(
            first[:3].copy(), first[3:].copy(), second[:3].copy(), second[3:].copy()
        )
    )
    by_first = np.block([[r_r1, r_t1], [t_r1, t_t1]])
    by_second = np.block([[r_r2, r_t2], [t_r2, t_t2]])
    return np.concatenate([r.ravel(), t.ravel()]), by_first, by_second


def _solve(normal: _Normal, damping: float) -> tuple[Floats, Floats]:
    """One damped step: shared unknowns (S,) and board poses (V, 6)."""
    shared = normal.shared + damping * np.diag(np.diag(normal.shared) + 1e-12)
    diagonal = np.einsum("vii->vi", normal.poses)
    poses = normal.poses + damping * np.einsum("vi,ij->vij", diagonal, np.eye(6))
    inverse = np.linalg.inv(poses + 1e-12 * np.eye(6))
    carried = normal.mixed @ inverse  # (V, S, 6)
    schur = shared - np.einsum("vsp,vtp->st", carried, normal.mixed)
    reduced = normal.gradient - np.einsum("vsp,vp->s", carried, normal.pose_gradient)
    step = np.linalg.lstsq(schur, reduced, rcond=None)[0]
    back = normal.pose_gradient - np.einsum("vsp,s->vp", normal.mixed, step)
    return step, np.einsum("vpq,vq->vp", inverse, back)
