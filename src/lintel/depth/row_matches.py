"""Sparse points seen by both rectified cameras, allowed to lie on different rows.

Ordinary matching looks along one row and so cannot see that rows no longer agree; here every
point is also looked for above and below its row.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from lintel.frames import Image
from lintel.geometry import Bools, Floats, read_only

CELLS = (8, 6)  # across, down: points are spread evenly over the picture
PATCH_HALF_PX = 8
BEHIND_INFINITY_PX = 6  # disparities a little below zero are looked at too: a knock makes them
SCORE_MIN = 0.8  # normalised correlation of a match
SCORE_LEAD_MIN = 0.05  # by which it beats the best match elsewhere
ELSEWHERE_PX = 3
RETURN_MAX_PX = 0.25  # a point followed there and back must come home
MOVE_MAX_PX = 1.5  # sub-pixel refinement stays near the whole-pixel match
CONTRAST_MIN = 6.0  # grey levels, standard deviation of a patch
LK_WINDOW = (17, 17)
LK_STOP = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_COUNT, 40, 0.002)


@dataclass(frozen=True, slots=True, eq=False)
class RowMatches:
    """The same points in both rectified images, pixels."""

    left_px: Floats  # (N, 2)
    right_px: Floats  # (N, 2)

    def __post_init__(self) -> None:
        read_only(self.left_px, (-1, 2), "RowMatches.left_px")
        read_only(self.right_px, (len(self.left_px), 2), "RowMatches.right_px")


def match_rows(
    left: Image,
    right: Image,
    *,
    valid: Bools | None = None,
    points_max: int = 192,
    disparity_max_px: int = 128,
    vertical_max_px: int = 6,
) -> RowMatches:
    """Match distinct points of rectified grey images (H, W), to about 0.1 px each.

    Args:
        left: rectified left image.
        right: rectified right image of the same exposure.
        valid: (H, W) where the rectified left image has content; everywhere if not given.
        points_max: most points looked for.
        disparity_max_px: largest disparity looked for.
        vertical_max_px: largest difference of rows looked for.
    """
    points = _distinct_points(left, valid, points_max)
    rough: list[tuple[Floats, Floats]] = []
    for point in points:
        found = _whole_pixel_match(left, right, point, disparity_max_px, vertical_max_px)
        if found is not None:
            rough.append((point, found))
    if not rough:
        return RowMatches(np.zeros((0, 2)), np.zeros((0, 2)))
    return _refined(left, right, np.array([a for a, _ in rough]), np.array([b for _, b in rough]))


def _distinct_points(left: Image, valid: Bools | None, points_max: int) -> Floats:
    """Whole-pixel corners (N, 2), the strongest of every cell."""
    height, width = left.shape
    border = PATCH_HALF_PX + 1
    mask = np.zeros(left.shape, dtype=np.uint8)
    mask[border:-border, border:-border] = 255
    if valid is not None:
        side = 2 * border + 1
        inside = cv2.erode(valid.astype(np.uint8), np.ones((side, side), np.uint8))
        mask[np.asarray(inside) == 0] = 0
    found = cv2.goodFeaturesToTrack(left, 6 * points_max, 0.002, PATCH_HALF_PX, mask=mask)
    if np.size(found) == 0 or found is None:  # nothing found gives None
        return np.zeros((0, 2))
    points = np.asarray(found, dtype=np.float64).reshape(-1, 2)  # strongest first
    across = (points[:, 0] * CELLS[0] / width).astype(int)
    down = (points[:, 1] * CELLS[1] / height).astype(int)
    cell = down * CELLS[0] + across
    order = np.argsort(cell, kind="stable")
    first = np.searchsorted(cell[order], cell[order])  # where the cell of each point starts
    rank = np.arange(len(points)) - first
    each = max(1, points_max // (CELLS[0] * CELLS[1]))
    return np.asarray(np.round(points[order[rank < each]]))


def _whole_pixel_match(
    left: Image, right: Image, point: Floats, disparity_max: int, vertical_max: int
) -> Floats | None:
    x, y = int(point[0]), int(point[1])
    half = PATCH_HALF_PX
    patch = left[y - half : y + half + 1, x - half : x + half + 1]
    if float(patch.std()) < CONTRAST_MIN:
        return None
    x0, x1 = (
        max(0, x - disparity_max - half),
        min(right.shape[1], x + BEHIND_INFINITY_PX + half + 1),
    )
    y0 = max(0, y - vertical_max - half)
    y1 = min(right.shape[0], y + vertical_max + half + 1)
    score = np.asarray(cv2.matchTemplate(right[y0:y1, x0:x1], patch, cv2.TM_CCOEFF_NORMED))
    row, column = np.unravel_index(int(np.argmax(score)), score.shape)
    best = float(score[row, column])
    score[:, max(0, column - ELSEWHERE_PX) : column + ELSEWHERE_PX + 1] = -1.0
    if best < SCORE_MIN or best - float(score.max()) < SCORE_LEAD_MIN:
        return None
    return np.array([x0 + column + half, y0 + row + half], dtype=np.float64)


def _refined(left: Image, right: Image, points: Floats, found: Floats) -> RowMatches:
    """Lucas-Kanade from the whole-pixel matches, kept where the way back agrees."""
    start, guess = points.astype(np.float32), found.astype(np.float32)
    there, ok_there = _follow(left, right, start, guess)
    back, ok_back = _follow(right, left, there, start)
    good = ok_there & ok_back
    good &= np.abs(there - guess).max(axis=1) < MOVE_MAX_PX
    good &= np.linalg.norm(back - start, axis=1) < RETURN_MAX_PX
    return RowMatches(points[good], there[good].astype(np.float64))


def _follow(source: Image, goal: Image, points: Floats, guess: Floats) -> tuple[Floats, Bools]:
    moved, status, _ = cv2.calcOpticalFlowPyrLK(
        source,
        goal,
        points.reshape(-1, 1, 2),
        guess.reshape(-1, 1, 2).copy(),
        winSize=LK_WINDOW,
        maxLevel=0,
        criteria=LK_STOP,
        flags=cv2.OPTFLOW_USE_INITIAL_FLOW,
    )
    places = np.asarray(moved, dtype=np.float32).reshape(-1, 2)
    return places, np.asarray(status).ravel() == 1
