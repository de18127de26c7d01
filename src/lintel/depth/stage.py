"""The depth stage: a raw stereo pair in, a depth map of the rectified left camera out."""

from __future__ import annotations

import cv2
import numpy as np

from lintel.depth.matcher import Matcher, disparities_for
from lintel.depth.rectify import Rectifier
from lintel.depth.refine import Refiner
from lintel.depth.settings import DepthSettings
from lintel.frames import DepthMap, FloatImage, Image, StereoPair
from lintel.rig import StereoRig

ALL_INSIDE = 255
DISPARITY_MIN_PX = 0.5  # farther than this is as good as infinity


class DepthStage:
    """Rectify, match, refine. Holds no history of what it saw.

    The depth map has the raw image's size times ``settings.matching_scale``.

    Raises:
        RigError: the rig cannot be rectified side by side.
    """

    def __init__(self, rig: StereoRig, *, settings: DepthSettings | None = None) -> None:
        self.settings = settings or DepthSettings()
        self.rectifier = Rectifier(rig)
        self._step = round(1 / self.settings.matching_scale)
        self.intrinsics = self.rectifier.intrinsics.scaled(self.settings.matching_scale)
        width, height = self.rectifier.size
        grid_size = (width // self._step, height // self._step)
        self._matcher = Matcher(
            disparities=disparities_for(
                focal_px=self.intrinsics.fx,
                baseline_m=self.rectifier.baseline_m,
                z_min_m=self.settings.z_min_m,
            ),
            uniqueness_percent=self.settings.uniqueness_percent,
        )
        self._refiner = Refiner(
            grid_size=grid_size, step=self._step, iterations=self.settings.refine_iterations
        )
        self._focal_baseline = np.float32(self.rectifier.intrinsics.fx * self.rectifier.baseline_m)
        self._outside = self._on_grid(self.rectifier.valid.astype(np.uint8) * 255) < ALL_INSIDE

    def step(self, pair: StereoPair) -> DepthMap:
        """Depth of one exposure.

        Raises:
            ContractError: the pair's size is not the rig's.
        """
        whole = self.rectifier.rectify(pair)
        left, right = self._on_grid(whole.left), self._on_grid(whole.right)
        match = self._matcher.match_both_ways if self.settings.both_ways else self._matcher.match
        coarse = match(left, right)
        coarse[self._outside] = np.nan
        refined = self._refiner.refine(whole.left, whole.right, coarse)
        disparity, confidence = refined.disparity_px, refined.confidence
        weak = (confidence < self.settings.confidence_min) | ~(disparity > DISPARITY_MIN_PX)
        disparity[weak] = np.nan
        confidence[weak] = 0.0
        depth_m: FloatImage = self._focal_baseline / disparity
        return DepthMap(depth_m, confidence, self.intrinsics, left, pair.t_ns, pair.seq)

    def reset(self) -> None:
        """Forget the past. There is none; the stage contract asks for it."""

    def _on_grid(self, image: Image) -> Image:
        """``image`` at the size of the depth map; an odd last row or column is left out."""
        if self._step == 1:
            return image
        height, width = (n // self._step for n in image.shape)
        whole = image[: height * self._step, : width * self._step]
        halved = cv2.resize(whole, (width, height), interpolation=cv2.INTER_AREA)
        return np.asarray(halved, dtype=np.uint8)
