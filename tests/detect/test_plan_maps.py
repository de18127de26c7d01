"""Plan-view maps say of every cell what a slow sum over its points says."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import numpy.typing as npt
import pytest

from detect_builders import LENS, SHAPE, depth_of, floor_fit, person
from lintel.detect.plan_maps import (
    CELL_M,
    CHANNELS,
    FULL,
    LOWER_M,
    UPPER_M,
    Channel,
    MapMaker,
)
from lintel.detect.thinning import rays_of
from lintel.frames import DepthMap
from lintel.records import FloorFit

ALIKE = 0.99  # of the cells: a point on the border of two falls into either, by rounding


def maker_of(floor: FloorFit) -> MapMaker:
    return MapMaker(intrinsics=LENS, image_shape=SHAPE, floor_from_cam=floor.floor_from_cam)


def summed_slowly(depth: DepthMap, floor: FloorFit, maker: MapMaker) -> npt.NDArray[np.floating]:
    """TOP to FLOOR (5, rows, columns), point by point in double precision."""
    grid = maker.grid
    rays = rays_of(LENS, SHAPE, 1) * depth.depth_m[..., None].astype(np.float64)
    points = floor.floor_from_cam.apply(rays.reshape(-1, 3))
    standing, surface = defaultdict(list), np.zeros((2, *grid.shape))
    for (x, y, height), z in zip(points, depth.depth_m.ravel().astype(np.float64), strict=True):
        if not height < UPPER_M:  # nor for unknown depth
            continue
        row, column = int((y - grid.y_min_m) // CELL_M), int((x - grid.x_min_m) // CELL_M)
        if 0 <= row < grid.rows and 0 <= column < grid.columns:
            above = height > LOWER_M
            surface[int(not above), row, column] += z * z / (LENS.fx * LENS.fy * CELL_M**2)
            if above:
                standing[row, column].append(height / 2.0)
    maps = np.zeros((5, *grid.shape))
    for (row, column), heights in standing.items():
        low, high = min(heights), max(heights)
        maps[:3, row, column] = high, np.mean(heights), high - low
    maps[Channel.AREA :] = np.minimum(surface, FULL)
    return maps


@pytest.mark.parametrize("height_m", [3.0, 5.0])
def test_the_maps_are_those_of_a_slow_sum(height_m: float) -> None:
    floor = floor_fit(height_m=height_m, tilt_rad=0.1)
    people = person(0.3, -0.2) + person(-0.6, 0.4, 1.1)
    depth = depth_of(people, floor=floor, noise_px=0.3, holes=0.05)
    maker = maker_of(floor)
    made, slow = maker.maps(depth.depth_m), summed_slowly(depth, floor, maker)
    assert made.channels.shape == (CHANNELS, *maker.grid.shape)
    for channel in (Channel.TOP, Channel.MEAN, Channel.SPREAD, Channel.AREA, Channel.FLOOR):
        taken = (slow[channel] > 0) | (made.channels[channel] > 0)
        alike = np.isclose(made.channels[channel][taken], slow[channel][taken], atol=1e-3)
        assert taken.sum() > 50
        assert alike.mean() > ALIKE
    assert made.valid_share == np.isfinite(depth.depth_m).mean()


def test_the_maps_of_a_frame_stay_while_the_next_are_made() -> None:
    floor = floor_fit()
    maker = maker_of(floor)
    first = maker.maps(depth_of(person(0.3, -0.2), floor=floor).depth_m)
    kept = first.channels.copy()
    maker.maps(depth_of(person(-0.5, 0.5), floor=floor).depth_m)
    np.testing.assert_array_equal(first.channels, kept)


def test_where_nothing_is_known_nothing_stands() -> None:
    made = maker_of(floor_fit()).maps(np.full(SHAPE, np.nan, dtype=np.float32))
    assert made.valid_share == 0.0
    assert not made.channels[: Channel.FROM_X].any()
