"""Bad views and stray corners, found by the model that all others agree on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from lintel.depth.calibration.boards import Board
from lintel.depth.calibration.solve import Size, Solution, corner_errors, solve
from lintel.depth.calibration.views import SHARED_CORNERS_MIN, BoardView
from lintel.errors import CalibrationError
from lintel.geometry import Floats
from lintel.rig import LensModel

VIEWS_MIN = 5
REJECT_RATIO = 2.0  # a view this many times worse than the median view is bad ...
REJECT_FLOOR_PX = 0.15  # ... and worse than what a good view may have anyway
SPOILED_PX = 0.8  # a median this bad is spoiled by bad views: they stand out less from it
SPOILED_RATIO = 1.4
REJECT_SHARE_MAX = 0.4
STRAY_RATIO = 8.0  # a corner this many times worse than the median corner is a stray ...
STRAY_FLOOR_PX = 0.6  # ... if it is this far off
STRAY_SHARE_MAX = 0.15  # with more strays than this the whole view is bad


@dataclass(frozen=True, slots=True)
class ViewFit:
    """What became of one view: its errors, and why it was rejected if it was."""

    names: tuple[str, str]  # left, right
    reason: str
    rms_left_px: float  # camera alone
    rms_right_px: float
    rms_stereo_px: float


@dataclass(frozen=True, slots=True, eq=False)
class Cleaned:
    """The views that agree, what they solve to, and what was rejected or dropped."""

    views: tuple[BoardView, ...]
    solution: Solution
    rejected: tuple[ViewFit, ...]
    corners_dropped: int


def without_outliers(
    views: Sequence[BoardView], board: Board, size: Size, lens: LensModel
) -> Cleaned:
    """Solve; treat the worst view while it is far worse than the others; solve again.

    A few stray corners are dropped from a view; a view that is bad throughout is rejected.

    Raises:
        CalibrationError: too many views are bad, or what is left determines no rig.
    """
    kept, rejected, dropped = list(views), list[ViewFit](), 0
    solution = solve(kept, board, size, lens)
    while (limit := _limit_px(solution.view_rms_px)) < solution.view_rms_px.max():
        worst = int(np.argmax(solution.view_rms_px))
        trimmed = _without_strays(kept, worst, solution, board)
        if trimmed is not None:
            dropped += _corners(kept[worst]) - _corners(trimmed)
            kept[worst] = trimmed
        else:
            rms = float(solution.view_rms_px[worst])
            reason = f"{rms:.2f} px off, others up to {limit:.2f}: blurred, moved or misread"
            rejected.append(replace(fits(kept, solution)[worst], reason=reason))
            del kept[worst]
            _require_agreement(kept, rejected)
        solution = solve(kept, board, size, lens)
    return Cleaned(tuple(kept), solution, tuple(rejected), dropped)


def fits(views: Sequence[BoardView], solution: Solution) -> list[ViewFit]:
    """Errors of the views that ``solution`` was made from."""
    return [
        ViewFit(
            names=view.names,
            reason="",
            rms_left_px=float(solution.left.view_rms_px[k]),
            rms_right_px=float(solution.right.view_rms_px[k]),
            rms_stereo_px=float(solution.view_rms_px[k]),
        )
        for k, view in enumerate(views)
    ]


def _limit_px(rms_px: Floats) -> float:
    middle = float(np.median(rms_px))
    ratio = SPOILED_RATIO if middle > SPOILED_PX else REJECT_RATIO
    return max(ratio * middle, REJECT_FLOOR_PX)


def _without_strays(
    views: Sequence[BoardView], worst: int, solution: Solution, board: Board
) -> BoardView | None:
    """The worst view without its stray corners; None if strays are not what is wrong with it."""
    errors = [
        corner_errors(solution, view, pose, board)
        for view, pose in zip(views, solution.left_from_board, strict=True)
    ]
    typical = float(np.median(np.concatenate([side for pair in errors for side in pair])))
    limit = max(STRAY_FLOOR_PX, STRAY_RATIO * typical)
    good_left, good_right = (side <= limit for side in errors[worst])
    strays = np.count_nonzero(~good_left) + np.count_nonzero(~good_right)
    view = views[worst]
    if not 0 < strays <= STRAY_SHARE_MAX * _corners(view):
        return None
    trimmed = replace(view, left=view.left.where(good_left), right=view.right.where(good_right))
    return trimmed if len(trimmed.shared()[0]) >= SHARED_CORNERS_MIN else None


def _corners(view: BoardView) -> int:
    return len(view.left.ids) + len(view.right.ids)


def _require_agreement(kept: Sequence[BoardView], rejected: Sequence[ViewFit]) -> None:
    start = len(kept) + len(rejected)
    if len(kept) >= max(VIEWS_MIN, (1.0 - REJECT_SHARE_MAX) * start):
        return
    names = ", ".join(view.names[0] for view in rejected)
    raise CalibrationError(
        f"the views contradict each other ({len(rejected)} of {start} are bad: {names}); "
        "were both cameras triggered together, and is the board flat and still?"
    )
