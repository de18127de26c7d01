"""Board corners in one grey image, to a fraction of a pixel.

Windows of the sub-pixel search grow with the distance to the next corner: measured on the
reference boards, a fixed window of 11 px is pulled away by neighbours on small boards (0.44 px
stereo RMS instead of 0.19), a fixed one of 5 px wastes large ones (0.215).
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from lintel.depth.calibration.boards import Board
from lintel.frames import Image
from lintel.geometry import Bools, Floats, read_only

WINDOW_SHARE = 0.3  # half window of the sub-pixel search, as a share of the corner distance
WINDOW_MAX_PX = 11
WINDOW_MIN_PX = 2
SEARCH_SIZE_PX = 1600  # boards are looked for in images no larger; corners refined in full
CHARUCO_CORNERS_MIN = 8
STOP = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 100, 1e-4)


@dataclass(frozen=True, slots=True, eq=False)
class Corners:
    """Corners found in one image: their numbers on the board, ascending, and their places."""

    ids: npt.NDArray[np.int64]  # (N,)
    xy_px: Floats  # (N, 2)

    def __post_init__(self) -> None:
        read_only(self.ids, (-1,), "Corners.ids")
        read_only(self.xy_px, (len(self.ids), 2), "Corners.xy_px")

    def where(self, chosen: Bools) -> Corners:
        """Those corners for which ``chosen`` (N,) is true."""
        return Corners(self.ids[chosen], self.xy_px[chosen])


def find_corners(image: Image, board: Board) -> Corners | None:
    """Corners of ``board`` in the grey ``image`` (H, W), or None where there is no board.

    A chessboard is found whole or not at all; of a ChArUco board any 8 corners will do.
    """
    if board.kind == "charuco":
        return _find_charuco(image, board)
    coarse = _find_chessboard(image, board)
    if coarse is None:
        return None
    grid = _right_handed(coarse.reshape(board.rows, board.columns, 2))
    return Corners(np.arange(board.corners), refine_grid(image, grid).reshape(-1, 2))


def refine_grid(image: Image, grid: Floats) -> Floats:
    """Sub-pixel places of a whole grid (rows, columns, 2) of roughly known corners.

    Twice, because the first round corrects the distances that the windows are made from. A
    corner that is drawn to something else is told later, from the camera model
    (``outliers``): nothing simpler describes a near board under a wide lens.
    """
    for _ in range(2):
        half = np.clip(WINDOW_SHARE * _spacing(grid), WINDOW_MIN_PX, WINDOW_MAX_PX).astype(int)
        grid = _refine(image, grid, half)
    return grid


def _find_chessboard(image: Image, board: Board) -> Floats | None:
    """Rough corners (N, 2): the classic search, then the thorough one where that fails."""
    factor = min(1.0, SEARCH_SIZE_PX / max(image.shape))
    small = image
    if factor < 1.0:
        small = np.asarray(
            cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), np.uint8
        )
    size = (board.columns, board.rows)
    usual = cv2.CALIB_CB_ADAPTIVE_THRESH | cv2.CALIB_CB_NORMALIZE_IMAGE
    found, corners = cv2.findChessboardCorners(small, size, flags=usual)
    if not found:
        thorough = cv2.CALIB_CB_NORMALIZE_IMAGE | cv2.CALIB_CB_EXHAUSTIVE
        found, corners = cv2.findChessboardCornersSB(small, size, flags=thorough)
    if not found:
        return None
    rough = np.asarray(corners, dtype=np.float64).reshape(-1, 2)
    return np.asarray((rough + 0.5) / factor - 0.5)


def _right_handed(grid: Floats) -> Floats:
    """The grid read so that columns, rows and the view direction turn as x, y and z do."""
    along, down = grid[0, -1] - grid[0, 0], grid[-1, 0] - grid[0, 0]
    return grid if along[0] * down[1] - along[1] * down[0] > 0 else grid[::-1]


def _spacing(grid: Floats) -> Floats:
    """Distance (rows, columns) of each corner to its nearest neighbour along row or column."""
    along = np.linalg.norm(np.diff(grid, axis=1), axis=2)
    down = np.linalg.norm(np.diff(grid, axis=0), axis=2)
    wide = np.pad(along, ((0, 0), (1, 1)), constant_values=np.inf)
    tall = np.pad(down, ((1, 1), (0, 0)), constant_values=np.inf)
    nearest = np.minimum(np.minimum(wide[:, 1:], wide[:, :-1]), np.minimum(tall[1:], tall[:-1]))
    return np.asarray(nearest)


def _refine(image: Image, grid: Floats, half: npt.NDArray[np.int_]) -> Floats:
    refined = np.array(grid, dtype=np.float64)
    for window in np.unique(half):
        chosen = half == window
        points = np.ascontiguousarray(grid[chosen], dtype=np.float32).reshape(-1, 1, 2)
        size = (int(window), int(window))
        refined[chosen] = np.asarray(cv2.cornerSubPix(image, points, size, (-1, -1), STOP)).reshape(
            -1, 2
        )
    return refined


def _find_charuco(image: Image, board: Board) -> Corners | None:
    detector = cv2.aruco.CharucoDetector(board.charuco())
    corners, ids, _, _ = detector.detectBoard(image)
    if np.size(ids) < CHARUCO_CORNERS_MIN:  # nothing found gives None
        return None
    numbers = np.asarray(ids, dtype=np.int64).ravel()
    order = np.argsort(numbers)
    places = np.asarray(corners, dtype=np.float64).reshape(-1, 2)
    return Corners(numbers[order], places[order])
