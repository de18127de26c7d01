"""Boards drawn through known stereo cameras: what a calibration must find again."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from lintel.depth.calibration import Board, BoardView, Corners, ViewSet, view_of
from lintel.frames import Image
from lintel.geometry import Floats, Pose
from lintel.rig import CameraModel, LensModel, StereoRig

SIZE = (640, 480)
OVERSAMPLED = 2  # pixels are drawn this many times finer, then averaged
TEXTURE_PX = 48  # per square
PAPER, INK, WALL = 215, 30, 120


def board_rig(lens: LensModel = "pinhole") -> StereoRig:
    """A rig whose cameras differ, stand 75 mm apart, and are turned a little."""
    turn = rotation_of(np.array([0.012, -0.02, 0.008]))
    pose = Pose(turn, np.array([-0.075, 0.0012, -0.0015]))
    if lens == "fisheye":
        left = CameraModel(
            _matrix(236.0, 322.0, 236.0), np.array([0.06, -0.02, 0.008, -0.002]), lens
        )
        right = CameraModel(_matrix(239.0, 315.0, 243.0), np.array([0.05, -0.01, 0.004, 0.0]), lens)
    else:
        left = CameraModel(_matrix(431.0, 322.0, 236.0), np.array([-0.21, 0.06, 4e-4, -3e-4, 0.0]))
        right = CameraModel(_matrix(436.0, 315.0, 243.0), np.array([-0.19, 0.05, -3e-4, 2e-4, 0.0]))
    return StereoRig(SIZE, left, right, pose)


def rotation_of(rvec: Floats) -> Floats:
    """The rotation (3, 3) of a rotation vector."""
    return np.asarray(cv2.Rodrigues(rvec)[0], dtype=np.float64)


def board_poses(
    rig: StereoRig, board: Board, count: int, *, seed: int = 0, whole: bool = True
) -> list[Pose]:
    """Poses ``left_from_board`` that both cameras see, tilted, near and far, all over the image.

    ``whole`` asks for every corner in both pictures; otherwise half of them is enough.
    """
    rng = np.random.default_rng(seed)
    span = board.square_m * max(board.columns, board.rows)
    poses: list[Pose] = []
    while len(poses) < count:
        turn = rotation_of(rng.uniform(-0.65, 0.65, 3))
        depth = span * rng.uniform(0.9, 1.7) * rig.left.matrix[0, 0] / 431.0
        reach = 0.9 if rig.left.model == "fisheye" else 0.6
        place = np.array([*(rng.uniform(-reach, reach, 2) * depth * (1.0, 0.75)), depth])
        middle = board.points_m().mean(axis=0)
        pose = Pose(turn, place - turn @ middle)
        inside = np.stack([_inside(pixels) for pixels in true_corners(rig, board, pose)])
        if inside.all() if whole else inside.mean(axis=1).min() > 0.5:
            poses.append(pose)
    return poses


def true_corners(rig: StereoRig, board: Board, pose: Pose) -> tuple[Floats, Floats]:
    """Exact pixels (N, 2) of all corners in the left and the right picture."""
    points = pose.apply(board.points_m())
    return (
        project_points(rig.left, points),
        project_points(rig.right, rig.right_from_left.apply(points)),
    )


def project_points(camera: CameraModel, points_m: Floats) -> Floats:
    """Pixels (N, 2) of points (N, 3) in the camera's own frame."""
    still = np.zeros(3)
    points = np.ascontiguousarray(points_m).reshape(-1, 1, 3)
    projector = cv2.fisheye.projectPoints if camera.model == "fisheye" else cv2.projectPoints
    pixels = projector(points, still, still, camera.matrix, camera.distortion)[0]
    return np.asarray(pixels, dtype=np.float64).reshape(-1, 2)


class BoardPainter:
    """Draws one board through one rig; the rays of the pixels are computed once."""

    def __init__(self, rig: StereoRig, board: Board, *, noise: float = 1.5) -> None:
        self._rig, self._board, self._noise = rig, board, noise
        self._rays = _pixel_rays(rig.left), _pixel_rays(rig.right)
        self._texture = _texture(board)
        self._rng = np.random.default_rng(7)

    def pair(self, pose: Pose) -> tuple[Image, Image]:
        """Grey pictures of the board at ``left_from_board``."""
        return (
            self._picture(self._rays[0], pose),
            self._picture(self._rays[1], pose.then(self._rig.right_from_left)),
        )

    def _picture(self, rays: Floats, pose: Pose) -> Image:
        board_from_cam = pose.inverse()
        eye = board_from_cam.translation_m
        looks = rays @ board_from_cam.rotation.T
        with np.errstate(divide="ignore", invalid="ignore"):
            far = -eye[2] / looks[..., 2]
            xy = eye[:2] + far[..., None] * looks[..., :2]
        xy[~(far > 0)] = 1e6
        where = ((xy / self._board.square_m + 2.0) * TEXTURE_PX - 0.5).astype(np.float32)
        fine = cv2.remap(
            self._texture,
            where,
            None,  # type: ignore[call-overload]
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_CONSTANT,
            borderValue=(WALL,),
        )
        picture = np.asarray(cv2.resize(fine, SIZE, interpolation=cv2.INTER_AREA), np.float64)
        noisy = picture + self._rng.normal(0.0, self._noise, picture.shape)
        return np.clip(np.round(noisy), 0, 255).astype(np.uint8)


def painted_views(
    rig: StereoRig, board: Board, count: int, *, seed: int = 0, whole: bool = True
) -> ViewSet:
    """Views of painted pictures, searched like photographs."""
    painter = BoardPainter(rig, board)
    poses = board_poses(rig, board, count, seed=seed, whole=whole)
    pairs = [painter.pair(pose) for pose in poses]
    names = [(f"left{k:02}.png", f"right{k:02}.png") for k in range(count)]
    views = [view_of(n, a, b, board) for n, (a, b) in zip(names, pairs, strict=True)]
    return ViewSet(tuple(views), SIZE)


def exact_views(
    rig: StereoRig, board: Board, count: int, *, noise_px: float = 0.1, seed: int = 0
) -> ViewSet:
    """Views whose corners are projected, with Gaussian noise, without drawing anything."""
    rng = np.random.default_rng(seed)
    views = []
    for k, pose in enumerate(board_poses(rig, board, count, seed=seed)):
        pixels = [p + rng.normal(0, noise_px, p.shape) for p in true_corners(rig, board, pose)]
        views.append(view_from_pixels(k, pixels, board))
    return ViewSet(tuple(views), SIZE)


def view_from_pixels(number: int, pixels: Sequence[Floats], board: Board) -> BoardView:
    """A view of all corners at the given places, left and right."""
    ids = np.arange(board.corners)
    left, right = (Corners(ids, np.array(places)) for places in pixels)
    return BoardView((f"left{number:02}.png", f"right{number:02}.png"), left, right)


def write_pairs(folder: Path, pairs: Sequence[tuple[Image, Image]]) -> None:
    """Write left01.png, right01.png and so on."""
    for number, pair in enumerate(pairs, start=1):
        for side, picture in zip(("left", "right"), pair, strict=True):
            data = cv2.imencode(".png", picture)[1]
            (folder / f"{side}{number:02}.png").write_bytes(data.tobytes())


def _matrix(focal: float, cx: float, cy: float) -> Floats:
    return np.array([[focal, 0.0, cx], [0.0, focal + 0.7, cy], [0.0, 0.0, 1.0]])


def _inside(pixels: Floats) -> Floats:
    return np.asarray(((pixels > 8) & (pixels < np.array(SIZE) - 9)).all(axis=1))


def _pixel_rays(camera: CameraModel) -> Floats:
    """Rays (h, w, 3) of the finer pixels."""
    width, height = OVERSAMPLED * SIZE[0], OVERSAMPLED * SIZE[1]
    x, y = np.meshgrid(np.arange(width), np.arange(height))
    pixels = (np.stack([x, y], axis=-1).reshape(-1, 1, 2) + 0.5) / OVERSAMPLED - 0.5
    undistort = cv2.fisheye.undistortPoints if camera.model == "fisheye" else cv2.undistortPoints
    tangents = np.asarray(undistort(pixels, camera.matrix, camera.distortion), np.float64)
    tangents = tangents.reshape(-1, 2)
    return np.column_stack([tangents, np.ones(len(tangents))]).reshape(height, width, 3)


def _texture(board: Board) -> Image:
    """The board with one square of paper around, its first inner corner at (2, 2) squares."""
    across, down = board.columns + 1, board.rows + 1
    if board.kind == "charuco":
        size = (across * TEXTURE_PX, down * TEXTURE_PX)
        printed = np.asarray(board.charuco().generateImage(size)) > 127
    else:
        squares = np.add.outer(np.arange(down), np.arange(across)) % 2 == 1
        printed = np.kron(squares, np.ones((TEXTURE_PX, TEXTURE_PX))) > 0.5
    paper = np.pad(printed, TEXTURE_PX, constant_values=True)
    return np.where(paper, PAPER, INK).astype(np.uint8)
