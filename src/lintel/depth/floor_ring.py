"""The floor's memory: the last depth maps, thinned out to a coarse picture grid.

What people hide for a while is seen through the other samples; its size never changes.
"""

from __future__ import annotations

import warnings

import numpy as np
import numpy.typing as npt

from lintel.clock import NS_PER_S
from lintel.depth.floor_fit import FloorPoints, rays_of
from lintel.frames import DepthMap
from lintel.geometry import Floats

NEARLY = 0.02  # intrinsics that differ by less belong to the same camera, realigned
BLOCKS = (6, 8)  # rows and columns of the picture blocks in which errors count as alike


class FloorRing:
    """The last thinned-out inverse depth maps on one picture grid."""

    def __init__(self, depth: DepthMap, *, samples: int, grid_columns: int) -> None:
        height, width = depth.depth_m.shape
        self.shape = (height, width)
        self.intrinsics = depth.intrinsics
        self._stride = max(1, round(width / grid_columns))
        first = self._stride // 2
        rows = np.arange(first, height, self._stride)
        columns = np.arange(first, width, self._stride)
        self.rays = rays_of(depth.intrinsics, columns.astype(float), rows.astype(float))
        row_block = rows * BLOCKS[0] // height
        self.block = np.add.outer(row_block * BLOCKS[1], columns * BLOCKS[1] // width).ravel()
        cells = len(rows) * len(columns)
        self._values = np.full((samples, cells), np.nan)
        self._times_ns = np.zeros(samples, dtype=np.int64)
        self.count = 0

    def fits(self, depth: DepthMap) -> bool:
        """Whether the depth map has the grid's size and intrinsics."""
        return depth.depth_m.shape == self.shape and depth.intrinsics == self.intrinsics

    def nearly_fits(self, depth: DepthMap) -> bool:
        """Whether this is the same camera with slightly other intrinsics."""
        ours, theirs = self.intrinsics, depth.intrinsics
        moved_px = max(abs(ours.cx - theirs.cx), abs(ours.cy - theirs.cy))
        alike = abs(theirs.fx / ours.fx - 1.0) < NEARLY and moved_px < NEARLY * ours.fx
        return depth.depth_m.shape == self.shape and alike

    def add(self, depth: DepthMap) -> None:
        """Remember a depth map in place of the oldest one."""
        first = self._stride // 2
        thin = depth.depth_m[first :: self._stride, first :: self._stride].ravel()
        with np.errstate(divide="ignore"):
            inverse = 1.0 / thin.astype(np.float64)
        inverse[~np.isfinite(inverse)] = np.nan
        self._values = np.roll(self._values, 1, axis=0)
        self._times_ns = np.roll(self._times_ns, 1)
        self._values[0], self._times_ns[0] = inverse, depth.t_ns
        self.count = min(self.count + 1, len(self._values))

    def keep_newest(self, count: int) -> None:
        """Forget all but the newest ``count`` samples."""
        self.count = min(self.count, count)
        self._values[self.count :] = np.nan

    @property
    def span_s(self) -> float:
        """Time between the oldest and the newest sample."""
        if self.count == 0:
            return 0.0
        return float(self._times_ns[0] - self._times_ns[self.count - 1]) / NS_PER_S

    def far_points(self, newest: int, noise: float) -> FloorPoints:
        """Per cell the median of the newest samples; their far quarter where things move."""
        ordered = np.sort(self._values[: min(newest, self.count)], axis=0)  # NaN go last
        last = np.maximum(np.isfinite(ordered).sum(axis=0) - 1, 0)
        far, middle, near = (_at_rank(ordered, last * quarter // 4) for quarter in (1, 2, 3))
        return self._points(np.where(near - far > 4.0 * noise, far, middle))

    def points_near(self, plane: Floats, width: float, newest: int) -> FloorPoints:
        """Per cell the mean of the newest samples within ``width`` of the plane."""
        values = self._values[: min(newest, self.count)]
        near = np.where(np.abs(values - self.rays @ plane) < width, values, np.nan)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # a cell without any is NaN
            return self._points(np.nanmean(near, axis=0))

    def _points(self, inverse_depth: Floats) -> FloorPoints:
        seen = np.isfinite(inverse_depth)
        return FloorPoints(self.rays, inverse_depth, self.block).where(seen)


def _at_rank(ordered: Floats, rank: npt.NDArray[np.int64]) -> Floats:
    """Row ``rank[i]`` of column i."""
    return np.asarray(np.take_along_axis(ordered, rank[None], axis=0)[0])
