"""Whole-frame matching: semi-global matching of two rectified images.

OpenCV's ``StereoSGBM`` in 3-way mode: Hirschmüller, "Stereo processing by semiglobal matching
and mutual information", PAMI 2008, with the cost of Birchfield and Tomasi.
"""

from __future__ import annotations

import math

import cv2
import numpy as np

from lintel.depth.settings import DepthSettings
from lintel.frames import FloatImage, Image

SUBPIXELS = 16  # StereoSGBM counts in sixteenths of a pixel
# Disparities come in packs of 16; a pack is not opened for less than 5 % of depth.
Z_MIN_TOLERANCE = 0.05


def disparities_for(*, focal_px: float, baseline_m: float, z_min_m: float) -> int:
    """How many disparities, in packs of 16, reach from infinity to ``z_min_m``."""
    largest_px = focal_px * baseline_m / z_min_m * (1 - Z_MIN_TOLERANCE)
    return 16 * max(1, math.ceil(largest_px / 16))


class Matcher:
    """Disparity of the left image, NaN where there is no trustworthy match."""

    def __init__(self, *, disparities: int, settings: DepthSettings) -> None:
        self.disparities = disparities
        self._sgbm = cv2.StereoSGBM.create(
            minDisparity=0,
            numDisparities=disparities,
            blockSize=5,
            P1=200,
            P2=800,
            disp12MaxDiff=1,
            preFilterCap=10,
            uniquenessRatio=settings.uniqueness_percent,
            speckleWindowSize=100,
            speckleRange=2,
            mode=cv2.StereoSGBM_MODE_SGBM_3WAY,
        )

    def match(self, left: Image, right: Image) -> FloatImage:
        """Disparity (H, W), pixels, of rectified grey images (H, W); NaN = unknown."""
        sixteenths = self._sgbm.compute(left, right)
        disparity = sixteenths.astype(np.float32) * np.float32(1 / SUBPIXELS)
        disparity[sixteenths <= 0] = np.nan
        return disparity
