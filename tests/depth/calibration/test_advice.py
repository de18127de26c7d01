from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from calibration_builders import SIZE, board_rig, exact_views, true_corners, view_from_pixels
from lintel.depth.calibration import Board, BoardView, Corners, ViewSet, calibrate
from lintel.geometry import Pose
from lintel.rig import StereoRig


def _advice(views: ViewSet, board: Board) -> str:
    return "\n".join(calibrate(views, board).verdict.advice)


def test_good_views_need_no_advice(chessboard: Board, noisy_views: ViewSet) -> None:
    assert _advice(noisy_views, chessboard) == ""


def test_few_views_are_said(chessboard: Board, noisy_views: ViewSet) -> None:
    few = replace(noisy_views, views=noisy_views.views[:6])
    assert "only 6 views" in _advice(few, chessboard)


def test_lost_views_are_said(chessboard: Board, noisy_views: ViewSet) -> None:
    lost = tuple(BoardView((f"x{k}", f"y{k}"), fault="no board") for k in range(8))
    more = replace(noisy_views, views=noisy_views.views + lost)
    assert "8 of 23 views were lost" in _advice(more, chessboard)


def _frontal_views(rig: StereoRig, board: Board) -> ViewSet:
    """The board hardly tilted, in the middle, always at one distance."""
    rng = np.random.default_rng(2)
    views = []
    for k in range(12):
        tilt = rng.uniform(-0.12, 0.12, 2)
        turn = np.array(_turn(tilt[0], tilt[1]))
        place = np.array([-0.12, -0.075, 0.5]) + rng.uniform(-0.03, 0.03, 3) * [1, 1, 0]
        pixels = true_corners(rig, board, Pose(turn, place))
        noisy = [p + rng.normal(0, 0.05, p.shape) for p in pixels]
        views.append(view_from_pixels(k, noisy, board))
    return ViewSet(tuple(views), SIZE)


def _turn(a: float, b: float) -> list[list[float]]:
    about_x = np.array([[1, 0, 0], [0, np.cos(a), -np.sin(a)], [0, np.sin(a), np.cos(a)]])
    about_y = np.array([[np.cos(b), 0, np.sin(b)], [0, 1, 0], [-np.sin(b), 0, np.cos(b)]])
    return np.asarray(about_x @ about_y).tolist()  # type: ignore[no-any-return]


@pytest.mark.parametrize("says", ["tilt it by 20 to 45 degrees", "near and far", "in every corner"])
def test_views_from_one_place_are_said(says: str, chessboard: Board) -> None:
    assert says in _advice(_frontal_views(board_rig(), chessboard), chessboard)


def test_blurred_views_are_said_and_very_bad_ones_are_poor(
    rig: StereoRig, chessboard: Board
) -> None:
    assert "blurred" in _advice(exact_views(rig, chessboard, 14, noise_px=0.5), chessboard)
    awful = calibrate(exact_views(rig, chessboard, 14, noise_px=1.0), chessboard).verdict
    assert awful.grade == "poor"
    assert awful.summary.startswith("Poor")


def test_cameras_that_expose_at_different_moments_are_said(
    chessboard: Board, noisy_views: ViewSet
) -> None:
    rng = np.random.default_rng(4)
    late = [
        replace(v, right=Corners(v.right.ids, v.right.xy_px + rng.normal(0, 1.2, 2)))
        for v in noisy_views.views
    ]
    said = _advice(replace(noisy_views, views=tuple(late)), chessboard)
    assert "not exposed at the same moment" in said
