"""Where stereo pairs come from: recordings, image folders, cameras, an analytic scene."""

from __future__ import annotations

from lintel.capture.analytic import AnalyticSource
from lintel.capture.camera import CameraSource
from lintel.capture.images import ImageFolderSource
from lintel.capture.network import NetworkSource
from lintel.capture.opening import open_source
from lintel.capture.recording import RecordingSource
from lintel.capture.source import Source
from lintel.records import SourceFaults

__all__ = [
    "AnalyticSource",
    "CameraSource",
    "ImageFolderSource",
    "NetworkSource",
    "RecordingSource",
    "Source",
    "SourceFaults",
    "open_source",
]
