"""``lintel calibrate``: pictures of a board in, calibration.json and a verdict out."""

from __future__ import annotations

import glob
import json
import math
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from lintel.depth.calibration import (
    BoardKind,
    Calibration,
    ViewFit,
    ViewSet,
    pair_files,
    parse_board,
    read_views,
    write_previews,
)
from lintel.depth.calibration import calibrate as calibrate_views
from lintel.depth.calibration.boards import Board
from lintel.depth.calibration.pairs import Pairing
from lintel.errors import CalibrationError
from lintel.rig import LensModel, save_rig

SWAPPED = (
    "left and right are exchanged: by these pictures the 'right' camera stands on the left of "
    "the 'left' one. Exchange --left and --right (and the cables or the videos), or let "
    "--repair-swapped exchange them; nothing was written"
)


def calibrate(
    *,
    left: Annotated[str, typer.Option(help="Pattern of the left pictures, in quotes.")],
    right: Annotated[str, typer.Option(help="Pattern of the right pictures, in quotes.")],
    board: Annotated[
        str, typer.Option(help="Inner corners of a chessboard, or squares of a ChArUco board: 9x6.")
    ],
    square_m: Annotated[float, typer.Option(help="Side of one square, metres.")],
    out: Annotated[Path, typer.Option(help="File to write.")] = Path("calibration.json"),
    kind: Annotated[BoardKind, typer.Option(help="What is printed on the board.")] = "chessboard",
    marker_m: Annotated[
        float | None, typer.Option(help="ChArUco: side of a marker, metres; else 3/4 square.")
    ] = None,
    dictionary: Annotated[str, typer.Option(help="ChArUco: OpenCV dictionary.")] = "DICT_4X4_50",
    lens: Annotated[
        LensModel, typer.Option(help="pinhole up to about 110 degrees, fisheye beyond.")
    ] = "pinhole",
    repair_swapped: Annotated[
        bool, typer.Option("--repair-swapped", help="Exchange the sides if found exchanged.")
    ] = False,
    preview: Annotated[
        Path | None, typer.Option(help="Folder for rectified pictures with guide lines.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Calibrate a stereo camera from pairs of pictures of a board."""
    shown = parse_board(
        board, square_m=square_m, kind=kind, marker_m=marker_m, dictionary=dictionary
    )
    pairing = pair_files(_files(left), _files(right))
    views = _read(pairing, shown)
    result = calibrate_views(views, shown, lens=lens, repair_swapped=repair_swapped)
    wrong = result.swapped and not result.repaired
    if not wrong:
        _save(result, out)
        if preview is not None:
            write_previews(result.rig, _used_files(pairing, result), preview)
    if as_json:
        content = _as_json(result, None if wrong else out)
        sys.stdout.write(json.dumps(content, indent=1, allow_nan=False) + "\n")
    if wrong:
        raise CalibrationError(SWAPPED)
    if not as_json:
        _print(result, out, preview)


def _files(pattern: str) -> list[Path]:
    return sorted(Path(name) for name in glob.glob(pattern, recursive=True))  # noqa: PTH207 - absolute patterns too


def _read(pairing: Pairing, board: Board) -> ViewSet:
    with Progress(console=Console(stderr=True)) as bar:
        task = bar.add_task("looking for the board", total=len(pairing.pairs))
        return read_views(
            pairing.pairs,
            board,
            unpaired=pairing.unpaired,
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )


def _save(result: Calibration, out: Path) -> None:
    try:
        save_rig(result.rig, out)
    except OSError as error:
        raise CalibrationError(f"{out}: cannot be written: {error.strerror}") from error


def _used_files(pairing: Pairing, result: Calibration) -> list[tuple[Path, Path]]:
    """Files of the views that were used, left of the rig first."""
    used = {view.names for view in result.used}
    ordered = [pair[::-1] if result.repaired else pair for pair in pairing.pairs]
    return [(a, b) for a, b in ordered if (a.name, b.name) in used]


def _as_json(result: Calibration, out: Path | None) -> dict[str, object]:
    tested = result.held_out
    return {
        "stereo_rms_px": result.stereo_rms_px,
        "left_rms_px": result.left_rms_px,
        "right_rms_px": result.right_rms_px,
        "image_size": list(result.rig.image_size),
        "lens": result.rig.left.model,
        "baseline_m": result.rig.baseline_m,
        "views": [_view_json(view) for view in (*result.used, *result.rejected)],
        "views_used": len(result.used),
        "views_rejected": len(result.rejected),
        "corners_dropped": result.corners_dropped,
        "rectification_residual_px": tested
        and {
            "mean": tested.vertical_mean_px,
            "p95": tested.vertical_p95_px,
            "boards": tested.boards,
        },
        "length_error": tested and {"mean": tested.length_error, "spread": tested.length_spread},
        "swapped": result.swapped,
        "repaired": result.repaired,
        "verdict": result.verdict.grade,
        "advice": list(result.verdict.advice),
        "out": out and str(out),
    }


def _view_json(view: ViewFit) -> dict[str, object]:
    return {
        "names": list(view.names),
        "used": not view.reason,
        "reason": view.reason or None,
        "rms_left_px": _number(view.rms_left_px),
        "rms_right_px": _number(view.rms_right_px),
        "rms_stereo_px": _number(view.rms_stereo_px),
    }


def _number(value: float) -> float | None:
    return None if math.isnan(value) else value


def _print(result: Calibration, out: Path, preview: Path | None) -> None:
    console = Console(highlight=False)
    console.print(_table(result))
    if result.repaired:
        console.print(
            "Left and right were exchanged. The calibration was made with the sides put right: "
            "exchange the cables or the videos too."
        )
    console.print(
        f"stereo RMS {result.stereo_rms_px:.3f} px (left alone {result.left_rms_px:.3f}, right "
        f"alone {result.right_rms_px:.3f}), baseline {1000 * result.rig.baseline_m:.1f} mm"
    )
    if result.held_out is not None:
        tested = result.held_out
        console.print(
            f"on {tested.boards} boards left out: rows differ by {tested.vertical_mean_px:.2f} px "
            f"(95 % below {tested.vertical_p95_px:.2f}), lengths by "
            f"{100 * tested.length_error:+.2f} %"
        )
    console.print(result.verdict.summary, style="bold")
    for line in result.verdict.advice:
        console.print(f" - {line}")
    console.print(f"written: {out}" + (f"; previews: {preview}" if preview else ""))


def _table(result: Calibration) -> Table:
    views = (*result.used, *result.rejected)
    table = Table(title=f"{len(result.used)} of {len(views)} views used")
    for heading in ("left", "right"):
        table.add_column(heading)
    for heading in ("left px", "right px", "stereo px"):
        table.add_column(heading, justify="right")
    table.add_column("")
    for view in views:
        errors = (view.rms_left_px, view.rms_right_px, view.rms_stereo_px)
        cells = ["" if math.isnan(error) else f"{error:.3f}" for error in errors]
        table.add_row(*view.names, *cells, view.reason and f"rejected: {view.reason}")
    return table
