"""The detectors by name: the one table from which a chain takes its detector."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from lintel.detect.classical import ClassicalDetector
from lintel.errors import DetectorError
from lintel.frames import DepthMap
from lintel.records import Detections, FloorFit

CLASSICAL = "classical"


class Detector(Protocol):
    """What finds heads."""

    def step(self, depth: DepthMap, floor: FloorFit | None) -> Detections:
        """Heads in one depth map."""
        ...

    def reset(self) -> None:
        """Forget the past."""
        ...


DETECTORS: dict[str, Callable[[], Detector]] = {CLASSICAL: ClassicalDetector}


def make_detector(name: str) -> Detector:
    """A new detector.

    Raises:
        DetectorError: there is none of this name.
    """
    if name not in DETECTORS:
        raise DetectorError(f"expected a detector out of {', '.join(DETECTORS)}, got {name!r}")
    return DETECTORS[name]()


def detector_label(name: str) -> str:
    """The name, and of a model file the first digits of its hash too: what scores belong to.

    Raises:
        DetectorError: there is no detector of this name, or the file cannot be read.
    """
    if name in DETECTORS:
        return name
    try:
        content = Path(name).read_bytes()
    except OSError as error:
        known = ", ".join(DETECTORS)
        raise DetectorError(
            f"expected a detector out of {known}, or a model file, got {name!r}"
        ) from error
    return f"{Path(name).stem}-{hashlib.sha256(content).hexdigest()[:12]}"
