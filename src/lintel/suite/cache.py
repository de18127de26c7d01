"""Results of clips on disk, so that a second run works out only what has changed.

A result belongs to everything it follows from: the clip, the scenario's own data, the detector,
the sources of all rooms from the renderer to the score, and the versions of the libraries that
compute. Results are written one by one, so an interrupted run goes on where it was.
"""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from dataclasses import asdict
from functools import cache
from importlib.metadata import version
from pathlib import Path
from tempfile import NamedTemporaryFile

import msgspec

import lintel
from lintel.pipeline.detectors import detector_label
from lintel.sim.catalogue import find_scenario
from lintel.suite.cases import Case
from lintel.suite.result import CaseResult

ROOMS = (
    "sim", "depth", "detect", "track", "count", "pipeline", "evaluate", "suite", "config",
    "records", "frames", "geometry", "rig", "truth",
)  # fmt: skip
LIBRARIES = ("numpy", "scipy", "opencv-python-headless", "numba", "onnxruntime")


def default_folder() -> Path:
    """Where results are kept unless another folder is named: the user's cache."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "lintel" / "suite"


class ResultCache:
    """Results in a folder, one file each. A file that cannot be read is worked out anew."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get(self, case: Case, *, pictures: bool) -> CaseResult | None:
        """What was worked out before; None if nothing was, or something has changed since."""
        with suppress(OSError, msgspec.MsgspecError):
            content = self._path(case, pictures=pictures).read_bytes()
            return msgspec.msgpack.decode(content, type=CaseResult)
        return None

    def put(self, result: CaseResult, *, pictures: bool) -> None:
        """Keep a result; whole or not at all.

        Raises:
            OSError: it cannot be written.
        """
        path = self._path(result.case, pictures=pictures)
        path.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=path.parent, delete=False) as file:
            file.write(msgspec.msgpack.encode(result))
        Path(file.name).replace(path)

    def _path(self, case: Case, *, pictures: bool) -> Path:
        told = repr(
            (
                asdict(case) | {"detector": detector_label(case.detector)},
                find_scenario(case.scenario),
                pictures,
                made_by(),
            )
        )
        return self._folder / f"{hashlib.sha256(told.encode()).hexdigest()}.result"


@cache
def made_by() -> str:
    """Hash of the sources of all rooms that a result follows from, and of the libraries."""
    home = Path(lintel.__file__).parent
    told = hashlib.sha256(repr([(name, version(name)) for name in LIBRARIES]).encode())
    for room in ROOMS:
        files = (home / room).rglob("*") if (home / room).is_dir() else [home / f"{room}.py"]
        for path in sorted(files):
            if path.is_file() and "__pycache__" not in path.parts:
                told.update(str(path.relative_to(home)).encode() + path.read_bytes())
    return told.hexdigest()
