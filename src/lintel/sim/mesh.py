"""Triangle meshes and the few shapes that props are made of. Metres; outward windings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from lintel.geometry import read_only
from lintel.sim.material import Material

F64: TypeAlias = npt.NDArray[np.float64]
I64: TypeAlias = npt.NDArray[np.int64]
Point: TypeAlias = tuple[float, float, float]


@dataclass(frozen=True, slots=True, eq=False)
class Mesh:
    """Vertices, triangles and their materials; ``texture_m`` is where patterns are looked up."""

    vertices_m: F64  # (V, 3)
    triangles: I64  # (F, 3)
    material: I64  # (F,) index into materials
    materials: tuple[Material, ...]
    texture_m: F64  # (V, 3)

    def __post_init__(self) -> None:
        count = len(self.vertices_m)
        read_only(self.vertices_m, (count, 3), "Mesh.vertices_m")
        read_only(self.triangles, (-1, 3), "Mesh.triangles")
        read_only(self.material, (len(self.triangles),), "Mesh.material")
        read_only(self.texture_m, (count, 3), "Mesh.texture_m")

    @property
    def middle_m(self) -> F64:
        """Mean (3,) of the vertices."""
        return np.asarray(self.vertices_m.mean(axis=0))

    def moved(self, shift_m: Point, *, heading: float = 0.0) -> Mesh:
        """The mesh turned about z, then shifted; its patterns stay on it."""
        turned = self.vertices_m @ heading_matrix(heading).T + np.array(shift_m)
        return Mesh(turned, self.triangles, self.material, self.materials, self.texture_m)


def heading_matrix(heading: float) -> F64:
    """Rotation (3, 3) about z."""
    c, s = np.cos(heading), np.sin(heading)
    return np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])


def plain(vertices_m: F64, triangles: I64, material: Material) -> Mesh:
    """A mesh of one material whose texture is its own geometry."""
    faces = np.ascontiguousarray(triangles, dtype=np.int64)
    points = np.ascontiguousarray(vertices_m, dtype=np.float64)
    return Mesh(points, faces, np.zeros(len(faces), dtype=np.int64), (material,), points.copy())


def joined(meshes: list[Mesh]) -> Mesh:
    """All meshes as one."""
    vertices = np.concatenate([mesh.vertices_m for mesh in meshes])
    starts = np.cumsum([0, *(len(mesh.vertices_m) for mesh in meshes[:-1])])
    offsets = np.cumsum([0, *(len(mesh.materials) for mesh in meshes[:-1])])
    return Mesh(
        vertices,
        np.concatenate([m.triangles + s for m, s in zip(meshes, starts, strict=True)]),
        np.concatenate([m.material + o for m, o in zip(meshes, offsets, strict=True)]),
        tuple(material for mesh in meshes for material in mesh.materials),
        np.concatenate([mesh.texture_m for mesh in meshes]),
    )


def grid_faces(rows: int, columns: int) -> I64:
    """Triangles over a (rows, columns) grid of vertices, row by row."""
    index = np.arange(rows * columns).reshape(rows, columns)
    a, b = index[:-1, :-1].ravel(), index[:-1, 1:].ravel()
    c, d = index[1:, 1:].ravel(), index[1:, :-1].ravel()
    return np.concatenate([np.stack([a, b, c], 1), np.stack([a, c, d], 1)])


def sheet(corner_m: Point, u_m: Point, v_m: Point, material: Material, *, step_m: float) -> Mesh:
    """A parallelogram from ``corner_m`` along u and v; its front shows u cross v."""
    u, v = np.array(u_m), np.array(v_m)
    columns = max(2, int(np.ceil(np.linalg.norm(u) / step_m)) + 1)
    rows = max(2, int(np.ceil(np.linalg.norm(v) / step_m)) + 1)
    t, s = np.meshgrid(np.linspace(0, 1, rows), np.linspace(0, 1, columns), indexing="ij")
    points = np.array(corner_m) + s.reshape(-1, 1) * u + t.reshape(-1, 1) * v
    return plain(points, grid_faces(rows, columns), material)


def box(centre_m: Point, size_m: Point, material: Material, *, step_m: float = 0.25) -> Mesh:
    """An upright box."""
    half = 0.5 * np.array(size_m)
    faces = []
    for axis in range(3):
        for sign in (-1.0, 1.0):
            u, v, corner = np.zeros(3), np.zeros(3), -half.copy()
            i, j = (axis + 1) % 3, (axis + 2) % 3
            if sign < 0:
                i, j = j, i
            u[i], v[j] = size_m[i], size_m[j]
            corner[axis] = sign * half[axis]
            start = corner + np.array(centre_m)
            faces.append(sheet(_point(start), _point(u), _point(v), material, step_m=step_m))
    return joined(faces)


def lathe(profile_m: list[tuple[float, float]], material: Material, *, sides: int = 20) -> Mesh:
    """A surface of revolution about z; the profile lists (radius, z) from bottom to top."""
    angle = np.linspace(0.0, 2.0 * np.pi, sides + 1)
    rings = [
        np.stack([r * np.cos(angle), r * np.sin(angle), np.full_like(angle, z)], axis=1)
        for r, z in profile_m
    ]
    return plain(np.concatenate(rings), grid_faces(len(rings), sides + 1), material)


def ellipsoid(centre_m: Point, radii_m: Point, material: Material, *, sides: int = 16) -> Mesh:
    """A closed ellipsoid."""
    latitude = np.linspace(-0.5 * np.pi, 0.5 * np.pi, sides // 2 + 1)
    profile = [(float(np.cos(a)), float(np.sin(a))) for a in latitude]
    unit = lathe(profile, material, sides=sides)
    points = unit.vertices_m * np.array(radii_m) + np.array(centre_m)
    return plain(points, unit.triangles, material)


def tube(path_m: list[Point], radius_m: float, material: Material, *, sides: int = 6) -> Mesh:
    """A round bar along a polyline."""
    path = np.array(path_m)
    along = np.gradient(path, axis=0)
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    helper = np.where(np.abs(along[:, 2:3]) > 0.8, [[1.0, 0.0, 0.0]], [[0.0, 0.0, 1.0]])
    first = np.cross(helper, along)
    first /= np.linalg.norm(first, axis=1, keepdims=True)
    second = np.cross(along, first)
    angle = np.linspace(0.0, 2.0 * np.pi, sides + 1)
    rings = (
        path[:, None]
        + radius_m * np.cos(angle)[None, :, None] * first[:, None]
        + radius_m * np.sin(angle)[None, :, None] * second[:, None]
    )
    return plain(rings.reshape(-1, 3), grid_faces(len(path), sides + 1), material)


def _point(values: F64) -> Point:
    return (float(values[0]), float(values[1]), float(values[2]))
