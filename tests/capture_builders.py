"""Builds the same short footage as every kind of source that needs no hardware."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import cv2
import numpy as np

from lintel.capture.analytic import AnalyticSource
from lintel.capture.writing import GrayVideoWriter
from lintel.frames import Image, StereoPair
from lintel.rig import save_rig

SIZE = (96, 64)
FPS = 20.0
EXPOSURES = 12
PERIOD_NS = 50_000_000


@cache
def scene_pairs(count: int = EXPOSURES) -> tuple[StereoPair, ...]:
    """The pairs of a short analytic scene in which somebody walks."""
    source = AnalyticSource("cross", size=SIZE, fps=FPS, seconds=8.0)
    return tuple(source.pair(40 + index) for index in range(count))


@dataclass(frozen=True)
class Script:
    """Which exposures each eye recorded, and when: (exposure number, time shift in ns)."""

    left: Sequence[tuple[int, int]] = tuple((i, 0) for i in range(EXPOSURES))
    right: Sequence[tuple[int, int]] = tuple((i, 0) for i in range(EXPOSURES))
    pairs: Sequence[StereoPair] = field(default_factory=scene_pairs)

    @classmethod
    def both(cls, shots: Sequence[tuple[int, int]]) -> Script:
        """Both eyes recorded the same exposures."""
        return cls(shots, shots)


def folder_with_rig(folder: Path) -> Path:
    """A folder that holds nothing but the calibration."""
    folder.mkdir(parents=True, exist_ok=True)
    save_rig(AnalyticSource("cross", size=SIZE).rig, folder / "calibration.json")
    return folder


def write_video(
    path: Path, shots: Sequence[tuple[int, int]], images: Sequence[Image], codec: str = "libx264"
) -> None:
    """A video of the shots, each at its own time."""
    height, width = images[0].shape
    with GrayVideoWriter(path, size=(width, height), fps=FPS, codec=codec) as writer:
        for exposure, shift_ns in shots:
            writer.write(images[exposure], t_ns=exposure * PERIOD_NS + shift_ns)


def two_videos(
    folder: Path, script: Script, *, codec: str = "libx264", suffix: str = ".mp4"
) -> Path:
    """left.mp4 and right.mp4."""
    folder_with_rig(folder)
    lefts = [pair.left for pair in script.pairs]
    rights = [pair.right for pair in script.pairs]
    write_video(folder / f"left{suffix}", script.left, lefts, codec)
    write_video(folder / f"right{suffix}", script.right, rights, codec)
    return folder


def side_by_side(folder: Path, script: Script) -> Path:
    """sbs.mp4."""
    folder_with_rig(folder)
    images = [np.hstack([pair.left, pair.right]) for pair in script.pairs]
    write_video(folder / "sbs.mp4", script.left, images)
    return folder


def flat_images(folder: Path, script: Script) -> Path:
    """left_000001.png beside right_000001.png."""
    folder_with_rig(folder)
    for side, shots in (("left", script.left), ("right", script.right)):
        for exposure, _ in shots:
            write_image(folder / f"{side}_{exposure + 1:06d}.png", script, side, exposure)
    return folder


def image_subfolders(folder: Path, script: Script) -> Path:
    """left/ and right/ with timestamps.csv; a second shot of an exposure is a file of its own."""
    folder_with_rig(folder)
    rows = ["frame,t_s"]
    for side, shots in (("left", script.left), ("right", script.right)):
        (folder / side).mkdir()
        for exposure, shift_ns in shots:
            number = 10 * exposure + (shift_ns > 0)
            write_image(folder / side / f"cam-{number}.png", script, side, exposure)
            rows.append(f"{number},{(exposure * PERIOD_NS + shift_ns) / 1e9 + 1700000000.0}")
    (folder / "timestamps.csv").write_text("\n".join(rows) + "\n")
    return folder


def write_image(path: Path, script: Script, side: str, exposure: int) -> None:
    """One eye of one exposure as a file."""
    pair = script.pairs[exposure]
    assert cv2.imwrite(str(path), pair.left if side == "left" else pair.right)


def free_port() -> int:
    """A TCP port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
