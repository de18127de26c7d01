"""Writes a scenario as a recording folder: videos, calibration, site, exact truth."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Self, TypeAlias

import av
import numpy as np
import numpy.typing as npt
from av.container import OutputContainer
from av.video.stream import VideoStream

from lintel.config import SiteConfig
from lintel.errors import ScenarioError
from lintel.frames import Image
from lintel.rig import save_rig
from lintel.sim.world import World

I64: TypeAlias = npt.NDArray[np.int64]
EYES = ("left", "right")
QUALITY = "12"  # constant rate factor: errors of about one grey level


@dataclass(frozen=True, slots=True)
class Format:
    """How an eye's pictures are kept."""

    suffix: str
    codec: str
    colour: str  # pixel format of colour pictures
    grey: str
    options: tuple[tuple[str, str], ...] = ()


SMALL = Format(
    ".mp4",
    "libx264",
    "yuv420p",
    "yuv420p",
    (("crf", QUALITY), ("preset", "veryfast"), ("bf", "0")),
)
LOSSLESS = Format(".mkv", "ffv1", "bgr0", "gray")  # some 40 times the size


def film(world: World, out: Path, *, kept: Format = SMALL) -> Iterator[int]:
    """Write the recording into the new or empty folder ``out``; yields frames as they are done.

    Truth is written last: a folder without truth.json is not complete. ``LOSSLESS`` keeps every
    picture to the byte, see ``pictures_of``.

    Raises:
        ScenarioError: the folder holds something already.
    """
    out.mkdir(parents=True, exist_ok=True)
    if any(out.iterdir()):
        raise ScenarioError(f"{out}: expected a new or empty folder; choose another --out")
    save_rig(world.rig, out / "calibration.json")
    (out / "site.toml").write_text(site_toml(world.site()), encoding="utf-8")
    visible: list[I64] = []
    with ExitStack() as stack:
        eyes = [stack.enter_context(_Video(out / eye, world, kept)) for eye in EYES]
        for number in range(world.shot.frames):
            frame = world.frame(number)
            visible.append(frame.visible_px)
            if not world.dropped(number):
                for eye, image in zip(eyes, (frame.pair.left, frame.pair.right), strict=True):
                    eye.write(image, number)
            yield number
    world.heads(visible).save(out)
    world.truth().save(out)


def pictures_of(folder: Path) -> Iterator[tuple[Image, Image]]:
    """Left and right of every exposure that was not lost, as filmed when kept ``LOSSLESS``.

    Raises:
        OSError: a video is missing or cannot be read.
    """
    with ExitStack() as stack:
        videos = [
            stack.enter_context(av.open(str(folder / f"{eye}{LOSSLESS.suffix}"))) for eye in EYES
        ]
        for left, right in zip(*(video.decode(video=0) for video in videos), strict=True):
            yield _picture(left), _picture(right)


def _picture(frame: av.VideoFrame) -> Image:
    kind = "gray" if frame.format.name == LOSSLESS.grey else "bgr24"
    return np.ascontiguousarray(frame.to_ndarray(format=kind), dtype=np.uint8)


def site_toml(site: SiteConfig) -> str:
    """site.toml of a scene."""
    rows = [f"[mount]\nheight_m = {site.mount_height_m}\n"]
    rows += [
        f'[[line]]\nname = "{line.name}"\npoints_m = {line.points_m.tolist()}\n'
        for line in site.lines
    ]
    rows += [
        f'[[zone]]\nname = "{zone.name}"\npolygon_m = {zone.polygon_m.tolist()}\n'
        for zone in site.zones
    ]
    return "\n".join(rows)


def _video_stream(container: OutputContainer, kept: Format, rate: Fraction) -> VideoStream:
    stream = container.add_stream(kept.codec, rate=rate)
    assert isinstance(stream, VideoStream)  # noqa: S101 - both codecs are of video
    return stream


class _Video:
    """One eye's file. A lost exposure leaves a gap in the times of the frames."""

    def __init__(self, path: Path, world: World, kept: Format) -> None:
        rate = Fraction(world.shot.fps).limit_denominator(1000)
        self._kept = kept
        self._container: OutputContainer = av.open(f"{path}{kept.suffix}", "w")
        self._stream = _video_stream(self._container, kept, rate)
        self._stream.width, self._stream.height = world.shot.size
        self._stream.pix_fmt = kept.grey if world.mono else kept.colour
        self._stream.options = dict(kept.options)
        self._period = 1 / rate

    def write(self, image: Image, number: int) -> None:
        """Add one image at the time of exposure ``number``."""
        kind = "gray" if image.ndim == 2 else "bgr24"
        frame = av.VideoFrame.from_ndarray(np.asarray(image), format=kind)
        if self._kept is LOSSLESS and self._stream.pix_fmt is not None:
            frame = frame.reformat(format=self._stream.pix_fmt)
        frame.pts, frame.time_base = number, self._period
        self._container.mux(self._stream.encode(frame))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._container.mux(self._stream.encode(None))
        self._container.close()
