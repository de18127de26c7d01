"""What surfaces look like: a pattern, two colours, a size. Evaluated per pixel by a kernel.

Colours are linear reflectances 0..1. Patterns are solid textures: functions of the rest position
in metres, so that they stick to what moves.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from lintel.sim.jit import kernel

F32: TypeAlias = npt.NDArray[np.float32]
Colour: TypeAlias = tuple[float, float, float]  # linear red, green, blue


class Pattern(IntEnum):
    """How the two colours are laid out."""

    PLAIN = 0  # first colour with slight mottling
    BANDS = 1  # level stripes
    CHECKS = 2
    MOTTLED = 3  # carpet, terrazzo, knitwear
    TILES = 4  # squares on the floor with joints of the second colour
    PLANKS = 5  # boards along x, each of its own shade
    WEAVE = 6  # fine grain: denim, tweed
    BLOTCHES = 7  # large prints
    VEST = 8  # signal colour with reflecting bands of the second colour
    STRANDS = 9  # hair
    BLANK = 10  # exactly one colour: nothing for a matcher to hold on to
    UPRIGHT = 11  # upright stripes: curtains, brick joints


@dataclass(frozen=True, slots=True)
class Material:
    """One surface."""

    colour: Colour = (0.5, 0.5, 0.5)
    second: Colour = (0.4, 0.4, 0.4)
    pattern: Pattern = Pattern.PLAIN
    size_m: float = 0.05
    grain: float = 0.12  # contrast of the fine mottling
    gloss: float = 0.0  # share of mirrored light, floors only
    infrared: float = 0.0  # added reflectance in the near infrared (dyes fade there)

    def row(self) -> list[float]:
        """The numbers that the kernel reads."""
        return [
            float(self.pattern),
            self.size_m,
            self.grain,
            self.gloss,
            *self.colour,
            *self.second,
        ]

    def in_infrared(self) -> Material:
        """The same surface at 850 nm: grey, and brighter than its dye looks by day."""
        first, second = (
            min(0.95, 0.35 * (sum(colour) / 3.0) + 0.65 * max(colour) + self.infrared)
            for colour in (self.colour, self.second)
        )
        return Material(
            (first, first, first),
            (second, second, second),
            self.pattern,
            self.size_m,
            self.grain,
            self.gloss,
        )


def material_table(materials: tuple[Material, ...]) -> F32:
    """Rows (M, 10) for the kernels."""
    return np.array([material.row() for material in materials], dtype=np.float32)


@kernel
def _hash(x: int, y: int, z: int) -> float:
    """A number in 0..1 from lattice coordinates (integer mixing after Wang)."""
    h = np.uint32(x * 374761393 + y * 668265263 + z * 1274126177)
    h = np.uint32((h ^ (h >> np.uint32(13))) * np.uint32(1274126177))
    h = np.uint32((h ^ (h >> np.uint32(16))) * np.uint32(2246822519))
    return float(h ^ (h >> np.uint32(15))) * (1.0 / 4294967296.0)


@kernel
def value_noise(x: float, y: float, z: float) -> float:
    """Smooth noise in 0..1 with one lattice cell per unit."""
    ix, iy, iz = int(np.floor(x)), int(np.floor(y)), int(np.floor(z))
    fx, fy, fz = x - ix, y - iy, z - iz
    fx, fy, fz = (
        fx * fx * (3.0 - 2.0 * fx),
        fy * fy * (3.0 - 2.0 * fy),
        fz * fz * (3.0 - 2.0 * fz),
    )
    low = (_hash(ix, iy, iz) * (1 - fx) + _hash(ix + 1, iy, iz) * fx) * (1 - fy) + (
        _hash(ix, iy + 1, iz) * (1 - fx) + _hash(ix + 1, iy + 1, iz) * fx
    ) * fy
    high = (_hash(ix, iy, iz + 1) * (1 - fx) + _hash(ix + 1, iy, iz + 1) * fx) * (1 - fy) + (
        _hash(ix, iy + 1, iz + 1) * (1 - fx) + _hash(ix + 1, iy + 1, iz + 1) * fx
    ) * fy
    return low * (1 - fz) + high * fz


@kernel
def _mix(pattern: int, size: float, x: float, y: float, z: float) -> float:  # noqa: PLR0911
    """Share 0..1 of the second colour."""
    if pattern in (1, 8):
        band = z / size - np.floor(z / size)
        return 1.0 if band < (0.5 if pattern == 1 else 0.22) else 0.0
    if pattern == 2:
        cells = np.floor(x / size) + np.floor(y / size) + np.floor(z / size)
        return float(cells % 2)
    if pattern == 3:
        fine = value_noise(x / size, y / size, z / size)
        coarse = value_noise(0.31 * x / size, 0.31 * y / size, 0.31 * z / size + 9.0)
        return min(1.0, max(0.0, 2.2 * (0.6 * fine + 0.4 * coarse) - 0.6))
    if pattern == 4:
        u, v = x / size - np.floor(x / size), y / size - np.floor(y / size)
        joint = 0.012 / size + 0.006
        edge = u < joint or v < joint
        shade = 0.3 * value_noise(7.0 * x / size, 7.0 * y / size, 0.0)
        return 1.0 if edge else shade
    if pattern == 5:
        board = np.floor(y / size)
        along = x / (9.0 * size) + 0.37 * board
        shade = _hash(int(board), int(np.floor(along)), 3)
        grain = value_noise(2.5 * x / size, 16.0 * y / size, board)
        seam = 0.25 if y / size - board < 0.04 else 0.0
        return min(1.0, 0.55 * shade + 0.45 * grain + seam)
    if pattern == 6:
        return value_noise(x / size, y / size, 0.4 * z / size)
    if pattern == 7:
        n = value_noise(x / size, y / size, z / size)
        return 1.0 if n > 0.58 else 0.0
    if pattern == 9:
        return value_noise(x / size + 40.0, y / size, 0.15 * z / size)
    if pattern == 11:
        return 0.5 + 0.5 * float(np.sin(2.0 * np.pi * (x + y) / size))
    return 0.0


@kernel
def albedo(materials: F32, m: int, x: float, y: float, z: float) -> tuple[float, float, float]:
    """Reflectance (red, green, blue) of material ``m`` at a rest position, metres."""
    pattern = int(materials[m, 0])
    share = _mix(pattern, materials[m, 1], x, y, z)
    factor = 1.0
    if pattern != 10:
        fine = value_noise(90.0 * x, 90.0 * y, 90.0 * z) - 0.5
        coarse = value_noise(17.0 * x, 17.0 * y, 17.0 * z + 5.0) - 0.5
        factor += materials[m, 2] * (1.3 * fine + coarse)
    r = (materials[m, 4] * (1.0 - share) + materials[m, 7] * share) * factor
    g = (materials[m, 5] * (1.0 - share) + materials[m, 8] * share) * factor
    b = (materials[m, 6] * (1.0 - share) + materials[m, 9] * share) * factor
    return r, g, b
