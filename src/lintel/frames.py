"""The only types that hold pixels. They end below the privacy wall: nothing above detect."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lintel.errors import ContractError
from lintel.geometry import Intrinsics, read_only

Image = npt.NDArray[np.uint8]
FloatImage = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class StereoPair:
    """One exposure of both cameras, not rectified.

    ``seq`` counts exposures: a gap means dropped frames, a repeat means a duplicated one.
    ``t_ns`` is monotonic, mid-exposure.
    """

    left: Image  # (H, W) or (H, W, 3) BGR
    right: Image
    t_ns: int
    seq: int
    rig_id: str

    def __post_init__(self) -> None:
        for name, image in (("left", self.left), ("right", self.right)):
            if image.dtype != np.uint8 or image.ndim not in (2, 3):
                raise ContractError(
                    f"StereoPair.{name}: expected uint8 (H, W) or (H, W, 3), "
                    f"got {image.dtype} {image.shape}"
                )
            image.setflags(write=False)
        if self.left.shape != self.right.shape:
            raise ContractError(
                f"StereoPair: left is {self.left.shape}, right is {self.right.shape}"
            )


@dataclass(frozen=True, slots=True, eq=False)
class DepthMap:
    """Depth along the optical axis of the rectified left camera. NaN = unknown, never 0."""

    depth_m: FloatImage  # (H, W)
    confidence: FloatImage  # (H, W), 0..1, 0 where depth is NaN
    intrinsics: Intrinsics
    image: Image  # (H, W), rectified left
    t_ns: int
    seq: int
    colour: Image | None = None  # (H, W, 3) BGR of the same pixels; None = grey cameras

    def __post_init__(self) -> None:
        height, width = self.depth_m.shape
        if self.colour is not None:
            read_only(self.colour, (height, width, 3), "DepthMap.colour")
        read_only(self.depth_m, (height, width), "DepthMap.depth_m")
        read_only(self.confidence, (height, width), "DepthMap.confidence")
        read_only(self.image, (height, width), "DepthMap.image")
        if self.depth_m.dtype != np.float32 or self.confidence.dtype != np.float32:
            raise ContractError(
                "DepthMap: depth and confidence are float32, "
                f"got {self.depth_m.dtype} and {self.confidence.dtype}"
            )
