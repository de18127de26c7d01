"""Real board pictures, against the figures that ACCURACY names."""

from __future__ import annotations

from pathlib import Path

import pytest

from lintel.depth.calibration import Board, Calibration, ViewSet, calibrate, pair_files, read_views

BOARD = Board(columns=9, rows=6, square_m=0.025)


def _views(folder: Path) -> ViewSet:
    pairing = pair_files(sorted(folder.glob("left*.jpg")), sorted(folder.glob("right*.jpg")))
    assert pairing.unpaired == ()
    return read_views(pairing.pairs, BOARD)


@pytest.fixture(scope="module")
def opencv(shared_data: Path) -> Calibration:
    return calibrate(_views(shared_data / "calibration" / "opencv"), BOARD)


@pytest.fixture(scope="module")
def exchanged(shared_data: Path) -> ViewSet:
    return _views(shared_data / "calibration" / "swapped")


def test_the_opencv_set_is_not_worse_than_a_plain_opencv_run(opencv: Calibration) -> None:
    assert len(opencv.used) == 13
    assert opencv.corners_dropped == 0
    assert opencv.stereo_rms_px <= 0.200  # plain OpenCV: 0.217; measured 0.194
    assert opencv.left_rms_px <= 0.180  # 0.195; 0.177
    assert opencv.right_rms_px <= 0.185  # 0.207; 0.181


def test_the_opencv_rig_holds_on_boards_left_out(opencv: Calibration) -> None:
    assert opencv.held_out is not None
    assert opencv.held_out.boards == 13
    assert opencv.held_out.vertical_mean_px < 0.13
    assert opencv.held_out.vertical_p95_px < 0.35
    assert abs(opencv.held_out.length_error) < 0.002
    assert not opencv.swapped
    assert opencv.verdict.grade == "good"


def test_the_swapped_set_is_told(exchanged: ViewSet) -> None:
    told = calibrate(exchanged, BOARD)
    assert told.swapped
    assert told.rig.right_from_left.translation_m[0] > 0


def test_the_swapped_set_can_be_repaired(exchanged: ViewSet) -> None:
    repaired = calibrate(exchanged, BOARD, repair_swapped=True)
    assert repaired.repaired
    assert repaired.rig.right_from_left.translation_m[0] < 0
    assert repaired.stereo_rms_px < 0.15
    assert len(repaired.used) == 12
    assert repaired.corners_dropped == 2  # two corners that OpenCV's search misplaces by 4 and 7 px
