"""The depth stage: a raw stereo pair in, a depth map of the rectified left camera out."""

from __future__ import annotations

import cv2
import numpy as np

from lintel.depth.matcher import Matcher, disparities_for
from lintel.depth.rectify import Rectifier
from lintel.depth.settings import DepthSettings
from lintel.frames import DepthMap, FloatImage, Image, StereoPair
from lintel.rig import StereoRig


class DepthStage:
    """Rectify, match, refine. Holds no history of what it saw.

    The depth map has the raw image's size times ``settings.matching_scale``.

    Raises:
        RigError: the rig cannot be rectified side by side.
    """

    def __init__(self, rig: StereoRig, *, settings: DepthSettings | None = None) -> None:
        self.settings = settings or DepthSettings()
        self.rectifier = Rectifier(rig)
        scale = self.settings.matching_scale
        self.intrinsics = self.rectifier.intrinsics.scaled(scale)
        self._matcher = Matcher(
            disparities=disparities_for(
                focal_px=self.intrinsics.fx,
                baseline_m=self.rectifier.baseline_m,
                z_min_m=self.settings.z_min_m,
            ),
            settings=self.settings,
        )
        self._outside = ~_halved(self.rectifier.valid.astype(np.uint8), scale).astype(bool)

    def step(self, pair: StereoPair) -> DepthMap:
        """Depth of one exposure.

        Raises:
            ContractError: the pair's size is not the rig's.
        """
        whole = self.rectifier.rectify(pair)
        scale = self.settings.matching_scale
        left, right = _halved(whole.left, scale), _halved(whole.right, scale)
        disparity = self._matcher.match(left, right)
        disparity[self._outside] = np.nan
        depth_m: FloatImage = np.float32(self.intrinsics.fx * self.rectifier.baseline_m) / disparity
        confidence = np.isfinite(depth_m).astype(np.float32)
        return DepthMap(depth_m, confidence, self.intrinsics, left, pair.t_ns, pair.seq)

    def reset(self) -> None:
        """Forget the past. There is none; the stage contract asks for it."""


def _halved(image: Image, scale: float) -> Image:
    if scale == 1.0:
        return image
    return np.asarray(cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA))
