from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from calibration_builders import SIZE, exact_views
from lintel.depth.calibration import Board, BoardView, Corners, ViewSet
from lintel.depth.calibration.bundle import camera_parameters, compose, project
from lintel.depth.calibration.solve import solve
from lintel.errors import CalibrationError
from lintel.geometry import Floats
from lintel.rig import LensModel, StereoRig


def test_exact_corners_give_back_the_exact_rig(rig: StereoRig, chessboard: Board) -> None:
    views = exact_views(rig, chessboard, 8, noise_px=0.0)
    found = solve(views.views, chessboard, SIZE, "pinhole")
    assert found.stereo_rms_px < 1e-3
    assert np.allclose(found.rig.left.matrix, rig.left.matrix, atol=0.02)
    assert np.allclose(found.rig.right.distortion, rig.right.distortion, atol=1e-3)
    assert np.allclose(
        found.rig.right_from_left.translation_m, rig.right_from_left.translation_m, atol=1e-6
    )


def test_the_joint_fit_agrees_with_opencv_where_opencv_can_do_it(
    chessboard: Board, noisy_views: ViewSet
) -> None:
    found = solve(noisy_views.views, chessboard, SIZE, "pinhole")
    points = [chessboard.points_m().astype(np.float32)] * len(noisy_views.views)
    left = [view.left.xy_px.astype(np.float32) for view in noisy_views.views]
    right = [view.right.xy_px.astype(np.float32) for view in noisy_views.views]
    eye, straight = np.eye(3), np.zeros(5)
    alone = [cv2.calibrateCamera(points, side, SIZE, eye, straight) for side in (left, right)]
    theirs = cv2.stereoCalibrate(
        points,
        left,
        right,
        alone[0][1],
        alone[0][2],
        alone[1][1],
        alone[1][2],
        SIZE,
        flags=cv2.CALIB_USE_INTRINSIC_GUESS,
    )
    assert found.left.rms_px == pytest.approx(alone[0][0], rel=1e-4)
    assert found.stereo_rms_px == pytest.approx(theirs[0], rel=1e-4)
    shift = np.ravel(np.asarray(theirs[6]))
    assert np.allclose(found.rig.right_from_left.translation_m, shift, atol=1e-5)


def test_cameras_may_see_different_corners_of_each_view(
    rig: StereoRig, chessboard: Board, noisy_views: ViewSet
) -> None:
    rng = np.random.default_rng(5)
    partial = [
        replace(view, left=_some(view.left, rng), right=_some(view.right, rng))
        for view in noisy_views.views
    ]
    found = solve(partial, chessboard, SIZE, "pinhole")
    assert found.stereo_rms_px == pytest.approx(0.1 * np.sqrt(2), rel=0.1)
    assert found.rig.baseline_m == pytest.approx(rig.baseline_m, abs=2e-4)


def _some(corners: Corners, rng: np.random.Generator) -> Corners:
    return corners.where(rng.random(len(corners.ids)) < 0.7)


@pytest.mark.parametrize("lens", ["pinhole", "fisheye"])
def test_derivatives_are_those_of_small_steps(lens: LensModel, chessboard: Board) -> None:
    matrix = np.array([[400.0, 0, 320], [0, 401.0, 240], [0, 0, 1]])
    distortion = np.array([0.1, -0.05, 0.01, -0.02, 0.01][: 4 if lens == "fisheye" else 5])
    camera = camera_parameters(matrix, distortion)
    pose = np.array([0.1, -0.2, 0.05, -0.1, -0.06, 0.4])
    points = chessboard.points_m()

    def pixels(camera: Floats, pose: Floats) -> Floats:
        return project(camera, pose, points, lens)[0].ravel()

    _, by_camera, by_pose = project(camera, pose, points, lens)
    for k in range(len(camera)):
        step = np.zeros_like(camera)
        step[k] = 1e-5
        slope = (pixels(camera + step, pose) - pixels(camera - step, pose)) / 2e-5
        assert np.allclose(by_camera[:, k], slope, atol=1e-4)
    for k in range(6):
        step = np.zeros(6)
        step[k] = 1e-6
        slope = (pixels(camera, pose + step) - pixels(camera, pose - step)) / 2e-6
        assert np.allclose(by_pose[:, k], slope, atol=1e-2)


def test_poses_compose_as_matrices_do() -> None:
    first, second = np.array([0.1, 0.2, -0.1, 1, 2, 3]), np.array([-0.3, 0.1, 0.2, 0.5, -1, 2])
    both, _, _ = compose(first, second)
    poses = (first, second, both)
    turn_1, turn_2, turn = (np.asarray(cv2.Rodrigues(pose[:3].copy())[0]) for pose in poses)
    assert np.allclose(turn, turn_2 @ turn_1)
    assert np.allclose(both[3:], turn_2 @ first[3:] + second[3:])


def test_views_that_say_nothing_about_a_camera_are_refused(chessboard: Board) -> None:
    line = np.column_stack([np.linspace(50, 600, 54), np.full(54, 240.0)])
    corners = Corners(np.arange(54), line)
    views = [BoardView(("a", "b"), corners, corners)] * 5
    with pytest.raises(CalibrationError, match="determine no camera"):
        solve(views, chessboard, SIZE, "pinhole")
