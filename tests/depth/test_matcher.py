from __future__ import annotations

import numpy as np
import pytest

from lintel.depth.matcher import Matcher, disparities_for
from lintel.depth.settings import z_min_for_mount
from stereo_builders import box_pair, exact_pair, slope

BOX = (50, 110, 120, 180)


@pytest.mark.parametrize(
    ("focal_px", "baseline_m", "z_min_m", "expected"),
    [
        (146.0, 0.075, 0.45, 32),  # 640x400 halved: 24.3 px
        (293.0, 0.075, 0.45, 48),  # 1280x800 halved: 48.8 px, just beyond a pack of 16
        (293.0, 0.075, 0.9, 32),
        (586.0, 0.075, 3.9, 16),
    ],
)
def test_disparities_reach_to_the_nearest_head(
    focal_px: float, baseline_m: float, z_min_m: float, expected: int
) -> None:
    assert disparities_for(focal_px=focal_px, baseline_m=baseline_m, z_min_m=z_min_m) == expected


def test_higher_mounts_search_less_near() -> None:
    assert z_min_for_mount(2.2) == pytest.approx(0.3)
    assert z_min_for_mount(2.5) == pytest.approx(0.45)
    assert z_min_for_mount(6.0) == pytest.approx(3.95)


def test_a_slanted_plane_is_measured_to_half_a_pixel() -> None:
    pair = exact_pair(slope(320, 160, start_px=6, end_px=20))
    found = Matcher(disparities=32).match(pair.left, pair.right)
    error = np.abs(found - pair.disparity_px)
    assert np.isfinite(found).mean() > 0.9
    assert (error[np.isfinite(found)] < 0.6).mean() > 0.98


def test_the_left_strip_that_both_cameras_see_is_measured() -> None:
    pair = exact_pair(np.full((160, 320), 8.0))
    found = Matcher(disparities=32).match(pair.left, pair.right)
    strip = found[:, 12:32]
    assert np.isfinite(strip).mean() > 0.9
    assert np.nanmedian(strip) == pytest.approx(8.0, abs=0.1)


def test_what_lies_outside_of_the_right_image_has_no_match() -> None:
    pair = exact_pair(np.full((160, 320), 8.0))
    found = Matcher(disparities=32).match(pair.left, pair.right)
    column = np.arange(320)
    assert not (found > column + 0.5).any()


def test_what_the_right_camera_cannot_see_is_mostly_a_hole() -> None:
    pair, hidden = box_pair(320, 160, back_px=6, front_px=20, box=BOX)
    matcher = Matcher(disparities=32)
    once = np.isfinite(matcher.match(pair.left, pair.right))[hidden].mean()
    twice = np.isfinite(matcher.match_both_ways(pair.left, pair.right))[hidden].mean()
    assert once < 0.4
    assert twice < 0.25


def test_matching_both_ways_keeps_what_both_see() -> None:
    pair, hidden = box_pair(320, 160, back_px=6, front_px=20, box=BOX)
    found = Matcher(disparities=32).match_both_ways(pair.left, pair.right)
    inner = np.zeros_like(hidden)
    inner[BOX[0] + 5 : BOX[1] - 5, BOX[2] + 5 : BOX[3] - 5] = True
    assert np.isfinite(found[inner]).mean() > 0.95
    assert np.nanmedian(found[inner]) == pytest.approx(20.0, abs=0.1)


def test_identical_images_are_infinitely_far_and_so_unknown() -> None:
    pair = exact_pair(np.zeros((160, 320)), noise=0.0)
    found = Matcher(disparities=16).match(pair.left, pair.right)
    assert np.isnan(found).mean() > 0.95
