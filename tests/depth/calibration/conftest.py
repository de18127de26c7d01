"""Painted and projected views that several tests look at; made once."""

from __future__ import annotations

import cv2
import pytest

from calibration_builders import board_rig, exact_views, painted_views
from lintel.depth.calibration import Board, ViewSet
from lintel.rig import StereoRig


@pytest.fixture(scope="session", autouse=True)
def _one_thread() -> None:
    """Results must not depend on how many cores there are."""
    cv2.setNumThreads(1)


@pytest.fixture(scope="session")
def chessboard() -> Board:
    return Board(columns=9, rows=6, square_m=0.03)


@pytest.fixture(scope="session")
def rig() -> StereoRig:
    return board_rig()


@pytest.fixture(scope="session")
def noisy_views(rig: StereoRig, chessboard: Board) -> ViewSet:
    """Fifteen views with corners 0.1 px off, at random."""
    return exact_views(rig, chessboard, 15, noise_px=0.1)


@pytest.fixture(scope="session")
def pictures(rig: StereoRig, chessboard: Board) -> ViewSet:
    """Twelve painted views, searched like photographs."""
    return painted_views(rig, chessboard, 12)
