"""The plan-view map: what stands on each cell of the floor, seen from straight above.

Plan-view maps for people: Harville, "Stereo person tracking with adaptive plan-view templates
of height and occupancy statistics", Image and Vision Computing 22 (2004). Height tells people
apart, occupancy (visible surface per cell, m^2) tells solid things from noise.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from lintel.detect.thinning import rays_of, stride_of
from lintel.frames import DepthMap, FloatImage
from lintel.geometry import Floats, Intrinsics, Pose, read_only

MAX_REACH_M = 12.0  # bound of the map: no cell lies further from the camera's foot
PIXEL_PITCH_M = 0.012  # points are thinned to about this spacing at head height


@dataclass(frozen=True, slots=True)
class Grid:
    """Square cells on the floor; cell (row, column) covers y and x upwards from the origin."""

    x_min_m: float
    y_min_m: float
    columns: int
    rows: int
    cell_m: float

    @property
    def shape(self) -> tuple[int, int]:
        """Rows, columns."""
        return (self.rows, self.columns)

    def cell_of(self, xy_m: Floats) -> npt.NDArray[np.int32]:
        """Flat cell number (N,) of floor positions (N, 2); -1 outside the grid."""
        column = np.floor((xy_m[:, 0] - self.x_min_m) / self.cell_m).astype(np.int32)
        row = np.floor((xy_m[:, 1] - self.y_min_m) / self.cell_m).astype(np.int32)
        inside = (column >= 0) & (column < self.columns) & (row >= 0) & (row < self.rows)
        return np.where(inside, row * self.columns + column, -1).astype(np.int32)

    def centre_m(self, rows: Floats, columns: Floats) -> Floats:
        """Floor position (N, 2) of (fractional) cell coordinates."""
        x = self.x_min_m + (columns + 0.5) * self.cell_m
        y = self.y_min_m + (rows + 0.5) * self.cell_m
        return np.stack([x, y], axis=-1)


@dataclass(frozen=True, slots=True, eq=False)
class PlanView:
    """One frame seen from above, and the points that made it."""

    grid: Grid
    height_m: FloatImage  # (rows, columns) highest surface, 0 = nothing above the lower bound
    points_m: FloatImage  # (P, 3) points above the lower bound, floor frame
    area_m2: FloatImage  # (P,) surface that each point stands for, facing the camera
    valid_share: float  # share of the image where depth is known

    def __post_init__(self) -> None:
        read_only(self.height_m, self.grid.shape, "PlanView.height_m")
        read_only(self.points_m, (-1, 3), "PlanView.points_m")
        read_only(self.area_m2, (len(self.points_m),), "PlanView.area_m2")


class PlanViewMapper:
    """Projects depth to the floor. Precomputes the rays of one camera and floor pose.

    Args:
        intrinsics: of the rectified image.
        image_shape: (H, W).
        floor_from_cam: the pose of the camera above the floor.
        lower_m, upper_m: only points between these heights are mapped.
        cell_m: size of a cell.
        grid: keep this grid instead of fitting one to the camera's footprint.
    """

    def __init__(
        self,
        *,
        intrinsics: Intrinsics,
        image_shape: tuple[int, int],
        floor_from_cam: Pose,
        lower_m: float,
        upper_m: float,
        cell_m: float,
        grid: Grid | None = None,
    ) -> None:
        self._lower_m, self._upper_m = lower_m, upper_m
        self._intrinsics, self._image_shape = intrinsics, image_shape
        self._cam_from_floor = floor_from_cam.inverse()
        self._camera_m = floor_from_cam.translation_m.astype(np.float32)
        self._stride = stride_of(intrinsics, float(self._camera_m[2]), pitch_m=PIXEL_PITCH_M)
        rays = rays_of(intrinsics, image_shape, self._stride)
        turned = (rays @ floor_from_cam.rotation.T).astype(np.float32)  # (h, w, 3)
        # One row per axis: far faster to compute with than three values per pixel.
        self._rays: FloatImage = np.ascontiguousarray(turned.reshape(-1, 3).T)
        self._pixel_area = np.float32(self._stride**2 / (intrinsics.fx * intrinsics.fy))
        self.grid = grid or _footprint(turned, float(self._camera_m[2]), cell_m)

    def margin_m(self, points_m: Floats) -> Floats:
        """Distance (N,) of points (N, 3) from the nearest border of the view, at their depth."""
        in_cam = self._cam_from_floor.apply(points_m)
        pixels = self._intrinsics.project(in_cam)
        height, width = self._image_shape
        far = np.array([width - 1.0, height - 1.0]) - pixels
        margin_px = np.minimum(pixels, far).min(axis=1)
        return np.asarray(margin_px * in_cam[:, 2] / self._intrinsics.fx)

    def map(self, depth: DepthMap) -> PlanView:
        """The plan view of one depth map of the same camera."""
        thinned = depth.depth_m[:: self._stride, :: self._stride]
        z = thinned.ravel()
        height = z * self._rays[2] + self._camera_m[2]
        with np.errstate(invalid="ignore"):
            chosen = np.flatnonzero((height > self._lower_m) & (height < self._upper_m))
        z = z[chosen]
        points = np.empty((len(z), 3), dtype=np.float32)
        points[:, 2] = height[chosen]
        for axis in (0, 1):
            points[:, axis] = self._rays[axis][chosen] * z + self._camera_m[axis]
        area = z * z * self._pixel_area
        cells = self.grid.cell_of(points[:, :2])
        inside = cells >= 0
        points, area, cells = points[inside], area[inside], cells[inside]
        height_map = np.zeros(self.grid.rows * self.grid.columns, dtype=np.float32)
        np.maximum.at(height_map, cells, points[:, 2])
        return PlanView(
            grid=self.grid,
            height_m=height_map.reshape(self.grid.shape),
            points_m=points,
            area_m2=area,
            valid_share=np.count_nonzero(np.isfinite(thinned)) / thinned.size,
        )


def smooth_heights(height_m: FloatImage, *, cell_m: float, sigma_m: float) -> FloatImage:
    """Close one-cell holes, drop one-cell spikes, blur; empty cells count as floor."""
    kernel = np.ones((3, 3), dtype=np.uint8)
    closed = cv2.morphologyEx(height_m, cv2.MORPH_CLOSE, kernel)
    despiked = cv2.medianBlur(closed, 3)
    blurred = cv2.GaussianBlur(despiked, (0, 0), sigma_m / cell_m)
    return np.asarray(blurred, dtype=np.float32)


def _footprint(rays: FloatImage, camera_height_m: float, cell_m: float) -> Grid:
    """The grid that holds the floor which the image sees, within MAX_REACH_M."""
    down = np.minimum(rays[..., 2], -1e-3)
    reach = rays[..., :2] * (camera_height_m / -down)[..., None]
    low = np.clip(reach.reshape(-1, 2).min(axis=0), -MAX_REACH_M, 0.0)
    high = np.clip(reach.reshape(-1, 2).max(axis=0), 0.0, MAX_REACH_M)
    columns, rows = np.ceil((high - low) / cell_m).astype(int)
    return Grid(float(low[0]), float(low[1]), int(columns), int(rows), cell_m)
