"""The stages that belong to what was opened, settled before counting where that can be."""

from __future__ import annotations

from pathlib import Path

from lintel.capture import Source
from lintel.config import SiteConfig
from lintel.pipeline import Stages, open_source, prepared
from lintel.pipeline.detectors import DEFAULT_DETECTOR
from lintel.pipeline.opening import SIMULATED


def stages_of(
    source: Source,
    site: SiteConfig,
    *,
    recording: str,
    calibration: Path | None,
    detector: str = DEFAULT_DETECTOR,
) -> Stages:
    """Stages for an open source; a recording is looked through first, by a second handle.

    A live device settles while it runs, and could not be opened twice. A scenario would have to be
    rendered twice, and its mount is known.

    Raises:
        SourceError: the recording cannot be opened anew or read.
        DetectorError: there is no detector of this name.
    """
    if source.live or recording.startswith(SIMULATED):
        return Stages.of(rig=source.rig, site=site, detector=detector)
    return prepared(
        lambda: open_source(recording, calibration=calibration), site, detector=detector
    )
