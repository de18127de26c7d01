"""How soft a picture is: the blur of its strongest edges, in pixels.

An edge blurred by s is blurred to sqrt(s^2 + a^2) by a Gaussian of sigma a, and its slope falls
in the same ratio. From the slopes at two sigmas follows s (S. Zhuo and T. Sim, Defocus map
estimation from a single image, Pattern Recognition 44, 2011). Only the strongest edges are asked,
so that noise, which has no edges, says nothing. A rectified picture is black where the camera saw
nothing; the edge of that is drawn by the calibration, not by the lens, and is left out.
"""

from __future__ import annotations

import math

import cv2
import numpy as np

from lintel.frames import Image

FINE, COARSE = 1.0, 2.0  # sigmas, pixels
EDGE_SHARE = 0.005  # of the pixels, the strongest, are edges
LEAST_SLOPE = 2.5  # grey levels per pixel at FINE: weaker ones are noise
LEAST_EDGES = 12  # points on edges, and as many more as the picture is larger:
LEAST_SHARE = 2e-4  # of its pixels
RIM_PX = 4  # beside what the camera did not see
SOFTEST_PX = 5.0  # beyond this the two slopes hardly differ


def edge_blur_px(picture: Image) -> float | None:
    """Sigma of the blur of a grey or colour picture, 0 to SOFTEST_PX; None without clear edges."""
    shown = picture if picture.ndim == 2 else cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    grey = np.asarray(shown, dtype=np.uint8)
    fine, coarse = (_slopes(grey, sigma) for sigma in (FINE, COARSE))
    seen = _seen(grey)
    if not seen.any():
        return None
    fine = np.where(seen, fine, np.float32(0.0))
    least = max(float(np.quantile(fine[seen], 1.0 - EDGE_SHARE)), LEAST_SLOPE)
    crest = (fine >= least) & (fine >= cv2.dilate(fine, np.ones((3, 3), np.uint8)))
    if np.count_nonzero(crest) < max(LEAST_EDGES, LEAST_SHARE * grey.size):
        return None
    ratio = float(np.median(fine[crest] / np.maximum(coarse[crest], 1e-6)))
    return _blur_px(ratio)


def _seen(grey: Image) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """Where the camera saw something, off the rim of what it did not see."""
    unseen = cv2.dilate(
        (grey == 0).astype(np.uint8), np.ones((2 * RIM_PX + 1, 2 * RIM_PX + 1), np.uint8)
    )
    return np.asarray(unseen == 0)


def _blur_px(ratio: float) -> float:
    """The blur at which the slopes have this ratio."""
    square = ratio * ratio
    if square <= 1.0:
        return SOFTEST_PX
    blur = (COARSE**2 - square * FINE**2) / (square - 1.0)
    return min(math.sqrt(max(blur, 0.0)), SOFTEST_PX)


def _slopes(grey: Image, sigma: float) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    """Steepness after a Gaussian, grey levels per pixel."""
    smooth = cv2.GaussianBlur(grey, (0, 0), sigma).astype(np.float32)
    across = cv2.Scharr(smooth, cv2.CV_32F, 1, 0, scale=1 / 32)
    down = cv2.Scharr(smooth, cv2.CV_32F, 0, 1, scale=1 / 32)
    return np.asarray(np.hypot(across, down), dtype=np.float32)
