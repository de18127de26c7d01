"""The calibration boards that Lintel knows: a plain chessboard, and a ChArUco board."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, TypeAlias

import cv2
import numpy as np

from lintel.errors import CalibrationError
from lintel.geometry import Floats

BoardKind: TypeAlias = Literal["chessboard", "charuco"]
MARKER_SHARE = 0.75  # marker side as a share of the square, as most generators print it


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """A flat board. Corner ``k`` lies at column ``k % columns``, row ``k // columns``.

    ``columns`` and ``rows`` count inner corners for both kinds; a ChArUco board of 8 x 6 squares
    has 7 x 5 of them.
    """

    columns: int
    rows: int
    square_m: float
    kind: BoardKind = "chessboard"
    marker_m: float = 0.0
    dictionary: str = "DICT_4X4_50"

    def __post_init__(self) -> None:
        if min(self.columns, self.rows) < 3 or max(self.columns, self.rows) > 100:
            raise CalibrationError(
                f"board: expected 3 to 100 inner corners each way, got {self.columns}x{self.rows}"
            )
        if not 0.001 <= self.square_m <= 2.0:
            raise CalibrationError(
                f"board: expected squares of 0.001 to 2 m, got {self.square_m} m; "
                "the size is given in metres"
            )
        if self.kind == "charuco":
            self._check_marker()

    def _check_marker(self) -> None:
        if not 0.0 < self.marker_m < self.square_m:
            raise CalibrationError(
                f"charuco: expected a marker smaller than the square of {self.square_m} m, "
                f"got {self.marker_m} m"
            )
        if not self.dictionary.startswith("DICT_") or not hasattr(cv2.aruco, self.dictionary):
            raise CalibrationError(
                f"charuco: unknown dictionary {self.dictionary!r}; for example DICT_4X4_50"
            )
        wanted = (self.columns + 1) * (self.rows + 1) // 2
        have = len(self._dictionary().bytesList)
        if wanted > have:
            raise CalibrationError(
                f"charuco: the board has {wanted} markers, {self.dictionary} only {have}"
            )

    @property
    def corners(self) -> int:
        """How many inner corners the board has."""
        return self.columns * self.rows

    def points_m(self) -> Floats:
        """Corners (N, 3), metres, in the board frame: x along columns, y along rows, z = 0."""
        y, x = np.divmod(np.arange(self.corners), self.columns)
        return np.stack([x, y, np.zeros_like(x)], axis=1) * self.square_m

    def charuco(self) -> cv2.aruco.CharucoBoard:
        """OpenCV's description of this ChArUco board."""
        return cv2.aruco.CharucoBoard(
            (self.columns + 1, self.rows + 1),
            self.square_m,
            self.marker_m,
            self._dictionary(),
        )

    def _dictionary(self) -> cv2.aruco.Dictionary:
        return cv2.aruco.getPredefinedDictionary(int(getattr(cv2.aruco, self.dictionary)))


def parse_board(
    text: str,
    *,
    square_m: float,
    kind: BoardKind = "chessboard",
    marker_m: float | None = None,
    dictionary: str = "DICT_4X4_50",
) -> Board:
    """A board from what people write: ``9x6``.

    The figures count inner corners of a chessboard, and squares of a ChArUco board, as the
    makers of these boards do.

    Raises:
        CalibrationError: not of the form 9x6, or impossible sizes.
    """
    match = re.fullmatch(r"\s*(\d{1,3})\s*[xX*,]\s*(\d{1,3})\s*", text)
    if match is None:
        raise CalibrationError(f"board: expected columns x rows like 9x6, got {text!r}")
    columns, rows = int(match[1]), int(match[2])
    if kind == "chessboard":
        return Board(columns=columns, rows=rows, square_m=square_m)
    return Board(
        columns=columns - 1,
        rows=rows - 1,
        square_m=square_m,
        kind=kind,
        marker_m=MARKER_SHARE * square_m if marker_m is None else marker_m,
        dictionary=dictionary,
    )
