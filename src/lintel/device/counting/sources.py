"""The one source of a device, opened again and again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from lintel.capture import Source
from lintel.capture.link import shown
from lintel.clock import Clock
from lintel.pipeline import PacedSource, open_source


@dataclass(frozen=True, slots=True)
class SourceChoice:
    """What to count.

    Attributes:
        spec: as ``lintel count`` takes it.
        calibration: calibration file; cameras need one.
        loop: begin again when a recording is over.
    """

    spec: str
    calibration: Path | None = None
    loop: bool = False

    @property
    def is_live(self) -> bool:
        """Whether frames are lost unless they are read in time."""
        return self.spec.startswith("camera:") or "://" in self.spec or "live=1" in self.spec

    @property
    def shown(self) -> str:
        """What to call it in front of people, without user names and passwords."""
        return "|".join(map(shown, self.spec.split("|"))) if "://" in self.spec else self.spec

    def open(self) -> Source:
        """Open it as it is.

        Raises:
            LintelError: there is nothing of that name, or it cannot be read.
        """
        return open_source(self.spec, calibration=self.calibration)

    def open_paced(self, clock: Clock, wait: Callable[[float], object]) -> Source:
        """Open it so that frames come in real time, whatever it is.

        Raises:
            LintelError: there is nothing of that name, or it cannot be read.
        """
        source = self.open()
        return source if source.live else PacedSource(source, clock=clock, wait=wait)
