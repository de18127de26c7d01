"""From views to a judged rig, where the truth is known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calibration_builders import SIZE, board_rig, exact_views, painted_views
from lintel.depth.calibration import Board, BoardView, Corners, ViewSet, calibrate
from lintel.errors import CalibrationError
from lintel.geometry import Pose
from lintel.rig import CameraModel, StereoRig


def _angle_deg(a: Pose, b: Pose) -> float:
    cosine = (np.trace(a.rotation @ b.rotation.T) - 1.0) / 2.0
    return float(np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0))))


def _assert_near(
    found: StereoRig, truth: StereoRig, *, focal: float, centre_px: float, angle_deg: float
) -> None:
    for got, want in ((found.left, truth.left), (found.right, truth.right)):
        assert got.matrix[0, 0] == pytest.approx(want.matrix[0, 0], rel=focal)
        assert got.matrix[1, 1] == pytest.approx(want.matrix[1, 1], rel=focal)
        assert np.abs(got.matrix[:2, 2] - want.matrix[:2, 2]).max() < centre_px
    assert found.baseline_m == pytest.approx(truth.baseline_m, abs=1e-4)
    assert _angle_deg(found.right_from_left, truth.right_from_left) < angle_deg


def test_painted_chessboards_give_back_the_rig(
    rig: StereoRig, chessboard: Board, pictures: ViewSet
) -> None:
    result = calibrate(pictures, chessboard)
    _assert_near(result.rig, rig, focal=0.001, centre_px=0.3, angle_deg=0.05)
    assert result.stereo_rms_px < 0.06
    assert result.rejected == ()
    assert result.held_out is not None
    assert result.held_out.boards == 12
    assert result.held_out.vertical_mean_px < 0.06
    assert abs(result.held_out.length_error) < 0.001
    assert result.verdict.grade == "good"


def test_painted_charuco_boards_that_leave_the_picture_give_back_the_rig(rig: StereoRig) -> None:
    board = Board(columns=9, rows=6, square_m=0.03, kind="charuco", marker_m=0.022)
    views = painted_views(rig, board, 12, whole=False)
    assert min(len(view.left.ids) for view in views.views) < 45
    result = calibrate(views, board)
    _assert_near(result.rig, rig, focal=0.002, centre_px=0.6, angle_deg=0.05)
    assert result.stereo_rms_px < 0.12


def test_fisheye_lenses_are_found_from_painted_charuco_boards() -> None:
    truth = board_rig("fisheye")
    board = Board(columns=9, rows=6, square_m=0.03, kind="charuco", marker_m=0.022)
    result = calibrate(painted_views(truth, board, 14, whole=False), board, lens="fisheye")
    assert result.rig.left.model == "fisheye"
    _assert_near(result.rig, truth, focal=0.004, centre_px=0.6, angle_deg=0.08)
    assert np.abs(result.rig.left.distortion - truth.left.distortion).max() < 0.02


def test_fisheye_lenses_are_found_from_noisy_chessboards(chessboard: Board) -> None:
    truth = board_rig("fisheye")
    result = calibrate(exact_views(truth, chessboard, 14), chessboard, lens="fisheye")
    _assert_near(result.rig, truth, focal=0.001, centre_px=0.4, angle_deg=0.05)
    assert result.stereo_rms_px == pytest.approx(0.1 * np.sqrt(2), rel=0.1)


def test_a_pinhole_model_of_a_fisheye_lens_is_called_bad(chessboard: Board) -> None:
    verdict = calibrate(exact_views(board_rig("fisheye"), chessboard, 14), chessboard).verdict
    assert verdict.grade == "poor"
    assert "lens is wider" in verdict.advice[-1]


def _shifted(view: BoardView, pixels: float) -> BoardView:
    """The view as if the board had moved between the two exposures."""
    return replace(view, right=Corners(view.right.ids, view.right.xy_px + np.array([0.0, pixels])))


def test_a_board_that_moved_between_the_exposures_is_rejected_alone(
    rig: StereoRig, chessboard: Board, noisy_views: ViewSet
) -> None:
    moved = list(noisy_views.views)
    moved[4] = _shifted(moved[4], 6.0)
    result = calibrate(replace(noisy_views, views=tuple(moved)), chessboard)
    assert [view.names[0] for view in result.rejected] == ["left04.png"]
    assert "moved" in result.rejected[0].reason
    assert result.rejected[0].rms_stereo_px > 1.0
    _assert_near(result.rig, rig, focal=0.002, centre_px=0.7, angle_deg=0.06)


def test_one_misplaced_corner_costs_the_corner_and_not_the_view(
    chessboard: Board, noisy_views: ViewSet
) -> None:
    views = list(noisy_views.views)
    places = views[3].left.xy_px.copy()
    places[17] += [5.0, -3.0]
    views[3] = replace(views[3], left=Corners(views[3].left.ids, places))
    result = calibrate(replace(noisy_views, views=tuple(views)), chessboard)
    assert result.rejected == ()
    assert result.corners_dropped == 1
    clean = calibrate(noisy_views, chessboard)
    assert result.stereo_rms_px == pytest.approx(clean.stereo_rms_px, rel=0.01)


def test_random_noise_alone_rejects_nothing(chessboard: Board, noisy_views: ViewSet) -> None:
    result = calibrate(noisy_views, chessboard)
    assert result.rejected == ()
    assert result.corners_dropped == 0
    assert result.stereo_rms_px == pytest.approx(0.1 * np.sqrt(2), rel=0.07)


@pytest.mark.parametrize(
    ("count", "bad"),
    [
        (10, {2: 9.0, 5: 25.0}),
        (10, {2: 9.0, 5: -7.0, 7: 12.0}),
        (15, {2: 9.0, 5: -7.0, 7: 12.0, 9: 20.0, 11: -15.0, 13: 30.0}),
    ],
)
def test_up_to_four_of_ten_views_may_be_bad(
    count: int, bad: dict[int, float], chessboard: Board, noisy_views: ViewSet
) -> None:
    views = list(noisy_views.views[:count])
    for k, pixels in bad.items():
        views[k] = _shifted(views[k], pixels)
    result = calibrate(replace(noisy_views, views=tuple(views)), chessboard)
    assert {view.names[0] for view in result.rejected} == {f"left{k:02}.png" for k in bad}
    assert result.stereo_rms_px == pytest.approx(0.1 * np.sqrt(2), rel=0.1)


@settings(max_examples=3, deadline=None)
@given(seed=st.integers(0, 1000))
def test_exchanged_cameras_are_told_and_repaired_whatever_the_views(seed: int) -> None:
    board = Board(columns=9, rows=6, square_m=0.03)
    truth = board_rig()
    views = exact_views(truth, board, 6, seed=seed)
    straight = calibrate(views, board)
    assert not straight.swapped
    told = calibrate(views.swapped(), board)
    assert (told.swapped, told.repaired) == (True, False)
    repaired = calibrate(views.swapped(), board, repair_swapped=True)
    assert (repaired.swapped, repaired.repaired) == (True, True)
    assert repaired.used[0].names == ("left00.png", "right00.png")
    assert repaired.rig.baseline_m == pytest.approx(straight.rig.baseline_m, rel=1e-6)
    assert np.allclose(repaired.rig.left.matrix, straight.rig.left.matrix, atol=1e-3)


def _rig_with(right_from_left: Pose) -> StereoRig:
    camera = CameraModel(board_rig().left.matrix, np.zeros(5))
    return StereoRig(SIZE, camera, camera, right_from_left)


@pytest.mark.parametrize(
    ("translation_m", "says"),
    [
        ((0.01, -0.07, 0.0), "one above the other"),
        ((0.005, 0.0, -0.07), "one behind the other"),
    ],
)
def test_cameras_not_side_by_side_are_refused(
    translation_m: tuple[float, float, float], says: str, chessboard: Board
) -> None:
    rig = _rig_with(Pose(np.eye(3), np.array(translation_m)))
    with pytest.raises(CalibrationError, match=says):
        calibrate(exact_views(rig, chessboard, 6), chessboard)


def test_a_camera_on_its_head_is_refused(chessboard: Board, noisy_views: ViewSet) -> None:
    turned = [
        replace(v, right=Corners(v.right.ids, np.array(SIZE) - 1 - v.right.xy_px))
        for v in noisy_views.views
    ]
    with pytest.raises(CalibrationError, match="turned by more than 90 degrees"):
        calibrate(replace(noisy_views, views=tuple(turned)), chessboard)


def test_a_pair_that_hangs_upside_down_is_a_pair_with_exchanged_sides(
    chessboard: Board, noisy_views: ViewSet
) -> None:
    def turned(corners: Corners) -> Corners:
        return Corners(corners.ids, np.array(SIZE) - 1 - corners.xy_px)

    views = [replace(v, left=turned(v.left), right=turned(v.right)) for v in noisy_views.views]
    assert calibrate(replace(noisy_views, views=tuple(views)), chessboard).swapped


def test_too_few_boards_are_said_with_their_reasons(
    chessboard: Board, noisy_views: ViewSet
) -> None:
    blind = [
        BoardView(view.names, fault="no 9x6 board found: left") for view in noisy_views.views[4:]
    ]
    views = replace(noisy_views, views=(*noisy_views.views[:4], *blind))
    with pytest.raises(CalibrationError, match=r"at least 5.*got 4 of 15.*left04.png.*no 9x6"):
        calibrate(views, chessboard)


def test_the_same_rig_has_the_same_id(chessboard: Board, noisy_views: ViewSet) -> None:
    first, again = (calibrate(noisy_views, chessboard).rig.rig_id for _ in range(2))
    assert first == again
    assert first.startswith("rig-")


def test_too_many_bad_views_are_refused_by_name(chessboard: Board, noisy_views: ViewSet) -> None:
    views = list(noisy_views.views[:6])
    for k, pixels in ((2, 9.0), (5, 25.0)):
        views[k] = _shifted(views[k], pixels)
    with pytest.raises(CalibrationError, match=r"contradict each other.*left05\.png"):
        calibrate(replace(noisy_views, views=tuple(views)), chessboard)
