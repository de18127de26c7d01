"""The chain of the device: the detector it can have, settled as well as its source allows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lintel.capture import Source
from lintel.clock import Clock
from lintel.config import SiteConfig
from lintel.device.causes import Causes
from lintel.device.counting.sources import SourceChoice
from lintel.device.logs import Log
from lintel.device.preview import Preview
from lintel.errors import ExtraError, InputError
from lintel.pipeline import Chain, Stages, prime
from lintel.pipeline.detectors import CLASSICAL
from lintel.pipeline.opening import SIMULATED


@dataclass(frozen=True, slots=True)
class Thinking:
    """Builds chains.

    Attributes:
        choice: the source, to look through a recording before it is counted.
        detector: the one that is wanted; the classical one counts where it cannot be had.
        preview: sees every frame, and keeps what the image mode allows.
        on_look: called now and then while a recording is looked through.
    """

    choice: SourceChoice
    detector: str
    preview: Preview | None
    causes: Causes
    log: Log
    clock: Clock
    on_detector: Callable[[str], None]
    on_look: Callable[[], None]

    def chain(self, source: Source, site: SiteConfig) -> Chain:
        """A chain for an open source.

        Raises:
            LintelError: the source cannot be looked through.
        """
        stages = self._stages(source, site)
        if self._can_be_looked_through(source):
            with self.choice.open() as again:
                prime(stages, again, on_look=self.on_look)
        return Chain(stages, on_frame=None if self.preview is None else self.preview.take)

    def _stages(self, source: Source, site: SiteConfig) -> Stages:
        missing = ""
        if self.detector != CLASSICAL:
            try:
                stages = Stages.of(rig=source.rig, site=site, detector=self.detector, full=True)
            except (InputError, ExtraError, ImportError) as error:
                missing = str(error)
            else:
                self.on_detector(self.detector)
                self.causes.clear("model_missing")
                return stages
        if missing:
            self.causes.put("model_missing", self.clock.utc(), f"{missing}.")
            self.log.error("model_missing", fault=missing)
        self.on_detector(CLASSICAL)
        return Stages.of(rig=source.rig, site=site, detector=CLASSICAL, full=True)

    def _can_be_looked_through(self, source: Source) -> bool:
        """A camera cannot be opened twice; a scenario would have to be rendered twice."""
        return not source.live and not self.choice.spec.startswith(SIMULATED)
