"""Pictures of the board, read and searched: one view per pair."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

import cv2
import numpy as np

from lintel.depth.calibration.boards import Board
from lintel.depth.calibration.corners import Corners, find_corners
from lintel.errors import CalibrationError, SourceError
from lintel.frames import Image
from lintel.geometry import Floats

Progress: TypeAlias = Callable[[int, int], None]
SHARED_CORNERS_MIN = 8
EMPTY = Corners(np.zeros(0, dtype=np.int64), np.zeros((0, 2)))


@dataclass(frozen=True, slots=True, eq=False)
class BoardView:
    """What both cameras saw of the board in one pose. ``fault`` says why it cannot be used."""

    names: tuple[str, str]  # left, right; one is empty where the partner is missing
    left: Corners = EMPTY
    right: Corners = EMPTY
    fault: str = ""

    def swapped(self) -> BoardView:
        """The view with left and right exchanged."""
        return BoardView(self.names[::-1], self.right, self.left, self.fault)

    def shared(self) -> tuple[Floats, Floats]:
        """Places (N, 2) of the corners that both cameras saw, in the same order."""
        _, in_left, in_right = np.intersect1d(self.left.ids, self.right.ids, return_indices=True)
        return self.left.xy_px[in_left], self.right.xy_px[in_right]


@dataclass(frozen=True, slots=True)
class ViewSet:
    """All views of one calibration, usable or not, and the size of every picture."""

    views: tuple[BoardView, ...]
    image_size: tuple[int, int]  # width, height

    def swapped(self) -> ViewSet:
        """The set with left and right exchanged."""
        return replace(self, views=tuple(view.swapped() for view in self.views))


def read_views(
    pairs: Sequence[tuple[Path, Path]],
    board: Board,
    *,
    unpaired: Iterable[Path] = (),
    progress: Progress | None = None,
) -> ViewSet:
    """Read all pictures and look for the board.

    Args:
        pairs: left and right files.
        board: the board that was shown.
        unpaired: files without a partner: reported as views with a fault.
        progress: called with pairs done and pairs in all.

    Raises:
        SourceError: a file is no readable picture.
        CalibrationError: pictures differ in size.
    """
    views: list[BoardView] = []
    size: tuple[int, int] | None = None
    for done, files in enumerate(pairs):
        images = [read_picture(file) for file in files]
        for file, image in zip(files, images, strict=True):
            size = size or (image.shape[1], image.shape[0])
            _check_size(file, image, size, pairs[0][0])
        names = (files[0].name, files[1].name)
        views.append(view_of(names, images[0], images[1], board))
        if progress is not None:
            progress(done + 1, len(pairs))
    if size is None:
        raise CalibrationError("no pairs of pictures to calibrate from")
    views.extend(BoardView((file.name, ""), fault="no partner picture") for file in unpaired)
    return ViewSet(tuple(views), size)


def view_of(names: tuple[str, str], left: Image, right: Image, board: Board) -> BoardView:
    """Look for the board in one pair of grey pictures."""
    found = find_corners(left, board), find_corners(right, board)
    missing = [side for side, c in zip(("left", "right"), found, strict=True) if c is None]
    if found[0] is None or found[1] is None:
        where = " and ".join(missing)
        return BoardView(names, fault=f"no {board.columns}x{board.rows} board found: {where}")
    view = BoardView(names, found[0], found[1])
    if board.kind == "chessboard":
        view = replace(view, right=same_order(found[0], found[1], board))
    if len(view.shared()[0]) < SHARED_CORNERS_MIN:
        return replace(view, fault="both cameras see too little of the board in common")
    return view


def same_order(left: Corners, right: Corners, board: Board) -> Corners:
    """The right corners, numbered from the same corner of the board as the left ones.

    A chessboard whose opposite corner squares have one colour looks the same turned by half a
    turn (a square one by quarters), and the two cameras may start at different corners. They
    stand side by side, so the board hardly turns between them: the numbering whose shape fits
    the left one best is right.
    """
    grid = right.xy_px.reshape(board.rows, board.columns, 2)
    turns = range(4) if board.rows == board.columns else range(0, 4, 2)
    candidates = [np.rot90(grid, turn).reshape(-1, 2) for turn in turns]
    shape = left.xy_px - left.xy_px.mean(axis=0)
    misfit = [float(np.linalg.norm(c - c.mean(axis=0) - shape)) for c in candidates]
    return Corners(right.ids, np.ascontiguousarray(candidates[int(np.argmin(misfit))]))


def read_picture(file: Path) -> Image:
    """A picture as grey (H, W) uint8.

    Raises:
        SourceError: missing, empty, or no picture.
    """
    try:
        data = np.frombuffer(file.read_bytes(), dtype=np.uint8)
    except OSError as error:
        raise SourceError(f"{file}: cannot be read: {error.strerror}") from error
    image = None
    if len(data):
        try:
            image = cv2.imdecode(data, cv2.IMREAD_GRAYSCALE)
        except cv2.error as error:
            raise SourceError(f"{file}: the picture is damaged: {error.err}") from error
    if image is None:
        raise SourceError(f"{file}: expected a picture (JPEG, PNG, ...), this is none")
    return np.asarray(image, dtype=np.uint8)


def _check_size(file: Path, image: Image, size: tuple[int, int], first: Path) -> None:
    got = (image.shape[1], image.shape[0])
    if got != size:
        raise CalibrationError(
            f"{file}: expected {size[0]}x{size[1]} pixels like {first.name}, "
            f"got {got[0]}x{got[1]}: all pictures must come from one camera setting"
        )
