from __future__ import annotations

import cv2
import numpy as np
import pytest

from calibration_builders import SIZE, BoardPainter, board_poses, true_corners
from lintel.depth.calibration import Board, Corners, ViewSet, find_corners
from lintel.frames import Image
from lintel.geometry import Floats
from lintel.rig import StereoRig


def _rms(corners: Corners, truth: Floats, board: Board) -> float:
    """Root mean square distance; a chessboard may be read from its other end."""
    whole = truth[corners.ids]
    ways = [whole, truth[board.corners - 1 - corners.ids]]
    return min(float(np.sqrt(np.square(corners.xy_px - w).sum(axis=1).mean())) for w in ways)


def test_corners_of_painted_boards_are_found_to_a_twentieth_of_a_pixel(
    rig: StereoRig, chessboard: Board, pictures: ViewSet
) -> None:
    poses = board_poses(rig, chessboard, len(pictures.views))
    errors = []
    for view, pose in zip(pictures.views, poses, strict=True):
        truth = true_corners(rig, chessboard, pose)
        errors.append(_rms(view.left, truth[0], chessboard))
        errors.append(_rms(view.right, truth[1], chessboard))
    assert np.median(errors) < 0.05
    assert max(errors) < 0.08


def test_a_picture_of_four_times_the_size_gives_the_same_corners(
    rig: StereoRig, chessboard: Board
) -> None:
    pose = board_poses(rig, chessboard, 1)[0]
    picture = BoardPainter(rig, chessboard).pair(pose)[0]
    large = np.asarray(cv2.resize(picture, None, fx=4, fy=4), dtype=np.uint8)
    small_corners, large_corners = (
        find_corners(picture, chessboard),
        find_corners(large, chessboard),
    )
    assert small_corners is not None
    assert large_corners is not None
    assert np.abs((large_corners.xy_px + 0.5) / 4 - 0.5 - small_corners.xy_px).max() < 0.15


def test_half_of_a_charuco_board_is_enough_and_its_corners_keep_their_numbers(
    rig: StereoRig,
) -> None:
    board = Board(columns=9, rows=6, square_m=0.03, kind="charuco", marker_m=0.022)
    pose = board_poses(rig, board, 1)[0]
    picture = BoardPainter(rig, board).pair(pose)[0].copy()
    truth = true_corners(rig, board, pose)[0]
    picture[:, int(truth[:, 0].mean()) :] = 128
    found = find_corners(picture, board)
    assert found is not None
    assert 12 <= len(found.ids) <= 32
    assert np.linalg.norm(found.xy_px - truth[found.ids], axis=1).max() < 0.5


@pytest.mark.parametrize("kind", ["chessboard", "charuco"])
def test_no_board_is_seen_where_there_is_none(kind: str) -> None:
    board = (
        Board(columns=9, rows=6, square_m=0.03)
        if kind == "chessboard"
        else Board(columns=9, rows=6, square_m=0.03, kind="charuco", marker_m=0.02)
    )
    noise: Image = np.random.default_rng(3).integers(0, 255, SIZE[::-1], dtype=np.uint8)
    assert find_corners(noise, board) is None
