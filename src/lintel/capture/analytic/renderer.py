"""Draws the analytic scene: a cached still background, and per frame only what moves.

Every frame is a pure function of scene, seed and frame time: frames may be drawn in any order
and come out the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from lintel.capture.analytic.scene import Cast, SceneSpec
from lintel.capture.analytic.shapes import Hits, Solid, Surface, meet
from lintel.capture.analytic.texture import FINEST, FloatImage, noise_tile, sample
from lintel.capture.analytic.view import View, Window
from lintel.frames import Image
from lintel.geometry import Floats

Labels: TypeAlias = npt.NDArray[np.int32]

NOBODY = -1
_LIGHT = np.array([0.25, 0.35, 0.90]) / np.linalg.norm([0.25, 0.35, 0.90])
_AMBIENT, _DIFFUSE = 0.45, 0.60
_DARKEST, _BRIGHTEST = 6.0, 246.0
_FINEST_WAVE_PX = 3.0  # lattice of the finest octave on the image, at the surface's distance
_SUBPIXELS = ((-0.25, -0.25), (0.25, -0.25), (-0.25, 0.25), (0.25, 0.25))
_NOISE_IMAGES = 4


@dataclass(frozen=True, slots=True, eq=False)
class Still:
    """What one eye sees of the things that stand: gray (H, W) and depth (H, W), metres."""

    gray: Image
    depth_m: FloatImage


@dataclass(slots=True, eq=False)
class Drawing:
    """One eye's frame while it is drawn; labels are person ids or NOBODY, if asked for."""

    gray: Image | None
    depth_m: FloatImage
    labels: Labels | None

    def put(self, window: Window, hits: Hits, gray: FloatImage | None, label: int) -> None:
        """Keep what is nearer than anything before."""
        region = window.region
        depth = self.depth_m[region]
        nearer = hits.depth_m < depth
        np.copyto(depth, hits.depth_m, where=nearer)
        if self.gray is not None and gray is not None:
            np.copyto(self.gray[region], gray.astype(np.uint8), where=nearer)
        if self.labels is not None:
            self.labels[region][nearer] = label


class Renderer:
    """Draws frames of a scene for any view.

    Args:
        spec: the scene.
        cast: who walks and what rolls.
        seed: textures and noise.
        focal_px: focal length, which decides with the distance how fine textures may be.
        height_m: camera above the floor.
        noise: standard deviation of the sensor noise, gray levels.
    """

    def __init__(
        self,
        spec: SceneSpec,
        cast: Cast,
        *,
        seed: int,
        focal_px: float,
        height_m: float,
        noise: float,
    ) -> None:
        self._spec = spec
        self._cast = cast
        self._seed = seed
        self._tile = noise_tile(np.random.default_rng([seed, 2]))
        self._focal_px = focal_px
        self._height_m = height_m
        self._noise = noise
        self._bank: npt.NDArray[np.int8] | None = None

    def still(self, view: View, *, textured: bool = True) -> Still:
        """Draw what stands, once; gray is averaged over four points of each pixel."""
        depth = self._standing(view, view.rays)[1]
        gray = np.zeros(depth.shape, dtype=np.float32)
        if textured:
            for du, dv in _SUBPIXELS:
                gray += 0.25 * self._standing(view, view.rays_at(du, dv))[0]
        return Still(gray.astype(np.uint8), depth)

    def draw(
        self, view: View, still: Still, t_s: float, *, textured: bool = True, labelled: bool = False
    ) -> Drawing:
        """Draw everything as it is at a time, without noise."""
        shape = still.depth_m.shape
        drawing = Drawing(
            gray=still.gray.copy() if textured else None,
            depth_m=still.depth_m.copy(),
            labels=np.full(shape, NOBODY, dtype=np.int32) if labelled else None,
        )
        for solids, label in self._moving(t_s):
            for solid in solids:
                self._paint(drawing, view, solid, label, textured=textured)
        return drawing

    def noisy(self, gray: Image, *, frame: int, eye: int) -> Image:
        """Add sensor noise; the same frame of the same eye always gets the same."""
        if self._noise <= 0:
            return gray
        if self._bank is None or self._bank.shape[1] != gray.shape[0] + 64:
            self._bank = self._noise_images(gray.shape)
        pick, down, right = np.random.default_rng([self._seed, 3, frame, eye]).integers(
            (0, 0, 0), (_NOISE_IMAGES, 64, 64)
        )
        height, width = gray.shape
        grain = self._bank[pick, down : down + height, right : right + width]
        return np.asarray(cv2.add(gray, grain, dtype=cv2.CV_8U), dtype=np.uint8)

    def _noise_images(self, shape: tuple[int, ...]) -> npt.NDArray[np.int8]:
        rng = np.random.default_rng([self._seed, 4])
        size = (_NOISE_IMAGES, shape[0] + 64, shape[1] + 64)
        grain = np.rint(self._noise * rng.standard_normal(size, dtype=np.float32))
        return np.asarray(np.clip(grain, -127, 127), dtype=np.int8)

    def _moving(self, t_s: float) -> list[tuple[Sequence[Solid], int]]:
        moving: list[tuple[Sequence[Solid], int]] = []
        moving += [(w.solids(t_s), w.person.id) for w in self._cast.walkers if w.present(t_s)]
        moving += [(m.solids(t_s), NOBODY) for m in self._cast.movers if m.present(t_s)]
        return moving

    def _paint(
        self, drawing: Drawing, view: View, solid: Solid, label: int, *, textured: bool
    ) -> None:
        window = view.window(solid.corners())
        if window is not None:
            rays = np.ascontiguousarray(view.rays[:, *window.region])
            hits = meet(solid, view.origin_m, rays, _LIGHT)
            gray = self._shade(hits, solid) if textured else None
            drawing.put(window, hits, gray, label)

    def _standing(self, view: View, rays: FloatImage) -> tuple[FloatImage, FloatImage]:
        gray, depth = self._floor(view.origin_m, rays)
        for solid in self._spec.standing:
            window = view.window(solid.corners())
            if window is None:
                continue
            region = window.region
            hits = meet(solid, view.origin_m, np.ascontiguousarray(rays[:, *region]), _LIGHT)
            nearer = hits.depth_m < depth[region]
            np.copyto(depth[region], hits.depth_m, where=nearer)
            np.copyto(gray[region], self._shade(hits, solid), where=nearer)
        return gray, depth

    def _floor(self, origin_m: Floats, rays: FloatImage) -> tuple[FloatImage, FloatImage]:
        with np.errstate(divide="ignore"):
            depth = np.where(rays[2] < 0, -origin_m[2] / rays[2], np.inf).astype(np.float32)
        reach = np.where(np.isfinite(depth), depth, 0.0).astype(np.float32)
        points = origin_m.astype(np.float32)[:, None, None] + reach * rays
        facing = np.full(depth.shape, _LIGHT[2], dtype=np.float32)
        hits = Hits(depth, points, facing)
        return self._gray(hits, self._spec.floor, distance_m=self._height_m), depth

    def _shade(self, hits: Hits, solid: Solid) -> FloatImage:
        top = solid.centre_m[2] + solid.half_m[2]
        return self._gray(hits, solid.surface, distance_m=max(0.5, self._height_m - top))

    def _gray(self, hits: Hits, surface: Surface, *, distance_m: float) -> FloatImage:
        texels_per_m = FINEST * self._focal_px / (_FINEST_WAVE_PX * distance_m)
        points = hits.local_m
        if surface.offset:
            points = points + np.float32(surface.offset * 0.618)
        texture = sample(self._tile, points, texels_per_m=texels_per_m)
        light = _AMBIENT + _DIFFUSE * np.maximum(hits.facing, 0.0)
        gray = (surface.gray + surface.contrast * texture) * light
        return np.asarray(np.clip(gray, _DARKEST, _BRIGHTEST), dtype=np.float32)
