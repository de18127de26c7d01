"""A ray-cast scene of planes, boxes and ellipsoids with exact depth, heads and crossings."""

from __future__ import annotations

from lintel.capture.analytic.scenes import SCENES
from lintel.capture.analytic.source import AnalyticSource
from lintel.capture.analytic.writing import write_recording

__all__ = ["SCENES", "AnalyticSource", "write_recording"]
