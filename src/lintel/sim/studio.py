"""Cameras before a scene: merges what moves, renders both eyes, exposes, measures exact depth."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from lintel.clock import NS_PER_S
from lintel.frames import StereoPair
from lintel.geometry import Intrinsics
from lintel.sim.camera import View
from lintel.sim.gait import Col
from lintel.sim.mesh import Mesh
from lintel.sim.people import Performer
from lintel.sim.render import Lit, Moving, Renderer
from lintel.sim.scenario import Lighting, Scenario
from lintel.sim.sensor import Exposure, Sensor
from lintel.sim.shot import Shot
from lintel.sim.stage import (
    MOVING_THINGS,
    Illumination,
    Rigs,
    moving_thing,
    palette,
    static_mesh,
)

F64: TypeAlias = npt.NDArray[np.float64]
I64: TypeAlias = npt.NDArray[np.int64]
SHUTTER_S = 0.008
MID_GREY = 0.20
FEET_DARKNESS = 0.38


@dataclass(frozen=True, slots=True, eq=False)
class SimFrame:
    """One rendered exposure and the pixels (P,) that the left camera sees of each person."""

    pair: StereoPair
    visible_px: I64


class Studio:
    """Meshes, renderer and sensors of a world; made when the first picture is wanted."""

    def __init__(
        self, scenario: Scenario, shot: Shot, rigs: Rigs, people: list[Performer], time_s: F64
    ) -> None:
        self._scenario, self._shot, self._rigs = scenario, shot, rigs
        self._people, self._time_s = people, time_s
        self._static = static_mesh(scenario)
        self._things = [t for t in scenario.things if t.thing in MOVING_THINGS]
        meshes = [self._static]
        for person in people:
            meshes += [person.figure.mesh, *([person.gear] if person.gear else [])]
        meshes += [moving_thing(thing, 0.0, scenario) for thing in self._things]
        infrared = scenario.lighting is Lighting.INFRARED
        self._materials, self._starts = palette(meshes, infrared=infrared)
        self._ideal: tuple[Intrinsics, tuple[int, int], Renderer] | None = None
        self._eyes = _sensors(scenario, shot, infrared=infrared)
        self._exposure: float | None = None

    @cached_property
    def _renderer(self) -> Renderer:
        true, left = self._rigs.true, self._rigs.cam_from_floor
        views = (
            View.of(self._shot.size, true.left, left),
            View.of(self._shot.size, true.right, left.then(true.right_from_left)),
        )
        return Renderer(views, self._static, self._materials, threads=self._shot.threads)

    def shoot(self, number: int, light: Illumination) -> SimFrame:
        """Both images of one exposure."""
        lit = light.at(number)
        people = len(self._people)
        pictures = self._renderer.render(self.moving(number), lit, people=people)
        if self._exposure is None:
            self._exposure = self._meter(light)
        exposure = self._exposure * light.exposure(number)
        left, right = (
            eye.expose(picture.radiance, exposure=exposure, seq=number)
            for eye, picture in zip(self._eyes, pictures, strict=True)
        )
        t_ns = round(number / self._shot.fps * NS_PER_S)
        pair = StereoPair(left, right, t_ns, number, self._rigs.reported.rig_id)
        return SimFrame(pair, pictures[0].visible_px)

    def depth(
        self, number: int, k: Intrinsics, size: tuple[int, int]
    ) -> tuple[npt.NDArray[np.float32], I64]:
        """Exact depth (H, W) seen by an ideal left camera of ``size`` with intrinsics ``k``."""
        moving = self.moving(number)
        return self._ideal_renderer(k, size).depth(0, moving, people=len(self._people))

    def still_depth(self, k: Intrinsics, size: tuple[int, int]) -> npt.NDArray[np.float32]:
        """The same (H, W) of what never moves."""
        return self._ideal_renderer(k, size).depth(0, _Merger().merged(), people=0)[0]

    def _ideal_renderer(self, k: Intrinsics, size: tuple[int, int]) -> Renderer:
        if self._ideal is None or self._ideal[:2] != (k, size):
            view = View.pinhole(size, k, self._rigs.cam_from_floor)
            self._ideal = (k, size, Renderer((view,), self._static, self._materials, threads=1))
        return self._ideal[2]

    def visible(self, number: int) -> I64:
        """Pixels (P,) that the left camera sees of each person, without any light."""
        return self._renderer.depth(0, self.moving(number), people=len(self._people))[1]

    def moving(self, number: int) -> Moving:
        """Everything that moves, merged, at one frame."""
        merger = _Merger()
        slot = 1
        for person_number, person in enumerate(self._people):
            if person.present(number):
                merger.add(
                    person.figure.mesh, *person.body_at(number), self._starts[slot], person_number
                )
                row = person.rows[number]
                merger.feet.append((row[Col.X], row[Col.Y], FEET_DARKNESS))
                if person.gear:
                    merger.add(person.gear, *person.gear_at(number), self._starts[slot + 1], -1)
            slot += 2 if person.gear else 1
        time_s = float(self._time_s[number])
        for thing in self._things:
            mesh = moving_thing(thing, time_s, self._scenario)
            later = moving_thing(thing, time_s + 0.5 * SHUTTER_S, self._scenario)
            motion = 2.0 * (later.vertices_m - mesh.vertices_m)
            if float(np.abs(motion).max()) > 1.0:  # started anew at the far end
                motion = np.zeros_like(motion)
            merger.add(mesh, mesh.vertices_m, motion, self._starts[slot], -1)
            slot += 1
        return merger.merged()

    def _meter(self, light: Illumination) -> float:
        """Exposure that puts the empty scene under full light at a middle grey."""
        lit = light.at(0)
        scale = 1.0 / max(light.exposure(0), 1e-6) if light.exposure(0) > 1.0 else 1.0
        empty = self._renderer.render(_Merger().merged(), Lit(lit.lights, lit.ambient), people=0)
        grey = float(np.median(empty[0].radiance.mean(axis=2)))
        wanted = MID_GREY * (0.55 if self._scenario.lighting is Lighting.INFRARED else 1.0)
        return self._scenario.faults.exposure * wanted / max(grey, 1e-6) * scale


def _sensors(scenario: Scenario, shot: Shot, *, infrared: bool) -> tuple[Exposure, Exposure]:
    faults = scenario.faults
    noisy = scenario.lighting in (Lighting.DIM, Lighting.INFRARED)
    sensor = Sensor(
        full_well=2500.0 if noisy else 9000.0,
        read_noise=0.004 if noisy else 0.0018,
        blur_px=faults.blur_px * shot.size[0] / 640.0,
        mono=scenario.mount.mono or infrared,
        dirt=faults.dirt,
    )
    right = replace(sensor, gain=faults.right_gain)
    return (
        Exposure(sensor, shot.size, seed=shot.seed, eye=0),
        Exposure(right, shot.size, seed=shot.seed, eye=1),
    )


class _Merger:
    """Collects meshes of one frame."""

    def __init__(self) -> None:
        self.feet: list[tuple[float, float, float]] = []
        self._vertices: list[F64] = [np.zeros((0, 3))]
        self._motion: list[F64] = [np.zeros((0, 3))]
        self._texture: list[F64] = [np.zeros((0, 3))]
        self._triangles: list[I64] = [np.zeros((0, 3), dtype=np.int64)]
        self._material: list[I64] = [np.zeros(0, dtype=np.int64)]
        self._owner: list[I64] = [np.zeros(0, dtype=np.int64)]
        self._count = 0

    def add(self, mesh: Mesh, vertices_m: F64, motion_m: F64, start: int, owner: int) -> None:
        """Add a mesh whose materials begin at ``start`` of the table."""
        self._vertices.append(vertices_m)
        self._motion.append(motion_m)
        self._texture.append(mesh.texture_m)
        self._triangles.append(mesh.triangles + self._count)
        self._material.append(mesh.material + start)
        self._owner.append(np.full(len(mesh.triangles), owner, dtype=np.int64))
        self._count += len(vertices_m)

    def merged(self) -> Moving:
        """All as one."""
        return Moving(
            np.concatenate(self._vertices),
            np.concatenate(self._motion),
            np.concatenate(self._triangles),
            np.concatenate(self._material),
            np.concatenate(self._texture),
            np.concatenate(self._owner),
            np.array(self.feet, dtype=np.float64).reshape(-1, 3),
        )
