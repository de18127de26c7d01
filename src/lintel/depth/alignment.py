"""Do the two cameras still stand as they were calibrated? Measured on ordinary footage.

What can be seen. In rectified images, with tangents u = (x - cx) / f and v = (y - cy) / f, a
right camera turned by the small angles (a, b, c) about its x, y and z axes moves a point by

    dx / f = b (1 + u^2) - a u v - c v
    dy / f = -a (1 + v^2) + b u v + c u

(to first order; the optical flow of a rotation, Longuet-Higgins and Prazdny 1980). Matches
ought to lie on equal rows, whatever their depth, so dy is observable everywhere: pitch ``a``
lifts all rows, roll ``c`` tilts them. Yaw ``b`` shows in dy only through u v, far from both
axes: well with a wide lens and points in all corners, hardly with a narrow one.

What cannot be seen in rows. A shift of the disparity itself: yaw does it (-f b px), a moved
lens or sensor does it too, and that one leaves every row where it was. With a known mounting
height it can be had from the fitted floor: ``disparity_offset_from_height``.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from lintel.clock import NS_PER_S
from lintel.depth.row_matches import RowMatches, match_rows
from lintel.errors import ContractError
from lintel.frames import Image
from lintel.geometry import Bools, Floats, Intrinsics, Pose
from lintel.records import StereoHealth
from lintel.rig import StereoRig

ROBUST_ROUNDS = 12
NOISE_FLOOR_PX = 0.05  # matches are never trusted to better than this
YAW_PRIOR_PX = 2.0  # how far disparity shifts before someone looks
TURN_PRIOR_PX = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class AlignmentSettings:
    """How often to look, how long to remember, how much to correct."""

    interval_s: float = 3.0
    memory_s: float = 60.0  # a measurement of this age weighs 1/e
    points_max: int = 192
    points_min: int = 24  # fewer matches in one look say nothing
    looks_min: int = 3  # looks before a correction is offered
    disparity_max_px: int = 128
    vertical_max_px: int = 6
    turn_max_rad: float = 0.01  # a correction is clipped here; beyond, recalibrate
    offset_sigma_max_px: float = 0.25  # yaw is reported only if one look tells it so well

    def __post_init__(self) -> None:
        if not (self.interval_s > 0 and self.memory_s > 0 and self.turn_max_rad > 0):
            raise ContractError("AlignmentSettings: times and limits must be positive")


@dataclass(frozen=True, slots=True)
class Correction:
    """How the right camera has turned since calibration, about the rectified x and z axes."""

    pitch_rad: float
    roll_rad: float

    def rotation(self) -> Floats:
        """The turn (3, 3) in rectified right coordinates: now from calibrated."""
        return np.asarray(cv2.Rodrigues(np.array([self.pitch_rad, 0.0, self.roll_rad]))[0])

    def then(self, later: Correction) -> Correction:
        """Both small turns together: ``later`` was measured with this one applied."""
        return Correction(self.pitch_rad + later.pitch_rad, self.roll_rad + later.roll_rad)


@dataclass(slots=True, eq=False)
class _Memory:
    """Faded sums over all looks: 3 x 3 normal equations, and moments of the rows."""

    normal: Floats  # (3, 3) pitch, yaw, roll
    gradient: Floats  # (3,)
    weight: float = 0.0
    rows: float = 0.0
    spread: float = 0.0  # of the rows as they are
    noise: float = 0.0  # of the rows about the best turn
    fade: float = 0.0  # sum of the weights of the looks: about how many count
    looks: int = 0


class AlignmentMonitor:
    """A stage: rectified pairs in, now and then a statement about the rig out.

    State is a dozen numbers, whatever runs through.

    Args:
        intrinsics: camera of the rectified images.
        valid: (H, W) where the rectified left image has content.
        settings: see ``AlignmentSettings``.
    """

    def __init__(
        self,
        intrinsics: Intrinsics,
        *,
        valid: Bools | None = None,
        settings: AlignmentSettings | None = None,
    ) -> None:
        self._camera = intrinsics
        self._valid = valid
        self._settings = settings or AlignmentSettings()
        self.reset()

    def reset(self) -> None:
        """Forget everything, as after a correction was applied or the rig was changed."""
        self._memory = _Memory(np.zeros((3, 3)), np.zeros(3))
        self._last_ns: int | None = None

    def step(self, left: Image, right: Image, t_ns: int) -> StereoHealth | None:
        """Look at a rectified pair (H, W) if it is time; None if not, or if it shows too little.

        ``disparity_offset_px`` is NaN where this lens and these points do not tell.
        """
        gap_ns = None if self._last_ns is None else t_ns - self._last_ns
        if gap_ns is not None and 0 <= gap_ns < self._settings.interval_s * NS_PER_S:
            return None
        self._last_ns = t_ns
        matches = match_rows(
            left,
            right,
            valid=self._valid,
            points_max=self._settings.points_max,
            disparity_max_px=self._settings.disparity_max_px,
            vertical_max_px=self._settings.vertical_max_px,
        )
        if len(matches.left_px) < self._settings.points_min:
            return None
        self._remember(matches, 0.0 if gap_ns is None else max(0.0, gap_ns / NS_PER_S))
        return self._health(len(matches.left_px))

    @property
    def correction(self) -> Correction | None:
        """The turn to apply; None before enough was seen."""
        if self._memory.looks < self._settings.looks_min:
            return None
        limit = self._settings.turn_max_rad
        pitch, _, roll = np.clip(self._turn(), -limit, limit)
        return Correction(float(pitch), float(roll))

    def _remember(self, matches: RowMatches, gap_s: float) -> None:
        rows = matches.left_px[:, 1] - matches.right_px[:, 1]
        effect = row_effect(matches.right_px, self._camera)
        weight, noise = _robust_weights(effect, rows, self._prior())
        memory, keep = self._memory, float(np.exp(-gap_s / self._settings.memory_s))
        self._memory = _Memory(
            normal=keep * memory.normal + (effect * weight[:, None]).T @ effect,
            gradient=keep * memory.gradient + effect.T @ (weight * rows),
            weight=keep * memory.weight + float(weight.sum()),
            rows=keep * memory.rows + float(weight @ rows),
            spread=keep * memory.spread + _deviation(rows - np.median(rows)),
            noise=keep * memory.noise + noise,
            fade=keep * memory.fade + 1.0,
            looks=min(memory.looks + 1, self._settings.looks_min),
        )

    def _prior(self) -> Floats:
        """Information (3, 3) before anything is seen, per squared pixel."""
        yaw, turn = (self._camera.fy / sigma for sigma in (YAW_PRIOR_PX, TURN_PRIOR_PX))
        return np.diag([turn**2, yaw**2, turn**2]) * NOISE_FLOOR_PX**2

    def _turn(self) -> Floats:
        """Pitch, yaw, roll (3,), radians."""
        return np.linalg.solve(self._memory.normal + self._prior(), self._memory.gradient)

    def _health(self, features: int) -> StereoHealth:
        memory = self._memory
        noise = memory.noise / memory.fade
        # Looks at one unchanging floor repeat each other's errors: one look's worth is claimed.
        one_look = memory.normal / memory.fade + self._prior()
        sigma_px = self._camera.fx * noise * float(np.sqrt(np.linalg.inv(one_look)[1, 1]))
        told = sigma_px <= self._settings.offset_sigma_max_px
        offset = -self._camera.fx * float(self._turn()[1]) if told else float("nan")
        return StereoHealth(
            vertical_residual_px=memory.rows / memory.weight,
            vertical_spread_px=memory.spread / memory.fade,
            disparity_offset_px=offset,
            features=features,
        )


def row_effect(right_px: Floats, camera: Intrinsics) -> Floats:
    """What pitch, yaw and roll of 1 radian do to ``y_left - y_right`` (N, 3), pixels."""
    u = (right_px[:, 0] - camera.cx) / camera.fx
    v = (right_px[:, 1] - camera.cy) / camera.fy
    return camera.fy * np.stack([1.0 + v * v, -u * v, -u], axis=1)


def corrected_rig(rig: StereoRig, correction: Correction) -> StereoRig:
    """The rig as it stands now, to build new rectification maps from.

    The right camera has turned about its own centre, which stays where it was calibrated.
    """
    ideal, straight = np.eye(3), np.zeros(5)
    rectified_from_right = np.asarray(
        cv2.stereoRectify(
            ideal,
            straight,
            ideal,
            straight,
            rig.image_size,
            rig.right_from_left.rotation,
            rig.right_from_left.translation_m.reshape(3, 1),
        )[1]
    )
    turn = rectified_from_right.T @ correction.rotation() @ rectified_from_right
    moved = rig.right_from_left.then(Pose(turn, np.zeros(3)))
    return StereoRig(rig.image_size, rig.left, rig.right, moved, rig.rig_id)


def disparity_offset_from_height(
    floor_from_cam: Pose, *, mount_height_m: float, focal_px: float, baseline_m: float
) -> float:
    """Shift of the measured disparity, pixels, that explains the wrong height of the floor.

    The floor n . p + h = 0 has the disparity -(f b / h) (n . (u, v, 1)). A constant shift adds
    to the z part alone, so the fitted floor's n / h keeps its x and y parts, and its z part
    follows from the known height because n has length 1. Uncertainty: a height wrong by dh
    gives f b dh / h^2, for example 0.09 px for 1 cm at 2.7 m with 1280x800 and 75 mm.

    Args:
        floor_from_cam: the floor as fitted, in the rectified left camera.
        mount_height_m: true height of the camera above the floor.
        focal_px: focal length of the rectified images.
        baseline_m: distance of the cameras.

    Raises:
        ContractError: no floor at that height has the fitted tilt.
    """
    scaled = floor_from_cam.rotation[2] / floor_from_cam.translation_m[2]
    rest = 1.0 / mount_height_m**2 - scaled[0] ** 2 - scaled[1] ** 2
    if mount_height_m <= 0 or rest <= 0:
        raise ContractError(f"a floor {mount_height_m} m below cannot be tilted as it was fitted")
    return float(focal_px * baseline_m * (-scaled[2] - np.sqrt(rest)))


def _robust_weights(effect: Floats, rows: Floats, prior: Floats) -> tuple[Floats, float]:
    """Cauchy weights (N,) of one look's matches, and the noise left by its best turn, pixels."""
    residual: Floats = rows - np.median(rows)
    for _ in range(ROBUST_ROUNDS):
        noise = max(NOISE_FLOOR_PX, _deviation(residual))
        weight = 1.0 / (1.0 + (residual / (2.0 * noise)) ** 2)
        normal = (effect * weight[:, None]).T @ effect + prior
        residual = rows - effect @ np.linalg.solve(normal, effect.T @ (weight * rows))
    return weight, noise


def _deviation(residual: Floats) -> float:
    """Standard deviation by the median: half of the values may be wild."""
    return 1.4826 * float(np.median(np.abs(residual)))
