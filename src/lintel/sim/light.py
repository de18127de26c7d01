"""Lamps, sun and infrared lamp, with soft shadow maps. Radiance is linear and unitless."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.ndimage import maximum_filter, minimum_filter

from lintel.sim.jit import kernel
from lintel.sim.material import Colour
from lintel.sim.raster import raster

F64: TypeAlias = npt.NDArray[np.float64]
F32: TypeAlias = npt.NDArray[np.float32]
I64: TypeAlias = npt.NDArray[np.int64]
Bools: TypeAlias = npt.NDArray[np.bool_]
Vec: TypeAlias = tuple[float, float, float]
MAP_PX = 320
BLOCK_PX = 4  # of the coarse maps; the taps of a comparison reach less far than a block
LAMP_TANGENT = 2.6  # half field of a lamp's shadow map
SUN_HALF_M = 6.0  # half width of the sun's shadow map
AREA_BIAS_M = 0.04


class LightKind(IntEnum):
    """How light falls."""

    LAMP = 0  # a panel on the ceiling that shines down
    SUN = 1  # parallel rays, through a window where one is given
    INFRARED = 2  # a lamp at the camera


@dataclass(frozen=True, slots=True)
class Window:
    """An opening that lets sun in: corner, two edges, metres."""

    corner_m: Vec
    across_m: Vec
    up_m: Vec


@dataclass(frozen=True, slots=True)
class Light:
    """One source. ``at_m`` is the lamp's place, or for the sun the direction towards it."""

    kind: LightKind
    at_m: Vec
    power: float
    colour: Colour = (1.0, 1.0, 1.0)
    window: Window | None = None
    softness_px: float = 1.6

    def row(self) -> F64:
        """The numbers (22,) that the kernels read."""
        at = np.array(self.at_m)
        if self.kind is LightKind.SUN:
            at = at / np.linalg.norm(at)
        opening = np.zeros(10)
        if self.window:
            opening[0] = 1.0
            opening[1:] = (*self.window.corner_m, *self.window.across_m, *self.window.up_m)
        tint = self.power * np.array(self.colour)
        return np.concatenate(
            [[float(self.kind)], at, tint, opening, [self.softness_px], np.zeros(4)]
        )


def light_table(lights: tuple[Light, ...]) -> F64:
    """Rows (L, 22) for the kernels."""
    return np.array([light.row() for light in lights]).reshape(-1, 22)


def blank_maps(count: int) -> F32:
    """Shadow maps (L, S, S) with nothing in them."""
    return np.full((count, MAP_PX, MAP_PX), 1e9, dtype=np.float32)


def draw_shadows(lights: F64, maps: F32, vertices_m: F64, triangles: I64) -> None:
    """Draw triangles over vertices (V, 3) into the shadow maps (L, S, S) of all lights."""
    for row, shadow in zip(lights, maps, strict=True):
        seen = np.empty((MAP_PX, MAP_PX), dtype=np.int32)
        every = np.arange(len(triangles))
        raster(_project(vertices_m, row), triangles, every, shadow, seen, 0, np.zeros(2))


def nearest_blocks(maps: F32) -> F32:
    """Least distance (L, S / 4, S / 4) in each block of the maps and the blocks around it."""
    count, blocks = len(maps), MAP_PX // BLOCK_PX
    split = maps.reshape(count, blocks, BLOCK_PX, blocks, BLOCK_PX)
    least = split.min(axis=(2, 4)) if count else np.zeros((0, blocks, blocks), dtype=np.float32)
    return np.asarray(minimum_filter(least, size=(1, 3, 3), mode="nearest"), dtype=np.float32)


def touched_blocks(maps: F32, still: F32) -> Bools:
    """Blocks (L, S / 4, S / 4) in or beside which something cast a shadow that ``still`` lacks."""
    count, blocks = len(maps), MAP_PX // BLOCK_PX
    split = (maps != still).reshape(count, blocks, BLOCK_PX, blocks, BLOCK_PX)
    changed = split.any(axis=(2, 4)) if count else np.zeros((0, blocks, blocks), dtype=np.bool_)
    return np.asarray(maximum_filter(changed, size=(1, 3, 3), mode="nearest"))


@kernel
def _shadow_point(x: float, y: float, z: float, row: F64) -> tuple[float, float, float]:
    """Place in the light's shadow map, pixels, and distance from the light, metres."""
    half = 0.5 * MAP_PX
    if row[0] == 1.0:
        # rays are followed to the floor, so that the map stays around the origin
        u = x - row[1] / row[3] * z
        v = y - row[2] / row[3] * z
        scale = half / SUN_HALF_M
        along = 60.0 - (x * row[1] + y * row[2] + z * row[3])
        return half + scale * u, half + scale * v, along
    down = row[3] - z
    if down < 0.05:
        return -1.0, -1.0, -1.0
    scale = half / LAMP_TANGENT
    return half + scale * (x - row[1]) / down, half + scale * (y - row[2]) / down, down


@kernel
def _project(vertices_m: F64, row: F64) -> F64:
    out = np.empty((len(vertices_m), 3))
    for i in range(len(vertices_m)):
        out[i] = _shadow_point(vertices_m[i, 0], vertices_m[i, 1], vertices_m[i, 2], row)
    return out


@kernel
def lit_share(x: float, y: float, z: float, row: F64, shadow: F32, blocks: F32) -> float:
    """Share 0..1 of a light that arrives, by nine comparisons around the point."""
    u, v, d = _shadow_point(x, y, z, row)
    if d < 0.0:
        return 1.0
    size = shadow.shape[0]
    if u < 4 or v < 4 or u > size - 5 or v > size - 5:
        return 1.0
    if blocks[int(v) // BLOCK_PX, int(u) // BLOCK_PX] > d - AREA_BIAS_M:
        return 1.0
    total = 0.0
    for j in range(-1, 2):
        for i in range(-1, 2):
            pu = u + i * row[17]
            pv = v + j * row[17]
            iu, iv = int(pu), int(pv)
            fu, fv = pu - iu, pv - iv
            near = d - AREA_BIAS_M
            low = (1.0 - fu) * (shadow[iv, iu] > near) + fu * (shadow[iv, iu + 1] > near)
            high = (1.0 - fu) * (shadow[iv + 1, iu] > near) + fu * (shadow[iv + 1, iu + 1] > near)
            total += (1.0 - fv) * low + fv * high
    return total / 9.0


@kernel
def block_at(x: float, y: float, z: float, row: F64) -> int:
    """Number of the shadow map's block that ``lit_share`` looks at, -1 where it never looks."""
    u, v, d = _shadow_point(x, y, z, row)
    if d < 0.0 or u < 4 or v < 4 or u > MAP_PX - 5 or v > MAP_PX - 5:
        return -1
    return (int(v) // BLOCK_PX) * (MAP_PX // BLOCK_PX) + int(u) // BLOCK_PX


@kernel
def window_share(x: float, y: float, z: float, row: F64) -> float:
    """Share 0..1 of the sun that the window lets through to a point, with a soft edge."""
    if row[7] == 0.0:
        return 1.0
    ux, uy, uz = row[11], row[12], row[13]
    vx, vy, vz = row[14], row[15], row[16]
    nx, ny, nz = uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx
    facing = nx * row[1] + ny * row[2] + nz * row[3]
    if abs(facing) < 1e-9:
        return 0.0
    dx, dy, dz = x - row[8], y - row[9], z - row[10]
    t = -(dx * nx + dy * ny + dz * nz) / facing
    if t < 0.0:
        return 0.0
    hx, hy, hz = dx + t * row[1], dy + t * row[2], dz + t * row[3]
    uu, vv = ux * ux + uy * uy + uz * uz, vx * vx + vy * vy + vz * vz
    a = (hx * ux + hy * uy + hz * uz) / uu
    b = (hx * vx + hy * vy + hz * vz) / vv
    edge_a, edge_b = 0.03 / np.sqrt(uu), 0.03 / np.sqrt(vv)
    inside_a = min(1.0, max(0.0, min(a, 1.0 - a) / edge_a))
    inside_b = min(1.0, max(0.0, min(b, 1.0 - b) / edge_b))
    return float(inside_a * inside_b)


@kernel
def falling(x: float, y: float, z: float, nx: float, ny: float, nz: float, row: F64) -> float:
    """Irradiance per unit power at a point with a normal, as if nothing stood between."""
    if row[0] == 1.0:
        facing = nx * row[1] + ny * row[2] + nz * row[3]
        return float(facing) * window_share(x, y, z, row) if facing > 0.0 else 0.0
    lx, ly, lz = row[1] - x, row[2] - y, row[3] - z
    d2 = max(0.04, lx * lx + ly * ly + lz * lz)
    d = np.sqrt(d2)
    facing = (nx * lx + ny * ly + nz * lz) / d
    if facing <= 0.0:
        return 0.0
    down = max(0.0, lz / d)
    spread = down if row[0] == 0.0 else 0.25 + 0.75 * down * down
    return float(facing * spread / d2)


@kernel
def light_vertices(
    vertices_m: F64, normals: F64, lights: F64, maps: F32, blocks: F32, ambient: F64, out: F32
) -> None:
    """Arriving light (V, 3) at vertices, with shadows; ``ambient`` (3,) comes from all around."""
    for i in range(len(vertices_m)):
        x, y, z = vertices_m[i, 0], vertices_m[i, 1], vertices_m[i, 2]
        nx, ny, nz = normals[i, 0], normals[i, 1], normals[i, 2]
        open_sky = (0.62 + 0.38 * nz) * (0.62 + 0.38 * min(1.0, max(0.0, z / 1.3)))
        for c in range(3):
            out[i, c] = ambient[c] * open_sky
        for m in range(len(lights)):
            e = falling(x, y, z, nx, ny, nz, lights[m])
            if e > 0.0:
                push = 0.03
                e *= lit_share(
                    x + push * nx, y + push * ny, z + push * nz, lights[m], maps[m], blocks[m]
                )
                for c in range(3):
                    out[i, c] += e * lights[m, 4 + c]
