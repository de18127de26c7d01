"""Poses, intrinsics, lines and polygons."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lintel.errors import ContractError
from lintel.geometry import (
    Intrinsics,
    Pose,
    distance_to_segments,
    floor_from_cam_of,
    inside_polygon,
    read_only,
    side_of_line,
)

coordinate = st.floats(-5.0, 5.0)
point = st.tuples(coordinate, coordinate)
LENS = Intrinsics(400.0, 410.0, 319.5, 199.5)


def test_looking_straight_down_image_top_is_plus_y_and_right_is_plus_x() -> None:
    pose = floor_from_cam_of(normal_cam=np.array([0.0, 0.0, -1.0]), height_m=3.0)
    below, right, top = pose.apply(np.array([[0, 0, 3.0], [1, 0, 3.0], [0, -1, 3.0]]))
    assert below == pytest.approx([0, 0, 0])
    assert right == pytest.approx([1, 0, 0])
    assert top == pytest.approx([0, 1, 0])


@given(pitch=st.floats(-0.35, 0.35), roll=st.floats(-0.35, 0.35), height_m=st.floats(2.0, 6.0))
def test_a_floor_pose_puts_its_plane_at_zero_and_the_camera_above_the_origin(
    pitch: float, roll: float, height_m: float
) -> None:
    normal = np.array([np.sin(roll), np.sin(pitch), -1.0])
    normal /= np.linalg.norm(normal)
    pose = floor_from_cam_of(normal_cam=normal, height_m=height_m)
    foot = -height_m * normal
    assert pose.apply(foot) == pytest.approx([0, 0, 0], abs=1e-9)
    assert pose.apply(np.zeros(3)) == pytest.approx([0, 0, height_m])
    assert pose.rotation[1, 0] == pytest.approx(0.0, abs=1e-9)  # image x has no y part


def test_a_vertical_image_axis_has_no_floor_frame() -> None:
    with pytest.raises(ContractError, match="vertical"):
        floor_from_cam_of(normal_cam=np.array([1.0, 0.0, 0.0]), height_m=3.0)


@given(angle=st.floats(-3, 3), shift=st.tuples(coordinate, coordinate, coordinate))
def test_a_pose_and_its_inverse_cancel(angle: float, shift: tuple[float, float, float]) -> None:
    c, s = np.cos(angle), np.sin(angle)
    pose = Pose(np.array([[c, -s, 0], [s, c, 0], [0, 0, 1.0]]), np.array(shift))
    there_and_back = pose.then(pose.inverse())
    assert there_and_back.rotation == pytest.approx(np.eye(3), abs=1e-9)
    assert there_and_back.translation_m == pytest.approx(np.zeros(3), abs=1e-9)


def test_a_matrix_that_is_no_rotation_is_refused() -> None:
    with pytest.raises(ContractError, match="no rotation"):
        Pose(np.diag([1.0, 1.0, -1.0]), np.zeros(3))


@given(u=st.floats(0, 640), v=st.floats(0, 400), z=st.floats(0.3, 9))
def test_projecting_undoes_unprojecting(u: float, v: float, z: float) -> None:
    pixel = np.array([[u, v]])
    assert LENS.project(LENS.unproject(pixel, np.array([z]))) == pytest.approx(pixel, abs=1e-6)


@given(x=st.floats(-1, 1), y=st.floats(-1, 1))
def test_half_the_image_sees_a_point_at_half_the_pixel_edge_coordinates(x: float, y: float) -> None:
    full = LENS.project(np.array([[x, y, 2.0]])) + 0.5  # from the image's corner
    half = LENS.scaled(0.5).project(np.array([[x, y, 2.0]])) + 0.5
    assert half == pytest.approx(full / 2)


@given(p=point, a=point, b=point)
def test_the_side_changes_sign_with_the_direction_of_the_line(
    p: tuple[float, float], a: tuple[float, float], b: tuple[float, float]
) -> None:
    start, end, at = np.array(a), np.array(b), np.array(p)
    if np.linalg.norm(end - start) > 1e-3:
        assert side_of_line(at, start, end) == pytest.approx(-side_of_line(at, end, start))


def test_left_of_a_line_is_positive() -> None:
    side = side_of_line(np.array([[-1.0, 0.5], [1.0, 0.5]]), np.zeros(2), np.array([0.0, 1.0]))
    assert side == pytest.approx([1.0, -1.0])


def test_distance_to_segments_ends_at_their_ends() -> None:
    starts, ends = np.array([[0.0, 0.0], [3.0, 4.0]]), np.array([[0.0, 1.0], [3.0, 9.0]])
    assert distance_to_segments(np.zeros(2), starts, ends) == pytest.approx([0.0, 5.0])


L_SHAPE = np.array([[0, 0], [2, 0], [2, 1], [1, 1], [1, 2], [0, 2.0]])


@pytest.mark.parametrize(
    ("at", "inside"),
    [((0.5, 0.5), True), ((1.5, 1.5), False), ((0.5, 1.5), True), ((-0.1, 0.5), False)],
)
def test_inside_an_l_shape(at: tuple[float, float], *, inside: bool) -> None:
    assert inside_polygon(np.array([at]), L_SHAPE)[0] == inside
    assert inside_polygon(np.array([at]), L_SHAPE[::-1])[0] == inside


@given(p=point)
def test_squares_that_share_an_edge_partition_the_plane(p: tuple[float, float]) -> None:
    left = np.array([[-6, -6], [0, -6], [0, 6], [-6, 6.0]])
    right = np.array([[0, -6], [6, -6], [6, 6], [0, 6.0]])
    hits = inside_polygon(np.array([p]), left)[0] + 0 + inside_polygon(np.array([p]), right)[0]
    assert hits == 1


def test_a_wrong_shape_is_named_with_what_was_expected() -> None:
    with pytest.raises(ContractError, match=r"heads: expected shape \('N', 3\), got \(4, 2\)"):
        read_only(np.zeros((4, 2)), (-1, 3), "heads")


def test_a_rotation_whose_product_would_overflow_is_refused() -> None:
    huge = np.array([[1e308, 1e308, 0], [1e308, -1e308, 0], [0, 0, 1]])
    for rotation in (huge, np.full((3, 3), np.nan)):
        with pytest.raises(ContractError, match="no rotation"):
            Pose(rotation, np.zeros(3))
