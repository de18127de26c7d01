"""``lintel plan``: what an installer asks before drilling."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from lintel.cli.plan_report import plan_json, plan_text
from lintel.depth.rectify import Rectifier
from lintel.depth.settings import z_min_for_mount
from lintel.errors import PlanError
from lintel.geometry import Intrinsics
from lintel.planning import (
    OVERLAP_M,
    Mount,
    Plan,
    draw_plan,
    intrinsics_of_focal,
    intrinsics_of_lens,
    plan_mount,
    svg_of,
    write_png,
)
from lintel.planning.mount import SIDE_PX, within
from lintel.rig import load_rig

DEFAULT_SIZE = "640x400"
DEFAULT_BASELINE_M = 0.075


@dataclass(frozen=True, slots=True)
class _Cameras:
    """The rectified pair."""

    intrinsics: Intrinsics
    size: tuple[int, int]
    baseline_m: float


def plan(
    *,
    height: Annotated[float, typer.Option(help="Lenses above the floor, metres.")],
    tilt: Annotated[
        float, typer.Option(help="Degrees from straight down, towards the picture's top.")
    ] = 0.0,
    lens: Annotated[
        float | None, typer.Option(help="Angle of view across the picture, degrees.")
    ] = None,
    focal_px: Annotated[
        float | None, typer.Option(help="Focal length in pixels, instead of --lens.")
    ] = None,
    calibration: Annotated[
        Path | None, typer.Option(help="calibration.json: lens, size and baseline from there.")
    ] = None,
    size: Annotated[
        str | None, typer.Option(help=f"Picture of one eye, pixels; default {DEFAULT_SIZE}.")
    ] = None,
    baseline_m: Annotated[
        float | None,
        typer.Option(help=f"Distance of the lenses, metres; default {DEFAULT_BASELINE_M}."),
    ] = None,
    stature: Annotated[float, typer.Option(help="Height of the heads to see, metres.")] = 1.75,
    hall: Annotated[
        str | None, typer.Option(help="Sides of a hall, metres, such as 12x8: how many sensors?")
    ] = None,
    overlap_m: Annotated[
        float, typer.Option(help="How much of their views neighbours in a hall share, metres.")
    ] = OVERLAP_M,
    picture: Annotated[Path | None, typer.Option(help="Write a drawing: .svg or .png.")] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object and nothing else.")
    ] = False,
) -> None:
    """Covered floor, expected errors, where lines may lie, and how many sensors a hall needs."""
    _check_picture(picture)
    sides_m = None if hall is None else _sides(hall)
    cameras = (
        _ideal(lens=lens, focal_px=focal_px, size=size, baseline_m=baseline_m)
        if calibration is None
        else _calibrated(calibration, given=(lens, focal_px, size, baseline_m))
    )
    mount = Mount(
        intrinsics=cameras.intrinsics,
        size=cameras.size,
        baseline_m=cameras.baseline_m,
        height_m=height,
        tilt_rad=math.radians(tilt),
        nearest_m=z_min_for_mount(height),
    )
    planned = plan_mount(mount, stature_m=stature, hall_m=sides_m, overlap_m=overlap_m)
    if picture is not None:
        _draw(planned, picture)
    typer.echo(json.dumps(plan_json(planned)) if as_json else plan_text(planned))


def _ideal(
    *, lens: float | None, focal_px: float | None, size: str | None, baseline_m: float | None
) -> _Cameras:
    if (lens is None) == (focal_px is None):
        raise PlanError("expected one of --lens, --focal-px and --calibration")
    pixels = _pixels(size or DEFAULT_SIZE)
    if lens is not None:
        intrinsics = intrinsics_of_lens(lens, pixels)
    elif focal_px is not None:
        intrinsics = intrinsics_of_focal(focal_px, pixels)
    return _Cameras(intrinsics, pixels, DEFAULT_BASELINE_M if baseline_m is None else baseline_m)


def _calibrated(path: Path, *, given: tuple[object, ...]) -> _Cameras:
    """The rectified pair that the depth stage would make of this rig."""
    if any(option is not None for option in given):
        raise PlanError(
            "--calibration says lens, size and baseline: leave out --lens, --focal-px, --size "
            "and --baseline-m"
        )
    rectifier = Rectifier(load_rig(path))
    return _Cameras(rectifier.intrinsics, rectifier.size, rectifier.baseline_m)


def _pixels(text: str) -> tuple[int, int]:
    width, cross, height = text.partition("x")
    short = max(len(width), len(height)) <= 6  # no picture is larger, and int() is not cheap
    if not (text.isascii() and cross and short and width.isdecimal() and height.isdecimal()):
        raise PlanError(f"--size: expected WIDTHxHEIGHT in pixels such as 640x400, got {text!r}")
    size = int(width), int(height)
    for name, side in zip(("width", "height"), size, strict=True):
        within(f"--size: {name}", side, *SIDE_PX, "pixels")
    return size


def _sides(text: str) -> tuple[float, float]:
    width, _, depth = text.partition("x")
    try:
        sides_m = float(width), float(depth)
    except ValueError as error:
        raise PlanError(
            f"--hall: expected WIDTHxDEPTH in metres such as 12x8, got {text!r}"
        ) from error
    return sides_m


def _check_picture(path: Path | None) -> None:
    if path is not None and path.suffix.lower() not in {".svg", ".png"}:
        raise PlanError(f"--picture: expected a name that ends in .svg or .png, got {path}")


def _draw(planned: Plan, path: Path) -> None:
    panels = draw_plan(planned)
    try:
        if path.suffix.lower() == ".png":
            write_png(panels, path)
        else:
            path.write_text(svg_of(panels), encoding="utf-8")
    except OSError as error:
        raise PlanError(f"--picture: {path} cannot be written: {error}") from error
