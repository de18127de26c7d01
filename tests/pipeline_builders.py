"""A source of blank frames that keeps the capture contract, to test queues and accounting."""

from __future__ import annotations

import threading
from types import TracebackType
from typing import Self

import numpy as np

from lintel.capture import SourceFaults
from lintel.errors import SourceError
from lintel.frames import StereoPair
from lintel.geometry import Pose
from lintel.rig import CameraModel, StereoRig


def small_rig() -> StereoRig:
    """Two ideal cameras of 160 x 100 pixels, 75 mm apart."""
    matrix = np.array([[80.0, 0, 79.5], [0, 80.0, 49.5], [0, 0, 1]])
    left, right = CameraModel(matrix, np.zeros(5)), CameraModel(matrix.copy(), np.zeros(5))
    return StereoRig((160, 100), left, right, Pose(np.eye(3), np.array([-0.075, 0.0, 0.0])))


class BlankSource:
    """``frames`` exposures at ``fps``; ``released`` lets the test hold a live source back."""

    def __init__(
        self, *, frames: int, fps: float = 10.0, live: bool = False, fail_at: int | None = None
    ) -> None:
        self.name = "blank"
        self.rig = small_rig()
        self.fps = fps
        self.frame_count = frames
        self.live = live
        self.faults = SourceFaults()
        self.all_read = threading.Event()
        self._next = 0
        self._fail_at = fail_at

    def read(self) -> StereoPair | None:
        if self._next == self._fail_at:
            self.all_read.set()
            raise SourceError(f"blank: frame {self._next} is damaged")
        if self._next >= self.frame_count:
            self.all_read.set()
            return None
        seq = self._next
        self._next += 1
        grey = np.full((100, 160), 90, dtype=np.uint8)
        return StereoPair(grey, grey.copy(), round(seq * 1e9 / self.fps), seq, "rig")

    def close(self) -> None:
        pass

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
