from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibration_builders import BoardPainter, board_poses, true_corners, write_pairs
from lintel.depth.calibration import Board, Corners, read_views
from lintel.depth.calibration.views import same_order
from lintel.errors import CalibrationError, SourceError
from lintel.rig import StereoRig


@given(
    columns=st.integers(3, 9),
    rows=st.integers(3, 9),
    turns=st.integers(0, 3),
    seed=st.integers(0, 99),
)
def test_the_right_board_is_read_from_the_same_corner_as_the_left(
    rig: StereoRig, columns: int, rows: int, turns: int, seed: int
) -> None:
    board = Board(columns=columns, rows=rows, square_m=0.03)
    left, right = true_corners(rig, board, board_poses(rig, board, 1, seed=seed)[0])
    turn = turns if columns == rows else turns // 2 * 2
    grid = right.reshape(rows, columns, 2)
    misread = Corners(np.arange(board.corners), np.rot90(grid, turn).reshape(-1, 2).copy())
    put_right = same_order(Corners(misread.ids, left.copy()), misread, board)
    assert np.allclose(put_right.xy_px, right)


def test_pairs_of_files_become_views_with_progress(
    rig: StereoRig, chessboard: Board, tmp_path: Path
) -> None:
    painter = BoardPainter(rig, chessboard)
    pair = painter.pair(board_poses(rig, chessboard, 1)[0])
    blank = np.full_like(pair[0], 90)
    write_pairs(tmp_path, [pair, (pair[0], blank)])
    told: list[tuple[int, int]] = []
    views = read_views(
        [(tmp_path / f"left0{k}.png", tmp_path / f"right0{k}.png") for k in (1, 2)],
        chessboard,
        unpaired=[tmp_path / "left03.png"],
        progress=lambda done, total: told.append((done, total)),
    )
    assert told == [(1, 2), (2, 2)]
    assert views.image_size == (640, 480)
    assert [view.fault for view in views.views] == [
        "",
        "no 9x6 board found: right",
        "no partner picture",
    ]
    assert views.swapped().views[1].names == ("right02.png", "left02.png")


def test_broken_pictures_are_named(chessboard: Board, tmp_path: Path) -> None:
    good, empty, text, cut = (tmp_path / f"{name}.png" for name in ("good", "empty", "text", "cut"))
    picture = cv2.imencode(".png", np.zeros((480, 640), np.uint8))[1].tobytes()
    good.write_bytes(picture)
    empty.write_bytes(b"")
    text.write_text("no picture at all")
    cut.write_bytes(picture[:40])
    for broken in (empty, text, cut, tmp_path / "missing.png"):
        with pytest.raises(SourceError, match=broken.name):
            read_views([(good, broken)], chessboard)


def test_a_picture_of_another_size_is_named(chessboard: Board, tmp_path: Path) -> None:
    small = np.zeros((240, 320), np.uint8)
    write_pairs(tmp_path, [(np.zeros((480, 640), np.uint8), small)])
    with pytest.raises(CalibrationError, match=r"right01\.png: expected 640x480.*got 320x240"):
        read_views([(tmp_path / "left01.png", tmp_path / "right01.png")], chessboard)
