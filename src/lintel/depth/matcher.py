"""Whole-frame matching: semi-global matching of two rectified images.

OpenCV's ``StereoSGBM`` in 3-way mode: Hirschmüller, "Stereo processing by semiglobal matching
and mutual information", PAMI 2008, with the cost of Birchfield and Tomasi.
"""

from __future__ import annotations

import math

import cv2
import numpy as np

from lintel.frames import FloatImage, Image

SUBPIXELS = 16  # StereoSGBM counts in sixteenths of a pixel
# Disparities come in packs of 16; a pack is not opened for less than 5 % of depth.
Z_MIN_TOLERANCE = 0.05
SPECKLE_PX = 100  # a patch of equal depth smaller than this is no surface
AGREEMENT_PX = 1.0


def disparities_for(*, focal_px: float, baseline_m: float, z_min_m: float) -> int:
    """How many disparities, in packs of 16, reach from infinity to ``z_min_m``."""
    largest_px = focal_px * baseline_m / z_min_m * (1 - Z_MIN_TOLERANCE)
    return 16 * max(1, math.ceil(largest_px / 16))


class Matcher:
    """Disparity of the left image, NaN where there is no trustworthy match.

    StereoSGBM gives no disparity in the left ``disparities`` columns; both images are continued
    to the left by as much, so that what both cameras see there is measured too.
    """

    def __init__(self, *, disparities: int, uniqueness_percent: int = 10) -> None:
        self.disparities = disparities
        self._sgbm = cv2.StereoSGBM.create(
            minDisparity=0,
            numDisparities=disparities,
            blockSize=5,
            P1=200,
            P2=800,
            disp12MaxDiff=1,
            preFilterCap=31,
            uniquenessRatio=uniqueness_percent,
            speckleWindowSize=SPECKLE_PX,
            speckleRange=2,
            mode=cv2.StereoSGBM_MODE_SGBM_3WAY,
        )

    def match(self, left: Image, right: Image) -> FloatImage:
        """Disparity (H, W), pixels, of rectified grey images (H, W); NaN = unknown.

        Left-right consistent by StereoSGBM's own check, which reads both directions from one
        cost volume.
        """
        sixteenths = self._sgbm.compute(self._continued(left), self._continued(right))
        sixteenths = sixteenths[:, self.disparities :]
        disparity: FloatImage = sixteenths.astype(np.float32) * np.float32(1 / SUBPIXELS)
        column = np.arange(disparity.shape[1], dtype=np.float32)
        disparity[(sixteenths <= 0) | (disparity > column + 0.5)] = np.nan
        return disparity

    def match_both_ways(self, left: Image, right: Image) -> FloatImage:
        """As ``match``, kept only where matching right to left agrees within a pixel."""
        disparity = self.match(left, right)
        mirrored = self.match(_mirrored(right), _mirrored(left))
        other = np.ascontiguousarray(mirrored[:, ::-1])
        height, width = disparity.shape
        column = np.arange(width, dtype=np.float32)
        target = np.rint(np.clip(column - np.nan_to_num(disparity), 0, width - 1)).astype(np.intp)
        back = other[np.arange(height)[:, None], target]
        disagree = ~(np.abs(back - disparity) <= AGREEMENT_PX)
        disparity[disagree] = np.nan
        return disparity

    def _continued(self, image: Image) -> Image:
        wider = cv2.copyMakeBorder(image, 0, 0, self.disparities, 0, cv2.BORDER_REPLICATE)
        return np.asarray(wider, dtype=np.uint8)


def _mirrored(image: Image) -> Image:
    return np.ascontiguousarray(image[:, ::-1])
