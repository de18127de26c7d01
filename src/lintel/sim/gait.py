"""From a pose row (where, which way, which phase of the stride) to bone rotations.

Angles in radians about body axes (x forward, y left, z up). A limb pointing down swings forward
by a negative turn about y. The lowest sole stands on the floor.
"""

from __future__ import annotations

from enum import IntEnum
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from lintel.sim.bodies import bone
from lintel.sim.jit import kernel
from lintel.sim.skeleton import joint_poses

F64: TypeAlias = npt.NDArray[np.float64]
I64: TypeAlias = npt.NDArray[np.int64]


class Col(IntEnum):
    """Columns of a pose row."""

    X = 0  # metres, floor frame
    Y = 1
    HEADING = 2  # of the body's forward axis, from the floor's x axis
    PHASE = 3  # of the stride; the left leg is foremost at 0
    STRIDE = 4  # half of the hip's swing
    SIT = 5  # 0 = upright .. 1 = seated
    LEAN = 6  # of the trunk, forward
    HEAD_YAW = 7
    HEAD_PITCH = 8  # down
    ARM_L = 9  # raised forward
    SPREAD_L = 10  # raised sideways
    ELBOW_L = 11
    ARM_R = 12
    SPREAD_R = 13
    ELBOW_R = 14
    SWING_L = 15  # share of the natural arm swing
    SWING_R = 16
    LIFT = 17  # metres, of the lowest sole above the floor
    BOUNCE = 18  # 0 = walking .. 1 = running
    SWAY = 19  # sideways lean of the trunk


COLUMNS = len(Col)
_LIMBS = tuple(
    tuple(bone(f"{name}_{side}") for name in ("thigh", "calf", "foot", "upperarm", "lowerarm"))
    for side in ("l", "r")
)
_SPINE = tuple(bone(name) for name in ("pelvis", "spine_01", "spine_02", "spine_03"))
_NECK = (bone("neck_01"), bone("head"))
LIMBS: I64 = np.array(_LIMBS)
TRUNK: I64 = np.array(_SPINE + _NECK)
FINGERS: I64 = np.array(
    [
        bone(f"{finger}_0{joint}_{side}")
        for side in ("l", "r")
        for finger in ("index", "middle", "ring", "pinky")
        for joint in (1, 2)
    ]
)


@kernel
def turn_about(axis: int, angle: float) -> F64:
    """Rotation matrix (3, 3) about the axis 0, 1 or 2."""
    matrix = np.eye(3)
    c, s = np.cos(angle), np.sin(angle)
    i, j = (axis + 1) % 3, (axis + 2) % 3
    matrix[i, i] = c
    matrix[j, j] = c
    matrix[i, j] = -s
    matrix[j, i] = s
    return matrix


@kernel
def leg_angles(phase: float, stride: float, bounce: float) -> tuple[float, float, float]:
    """Hip, knee and ankle flexion of one leg at a phase of its stride.

    Hip: a cosine. Knee: a large bump in mid swing and a small one at loading. Ankle: keeps the
    sole level in stance and pushes off at the end of it (shapes after Winter, Biomechanics and
    Motor Control of Human Movement).
    """
    hip = stride * np.cos(phase) + 0.25 * stride
    scale = min(1.5, stride / 0.42)
    turn = phase % (2.0 * np.pi)
    swing = np.exp(-(((turn - 1.43 * np.pi) / 0.85) ** 2))
    loading = np.exp(-(((turn - 0.35 * np.pi) / 0.5) ** 2))
    knee = 0.06 + scale * ((0.95 + 0.55 * bounce) * swing + (0.18 + 0.35 * bounce) * loading)
    push = np.exp(-(((turn - 1.08 * np.pi) / 0.45) ** 2))
    level = (hip - knee) * (1.0 - swing) * 0.75
    ankle = level + 0.45 * scale * push
    return hip, knee, ankle


@kernel
def local_rotations(row: F64, count: int, limbs: I64, trunk: I64, fingers: I64) -> F64:
    """Turns (B, 3, 3) of all bones against their parents for one pose row."""
    local = np.empty((count, 3, 3))
    for b in range(count):
        local[b] = np.eye(3)
    stride, sit, lean, bounce = row[4], row[5], row[6], row[18]
    sway = np.sin(row[3])
    twist = 0.25 * stride * np.cos(row[3])
    local[trunk[0]] = turn_about(2, -twist) @ turn_about(0, 0.06 * stride * sway)
    for s in range(1, 4):
        bend = turn_about(1, lean / 3.0 + 0.01) @ turn_about(
            0, (row[19] + 0.04 * stride * sway) / 3.0
        )
        local[trunk[s]] = turn_about(2, 0.6 * twist) @ bend
    local[trunk[4]] = turn_about(2, 0.4 * row[7]) @ turn_about(1, 0.4 * (row[8] - 0.6 * lean))
    local[trunk[5]] = turn_about(2, 0.6 * row[7]) @ turn_about(1, 0.6 * (row[8] - 0.6 * lean))
    for side in range(2):
        sign = 1.0 - 2.0 * side
        phase = row[3] + np.pi * side
        hip, knee, ankle = leg_angles(phase, stride, bounce)
        hip = hip * (1.0 - sit) + 1.5 * sit
        knee = knee * (1.0 - sit) + 1.5 * sit
        ankle = ankle * (1.0 - sit)
        local[limbs[side, 0]] = turn_about(2, sign * 0.08) @ turn_about(1, -hip)
        local[limbs[side, 1]] = turn_about(1, knee)
        local[limbs[side, 2]] = turn_about(1, ankle)
        flex = row[9 + 3 * side] - row[15 + side] * (0.9 * stride * np.cos(phase) + 0.05)
        spread = row[10 + 3 * side]
        elbow = row[11 + 3 * side] + row[15 + side] * (0.12 + 0.4 * stride + 1.1 * bounce)
        local[limbs[side, 3]] = turn_about(0, sign * spread) @ turn_about(1, -flex)
        local[limbs[side, 4]] = turn_about(1, -elbow)
    for f in range(len(fingers)):
        side_sign = 1.0 if f < len(fingers) // 2 else -1.0
        local[fingers[f]] = turn_about(0, -0.45 * side_sign)
    return local


@kernel
def pose_bones(
    row: F64,
    parents: I64,
    joints_m: F64,
    soles_m: F64,
    sole_bone: I64,
    limbs: I64,
    trunk: I64,
    fingers: I64,
) -> tuple[F64, F64]:
    """Bone rotations (B, 3, 3) and heads (B, 3) in the floor frame for one pose row.

    ``soles_m`` (S, 3) are rest points of the soles, moved by ``sole_bone`` (S,).
    """
    local = local_rotations(row, len(parents), limbs, trunk, fingers)
    rotation, origin = joint_poses(parents, joints_m, local)
    lowest = 1e9
    for s in range(len(soles_m)):
        b = sole_bone[s]
        z = origin[b, 2]
        for k in range(3):
            z += rotation[b, 2, k] * (soles_m[s, k] - joints_m[b, k])
        lowest = min(lowest, z)
    hips = origin[trunk[0]].copy()
    turn = turn_about(2, row[2])
    flight = row[18] * 0.04 * (1.0 + np.sin(2.0 * row[3]))
    for b in range(len(parents)):
        placed = turn @ (origin[b] - hips)
        origin[b, 0] = placed[0] + row[0]
        origin[b, 1] = placed[1] + row[1]
        origin[b, 2] = placed[2] + hips[2] - lowest + row[17] + flight
        rotation[b] = turn @ rotation[b]
    return rotation, origin


@kernel
def head_tops(
    rows: F64,
    parents: I64,
    joints_m: F64,
    soles_m: F64,
    sole_bone: I64,
    cap_m: F64,
    cap_bone: int,
    limbs: I64,
    trunk: I64,
    fingers: I64,
) -> F64:
    """Head top (T, 4) of pose rows (T, C): x, y, z, and the face's heading on the floor.

    ``cap_m`` (K, 3) are rest points of the crown with its hair or hat: z is that of the highest;
    x and y are their mean, which does not jump as the highest point does when the head nods.
    """
    tops = np.empty((len(rows), 4))
    for t in range(len(rows)):
        rotation, origin = pose_bones(
            rows[t], parents, joints_m, soles_m, sole_bone, limbs, trunk, fingers
        )
        x, y, top = 0.0, 0.0, -1e9
        for c in range(len(cap_m)):
            at = origin[cap_bone] + rotation[cap_bone] @ (cap_m[c] - joints_m[cap_bone])
            x += at[0]
            y += at[1]
            top = max(top, at[2])
        tops[t, 0] = x / len(cap_m)
        tops[t, 1] = y / len(cap_m)
        tops[t, 2] = top
        forward = rotation[cap_bone]
        tops[t, 3] = np.arctan2(forward[1, 0], forward[0, 0])
    return tops
