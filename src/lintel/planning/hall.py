"""How many sensors a hall needs, and where: a grid of the largest box that one sees well."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from lintel.errors import PlanError
from lintel.geometry import Floats
from lintel.planning.mount import within
from lintel.planning.region import chord_m

HALL_SIDE_M = (0.5, 500.0)
MOST_SENSORS = 4096
SAMPLES = 96


@dataclass(frozen=True, slots=True)
class Box:
    """An axis-aligned box on the floor."""

    x_m: tuple[float, float]
    y_m: tuple[float, float]

    @property
    def sides_m(self) -> tuple[float, float]:
        """Along x and along y."""
        return self.x_m[1] - self.x_m[0], self.y_m[1] - self.y_m[0]

    @property
    def area_m2(self) -> float:
        """Area."""
        return self.sides_m[0] * self.sides_m[1]

    @property
    def centre_m(self) -> tuple[float, float]:
        """Middle."""
        return (self.x_m[0] + self.x_m[1]) / 2, (self.y_m[0] + self.y_m[1]) / 2

    def turned(self) -> Box:
        """The box after a quarter turn counter-clockwise about the origin."""
        return Box((-self.y_m[1], -self.y_m[0]), self.x_m)


@dataclass(frozen=True, slots=True)
class HallPlan:
    """A grid of sensors in a hall whose corner is the origin and whose sides lie along x and y.

    Attributes:
        turned: the sensors' x axis lies along the hall's y (a quarter turn counter-clockwise).
        box_m: sides of the part of the hall that falls to one sensor, along the hall's x and y.
        sensors_m: where each left camera hangs, row by row.
    """

    size_m: tuple[float, float]
    columns: int
    rows: int
    turned: bool
    box_m: tuple[float, float]
    sensors_m: tuple[tuple[float, float], ...]

    @property
    def count(self) -> int:
        """How many sensors."""
        return self.columns * self.rows


def largest_box(corners_m: Floats) -> Box | None:
    """The largest axis-aligned box inside a convex polygon (K, 2); None where it is empty.

    Lower and upper side are sought on SAMPLES levels and the corners' own, so a box is found
    exactly, and in other polygons one that is inside and at most a few per cent smaller.
    """
    if len(corners_m) == 0:
        return None
    low, high = float(corners_m[:, 1].min()), float(corners_m[:, 1].max())
    levels = np.unique(np.concatenate([np.linspace(low, high, SAMPLES), corners_m[:, 1]]))
    chords = np.array([chord_m(corners_m, float(y)) or (0.0, 0.0) for y in levels])
    left = np.maximum(chords[:, None, 0], chords[None, :, 0])
    right = np.minimum(chords[:, None, 1], chords[None, :, 1])
    area = np.maximum(right - left, 0.0) * np.maximum(levels[None, :] - levels[:, None], 0.0)
    lower, upper = np.unravel_index(int(np.argmax(area)), area.shape)
    if area[lower, upper] <= 1e-6:
        return None
    return Box(
        (float(left[lower, upper]), float(right[lower, upper])),
        (float(levels[lower]), float(levels[upper])),
    )


def plan_hall(box: Box, size_m: tuple[float, float]) -> HallPlan:
    """The smaller of the two grids, sensors straight or turned; the boxes leave no gap.

    Args:
        box: what one sensor sees well, in its own floor frame.
        size_m: sides of the hall.

    Raises:
        PlanError: the hall's sides are impossible, or it takes thousands of sensors.
    """
    for side_m in size_m:
        within("side of the hall", side_m, *HALL_SIDE_M, "metres")
    straight, turned = (_grid(one, size_m, turned=t) for one, t in _both_ways(box))
    return min(straight, turned, key=lambda plan: plan.count)


def _both_ways(box: Box) -> tuple[tuple[Box, bool], tuple[Box, bool]]:
    return (box, False), (box.turned(), True)


def _grid(box: Box, size_m: tuple[float, float], *, turned: bool) -> HallPlan:
    columns, rows = (
        max(1, math.ceil(side / own - 1e-9)) for side, own in zip(size_m, box.sides_m, strict=True)
    )
    if columns * rows > MOST_SENSORS:
        raise PlanError(
            f"hall of {size_m[0]:g} x {size_m[1]:g} m: {columns * rows} sensors that see "
            f"{box.sides_m[0]:.2f} x {box.sides_m[1]:.2f} m each; hang them higher, take wider "
            "lenses, or plan a smaller part"
        )
    part_m = (size_m[0] / columns, size_m[1] / rows)
    sensors_m = tuple(
        (
            (column + 0.5) * part_m[0] - box.centre_m[0],
            (row + 0.5) * part_m[1] - box.centre_m[1],
        )
        for row in range(rows)
        for column in range(columns)
    )
    return HallPlan(size_m, columns, rows, turned, part_m, sensors_m)
