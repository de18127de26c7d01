"""A dressed person: body shells turned into skin, clothes and hair, with bone weights.

Clothes are the body's own helper shells, pushed outward; what hangs on one bone (hats, bags) is
added as rigid parts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from lintel.sim import gait
from lintel.sim.bodies import Body, body_asset, bone
from lintel.sim.material import Colour, Material, Pattern
from lintel.sim.mesh import Mesh, box, ellipsoid, joined, lathe, tube
from lintel.sim.outfit import Hair, Headgear, Outfit
from lintel.sim.skeleton import skin, vertex_normals

F64: TypeAlias = npt.NDArray[np.float64]
I64: TypeAlias = npt.NDArray[np.int64]
Bools: TypeAlias = npt.NDArray[np.bool_]
SHOE_M = 0.02
BLACK: Colour = (0.02, 0.02, 0.022)


@dataclass(frozen=True, slots=True, eq=False)
class Figure:
    """A person in rest pose, ready to be posed."""

    body: Body
    mesh: Mesh
    bone_index: I64  # (V, 4)
    bone_weight: F64  # (V, 4)
    soles_m: F64  # (S, 3) rest points of the soles
    sole_bone: I64  # (S,)
    cap_m: F64  # (K, 3) rest points of the crown with hair or hat

    def pose(self, row: F64) -> F64:
        """Vertices (V, 3) in the floor frame for one pose row."""
        rotation, origin = self._bones(row)
        joints = self.body.joints_m
        return skin(
            self.mesh.vertices_m, joints, self.bone_index, self.bone_weight, rotation, origin
        )

    def bone_point(self, row: F64, name: str) -> F64:
        """Where the head of a bone (3,) is for one pose row."""
        point: F64 = self._bones(row)[1][bone(name)]
        return point

    def head_tops(self, rows: F64) -> F64:
        """Head tops (T, 4) for pose rows (T, C): x, y, z, heading of the face."""
        return gait.head_tops(
            rows,
            body_asset().parents,
            self.body.joints_m,
            self.soles_m,
            self.sole_bone,
            self.cap_m,
            bone("head"),
            gait.LIMBS,
            gait.TRUNK,
            gait.FINGERS,
        )

    def _bones(self, row: F64) -> tuple[F64, F64]:
        return gait.pose_bones(
            row,
            body_asset().parents,
            self.body.joints_m,
            self.soles_m,
            self.sole_bone,
            gait.LIMBS,
            gait.TRUNK,
            gait.FINGERS,
        )


@dataclass(slots=True)
class _Regions:
    """Where along arm and leg each vertex lies (0 at the trunk .. 1), and the part masks."""

    arm: F64
    leg: F64
    scalp: F64  # depth behind the hair line in head radii; negative on the face


def dress(body: Body, outfit: Outfit) -> Figure:
    """Put an outfit on a body."""
    asset = body_asset()
    regions = _regions(body)
    normals = vertex_normals(body.vertices_m, asset.triangles)
    thickness = _thickness(body, outfit, regions)
    points = body.vertices_m + thickness[:, None] * normals
    hair_part = asset.part_mask("hair")
    if outfit.hair is Hair.LONG:
        points[hair_part] += 0.004 * normals[hair_part]
    material, shown = _materials(outfit, regions)
    shown &= ~_front_strands(body)
    worn = Mesh(
        points,
        asset.triangles[shown],
        material[shown],
        _palette(outfit),
        body.vertices_m.copy(),
    )
    rigid = _rigid_parts(body, outfit)
    mesh = joined([worn, *(part for part, _ in rigid)])
    index, weight = _weights(rigid)
    soles, sole_bone = _soles(body)
    return Figure(body, mesh, index, weight, soles, sole_bone, _cap(body, points, mesh, outfit))


def _regions(body: Body) -> _Regions:
    asset = body_asset()
    points, joints = body.vertices_m, body.joints_m
    main = asset.main_bone()
    arm, leg = np.full(len(points), -1.0), np.full(len(points), -1.0)
    for side in ("l", "r"):
        for target, names in (
            (arm, ("upperarm", "lowerarm", "hand")),
            (leg, ("thigh", "calf", "foot")),
        ):
            for step in range(2):
                top, end = bone(f"{names[step]}_{side}"), bone(f"{names[step + 1]}_{side}")
                inside = main == top
                along = joints[end] - joints[top]
                share = (points[inside] - joints[top]) @ along / (along @ along)
                target[inside] = 0.5 * (step + np.clip(share, 0.0, 1.0))
            last = main == bone(f"{names[2]}_{side}")
            target[last] = 1.0
    centre, radius = head_ball(body)
    hair_axis = np.array([-0.62, 0.0, 0.78])
    scalp = ((points - centre) / radius) @ hair_axis
    scalp[~asset.part_mask("head")] = -9.0
    return _Regions(arm, leg, scalp)


def head_ball(body: Body) -> tuple[F64, float]:
    """Centre (3,) and radius, metres, of the skull."""
    points = body.vertices_m[body_asset().part_mask("head")]
    top = points[:, 2].max()
    neck = body.joints_m[bone("head"), 2]
    radius = 0.5 * 0.72 * (top - neck) + 0.02
    crown = points[points[:, 2] > top - radius]
    middle = 0.5 * (crown[:, 0].max() + crown[:, 0].min())
    return np.array([middle, 0.0, top - radius]), float(radius)


def _thickness(body: Body, outfit: Outfit, regions: _Regions) -> F64:
    """How far each vertex is pushed outward, metres, with folds."""
    asset = body_asset()
    scale = body.shape.stature_m / 1.7
    points = body.vertices_m
    folds = 0.004 * (
        np.sin(55 * points[:, 2] + 9 * points[:, 1]) + np.sin(43 * points[:, 0] - 31 * points[:, 2])
    )
    tights = asset.part_mask("tights")
    push = np.zeros(len(points))
    on_arm, on_leg = regions.arm >= 0, regions.leg >= 0
    cloth = 0.022 if outfit.coat else 0.010
    push[tights] = (cloth + folds[tights]) * scale
    push[tights & on_leg] = (0.010 + folds[tights & on_leg]) * scale
    push[tights & on_arm & (regions.arm > outfit.sleeve)] = 0.0
    push[tights & on_leg & (regions.leg > outfit.trouser)] = 0.0
    if outfit.vest:
        push[tights & ~on_arm & ~on_leg] += 0.012 * scale
    push[asset.part_mask("skirt")] = 0.008 * scale
    push[asset.part_mask("foot")] = 0.008 * scale
    scalp = regions.scalp > 0.0
    edge = np.clip(regions.scalp[scalp] / 0.35, 0.0, 1.0)
    push[scalp] = edge * _scalp_m(outfit) * scale
    return push


def _front_strands(body: Body) -> Bools:
    """Triangles (F,) of the hair shell that would hang over the chest."""
    asset = body_asset()
    corners = body.vertices_m[asset.triangles]
    head = body.joints_m[bone("head")]
    low, front = corners[..., 2].min(axis=1) < head[2] + 0.02, corners[..., 0].max(axis=1) > head[0]
    hair = asset.part[asset.triangles[:, 0]] == asset.part_names.index("hair")
    return np.asarray(hair & low & front)


def _scalp_m(outfit: Outfit) -> float:
    if outfit.headgear is Headgear.HOOD:
        return 0.036
    if outfit.headgear is not Headgear.NONE:
        return 0.024
    return {Hair.BALD: 0.0, Hair.SHORT: 0.014, Hair.LONG: 0.018, Hair.BUN: 0.010}[outfit.hair]


def _palette(outfit: Outfit) -> tuple[Material, ...]:
    covered = outfit.headgear is not Headgear.NONE
    hood = replace(outfit.top, grain=0.25)
    crown = hood if outfit.headgear is Headgear.HOOD else outfit.headgear_material
    hair = outfit.skin if outfit.hair is Hair.BALD else outfit.hair_material
    return (
        outfit.skin,
        outfit.top,
        outfit.bottom,
        outfit.shoes,
        crown if covered else hair,
        outfit.vest or outfit.top,
        outfit.hair_material,
    )


def _materials(outfit: Outfit, regions: _Regions) -> tuple[I64, Bools]:
    """Palette index (F,) of every triangle and whether it is worn at all."""
    asset = body_asset()
    faces = asset.triangles
    part = asset.part[faces[:, 0]]
    names = asset.part_names
    arm, leg, scalp = (
        values[faces].max(axis=1) for values in (regions.arm, regions.leg, regions.scalp)
    )
    material = np.zeros(len(faces), dtype=np.int64)
    tights = part == names.index("tights")
    torso_end = 0.28 if outfit.coat else 0.04
    material[tights] = 1
    material[tights & (arm > outfit.sleeve)] = 0
    material[tights & (leg > torso_end)] = 2
    material[tights & (leg > outfit.trouser)] = 0
    if outfit.skirt:
        material[tights & (leg > torso_end)] = 0
    if outfit.vest:
        material[tights & (arm < 0) & (leg < 0.1)] = 5
    material[part == names.index("skirt")] = 2
    material[part == names.index("foot")] = 3
    material[part == names.index("hair")] = 6
    material[scalp > 0.12] = 4
    shown = np.ones(len(faces), dtype=np.bool_)
    shown[part == names.index("skirt")] = outfit.skirt
    bare = outfit.headgear in (Headgear.NONE, Headgear.CAP, Headgear.BRIM)
    shown[part == names.index("hair")] = outfit.hair is Hair.LONG and bare
    return material, shown


def _rigid_parts(body: Body, outfit: Outfit) -> list[tuple[Mesh, int]]:
    """Meshes that hang on one bone each, in rest coordinates."""
    parts: list[tuple[Mesh, int]] = []
    centre, radius = head_ball(body)
    head, chest = bone("head"), bone("spine_03")
    cloth = outfit.headgear_material
    if outfit.headgear is Headgear.CAP:
        peak = ellipsoid((0.0, 0.0, 0.0), (0.10, 0.085, 0.008), cloth, sides=14)
        at = centre + np.array([1.18 * radius, 0.0, 0.22 * radius])
        parts.append((peak.moved((at[0], 0.0, at[2])), head))
    if outfit.headgear is Headgear.BRIM:
        low, top = 0.25 * radius, radius + 0.045
        profile = [(0.185, low), (0.10, low + 0.012), (0.098, top), (0.05, top + 0.01), (0.0, top)]
        hat = lathe(profile, cloth, sides=24)
        parts.append((hat.moved((centre[0] - 0.01, 0.0, centre[2])), head))
    if outfit.hair is Hair.BUN and outfit.headgear is Headgear.NONE:
        knot = (float(centre[0]) - 0.95 * radius, 0.0, float(centre[2]) + 0.55 * radius)
        parts.append((ellipsoid(knot, (0.045, 0.05, 0.042), outfit.hair_material, sides=12), head))
    if outfit.backpack:
        parts.append((_backpack(body, outfit.backpack), chest))
    if outfit.lanyard:
        parts.append((_lanyard(body), chest))
    if outfit.phone:
        hand = body.joints_m[bone("middle_01_r")]
        screen = Material((0.25, 0.28, 0.33), BLACK, Pattern.PLAIN)
        at = (float(hand[0]) + 0.02, float(hand[1]), float(hand[2]) - 0.03)
        parts.append((box(at, (0.012, 0.075, 0.15), screen), bone("hand_r")))
    return parts


def _backpack(body: Body, material: Material) -> Mesh:
    scale = body.shape.stature_m / 1.72
    chest = body.joints_m[bone("spine_03")]
    torso = body.vertices_m[body_asset().part_mask("tights")]
    back = torso[np.abs(torso[:, 2] - chest[2]) < 0.12 * scale, 0].min()
    bag = ellipsoid(
        (float(back) - 0.09 * scale, 0.0, float(chest[2]) - 0.06 * scale),
        (0.12 * scale, 0.17 * scale, 0.26 * scale),
        material,
        sides=18,
    )
    flap = ellipsoid(
        (float(back) - 0.17 * scale, 0.0, float(chest[2]) - 0.14 * scale),
        (0.08 * scale, 0.12 * scale, 0.12 * scale),
        replace(material, colour=material.second, second=material.colour),
        sides=12,
    )
    return joined([bag, flap])


def _lanyard(body: Body) -> Mesh:
    """A cord from the neck down the chest with a white badge."""
    neck, chest = body.joints_m[bone("neck_01")], body.joints_m[bone("spine_03")]
    torso = body.vertices_m[body_asset().part_mask("tights")]
    band = torso[(np.abs(torso[:, 2] - chest[2]) < 0.05) & (np.abs(torso[:, 1]) < 0.08)]
    front = float(band[:, 0].max()) + 0.035
    cord = Material((0.7, 0.05, 0.04), (0.7, 0.05, 0.04), Pattern.PLAIN)
    badge = Material((0.85, 0.85, 0.85), (0.2, 0.3, 0.6), Pattern.BANDS, 0.05)
    low = float(chest[2]) - 0.06
    parts = [box((front, 0.0, low - 0.05), (0.012, 0.09, 0.11), badge)]
    for sign in (-1.0, 1.0):
        shoulder = (float(neck[0]) + 0.04, sign * 0.075, float(neck[2]) + 0.03)
        middle = (0.6 * front + 0.4 * shoulder[0] + 0.03, sign * 0.06, float(neck[2]) - 0.06)
        parts.append(tube([shoulder, middle, (front, 0.0, low)], 0.009, cord))
    return joined(parts)


def _weights(rigid: list[tuple[Mesh, int]]) -> tuple[I64, F64]:
    asset = body_asset()
    index, weight = [asset.bone_index], [asset.bone_weight]
    for part, bone_of_part in rigid:
        rows = np.zeros((len(part.vertices_m), 4), dtype=np.int64)
        rows[:, 0] = bone_of_part
        share = np.zeros((len(part.vertices_m), 4))
        share[:, 0] = 1.0
        index.append(rows)
        weight.append(share)
    return np.concatenate(index), np.concatenate(weight)


@cache
def _sole_vertices() -> tuple[int, ...]:
    """Heel, ball and toe vertices of both feet, fixed by the topology."""
    asset = body_asset()
    points = asset.base_m[: len(asset.part)]
    chosen: list[int] = []
    for side in (-1.0, 1.0):
        foot = np.flatnonzero(asset.part_mask("foot") & (side * points[:, 1] > 0))
        low = foot[points[foot, 2] < points[foot, 2].min() + 0.02]
        for share in (0.0, 0.3, 0.7, 1.0):
            goal = np.quantile(points[low, 0], share)
            chosen.append(int(low[np.abs(points[low, 0] - goal).argmin()]))
    return tuple(chosen)


def _soles(body: Body) -> tuple[F64, I64]:
    vertices = list(_sole_vertices())
    points = body.vertices_m[vertices] - np.array([0.0, 0.0, SHOE_M])
    return points, body_asset().main_bone()[vertices]


def _cap(body: Body, points: F64, mesh: Mesh, outfit: Outfit) -> F64:
    """Rest points of the crown: within 6 cm of the highest point, hair and hat included."""
    head = points[body_asset().part_mask("head")]
    if outfit.headgear is Headgear.BRIM:
        extra = mesh.vertices_m[len(points) :]
        crown = extra[extra[:, 2] > body.vertices_m[body_asset().part_mask("head"), 2].max()]
        head = np.concatenate([head, crown])
    top = head[:, 2].max()
    return np.ascontiguousarray(head[head[:, 2] > top - 0.06])
