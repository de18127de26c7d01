"""Depth that follows small drifts of its cameras."""

from __future__ import annotations

import pytest

from alignment_builders import CAMERA, Room, knocked, level_rig
from lintel.depth.aligned import AlignedDepth, DriftSettings
from lintel.depth.alignment import Correction
from lintel.frames import StereoPair
from lintel.rig import StereoRig

LOOK_S = 3.1
UNTURNED = Correction(0.0, 0.0)


def watch(depth: AlignedDepth, truth: StereoRig, *, looks: int, start: int = 0) -> None:
    for number in range(start, start + looks):
        left, right = Room(seed=number % 4).pair(truth)
        t_ns = round(number * LOOK_S * 1e9)
        depth.step(StereoPair(left, right, t_ns, number, "room"))


def test_cameras_that_stand_as_calibrated_are_left_alone() -> None:
    depth = AlignedDepth(level_rig())
    watch(depth, level_rig(), looks=5)
    assert depth.correction == UNTURNED
    assert depth.health is not None
    assert abs(depth.health.vertical_residual_px) < 0.05


def test_a_small_drift_is_corrected_and_the_rows_agree_again() -> None:
    depth = AlignedDepth(level_rig())
    truth = knocked(level_rig(), pitch_px=0.5, roll_px=-1.0)
    watch(depth, truth, looks=5)
    assert depth.correction.pitch_rad * CAMERA.fx == pytest.approx(0.5, abs=0.05)
    assert depth.correction.roll_rad * CAMERA.fx == pytest.approx(-1.0, abs=0.08)
    assert depth.health is not None
    assert abs(depth.health.vertical_residual_px) < 0.1
    assert depth.health.vertical_spread_px < 0.1


def test_a_drift_that_is_not_worth_it_is_left_alone() -> None:
    depth = AlignedDepth(level_rig(), drift=DriftSettings(worth_px=0.8))
    watch(depth, knocked(level_rig(), pitch_px=0.3), looks=5)
    assert depth.correction == UNTURNED
    assert depth.health is not None
    assert depth.health.vertical_residual_px == pytest.approx(0.3, abs=0.1)


def test_a_turn_beyond_the_limit_is_told_and_not_corrected() -> None:
    limit = DriftSettings(limit_rad=0.5 / CAMERA.fx)
    depth = AlignedDepth(level_rig(), drift=limit)
    watch(depth, knocked(level_rig(), pitch_px=1.5), looks=5)
    assert depth.correction == UNTURNED
    assert depth.health is not None
    assert depth.health.vertical_residual_px > 1.0


def test_corrections_keep_their_distance_in_time() -> None:
    depth = AlignedDepth(level_rig(), drift=DriftSettings(pause_s=1000.0))
    watch(depth, knocked(level_rig(), pitch_px=0.5), looks=4)
    first = depth.correction
    assert first != UNTURNED
    watch(depth, knocked(level_rig(), pitch_px=1.5), looks=6, start=4)
    assert depth.correction == first


def test_reset_goes_back_to_the_calibrated_rig() -> None:
    depth = AlignedDepth(level_rig())
    truth = knocked(level_rig(), pitch_px=0.5)
    watch(depth, truth, looks=4)
    assert depth.correction != UNTURNED
    depth.reset()
    assert depth.correction == UNTURNED
    assert depth.health is None
    watch(depth, truth, looks=1)
    assert depth.health is not None
    assert depth.health.vertical_residual_px == pytest.approx(0.5, abs=0.2)
