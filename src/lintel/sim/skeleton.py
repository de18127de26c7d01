"""Forward kinematics, linear blend skinning and vertex normals as compiled kernels."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from lintel.sim.jit import kernel

F64: TypeAlias = npt.NDArray[np.float64]
I64: TypeAlias = npt.NDArray[np.int64]


@kernel
def joint_poses(parents: I64, joints_m: F64, local: F64) -> tuple[F64, F64]:
    """World rotation (B, 3, 3) and posed head (B, 3) of each bone.

    ``local`` (B, 3, 3) turns a bone against its parent, about the rest axes; parents stand
    before their children. The root stays where it rests.
    """
    count = len(parents)
    rotation = np.empty((count, 3, 3))
    origin = np.empty((count, 3))
    for b in range(count):
        p = parents[b]
        if p < 0:
            rotation[b] = local[b]
            origin[b] = joints_m[b]
            continue
        for i in range(3):
            shift = origin[p, i]
            for j in range(3):
                shift += rotation[p, i, j] * (joints_m[b, j] - joints_m[p, j])
                total = 0.0
                for k in range(3):
                    total += rotation[p, i, k] * local[b, k, j]
                rotation[b, i, j] = total
            origin[b, i] = shift
    return rotation, origin


@kernel
def skin(
    rest_m: F64, joints_m: F64, bone_index: I64, bone_weight: F64, rotation: F64, origin: F64
) -> F64:
    """Linear blend skinning: posed vertices (V, 3) of rest vertices (V, 3)."""
    posed = np.zeros_like(rest_m)
    for v in range(len(rest_m)):
        for s in range(bone_index.shape[1]):
            weight = bone_weight[v, s]
            if weight == 0.0:
                continue
            b = bone_index[v, s]
            dx = rest_m[v, 0] - joints_m[b, 0]
            dy = rest_m[v, 1] - joints_m[b, 1]
            dz = rest_m[v, 2] - joints_m[b, 2]
            for i in range(3):
                turned = rotation[b, i, 0] * dx + rotation[b, i, 1] * dy + rotation[b, i, 2] * dz
                posed[v, i] += weight * (turned + origin[b, i])
    return posed


@kernel
def vertex_normals(vertices_m: F64, triangles: I64) -> F64:
    """Area-weighted unit normals (V, 3)."""
    normals = np.zeros_like(vertices_m)
    for t in range(len(triangles)):
        a, b, c = triangles[t]
        ux = vertices_m[b, 0] - vertices_m[a, 0]
        uy = vertices_m[b, 1] - vertices_m[a, 1]
        uz = vertices_m[b, 2] - vertices_m[a, 2]
        wx = vertices_m[c, 0] - vertices_m[a, 0]
        wy = vertices_m[c, 1] - vertices_m[a, 1]
        wz = vertices_m[c, 2] - vertices_m[a, 2]
        nx, ny, nz = uy * wz - uz * wy, uz * wx - ux * wz, ux * wy - uy * wx
        for v in (a, b, c):
            normals[v, 0] += nx
            normals[v, 1] += ny
            normals[v, 2] += nz
    for v in range(len(normals)):
        length = np.sqrt(normals[v, 0] ** 2 + normals[v, 1] ** 2 + normals[v, 2] ** 2)
        normals[v] /= max(length, 1e-12)
    return normals
