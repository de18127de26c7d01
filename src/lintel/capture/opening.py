"""From what a person writes to the source it names."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import parse_qsl

import numpy as np

from lintel.capture.analytic import AnalyticSource
from lintel.capture.camera import CameraSource
from lintel.capture.images import DEFAULT_FPS, ImageFolderSource, holds_images
from lintel.capture.network import NetworkSource
from lintel.capture.recording import RecordingSource, holds_videos
from lintel.capture.source import Source
from lintel.errors import SourceError

_FORMS = (
    "a recording folder, a folder of image pairs, camera:0, camera:0,1, "
    "rtsp://.../left|rtsp://.../right, or analytic:doorway"
)
_DEVICE = re.compile(r"[0-9]{1,3}|/dev/[^\x00,]+", re.ASCII)
_ANALYTIC_SETTINGS = ("seed", "seconds", "fps", "size", "height", "tilt", "noise", "live")


def open_source(spec: str | Path, *, calibration: Path | None = None) -> Source:
    """Open what ``spec`` names.

    Args:
        spec: one of

            - a recording folder with ``left.mp4`` and ``right.mp4``, or ``sbs.mp4``;
            - a folder of image pairs, also as ``FOLDER?fps=15`` where no timestamps.csv is;
            - ``camera:0`` (side by side) or ``camera:0,1`` (left, right), numbers or paths;
            - ``rtsp://HOST/left|rtsp://HOST/right``;
            - ``analytic:NAME?seed=1&seconds=20&fps=15&size=640x400&height=3&tilt=10&live=1``
              (tilt in degrees).
        calibration: calibration file; folders have their own unless this is given, cameras
            always need one.

    Raises:
        SourceError: there is nothing of that name, or it cannot be read.
        RigError: no calibration, or a malformed one.
    """
    text = str(spec)
    if text.startswith("analytic:"):
        return _analytic(text.removeprefix("analytic:"))
    if text.startswith("camera:"):
        return _camera(text.removeprefix("camera:"), calibration)
    if "://" in text:
        return _network(text, calibration)
    return _folder(text, calibration)


def _folder(text: str, calibration: Path | None) -> Source:
    try:
        if Path(text).is_dir():
            return _images_or_videos(Path(text), calibration, fps=None)
        plain, mark, query = text.rpartition("?")
        if mark and Path(plain).is_dir():
            settings = _settings(text, query, ("fps",))
            fps = _number("fps", settings["fps"]) if "fps" in settings else None
            return _images_or_videos(Path(plain), calibration, fps=fps)
    except (OSError, ValueError) as error:  # a name that no file can have
        raise SourceError(f"{text!r}: cannot be opened: {error}") from error
    raise SourceError(f"{text!r}: there is no such folder; expected {_FORMS}")


def _images_or_videos(folder: Path, calibration: Path | None, *, fps: float | None) -> Source:
    if holds_videos(folder) or not holds_images(folder):
        return RecordingSource(folder, calibration=calibration)
    return ImageFolderSource(folder, calibration=calibration, fps=fps or DEFAULT_FPS)


def _camera(text: str, calibration: Path | None) -> CameraSource:
    names = [name.strip() for name in text.split(",")]
    strange = [name for name in names if not _DEVICE.fullmatch(name)]
    if strange:
        raise SourceError(
            f"camera:{text}: expected camera:0, camera:0,1 or camera:/dev/video0, "
            f"got {strange[0]!r}"
        )
    devices = [int(name) if name.isdigit() else name for name in names]
    return CameraSource(devices, calibration=_required(f"camera:{text}", calibration))


def _network(text: str, calibration: Path | None) -> NetworkSource:
    urls = text.split("|")
    if len(urls) != 2:
        raise SourceError(
            f"expected two addresses, rtsp://.../left|rtsp://.../right, got {len(urls)}"
        )
    return NetworkSource(*urls, calibration=_required("rtsp", calibration))


def _required(spec: str, calibration: Path | None) -> Path:
    if calibration is None:
        raise SourceError(f"{spec}: a camera needs --calibration FILE (see `lintel calibrate`)")
    return calibration


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
