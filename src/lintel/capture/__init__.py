"""Where stereo pairs come from: recordings, image folders, cameras, an analytic scene."""

from __future__ import annotations

from lintel.capture.analytic import AnalyticSource
from lintel.capture.opening import open_source
from lintel.capture.recording import RecordingSource
from lintel.capture.source import Source, SourceFaults

__all__ = ["AnalyticSource", "RecordingSource", "Source", "SourceFaults", "open_source"]
