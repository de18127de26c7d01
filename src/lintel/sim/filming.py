"""Writes a scenario as a recording folder: videos, calibration, site, exact truth."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
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
QUALITY = "12"  # constant rate factor: errors of about one grey level


def film(world: World, out: Path) -> Iterator[int]:
    """Write the recording into the new or empty folder ``out``; yields frames as they are done.

    Truth is written last: a folder without truth.json is not complete.

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
        eyes = [stack.enter_context(_Video(out / f"{eye}.mp4", world)) for eye in ("left", "right")]
        for number in range(world.shot.frames):
            frame = world.frame(number)
            visible.append(frame.visible_px)
            if not world.dropped(number):
                for eye, image in zip(eyes, (frame.pair.left, frame.pair.right), strict=True):
                    eye.write(image, number)
            yield number
    world.heads(visible).save(out)
    world.truth().save(out)


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


class _Video:
    """One eye's file. A lost exposure leaves a gap in the times of the frames."""

    def __init__(self, path: Path, world: World) -> None:
        rate = Fraction(world.shot.fps).limit_denominator(1000)
        self._container: OutputContainer = av.open(str(path), "w")
        self._stream: VideoStream = self._container.add_stream("libx264", rate=rate)
        self._stream.width, self._stream.height = world.shot.size
        self._stream.pix_fmt = "yuv420p"
        self._stream.options = {"crf": QUALITY, "preset": "veryfast", "bf": "0"}
        self._period = 1 / rate

    def write(self, image: Image, number: int) -> None:
        """Add one image at the time of exposure ``number``."""
        kind = "gray" if image.ndim == 2 else "bgr24"
        frame = av.VideoFrame.from_ndarray(np.asarray(image), format=kind)
        frame.pts, frame.time_base = number, self._period
        self._container.mux(self._stream.encode(frame))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._container.mux(self._stream.encode(None))
        self._container.close()
