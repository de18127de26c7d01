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
from pathlib import Path
from tempfile import NamedTemporaryFile

import msgspec

from lintel.pipeline.detectors import detector_label
from lintel.sim.catalogue import find_scenario
from lintel.suite.cases import Case
from lintel.suite.made import SCORING, made_by
from lintel.suite.result import CaseResult


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

    def clear(self) -> int:
        """Throw away every result; how many there were."""
        files = list(self._folder.glob("*.result"))
        for file in files:
            file.unlink(missing_ok=True)
        return len(files)

    def _path(self, case: Case, *, pictures: bool) -> Path:
        told = repr(
            (
                asdict(case) | {"detector": detector_label(case.detector)},
                find_scenario(case.scenario),
                pictures,
                made_by(SCORING),
            )
        )
        return self._folder / f"{hashlib.sha256(told.encode()).hexdigest()}.result"
