"""The one part of the device that may hold pixels: what the image mode allows, and no more.

Depth pictures show heights above the floor, never brightness; the still shows an empty scene;
clips are depth alone. Nothing here is ever written to disk in the clear.
"""

from __future__ import annotations

from lintel.device.preview.clips import ClipFrame, clip_picture
from lintel.device.preview.preview import Preview

__all__ = ["ClipFrame", "Preview", "clip_picture"]
