"""Views in, rig and report out: orientation check, rejection of bad views, left-out errors."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from lintel.depth.calibration.advice import Verdict, judge
from lintel.depth.calibration.boards import Board
from lintel.depth.calibration.residual import HeldOut, held_out
from lintel.depth.calibration.solve import Size, Solution, solve
from lintel.depth.calibration.views import BoardView, ViewSet
from lintel.errors import CalibrationError
from lintel.geometry import Floats
from lintel.rig import LensModel, StereoRig

VIEWS_MIN = 5
REJECT_RATIO = 2.0  # a view this many times worse than the median view is bad ...
REJECT_SIGMAS = 5.0  # ... and this many standard deviations, by the median deviation ...
REJECT_FLOOR_PX = 0.15  # ... and worse than what a good view may have anyway
REJECT_SHARE_MAX = 0.4


@dataclass(frozen=True, slots=True)
class ViewReport:
    """What became of one pair of pictures; NaN where nothing was measured."""

    names: tuple[str, str]  # left, right of the rig
    used: bool
    reason: str  # why it was rejected
    rms_left_px: float
    rms_right_px: float
    rms_stereo_px: float


@dataclass(frozen=True, slots=True, eq=False)
class Calibration:
    """A rig and everything that speaks for or against it."""

    rig: StereoRig
    left_rms_px: float  # each camera calibrated alone
    right_rms_px: float
    stereo_rms_px: float  # the rig as saved: both cameras and one board pose per view
    views: tuple[ViewReport, ...]
    held_out: HeldOut | None
    swapped: bool  # the pictures came with left and right exchanged
    repaired: bool
    verdict: Verdict

    @property
    def views_used(self) -> int:
        """How many views the rig was calibrated from."""
        return sum(view.used for view in self.views)


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
    usable, solution, rejected = _without_bad_views(usable, board, views.image_size, lens)
    swapped = _is_swapped(solution.rig)
    repaired = swapped and repair_swapped
    faulty = [_fault_report(view) for view in views.views if view.fault]
    if repaired:
        usable = [view.swapped() for view in usable]
        solution = solve(usable, board, views.image_size, lens)
        rejected = [_exchanged(report) for report in rejected]
        faulty = [_exchanged(report) for report in faulty]
    tested = held_out(usable, board, views.image_size, lens)
    return Calibration(
        rig=replace(solution.rig, rig_id=_fingerprint(solution.rig)),
        left_rms_px=solution.left.rms_px,
        right_rms_px=solution.right.rms_px,
        stereo_rms_px=solution.stereo_rms_px,
        views=(*_reports(usable, solution), *rejected, *faulty),
        held_out=tested,
        swapped=swapped,
        repaired=repaired,
        verdict=judge(usable, solution, tested, lost=len(rejected) + len(faulty)),
    )


def _without_bad_views(
    views: list[BoardView], board: Board, size: Size, lens: LensModel
) -> tuple[list[BoardView], Solution, list[ViewReport]]:
    """Solve; drop the worst view while it is far worse than the others; solve again."""
    kept, rejected, start = list(views), list[ViewReport](), len(views)
    solution = solve(kept, board, size, lens)
    while (limit := _limit_px(solution.view_rms_px)) < solution.view_rms_px.max():
        worst = int(np.argmax(solution.view_rms_px))
        rms = float(solution.view_rms_px[worst])
        reason = f"{rms:.2f} px off, others up to {limit:.2f} px: blurred, moved or misread"
        rejected.append(replace(_reports(kept, solution)[worst], used=False, reason=reason))
        del kept[worst]
        if len(kept) < max(VIEWS_MIN, (1.0 - REJECT_SHARE_MAX) * start):
            names = ", ".join(report.names[0] for report in rejected)
            raise CalibrationError(
                f"the views contradict each other ({len(rejected)} of {start} are bad: {names}); "
                "were both cameras triggered together, and is the board flat and still?"
            )
        solution = solve(kept, board, size, lens)
    return kept, solution, rejected


def _limit_px(rms_px: Floats) -> float:
    middle = float(np.median(rms_px))
    sigma = 1.4826 * float(np.median(np.abs(rms_px - middle)))
    return max(REJECT_RATIO * middle, middle + REJECT_SIGMAS * sigma, REJECT_FLOOR_PX)


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
        f"{' + '.join(filter(None, view.names))}: {view.fault}" for view in views if view.fault
    ]
    raise CalibrationError(
        f"expected at least {VIEWS_MIN} pairs that show the board, got {usable} of {len(views)}; "
        + "; ".join([*faults[:3], *(["..."] if len(faults) > 3 else [])])
    )


def _reports(views: Sequence[BoardView], solution: Solution) -> list[ViewReport]:
    return [
        ViewReport(
            names=view.names,
            used=True,
            reason="",
            rms_left_px=float(solution.left.view_rms_px[k]),
            rms_right_px=float(solution.right.view_rms_px[k]),
            rms_stereo_px=float(solution.view_rms_px[k]),
        )
        for k, view in enumerate(views)
    ]


def _fault_report(view: BoardView) -> ViewReport:
    nan = float("nan")
    return ViewReport(
        view.names,
        used=False,
        reason=view.fault,
        rms_left_px=nan,
        rms_right_px=nan,
        rms_stereo_px=nan,
    )


def _exchanged(report: ViewReport) -> ViewReport:
    return replace(
        report,
        names=report.names[::-1],
        rms_left_px=report.rms_right_px,
        rms_right_px=report.rms_left_px,
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
