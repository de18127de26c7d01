"""From where somebody goes to how the body moves: pose rows for every instant.

Step length grows with the square root of speed and with leg length (after Grieve and Gear,
1966); the phase of the stride is the way walked divided by the stride's length.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.ndimage import gaussian_filter1d

from lintel.sim.crowd import STEP_S
from lintel.sim.gait import COLUMNS, Col
from lintel.sim.paths import Trajectory

F64: TypeAlias = npt.NDArray[np.float64]
STANDING_MPS = 0.12
RUNNING_MPS = 2.3


class Carry(StrEnum):
    """What the arms do."""

    NOTHING = "nothing"
    PUSH = "push"  # both hands on a handle
    HOLD = "hold"  # something before the chest
    PULL = "pull"  # a case behind, right hand
    PHONE = "phone"  # looking down at the right hand
    HAND_L = "hand_l"  # holding a child's hand
    REACH_R = "reach_r"  # a child holding an adult's hand
    RAISED = "raised"  # an umbrella or a balloon's string
    WHEELS = "wheels"  # hands on the rims of a wheelchair


# arm raised, spread, elbow (left, right), swing (left, right), trunk lean, head pitch
_ARMS: dict[Carry, tuple[float, ...]] = {
    Carry.NOTHING: (0.0, 0.03, 0.05, 0.0, 0.03, 0.05, 1.0, 1.0, 0.0, 0.0),
    Carry.PUSH: (0.62, 0.04, 0.75, 0.62, 0.04, 0.75, 0.0, 0.0, 0.12, 0.1),
    Carry.HOLD: (0.5, 0.06, 1.35, 0.5, 0.06, 1.35, 0.0, 0.0, -0.04, 0.1),
    Carry.PULL: (0.0, 0.03, 0.05, -0.5, 0.1, 0.1, 1.0, 0.0, 0.05, 0.0),
    Carry.PHONE: (0.0, 0.03, 0.05, 0.55, -0.1, 1.75, 0.7, 0.0, 0.04, 0.5),
    Carry.HAND_L: (0.15, 0.25, 0.15, 0.0, 0.03, 0.05, 0.1, 1.0, 0.0, 0.0),
    Carry.REACH_R: (0.0, 0.03, 0.05, 0.5, 0.9, 0.2, 1.0, 0.0, 0.0, -0.1),
    Carry.RAISED: (0.0, 0.03, 0.05, 0.5, 0.0, 1.9, 1.0, 0.0, 0.0, 0.0),
    Carry.WHEELS: (-0.05, 0.25, 0.7, -0.05, 0.25, 0.7, 0.0, 0.0, 0.05, 0.05),
}


@dataclass(frozen=True, slots=True)
class Manner:
    """How one person moves."""

    stature_m: float
    carry: Carry = Carry.NOTHING
    seated: bool = False  # in a wheelchair: rolls, never steps
    seed: int = 0


def pose_rows(trajectory: Trajectory, manner: Manner, time_s: F64, *, heading: float) -> F64:
    """Pose rows (T, COLUMNS) at ``time_s`` (T,); NaN in x while absent.

    ``heading`` is where a person looks who never walks.
    """
    xy, speed, facing = _smooth_motion(trajectory, heading)
    clock = np.arange(len(xy)) * STEP_S
    rng = np.random.default_rng([manner.seed, 77])
    rows = np.zeros((len(xy), COLUMNS))
    rows[:, Col.X], rows[:, Col.Y] = xy[:, 0], xy[:, 1]
    rows[:, Col.HEADING] = facing
    rows[:, Col.SIT] = np.ones(len(xy)) if manner.seated else _eased(trajectory.seated)
    if not manner.seated:
        _stride(rows, speed, manner.stature_m, float(rng.uniform(0.0, 2.0 * np.pi)))
    _arms(rows, manner.carry, speed)
    glance = rng.uniform(0.3, 0.9, 3), rng.uniform(0.0, 6.3, 3)
    wave = np.sin(clock[:, None] * glance[0] + glance[1]).sum(axis=1)
    rows[:, Col.HEAD_YAW] += 0.16 * wave
    rows[:, Col.HEAD_PITCH] += 0.08 + 0.04 * np.sin(clock * glance[0][0] * 1.7)
    return _at_times(rows, np.asarray(clock, np.float64), time_s)


def _smooth_motion(trajectory: Trajectory, heading: float) -> tuple[F64, F64, F64]:
    """Positions (T, 2), speed (T,) and heading (T,), smoothed while present."""
    xy = trajectory.xy_m.copy()
    present = np.flatnonzero(np.isfinite(xy[:, 0]))
    speed = np.zeros(len(xy))
    facing = np.full(len(xy), heading)
    if len(present) < 4:
        return xy, speed, facing
    inside = slice(present[0], present[-1] + 1)
    velocity = np.gradient(
        gaussian_filter1d(xy[inside], 3.0, axis=0, mode="nearest"), STEP_S, axis=0
    )
    velocity = gaussian_filter1d(velocity, 2.0, axis=0, mode="nearest")
    speed[inside] = np.hypot(velocity[:, 0], velocity[:, 1])
    facing[inside] = _headings(velocity, speed[inside], trajectory.facing[inside], heading)
    return xy, speed, facing


def _headings(velocity: F64, speed: F64, wished: F64, heading: float) -> F64:
    """Where the body looks: along the way while walking, as wished or as before while standing."""
    along = np.arctan2(velocity[:, 1], velocity[:, 0])
    moving = np.flatnonzero(speed > STANDING_MPS)
    now = float(along[moving[0]]) if len(moving) else heading
    out = np.empty(len(speed))
    for k in range(len(speed)):
        goal = now
        if np.isfinite(wished[k]) and speed[k] < 0.5:
            goal = float(wished[k])
        elif speed[k] > STANDING_MPS:
            goal = float(along[k])
        turn = (goal - now + np.pi) % (2.0 * np.pi) - np.pi
        now += float(np.clip(0.22 * turn, -4.5 * STEP_S, 4.5 * STEP_S))
        out[k] = now
    return out


def _stride(rows: F64, speed: F64, stature_m: float, start: float) -> None:
    leg = 0.5 * stature_m
    pace = np.sqrt(np.maximum(speed, 0.0) / (1.35 * np.sqrt(stature_m / 1.7)))
    step = np.clip(0.41 * stature_m * pace, 0.05, 1.25 * leg)
    active = np.clip((speed - 0.05) / 0.25, 0.0, 1.0)
    rows[:, Col.STRIDE] = active * np.arcsin(np.clip(0.5 * step / leg, 0.0, 0.8))
    rows[:, Col.PHASE] = start + np.cumsum(np.pi * speed * STEP_S / step)
    running = np.clip((speed - RUNNING_MPS) / 0.5, 0.0, 1.0)
    rows[:, Col.BOUNCE] = running
    rows[:, Col.LEAN] = 0.03 * active + 0.16 * running


def _arms(rows: F64, carry: Carry, speed: F64) -> None:
    pose = _ARMS[carry]
    rows[:, Col.ARM_L : Col.ELBOW_R + 1] = pose[:6]
    rows[:, Col.SWING_L], rows[:, Col.SWING_R] = pose[6], pose[7]
    rows[:, Col.LEAN] += pose[8] * np.clip(speed / 0.8, 0.3, 1.0)
    rows[:, Col.HEAD_PITCH] += pose[9]


def _eased(seated: F64) -> F64:
    """Sitting down and getting up take most of a second."""
    return np.asarray(gaussian_filter1d(seated, 0.3 / STEP_S, mode="nearest"))


def _at_times(rows: F64, clock: F64, time_s: F64) -> F64:
    """Rows at other times; NaN where the person is absent on either side."""
    place = np.clip(time_s / STEP_S, 0.0, len(clock) - 1.001)
    low = place.astype(np.int64)
    part = (place - low)[:, None]
    first, second = rows[low], rows[low + 1]
    turn = (second[:, Col.HEADING] - first[:, Col.HEADING] + np.pi) % (2.0 * np.pi) - np.pi
    out = (1.0 - part) * first + part * second
    out[:, Col.HEADING] = first[:, Col.HEADING] + part[:, 0] * turn
    return np.asarray(out)
