"""A head's place is mended by the crown that was measured, and only where one was."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detect_builders import Box, depth_of, floor_fit, person
from lintel.detect.head_place import PlaceRule, mended
from lintel.frames import DepthMap

FLOOR = floor_fit()
RULE = PlaceRule()
HEAD = np.array([[0.4, -0.3, 1.75]], dtype=np.float32)
SEEN = depth_of(person(0.4, -0.3), floor=FLOOR)
UNKNOWN = np.array([np.nan], dtype=np.float32)


def placed(
    depth: DepthMap, xyz_m: npt.NDArray[np.float32], heading_rad: float = np.nan
) -> npt.NDArray[np.float32]:
    heading = np.full(len(xyz_m), heading_rad, dtype=np.float32)
    return mended(depth, FLOOR.floor_from_cam, xyz_m, heading, RULE)


@settings(max_examples=50, deadline=None)
@given(off=st.floats(0.0, 0.02), way=st.floats(-np.pi, np.pi))
def test_what_the_network_was_off_is_mostly_taken_back(off: float, way: float) -> None:
    aside = np.array([[off * np.cos(way), off * np.sin(way), 0.0]], dtype=np.float32)
    left = placed(SEEN, HEAD + aside) - placed(SEEN, HEAD)
    assert np.hypot(*left[0, :2]) <= (1.0 - RULE.share) * off + 0.003


def test_a_head_that_the_network_puts_rightly_hardly_moves() -> None:
    assert np.hypot(*(placed(SEEN, HEAD) - HEAD)[0, :2]) < 0.012


def test_the_top_lies_before_the_middle_of_the_crown() -> None:
    step = placed(SEEN, HEAD, heading_rad=np.pi / 2) - placed(SEEN, HEAD)
    assert step[0] == pytest.approx((0.0, RULE.forward_m, 0.0), abs=1e-6)


def test_height_stays_as_it_was() -> None:
    assert (placed(SEEN, HEAD + 0.01)[:, 2] == (HEAD + 0.01)[:, 2]).all()


@pytest.mark.parametrize("gap_m", [-0.10, -0.05, 0.0, 0.05, 0.10])
def test_something_beside_the_head_does_not_draw_it_far(gap_m: float) -> None:
    shelf = Box((0.4 + gap_m, -0.5, 0.0), (0.8, 0.2, 1.75))
    beside = depth_of([*person(0.4, -0.3), shelf], floor=FLOOR)
    assert np.hypot(*(placed(beside, HEAD) - HEAD)[0, :2]) <= RULE.most_m


def test_what_would_draw_it_farther_is_something_else() -> None:
    edge = depth_of([Box((0.42, -0.5, 0.0), (0.8, 0.2, 1.75))], floor=FLOOR)
    assert (placed(edge, HEAD) == HEAD).all()


@pytest.mark.parametrize(("height_m", "share"), [(3.4, 1.0), (3.8, 0.5), (4.1, 0.0)])
def test_the_farther_below_the_camera_the_less(height_m: float, share: float) -> None:
    floor = floor_fit(height_m=height_m)
    depth = depth_of(person(0.0, 0.0), floor=floor)
    aside = np.array([[0.02, 0.0, 1.75]], dtype=np.float32)
    near = replace(RULE, fading_m=(9.0, 9.5))
    whole = mended(depth, floor.floor_from_cam, aside, UNKNOWN, near) - aside
    told = mended(depth, floor.floor_from_cam, aside, UNKNOWN, RULE) - aside
    assert np.hypot(*whole[0, :2]) > 0.01
    assert told == pytest.approx(share * whole, abs=1e-3)


def test_where_nothing_is_measured_a_head_stays() -> None:
    blind = replace(SEEN, depth_m=np.full_like(SEEN.depth_m, np.nan))
    assert (placed(blind, HEAD) == HEAD).all()


@pytest.mark.parametrize("x_m", [-40.0, 40.0])
def test_a_head_outside_the_picture_stays(x_m: float) -> None:
    outside = np.array([[x_m, 0.0, 1.75]], dtype=np.float32)
    assert (placed(SEEN, outside) == outside).all()


def test_nobody_is_nobody() -> None:
    assert placed(SEEN, np.zeros((0, 3), dtype=np.float32)).shape == (0, 3)
