"""The installer's checks: what must be right before a count can be trusted, and what to do."""

from __future__ import annotations

import math

from lintel.device.counting.board import Seen
from lintel.records import FloorFit, StereoHealth
from lintel.wire.v1.health import MountCheck

LEAST_DEPTH = 0.6
LEAST_HEIGHT_M, MOST_HEIGHT_M = 2.2, 6.0
MOST_TILT_DEG = 20.0
MOST_RESIDUAL_M = 0.03
MOST_ROWS_APART_PX = 0.5
LEAST_FPS = 5.0
MOST_BLUR_PX = 1.5  # of edges; beyond it depth at them spreads


def mount_checks(seen: Seen, *, blur_px: float | None = None) -> tuple[MountCheck, ...]:
    """All checks, in the order in which they are put right."""
    floor = seen.floor
    checks = [
        _at_least(
            "frames",
            seen.fps or None,
            LEAST_FPS,
            "/s",
            "Counting needs 5 frames a second or more: look at the source and the processor.",
        ),
        _cameras(seen.stereo),
        _at_least(
            "depth",
            seen.view_share,
            LEAST_DEPTH,
            "share",
            "Too little of the view can be measured: clean the glass, look for glare and darkness.",
        ),
        _floor(floor),
        _height(floor),
        _tilt(floor),
    ]
    checks.insert(1, _focus(blur_px))
    return tuple(checks)


def _focus(blur_px: float | None) -> MountCheck:
    return _at_most(
        "focus",
        blur_px,
        MOST_BLUR_PX,
        "px",
        "Edges are soft: clean the lens, or turn its focus ring. Something with clear edges must "
        "be in view.",
    )


def _cameras(stereo: StereoHealth | None) -> MountCheck:
    apart = None if stereo is None else abs(stereo.vertical_residual_px)
    return _at_most(
        "cameras",
        apart,
        MOST_ROWS_APART_PX,
        "px",
        "The two cameras do not agree with their calibration: calibrate anew.",
    )


def _floor(floor: FloorFit | None) -> MountCheck:
    residual = None if floor is None or not floor.settled else floor.residual_m
    return _at_most(
        "floor",
        residual,
        MOST_RESIDUAL_M,
        "m",
        "The floor is not flat or not seen: leave the view empty for some seconds.",
    )


def _height(floor: FloorFit | None) -> MountCheck:
    height = None if floor is None else floor.height_m
    passed = None if height is None else bool(LEAST_HEIGHT_M <= height <= MOST_HEIGHT_M)
    return MountCheck(
        "height",
        passed,
        None if height is None else round(height, 3),
        "m",
        f"{LEAST_HEIGHT_M:g} to {MOST_HEIGHT_M:g}",
        "Hang the camera higher or lower: lintel plan tells what a height can see.",
    )


def _tilt(floor: FloorFit | None) -> MountCheck:
    tilt = None if floor is None else math.degrees(floor.tilt_rad)
    return _at_most(
        "tilt",
        tilt,
        MOST_TILT_DEG,
        "deg",
        "Let the camera look straighter down: people hide one another in a slanted view.",
    )


def _at_least(name: str, value: float | None, limit: float, unit: str, advice: str) -> MountCheck:
    passed = None if value is None else bool(value >= limit)
    shown = None if value is None else round(float(value), 3)
    return MountCheck(name, passed, shown, unit, f"at least {limit:g}", advice)


def _at_most(name: str, value: float | None, limit: float, unit: str, advice: str) -> MountCheck:
    passed = None if value is None else bool(value <= limit)
    shown = None if value is None else round(float(value), 3)
    return MountCheck(name, passed, shown, unit, f"at most {limit:g}", advice)
