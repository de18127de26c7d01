"""Poses, intrinsics, lines and polygons in metres. Pure numpy; no pixels, no time.

Floor frame: origin on the floor vertically below the left camera, z up, x along the left
image's +x laid on the floor, y = z cross x. Camera frame: x right, y down, z along the axis.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from lintel.errors import ContractError

Floats: TypeAlias = npt.NDArray[np.floating]
Bools: TypeAlias = npt.NDArray[np.bool_]

MAX_CELLS = 1_000_000
OUTSIDE = -1  # no cell of a grid


def read_only(array: npt.NDArray[np.generic], shape: tuple[int, ...], name: str) -> None:
    """Freeze ``array`` after checking its shape; -1 in ``shape`` stands for any length.

    Raises:
        ContractError: the shape differs; the message gives expected and actual shape.
    """
    fits = array.ndim == len(shape) and all(
        want in (-1, got) for want, got in zip(shape, array.shape, strict=True)
    )
    if not fits:
        expected = tuple("N" if n == -1 else n for n in shape)
        raise ContractError(f"{name}: expected shape {expected}, got {array.shape}")
    array.setflags(write=False)


@dataclass(frozen=True, slots=True)
class Intrinsics:
    """Pinhole intrinsics of a rectified image, pixels. Pixel centres have integer coordinates."""

    fx: float
    fy: float
    cx: float
    cy: float

    def __post_init__(self) -> None:
        if not (self.fx > 0 and self.fy > 0):
            raise ContractError(f"focal lengths must be positive, got {self.fx}, {self.fy}")

    def scaled(self, factor: float) -> Intrinsics:
        """Intrinsics of the image resampled by ``factor`` (0.5 halves it, area averaging)."""
        shift = 0.5 * (factor - 1.0)
        return Intrinsics(
            self.fx * factor,
            self.fy * factor,
            self.cx * factor + shift,
            self.cy * factor + shift,
        )

    def project(self, points_m: Floats) -> Floats:
        """Pixel (N, 2) of points (N, 3) in the camera frame; z must be positive."""
        x, y, z = points_m[:, 0], points_m[:, 1], points_m[:, 2]
        return np.stack([self.fx * x / z + self.cx, self.fy * y / z + self.cy], axis=1)

    def unproject(self, pixels: Floats, depth_m: Floats) -> Floats:
        """Points (N, 3) in the camera frame of pixels (N, 2) at depth (N,) along the axis."""
        x = (pixels[:, 0] - self.cx) / self.fx * depth_m
        y = (pixels[:, 1] - self.cy) / self.fy * depth_m
        return np.stack([x, y, depth_m], axis=1)


@dataclass(frozen=True, slots=True, eq=False)
class Pose:
    """Rigid transform ``b = rotation @ a + translation_m``; name it ``b_from_a``."""

    rotation: Floats  # (3, 3)
    translation_m: Floats  # (3,)

    def __post_init__(self) -> None:
        read_only(self.rotation, (3, 3), "Pose.rotation")
        read_only(self.translation_m, (3,), "Pose.translation_m")
        # Entries beyond 1, which could overflow the product, are told first; so is NaN.
        bounded = bool(np.abs(self.rotation).max() <= 1.001)
        product = self.rotation @ self.rotation.T if bounded else np.full((3, 3), np.inf)
        error = float(np.abs(product - np.eye(3)).max())
        if not (error <= 1e-4 and np.linalg.det(self.rotation) > 0):
            raise ContractError(f"Pose.rotation is no rotation (R R^T - I up to {error:.2g})")

    @classmethod
    def identity(cls) -> Pose:
        """The transform that changes nothing."""
        return cls(np.eye(3), np.zeros(3))

    def apply(self, points_m: Floats) -> Floats:
        """Transform points of shape (..., 3)."""
        return points_m @ self.rotation.T + self.translation_m

    def inverse(self) -> Pose:
        """``a_from_b`` of ``b_from_a``."""
        rotation = self.rotation.T.copy()
        return Pose(rotation, -rotation @ self.translation_m)

    def then(self, other: Pose) -> Pose:
        """``c_from_a`` of ``self = b_from_a`` and ``other = c_from_b``."""
        return Pose(
            other.rotation @ self.rotation,
            other.rotation @ self.translation_m + other.translation_m,
        )


def floor_from_cam_of(*, normal_cam: Floats, height_m: float) -> Pose:
    """The floor pose of a camera that sees the floor plane ``normal . p + height = 0``.

    Args:
        normal_cam: (3,) upward unit normal of the floor in the camera frame (straight down
            view: (0, 0, -1)).
        height_m: height of the camera above the floor.

    Raises:
        ContractError: the camera's x axis is vertical, so the floor frame has no x.
    """
    up = np.asarray(normal_cam, dtype=np.float64) / np.linalg.norm(normal_cam)
    x_axis = np.array([1.0, 0.0, 0.0]) - up[0] * up
    length = float(np.linalg.norm(x_axis))
    if length < 1e-6:
        raise ContractError("the image's x axis is vertical: the floor frame is undefined")
    x_axis = x_axis / length
    rotation = np.stack([x_axis, np.cross(up, x_axis), up])
    return Pose(rotation, np.array([0.0, 0.0, float(height_m)]))


def cross_2d(a: Floats, b: Floats) -> Floats:
    """Give the z of the cross product of vectors of shape (..., 2)."""
    return a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0]


def side_of_line(points_m: Floats, start_m: Floats, end_m: Floats) -> Floats:
    """Signed distance, metres, of points (..., 2) from the endless directed line.

    Positive on the left-hand side of the direction from ``start_m`` to ``end_m``.
    """
    along = end_m - start_m
    return cross_2d(along, points_m - start_m) / np.linalg.norm(along)


def distance_to_segments(point_m: Floats, starts_m: Floats, ends_m: Floats) -> Floats:
    """Distance, metres, of one point (2,) from each of the segments (N, 2) to (N, 2)."""
    along = ends_m - starts_m
    share = ((point_m - starts_m) * along).sum(axis=1) / (along * along).sum(axis=1)
    nearest = starts_m + np.clip(share, 0.0, 1.0)[:, None] * along
    return np.asarray(np.linalg.norm(point_m - nearest, axis=1))


def inside_polygon(points_m: Floats, polygon_m: Floats) -> Bools:
    """Which of the points (N, 2) lie inside the polygon (K, 2), by the even-odd rule.

    Points on an edge belong to the half-open side, so that polygons that share an edge
    partition the plane.
    """
    x, y = points_m[:, 0, None], points_m[:, 1, None]
    x1, y1 = polygon_m[:, 0], polygon_m[:, 1]
    x2, y2 = np.roll(x1, -1), np.roll(y1, -1)
    straddles = (y1 > y) != (y2 > y)
    with np.errstate(divide="ignore", invalid="ignore"):
        crossing_x = x1 + (y - y1) * (x2 - x1) / (y2 - y1)
    return np.asarray((straddles & (x < crossing_x)).sum(axis=1) % 2 == 1)


@dataclass(frozen=True, slots=True)
class FloorGrid:
    """Square cells; row r, column c spans ``origin + (c, r) * cell_m`` to one cell further."""

    origin_m: tuple[float, float]
    columns: int
    rows: int
    cell_m: float = 0.1

    def __post_init__(self) -> None:
        cells = self.columns * self.rows
        if not (self.columns > 0 and self.rows > 0 and cells <= MAX_CELLS and self.cell_m > 0.0):
            raise ContractError(
                f"FloorGrid: expected 1 to {MAX_CELLS} cells of positive size, "
                f"got {self.columns} x {self.rows} of {self.cell_m} m"
            )

    @classmethod
    def around(cls, points_m: Floats, *, cell_m: float = 0.1, margin_m: float = 0.0) -> FloorGrid:
        """The grid that covers the points (N, 2) and a margin."""
        lower = np.asarray(points_m.min(axis=0) - margin_m)
        columns, rows = np.ceil((points_m.max(axis=0) + margin_m - lower) / cell_m).astype(int)
        origin_m = (float(lower[0]), float(lower[1]))
        return cls(origin_m, max(int(columns), 1), max(int(rows), 1), cell_m)

    def cell(self, place_m: tuple[float, float]) -> int:
        """Flat cell number of one place; -1 outside."""
        (x_m, y_m), (left_m, low_m), cell_m = place_m, self.origin_m, self.cell_m
        column, row = math.floor((x_m - left_m) / cell_m), math.floor((y_m - low_m) / cell_m)
        inside = 0 <= column < self.columns and 0 <= row < self.rows
        return row * self.columns + column if inside else OUTSIDE

    def cells_along(
        self, from_m: tuple[float, float], to_m: tuple[float, float], pieces: int
    ) -> list[int]:
        """Flat cell numbers of the middles of equal pieces of a straight way; -1 outside."""
        (x_m, y_m), (left_m, low_m), cell_m = from_m, self.origin_m, self.cell_m
        run_m, rise_m = (to_m[0] - x_m) / pieces, (to_m[1] - y_m) / pieces
        columns, rows, floor = self.columns, self.rows, math.floor
        found = []
        for k in range(pieces):
            column = floor((x_m + (k + 0.5) * run_m - left_m) / cell_m)
            row = floor((y_m + (k + 0.5) * rise_m - low_m) / cell_m)
            inside = 0 <= column < columns and 0 <= row < rows
            found.append(row * columns + column if inside else OUTSIDE)
        return found

    def cells(self, points_m: Floats) -> npt.NDArray[np.int64]:
        """Flat cell number (N,) of points (N, 2); -1 outside."""
        places = np.floor((points_m - np.array(self.origin_m)) / self.cell_m).astype(np.int64)
        column, row = places[:, 0], places[:, 1]
        inside = (column >= 0) & (column < self.columns) & (row >= 0) & (row < self.rows)
        return np.where(inside, row * self.columns + column, OUTSIDE)
