"""Rendered clips on disk, so that another detector or pipeline is scored on them unrendered.

A clip is a recording folder as ``lintel simulate --lossless`` writes it, with the hash of every
file beside it: what was damaged is thrown away and rendered again. It belongs to the scenario's own
data, the shot, and the sources of what draws; not to the pipeline. The clips used longest ago go
when all together outgrow the limit.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import astuple, dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from lintel.clock import NS_PER_S
from lintel.frames import StereoPair
from lintel.sim.filming import LOSSLESS, film, pictures_of
from lintel.sim.world import World
from lintel.suite.made import DRAWING, made_by
from lintel.truth import TrueHeads

SEAL = "sha256.txt"
UNFINISHED = "unfinished-"
ABANDONED_S = 86_400.0  # an unfinished clip of that age belongs to a run that was killed
BYTES_PER_GB = 10**9
Pixels: TypeAlias = npt.NDArray[np.int64]  # (P,) of each person


@dataclass(frozen=True, slots=True)
class Footage:
    """Clips in ``folder``, together at most ``limit_bytes`` once ``trim`` was called."""

    folder: Path
    limit_bytes: int

    def exposures(self, world: World) -> Iterator[tuple[StereoPair | None, Pixels]]:
        """Per exposure the pair, None if it was lost, and the pixels of each person.

        Filmed first if it is not there, and always read from what was filmed: both give the same.

        Raises:
            OSError: the folder cannot be written.
        """
        clip = self.folder / key_of(world)
        if not _sound(clip):
            shutil.rmtree(clip, ignore_errors=True)
            self._film(world, clip)
        os.utime(clip)
        visible = _visible(clip, world)
        pictures = pictures_of(clip)
        for number in range(world.shot.frames):
            if world.dropped(number):
                yield None, visible[number]
                continue
            left, right = next(pictures)
            t_ns = round(number / world.shot.fps * NS_PER_S)
            yield StereoPair(left, right, t_ns, number, world.rig.rig_id), visible[number]

    def trim(self) -> None:
        """Throw away what was used longest ago, until the rest fits; and what killed runs left."""
        used = sorted((_last_used(clip), clip) for clip in _clips(self.folder))
        sizes = {clip: _bytes(clip) for _, clip in used}
        held = sum(sizes.values())
        for last_s, clip in used:
            abandoned = clip.name.startswith(UNFINISHED) and last_s < time.time() - ABANDONED_S
            if abandoned or (held > self.limit_bytes and not clip.name.startswith(UNFINISHED)):
                shutil.rmtree(clip, ignore_errors=True)
                held -= sizes[clip]

    def clear(self) -> int:
        """Throw away every clip; bytes that were freed."""
        clips = list(_clips(self.folder))
        freed = sum(map(_bytes, clips))
        for clip in clips:
            shutil.rmtree(clip, ignore_errors=True)
        return freed

    def _film(self, world: World, clip: Path) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(
            dir=self.folder, prefix=UNFINISHED, ignore_cleanup_errors=True
        ) as unfinished:
            place = Path(unfinished) / "clip"
            for _ in film(world, place, kept=LOSSLESS):
                pass
            (place / SEAL).write_text(_seal(place), encoding="ascii")
            with suppress(FileExistsError):  # another process was quicker
                _rename(place, clip)


def key_of(world: World) -> str:
    """Name of a clip: the hash of everything that its pictures follow from."""
    shot = replace(world.shot, threads=1)  # pictures do not depend on it
    scene = replace(world.scenario, stratum="", about="")
    replayed = world.scenario.replay.path.read_bytes() if world.scenario.replay else b""
    told = repr((scene, astuple(shot), replayed, made_by(DRAWING)))
    return hashlib.sha256(told.encode()).hexdigest()


def _rename(place: Path, clip: Path) -> None:
    try:
        place.rename(clip)
    except OSError as error:
        if not _sound(clip):
            raise
        raise FileExistsError(clip) from error


def _seal(clip: Path) -> str:
    """Name and hash of every file."""
    rows = []
    for path in sorted(clip.iterdir()):
        if path.name != SEAL:
            with path.open("rb") as file:
                rows.append(f"{hashlib.file_digest(file, 'sha256').hexdigest()}  {path.name}\n")
    return "".join(rows)


def _sound(clip: Path) -> bool:
    """Whether the clip is whole, to the byte."""
    try:
        return (clip / SEAL).read_text(encoding="ascii") == _seal(clip)
    except (OSError, UnicodeDecodeError):
        return False


def _visible(clip: Path, world: World) -> npt.NDArray[np.int64]:
    """Visible pixels (frames, people) as they were filmed."""
    heads = TrueHeads.load(clip)
    visible = np.zeros((world.shot.frames, len(world.people)), dtype=np.int64)
    visible[heads.frame, heads.person] = heads.visible_px
    return visible


def _clips(folder: Path) -> Iterator[Path]:
    if not folder.is_dir():
        return
    for path in folder.iterdir():
        if path.name.startswith(UNFINISHED) or (path / SEAL).is_file():
            yield path


def _last_used(clip: Path) -> float:
    with suppress(OSError):
        return clip.stat().st_mtime
    return 0.0


def _bytes(clip: Path) -> int:
    total = 0
    for path in clip.rglob("*"):
        with suppress(OSError):
            total += path.stat().st_size
    return total
