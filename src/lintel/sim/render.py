"""The renderer: static surroundings prepared once, moving meshes drawn every frame."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from lintel.sim.camera import View
from lintel.sim.light import (
    LightKind,
    blank_maps,
    draw_shadows,
    light_vertices,
    nearest_blocks,
    touched_blocks,
)
from lintel.sim.material import Material, material_table
from lintel.sim.mesh import Mesh
from lintel.sim.raster import facing_bands, raster
from lintel.sim.shade import (
    add_surfaces,
    compose,
    count_seen,
    darkened_cells,
    fall_on,
    floor_cells,
    light_surroundings,
    mirror_lamps,
    quiet_surroundings,
    survey,
)
from lintel.sim.skeleton import vertex_normals

F64: TypeAlias = npt.NDArray[np.float64]
F32: TypeAlias = npt.NDArray[np.float32]
I64: TypeAlias = npt.NDArray[np.int64]
I16: TypeAlias = npt.NDArray[np.int16]
Bools: TypeAlias = npt.NDArray[np.bool_]
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
    visible_px: I64  # (P,) in the first view; zeros in the others


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
            every = np.arange(len(static.triangles))
            raster(uvz, static.triangles, every, self.depth_m, seen, 0, shift)
            share = 1.0 / len(SAMPLES) if shift.any() else 0.0
            survey(
                uvz, static.triangles, static.material, static.vertices_m, static.texture_m,
                materials, seen, shift, share, self.place_m, self.normal, self.colour, self.gloss,
            )  # fmt: skip
        self.cell: I16 = np.zeros(shape, dtype=np.int16)
        floor_cells(self.place_m, self.normal, self.cell)
        self._quiet: tuple[bytes, F32] = (b"", self.colour)

    def quiet(self, lit: Lit, fallen: _Fallen) -> F32:
        """Radiance (H, W, 3) while nothing moves; kept while the light stays as it is."""
        key = lit.lights.tobytes() + lit.ambient.tobytes()
        if self._quiet[0] != key:
            out = np.zeros_like(self.colour)
            quiet_surroundings(self.normal, self.colour, fallen.still, lit.lights, lit.ambient, out)
            self._quiet = (key, out)
        return self._quiet[1]


@dataclass(frozen=True, slots=True, eq=False)
class _Fallen:
    """Light of one or all lamps on the surroundings of one view; see ``shade.fall_on``."""

    free: F32
    still: F32
    at: I16

    @classmethod
    def of(cls, scene: Surroundings, row: F64, shadow: F32, blocks: F32) -> _Fallen:
        """One lamp's light, (H, W) each."""
        shape = scene.gloss.shape
        free, still = np.zeros(shape, dtype=np.float32), np.zeros(shape, dtype=np.float32)
        at = np.full(shape, -1, dtype=np.int16)
        fall_on(scene.place_m, scene.normal, row, shadow, blocks, free, still, at)
        return cls(free, still, at)

    @classmethod
    def all_of(cls, parts: list[_Fallen], shape: tuple[int, int]) -> _Fallen:
        """Several lamps' light, (L, H, W) each."""
        none = np.zeros((0, *shape), dtype=np.float32)
        if not parts:
            return cls(none, none, np.zeros((0, *shape), dtype=np.int16))
        return cls(*(np.stack(layers) for layers in zip(*map(_layers, parts), strict=True)))


def _layers(part: _Fallen) -> tuple[F32, F32, I16]:
    return part.free, part.still, part.at


@dataclass(frozen=True, slots=True, eq=False)
class _Lamp:
    """One lamp without its power: shadows of what never moves, and its light in every view."""

    shadow: F32  # (S, S)
    views: tuple[_Fallen, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Lamps:
    """All lamps of a frame."""

    key: bytes
    shadows: F32  # (L, S, S)
    views: tuple[_Fallen, ...]


class _LampRoom:
    """Works out lamps once and keeps them while they stay where they are."""

    def __init__(self, static: Mesh, scenes: list[Surroundings]) -> None:
        raised = static.vertices_m[static.triangles, 2].max(axis=1) > 0.02
        self._vertices_m, self._triangles = static.vertices_m, static.triangles[raised]
        self._scenes = scenes
        self._kept: dict[bytes, _Lamp] = {}
        self._last: _Lamps | None = None

    def of(self, lit: Lit) -> _Lamps:
        """The lamps of a frame."""
        keys = [np.delete(row, [4, 5, 6]).tobytes() for row in lit.lights]
        whole = b"".join(keys)
        if self._last is None or self._last.key != whole:
            self._kept = {
                key: self._kept.get(key) or self._lamp(row)
                for key, row in zip(keys, lit.lights, strict=True)
            }
            lamps = [self._kept[key] for key in keys]
            shadows = np.stack([lamp.shadow for lamp in lamps]) if lamps else blank_maps(0)
            views = tuple(
                _Fallen.all_of([lamp.views[k] for lamp in lamps], scene.gloss.shape)
                for k, scene in enumerate(self._scenes)
            )
            self._last = _Lamps(whole, shadows, views)
        return self._last

    def _lamp(self, row: F64) -> _Lamp:
        fixed = blank_maps(1)
        draw_shadows(row[None], fixed, self._vertices_m, self._triangles)
        blocks = nearest_blocks(fixed)
        views = (_Fallen.of(scene, row, fixed[0], blocks[0]) for scene in self._scenes)
        return _Lamp(fixed[0], tuple(views))


@dataclass(frozen=True, slots=True, eq=False)
class _Shadows:
    """Shadow maps of a frame."""

    maps: F32  # (L, S, S)
    blocks: F32  # (L, S / 4, S / 4)
    touched: Bools  # (L, (S / 4)^2) where something that moves casts one
    darkened: Bools  # (C,) cells of the floor beside feet


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
        self._room = _LampRoom(static, self._surroundings)

    def render(self, moving: Moving, lit: Lit, *, people: int) -> list[Picture]:
        """One picture per view; pixels of people are counted in the first alone."""
        lamps = self._room.of(lit)
        maps = lamps.shadows.copy()
        draw_shadows(lit.lights, maps, moving.vertices_m, moving.triangles)
        touched = touched_blocks(maps, lamps.shadows).reshape(len(maps), -1)
        shadows = _Shadows(maps, nearest_blocks(maps), touched, darkened_cells(moving.feet_m))
        light = np.zeros((len(moving.vertices_m), 3), dtype=np.float32)
        normals = vertex_normals(moving.vertices_m, moving.triangles)
        light_vertices(
            moving.vertices_m, normals, lit.lights, maps, shadows.blocks, lit.ambient, light
        )
        frames = [
            _Frame(scene, moving, lit, shadows, light, self._materials, fallen, counted=k == 0)
            for k, (scene, fallen) in enumerate(zip(self._surroundings, lamps.views, strict=True))
        ]
        self._in_bands([(frame.draw, frame.edges) for frame in frames])
        return [frame.picture(people) for frame in frames]

    def depth(self, view: int, moving: Moving, *, people: int) -> tuple[F32, I64]:
        """Exact depth (H, W) along the axis at pixel centres, NaN = nothing, and visible pixels."""
        scene = self._surroundings[view]
        depth = scene.depth_m.copy()
        seen = np.full(depth.shape, -1, dtype=np.int32)
        uvz = scene.view.project(moving.vertices_m)
        whole = np.array([0, scene.view.height])
        chosen, count = facing_bands(uvz[None], moving.triangles, whole)
        raster(uvz, moving.triangles, chosen[0, : count[0]], depth, seen, 0, np.zeros(2))
        visible = count_seen(seen, moving.owner, people)
        depth[depth >= FAR_M] = np.nan
        return depth, visible

    def _in_bands(self, jobs: list[tuple[Callable[[int], None], I64]]) -> None:
        tasks = [(draw, band) for draw, edges in jobs for band in range(len(edges) - 1)]
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
        shadows: _Shadows,
        light: F32,
        materials: F32,
        fallen: _Fallen,
        *,
        counted: bool,
    ) -> None:
        self._scene, self._moving, self._lit, self._shadows = scene, moving, lit, shadows
        self._light, self._materials, self._fallen = light, materials, fallen
        self._counted, self._quiet = counted, scene.quiet(lit, fallen)
        view = scene.view
        shape = (view.height, view.width)
        self._uvz = np.stack(
            [
                view.project(moving.vertices_m + moment * moving.motion_m)
                for moment in (*SAMPLES[:, 2], 0.0)
            ]
        )
        self.edges: I64 = np.arange(BANDS + 1) * view.height // BANDS
        self._chosen, self._count = facing_bands(self._uvz, moving.triangles, self.edges)
        self._seen = np.full(shape, -1, dtype=np.int32)
        self._total = np.zeros((*shape, 4), dtype=np.float32)
        self._mirrored = np.zeros((*shape, 4), dtype=np.float32)
        self._back = np.zeros((*shape, 3), dtype=np.float32)
        self._out = np.zeros((*shape, 3), dtype=np.float32)
        self._glossy = bool(scene.gloss.any())
        if self._glossy:
            below = moving.vertices_m * np.array([1.0, 1.0, -1.0])
            self._below = view.project(below)

    def draw(self, number: int) -> None:
        """Draw the rows of one band."""
        scene, lit, fallen, shadows = self._scene, self._lit, self._fallen, self._shadows
        band = (int(self.edges[number]), int(self.edges[number + 1]))
        drawn = self._chosen[number, : self._count[number]]
        depth_m = scene.depth_m[slice(*band)]
        for uvz, sample in zip(self._uvz[:-1], SAMPLES, strict=True):
            shift = np.ascontiguousarray(sample[:2])
            self._add(uvz, drawn, shift, band, depth_m.copy(), self._total)
        light_surroundings(
            scene.place_m, scene.normal, scene.colour, self._quiet, fallen.free, fallen.still,
            fallen.at, shadows.touched, scene.cell, shadows.darkened, lit.lights, shadows.maps,
            shadows.blocks, lit.ambient, self._moving.feet_m, band, self._back,
        )  # fmt: skip
        if self._glossy:
            every = np.arange(len(self._moving.triangles))
            self._add(
                self._below, every, np.zeros(2), band, np.full_like(depth_m, FAR_M), self._mirrored
            )
            self._glare(band)
        compose(self._back, self._total, self._mirrored, scene.gloss, len(SAMPLES), band, self._out)
        if self._counted:
            seen = self._seen[slice(*band)]
            triangles = self._moving.triangles
            raster(self._uvz[-1], triangles, drawn, depth_m.copy(), seen, band[0], np.zeros(2))

    def picture(self, people: int) -> Picture:
        """The finished picture."""
        return Picture(self._out, count_seen(self._seen, self._moving.owner, people))

    def _add(
        self, uvz: F64, drawn: I64, shift: F64, band: tuple[int, int], depth_m: F32, total: F32
    ) -> None:
        moving = self._moving
        seen = np.full(depth_m.shape, -1, dtype=np.int32)
        raster(uvz, moving.triangles, drawn, depth_m, seen, band[0], shift)
        add_surfaces(
            uvz, moving.triangles, moving.material, moving.texture_m, self._light,
            self._materials, seen, shift, band[0], total,
        )  # fmt: skip

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
