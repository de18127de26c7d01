"""A scenario as a live source of stereo pairs: counted while it is rendered.

``SimSource`` keeps the contract of ``lintel.capture.Source``, without importing it: rooms on one
floor are strangers.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property

import cv2
import numpy as np

from lintel.clock import NS_PER_S
from lintel.closing import Closing
from lintel.config import SiteConfig
from lintel.frames import DepthMap, StereoPair
from lintel.geometry import Intrinsics, Pose
from lintel.records import SourceFaults
from lintel.rig import StereoRig
from lintel.sim.catalogue import find_scenario
from lintel.sim.pace import Pace
from lintel.sim.scenario import Scenario
from lintel.sim.world import Shot, World
from lintel.truth import TrueHeads, Truth


class SimSource(Closing):
    """Pairs of a scenario, rendered as they are read.

    Args:
        scenario: a scenario, or its name in the catalogue (``couples+infrared`` combines two).
        shot: seconds, frames per second, seed, image size.
        live: hand pairs out in real time and skip those that are late.

    Raises:
        ScenarioError: no such scenario, or an impossible shot.
    """

    def __init__(
        self, scenario: Scenario | str, *, shot: Shot | None = None, live: bool = False
    ) -> None:
        known = find_scenario(scenario) if isinstance(scenario, str) else scenario
        self.world = World(known, shot or Shot())
        self.name = f"sim:{known.name}"
        self.live = live
        self._next = 0
        self._dropped = 0
        self._pace = Pace(self.fps) if live else None

    @property
    def rig(self) -> StereoRig:
        """What calibration says of the cameras."""
        return self.world.rig

    @property
    def fps(self) -> float:
        """Exposures per second."""
        return self.world.shot.fps

    @property
    def frame_count(self) -> int | None:
        """Pairs from start to end, those that the scenario drops left out."""
        return sum(not self.world.dropped(k) for k in range(self.world.shot.frames))

    @property
    def faults(self) -> SourceFaults:
        """Exposures lost so far."""
        return SourceFaults(dropped=self._dropped)

    @property
    def site(self) -> SiteConfig:
        """Mount, line and zone of the scene."""
        return self.world.site()

    @property
    def floor_from_cam(self) -> Pose:
        """Exact pose of the left camera."""
        return self.world.rigs.cam_from_floor.inverse()

    @cached_property
    def truth(self) -> Truth:
        """Exact truth of the whole scene."""
        return self.world.truth()

    @cached_property
    def heads(self) -> TrueHeads:
        """Exact head tops of all frames with the pixels that the left camera sees.

        Drawn without light on first use: some milliseconds per frame.
        """
        frames = range(self.world.shot.frames)
        return self.world.heads([self.world.visible_px(k) for k in frames])

    def read(self) -> StereoPair | None:
        """The next pair, None at the end and for ever after.

        Raises:
            SourceError: read after ``close``.
        """
        self._require_open(self.name)
        frames = self.world.shot.frames
        due, start_ns = self._pace.wait_for(self._next) if self._pace else (self._next, 0)
        due = min(due, frames)
        self._dropped += due - self._next
        self._next = due
        while self._next < frames and self.world.dropped(self._next):
            self._next += 1
            self._dropped += 1
        if self._next >= frames:
            return None
        pair = self.world.frame(self._next).pair
        self._next += 1
        return replace(pair, t_ns=start_ns + pair.t_ns)

    def exact_depth(self, frame: int) -> DepthMap:
        """Exact depth of the ideal left camera (the rig's matrix, no distortion) and its image."""
        matrix = self.rig.left.matrix
        k = Intrinsics(*(float(matrix[i]) for i in ((0, 0), (1, 1), (0, 2), (1, 2))))
        depth, _ = self.world.exact_depth(frame, k)
        image = self.world.frame(frame).pair.left
        grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY) if image.ndim == 3 else image
        flat = cv2.undistort(np.asarray(grey), matrix, self.rig.left.distortion)
        known = np.isfinite(depth).astype(np.float32)
        t_ns = round(frame / self.fps * NS_PER_S)
        return DepthMap(depth, known, k, np.asarray(flat, dtype=np.uint8), t_ns, frame)

    def _release(self) -> None:
        """Nothing but memory is held."""
