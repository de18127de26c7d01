"""Where exactly a head is: what the network says, mended by the crown that was measured.

The network sees cells of 5 cm. Where it puts a head is off by a centimetre for as long as the
person stands as they do, most of it away from the middle of the measured crown. That middle itself
lies behind the top of the head, since faces fall away steeper than the back of a head, and on the
camera's side, since a camera hardly sees the other. How much of each is taken was fitted on tuning
seeds (docs/decisions/detector.md).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lintel.detect.surface import Cylinder, Surface
from lintel.frames import DepthMap
from lintel.geometry import Pose

F32 = npt.NDArray[np.float32]
LEAST_PIXELS = 5
UNKNOWN = np.float32(np.nan)


@dataclass(frozen=True, slots=True)
class PlaceRule:
    """How a head's place is mended. Metres on the floor."""

    crown_m: float = 0.14  # the crown reaches this far down ...
    above_m: float = 0.10  # ... and up, from the height that the network says
    radius_m: float = 0.16  # and this far to the sides
    share: float = 0.80  # of the way from the network's place to the middle of the crown
    forward_m: float = 0.013  # from there to where the face looks
    outward_m: float = 0.028  # and away from the camera, times the sine of the angle of view
    most_m: float = 0.05  # a longer way leads to something that is not this head
    # Fewer pixels say less: all of the way up to this range below the camera, nothing from that.
    fading_m: tuple[float, float] = (1.8, 2.3)


def mended(
    depth: DepthMap, floor_from_cam: Pose, xyz_m: F32, heading_rad: F32, rule: PlaceRule
) -> F32:
    """Heads (N, 3) with x and y mended; those of which too little is measured as they were.

    Args:
        depth: the depth that the heads were found in.
        floor_from_cam: the fitted floor.
        xyz_m: heads (N, 3), floor frame.
        heading_rad: where each face looks (N,), NaN = not known.
        rule: how far to go.
    """
    camera_m = floor_from_cam.translation_m
    near, far = rule.fading_m
    weight = np.clip((far - camera_m[2] + xyz_m[:, 2]) / (far - near), 0.0, 1.0)
    if not weight.any():
        return xyz_m.copy()
    surface = Surface(depth, floor_from_cam)
    crown = Cylinder(rule.radius_m, low_m=-rule.crown_m, high_m=rule.above_m)
    middle_m = np.full((len(xyz_m), 2), np.nan)
    for k in np.flatnonzero(weight > 0.0):
        middle_m[k] = _middle_of_crown(surface, xyz_m[k], crown)
    look = np.nan_to_num(np.stack([np.cos(heading_rad), np.sin(heading_rad)], axis=1))
    shift_m = rule.share * middle_m + rule.forward_m * look
    shift_m += rule.outward_m * _outward(xyz_m - camera_m)
    believed = np.hypot(shift_m[:, 0], shift_m[:, 1]) <= rule.most_m
    out = xyz_m.copy()
    out[believed, :2] += shift_m[believed] * weight[believed, None]
    return out


def _middle_of_crown(surface: Surface, head_m: F32, crown: Cylinder) -> F32:
    """Mean of the crown's measured points (2,) from the head's place; NaN: too few."""
    measured_m = surface.around(head_m, crown).inner_m()[:2]
    count = measured_m.shape[1]
    return measured_m.sum(axis=1) / count if count >= LEAST_PIXELS else np.full(2, UNKNOWN)


def _outward(ray_m: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Sine of the angle between rays (N, 3) and the vertical, outward on the floor (N, 2)."""
    length_m = np.sqrt((ray_m**2).sum(axis=1, keepdims=True))
    return np.asarray(ray_m[:, :2] / np.maximum(length_m, 0.1))
