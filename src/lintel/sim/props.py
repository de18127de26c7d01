"""Things: carts, cases, umbrellas, wheelchairs, doors, curtains, walls. Metres; x is forward."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from lintel.sim.material import Colour, Material, Pattern
from lintel.sim.mesh import (
    Mesh,
    Point,
    box,
    ellipsoid,
    grid_faces,
    joined,
    lathe,
    plain,
    sheet,
    tube,
)

F64: TypeAlias = npt.NDArray[np.float64]
STEEL = Material((0.45, 0.46, 0.48), (0.3, 0.3, 0.31), Pattern.PLAIN, 0.05, 0.08)
RUBBER = Material((0.03, 0.03, 0.03), (0.05, 0.05, 0.05), Pattern.PLAIN)
RED = Material((0.55, 0.04, 0.03), (0.4, 0.03, 0.03), Pattern.PLAIN)
WOOD = Material((0.36, 0.22, 0.11), (0.24, 0.13, 0.06), Pattern.PLANKS, 0.12, 0.15)
CARDBOARD = Material((0.42, 0.29, 0.17), (0.33, 0.22, 0.12), Pattern.WEAVE, 0.03, 0.12)
WALL = Material((0.62, 0.60, 0.56), (0.5, 0.48, 0.45), Pattern.MOTTLED, 0.15, 0.06)
GLASS = Material((0.30, 0.36, 0.38), (0.5, 0.52, 0.53), Pattern.UPRIGHT, 0.45, 0.05)


def trolley(load: Material) -> Mesh:
    """A shopping trolley ahead of whoever stands at the origin, with goods in the basket."""
    near, far, low, top, half = 0.48, 1.32, 0.48, 0.98, 0.27
    rails = [
        [(near, -half, top), (far, -0.8 * half, top), (far, 0.8 * half, top), (near, half, top)],
        [(near, -half, low), (far, -0.8 * half, low), (far, 0.8 * half, low), (near, half, low)],
        [(near, -half, 0.12), (far, -half, 0.12)],
        [(near, half, 0.12), (far, half, 0.12)],
    ]
    parts = [tube(_points(path), 0.012, STEEL) for path in rails]
    parts.append(tube([(near - 0.08, -half, 1.02), (near - 0.08, half, 1.02)], 0.018, RED))
    for k in range(8):
        x = near + (far - near) * k / 7.0
        parts += [
            tube([(x, s * half, top), (x, s * 0.9 * half, low)], 0.006, STEEL, sides=4)
            for s in (-1.0, 1.0)
        ]
    for k in range(6):
        y = -half + 2.0 * half * k / 5.0
        parts.append(tube([(near, y, low), (far, 0.8 * y, low)], 0.006, STEEL, sides=4))
    for x in (near + 0.05, far - 0.05):
        parts += [_wheel((x, s * half, 0.07), 0.07) for s in (-1.0, 1.0)]
    parts.append(box((0.95, 0.03, 0.62), (0.30, 0.26, 0.26), load))
    parts.append(box((1.18, -0.06, 0.60), (0.16, 0.2, 0.2), CARDBOARD))
    return joined(parts)


def pram(cloth: Material) -> Mesh:
    """A pram ahead of whoever stands at the origin."""
    tub = ellipsoid((0.98, 0.0, 0.68), (0.42, 0.22, 0.17), cloth, sides=18)
    hood = ellipsoid((0.78, 0.0, 0.82), (0.24, 0.23, 0.20), cloth, sides=18)
    blanket = Material((0.7, 0.66, 0.55), (0.5, 0.6, 0.7), Pattern.CHECKS, 0.06)
    parts = [tub, hood, ellipsoid((1.12, 0.0, 0.78), (0.25, 0.17, 0.09), blanket, sides=14)]
    for side in (-1.0, 1.0):
        parts.append(tube([(0.42, side * 0.2, 1.0), (0.75, side * 0.2, 0.55)], 0.012, STEEL))
        parts += [_wheel((x, side * 0.24, 0.14), 0.14) for x in (0.75, 1.25)]
    parts.append(tube([(0.42, -0.2, 1.0), (0.42, 0.2, 1.0)], 0.016, RUBBER))
    return joined(parts)


def suitcase(shell: Material) -> Mesh:
    """A case pulled behind by the right hand."""
    case = box((-0.62, -0.2, 0.38), (0.26, 0.42, 0.60), shell, step_m=0.1)
    handle = tube([(-0.60, -0.2, 0.68), (-0.32, -0.22, 0.86)], 0.012, STEEL)
    return joined([case, handle])


def held_box(stature_m: float) -> Mesh:
    """A cardboard box before the chest."""
    return box((0.42, 0.0, 0.64 * stature_m), (0.38, 0.48, 0.34), CARDBOARD, step_m=0.1)


def balloon(stature_m: float, skin: Material) -> Mesh:
    """A balloon above the right hand, on a string."""
    z = stature_m + 0.42
    ball = ellipsoid((0.22, -0.26, z), (0.135, 0.135, 0.165), skin, sides=16)
    return joined(
        [ball, tube([(0.25, -0.2, 0.62 * stature_m), (0.22, -0.26, z - 0.16)], 0.004, RED)]
    )


def umbrella(stature_m: float, cloth: Material) -> Mesh:
    """An open umbrella above the head."""
    top = stature_m + 0.30
    profile = [
        (0.50, top - 0.20),
        (0.42, top - 0.11),
        (0.28, top - 0.045),
        (0.12, top - 0.01),
        (0.0, top),
    ]
    canopy = lathe(profile, cloth, sides=16).moved((0.12, -0.06, 0.0))
    stick = tube([(0.24, -0.14, 0.62 * stature_m), (0.12, -0.06, top + 0.05)], 0.009, RUBBER)
    return joined([canopy, stick])


def wheelchair() -> Mesh:
    """A wheelchair around a seated person whose hips are at the origin."""
    parts = [
        box((0.08, 0.0, 0.40), (0.46, 0.42, 0.05), RUBBER),
        box((-0.17, 0.0, 0.66), (0.04, 0.42, 0.46), RUBBER),
        box((0.50, 0.0, 0.12), (0.16, 0.34, 0.03), STEEL),
    ]
    for side in (-1.0, 1.0):
        parts.append(_wheel((-0.02, side * 0.28, 0.30), 0.30))
        parts.append(_wheel((0.40, side * 0.20, 0.09), 0.09))
        parts.append(tube([(-0.17, side * 0.2, 0.9), (-0.32, side * 0.2, 0.92)], 0.013, STEEL))
        parts.append(tube([(-0.17, side * 0.24, 0.62), (0.25, side * 0.24, 0.62)], 0.016, STEEL))
    return joined(parts)


def door_leaf(cloth: Material = GLASS) -> Mesh:
    """A leaf hinged at the origin that reaches along x when closed."""
    frame = box((0.45, 0.0, 1.03), (0.9, 0.045, 2.02), cloth, step_m=0.15)
    handle = tube([(0.82, -0.06, 0.95), (0.82, -0.06, 1.2)], 0.015, STEEL)
    return joined([frame, handle])


def curtain(time_s: float, period_s: float) -> Mesh:
    """Strips of cloth along x that blow to and fro, 1.8 m wide."""
    columns, rows = 60, 12
    x, z = np.meshgrid(np.linspace(-0.9, 0.9, columns), np.linspace(0.05, 2.1, rows), indexing="xy")
    phase = 2.0 * np.pi * time_s / period_s
    hang = (2.1 - z) / 2.1
    blow = 0.35 * hang * np.sin(phase) * (0.6 + 0.4 * np.sin(1.7 * x + 0.6 * phase))
    folds = 0.05 * np.sin(2.0 * np.pi * x / 0.18 + 0.8 * np.sin(phase))
    front = np.stack([x, folds + blow, z], axis=2).reshape(-1, 3)
    rest = np.stack([x, 0.0 * x, z], axis=2).reshape(-1, 3)
    cloth = Material((0.45, 0.10, 0.12), (0.30, 0.06, 0.09), Pattern.UPRIGHT, 0.09, 0.15)
    mesh = plain(front, grid_faces(rows, columns), cloth)
    back = mesh.triangles[:, ::-1].copy()
    thick = front + np.array([0.0, 0.02, 0.0])
    faces = np.concatenate([mesh.triangles, back + len(front)])
    none = np.zeros(len(faces), dtype=np.int64)
    return Mesh(np.concatenate([front, thick]), faces, none, (cloth,), np.concatenate([rest, rest]))


def bench() -> Mesh:
    """A wooden bench along x at the origin, 0.45 m high."""
    legs = [box((x, 0.0, 0.2), (0.06, 0.36, 0.4), STEEL) for x in (-0.6, 0.6)]
    return joined([box((0.0, 0.0, 0.43), (1.5, 0.42, 0.05), WOOD, step_m=0.1), *legs])


def shelf() -> Mesh:
    """A shelf along y with goods on its top."""
    goods: list[Colour] = [(0.6, 0.15, 0.1), (0.1, 0.3, 0.6), (0.7, 0.6, 0.1), (0.2, 0.5, 0.2)]
    parts = [box((0.0, 0.0, 0.7), (0.45, 2.4, 1.4), WOOD, step_m=0.15)]
    for k in range(10):
        paint = Material(goods[k % 4], (0.8, 0.8, 0.8), Pattern.BLOTCHES, 0.06)
        parts.append(box((0.0, -1.05 + 0.23 * k, 1.5), (0.3, 0.18, 0.2), paint))
    return joined(parts)


def doorway() -> Mesh:
    """A wall along x with an opening 1.8 m wide, 2.1 m high at the sides of the opening."""
    sides = [box((s * 2.4, 0.0, 1.05), (3.0, 0.14, 2.1), WALL, step_m=0.1) for s in (-1.0, 1.0)]
    return joined(sides)


def parcel() -> Mesh:
    """A box left behind on the floor, with a second one on top."""
    lower = box((0.0, 0.0, 0.22), (0.5, 0.4, 0.44), CARDBOARD, step_m=0.1)
    return joined([lower, box((0.05, 0.02, 0.60), (0.36, 0.3, 0.32), CARDBOARD, step_m=0.1)])


def floor_sheet(material: Material, height_m: float) -> Mesh:
    """The floor under a camera at ``height_m``: wide, and fine enough for the lens to bend it."""
    half = 2.3 * height_m
    corner, width = (-half, -half, 0.0), 2.0 * half
    return sheet(corner, (width, 0.0, 0.0), (0.0, width, 0.0), material, step_m=0.035 * height_m)


def _wheel(centre: Point, radius: float) -> Mesh:
    angle = np.linspace(0.0, 2.0 * np.pi, 15)
    path = [
        (centre[0] + radius * float(np.cos(a)), centre[1], centre[2] + radius * float(np.sin(a)))
        for a in angle
    ]
    return tube(path, max(0.012, 0.12 * radius), RUBBER)


def _points(path: list[tuple[float, float, float]]) -> list[Point]:
    return list(path)
