"""Calibration: pictures of a board in, a stereo rig and a judgement of it out."""

from __future__ import annotations

from lintel.depth.calibration.advice import Verdict
from lintel.depth.calibration.boards import Board, BoardKind, parse_board
from lintel.depth.calibration.calibrate import Calibration, calibrate
from lintel.depth.calibration.corners import Corners, find_corners
from lintel.depth.calibration.outliers import ViewFit
from lintel.depth.calibration.pairs import Pairing, pair_files
from lintel.depth.calibration.preview import preview, write_previews
from lintel.depth.calibration.residual import HeldOut
from lintel.depth.calibration.views import BoardView, ViewSet, read_views, view_of

__all__ = [
    "Board",
    "BoardKind",
    "BoardView",
    "Calibration",
    "Corners",
    "HeldOut",
    "Pairing",
    "Verdict",
    "ViewFit",
    "ViewSet",
    "calibrate",
    "find_corners",
    "pair_files",
    "parse_board",
    "preview",
    "read_views",
    "view_of",
    "write_previews",
]
