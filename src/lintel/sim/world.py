"""A scenario brought to life: frames of both cameras, exact depth, exact truth."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from lintel.clock import NS_PER_S
from lintel.config import LineConfig, SiteConfig, ZoneConfig
from lintel.errors import ScenarioError
from lintel.frames import StereoPair
from lintel.geometry import Intrinsics
from lintel.rig import StereoRig
from lintel.sim.camera import View
from lintel.sim.casting import cast_actors
from lintel.sim.gait import Col
from lintel.sim.mesh import Mesh
from lintel.sim.people import make_performers, move_people
from lintel.sim.render import Lit, Moving, Renderer
from lintel.sim.scenario import Lighting, Scenario
from lintel.sim.sensor import Exposure, Sensor
from lintel.sim.stage import (
    MOVING_THINGS,
    Illumination,
    make_rigs,
    moving_thing,
    palette,
    static_mesh,
)
from lintel.sim.truthing import crossings_of, visits_of
from lintel.truth import TrueHeads, TruePerson, Truth

F64: TypeAlias = npt.NDArray[np.float64]
I64: TypeAlias = npt.NDArray[np.int64]
SHUTTER_S = 0.008
DEFAULT_FPS = 15.0
MID_GREY = 0.20
FEET_DARKNESS = 0.38
MOST_PIXELS = 4096 * 3072


@dataclass(frozen=True, slots=True)
class Shot:
    """How long and how a scenario is filmed."""

    seconds: float = 20.0
    fps: float = DEFAULT_FPS
    seed: int = 2_000_000
    size: tuple[int, int] = (640, 400)
    threads: int = 2

    def __post_init__(self) -> None:
        if not (0.0 < self.seconds <= 86_400.0 and 0.5 <= self.fps <= 240.0):
            raise ScenarioError(
                f"expected up to a day at 0.5 to 240 fps, got {self.seconds} s at {self.fps} fps"
            )
        if not (min(self.size) >= 64 and self.size[0] * self.size[1] <= MOST_PIXELS):
            raise ScenarioError(f"expected images of 64 pixels or more a side, got {self.size}")
        if self.seed < 0:
            raise ScenarioError(f"expected a seed of 0 or more, got {self.seed}")

    @property
    def frames(self) -> int:
        """Number of exposures."""
        return max(1, round(self.seconds * self.fps))


@dataclass(frozen=True, slots=True, eq=False)
class SimFrame:
    """One rendered exposure and the pixels (P,) that the left camera sees of each person."""

    pair: StereoPair
    visible_px: I64


class World:
    """People, place and light of one scenario; everything follows from scenario and shot."""

    def __init__(self, scenario: Scenario, shot: Shot) -> None:
        if scenario.faults.fps:
            shot = replace(shot, fps=scenario.faults.fps)
        self.scenario, self.shot = scenario, shot
        self.time_s: F64 = np.arange(shot.frames) / shot.fps
        self.rigs = make_rigs(scenario.mount, scenario.faults, shot.size)
        actors = cast_actors(scenario, shot.seconds, seed=shot.seed)
        self.ways = move_people(scenario, actors, shot.seconds, seed=shot.seed)
        self.people = make_performers(
            actors, self.ways, self.time_s, shutter_s=SHUTTER_S, seed=shot.seed
        )
        self._light = Illumination(scenario, self.time_s, seed=shot.seed)
        self._dropped = self._choose_dropped()
        self._cameras: _Cameras | None = None

    @property
    def rig(self) -> StereoRig:
        """What calibration says; with a knock the cameras differ from it."""
        return self.rigs.reported

    def site(self) -> SiteConfig:
        """Mount, counting line and zone of the scene."""
        half = self.scenario.line_half_m
        line = LineConfig("door", np.array([[-half, 0.0], [half, 0.0]]))
        zone = ZoneConfig("zone", np.array([[-1.3, 0.4], [1.3, 0.4], [1.3, 1.5], [-1.3, 1.5]]))
        return SiteConfig(mount_height_m=self.scenario.mount.height_m, lines=(line,), zones=(zone,))

    def truth(self) -> Truth:
        """Who was there, who crossed what and when, by the counting rules."""
        site = self.site()
        crossings, visits, people = [], [], []
        for number, person in enumerate(self.people):
            present = np.isfinite(person.heads_m[:, 0])
            if not present.any():
                continue
            times = self.time_s[present]
            heads = person.heads_m[present].astype(np.float32)[:, :2].astype(np.float64)
            actor = person.actor
            people.append(
                TruePerson(
                    id=number,
                    stature_m=actor.shape.stature_m,
                    child=actor.child,
                    gender=actor.gender,
                    staff=actor.staff,
                    group=actor.group,
                )
            )
            crossings += [
                c for line in site.lines for c in crossings_of(line, number, times, heads)
            ]
            visits += [v for zone in site.zones for v in visits_of(zone, number, times, heads)]
        return Truth(
            fps=self.shot.fps,
            frames=self.shot.frames,
            people=tuple(people),
            crossings=tuple(sorted(crossings, key=lambda c: (c.t_s, c.person))),
            zone_visits=tuple(sorted(visits, key=lambda v: (v.enter_s, v.person))),
            strata=(self.scenario.stratum,),
        )

    def heads(self, visible_px: list[I64] | None = None) -> TrueHeads:
        """Head tops of all frames; ``visible_px`` holds (P,) per frame, else 0 is written."""
        frame, person, xyz, visible = [], [], [], []
        for k in range(self.shot.frames):
            for number, performer in enumerate(self.people):
                if np.isfinite(performer.heads_m[k, 0]):
                    frame.append(k)
                    person.append(number)
                    xyz.append(performer.heads_m[k])
                    visible.append(0 if visible_px is None else int(visible_px[k][number]))
        return TrueHeads(
            np.array(frame, dtype=np.int64),
            np.array(person, dtype=np.int64),
            np.array(xyz, dtype=np.float32).reshape(-1, 3),
            np.array(visible, dtype=np.int64),
        )

    def dropped(self, frame: int) -> bool:
        """Whether the sensor loses this exposure."""
        return bool(self._dropped[frame])

    def frame(self, number: int) -> SimFrame:
        """Render one exposure."""
        self._cameras = self._cameras or _Cameras(self)
        return self._cameras.shoot(number, self._light)

    def exact_depth(
        self, number: int, intrinsics: Intrinsics
    ) -> tuple[npt.NDArray[np.float32], I64]:
        """Exact depth (H, W) of an ideal left camera, and the pixels (P,) of each person."""
        self._cameras = self._cameras or _Cameras(self)
        return self._cameras.depth(number, intrinsics)

    def _choose_dropped(self) -> npt.NDArray[np.bool_]:
        draw = np.random.default_rng([self.shot.seed, 41]).random(self.shot.frames)
        lost = draw < self.scenario.faults.drop_share
        lost[0] = False
        return np.asarray(lost)


class _Cameras:
    """Meshes, renderer and sensors of a world; made when the first picture is wanted."""

    def __init__(self, world: World) -> None:
        self._world = world
        scenario, shot = world.scenario, world.shot
        self._static = static_mesh(scenario)
        self._things = [t for t in scenario.things if t.thing in MOVING_THINGS]
        meshes = [self._static]
        for person in world.people:
            meshes += [person.figure.mesh, *([person.gear] if person.gear else [])]
        meshes += [moving_thing(thing, 0.0, scenario) for thing in self._things]
        infrared = scenario.lighting is Lighting.INFRARED
        self._materials, self._starts = palette(meshes, infrared=infrared)
        true = world.rigs.true
        left = world.rigs.cam_from_floor
        views = (
            View.of(shot.size, true.left, left),
            View.of(shot.size, true.right, left.then(true.right_from_left)),
        )
        self._renderer = Renderer(views, self._static, self._materials, threads=shot.threads)
        self._ideal: tuple[Intrinsics, Renderer] | None = None
        self._eyes = _sensors(scenario, shot, infrared=infrared)
        self._exposure: float | None = None

    def shoot(self, number: int, light: Illumination) -> SimFrame:
        """Both images of one exposure."""
        world = self._world
        lit = light.at(number)
        people = len(world.people)
        pictures = self._renderer.render(self.moving(number), lit, people=people)
        if self._exposure is None:
            self._exposure = self._meter(light)
        exposure = self._exposure * light.exposure(number)
        left, right = (
            eye.expose(picture.radiance, exposure=exposure, seq=number)
            for eye, picture in zip(self._eyes, pictures, strict=True)
        )
        t_ns = round(number / world.shot.fps * NS_PER_S)
        pair = StereoPair(left, right, t_ns, number, world.rig.rig_id)
        return SimFrame(pair, pictures[0].visible_px)

    def depth(self, number: int, k: Intrinsics) -> tuple[npt.NDArray[np.float32], I64]:
        """Exact depth seen by an ideal left camera with intrinsics ``k``."""
        if self._ideal is None or self._ideal[0] != k:
            view = View.pinhole(self._world.shot.size, k, self._world.rigs.cam_from_floor)
            self._ideal = (k, Renderer((view,), self._static, self._materials, threads=1))
        return self._ideal[1].depth(0, self.moving(number), people=len(self._world.people))

    def moving(self, number: int) -> Moving:
        """Everything that moves, merged, at one frame."""
        merger = _Merger()
        slot = 1
        for person_number, person in enumerate(self._world.people):
            if person.present(number):
                merger.add(
                    person.figure.mesh, *person.body_at(number), self._starts[slot], person_number
                )
                row = person.rows[number]
                merger.feet.append((row[Col.X], row[Col.Y], FEET_DARKNESS))
                if person.gear:
                    merger.add(person.gear, *person.gear_at(number), self._starts[slot + 1], -1)
            slot += 2 if person.gear else 1
        time_s = float(self._world.time_s[number])
        for thing in self._things:
            mesh = moving_thing(thing, time_s, self._world.scenario)
            later = moving_thing(thing, time_s + 0.5 * SHUTTER_S, self._world.scenario)
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
        wanted = MID_GREY * (0.55 if self._world.scenario.lighting is Lighting.INFRARED else 1.0)
        return self._world.scenario.faults.exposure * wanted / max(grey, 1e-6) * scale


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
