"""What was measured around a place: the points of a cylinder, and no others."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detect_builders import depth_of, floor_fit, person
from lintel.detect.surface import Cylinder, Surface
from lintel.frames import DepthMap
from lintel.records import FloorFit

FLOOR = floor_fit(tilt_rad=0.2)
LEVEL = floor_fit()
SEEN = depth_of([*person(0.4, -0.3), *person(-0.5, 0.2, stature_m=1.2)], floor=FLOOR)
CROWN = Cylinder(radius_m=0.16, low_m=-0.14, high_m=0.10)
TORSO = Cylinder(radius_m=0.34, low_m=-0.295, high_m=0.295)
AROUND_M = 1.6  # half the view, at the height of heads


def every_offset(
    depth: DepthMap, place_m: npt.NDArray[np.float32], floor: FloorFit = FLOOR
) -> npt.NDArray[np.float64]:
    """The points of all pixels (h, w, 3) from a place, one after the other: slow and plain."""
    rows, columns = depth.depth_m.shape
    pixels = np.stack(np.meshgrid(np.arange(columns), np.arange(rows)), axis=-1).reshape(-1, 2)
    in_cam = depth.intrinsics.unproject(pixels.astype(float), depth.depth_m.ravel().astype(float))
    offset_m = floor.floor_from_cam.apply(in_cam) - place_m
    return np.asarray(offset_m.reshape(rows, columns, 3), dtype=np.float64)


def lies_inside(offset_m: npt.NDArray[np.float64], cylinder: Cylinder) -> npt.NDArray[np.bool_]:
    x, y, z = np.moveaxis(offset_m, -1, 0)
    tall = (z > cylinder.low_m) & (z < cylinder.high_m)
    return np.asarray(tall & (np.hypot(x, y) < cylinder.radius_m))


def widened(cylinder: Cylinder, by_m: float) -> Cylinder:
    return Cylinder(cylinder.radius_m + by_m, cylinder.low_m - by_m, cylinder.high_m + by_m)


@settings(max_examples=60, deadline=None)
@given(
    x_m=st.floats(-AROUND_M, AROUND_M),
    y_m=st.floats(-AROUND_M, AROUND_M),
    z_m=st.floats(0.8, 2.0),
    cylinder=st.sampled_from([CROWN, TORSO]),
)
def test_nothing_is_in_a_patch_that_is_not_in_the_cylinder(
    x_m: float, y_m: float, z_m: float, cylinder: Cylinder
) -> None:
    place_m = np.array([x_m, y_m, z_m], dtype=np.float32)
    patch = Surface(SEEN, FLOOR.floor_from_cam).around(place_m, cylinder)
    offset_m = every_offset(SEEN, place_m)[patch.rows, patch.columns]
    assert np.moveaxis(patch.offset_m, 0, -1) == pytest.approx(offset_m, abs=1e-5)
    assert not (patch.inside & ~lies_inside(offset_m, widened(cylinder, 1e-5))).any()
    assert not (lies_inside(offset_m, widened(cylinder, -1e-5)) & ~patch.inside).any()


def test_below_the_camera_a_patch_holds_all_that_lies_in_the_cylinder() -> None:
    below = depth_of(person(0.0, 0.0), floor=LEVEL)
    head_m = np.array([0.0, 0.0, 1.75], dtype=np.float32)
    patch = Surface(below, LEVEL.floor_from_cam).around(head_m, CROWN)
    inside = lies_inside(every_offset(below, head_m, LEVEL), CROWN)
    assert patch.inside.sum() == inside.sum() > 100
    assert inside[patch.rows, patch.columns].sum() == inside.sum()


def test_what_is_inside_is_told_row_by_row() -> None:
    head_m = np.array([0.4, -0.3, 1.75], dtype=np.float32)
    patch = Surface(SEEN, FLOOR.floor_from_cam).around(head_m, CROWN)
    assert (patch.inner_m() == patch.offset_m[:, patch.inside]).all()
    assert patch.inner_m()[2].max() == pytest.approx(0.0, abs=0.005)


def test_what_was_not_measured_is_in_no_patch() -> None:
    blind = replace(SEEN, depth_m=np.full_like(SEEN.depth_m, np.nan))
    patch = Surface(blind, FLOOR.floor_from_cam).around(
        np.array([0.4, -0.3, 1.75], dtype=np.float32), CROWN
    )
    assert patch.inside.size > 0
    assert not patch.inside.any()


@pytest.mark.parametrize("x_m", [-40.0, 40.0])
def test_outside_the_view_a_patch_is_empty(x_m: float) -> None:
    far_m = np.array([x_m, 0.0, 1.7], dtype=np.float32)
    patch = Surface(SEEN, FLOOR.floor_from_cam).around(far_m, CROWN)
    assert patch.inside.size == 0
    assert patch.inner_m().shape == (3, 0)
