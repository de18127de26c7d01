"""From what a person writes to the source it names."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import parse_qsl

import numpy as np

from lintel.capture.analytic import AnalyticSource
from lintel.capture.recording import RecordingSource
from lintel.capture.source import Source
from lintel.errors import SourceError

_FORMS = (
    "a recording folder, a folder of image pairs, camera:0, camera:0,1, "
    "rtsp://.../left|rtsp://.../right, or analytic:doorway"
)
_ANALYTIC_SETTINGS = ("seed", "seconds", "fps", "size", "height", "tilt", "noise", "live")


def open_source(spec: str | Path, *, calibration: Path | None = None) -> Source:
    """Open what ``spec`` names.

    Args:
        spec: a recording folder; or
            ``analytic:NAME?seed=1&seconds=20&fps=15&size=640x400&height=3&tilt=10&live=1``
            (tilt in degrees).
        calibration: calibration file; folders have their own unless this is given.

    Raises:
        SourceError: there is nothing of that name, or it cannot be read.
        RigError: no calibration, or a malformed one.
    """
    text = str(spec)
    if text.startswith("analytic:"):
        return _analytic(text.removeprefix("analytic:"))
    folder = Path(spec)
    if not folder.is_dir():
        raise SourceError(f"{spec}: there is no such folder; expected {_FORMS}")
    return RecordingSource(folder, calibration=calibration)


def _analytic(text: str) -> AnalyticSource:
    name, _, query = text.partition("?")
    settings = _settings(f"analytic:{text}", query, _ANALYTIC_SETTINGS)
    return AnalyticSource(
        name,
        seed=_whole("seed", settings.get("seed", "1")),
        seconds=_number("seconds", settings["seconds"]) if "seconds" in settings else None,
        fps=_number("fps", settings.get("fps", "15")),
        size=_size(settings.get("size", "640x400")),
        height_m=_number("height", settings.get("height", "3")),
        tilt_rad=float(np.deg2rad(_number("tilt", settings.get("tilt", "0")))),
        noise=_number("noise", settings.get("noise", "1.5")),
        live=_whole("live", settings.get("live", "0")) != 0,
    )


def _settings(spec: str, query: str, known: tuple[str, ...]) -> dict[str, str]:
    settings = dict(parse_qsl(query, keep_blank_values=True))
    strange = [name for name in settings if name not in known]
    if strange:
        raise SourceError(
            f"{spec}: unknown setting {strange[0]!r}; expected some of {', '.join(known)}"
        )
    return settings


def _number(name: str, text: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise SourceError(f"{name}: expected a number, got {text!r}") from error


def _whole(name: str, text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,18}", text, flags=re.ASCII):
        raise SourceError(f"{name}: expected a whole number, got {text!r}")
    return int(text)


def _size(text: str) -> tuple[int, int]:
    match = re.fullmatch(r"([0-9]{1,5})x([0-9]{1,5})", text, flags=re.ASCII)
    if match is None:
        raise SourceError(f"size: expected WIDTHxHEIGHT, for example 640x400, got {text!r}")
    return int(match[1]), int(match[2])
