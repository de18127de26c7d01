"""A calibration judged for the person who holds the board: good or not, and what to do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import cv2
import numpy as np

from lintel.depth.calibration.residual import HeldOut
from lintel.depth.calibration.solve import Solution
from lintel.depth.calibration.views import BoardView
from lintel.geometry import Bools, Floats

Grade: TypeAlias = Literal["good", "usable", "poor"]
VIEWS_WANTED = 10
TILT_WANTED_DEG = 15.0
TILTED_VIEWS_WANTED = 4
DISTANCE_RATIO_WANTED = 1.3
CELLS = 4  # the picture is divided into 4 x 4 cells to see where the board was
COVERAGE_WANTED = 0.75
RMS_GOOD_PX = 0.5
RMS_POOR_PX = 1.0
VERTICAL_GOOD_PX = 0.35
VERTICAL_POOR_PX = 0.8
LENGTH_GOOD = 0.01
LENGTH_POOR = 0.03
LOST_SHARE_GOOD = 0.25
CENTRE_SHARE_GOOD = 0.1


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether to keep the calibration, and what would make the next one better."""

    grade: Grade
    advice: tuple[str, ...]

    @property
    def summary(self) -> str:
        """One sentence."""
        return {
            "good": "Good: this calibration can be used.",
            "usable": "Usable, but it can be better: see the advice.",
            "poor": "Poor: do not count with this calibration; follow the advice and repeat.",
        }[self.grade]


def judge(
    views: Sequence[BoardView], solution: Solution, tested: HeldOut | None, *, lost: int
) -> Verdict:
    """Judge a calibration from ``views``; ``lost`` views could not be used."""
    advice = [
        *_about_views(views, solution, lost),
        *_about_coverage(views, solution),
        *_about_errors(solution, tested),
    ]
    poor = solution.stereo_rms_px > RMS_POOR_PX
    if tested is not None:
        poor |= tested.vertical_mean_px > VERTICAL_POOR_PX
        poor |= abs(tested.length_error) > LENGTH_POOR
    return Verdict("poor" if poor else "usable" if advice else "good", tuple(advice))


def tilts_deg(solution: Solution) -> Floats:
    """Angle (V,) between each board's normal and the left camera's axis, degrees."""
    normals = [np.asarray(cv2.Rodrigues(p[:3].copy())[0])[:, 2] for p in solution.left_from_board]
    cosines = np.clip(np.abs(np.array(normals)[:, 2]), 0.0, 1.0)
    return np.asarray(np.degrees(np.arccos(cosines)))


def covered_cells(views: Sequence[BoardView], side: str, size: tuple[int, int]) -> Bools:
    """Which of 4 x 4 cells (row, column) of the ``left`` or ``right`` picture saw corners."""
    points = np.concatenate([getattr(view, side).xy_px for view in views])
    edges = [np.linspace(0, size[1], CELLS + 1), np.linspace(0, size[0], CELLS + 1)]
    return np.asarray(np.histogram2d(points[:, 1], points[:, 0], bins=edges)[0] > 0)


def _about_views(views: Sequence[BoardView], solution: Solution, lost: int) -> Iterator[str]:
    if len(views) < VIEWS_WANTED:
        yield f"only {len(views)} views: take 15 to 25 pairs"
    if lost > LOST_SHARE_GOOD * (lost + len(views)):
        yield f"{lost} of {lost + len(views)} views were lost: light the board well, hold it still"
    tilted = int((tilts_deg(solution) > TILT_WANTED_DEG).sum())
    if tilted < TILTED_VIEWS_WANTED:
        yield (
            f"{tilted} views have the board tilted by more than {TILT_WANTED_DEG:.0f} degrees: "
            "tilt it by 20 to 45 degrees, to each side and up and down; without it the focal "
            "length is a guess"
        )
    depths = solution.left_from_board[:, 5]
    if depths.max() < DISTANCE_RATIO_WANTED * depths.min():
        yield "the board was always at one distance: show it near and far"


def _about_coverage(views: Sequence[BoardView], solution: Solution) -> Iterator[str]:
    names = {
        (0, 0): "top left",
        (0, -1): "top right",
        (-1, 0): "bottom left",
        (-1, -1): "bottom right",
    }
    for side in ("left", "right"):
        cells = covered_cells(views, side, solution.rig.image_size)
        bare = [name for corner, name in names.items() if not cells[corner]]
        if cells.mean() < COVERAGE_WANTED or len(bare) > 2:
            where = f", nothing {', '.join(bare)}" if bare else ""
            yield (
                f"{side} camera: the board covered {cells.mean():.0%} of the picture{where}: show "
                "it in every corner, lens distortion is largest there"
            )


def _about_errors(solution: Solution, tested: HeldOut | None) -> Iterator[str]:
    alone = max(solution.left.rms_px, solution.right.rms_px)
    if alone > RMS_GOOD_PX:
        yield (
            f"{alone:.2f} px RMS of one camera alone: pictures are blurred, the board is not flat, "
            "or the lens is wider than the model (try --lens fisheye)"
        )
    if solution.stereo_rms_px > 1.5 * alone + 0.1:
        yield (
            f"together the cameras err by {solution.stereo_rms_px:.2f} px, alone by {alone:.2f}: "
            "they are not exposed at the same moment, or the rig bends"
        )
    if tested is None:
        yield "too few views to leave some out: the true error is not known"
    elif tested.vertical_mean_px > VERTICAL_GOOD_PX:
        yield (
            f"on boards left out rows differ by {tested.vertical_mean_px:.2f} px: more views, "
            "spread over the picture"
        )
    if tested is not None and abs(tested.length_error) > LENGTH_GOOD:
        yield (
            f"on boards left out lengths are wrong by {100 * tested.length_error:+.1f} %: more "
            "views, tilted, near and far; or the lens is wider than the model"
        )
    yield from _about_centres(solution)


def _about_centres(solution: Solution) -> Iterator[str]:
    width, height = solution.rig.image_size
    middle = np.array([width - 1, height - 1]) / 2
    for side, camera in (("left", solution.rig.left), ("right", solution.rig.right)):
        off = float(np.abs(camera.matrix[:2, 2] - middle).max())
        if off > CENTRE_SHARE_GOOD * width:
            yield f"{side} camera: the optical centre is {off:.0f} px off the middle: tilt more"
