"""Plan-view maps for the learned detector: what stands on each cell of the floor, in numbers.

The channels are the contract between maps, network and training; a model file names the version
that it was trained on. Everything is metric: the network never sees a pixel.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from lintel.detect.plan_view import Grid
from lintel.detect.thinning import rays_of, stride_of
from lintel.frames import FloatImage
from lintel.geometry import Floats, Intrinsics, Pose

MAPS_VERSION = "plan-maps-1"
CELL_M = 0.05
MULTIPLE = 8  # rows and columns divide by it: the network halves its maps three times
LOWER_M, UPPER_M = 0.30, 2.60  # what is lower is floor, what is higher is no person
HEAD_FLOOR_M = 0.8  # heads lie higher: the grid covers what is seen of that plane
MARGIN_M = 0.25
REACH_M = 7.0  # no cell lies further from the camera's foot
PITCH_M = 0.012  # points are thinned to about this spacing at head height
FULL = 3.0  # surfaces per cell are clipped here: a wall seen from the side


class Channel(IntEnum):
    """What the maps hold; all of order one."""

    TOP = 0  # highest point, in units of 2 m
    MEAN = 1  # mean height of the points above LOWER_M, in units of 2 m
    SPREAD = 2  # highest minus lowest of them, in units of 2 m
    AREA = 3  # surface that faces the camera, above LOWER_M, in cells
    FLOOR = 4  # the same of what is lower
    FROM_X = 5  # distance from the camera's foot along x, in camera heights
    FROM_Y = 6
    HEIGHT = 7  # of the camera, in units of 4 m


CHANNELS = len(Channel)


@dataclass(frozen=True, slots=True, eq=False)
class PlanMaps:
    """The maps of one frame."""

    grid: Grid
    channels: FloatImage  # (CHANNELS, rows, columns)
    valid_share: float  # share of the image where depth is known


@dataclass(frozen=True, slots=True, eq=False)
class _Scratch:
    """Room for what is computed per point, taken once: fresh memory costs more than the sums."""

    height: FloatImage  # (N,) metres above the floor
    cell: FloatImage  # (N,) row, then the flat cell number
    area: FloatImage  # (N,) column, then the surface

    @classmethod
    def of(cls, points: int) -> _Scratch:
        """Room for so many points."""
        return cls(*np.empty((3, points), dtype=np.float32))


class MapMaker:
    """Turns depth into plan-view maps. Precomputes the rays of one camera and floor pose.

    Args:
        intrinsics: of the depth map.
        image_shape: (H, W) of the depth map.
        floor_from_cam: the pose of the camera above the floor.
        grid: keep this grid instead of fitting one to what the camera sees.
    """

    def __init__(
        self,
        *,
        intrinsics: Intrinsics,
        image_shape: tuple[int, int],
        floor_from_cam: Pose,
        grid: Grid | None = None,
    ) -> None:
        self._intrinsics, self._image_shape = intrinsics, image_shape
        self._cam_from_floor = floor_from_cam.inverse()
        self._camera_m = floor_from_cam.translation_m.astype(np.float32)
        self._stride = stride_of(intrinsics, float(self._camera_m[2]), pitch_m=PITCH_M)
        turned = rays_of(intrinsics, image_shape, self._stride) @ floor_from_cam.rotation.T
        self.grid = grid or _footprint(turned, float(self._camera_m[2]))
        self._rays: FloatImage = np.ascontiguousarray(turned.reshape(-1, 3).T, dtype=np.float32)
        scale = np.float32(1.0 / CELL_M)
        starts = (self.grid.x_min_m, self.grid.y_min_m)
        # Per axis how many cells a metre of depth makes, per ray, and the camera's own cell.
        self._cells = tuple(
            (self._rays[k] * scale, (self._camera_m[k] - np.float32(start)) * scale)
            for k, start in enumerate(starts)
        )
        per_pixel = self._stride**2 / (intrinsics.fx * intrinsics.fy * CELL_M**2)
        self._cells_per_pixel = np.float32(per_pixel)  # surface at 1 m, in cells
        self._where = _where(self.grid, self._camera_m)
        self._scratch = _Scratch.of(self._rays.shape[1])

    def margin_m(self, points_m: Floats) -> Floats:
        """Distance (N,) of points (N, 3) from the nearest border of the view, at their depth."""
        in_cam = self._cam_from_floor.apply(points_m)
        pixels = self._intrinsics.project(in_cam)
        height, width = self._image_shape
        far = np.array([width - 1.0, height - 1.0]) - pixels
        margin_px = np.minimum(pixels, far).min(axis=1)
        return np.asarray(margin_px * in_cam[:, 2] / self._intrinsics.fx)

    def maps(self, depth_m: FloatImage) -> PlanMaps:
        """Maps of one depth map (H, W) of the same camera."""
        thinned = depth_m[:: self._stride, :: self._stride]
        z, grid = thinned.ravel(), self.grid
        height, cell, area = self._scratch.height, self._scratch.cell, self._scratch.area
        inside = self._placed(z)
        np.multiply(z, z, out=area)
        area *= self._cells_per_pixel
        above = inside & (height > LOWER_M)
        below = inside ^ above
        channels = np.zeros((CHANNELS, grid.rows * grid.columns), dtype=np.float32)
        channels[Channel.FLOOR] = _sum(cell[below].astype(np.intp), area[below], channels.shape[1])
        _standing(channels, cell[above].astype(np.intp), height[above], area[above])
        channels[Channel.FROM_X :] = self._where.reshape(3, -1)
        share = np.count_nonzero(np.isfinite(z)) / max(z.size, 1)
        return PlanMaps(grid, channels.reshape(CHANNELS, *grid.shape), share)

    def _placed(self, z: FloatImage) -> npt.NDArray[np.bool_]:
        """Fill in height and flat cell number of points (N,); which of them the grid holds."""
        # Unknown depth stays NaN through all this, and no comparison holds for it.
        height, row, column = self._scratch.height, self._scratch.cell, self._scratch.area
        np.multiply(z, self._rays[2], out=height)
        height += self._camera_m[2]
        inside = height < UPPER_M
        for at, (ray, start), cells in (
            (column, self._cells[0], self.grid.columns),
            (row, self._cells[1], self.grid.rows),
        ):
            np.multiply(z, ray, out=at)
            np.add(at, start, out=at)
            inside &= at >= 0
            inside &= at < cells
            np.floor(at, out=at)
        # Whole numbers below 2^24: exact in 32 bits.
        row *= np.float32(self.grid.columns)
        row += column
        return inside


def _sum(cells: npt.NDArray[np.intp], values: FloatImage, size: int) -> FloatImage:
    """Sum of the values of each cell, clipped."""
    total = np.bincount(cells, weights=values, minlength=size)
    return np.minimum(total, FULL).astype(np.float32)


def _standing(
    channels: FloatImage, cells: npt.NDArray[np.intp], height: FloatImage, area: FloatImage
) -> None:
    """Fill in what stands above LOWER_M; heights are written in units of 2 m."""
    size, half = channels.shape[1], height * np.float32(0.5)
    count = np.bincount(cells, minlength=size)
    taken = np.flatnonzero(count > 0)  # few: all that follows is done for these alone
    top, low = channels[Channel.TOP], np.full(size, np.inf, dtype=np.float32)
    np.maximum.at(top, cells, half)
    np.minimum.at(low, cells, half)
    total = np.bincount(cells, weights=half, minlength=size)[taken]
    channels[Channel.MEAN, taken] = total / count[taken]
    channels[Channel.SPREAD, taken] = top[taken] - low[taken]
    channels[Channel.AREA] = _sum(cells, area, size)


def _footprint(rays: Floats, camera_height_m: float) -> Grid:
    """The grid of what is seen at HEAD_FLOOR_M, within REACH_M."""
    down = np.minimum(rays[..., 2], -1e-3)
    drop_m = max(camera_height_m - HEAD_FLOOR_M, 0.5)
    reach = (rays[..., :2] * (drop_m / -down)[..., None]).reshape(-1, 2)
    low = np.clip(reach.min(axis=0) - MARGIN_M, -REACH_M, 0.0)
    high = np.clip(reach.max(axis=0) + MARGIN_M, 0.0, REACH_M)
    columns, rows = (np.ceil((high - low) / (CELL_M * MULTIPLE)) * MULTIPLE).astype(int)
    return Grid(float(low[0]), float(low[1]), int(columns), int(rows), CELL_M)


def _where(grid: Grid, camera_m: FloatImage) -> FloatImage:
    """Where each cell lies against the camera: FROM_X, FROM_Y, HEIGHT (3, rows, columns)."""
    x = grid.x_min_m + (np.arange(grid.columns) + 0.5) * CELL_M - camera_m[0]
    y = grid.y_min_m + (np.arange(grid.rows) + 0.5) * CELL_M - camera_m[1]
    out = np.empty((3, *grid.shape), dtype=np.float32)
    out[0] = (x / camera_m[2])[None, :]
    out[1] = (y / camera_m[2])[:, None]
    out[2] = camera_m[2] / 4.0
    return out
