"""The depth stage: a raw stereo pair in, a depth map of the rectified left camera out."""

from __future__ import annotations

import cv2
import numpy as np

from lintel.depth.matcher import Matcher, disparities_for
from lintel.depth.rectify import RectifiedPair, Rectifier
from lintel.depth.refine import Refiner
from lintel.depth.settings import DepthSettings
from lintel.frames import DepthMap, FloatImage, Image, StereoPair
from lintel.geometry import Intrinsics
from lintel.rig import StereoRig

ALL_INSIDE = 255
DISPARITY_MIN_PX = 0.5  # of the whole image: farther than this is as good as infinity


class DepthStage:
    """Rectify, match, refine. Holds no history of what it saw.

    The depth map has the rectified image's size times ``settings.matching_scale``; an odd last
    row or column is left out. Where nothing can be known it is NaN: no match, no texture, no
    likeness of the two windows, outside of either camera's field. Nothing is ever filled in.

    Raises:
        RigError: the rig cannot be rectified side by side.
    """

    def __init__(self, rig: StereoRig, *, settings: DepthSettings | None = None) -> None:
        self.settings = settings or DepthSettings()
        self._step = round(1 / self.settings.matching_scale)
        self.realign(rig)

    def realign(self, rig: StereoRig) -> None:
        """Go on with a corrected rig: new maps, a few tenths of a second.

        Raises:
            RigError: the rig cannot be rectified side by side.
        """
        self._rectifier = Rectifier(rig, colour_step=self._step)
        whole = self._rectifier.intrinsics
        self._intrinsics = whole.scaled(self.settings.matching_scale)
        self._focal_baseline = np.float32(whole.fx * self._rectifier.baseline_m)
        self._matcher = Matcher(
            disparities=disparities_for(
                focal_px=self._intrinsics.fx,
                baseline_m=self._rectifier.baseline_m,
                z_min_m=self.settings.z_min_m,
            ),
            uniqueness_percent=self.settings.uniqueness_percent,
        )
        width, height = self._rectifier.size
        self._refiner = Refiner(
            grid_size=(width // self._step, height // self._step),
            step=self._step,
            iterations=self.settings.refine_iterations,
        )
        valid = self._rectifier.valid.astype(np.uint8) * np.uint8(ALL_INSIDE)
        self._outside = self._on_grid(valid) < ALL_INSIDE

    @property
    def rectifier(self) -> Rectifier:
        """What turns raw pairs into the rectified ones that ``measure`` takes."""
        return self._rectifier

    @property
    def intrinsics(self) -> Intrinsics:
        """Of the depth maps."""
        return self._intrinsics

    def step(self, pair: StereoPair) -> DepthMap:
        """Depth of one exposure.

        Raises:
            ContractError: the pair's size is not the rig's.
        """
        return self.measure(self._rectifier.rectify(pair))

    def measure(self, pair: RectifiedPair) -> DepthMap:
        """Depth of one exposure that ``rectifier`` has rectified."""
        left, right = self._on_grid(pair.left), self._on_grid(pair.right)
        both_ways = self.settings.both_ways
        match = self._matcher.match_both_ways if both_ways else self._matcher.match
        refined = self._refiner.refine(pair.left, pair.right, match(left, right))
        disparity, confidence = refined.disparity_px, refined.confidence
        unknown = self._outside | (confidence < self.settings.confidence_min)
        unknown |= ~(disparity > DISPARITY_MIN_PX)
        disparity[unknown] = np.nan
        confidence[unknown] = 0.0
        depth_m: FloatImage = self._focal_baseline / disparity
        return DepthMap(
            depth_m, confidence, self._intrinsics, left, pair.t_ns, pair.seq, colour=pair.colour
        )

    def reset(self) -> None:
        """Forget the past. There is none; the stage contract asks for it."""

    def _on_grid(self, image: Image) -> Image:
        """``image`` at the size of the depth map."""
        if self._step == 1:
            return image
        height, width = (n // self._step for n in image.shape)
        whole = image[: height * self._step, : width * self._step]
        halved = cv2.resize(whole, (width, height), interpolation=cv2.INTER_AREA)
        return np.asarray(halved, dtype=np.uint8)
