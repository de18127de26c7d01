"""Procedural texture: one periodic tile of value noise that every surface samples in its own way.

Several octaves keep a stereo matcher happy at every distance; the shortest wave is chosen by the
caller so that it stays above the pixel's footprint, because texture finer than a pixel looks
different to each camera.
"""

from __future__ import annotations

from typing import TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

FloatImage: TypeAlias = npt.NDArray[np.float32]

TILE = 1024  # texels; the pattern repeats after this many
FINEST = 8  # texels between the lattice points of the finest octave
_OCTAVES = 5
_GROWTH = 1.15  # each coarser octave is this much stronger
_SHEAR = (0.7, 0.45)  # height enters both texture axes, so that no wall is smeared into stripes


def noise_tile(rng: np.random.Generator) -> FloatImage:
    """Periodic value noise (TILE, TILE) with mean 0 and standard deviation 1, within +-2.5."""
    total = np.zeros((TILE, TILE), dtype=np.float32)
    for octave in range(_OCTAVES):
        total += _GROWTH**octave * _octave(rng, FINEST << octave)
    total -= total.mean()
    return np.asarray(np.clip(total / total.std(), -2.5, 2.5), dtype=np.float32)


def sample(tile: FloatImage, points_m: FloatImage, *, texels_per_m: float) -> FloatImage:
    """Texture (H, W) at surface points (3, H, W) in the surface's own frame."""
    x, y, z = points_m
    u = (x + _SHEAR[0] * z) * np.float32(texels_per_m)
    v = (y + _SHEAR[1] * z) * np.float32(texels_per_m)
    # OpenCV's wrapped border is slow for coordinates far outside of the tile
    return np.asarray(
        cv2.remap(tile, u % TILE, v % TILE, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP),
        dtype=np.float32,
    )


def _octave(rng: np.random.Generator, cell: int) -> FloatImage:
    lattice = rng.uniform(-1.0, 1.0, (TILE // cell, TILE // cell)).astype(np.float32)
    padded = np.pad(lattice, 2, mode="wrap")
    grown = cv2.resize(padded, None, fx=cell, fy=cell, interpolation=cv2.INTER_CUBIC)
    return np.asarray(grown[2 * cell : -2 * cell, 2 * cell : -2 * cell], dtype=np.float32)
