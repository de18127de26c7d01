"""The renderer's lens is OpenCV's lens, and its depth is the depth of geometry."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from lintel.geometry import Intrinsics, Pose, floor_from_cam_of
from lintel.rig import CameraModel
from lintel.sim.camera import View
from lintel.sim.material import Material
from lintel.sim.mesh import ellipsoid, sheet
from lintel.sim.raster import raster

SIZE = (160, 100)
MATRIX = np.array([[73.0, 0.0, 79.5], [0.0, 74.0, 49.5], [0.0, 0.0, 1.0]])


def overhead(height_m: float = 3.0) -> Pose:
    return floor_from_cam_of(normal_cam=np.array([0.0, -0.1, -0.99]), height_m=height_m).inverse()


@pytest.mark.parametrize(
    ("model", "distortion"),
    [
        ("pinhole", ()),
        ("pinhole", (-0.22, 0.05, 0.001, -0.002, -0.004)),
        ("pinhole", (0.4, 0.1, 0.001, 0.002, 0.01, 0.7, 0.2, 0.02)),
        ("pinhole", (0.4, 0.1, 0.001, 0.002, 0.01, 0.7, 0.2, 0.02, 0.01, 0.02, -0.01, 0.005)),
        ("fisheye", (0.1, -0.02, 0.003, -0.001)),
    ],
)
def test_projection_agrees_with_opencv(model: str, distortion: tuple[float, ...]) -> None:
    pose = overhead()
    camera = CameraModel(
        MATRIX.copy(), np.array(distortion), "fisheye" if model == "fisheye" else "pinhole"
    )
    points = np.random.default_rng(0).uniform([-1.5, -1.0, 0.0], [1.5, 1.0, 2.0], (50, 3))
    seen = View.of(SIZE, camera, pose).project(points)
    in_cam = np.asarray(pose.apply(points), dtype=np.float64)
    project = cv2.fisheye.projectPoints if model == "fisheye" else cv2.projectPoints
    zero = np.zeros((3, 1))
    expected, _ = project(
        in_cam[:, None],
        zero,
        zero,
        MATRIX,
        np.array(distortion).reshape(-1, 1) if distortion else np.zeros((4, 1)),
    )
    assert np.abs(seen[:, :2] - expected.reshape(-1, 2)).max() < 1e-6
    assert np.allclose(seen[:, 2], in_cam[:, 2])


def test_what_lies_behind_the_camera_is_not_pictured() -> None:
    view = View.pinhole(SIZE, Intrinsics(73.0, 73.0, 79.5, 49.5), overhead())
    assert view.project(np.array([[0.0, 0.0, 4.0]]))[0, 2] == -1.0


def draw(view: View, *meshes: object) -> tuple[np.ndarray, np.ndarray]:
    depth = np.full((view.height, view.width), np.float32(1e9))
    seen = np.full(depth.shape, -1, dtype=np.int32)
    for mesh in meshes:
        points, triangles = mesh.vertices_m, mesh.triangles  # type: ignore[attr-defined]
        raster(
            view.project(points), triangles, np.arange(len(triangles)), depth, seen, 0, np.zeros(2)
        )
    return depth, seen


def test_depth_of_the_floor_is_exact() -> None:
    k = Intrinsics(73.0, 73.0, 79.5, 49.5)
    pose = overhead()
    view = View.pinhole(SIZE, k, pose)
    floor = sheet((-6.0, -6.0, 0.0), (12.0, 0.0, 0.0), (0.0, 12.0, 0.0), Material(), step_m=0.3)
    depth, _ = draw(view, floor)
    y, x = np.mgrid[0 : SIZE[1], 0 : SIZE[0]]
    rays = np.stack([(x - k.cx) / k.fx, (y - k.cy) / k.fy, np.ones(x.shape)], axis=-1)
    down = rays @ pose.inverse().rotation.T
    assert np.abs(depth - 3.0 / -down[..., 2]).max() < 1e-4


def test_the_nearer_surface_wins_whatever_the_order() -> None:
    view = View.pinhole(SIZE, Intrinsics(73.0, 73.0, 79.5, 49.5), overhead())
    floor = sheet((-3.0, -3.0, 0.0), (6.0, 0.0, 0.0), (0.0, 6.0, 0.0), Material(), step_m=0.3)
    ball = ellipsoid((0.0, 0.2, 1.5), (0.3, 0.3, 0.3), Material(), sides=40)
    one, other = draw(view, floor, ball)[0], draw(view, ball, floor)[0]
    assert np.array_equal(one, other)
    assert one.min() == pytest.approx(1.5 - 0.3, abs=0.05)
