"""Depth clips under consent, to check the count by hand: sealed, bounded, gone on time."""

from __future__ import annotations

from lintel.device.recordings.recordings import DepthRecordings

__all__ = ["DepthRecordings"]
