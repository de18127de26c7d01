"""From what a person writes to the source it names."""

from __future__ import annotations

from pathlib import Path

from lintel.capture.recording import RecordingSource
from lintel.capture.source import Source
from lintel.errors import SourceError


def open_source(spec: str | Path, *, calibration: Path | None = None) -> Source:
    """Open a recording folder.

    Raises:
        SourceError: there is nothing of that name, or it cannot be read.
        RigError: no calibration, or a malformed one.
    """
    folder = Path(spec)
    if not folder.is_dir():
        raise SourceError(f"{spec}: expected a recording folder, there is none of that name")
    return RecordingSource(folder, calibration=calibration)
