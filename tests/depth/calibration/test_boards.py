from __future__ import annotations

import numpy as np
import pytest

from lintel.depth.calibration import Board, parse_board
from lintel.errors import CalibrationError


@pytest.mark.parametrize("text", ["9x6", "9X6", " 9 x 6 ", "9*6", "9,6"])
def test_a_board_is_written_as_columns_by_rows(text: str) -> None:
    board = parse_board(text, square_m=0.025)
    assert (board.columns, board.rows, board.corners) == (9, 6, 54)


def test_a_charuco_board_is_counted_in_squares_and_has_one_corner_less_each_way() -> None:
    board = parse_board("8x6", square_m=0.04, kind="charuco")
    assert (board.columns, board.rows) == (7, 5)
    assert board.marker_m == pytest.approx(0.03)


def test_corners_lie_row_by_row_one_square_apart() -> None:
    points = Board(columns=4, rows=3, square_m=0.1).points_m()
    assert points.shape == (12, 3)
    wanted = np.array([[0, 0, 0], [0.1, 0, 0], [0, 0.1, 0], [0.3, 0.2, 0]])
    assert np.allclose(points[[0, 1, 4, 11]], wanted)


def test_opencv_numbers_charuco_corners_as_we_do() -> None:
    board = parse_board("8x6", square_m=0.04, kind="charuco")
    theirs = np.asarray(board.charuco().getChessboardCorners())
    np.testing.assert_allclose(theirs - theirs[0], board.points_m(), atol=1e-6)


@pytest.mark.parametrize(
    ("text", "square_m", "says"),
    [
        ("9", 0.025, "like 9x6"),
        ("ninexsix", 0.025, "like 9x6"),
        ("2x6", 0.025, "3 to 100"),
        ("9x6", 25.0, "metres"),
        ("9x6", -0.1, "metres"),
        ("9x6", float("nan"), "metres"),
    ],
)
def test_impossible_boards_are_refused(text: str, square_m: float, says: str) -> None:
    with pytest.raises(CalibrationError, match=says):
        parse_board(text, square_m=square_m)


@pytest.mark.parametrize(
    ("text", "marker_m", "dictionary", "says"),
    [
        ("9x6", 0.03, "DICT_4X4_50", "smaller than the square"),
        ("9x6", None, "4X4", "unknown dictionary"),
        ("9x6", None, "DICT_9X9_50", "unknown dictionary"),
        ("30x30", None, "DICT_4X4_50", "450 markers, DICT_4X4_50 only 50"),
    ],
)
def test_impossible_charuco_boards_are_refused(
    text: str, marker_m: float | None, dictionary: str, says: str
) -> None:
    with pytest.raises(CalibrationError, match=says):
        parse_board(text, square_m=0.03, kind="charuco", marker_m=marker_m, dictionary=dictionary)
