"""The still: one black-and-white picture of the scene, taken only while nobody is there.

Nobody is there when, for QUIET_S seconds and CONFIRM_S more after the picture,

- the detector finds no head, however doubtful, and no track lives;
- depth is known nearly everywhere and nothing stands above the empty scene, which is the lowest
  surface ever seen in each place: whoever has walked through has shown what is below them. What
  stands out in one look and not in the next at the same place is noise of the matcher; whoever
  comes stands there for longer, and changes the picture at once;
- the picture itself does not change: who sits motionless since before the mode was set is in the
  empty scene, but breathes.

If something that was there when the still was taken goes away later, the still is dropped.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from lintel.clock import NS_PER_S
from lintel.device.preview.looks import Look, look_at
from lintel.frames import DepthMap, FloatImage, Image
from lintel.geometry import Intrinsics
from lintel.records import Detections, FloorFit, Tracks

QUIET_S = 10.0
CONFIRM_S = 2.0
LOOK_S = 0.2
MAX_GAP_S = 1.0  # a longer pause between two frames hides who came and went
BAND_M = 0.10  # of noise about the empty scene
STANDS_OUT_M = 0.15
LOW_M = 0.30  # above the floor: lower things are bags and mats
BLOB_M2 = 0.012  # of surface facing the camera: a third of a head's
KNOWN_SHARE = 0.9  # of the empty scene must be seen
FOLLOW = 0.3  # share by which the empty scene follows a lower surface, per look
CHANGE_GREY = 8.0  # by which a patch of the picture may differ from one second before
PATCH_PX = 8
CHANGE_S = 1.0
SAME_FLOOR_M = 0.02

Marks = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Still:
    """A picture (H, W) of the empty scene and its lens; the floor as it lay then."""

    image: Image
    intrinsics: Intrinsics
    floor: FloorFit


@dataclass(frozen=True, slots=True, eq=False)
class _Candidate:
    still: Still
    t_ns: int
    scene_m: FloatImage


class StillWatch:
    """Waits for an empty scene. State: one height map, two small pictures, one still."""

    def __init__(self) -> None:
        self._scene_m: FloatImage | None = None  # heights of the empty scene
        self._floor_height_m = 0.0
        self._looked_ns: int | None = None
        self._quiet_ns: int | None = None
        self._stood_out: Marks | None = None  # at the look before
        self._before: tuple[int, FloatImage] | None = None
        self._candidate: _Candidate | None = None
        self._taken: _Candidate | None = None

    def reset(self) -> None:
        """Forget the still and the scene."""
        self._scene_m = self._looked_ns = self._quiet_ns = self._stood_out = None
        self._before = self._candidate = self._taken = None

    @property
    def still(self) -> Still | None:
        """The still, once there is one."""
        return None if self._taken is None else self._taken.still

    def step(
        self, depth: DepthMap, floor: FloorFit | None, detections: Detections, tracks: Tracks
    ) -> None:
        """Take in one frame."""
        if len(detections) or len(tracks):
            self._disturb()
        if not self._due(depth.t_ns):
            return
        if floor is None or not floor.settled:
            self._disturb()
            return
        look = look_at(depth, floor)
        empty = self._compare(look, floor)
        calm = self._is_calm(depth)
        if not (empty and calm) or len(detections) or len(tracks):
            self._disturb()
        else:
            self._wait(depth, floor)

    def _due(self, t_ns: int) -> bool:
        """Whether to look; a jump in time begins the wait anew."""
        if self._looked_ns is not None:
            gap_s = (t_ns - self._looked_ns) / NS_PER_S
            if 0.0 <= gap_s < LOOK_S:
                return False
            if not 0.0 <= gap_s <= MAX_GAP_S:
                self._disturb()
                self._before = None
        self._looked_ns = t_ns
        return True

    def _disturb(self) -> None:
        self._quiet_ns = None
        self._candidate = None

    def _compare(self, look: Look, floor: FloorFit) -> bool:
        """Learn the empty scene; whether nothing stands above it."""
        height_m = look.height_m
        moved = abs(floor.height_m - self._floor_height_m) > SAME_FLOOR_M
        if self._scene_m is None or self._scene_m.shape != height_m.shape or moved:
            self.reset()
            self._scene_m, self._floor_height_m = height_m.copy(), floor.height_m
            return False
        known_before = np.isfinite(self._scene_m)
        seen = np.isfinite(height_m) & known_before
        if float(seen.sum()) < KNOWN_SHARE * max(float(known_before.sum()), 1.0):
            return False
        self._learn(height_m)
        stands_out = (height_m > self._scene_m + STANDS_OUT_M) & (height_m > LOW_M)
        self._recall_if_emptier(look)
        before, self._stood_out = self._stood_out, stands_out
        lasts = stands_out if before is None else stands_out & before
        return not _has_blob(lasts, look.pixel_area_m2)

    def _learn(self, height_m: FloatImage) -> None:
        """Follow the lowest surface; within the noise band follow either way."""
        if self._scene_m is None:
            return
        unknown = np.isnan(self._scene_m)
        rise_m = height_m - self._scene_m
        follows = np.isfinite(rise_m) & (rise_m < BAND_M)
        lowered = self._scene_m + np.where(follows, FOLLOW * rise_m, 0.0)
        self._scene_m = np.where(unknown, height_m, lowered).astype(np.float32)

    def _recall_if_emptier(self, look: Look) -> None:
        """Drop a still that showed something which has gone away since."""
        if self._taken is None or self._scene_m is None:
            return
        gone = self._taken.scene_m > self._scene_m + STANDS_OUT_M
        gone &= self._taken.scene_m > LOW_M
        if _has_blob(gone, look.pixel_area_m2):
            self._taken = None
            self._disturb()

    def _is_calm(self, depth: DepthMap) -> bool:
        """Whether no patch of the picture differs from CHANGE_S before."""
        height, width = depth.image.shape
        size = (max(width // PATCH_PX, 1), max(height // PATCH_PX, 1))
        small = cv2.resize(depth.image, size, interpolation=cv2.INTER_AREA)
        patches = np.asarray(small, dtype=np.float32)
        if self._before is None or self._before[1].shape != patches.shape:
            self._before = (depth.t_ns, patches)
            return False
        then_ns, before = self._before
        change = np.abs(patches - before)
        if depth.t_ns - then_ns >= CHANGE_S * NS_PER_S:
            self._before = (depth.t_ns, patches)
        return float(change.max()) < CHANGE_GREY

    def _wait(self, depth: DepthMap, floor: FloorFit) -> None:
        if self._taken is not None:
            return
        if self._quiet_ns is None:
            self._quiet_ns = depth.t_ns
        quiet_s = (depth.t_ns - self._quiet_ns) / NS_PER_S
        if self._candidate is None and quiet_s >= QUIET_S and self._scene_m is not None:
            still = Still(depth.image, depth.intrinsics, floor)
            self._candidate = _Candidate(still, depth.t_ns, self._scene_m.copy())
        elif self._candidate is not None:
            confirmed_s = (depth.t_ns - self._candidate.t_ns) / NS_PER_S
            if confirmed_s >= CONFIRM_S:
                self._taken, self._candidate = self._candidate, None


def _has_blob(marks: Marks, area_m2: FloatImage) -> bool:
    """Whether marked pixels that touch each other cover BLOB_M2."""
    count, labels = cv2.connectedComponents(marks.astype(np.uint8), connectivity=8)
    if count <= 1:
        return False
    weights = np.nan_to_num(area_m2, nan=0.0).ravel()
    sizes = np.bincount(np.asarray(labels).ravel(), weights=weights, minlength=count)
    return bool(sizes[1:].max() >= BLOB_M2)
