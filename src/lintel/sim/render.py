"""The renderer: static surroundings prepared once, moving meshes drawn every frame."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from lintel.sim.camera import View
from lintel.sim.light import LightKind, blank_maps, draw_shadows, light_vertices, nearest_blocks
from lintel.sim.material import Material, material_table
from lintel.sim.mesh import Mesh
from lintel.sim.raster import raster
from lintel.sim.shade import (
    add_surfaces,
    compose,
    count_seen,
    fall_on,
    light_surroundings,
    mirror_lamps,
    survey,
)
from lintel.sim.skeleton import vertex_normals

F64: TypeAlias = npt.NDArray[np.float64]
F32: TypeAlias = npt.NDArray[np.float32]
I64: TypeAlias = npt.NDArray[np.int64]
I32: TypeAlias = npt.NDArray[np.int32]
FAR_M = np.float32(1e9)
BANDS = 4
# rotated grid inside the pixel, and the moment inside the shutter, -0.5..0.5
SAMPLES = np.array(
    [
        [-0.375, -0.125, -0.375],
        [0.125, -0.375, 0.125],
        [0.375, 0.125, -0.125],
        [-0.125, 0.375, 0.375],
    ]
)


@dataclass(frozen=True, slots=True, eq=False)
class Moving:
    """All that moves in one frame, merged; ``owner`` is the person of a triangle or -1."""

    vertices_m: F64  # (V, 3) at mid-exposure
    motion_m: F64  # (V, 3) way during the exposure
    triangles: I64  # (F, 3)
    material: I64  # (F,) into the table of the scene
    texture_m: F64  # (V, 3)
    owner: I64  # (F,)
    feet_m: F64  # (P, 3) x, y, darkness


@dataclass(frozen=True, slots=True, eq=False)
class Lit:
    """Light of one frame."""

    lights: F64  # (L, 22)
    ambient: F64  # (3,)


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """What one camera sees in one frame."""

    radiance: F32  # (H, W, 3)
    visible_px: I64  # (P,)


class Surroundings:
    """What one view sees of the scene when nothing moves; prepared once."""

    def __init__(self, view: View, static: Mesh, materials: F32) -> None:
        shape = (view.height, view.width)
        self.view = view
        self.place_m = np.zeros((*shape, 3), dtype=np.float32)
        self.normal = np.zeros((*shape, 3), dtype=np.float32)
        self.colour = np.zeros((*shape, 3), dtype=np.float32)
        self.gloss = np.zeros(shape, dtype=np.float32)
        uvz = view.project(static.vertices_m)
        for shift in (*SAMPLES[:, :2], np.zeros(2)):
            self.depth_m = np.full(shape, FAR_M)
            seen = np.full(shape, -1, dtype=np.int32)
            raster(uvz, static.triangles, self.depth_m, seen, (0, view.height), shift)
            share = 1.0 / len(SAMPLES) if shift.any() else 0.0
            survey(
                uvz, static.triangles, static.material, static.vertices_m, static.texture_m,
                materials, seen, shift, share, self.place_m, self.normal, self.colour, self.gloss,
            )  # fmt: skip

    def falling(self, light: F64) -> F32:
        """Irradiance (H, W) per unit power of one light."""
        out = np.zeros(self.gloss.shape, dtype=np.float32)
        fall_on(self.place_m, self.normal, light, out)
        return out


class Renderer:
    """Renders frames of one scene from several views; pictures do not depend on ``threads``."""

    def __init__(
        self,
        views: tuple[View, ...],
        static: Mesh,
        materials: tuple[Material, ...],
        *,
        threads: int = 2,
    ) -> None:
        self._static = static
        self._materials = material_table(materials)
        self._surroundings = [Surroundings(view, static, self._materials) for view in views]
        self._threads = threads
        self._base_maps: tuple[bytes, F32] | None = None
        self._fallen: dict[tuple[int, bytes], F32] = {}

    def render(self, moving: Moving, lit: Lit, *, people: int) -> list[Picture]:
        """One picture per view."""
        maps = self._shadow_maps(moving, lit)
        light = np.zeros((len(moving.vertices_m), 3), dtype=np.float32)
        normals = vertex_normals(moving.vertices_m, moving.triangles)
        blocks = nearest_blocks(maps)
        light_vertices(moving.vertices_m, normals, lit.lights, maps, blocks, lit.ambient, light)
        frames = [
            _Frame(
                scene,
                moving,
                lit,
                (maps, blocks),
                light,
                self._materials,
                self._lamps_on(number, scene, lit),
            )
            for number, scene in enumerate(self._surroundings)
        ]
        self._in_bands([(frame.draw, frame.rows) for frame in frames])
        return [frame.picture(people) for frame in frames]

    def depth(self, view: int, moving: Moving, *, people: int) -> tuple[F32, I64]:
        """Exact depth (H, W) along the axis at pixel centres, NaN = nothing, and visible pixels."""
        scene = self._surroundings[view]
        depth = scene.depth_m.copy()
        seen = np.full(depth.shape, -1, dtype=np.int32)
        uvz = scene.view.project(moving.vertices_m)
        raster(uvz, moving.triangles, depth, seen, (0, scene.view.height), np.zeros(2))
        visible = count_seen(seen, moving.owner, people)
        depth[depth >= FAR_M] = np.nan
        return depth, visible

    def _shadow_maps(self, moving: Moving, lit: Lit) -> F32:
        key = lit.lights[:, :4].tobytes()
        if self._base_maps is None or self._base_maps[0] != key:
            fixed = blank_maps(len(lit.lights))
            raised = self._static.vertices_m[self._static.triangles, 2].max(axis=1) > 0.02
            draw_shadows(lit.lights, fixed, self._static.vertices_m, self._static.triangles[raised])
            self._base_maps = (key, fixed)
        maps = self._base_maps[1].copy()
        draw_shadows(lit.lights, maps, moving.vertices_m, moving.triangles)
        return maps

    def _lamps_on(self, number: int, scene: Surroundings, lit: Lit) -> F32:
        """Unshadowed light (L, H, W); what does not change is kept from frame to frame."""
        layers = []
        fresh: dict[tuple[int, bytes], F32] = {}
        for row in lit.lights:
            key = (number, np.delete(row, [4, 5, 6]).tobytes())
            layer = self._fallen.get(key)
            fresh[key] = scene.falling(row) if layer is None else layer
            layers.append(fresh[key])
        self._fallen = {k: v for k, v in self._fallen.items() if k[0] != number} | fresh
        return np.stack(layers) if layers else np.zeros((0, *scene.gloss.shape), dtype=np.float32)

    def _in_bands(self, jobs: list[tuple[Callable[[tuple[int, int]], None], int]]) -> None:
        tasks = [
            (draw, (k * rows // BANDS, (k + 1) * rows // BANDS))
            for draw, rows in jobs
            for k in range(BANDS)
        ]
        if self._threads == 1:
            for draw, band in tasks:
                draw(band)
            return
        with ThreadPoolExecutor(self._threads) as pool:
            for done in [pool.submit(draw, band) for draw, band in tasks]:
                done.result()


class _Frame:
    """One view of one frame while it is drawn, band by band."""

    def __init__(
        self,
        scene: Surroundings,
        moving: Moving,
        lit: Lit,
        shadows: tuple[F32, F32],
        light: F32,
        materials: F32,
        unshadowed: F32,
    ) -> None:
        self._scene, self._moving, self._lit, self._shadows = scene, moving, lit, shadows
        self._light, self._materials, self._unshadowed = light, materials, unshadowed
        view = scene.view
        self.rows = view.height
        shape = (view.height, view.width)
        self._uvz = [
            view.project(moving.vertices_m + moment * moving.motion_m)
            for moment in (*SAMPLES[:, 2], 0.0)
        ]
        self._seen = np.full(shape, -1, dtype=np.int32)
        self._total = np.zeros((*shape, 4), dtype=np.float32)
        self._mirrored = np.zeros((*shape, 4), dtype=np.float32)
        self._back = np.zeros((*shape, 3), dtype=np.float32)
        self._out = np.zeros((*shape, 3), dtype=np.float32)
        self._glossy = bool(scene.gloss.any())
        if self._glossy:
            below = moving.vertices_m * np.array([1.0, 1.0, -1.0])
            self._below = view.project(below)

    def draw(self, band: tuple[int, int]) -> None:
        """Draw the rows of one band."""
        scene, lit = self._scene, self._lit
        for uvz, sample in zip(self._uvz[:-1], SAMPLES, strict=True):
            self._add(uvz, np.ascontiguousarray(sample[:2]), band, self._total, limit=True)
        light_surroundings(
            scene.place_m, scene.normal, scene.colour, self._unshadowed, lit.lights, *self._shadows,
            lit.ambient, self._moving.feet_m, band, self._back,
        )  # fmt: skip
        if self._glossy:
            self._add(self._below, np.zeros(2), band, self._mirrored, limit=False)
            self._glare(band)
        compose(self._back, self._total, self._mirrored, scene.gloss, len(SAMPLES), band, self._out)
        depth = scene.depth_m[band[0] : band[1]].copy()
        self._seen_band(self._uvz[-1], np.zeros(2), band, depth, self._seen)

    def picture(self, people: int) -> Picture:
        """The finished picture."""
        return Picture(self._out, count_seen(self._seen, self._moving.owner, people))

    def _add(self, uvz: F64, shift: F64, band: tuple[int, int], total: F32, *, limit: bool) -> None:
        moving = self._moving
        depth = self._scene.depth_m[band[0] : band[1]].copy()
        if not limit:
            depth[:] = FAR_M
        seen = np.full(self._seen.shape, -1, dtype=np.int32)
        self._seen_band(uvz, shift, band, depth, seen)
        add_surfaces(
            uvz, moving.triangles, moving.material, moving.texture_m, self._light,
            self._materials, seen, shift, band, total,
        )  # fmt: skip

    def _seen_band(
        self, uvz: F64, shift: F64, band: tuple[int, int], depth: F32, seen: I32
    ) -> None:
        # the depth of a band is its own array: shift the rows of the projection to match
        lifted = shift + np.array([0.0, float(band[0])])
        part = seen[band[0] : band[1]]
        raster(uvz, self._moving.triangles, depth, part, (0, band[1] - band[0]), lifted)

    def _glare(self, band: tuple[int, int]) -> None:
        lamps = [
            [*row[1:4], 0.3, *(0.9 * row[4:7])]
            for row in self._lit.lights
            if row[0] == float(LightKind.LAMP)
        ]
        rows = slice(*band)
        mirror_lamps(
            self._scene.place_m[rows], self._scene.normal[rows], self._scene.gloss[rows],
            self._scene.view.position_m, np.array(lamps).reshape(-1, 7), self._back[rows],
        )  # fmt: skip
