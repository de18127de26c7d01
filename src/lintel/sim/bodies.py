"""Human bodies: any gender, age, weight and stature from one packed CC0 asset.

Body axes: x forward, y left, z up, metres, soles at z = 0. The rest pose has hanging arms.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from lintel.errors import ScenarioError
from lintel.sim.skeleton import joint_poses, skin

ASSET = Path(__file__).parent / "assets" / "bodies.npz"
AGE_KNOTS_YEARS = {"baby": 1.0, "child": 11.0, "young": 25.0, "old": 80.0}
F64: TypeAlias = npt.NDArray[np.float64]
F32: TypeAlias = npt.NDArray[np.float32]
I64: TypeAlias = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class BodyShape:
    """What a body looks like; ``stature_m`` is exact, barefoot."""

    stature_m: float
    age_years: float = 35.0
    femininity: float = 0.5  # 0 = male .. 1 = female
    heaviness: float = 0.5  # 0 = thin .. 1 = heavy

    def __post_init__(self) -> None:
        if not 0.6 <= self.stature_m <= 2.2:
            raise ScenarioError(f"stature: expected 0.6 to 2.2 m, got {self.stature_m}")


@dataclass(frozen=True, slots=True, eq=False)
class BodyAsset:
    """The packed topology, morphs and weights; rows beyond ``len(part)`` are bone heads."""

    base_m: F64  # (V + B, 3)
    morphs_m: F32  # (M, V + B, 3)
    morph_names: tuple[str, ...]
    triangles: I64  # (F, 3)
    part: I64  # (V,) index into part_names
    part_names: tuple[str, ...]
    bones: tuple[str, ...]
    parents: I64  # (B,)
    bone_index: I64  # (V, 4)
    bone_weight: F64  # (V, 4), rows sum to 1

    def part_mask(self, name: str) -> npt.NDArray[np.bool_]:
        """Vertices (V,) of a part."""
        return np.asarray(self.part == self.part_names.index(name))

    def main_bone(self) -> I64:
        """The bone (V,) that moves each vertex most."""
        return self.bone_index[:, 0]


@dataclass(frozen=True, slots=True, eq=False)
class Body:
    """A body in rest pose with hanging arms."""

    shape: BodyShape
    vertices_m: F64  # (V, 3)
    joints_m: F64  # (B, 3)


@cache
def body_asset() -> BodyAsset:
    """Read the packed bodies once."""
    with np.load(ASSET, allow_pickle=False) as data:
        step = float(data["step_m"])
        return BodyAsset(
            base_m=data["base"] * step,
            morphs_m=(data["morphs"] * step).astype(np.float32),
            morph_names=tuple(str(name) for name in data["morph_names"]),
            triangles=data["faces"].astype(np.int64),
            part=data["part"].astype(np.int64),
            part_names=tuple(str(name) for name in data["part_names"]),
            bones=tuple(str(name) for name in data["bones"]),
            parents=data["parents"].astype(np.int64),
            bone_index=data["bone_index"].astype(np.int64),
            bone_weight=data["bone_weight"] / 255.0,
        )


def bone(name: str) -> int:
    """Index of a bone of the ``game_engine`` rig."""
    return body_asset().bones.index(name)


def make_body(shape: BodyShape) -> Body:
    """Blend the morphs, reach the stature by the height morphs and a small uniform scale."""
    asset = body_asset()
    weights = _age_gender_weights(shape)
    points = asset.base_m + _blend(asset, weights, _weight_shares(shape.heaviness))
    points = _stretch_to(asset, points, weights, shape.stature_m)
    count = len(asset.part)
    return _stand_straight(shape, points[:count], points[count:])


def _age_gender_weights(shape: BodyShape) -> dict[str, float]:
    knots = list(AGE_KNOTS_YEARS.items())
    years = float(np.clip(shape.age_years, knots[0][1], knots[-1][1]))
    shares: dict[str, float] = {}
    for (low, start), (high, end) in pairwise(knots):
        if start <= years <= end:
            part = (years - start) / (end - start)
            shares = {low: 1.0 - part, high: part}
    genders = {"female": shape.femininity, "male": 1.0 - shape.femininity}
    return {
        f"{gender}-{age}": share * part
        for gender, share in genders.items()
        for age, part in shares.items()
    }


def _weight_shares(heaviness: float) -> dict[str, float]:
    offset = 2.0 * heaviness - 1.0
    return {
        "minweight": max(0.0, -offset),
        "averageweight": 1.0 - abs(offset),
        "maxweight": max(0.0, offset),
    }


def _blend(asset: BodyAsset, weights: dict[str, float], kinds: dict[str, float]) -> F64:
    total = np.zeros_like(asset.base_m)
    for stem, share in weights.items():
        for kind, part in kinds.items():
            if share * part > 0.0:
                morph = asset.morphs_m[asset.morph_names.index(f"{stem}-{kind}")]
                total += share * part * morph
    return total


def _stretch_to(asset: BodyAsset, points: F64, weights: dict[str, float], stature_m: float) -> F64:
    """Half of the missing stature from the height morphs, the rest from uniform scale."""
    now = _stature(asset, points)
    kind = "maxheight" if stature_m > now else "minheight"
    full = points + _blend(asset, weights, {kind: 1.0})
    share = (stature_m - now) / (_stature(asset, full) - now)
    share = float(np.clip(share, 0.0, 0.75))
    points = points + share * (full - points)
    return points * (stature_m / _stature(asset, points))


def _stature(asset: BodyAsset, points: F64) -> float:
    skin_points = points[: len(asset.part)]
    top = skin_points[asset.part_mask("head"), 2].max()
    return float(top - skin_points[asset.part_mask("foot"), 2].min())


def _stand_straight(shape: BodyShape, vertices: F64, joints: F64) -> Body:
    """Re-pose the A-pose of the source to hanging arms and closed legs, once."""
    asset = body_asset()
    local = np.tile(np.eye(3), (len(joints), 1, 1))
    for side, sign in (("l", 1.0), ("r", -1.0)):
        arm = tuple(bone(f"{name}_{side}") for name in ("upperarm", "lowerarm", "hand"))
        _aim(local, joints, arm, (-0.05, sign * 0.16, -1.0), (0.12, sign * 0.05, -1.0))
        leg = tuple(bone(f"{name}_{side}") for name in ("thigh", "calf", "foot"))
        _aim(local, joints, leg, (0.0, sign * 0.02, -1.0), (-0.04, sign * 0.02, -1.0))
        foot = bone(f"foot_{side}")
        local[foot] = (local[leg[0]] @ local[leg[1]]).T
    rotation, origin = joint_poses(asset.parents, joints, local)
    posed = skin(vertices, joints, asset.bone_index, asset.bone_weight, rotation, origin)
    soles = np.array([0.0, 0.0, posed[asset.part_mask("foot"), 2].min()])
    scale = shape.stature_m / _stature(asset, posed)
    return Body(shape, (posed - soles) * scale, (origin - soles) * scale)


def _aim(
    local: F64,
    joints: F64,
    chain: tuple[int, ...],
    upper_m: tuple[float, float, float],
    lower_m: tuple[float, float, float],
) -> None:
    """Turn a limb of two bones to given directions."""
    upper, lower, end = chain
    turn = _rotation_between(joints[lower] - joints[upper], np.array(upper_m))
    local[upper] = turn
    straight = _rotation_between(turn @ (joints[end] - joints[lower]), np.array(lower_m))
    local[lower] = turn.T @ straight @ turn


def _rotation_between(start: F64, goal: F64) -> F64:
    """The shortest rotation (3, 3) that takes one direction to another (Rodrigues)."""
    a = start / np.linalg.norm(start)
    b = goal / np.linalg.norm(goal)
    axis, cosine = np.cross(a, b), float(a @ b)
    skew = np.array([[0.0, -axis[2], axis[1]], [axis[2], 0.0, -axis[0]], [-axis[1], axis[0], 0.0]])
    turn: F64 = np.eye(3) + skew + skew @ skew / (1.0 + cosine)
    return turn
