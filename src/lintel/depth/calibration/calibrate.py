"""Views in, rig and report out: orientation check, rejection of bad views, left-out errors."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from lintel.depth.calibration.advice import Verdict, judge
from lintel.depth.calibration.boards import Board
from lintel.depth.calibration.outliers import VIEWS_MIN, ViewFit, fits, without_outliers
from lintel.depth.calibration.residual import HeldOut, held_out
from lintel.depth.calibration.solve import solve
from lintel.depth.calibration.views import BoardView, ViewSet
from lintel.errors import CalibrationError
from lintel.rig import LensModel, StereoRig


@dataclass(frozen=True, slots=True, eq=False)
class Calibration:
    """A rig and everything that speaks for or against it."""

    rig: StereoRig
    left_rms_px: float  # each camera calibrated alone
    right_rms_px: float
    stereo_rms_px: float  # the rig as saved: both cameras and one board pose per view
    used: tuple[ViewFit, ...]
    rejected: tuple[ViewFit, ...]  # NaN where nothing was measured
    corners_dropped: int  # strays in views that were used
    held_out: HeldOut | None
    swapped: bool  # the pictures came with left and right exchanged
    repaired: bool
    verdict: Verdict


def calibrate(
    views: ViewSet, board: Board, *, lens: LensModel = "pinhole", repair_swapped: bool = False
) -> Calibration:
    """Calibrate a stereo rig.

    Args:
        views: what was found in the pictures, unusable views included (they are reported).
        board: the board that was shown.
        lens: lens model of both cameras.
        repair_swapped: exchange left and right where they are found exchanged; otherwise
            ``swapped`` without ``repaired`` in the result says that its rig must not be used.

    Raises:
        CalibrationError: too few usable views, views that contradict each other, or cameras
            that do not stand side by side.
    """
    usable = [view for view in views.views if not view.fault]
    _require_enough(len(usable), views.views)
    cleaned = without_outliers(usable, board, views.image_size, lens)
    swapped = _is_swapped(cleaned.solution.rig)
    repaired = swapped and repair_swapped
    kept, solution = list(cleaned.views), cleaned.solution
    lost = [*cleaned.rejected, *(_faulty(view) for view in views.views if view.fault)]
    if repaired:
        kept = [view.swapped() for view in kept]
        solution = solve(kept, board, views.image_size, lens)
        lost = [_exchanged(view) for view in lost]
    tested = held_out(kept, board, views.image_size, lens)
    return Calibration(
        rig=replace(solution.rig, rig_id=_fingerprint(solution.rig)),
        left_rms_px=solution.left.rms_px,
        right_rms_px=solution.right.rms_px,
        stereo_rms_px=solution.stereo_rms_px,
        used=tuple(fits(kept, solution)),
        rejected=tuple(lost),
        corners_dropped=cleaned.corners_dropped,
        held_out=tested,
        swapped=swapped,
        repaired=repaired,
        verdict=judge(kept, solution, tested, lost=len(lost)),
    )


def _is_swapped(rig: StereoRig) -> bool:
    """Whether the right camera stands on the left.

    Raises:
        CalibrationError: the cameras stand neither left nor right of each other.
    """
    rotation = rig.right_from_left.rotation
    if np.trace(rotation) < 1.0:  # turned by more than 90 degrees
        raise CalibrationError(
            "one camera is turned by more than 90 degrees against the other: turn its pictures"
        )
    x, y, z = -rotation.T @ rig.right_from_left.translation_m  # right camera, as left sees it
    if max(abs(y), abs(z)) > abs(x):
        where = "above" if abs(y) > abs(z) else "behind"
        raise CalibrationError(
            f"the cameras stand one {where} the other ({x:.3f}, {y:.3f}, {z:.3f} m): Lintel needs "
            "them side by side; turn pictures of a camera pair that hangs on its side by 90 degrees"
        )
    return bool(x < 0)


def _require_enough(usable: int, views: Sequence[BoardView]) -> None:
    if usable >= VIEWS_MIN:
        return
    faults = [
        f"; {' + '.join(filter(None, view.names))}: {view.fault}" for view in views if view.fault
    ]
    more = f"; and {len(faults) - 3} more" if len(faults) > 3 else ""
    raise CalibrationError(
        f"expected at least {VIEWS_MIN} pairs that show the board, got {usable} of {len(views)}"
        + "".join(faults[:3])
        + more
    )


def _faulty(view: BoardView) -> ViewFit:
    nan = float("nan")
    return ViewFit(view.names, view.fault, nan, nan, nan)


def _exchanged(view: ViewFit) -> ViewFit:
    return replace(
        view,
        names=view.names[::-1],
        rms_left_px=view.rms_right_px,
        rms_right_px=view.rms_left_px,
    )


def _fingerprint(rig: StereoRig) -> str:
    numbers = np.concatenate(
        [
            *(np.concatenate([c.matrix.ravel(), c.distortion]) for c in (rig.left, rig.right)),
            rig.right_from_left.rotation.ravel(),
            rig.right_from_left.translation_m,
        ]
    )
    return "rig-" + hashlib.sha256(numbers.astype("<f8").tobytes()).hexdigest()[:12]
