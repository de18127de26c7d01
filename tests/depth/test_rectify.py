from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from lintel.depth.rectify import CENTRE_RESOLUTION_MIN, Rectifier
from lintel.errors import ContractError, RigError
from lintel.frames import Image
from lintel.geometry import Floats, Pose
from lintel.rig import CameraModel, LensModel, StereoRig, load_rig
from stereo_builders import grid, ideal_rig, stereo_pair, texture

SIZE = (640, 400)


def crooked_rig(model: LensModel = "pinhole") -> StereoRig:
    """Two different, distorted cameras, turned against each other by some degrees."""
    numbers = {
        "pinhole": ([-0.28, 0.08, 0.0005, -0.0007, 0.0], [-0.27, 0.075, -0.0003, 0.0004, 0.0]),
        "fisheye": ([0.05, -0.01, 0.002, 0.0], [0.04, -0.008, 0.001, 0.0]),
    }[model]
    left, right = (
        CameraModel(
            np.array([[focal, 0.0, 320.0 + shift], [0.0, focal + 1, 196.0], [0.0, 0.0, 1.0]]),
            np.array(distortion),
            model,
        )
        for focal, shift, distortion in ((330.0, 4.0, numbers[0]), (327.0, -6.0, numbers[1]))
    )
    turn = np.asarray(cv2.Rodrigues(np.array([0.02, -0.03, 0.015]))[0], dtype=np.float64)
    return StereoRig(SIZE, left, right, Pose(turn, np.array([-0.075, 0.002, 0.001])))


def raw_pixels(camera: CameraModel, points_m: Floats) -> Floats:
    """Where a camera sees points (N, 3) of its own frame, (N, 2)."""
    project = cv2.fisheye.projectPoints if camera.model == "fisheye" else cv2.projectPoints
    seen = project(
        points_m.reshape(-1, 1, 3), np.zeros(3), np.zeros(3), camera.matrix, camera.distortion
    )[0]
    return np.asarray(seen, dtype=np.float64).reshape(-1, 2)


def dot_picture(pixels: Floats) -> Image:
    """One soft bright dot at each place."""
    x, y = grid(*SIZE)
    picture = np.zeros((SIZE[1], SIZE[0]))
    for px, py in pixels:
        picture += 230 * np.exp(-((x - px) ** 2 + (y - py) ** 2) / (2 * 2.5**2))
    return np.clip(np.rint(picture), 0, 255).astype(np.uint8)


def dot_near(picture: Image, expected: Floats) -> Floats:
    """Centre of brightness around ``expected`` (2,)."""
    column, row = np.rint(expected).astype(int)
    window = picture[row - 8 : row + 9, column - 8 : column + 9].astype(np.float64)
    dy, dx = np.mgrid[-8:9, -8:9]
    shift = np.array([(window * dx).sum(), (window * dy).sum()]) / window.sum()
    return np.asarray(np.array([column, row]) + shift)


def test_an_ideal_rig_passes_unchanged() -> None:
    rig = ideal_rig(*SIZE)
    x, y = grid(*SIZE)
    image = texture(x, y, seed=3).astype(np.uint8)
    rectifier = Rectifier(rig)
    pair = rectifier.rectify(stereo_pair(image, image, seq=5))
    assert np.array_equal(pair.left, image)
    assert pair.seq == 5
    assert rectifier.intrinsics.fx == rig.left.matrix[0, 0]
    assert rectifier.valid.all()
    assert np.allclose(rectifier.left_rotation, np.eye(3))


@pytest.mark.parametrize("model", ["pinhole", "fisheye"])
def test_a_point_is_found_on_one_row_at_the_disparity_of_its_depth(model: LensModel) -> None:
    rig = crooked_rig(model)
    points = np.array(
        [[0.0, 0.0, 2.0], [-0.9, 0.4, 2.2], [0.8, -0.5, 1.8], [0.2, 0.3, 1.0], [-0.5, -0.6, 2.7]]
    )
    left = dot_picture(raw_pixels(rig.left, points))
    right = dot_picture(raw_pixels(rig.right, rig.right_from_left.apply(points)))
    rectifier = Rectifier(rig)
    pair = rectifier.rectify(stereo_pair(left, right))

    turned = points @ rectifier.left_rotation.T
    expected = rectifier.intrinsics.project(turned)
    disparity = rectifier.intrinsics.fx * rectifier.baseline_m / turned[:, 2]
    for place, shift in zip(expected, disparity, strict=True):
        found_left = dot_near(pair.left, place)
        found_right = dot_near(pair.right, place - np.array([shift, 0.0]))
        assert found_left == pytest.approx(place, abs=0.15)
        assert found_right[1] == pytest.approx(found_left[1], abs=0.15)
        assert found_left[0] - found_right[0] == pytest.approx(shift, abs=0.15)


def test_the_middles_of_the_raw_edges_stay_in_the_picture() -> None:
    rig = crooked_rig()
    mild = replace(rig.left, distortion=rig.left.distortion * 0.3)
    rig = replace(rig, left=mild, right=replace(rig.right, distortion=rig.right.distortion * 0.3))
    rectifier = Rectifier(rig)
    width, height = SIZE
    middles = np.array([[0.0, 196], [width - 1, 196], [320, 0], [320, height - 1]])
    rays = cv2.undistortPoints(
        middles.reshape(-1, 1, 2), rig.left.matrix, rig.left.distortion, R=rectifier.left_rotation
    ).reshape(-1, 2)
    seen = rectifier.intrinsics.project(np.column_stack([rays, np.ones(4)]))
    # The mean of two cameras that look 1.7 degrees apart, with centres 10 pixels apart.
    assert (seen > -16).all()
    assert (seen < np.array(SIZE) + 16).all()


def test_a_strongly_bent_lens_keeps_the_resolution_of_its_centre_and_loses_some_edge() -> None:
    rig = crooked_rig()
    focal = np.mean([rig.left.matrix[0, 0], rig.right.matrix[0, 0]])
    assert Rectifier(rig).intrinsics.fx == pytest.approx(CENTRE_RESOLUTION_MIN * focal)


def test_a_lens_model_that_folds_back_shows_nothing_twice() -> None:
    # With k1 = -0.5 the distorted radius turns round at tan = sqrt(1 / 1.5) = 0.816.
    matrix = np.array([[300.0, 0.0, 319.5], [0.0, 300.0, 199.5], [0.0, 0.0, 1.0]])
    camera = CameraModel(matrix, np.array([-0.5, 0.0, 0.0, 0.0]))
    rig = StereoRig(SIZE, camera, camera, Pose(np.eye(3), np.array([-0.075, 0.0, 0.0])))
    rectifier = Rectifier(rig)
    x, y = grid(*SIZE)
    shape = rectifier.intrinsics
    tangent = np.hypot((x - shape.cx) / shape.fx, (y - shape.cy) / shape.fy)
    assert not rectifier.valid[tangent > 0.82].any()
    assert rectifier.valid[tangent < 0.6].all()
    assert (tangent > 0.82).any()


def test_a_real_wide_lens_keeps_its_middle_and_loses_its_corners(shared_data: Path) -> None:
    rig = load_rig(shared_data / "oak_patio" / "calib.json")
    rectifier = Rectifier(rig)
    assert rectifier.intrinsics.fx == pytest.approx(rig.left.matrix[0, 0], rel=0.05)
    assert 0.85 < rectifier.valid.mean() < 0.95
    assert not rectifier.valid[[0, 0, -1, -1], [0, -1, 0, -1]].any()


def test_colour_becomes_grey() -> None:
    rig = crooked_rig()
    x, y = grid(*SIZE)
    grey = texture(x, y, seed=3).astype(np.uint8)
    colour = np.repeat(grey[:, :, None], 3, axis=2)
    rectifier = Rectifier(rig)
    from_grey = rectifier.rectify(stereo_pair(grey, grey)).left
    from_colour = rectifier.rectify(stereo_pair(colour, colour)).left
    assert np.abs(from_grey.astype(int) - from_colour.astype(int)).max() <= 1


def test_another_size_scales_the_camera() -> None:
    rig = crooked_rig()
    whole, half = Rectifier(rig), Rectifier(rig, size=(320, 200))
    assert half.valid.shape == (200, 320)
    assert half.intrinsics.fx == pytest.approx(whole.intrinsics.fx / 2)


def test_exchanged_cameras_are_said() -> None:
    with pytest.raises(RigError, match="exchanged"):
        Rectifier(crooked_rig().swapped())


def test_cameras_one_above_the_other_are_refused() -> None:
    ideal = ideal_rig(*SIZE)
    upright = Pose(np.eye(3), np.array([0.0, -0.075, 0.0]))
    with pytest.raises(RigError, match="one above the other"):
        Rectifier(StereoRig(SIZE, ideal.left, ideal.right, upright))


def test_images_of_another_size_are_refused() -> None:
    image = np.zeros((200, 320), dtype=np.uint8)
    with pytest.raises(ContractError, match=r"\(640, 400\), got \(320, 200\)"):
        Rectifier(crooked_rig()).rectify(stereo_pair(image, image))
