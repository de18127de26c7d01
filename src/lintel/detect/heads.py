"""Heads in a plan view: peaks of height that stand on something person-sized.

A peak is a person when a head-sized cap lies on it, shoulders lie below and around it, and it is
neither a level surface (table, box, umbrella) nor a thin wall (door leaf) nor, when it is no higher
than a child, the rim of something wide (cart).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from lintel.detect.plan_view import Grid, PlanView
from lintel.frames import FloatImage
from lintel.geometry import Floats

CAP_RADIUS_M = 0.16  # half the length of a head from above, with hair
CAP_DEPTH_M = 0.14  # what of the head is looked at from above
SHOULDER_RADIUS_M = 0.42
SHOULDER_DROP_M = (0.14, 0.65)  # shoulders lie this far below the top of the head
TOP_AREA_M2 = 0.0008
TOP_POINTS = 32  # these many highest points usually make up that area; the others need no sorting
ADULT_M = 1.75  # shoulders grow with stature, heads hardly do
LEVEL_DROP_M = 0.08  # a surface this near the top and wider than a head is level
BESIDE_RADIUS_M = (0.25, 0.55)
THIN_RADIUS_M = 0.22


@dataclass(frozen=True, slots=True)
class HeadSettings:
    """What is a head. Lengths in metres, areas in square metres of surface facing the camera."""

    min_stature_m: float = 0.95
    max_stature_m: float = 2.15
    smoothing_m: float = 0.05
    peak_radius_m: float = 0.14
    always_apart_m: float = 0.62  # two peaks further apart are two people
    never_apart_m: float = 0.24  # two peaks nearer than this are one
    saddle_drop_m: float = 0.05  # in between, a dip this deep below the lower peak parts them
    head_area_m2: tuple[float, float] = (0.006, 0.017)  # score 0 .. 1
    lid_area_m2: tuple[float, float] = (0.045, 0.065)  # too much for a head, score 1 .. 0
    shoulder_area_m2: tuple[float, float] = (0.005, 0.030)  # of an adult, score 0 .. 1
    level_area_m2: tuple[float, float] = (0.10, 0.20)  # score 1 .. 0
    # Beside a head as low as a child's there is little that is no higher; carts are wide.
    low_m: float = 1.25
    cart_area_m2: tuple[float, float] = (0.095, 0.125)  # score 1 .. 0
    thinness: tuple[float, float] = (2.5, 4.5)  # length to width, score 1 .. 0


@dataclass(frozen=True, slots=True, eq=False)
class Heads:
    """Head tops of one plan view."""

    xyz_m: npt.NDArray[np.float32]  # (N, 3)
    score: npt.NDArray[np.float32]  # (N,) 0..1
    points: npt.NDArray[np.int64]  # (N,) points in the cap

    @classmethod
    def none(cls) -> Heads:
        """Nobody."""
        return cls(np.empty((0, 3), np.float32), np.empty(0, np.float32), np.empty(0, np.int64))


def find_heads(view: PlanView, smoothed_m: FloatImage, settings: HeadSettings) -> Heads:
    """The heads in ``view``.

    Args:
        view: points and grid.
        smoothed_m: the smoothed height map of the same grid, static scenery taken out.
        settings: what is a head.
    """
    cells = _peaks(smoothed_m, view.grid, settings)
    cells = _one_per_person(cells, smoothed_m, view.grid, settings)
    found = [_head_at(view, centre, settings) for centre in _centres(cells, view.grid)]
    rows = [head for head in found if head is not None]
    if not rows:
        return Heads.none()
    table = np.array(rows, dtype=np.float64)
    kept = _drop_twins(table, settings.never_apart_m)
    return Heads(
        table[kept, :3].astype(np.float32),
        table[kept, 3].astype(np.float32),
        table[kept, 4].astype(np.int64),
    )


def doubt_border(
    heads: Heads, margin_m: npt.NDArray[np.floating], limits_m: tuple[float, float]
) -> Heads:
    """Lower the score of heads near the border of the view, (N,) metres away from it."""
    low, high = limits_m
    share = np.clip((margin_m - low) / (high - low), 0.0, 1.0)
    return Heads(heads.xyz_m, (heads.score * share).astype(np.float32), heads.points)


def _peaks(smoothed_m: FloatImage, grid: Grid, settings: HeadSettings) -> npt.NDArray[np.int64]:
    """Cells (N, 2) that are the highest within the peak radius, highest first."""
    radius = max(1, round(settings.peak_radius_m / grid.cell_m))
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))
    # Smoothing lowers a small head by up to a third; the true height is checked on the points.
    high = (smoothed_m > 0.6 * settings.min_stature_m) & (
        smoothed_m == cv2.dilate(smoothed_m, disc)
    )
    cells = np.argwhere(high)
    order = np.argsort(-smoothed_m[cells[:, 0], cells[:, 1]], kind="stable")
    return cells[order]


def _one_per_person(
    cells: npt.NDArray[np.int64], smoothed_m: FloatImage, grid: Grid, settings: HeadSettings
) -> npt.NDArray[np.int64]:
    """Drop peaks that belong to a higher one: near it, and no dip between the two."""
    kept: list[npt.NDArray[np.int64]] = []
    for cell in cells:
        if not any(_same_person(higher, cell, smoothed_m, grid, settings) for higher in kept):
            kept.append(cell)
    return np.array(kept, dtype=np.int64).reshape(-1, 2)


def _same_person(
    higher: npt.NDArray[np.int64],
    cell: npt.NDArray[np.int64],
    smoothed_m: FloatImage,
    grid: Grid,
    settings: HeadSettings,
) -> bool:
    apart_m = float(np.hypot(*(cell - higher))) * grid.cell_m
    if apart_m >= settings.always_apart_m:
        return False
    if apart_m < settings.never_apart_m:
        return True
    steps = max(2, int(np.ceil(apart_m / grid.cell_m)) + 1)
    path = np.rint(np.linspace(higher, cell, steps)).astype(int)
    saddle_m = smoothed_m[path[:, 0], path[:, 1]].min()
    return bool(smoothed_m[cell[0], cell[1]] - saddle_m < settings.saddle_drop_m)


def _centres(cells: npt.NDArray[np.int64], grid: Grid) -> npt.NDArray[np.float64]:
    return np.asarray(grid.centre_m(cells[:, 0].astype(float), cells[:, 1].astype(float)))


def _head_at(
    view: PlanView, centre_m: npt.NDArray[np.float64], settings: HeadSettings
) -> tuple[float, float, float, float, int] | None:
    """x, y, z, score and cap points of the head near a peak; None when there is no head."""
    near = _within(view.points_m, centre_m, SHOULDER_RADIUS_M + CAP_RADIUS_M)
    points, area = view.points_m[near], view.area_m2[near]
    for _ in range(2):  # the second look is centred on the cap that the first one found
        around = _square(points[:, :2] - centre_m) < CAP_RADIUS_M**2
        heights_m = points[around, 2]
        if len(heights_m) < 4:
            return None
        top_m = _top(heights_m, area[around])
        cap = around & (points[:, 2] > top_m - CAP_DEPTH_M) & (points[:, 2] < top_m + 0.06)
        weights = area[cap]
        centre_m = weights @ points[cap, :2] / weights.sum()
    if not settings.min_stature_m <= top_m <= settings.max_stature_m:
        return None
    score = _score(points, area, centre_m, top_m, settings)
    return (float(centre_m[0]), float(centre_m[1]), top_m, score, int(np.count_nonzero(cap)))


def _top(heights_m: npt.NDArray[np.float32], area_m2: npt.NDArray[np.float32]) -> float:
    """Height that is exceeded by TOP_AREA_M2 of surface: the top, without the highest noise."""
    if len(heights_m) > TOP_POINTS:
        highest = np.argpartition(heights_m, -TOP_POINTS)[-TOP_POINTS:]
        if area_m2[highest].sum() > TOP_AREA_M2:
            heights_m, area_m2 = heights_m[highest], area_m2[highest]
    order = np.argsort(-heights_m)
    covered = np.cumsum(area_m2[order])
    return float(heights_m[order[min(int(np.searchsorted(covered, TOP_AREA_M2)), len(order) - 1)]])


def _score(
    points: npt.NDArray[np.float32],
    area: npt.NDArray[np.float32],
    centre_m: npt.NDArray[np.float64],
    top_m: float,
    settings: HeadSettings,
) -> float:
    offset = points[:, :2] - centre_m
    square = _square(offset)
    drop = top_m - points[:, 2]
    in_cap, in_reach = square < CAP_RADIUS_M**2, square < SHOULDER_RADIUS_M**2
    head = area[in_cap & (drop < CAP_DEPTH_M)].sum()
    low, high = SHOULDER_DROP_M
    shoulders = area[in_reach & (drop > low) & (drop < high)].sum()
    level = area[in_reach & ~in_cap & (np.abs(drop) < LEVEL_DROP_M)].sum()
    score = _ramp(head, settings.head_area_m2) * (1.0 - _ramp(head, settings.lid_area_m2))
    score *= 1.0 - _ramp(level, settings.level_area_m2)
    score *= _ramp(shoulders / min(1.0, (top_m / ADULT_M) ** 2), settings.shoulder_area_m2)
    if top_m < settings.low_m:
        beside = (square > BESIDE_RADIUS_M[0] ** 2) & (square < BESIDE_RADIUS_M[1] ** 2)
        cart = area[beside & (drop > -LEVEL_DROP_M)].sum()
        score *= 1.0 - _ramp(cart, settings.cart_area_m2)
    if score > 0.0:
        slab = (square < THIN_RADIUS_M**2) & (np.abs(drop) < CAP_DEPTH_M)
        score *= 1.0 - _ramp(_thinness(offset[slab]), settings.thinness)
    return score


def _within(points_m: FloatImage, centre_m: Floats, reach_m: float) -> npt.NDArray[np.intp]:
    """Which points (N, 3) lie in the square of half-width ``reach_m`` around a place."""
    # Column by column: numpy is many times slower along an axis of two.
    x, y = (float(value) for value in centre_m)
    near = np.abs(points_m[:, 0] - x) < reach_m
    near &= np.abs(points_m[:, 1] - y) < reach_m
    return np.flatnonzero(near)


def _square(offset_m: npt.NDArray[np.floating]) -> npt.NDArray[np.floating]:
    """Squared length (N,) of offsets (N, 2)."""
    x, y = offset_m[:, 0], offset_m[:, 1]
    return np.asarray(x * x + y * y)


def _thinness(offset_m: npt.NDArray[np.floating]) -> float:
    """Length to width of a point set on the floor, by its principal axes."""
    if len(offset_m) < 8:
        return 1.0
    x, y = (offset_m - offset_m.mean(axis=0)).T.astype(np.float64)
    xx, yy, xy = (float(moment) / (len(x) - 1) for moment in (x @ x, y @ y, x @ y))
    middle, spread = (xx + yy) / 2, math.hypot((xx - yy) / 2, xy)
    minor, major = middle - spread, middle + spread  # eigenvalues of the covariance
    return math.sqrt(major / max(minor, 1e-6))


def _ramp(value: float, limits: tuple[float, float]) -> float:
    low, high = limits
    return min(max(float(value - low) / (high - low), 0.0), 1.0)


def _drop_twins(table: npt.NDArray[np.float64], apart_m: float) -> list[int]:
    """Peaks that settled on the same cap: keep the best of each."""
    kept: list[int] = []
    for i in np.argsort(-table[:, 3], kind="stable"):
        distances = np.hypot(*(table[kept, :2] - table[i, :2]).T)
        if not (distances < apart_m).any():
            kept.append(int(i))
    return sorted(kept)
