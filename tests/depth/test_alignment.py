from __future__ import annotations

import math
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alignment_builders import BASELINE_M, CAMERA, SIZE, Room, knocked, level_rig
from lintel.depth.alignment import (
    AlignmentMonitor,
    AlignmentSettings,
    Correction,
    corrected_rig,
    disparity_offset_from_height,
    row_effect,
)
from lintel.depth.rectify import Rectifier
from lintel.depth.row_matches import match_rows
from lintel.errors import ContractError
from lintel.frames import Image, StereoPair
from lintel.geometry import Pose, floor_from_cam_of
from lintel.records import StereoHealth
from lintel.rig import StereoRig, find_rig

S = 1_000_000_000
LOOKS = 3


def _watch(
    rig: StereoRig, pairs: list[tuple[Image, Image]]
) -> tuple[AlignmentMonitor, StereoHealth]:
    """Rectify by what ``rig`` says, and watch one pair every three seconds."""
    rectifier = Rectifier(rig)
    monitor = AlignmentMonitor(rectifier.intrinsics, valid=rectifier.valid)
    health = None
    for k, (left, right) in enumerate(pairs):
        both = rectifier.rectify(StereoPair(left, right, t_ns=0, seq=k, rig_id="room"))
        health = monitor.step(both.left, both.right, 3 * k * S)
    assert health is not None
    return monitor, health


def _footage(truth: StereoRig, *, disparity_shift_px: float = 0.0) -> list[tuple[Image, Image]]:
    return [Room(seed=k, disparity_shift_px=disparity_shift_px).pair(truth) for k in range(LOOKS)]


def test_a_rig_as_calibrated_is_called_healthy() -> None:
    monitor, health = _watch(level_rig(), _footage(level_rig()))
    assert abs(health.vertical_residual_px) < 0.03
    assert health.vertical_spread_px < 0.05
    assert health.features > 60
    correction = monitor.correction
    assert correction is not None
    assert abs(correction.pitch_rad) * CAMERA.fx < 0.05
    assert abs(correction.roll_rad) * CAMERA.fx < 0.08


@pytest.mark.parametrize(
    ("pitch_px", "roll_px"), [(0.3, 0.0), (0.0, 0.6), (0.5, -1.0), (-3.0, 2.0)]
)
def test_a_knock_is_measured_and_corrected(pitch_px: float, roll_px: float) -> None:
    believed = level_rig()
    footage = _footage(knocked(believed, pitch_px=pitch_px, roll_px=roll_px))
    monitor, health = _watch(believed, footage)
    assert health.vertical_residual_px == pytest.approx(pitch_px, abs=0.35 + 0.1 * abs(pitch_px))
    correction = monitor.correction
    assert correction is not None
    assert correction.pitch_rad * CAMERA.fx == pytest.approx(pitch_px, abs=0.03)
    assert correction.roll_rad * CAMERA.fx == pytest.approx(roll_px, abs=0.04)
    again, mended = _watch(corrected_rig(believed, correction), footage)
    assert abs(mended.vertical_residual_px) < 0.05
    assert mended.vertical_spread_px < 0.08
    rest = again.correction
    assert rest is not None
    assert abs(rest.pitch_rad) * CAMERA.fx < 0.05
    assert abs(rest.roll_rad) * CAMERA.fx < 0.05


def test_with_a_wide_lens_yaw_is_seen_as_a_shift_of_disparity() -> None:
    _, health = _watch(level_rig(), _footage(knocked(level_rig(), yaw_px=-1.0)))
    assert health.disparity_offset_px == pytest.approx(1.0, abs=0.1)


def test_a_shifted_sensor_leaves_every_row_in_place_and_cannot_be_seen() -> None:
    _, health = _watch(level_rig(), _footage(level_rig(), disparity_shift_px=1.0))
    assert abs(health.vertical_residual_px) < 0.03
    assert abs(health.disparity_offset_px) < 0.3


def test_it_looks_every_few_seconds_and_not_every_few_frames() -> None:
    left, right = Room().pair(level_rig())
    monitor = AlignmentMonitor(CAMERA, settings=AlignmentSettings(interval_s=2.0))
    told = [monitor.step(left, right, k * S // 2) is not None for k in range(9)]
    assert told == [True, False, False, False, True, False, False, False, True]


def test_a_correction_needs_several_looks_and_reset_forgets_them() -> None:
    left, right = Room().pair(level_rig())
    monitor = AlignmentMonitor(CAMERA)
    for look in range(3):
        assert monitor.correction is None
        monitor.step(left, right, look * 3 * S)
    assert monitor.correction is not None
    monitor.reset()
    assert monitor.correction is None
    assert monitor.step(left, right, 0) is not None


def test_a_new_knock_replaces_the_old_measurement_within_minutes() -> None:
    monitor = AlignmentMonitor(CAMERA, settings=AlignmentSettings(memory_s=10.0))
    before, after = Room().pair(level_rig()), Room().pair(knocked(level_rig(), pitch_px=0.8))
    for look in range(4):
        monitor.step(*before, look * 3 * S)
    for look in range(4, 18):
        health = monitor.step(*after, look * 3 * S)
    assert health is not None
    assert monitor.correction is not None
    assert monitor.correction.pitch_rad * CAMERA.fx == pytest.approx(0.8, abs=0.08)


def test_a_wild_turn_is_clipped() -> None:
    limit = 0.002
    footage = _footage(knocked(level_rig(), pitch_px=3.0))
    monitor = AlignmentMonitor(CAMERA, settings=AlignmentSettings(turn_max_rad=limit))
    for look, pair in enumerate(footage):
        monitor.step(*pair, look * 3 * S)
    assert monitor.correction is not None
    assert monitor.correction.pitch_rad == pytest.approx(limit)


@pytest.mark.parametrize("grey", [0, 128, 255])
def test_pictures_without_content_say_nothing(grey: int) -> None:
    blank = np.full(SIZE[::-1], grey, dtype=np.uint8)
    monitor = AlignmentMonitor(CAMERA)
    assert monitor.step(blank, blank, 0) is None
    assert monitor.correction is None


def test_a_third_of_false_matches_does_not_bend_the_measurement() -> None:
    left, right = Room().pair(level_rig())
    other = Room(seed=9).pair(knocked(level_rig(), pitch_px=5.0))
    mixed = [np.vstack([a[:270], b[270:]]) for a, b in zip((left, right), other, strict=True)]
    monitor = AlignmentMonitor(CAMERA)
    health = monitor.step(mixed[0], mixed[1], 0)
    assert health is not None
    assert abs(health.vertical_residual_px) < 0.25


@pytest.mark.parametrize("wrong", ["interval_s", "memory_s", "turn_max_rad"])
def test_settings_must_be_positive(wrong: str) -> None:
    with pytest.raises(ContractError, match="positive"):
        AlignmentSettings(**{wrong: 0.0})  # type: ignore[arg-type]


@given(
    pitch=st.floats(-2e-4, 2e-4),
    yaw=st.floats(-2e-4, 2e-4),
    roll=st.floats(-2e-4, 2e-4),
    x=st.floats(0, 640),
    y=st.floats(0, 400),
)
def test_rows_move_as_a_turned_camera_moves_them(
    pitch: float, yaw: float, roll: float, x: float, y: float
) -> None:
    point = np.array([[x, y]])
    turn = np.asarray(cv2.Rodrigues(np.array([pitch, yaw, roll]))[0])
    moved = CAMERA.project(CAMERA.unproject(point, np.array([2.0])) @ turn.T)
    told = row_effect(point, CAMERA) @ np.array([pitch, yaw, roll])
    assert point[0, 1] - moved[0, 1] == pytest.approx(told[0], abs=2e-4)


def test_corrections_add_up() -> None:
    both = Correction(0.001, -0.002).then(Correction(0.0005, 0.001))
    assert (both.pitch_rad, both.roll_rad) == pytest.approx((0.0015, -0.001))


def test_no_correction_leaves_the_rig_alone() -> None:
    rig = knocked(level_rig(), pitch_px=2.0, roll_px=1.0)
    same = corrected_rig(rig, Correction(0.0, 0.0))
    assert np.allclose(same.right_from_left.rotation, rig.right_from_left.rotation)
    assert same.baseline_m == pytest.approx(rig.baseline_m)


@given(
    height_m=st.floats(2.0, 6.0),
    tilt_x=st.floats(-0.3, 0.3),
    tilt_y=st.floats(-0.3, 0.3),
    offset_px=st.floats(-1.0, 1.0),
)
def test_a_known_height_tells_the_shift_of_disparity(
    height_m: float, tilt_x: float, tilt_y: float, offset_px: float
) -> None:
    up = np.array([tilt_x, tilt_y, -1.0]) / math.sqrt(1 + tilt_x**2 + tilt_y**2)
    seen = up / height_m + [0.0, 0.0, -offset_px / (CAMERA.fx * BASELINE_M)]
    fitted = floor_from_cam_of(normal_cam=seen, height_m=float(1 / np.linalg.norm(seen)))
    told = disparity_offset_from_height(
        fitted, mount_height_m=height_m, focal_px=CAMERA.fx, baseline_m=BASELINE_M
    )
    assert told == pytest.approx(offset_px, abs=1e-6)


def test_an_impossible_height_is_refused() -> None:
    tilted = floor_from_cam_of(normal_cam=np.array([0.0, 0.9, -0.4]), height_m=2.0)
    with pytest.raises(ContractError, match="cannot be tilted"):
        disparity_offset_from_height(
            tilted, mount_height_m=4.0, focal_px=300.0, baseline_m=BASELINE_M
        )
    with pytest.raises(ContractError, match="cannot be tilted"):
        disparity_offset_from_height(
            Pose(np.diag([1.0, -1.0, -1.0]), np.array([0.0, 0.0, 3.0])),
            mount_height_m=-3.0,
            focal_px=300.0,
            baseline_m=BASELINE_M,
        )


def test_matches_are_good_to_a_tenth_of_a_pixel() -> None:
    left, right = Room().pair(level_rig())
    matches = match_rows(left, right)
    rows = matches.left_px[:, 1] - matches.right_px[:, 1]
    assert len(rows) > 60
    assert np.median(np.abs(rows)) < 0.07
    assert np.percentile(np.abs(rows), 90) < 0.25


def _patio_footage(folder: Path) -> list[tuple[Image, Image]]:
    """Four looks, 2 s apart, after the saturated start."""
    videos = [cv2.VideoCapture(str(folder / f"{side}.mp4")) for side in ("left", "right")]
    pairs = []
    for frame in range(60 + 4 * 60):
        if frame < 60 or frame % 60:
            for video in videos:
                video.grab()
        else:
            images = [np.asarray(video.read()[1], dtype=np.uint8) for video in videos]
            pairs.append((images[0], images[1]))
    for video in videos:
        video.release()
    return pairs


def test_the_patio_rig_has_turned_since_its_factory_and_the_correction_mends_it(
    shared_data: Path,
) -> None:
    rig = find_rig(shared_data / "oak_patio")
    footage = _patio_footage(shared_data / "oak_patio")
    monitor, health = _watch(rig, footage)
    assert 0.4 < health.vertical_residual_px < 0.9  # measured 0.64
    assert health.vertical_spread_px > 0.9  # 1.3, most of it roll
    assert monitor.correction is not None
    assert -0.0033 < monitor.correction.roll_rad < -0.0023  # -0.0028: 2.3 px at u = 1
    _, mended = _watch(corrected_rig(rig, monitor.correction), footage)
    assert abs(mended.vertical_residual_px) < 0.1
    assert mended.vertical_spread_px < 0.55  # 0.41
