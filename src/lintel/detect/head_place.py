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

from lintel.detect.surface import patch_around
from lintel.frames import DepthMap
from lintel.geometry import Pose

F32 = npt.NDArray[np.float32]
LEAST_PIXELS = 5


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
    below_m = floor_from_cam.translation_m[2] - xyz_m[:, 2]
    near, far = rule.fading_m
    weight = np.clip((far - below_m) / (far - near), 0.0, 1.0)
    shift_m = np.zeros((len(xyz_m), 2))
    for k in np.flatnonzero(weight > 0.0):
        middle = _middle_of_crown(depth, floor_from_cam, xyz_m[k], rule)
        if middle is not None:
            shift_m[k] = rule.share * middle + rule.outward_m * _view(floor_from_cam, xyz_m[k])
            if np.isfinite(heading_rad[k]):
                look = (np.cos(heading_rad[k]), np.sin(heading_rad[k]))
                shift_m[k] += rule.forward_m * np.array(look)
    believed = np.hypot(shift_m[:, 0], shift_m[:, 1]) <= rule.most_m
    out = xyz_m.copy()
    out[:, :2] += shift_m * (weight * believed)[:, None]
    return out


def _middle_of_crown(
    depth: DepthMap, floor_from_cam: Pose, head_m: F32, rule: PlaceRule
) -> npt.NDArray[np.float64] | None:
    """Mean of the crown's measured points (2,) from the head's place; None: too few."""
    patch = patch_around(
        depth, floor_from_cam, head_m, reach_m=rule.radius_m, nearer_m=rule.above_m
    )
    x, y, z = patch.offset_m.T
    with np.errstate(invalid="ignore"):
        crown = (np.hypot(x, y) < rule.radius_m) & (z > -rule.crown_m) & (z < rule.above_m)
    if np.count_nonzero(crown) < LEAST_PIXELS:
        return None
    return np.asarray(patch.offset_m[crown, :2].mean(axis=0), dtype=np.float64)


def _view(floor_from_cam: Pose, head_m: F32) -> npt.NDArray[np.float64]:
    """Sine of the angle between the line of sight and the vertical, outward on the floor (2,)."""
    ray = head_m - floor_from_cam.translation_m
    return np.asarray(ray[:2] / max(float(np.linalg.norm(ray)), 0.1), dtype=np.float64)
