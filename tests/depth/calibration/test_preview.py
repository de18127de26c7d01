from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from calibration_builders import BoardPainter, board_poses, write_pairs
from lintel.depth.calibration import Board, find_corners, preview, write_previews
from lintel.depth.calibration.preview import GUIDE_LINES
from lintel.depth.rectify import Rectifier
from lintel.errors import CalibrationError
from lintel.frames import StereoPair
from lintel.rig import StereoRig


def test_a_preview_shows_both_sides_with_guide_lines(rig: StereoRig, chessboard: Board) -> None:
    left, right = BoardPainter(rig, chessboard).pair(board_poses(rig, chessboard, 1)[0])
    picture = preview(Rectifier(rig), left, right)
    assert picture.shape == (480, 1280, 3)
    coloured = (picture.max(axis=2) != picture.min(axis=2)).all(axis=1)
    assert coloured.sum() == GUIDE_LINES - 1


def test_in_the_preview_equal_corners_lie_on_equal_rows(rig: StereoRig, chessboard: Board) -> None:
    left, right = BoardPainter(rig, chessboard).pair(board_poses(rig, chessboard, 1)[0])
    pair = Rectifier(rig).rectify(StereoPair(left, right, t_ns=0, seq=0, rig_id="test"))
    found = find_corners(pair.left, chessboard), find_corners(pair.right, chessboard)
    assert found[0] is not None
    assert found[1] is not None
    assert np.abs(found[0].xy_px[:, 1] - found[1].xy_px[:, 1]).max() < 0.3


def test_previews_are_written_one_per_pair(
    rig: StereoRig, chessboard: Board, tmp_path: Path
) -> None:
    pair = BoardPainter(rig, chessboard).pair(board_poses(rig, chessboard, 1)[0])
    write_pairs(tmp_path, [pair, pair])
    files = [(tmp_path / f"left0{k}.png", tmp_path / f"right0{k}.png") for k in (1, 2)]
    written = write_previews(rig, files, tmp_path / "new" / "previews")
    assert [file.name for file in written] == ["left01_right01.png", "left02_right02.png"]
    assert all(file.stat().st_size > 10_000 for file in written)
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    with pytest.raises(CalibrationError, match="file: previews cannot be written"):
        write_previews(rig, files, blocked)
