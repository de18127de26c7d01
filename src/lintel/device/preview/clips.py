"""Frames of a validation clip: a look at depth in whole millimetres, packed into bytes.

One frame: a head (times, size, lens, floor pose) and uint16 millimetres by rows, 0 = unknown.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

import numpy as np

from lintel.device.preview.colours import coloured, png
from lintel.device.preview.looks import Look, look_at
from lintel.errors import InputError
from lintel.frames import DepthMap
from lintel.geometry import Intrinsics, Pose
from lintel.records import FloorFit

HEAD = struct.Struct("<HH4f?12f")  # width, height, lens, has a floor, floor_from_cam by rows
MM_PER_M = 1000.0
STEP_MM = 10  # finer than any matcher measures at a person's distance; smaller to keep
MAX_MM = 65_000
MAX_SIDE_PX = 1024


@dataclass(frozen=True, slots=True)
class ClipFrame:
    """One packed frame; ``t_ns`` monotonic, mid-exposure."""

    t_ns: int
    packed: bytes


def clip_frame(depth: DepthMap, floor: FloorFit | None) -> ClipFrame:
    """Pack what a clip keeps of one depth map."""
    look = look_at(depth, floor)
    height, width = look.depth_m.shape
    lens, pose = look.intrinsics, look.floor_from_cam
    placed = np.zeros(12) if pose is None else np.column_stack([pose.rotation, pose.translation_m])
    head = HEAD.pack(
        width, height, lens.fx, lens.fy, lens.cx, lens.cy, pose is not None, *placed.ravel()
    )
    steps = np.round(np.nan_to_num(look.depth_m, nan=0.0) * MM_PER_M / STEP_MM) * STEP_MM
    millimetres = np.clip(steps, 0, MAX_MM).astype("<u2")
    return ClipFrame(depth.t_ns, head + millimetres.tobytes())


def clip_picture(packed: bytes) -> bytes:
    """The coloured depth picture, PNG, of one packed frame.

    Raises:
        InputError: the bytes are no packed frame.
    """
    return png(coloured(_unpacked(packed)))


def _unpacked(packed: bytes) -> Look:
    try:
        width, height, fx, fy, cx, cy, has_floor, *placed = HEAD.unpack_from(packed)
        if not (0 < width <= MAX_SIDE_PX and 0 < height <= MAX_SIDE_PX):
            raise InputError(f"a clip's frame of {width} x {height} pixels is impossible")
        body = np.frombuffer(packed, dtype="<u2", offset=HEAD.size).reshape(height, width)
    except (struct.error, ValueError) as error:
        raise InputError(f"a clip's frame is malformed: {error}") from error
    depth_m = np.where(body > 0, body / MM_PER_M, np.nan).astype(np.float32)
    pose = _pose(placed) if has_floor else None
    return Look(depth_m, Intrinsics(fx, fy, cx, cy), pose)


def _pose(values: list[float]) -> Pose:
    rows = np.array(values, dtype=np.float64).reshape(3, 4)
    return Pose(rows[:, :3].copy(), rows[:, 3].copy())
