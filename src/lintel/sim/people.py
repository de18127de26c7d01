"""The people of a scene over time: pose rows, meshes with what they have along, head tops."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from lintel.sim import props
from lintel.sim.bodies import BodyShape, make_body
from lintel.sim.casting import Actor, standing_in_way
from lintel.sim.crowd import STEP_S, walk_crowd
from lintel.sim.figure import Figure, dress
from lintel.sim.gait import COLUMNS, Col
from lintel.sim.mesh import Mesh, heading_matrix, joined
from lintel.sim.motion import Manner, pose_rows
from lintel.sim.outfit import random_fabric, random_outfit
from lintel.sim.paths import Trajectory, replayed
from lintel.sim.scenario import Gear, Scenario, Thing

F64: TypeAlias = npt.NDArray[np.float64]
I64: TypeAlias = npt.NDArray[np.int64]
FOOTREST_M = 0.14


@dataclass(frozen=True, slots=True, eq=False)
class Performer:
    """One person with a figure, a way through time, and perhaps a cart."""

    actor: Actor
    figure: Figure
    rows: F64  # (T, C) at the frames; x is NaN while absent
    later: F64  # (T, C) half an exposure later
    heads_m: F64  # (T, 3) NaN while absent
    heading: F64  # (T,) of the face on the floor, radians; NaN while absent
    gear: Mesh | None

    def present(self, frame: int) -> bool:
        """Whether the person is on the floor in this frame."""
        return bool(np.isfinite(self.rows[frame, Col.X]) and np.isfinite(self.later[frame, Col.X]))

    @property
    def last_frame(self) -> int:
        """The last frame in which the person is there, -1 if there is none."""
        there = np.flatnonzero(np.isfinite(self.rows[:, Col.X]))
        return int(there[-1]) if len(there) else -1

    def body_at(self, frame: int) -> tuple[F64, F64]:
        """Vertices (V, 3) and their way during the exposure (V, 3)."""
        now = self.figure.pose(self.rows[frame])
        return now, 2.0 * (self.figure.pose(self.later[frame]) - now)

    def gear_at(self, frame: int) -> tuple[F64, F64]:
        """Vertices of what is along, and their way during the exposure."""
        assert self.gear is not None  # noqa: S101 - asked only where there is gear
        now, then = (
            self.gear.vertices_m @ heading_matrix(row[Col.HEADING]).T
            + np.array([row[Col.X], row[Col.Y], 0.0])
            for row in (self.rows[frame], self.later[frame])
        )
        return now, 2.0 * (then - now)


def move_people(
    scenario: Scenario, actors: tuple[Actor, ...], seconds: float, *, seed: int
) -> list[Trajectory]:
    """One trajectory per actor on the clock STEP_S."""
    clock = np.arange(round(seconds / STEP_S) + 2, dtype=np.float64) * np.float64(STEP_S)
    if scenario.replay:
        shift = scenario.replay.shift_m
        return [replayed(a.recorded, clock, shift_m=shift) for a in actors if a.recorded]
    benches = any(thing.thing is Thing.BENCH for thing in scenario.things)
    plans = tuple(actor.plan for actor in actors)
    obstacles = () if benches else standing_in_way(scenario.things)
    return walk_crowd(plans + obstacles, seconds, seed=seed)[: len(plans)]


def make_performers(
    actors: tuple[Actor, ...],
    ways: list[Trajectory],
    time_s: F64,
    *,
    shutter_s: float,
    seed: int,
) -> list[Performer]:
    """Dress everyone and work out their poses at the frames ``time_s`` (T,)."""
    performers = []
    for number, (actor, way) in enumerate(zip(actors, ways, strict=True)):
        seated = actor.gear is Gear.WHEELCHAIR
        manner = Manner(actor.shape.stature_m, actor.carry, seated, seed * 1009 + number)
        rows, later = (
            pose_rows(way, manner, moments, heading=0.0)
            for moments in (time_s, time_s + 0.5 * shutter_s)
        )
        if seated:
            rows[:, Col.LIFT] = later[:, Col.LIFT] = FOOTREST_M
        figure = dress(make_body(actor.shape), actor.outfit)
        gear = gear_mesh(actor, np.random.default_rng([seed, 23, number]))
        tops = _heads(figure, rows)
        performers.append(
            Performer(actor, figure, rows, later, tops[:, :3].copy(), tops[:, 3].copy(), gear)
        )
    return performers


def _heads(figure: Figure, rows: F64) -> F64:
    heads = np.full((len(rows), 4), np.nan)
    present = np.isfinite(rows[:, Col.X])
    if present.any():
        heads[present] = figure.head_tops(np.ascontiguousarray(rows[present]))
    return heads


def gear_mesh(actor: Actor, rng: np.random.Generator) -> Mesh | None:
    """What the actor has along, as it moves with the body; None for what is worn or nothing."""
    stature = actor.shape.stature_m
    cloth = random_fabric(rng)
    simple = {
        Gear.TROLLEY: lambda: props.trolley(cloth),
        Gear.PRAM: lambda: props.pram(cloth),
        Gear.SUITCASE: lambda: props.suitcase(cloth),
        Gear.BOX: lambda: props.held_box(stature),
        Gear.BALLOON: lambda: props.balloon(stature, props.RED),
        Gear.UMBRELLA: lambda: props.umbrella(stature, cloth),
        Gear.WHEELCHAIR: props.wheelchair,
    }
    if actor.gear in simple:
        return simple[actor.gear]()
    if actor.gear is Gear.TROLLEY_CHILD:
        child = still_child(rng, at_m=(0.60, 0.0), heading=np.pi, lift_m=0.62)
        return joined([props.trolley(cloth), child])
    if actor.gear is Gear.CARRIED_CHILD:
        return still_child(rng, at_m=(0.20, 0.12), heading=np.pi, lift_m=0.47 * stature)
    return None


def still_child(
    rng: np.random.Generator, *, at_m: tuple[float, float], heading: float, lift_m: float
) -> Mesh:
    """A seated toddler that does not move by itself. It is not a person of the truth."""
    shape = BodyShape(float(rng.uniform(0.8, 0.95)), 2.5, float(rng.random() < 0.5), 0.5)
    outfit = random_outfit(rng, femininity=shape.femininity, age_years=shape.age_years)
    figure = dress(make_body(shape), outfit)
    row = np.zeros(COLUMNS)
    row[Col.X], row[Col.Y], row[Col.HEADING], row[Col.LIFT] = (*at_m, heading, lift_m)
    row[Col.SIT] = 0.85
    row[Col.ARM_L] = row[Col.ARM_R] = 0.5
    row[Col.ELBOW_L] = row[Col.ELBOW_R] = 0.7
    mesh = figure.mesh
    return Mesh(figure.pose(row), mesh.triangles, mesh.material, mesh.materials, mesh.texture_m)
