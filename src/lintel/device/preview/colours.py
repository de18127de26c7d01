"""Heights as colours, in steps that swallow a face.

A nose stands out by 2 to 3 cm; a step is 10 cm, after a median over its neighbours. What remains
of a person is an outline seen from above and a stature of plus or minus a step.
"""

from __future__ import annotations

import cv2
import numpy as np

from lintel.device.preview.looks import Look
from lintel.errors import LintelError
from lintel.frames import FloatImage, Image

STEP_M = 0.10
TOP_M = 2.2  # heights from here on have the last colour
MEDIAN_PX = 3
JPEG_QUALITY = 85
FAR_M = 6.0  # without a floor: depth from here on has the first colour


def coloured(look: Look) -> Image:
    """The picture (h, w, 3) of a look: black where nothing is known."""
    known = np.isfinite(look.depth_m)
    steps = np.floor(_smooth(_levels(look), known) / STEP_M)
    grey = np.clip(steps * STEP_M / TOP_M, 0.0, 1.0) * 255.0
    picture = cv2.applyColorMap(grey.astype(np.uint8), cv2.COLORMAP_TURBO)
    return np.where(known[..., None], picture, 0).astype(np.uint8)


def png(picture: Image) -> bytes:
    """A picture of few colours, exactly."""
    return _encoded(picture, ".png", [cv2.IMWRITE_PNG_COMPRESSION, 3])


def jpeg(picture: Image) -> bytes:
    """A photograph."""
    return _encoded(picture, ".jpg", [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])


def _levels(look: Look) -> FloatImage:
    """What is coloured: height above the floor; nearness while the floor is unknown."""
    if look.floor_from_cam is not None:
        return look.height_m
    nearness = (FAR_M - look.depth_m) * np.float32(TOP_M / FAR_M)
    return np.asarray(nearness, dtype=np.float32)


def _smooth(
    levels: FloatImage, known: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
) -> FloatImage:
    filled = np.where(known, np.clip(levels, 0.0, TOP_M), 0.0).astype(np.float32)
    return np.asarray(cv2.medianBlur(filled, MEDIAN_PX), dtype=np.float32)


def _encoded(picture: Image, form: str, options: list[int]) -> bytes:
    done, data = cv2.imencode(form, picture, options)
    if not done:
        raise LintelError(f"a picture of shape {picture.shape} could not be written as {form}")
    return data.tobytes()
