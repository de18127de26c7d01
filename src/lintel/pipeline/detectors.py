"""The detectors by name: the one table from which a chain takes its detector."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from lintel.config import AttributesConfig
from lintel.detect.classical import ClassicalDetector
from lintel.detect.head_model import HeadModel
from lintel.detect.learned import LearnedDetector, LearnedSettings
from lintel.detect.stature import ChildRule
from lintel.detect.uniform import SIGNAL_YELLOW, Uniform
from lintel.errors import DetectorError
from lintel.frames import DepthMap
from lintel.records import Detections, FloorFit

CLASSICAL = "classical"
LEARNED = "learned"
DEFAULT_DETECTOR = LEARNED


class Detector(Protocol):
    """What finds heads."""

    def step(self, depth: DepthMap, floor: FloorFit | None) -> Detections:
        """Heads in one depth map."""
        ...

    def reset(self) -> None:
        """Forget the past."""
        ...


DETECTORS: dict[str, Callable[[], Detector]] = {
    LEARNED: LearnedDetector,
    CLASSICAL: ClassicalDetector,
}


@dataclass(frozen=True, slots=True)
class Chosen:
    """The detector that runs. ``fault`` says why it is not the one that was asked for."""

    detector: Detector
    name: str
    fault: str = ""


def choose_detector(name: str, attributes: AttributesConfig | None = None) -> Chosen:
    """A new detector: a name, or the path of a model file, and what it tells of people.

    When the model that comes with Lintel is missing or damaged, the classical detector takes its
    place: a counter that counts a little worse is better than none, as long as it says so.

    Raises:
        DetectorError: there is none of this name, or a model that was named cannot be used.
    """
    told = attributes or AttributesConfig()
    uniforms = tuple(Uniform(red, green) for red, green in told.uniforms)
    settings = LearnedSettings(
        child=ChildRule(below_m=told.child_below_m),
        gender=told.gender,
        uniforms=uniforms or (SIGNAL_YELLOW,),
    )
    if name == LEARNED:
        try:
            return Chosen(LearnedDetector(settings=settings), LEARNED)
        except DetectorError as error:
            return Chosen(ClassicalDetector(), CLASSICAL, fault=str(error))
    if name in DETECTORS:
        return Chosen(DETECTORS[name](), name)
    if not Path(name).is_file():
        known = ", ".join(DETECTORS)
        raise DetectorError(f"expected a detector out of {known}, or a model file, got {name!r}")
    return Chosen(LearnedDetector(HeadModel(Path(name)), settings), detector_label(name))


def make_detector(name: str) -> Detector:
    """A new detector, as ``choose_detector`` chooses it.

    Raises:
        DetectorError: there is none of this name, or a model that was named cannot be used.
    """
    return choose_detector(name).detector


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
