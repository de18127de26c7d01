"""Border types refuse what breaks their contract, and are read-only afterwards."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from lintel.errors import ContractError
from lintel.frames import DepthMap, StereoPair
from lintel.geometry import Intrinsics, floor_from_cam_of
from lintel.records import Attributes, Detections, Direction, FloorFit, Interval, LineTotals

GREY = np.zeros((4, 6), dtype=np.uint8)


def test_detections_are_read_only() -> None:
    detections = Detections.of([[0, 0, 1.7]], t_ns=0)
    with pytest.raises(ValueError, match="read-only"):
        detections.xyz_m[0, 0] = 1.0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"sigma_m": np.zeros(2, np.float32)}, "sigma_m"),
        ({"score": np.array([1.5], np.float32)}, "0..1"),
        ({"xyz_m": np.full((1, 3), np.nan, np.float32)}, "finite"),
        ({"attributes": Attributes.unmeasured(3)}, "3 attributes"),
    ],
)
def test_detections_that_contradict_themselves_are_refused(
    change: dict[str, object], message: str
) -> None:
    with pytest.raises(ContractError, match=message):
        replace(Detections.of([[0, 0, 1.7]], t_ns=0), **change)  # type: ignore[arg-type]


def test_attributes_start_unmeasured() -> None:
    assert np.isnan(Attributes.unmeasured(2).child).all()


def test_directions_reverse() -> None:
    assert Direction.IN.reverse() is Direction.OUT
    assert Direction.OUT.reverse() is Direction.IN


def test_an_interval_needs_aware_times_in_order() -> None:
    noon = datetime(2026, 3, 1, 12, tzinfo=UTC)
    one = datetime(2026, 3, 1, 13, tzinfo=UTC)
    good = Interval(noon, one, "door", LineTotals(3, 2), 0.5, 2, (), 1.0, 0)
    with pytest.raises(ContractError, match="aware"):
        replace(good, start_utc=noon.replace(tzinfo=None))
    with pytest.raises(ContractError, match="before"):
        replace(good, end_utc=noon)
    with pytest.raises(ContractError, match="coverage"):
        replace(good, coverage=1.2)


@pytest.mark.parametrize("tilt_deg", [0.0, 10.0, 20.0])
def test_the_distance_along_the_axis_grows_with_tilt(tilt_deg: float) -> None:
    tilt = np.radians(tilt_deg)
    pose = floor_from_cam_of(normal_cam=np.array([0.0, np.sin(tilt), -np.cos(tilt)]), height_m=3.0)
    floor = FloorFit(pose, 0.01, 0.001, 0.01, 1000, settled=True)
    assert floor.height_m == 3.0
    assert np.degrees(floor.tilt_rad) == pytest.approx(tilt_deg, abs=1e-5)
    on_axis = pose.apply(np.array([0.0, 0.0, floor.distance_along_axis_m]))
    assert on_axis[2] == pytest.approx(0.0, abs=1e-9)


def test_a_stereo_pair_of_two_sizes_is_refused() -> None:
    with pytest.raises(ContractError, match="left is"):
        StereoPair(GREY, np.zeros((4, 7), np.uint8), 0, 0, "rig")


def test_a_stereo_pair_of_floats_is_refused() -> None:
    with pytest.raises(ContractError, match="uint8"):
        StereoPair(GREY.astype(np.float32), GREY, 0, 0, "rig")


def test_a_depth_map_checks_its_parts() -> None:
    depth = np.ones((4, 6), np.float32)
    lens = Intrinsics(1.0, 1.0, 0.0, 0.0)
    DepthMap(depth, depth.copy(), lens, GREY.copy(), 0, 0)
    with pytest.raises(ContractError, match="confidence"):
        DepthMap(depth, depth[:2].copy(), lens, GREY.copy(), 0, 0)
    with pytest.raises(ContractError, match="float32"):
        DepthMap(depth.astype(float), depth.copy(), lens, GREY.copy(), 0, 0)


def test_where_nobody_measured_a_heading_it_is_unknown_for_everyone() -> None:
    seen = Detections.of([[0, 0, 1.7], [1, 0, 1.6]], t_ns=0)
    assert np.isnan(seen.heading_rad).all()
    assert seen.heading_rad.shape == (2,)


def test_one_heading_for_two_heads_is_refused() -> None:
    seen = Detections.of([[0, 0, 1.7], [1, 0, 1.6]], t_ns=0)
    with pytest.raises(ContractError, match="heading_rad"):
        replace(seen, heading_rad=np.zeros(1, np.float32))
