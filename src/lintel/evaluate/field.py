"""Which true heads count: seen well enough, and inside the field that both cameras see.

The usable field of docs/accuracy.md: the head projects into both images at least 0.4 m (on the
floor plane of the head) away from their edges. Lens distortion is left out: the margin is wider
than what it moves.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lintel.evaluate.matching import match_heads
from lintel.evaluate.observed import FramePoints
from lintel.geometry import Bools, Floats, Pose
from lintel.rig import StereoRig
from lintel.truth import TrueHeads

EDGE_M = 0.4
HEAD_DISC_M = 0.2  # a head from above is about a disc of this diameter
VISIBLE_SHARE = 0.25  # of that disc, in pixels, must be seen by the left camera


@dataclass(frozen=True, slots=True, eq=False)
class UsableField:
    """The field of one mounted rig."""

    rig: StereoRig
    floor_from_left: Pose
    edge_m: float = EDGE_M

    def contains(self, xyz_m: Floats) -> Bools:
        """Which of the points (N, 3) of the floor frame lie inside, (N,)."""
        left_m = self.floor_from_left.inverse().apply(xyz_m)
        right_m = self.rig.right_from_left.apply(left_m)
        return self._seen(left_m, self.rig.left.matrix) & self._seen(right_m, self.rig.right.matrix)

    def disc_px(self, xyz_m: Floats) -> Floats:
        """Pixels (N,) that a head-sized disc at the points (N, 3) covers in the left image."""
        depth_m = np.maximum(self.floor_from_left.inverse().apply(xyz_m)[:, 2], 0.1)
        radius_px = 0.5 * HEAD_DISC_M * self.rig.left.matrix[0, 0] / depth_m
        return np.asarray(np.pi * radius_px**2)

    def _seen(self, camera_m: Floats, matrix: Floats) -> Bools:
        width, height = self.rig.image_size
        depth_m = np.maximum(camera_m[:, 2], 1e-6)
        x = matrix[0, 0] * camera_m[:, 0] / depth_m + matrix[0, 2]
        y = matrix[1, 1] * camera_m[:, 1] / depth_m + matrix[1, 2]
        edge_x = matrix[0, 0] * self.edge_m / depth_m
        edge_y = matrix[1, 1] * self.edge_m / depth_m
        inside_x = (x >= edge_x) & (x <= width - 1 - edge_x)
        inside_y = (y >= edge_y) & (y <= height - 1 - edge_y)
        return np.asarray((camera_m[:, 2] > 0.0) & inside_x & inside_y)


def counted_heads(heads: TrueHeads, field: UsableField | None) -> Bools:
    """Which true heads (K,) must be found: visible, and inside the field if one is known."""
    xyz_m = heads.xyz_m.astype(np.float64)
    if field is None:
        return np.asarray(heads.visible_px > 0)
    visible = heads.visible_px >= VISIBLE_SHARE * field.disc_px(xyz_m)
    return np.asarray(visible & field.contains(xyz_m))


def scored_points(
    truth: FramePoints,
    counted: Bools,
    seen: FramePoints,
    field: UsableField | None,
    *,
    gate_m: float,
) -> FramePoints:
    """What was seen, without points that are neither right nor wrong.

    Such are the points that belong to a true head that need not be found, and those outside the
    field with no head that must be found near them.
    """
    wanted = match_heads(truth.only(counted), seen, gate_m=gate_m).seen
    left_over = np.ones(len(seen), dtype=bool)
    left_over[wanted] = False
    rest = np.flatnonzero(left_over)
    excused = rest[match_heads(truth.only(~counted), seen.only(left_over), gate_m=gate_m).seen]
    keep = np.ones(len(seen), dtype=bool)
    keep[excused] = False
    if field is not None:
        keep &= ~left_over | field.contains(seen.xyz_m)
    return seen.only(keep)
