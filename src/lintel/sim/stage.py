"""The place: floor, walls and things that stand, things that move by themselves, and light."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from lintel.geometry import Pose, floor_from_cam_of
from lintel.rig import CameraModel, StereoRig
from lintel.sim import props
from lintel.sim.bodies import BodyShape, make_body
from lintel.sim.casting import mannequin_outfit, reach_of
from lintel.sim.figure import dress
from lintel.sim.gait import COLUMNS, Col
from lintel.sim.light import Light, LightKind, Window, light_table
from lintel.sim.material import Material
from lintel.sim.mesh import Mesh, joined, lathe
from lintel.sim.render import Lit
from lintel.sim.scenario import Faults, Lighting, Mount, Placed, Scenario, Thing

F64: TypeAlias = npt.NDArray[np.float64]
MOVING_THINGS = (Thing.DOOR, Thing.CURTAIN, Thing.ROLLING_TROLLEY)
SWITCH_OFF_S, SWITCH_ON_S, SWITCH_PERIOD_S = 5.0, 9.0, 18.0
OFF_LEVEL = 0.06
ADAPT_S = 0.6  # how fast the camera's exposure follows
PATCH_MPS = 0.05  # how fast the sun patch travels: a cloud's edge or an hour in a minute


@dataclass(frozen=True, slots=True, eq=False)
class Rigs:
    """Where the cameras are and what calibration believes."""

    reported: StereoRig
    true: StereoRig
    cam_from_floor: Pose  # of the left camera


def make_rigs(mount: Mount, faults: Faults, size: tuple[int, int]) -> Rigs:
    """Cameras of a mount for images of ``size`` (width, height)."""
    width, height = size
    focal = 0.5 * width / np.tan(np.radians(0.5 * mount.field_deg))
    matrix = np.array(
        [[focal, 0.0, 0.5 * (width - 1)], [0.0, focal, 0.5 * (height - 1)], [0.0, 0.0, 1.0]]
    )
    camera = CameraModel(matrix, np.array(mount.distortion))
    across = Pose(np.eye(3), np.array([-mount.baseline_m, 0.0, 0.0]))
    reported = StereoRig(size, camera, camera, across, "sim")
    nod, pan = faults.knock_px / focal, 0.7 * faults.knock_px / focal
    turn = np.array([[1.0, 0.0, pan], [0.0, 1.0, -nod], [-pan, nod, 1.0]])
    left, _, right = np.linalg.svd(turn)
    knocked = Pose(left @ right, across.translation_m)
    true = StereoRig(size, camera, camera, knocked, "sim")
    tilt = np.radians(mount.tilt_deg)
    normal = np.array([0.0, -np.sin(tilt), -np.cos(tilt)])
    floor_from_cam = floor_from_cam_of(normal_cam=normal, height_m=mount.height_m)
    return Rigs(reported, true, floor_from_cam.inverse())


def static_mesh(scenario: Scenario) -> Mesh:
    """Floor, walls, and what stands still."""
    parts = [props.floor_sheet(scenario.floor, scenario.mount.height_m)]
    parts += [_standing(thing) for thing in scenario.things if thing.thing not in MOVING_THINGS]
    return joined(parts)


def _standing(placed: Placed) -> Mesh:
    makers = {
        Thing.BOX: props.parcel,
        Thing.BENCH: props.bench,
        Thing.SHELF: props.shelf,
        Thing.DOORWAY: props.doorway,
        Thing.MANNEQUIN: mannequin,
    }
    return makers[placed.thing]().moved((*placed.at_m, 0.0), heading=placed.heading)


def mannequin() -> Mesh:
    """A shop-window figure on a stand; no person of the truth."""
    figure = dress(make_body(BodyShape(1.78, 28.0, 1.0, 0.3)), mannequin_outfit())
    row = np.zeros(COLUMNS)
    row[Col.ARM_L], row[Col.ELBOW_L], row[Col.SPREAD_R] = 0.4, 0.6, 0.25
    row[Col.STRIDE], row[Col.PHASE], row[Col.LIFT] = 0.12, 0.8, 0.03
    mesh = figure.mesh
    stand = lathe([(0.2, 0.0), (0.2, 0.03), (0.0, 0.03)], props.STEEL)
    body = Mesh(figure.pose(row), mesh.triangles, mesh.material, mesh.materials, mesh.texture_m)
    return joined([body, stand])


def moving_thing(placed: Placed, time_s: float, scenario: Scenario) -> Mesh:
    """A thing that moves by itself, where it is at ``time_s``."""
    phase = 2.0 * np.pi * time_s / placed.period_s
    if placed.thing is Thing.CURTAIN:
        mesh = props.curtain(time_s, placed.period_s)
        return mesh.moved((*placed.at_m, 0.0), heading=placed.heading)
    if placed.thing is Thing.DOOR:
        swing = placed.heading + 0.5 * (1.0 - np.cos(phase)) * np.radians(100.0)
        return props.door_leaf().moved((*placed.at_m, 0.0), heading=float(swing))
    reach = reach_of(scenario)
    way = 2.0 * reach * (time_s / placed.period_s % 1.0) - reach - 0.9
    return props.trolley(props.CARDBOARD).moved(
        (placed.at_m[0], float(way), 0.0), heading=0.5 * np.pi
    )


class Illumination:
    """Light of every frame, and how the camera exposes for it."""

    def __init__(self, scenario: Scenario, time_s: F64, *, seed: int) -> None:
        self._kind = scenario.lighting
        self._rng_place = np.random.default_rng([seed, 31]).uniform(-0.4, 0.4, (3, 2))
        self._height_m = scenario.mount.height_m
        self._time_s = time_s
        self._level = self._levels()
        self._follow = _adapted(self._level, time_s)

    def at(self, frame: int) -> Lit:
        """Lights and ambient of a frame."""
        if self._kind is Lighting.INFRARED:
            lamp = Light(LightKind.INFRARED, (0.04, -0.02, self._height_m), 1.6 * self._height_m**2)
            return Lit(light_table((lamp,)), np.full(3, 0.004))
        level = self._level[frame]
        lights = [replace(lamp, power=lamp.power * level) for lamp in self._lamps()]
        ambient = level * np.array([0.24, 0.25, 0.27])
        if self._kind is Lighting.SUN_PATCH:
            lights.append(self._sun(float(self._time_s[frame])))
        return Lit(light_table(tuple(lights)), ambient)

    def exposure(self, frame: int) -> float:
        """Gain against the exposure for full light."""
        return float(self._follow[frame])

    def _levels(self) -> F64:
        level = np.full(len(self._time_s), 0.25 if self._kind is Lighting.DIM else 1.0)
        if self._kind is Lighting.SWITCHED:
            moment = self._time_s % SWITCH_PERIOD_S
            level[(moment >= SWITCH_OFF_S) & (moment < SWITCH_ON_S)] = OFF_LEVEL
        return level

    def _lamps(self) -> list[Light]:
        high = max(self._height_m + 0.4, 2.9)
        places = [(1.5, 1.1), (-1.5, -1.0), (-0.3, 2.6)]
        return [
            Light(
                LightKind.LAMP,
                (x + float(shift[0]), y + float(shift[1]), high),
                0.26 * high**2,
                (1.0, 0.97, 0.90),
            )
            for (x, y), shift in zip(places, self._rng_place, strict=True)
        ]

    def _sun(self, time_s: float) -> Light:
        drift = PATCH_MPS * time_s
        direction = (-0.55 + 0.5 * drift, 1.0, 0.8)
        window = Window((-1.0, 2.9, 0.9), (1.9, 0.0, 0.0), (0.0, 0.0, 1.5))
        return Light(LightKind.SUN, direction, 2.6, (1.0, 0.93, 0.78), window, 0.7)


def _adapted(level: F64, time_s: F64) -> F64:
    """Exposure that follows the light with a delay, at most eightfold."""
    gain = np.empty(len(level))
    seen = float(level[0]) if len(level) else 1.0
    for k in range(len(level)):
        if k:
            seen += (float(level[k]) - seen) * (
                1.0 - np.exp(-(time_s[k] - time_s[k - 1]) / ADAPT_S)
            )
        gain[k] = min(8.0, 1.0 / max(seen, 1e-3))
    return gain


def palette(meshes: list[Mesh], *, infrared: bool) -> tuple[tuple[Material, ...], list[int]]:
    """All materials in one table and where each mesh's begin."""
    starts = list(np.cumsum([0, *(len(mesh.materials) for mesh in meshes)])[:-1].astype(int))
    materials = tuple(m for mesh in meshes for m in mesh.materials)
    if infrared:
        materials = tuple(material.in_infrared() for material in materials)
    return materials, [int(start) for start in starts]
