"""Random moments: a camera, a crowd, things that are no people; exact depth and exact truth.

A moment needs no film: people are placed, not walked, so that each is independent of the last
and any density can be had. Poses come from the simulator's own gait.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from lintel.geometry import Intrinsics, Pose, floor_from_cam_of
from lintel.sim import props
from lintel.sim.bodies import make_body
from lintel.sim.camera import View
from lintel.sim.casting import CARRY, Actor, random_shape
from lintel.sim.crowd import STEP_S
from lintel.sim.figure import Figure, dress
from lintel.sim.gait import Col
from lintel.sim.mesh import Mesh, box, ellipsoid, heading_matrix, lathe
from lintel.sim.motion import Carry, Manner, pose_rows
from lintel.sim.outfit import Headgear, random_outfit
from lintel.sim.paths import Plan, Stop, Trajectory
from lintel.sim.people import FOOTREST_M, gear_mesh
from lintel.sim.raster import raster
from lintel.sim.scenario import TRAINING_SEEDS, Gear
from lintel.sim.stage import mannequin

SIZE = (320, 200)  # width, height of the depth map, as the depth stage makes of 640x400
FAR_M = 60.0
CAST = 48  # people who are dressed at a time
FRESH = 1  # of them are replaced in every moment
STEPS = 17  # of the walk that a pose is taken from
MOST_PEOPLE = 26
BLIND_M = 0.15  # the camera sees nothing nearer than this

GEAR = {
    Gear.NONE: 0.45,
    Gear.TROLLEY: 0.10,
    Gear.TROLLEY_CHILD: 0.09,
    Gear.PRAM: 0.05,
    Gear.SUITCASE: 0.04,
    Gear.BOX: 0.04,
    Gear.BALLOON: 0.05,
    Gear.UMBRELLA: 0.05,
    Gear.WHEELCHAIR: 0.05,
    Gear.CARRIED_CHILD: 0.04,
    Gear.PHONE: 0.04,
}
HEADGEAR = (  # brims twice: they hide the shoulders
    Headgear.BEANIE,
    Headgear.CAP,
    Headgear.BRIM,
    Headgear.BRIM,
    Headgear.HOOD,
    Headgear.SCARF,
)


@dataclass(frozen=True, slots=True, eq=False)
class Member:
    """One dressed person with what is along."""

    actor: Actor
    figure: Figure
    gear: Mesh | None


@dataclass(frozen=True, slots=True)
class Spot:
    """Where somebody stands, looks and how fast they walk."""

    x: float
    y: float
    heading: float
    speed: float


@dataclass(frozen=True, slots=True, eq=False)
class Camera:
    """A random sensor above the floor."""

    intrinsics: Intrinsics  # of the depth map
    baseline_m: float
    floor_from_cam: Pose


@dataclass(frozen=True, slots=True, eq=False)
class People:
    """Truth about everyone in a moment, one row per person."""

    xyz_m: npt.NDArray[np.float64]  # (P, 3) head top
    heading_rad: npt.NDArray[np.float64]  # (P,) where the head looks
    seated: npt.NDArray[np.bool_]
    child: npt.NDArray[np.bool_]
    female: npt.NDArray[np.bool_]
    covered: npt.NDArray[np.bool_]  # under an umbrella: the head itself is out of sight
    real: npt.NDArray[np.bool_]  # False: a mannequin, neither to be found nor to be rejected


@dataclass(frozen=True, slots=True, eq=False)
class Moment:
    """Exact depth and truth."""

    camera: Camera
    depth_m: npt.NDArray[np.float32]  # (H, W)
    seen: npt.NDArray[np.int64]  # (H, W) row of People, -1 = nobody
    people: People


class SceneStream:
    """An endless stream of random moments; the same seed gives the same stream.

    Raises:
        ValueError: the seed is not one of the training seeds.
    """

    def __init__(self, seed: int) -> None:
        if seed not in TRAINING_SEEDS:
            raise ValueError(f"training uses seeds below {TRAINING_SEEDS.stop}, got {seed}")
        self._rng = np.random.default_rng([seed, 101])
        self._cast = [random_member(self._rng) for _ in range(CAST)]
        self._mannequin = mannequin()

    def next(self) -> Moment:
        """The next moment."""
        rng = self._rng
        for _ in range(FRESH):
            self._cast[int(rng.integers(CAST))] = random_member(rng)
        camera = random_camera(rng)
        spots = random_spots(rng, camera)
        order = rng.permutation(CAST)[: len(spots)]
        members = [self._cast[k] for k in order]
        things = random_things(rng, camera, spots) if rng.random() < 0.6 or not spots else []
        figures = self._figures(rng, spots)
        return _photograph(camera, members, spots, things, figures, rng)

    def _figures(self, rng: np.random.Generator, spots: list[Spot]) -> list[Mesh]:
        if rng.random() > 0.06:
            return []
        at = rng.uniform(-1.2, 1.2, 2)
        if any(np.hypot(s.x - at[0], s.y - at[1]) < 0.5 for s in spots):
            return []
        return [self._mannequin.moved((*at, 0.0), heading=float(rng.uniform(0, 6.28)))]


def random_member(rng: np.random.Generator) -> Member:
    """Somebody new."""
    gear = Gear(rng.choice([g.value for g in GEAR], p=list(GEAR.values())))
    child = bool(rng.random() < 0.25) and gear in (Gear.NONE, Gear.PHONE, Gear.BALLOON)
    femininity = float(rng.random() < 0.5)
    shape = random_shape(rng, femininity=femininity, child=child)
    if not child and rng.random() < 0.3:  # rare statures as often as common ones
        shape = replace(shape, stature_m=round(float(rng.uniform(1.45, 2.05)), 3))
    outfit = random_outfit(rng, femininity=femininity, age_years=shape.age_years)
    covered = rng.random() < 0.35
    outfit = replace(
        outfit,
        headgear=HEADGEAR[int(rng.integers(len(HEADGEAR)))] if covered else Headgear.NONE,
        backpack=outfit.top if rng.random() < 0.2 else None,
        lanyard=bool(rng.random() < 0.1),
        phone=gear is Gear.PHONE,
        skirt=outfit.skirt and gear is not Gear.WHEELCHAIR,
    )
    carry = CARRY.get(gear, Carry.NOTHING)
    if gear is Gear.NONE and rng.random() < 0.25:
        carry = Carry.REACH_R if child else Carry.HAND_L
    gender = "female" if femininity > 0.5 else "male"
    plan = Plan((Stop((0.0, 0.0)),))
    actor = Actor(shape, outfit, plan, gear, carry, gender, child)
    return Member(actor, dress(make_body(shape), outfit), gear_mesh(actor, rng))


def random_camera(rng: np.random.Generator) -> Camera:
    """A mount of 2.2 to 6.3 m, a lens of 70 to 115 degrees, up to 20 degrees off straight down."""
    height = float(np.exp(rng.uniform(np.log(2.2), np.log(6.3))))
    mount = rng.random()
    if mount < 0.27:  # the most common mounts
        height = float(rng.uniform(2.6, 3.3))
    elif mount < 0.38:  # the hardest ones
        height = float(rng.uniform(5.2, 6.3))
    focal = float(rng.uniform(104.0, 150.0) if rng.random() < 0.7 else rng.uniform(150.0, 215.0))
    width, height_px = SIZE
    intrinsics = Intrinsics(
        focal,
        focal,
        0.5 * (width - 1) + float(rng.normal(0.0, 3.0)),
        0.5 * (height_px - 1) + float(rng.normal(0.0, 3.0)),
    )
    nod = np.radians(rng.uniform(-20.0, 20.0)) if rng.random() < 0.4 else rng.normal(0.0, 0.03)
    roll = float(rng.normal(0.0, 0.03))
    normal = np.array([roll, -np.sin(nod), -np.cos(nod)])
    normal /= np.linalg.norm(normal)
    baseline = float(rng.choice([0.06, 0.075, 0.075, 0.075, 0.1]))
    return Camera(intrinsics, baseline, floor_from_cam_of(normal_cam=normal, height_m=height))


def random_spots(rng: np.random.Generator, camera: Camera) -> list[Spot]:
    """Nobody, a few, pairs, a crowd: where everyone stands."""
    height = float(camera.floor_from_cam.translation_m[2])
    wide = SIZE[0] / camera.intrinsics.fx * (height - 0.9) + 0.8
    deep = SIZE[1] / camera.intrinsics.fy * (height - 0.9) + 0.8
    middle = _looked_at(camera, 1.2)
    kind = rng.choice(["few", "parties", "crowd", "nobody"], p=[0.27, 0.32, 0.30, 0.11])
    if kind == "nobody":
        return []
    if kind == "crowd":
        density = float(rng.uniform(0.8, 4.6))
        return _crowd(rng, middle, (wide, deep), density)
    spots: list[Spot] = []
    for _ in range(int(rng.integers(1, 5 if height < 3.5 else 8))):
        at = middle + rng.uniform(-0.5, 0.5, 2) * (wide, deep)
        x, y = at.tolist()
        lead = Spot(x, y, float(rng.uniform(0.0, 2.0 * np.pi)), _random_speed(rng))
        party = [lead]
        if kind == "parties":
            party += _companions(rng, lead)
        for spot in party:
            _place(spots, spot, least_m=0.28)
    return spots[:MOST_PEOPLE]


def _companions(rng: np.random.Generator, lead: Spot) -> list[Spot]:
    """One or two beside, behind or passing by."""
    found = []
    for _ in range(int(rng.integers(1, 3))):
        kind = rng.choice(["beside", "behind", "against", "any"], p=[0.4, 0.25, 0.2, 0.15])
        ahead, left, turn = {
            "beside": (rng.normal(0, 0.08), rng.choice([-1, 1]) * rng.uniform(0.30, 0.6), 0.0),
            "behind": (-rng.uniform(0.32, 0.8), rng.normal(0.0, 0.08), 0.0),
            "against": (rng.normal(0, 0.3), rng.choice([-1, 1]) * rng.uniform(0.33, 0.7), np.pi),
            "any": (rng.uniform(-0.7, 0.7), rng.uniform(-0.7, 0.7), rng.uniform(0, 6.28)),
        }[str(kind)]
        c, s = np.cos(lead.heading), np.sin(lead.heading)
        found.append(
            Spot(
                lead.x + float(c * ahead - s * left),
                lead.y + float(s * ahead + c * left),
                lead.heading + float(turn) + float(rng.normal(0.0, 0.15)),
                lead.speed,
            )
        )
    return found


def _crowd(
    rng: np.random.Generator,
    middle: npt.NDArray[np.float64],
    size_m: tuple[float, float],
    density: float,
) -> list[Spot]:
    """As many as fit, at a density, within a patch that MOST_PEOPLE fill."""
    most_m2 = MOST_PEOPLE / density
    area = size_m[0] * size_m[1]
    shrink = min(1.0, float(np.sqrt(most_m2 / area)))
    patch = np.array(size_m) * shrink
    shift = rng.uniform(-0.5, 0.5, 2) * (np.array(size_m) - patch)
    wanted = int(min(MOST_PEOPLE, round(density * float(patch.prod()))))
    flow = float(rng.uniform(0.0, 2.0 * np.pi))
    spots: list[Spot] = []
    for _ in range(wanted * 12):
        if len(spots) >= wanted:
            break
        at = middle + shift + rng.uniform(-0.5, 0.5, 2) * patch
        heading = flow + float(rng.choice([0.0, np.pi])) + float(rng.normal(0.0, 0.5))
        x, y = at.tolist()
        _place(spots, Spot(x, y, heading, float(rng.uniform(0.0, 1.3))), least_m=0.33)
    return spots


def _place(spots: list[Spot], spot: Spot, *, least_m: float) -> None:
    if all(np.hypot(s.x - spot.x, s.y - spot.y) >= least_m for s in spots):
        spots.append(spot)


def _random_speed(rng: np.random.Generator) -> float:
    return float(rng.choice([0.0, rng.uniform(0.3, 1.7), rng.uniform(2.2, 3.3)], p=[0.2, 0.7, 0.1]))


def _looked_at(camera: Camera, height_m: float) -> npt.NDArray[np.float64]:
    """Where the optical axis meets the plane ``height_m`` above the floor."""
    axis = camera.floor_from_cam.rotation[:, 2]
    drop = camera.floor_from_cam.translation_m[2] - height_m
    return np.asarray(axis[:2] / -axis[2] * drop, dtype=np.float64)


def random_things(rng: np.random.Generator, camera: Camera, spots: list[Spot]) -> list[Mesh]:
    """Furniture, doors, carts without people, and shapes that nobody has a name for."""
    reach = 0.55 * float(camera.floor_from_cam.translation_m[2])
    middle = _looked_at(camera, 0.8)
    things = []
    for _ in range(int(rng.integers(1, 6))):
        at = middle + rng.uniform(-reach, reach, 2)
        if any(np.hypot(s.x - at[0], s.y - at[1]) < 0.45 for s in spots):
            continue
        turn = float(rng.uniform(0.0, 2.0 * np.pi))
        things.append(_random_thing(rng).moved((*at, 0.0), heading=turn))
    return things


def _random_thing(rng: np.random.Generator) -> Mesh:
    cloth = props.CARDBOARD
    makers = (
        lambda: props.trolley(cloth),
        lambda: props.trolley(cloth),
        lambda: props.pram(cloth),
        lambda: props.suitcase(cloth),
        lambda: props.balloon(float(rng.uniform(0.9, 1.9)), cloth),
        props.wheelchair,
        props.door_leaf,
        lambda: props.curtain(float(rng.uniform(0.0, 9.0)), 3.5),
        props.bench,
        props.shelf,
        props.doorway,
        props.parcel,
    )
    if rng.random() < 0.45:
        return makers[int(rng.integers(len(makers)))]()
    return _nameless(rng)


def _nameless(rng: np.random.Generator) -> Mesh:
    """A box, a ball, a post, a table or a lamp of any size."""
    top = float(rng.uniform(0.35, 2.2))
    kind = rng.choice(["box", "ball", "post", "table", "lamp"])
    cloth = props.CARDBOARD
    if kind == "box":
        wide, deep = (float(v) for v in rng.uniform(0.15, 1.2, 2))
        return box((0.0, 0.0, 0.5 * top), (wide, deep, top), cloth)
    if kind == "ball":
        radii = rng.uniform(0.08, 0.5, 3)
        high = max(top - float(radii[2]), float(radii[2]))
        return ellipsoid(
            (0.0, 0.0, high), (float(radii[0]), float(radii[1]), float(radii[2])), cloth
        )
    if kind == "post":
        radius = float(rng.uniform(0.03, 0.35))
        return lathe([(radius, 0.0), (radius, top), (0.0, top)], cloth)
    if kind == "table":
        wide, deep = (float(v) for v in rng.uniform(0.3, 1.6, 2))
        return box((0.0, 0.0, top), (wide, deep, 0.04), cloth)
    radius = float(rng.uniform(0.08, 0.3))
    low = max(0.1, top - float(rng.uniform(0.1, 0.4)))
    return lathe([(0.02, 0.0), (0.02, low), (radius, low), (0.6 * radius, top), (0.0, top)], cloth)


class _Drawing:
    """Collects meshes and draws them over the bare floor."""

    def __init__(self, camera: Camera) -> None:
        self._view = View.pinhole(SIZE, camera.intrinsics, camera.floor_from_cam.inverse())
        self.depth_m = _floor_depth(camera)
        self.seen = np.full(self.depth_m.shape, -1, dtype=np.int64)

    def add(self, vertices_m: npt.NDArray[np.float64], mesh: Mesh, owner: int) -> None:
        """Draw one mesh; what is nearer than the camera can see is left out by the projection."""
        uvz = self._view.project(vertices_m)
        uvz[uvz[:, 2] < BLIND_M, 2] = -1.0
        number = np.full(self.depth_m.shape, -1, dtype=np.int32)
        every = np.arange(len(mesh.triangles))
        raster(uvz, mesh.triangles, every, self.depth_m, number, 0, np.zeros(2))
        self.seen[number >= 0] = owner


def _floor_depth(camera: Camera) -> npt.NDArray[np.float32]:
    k = camera.intrinsics
    v, u = np.mgrid[0 : SIZE[1], 0 : SIZE[0]]
    rays = np.stack([(u - k.cx) / k.fx, (v - k.cy) / k.fy, np.ones(u.shape)], axis=-1)
    down = -(rays @ camera.floor_from_cam.rotation[2])
    height = camera.floor_from_cam.translation_m[2]
    return np.where(down > height / FAR_M, height / np.maximum(down, 1e-6), FAR_M).astype(
        np.float32
    )


def _photograph(
    camera: Camera,
    members: list[Member],
    spots: list[Spot],
    things: list[Mesh],
    figures: list[Mesh],
    rng: np.random.Generator,
) -> Moment:
    drawing = _Drawing(camera)
    for thing in things:
        drawing.add(thing.vertices_m, thing, -1)
    rows = []
    for number, (member, spot) in enumerate(zip(members, spots, strict=False)):
        row = _pose(member, spot, rng)
        drawing.add(member.figure.pose(row), member.figure.mesh, number)
        if member.gear is not None:
            turned = member.gear.vertices_m @ heading_matrix(row[Col.HEADING]).T
            placed = turned + np.array([row[Col.X], row[Col.Y], 0.0])
            # an umbrella hides whom it covers, so it stands for them
            owner = number if member.actor.gear is Gear.UMBRELLA else -1
            drawing.add(placed, member.gear, owner)
        rows.append((*member.figure.head_tops(row[None])[0], row[Col.SIT]))
    for figure in figures:
        drawing.add(figure.vertices_m, figure, len(rows))
        top = figure.vertices_m[figure.vertices_m[:, 2].argmax()]
        rows.append((*top, 0.0, 0.0))
    return Moment(camera, drawing.depth_m, drawing.seen, _people(rows, members, spots))


def _people(rows: list[tuple[float, ...]], members: list[Member], spots: list[Spot]) -> People:
    table = np.array(rows, dtype=np.float64).reshape(-1, 5)
    actors = [member.actor for member, _ in zip(members, spots, strict=False)]
    extra = len(table) - len(actors)

    def column(values: list[bool]) -> npt.NDArray[np.bool_]:
        return np.array([*values, *[False] * extra], dtype=np.bool_)

    return People(
        table[:, :3],
        table[:, 3],
        seated=table[:, 4] > 0.5,
        child=column([a.child for a in actors]),
        female=column([a.gender == "female" for a in actors]),
        covered=column([a.gear is Gear.UMBRELLA for a in actors]),
        real=column([True] * len(actors)),
    )


def _pose(member: Member, spot: Spot, rng: np.random.Generator) -> npt.NDArray[np.float64]:
    """The pose in the middle of a second's straight walk."""
    actor = member.actor
    wheels = actor.gear is Gear.WHEELCHAIR
    speed = min(spot.speed, 1.4) if actor.gear is not Gear.NONE or wheels else spot.speed
    along = (np.arange(STEPS) - STEPS // 2)[:, None] * (STEP_S * speed)
    way = along * np.array([[np.cos(spot.heading), np.sin(spot.heading)]]) + (spot.x, spot.y)
    sits = not wheels and actor.gear is Gear.NONE and bool(rng.random() < 0.04)
    trajectory = Trajectory(way, np.full(STEPS, float(sits)), np.full(STEPS, spot.heading))
    manner = Manner(actor.shape.stature_m, actor.carry, wheels, int(rng.integers(1 << 30)))
    middle = np.array([(STEPS // 2) * STEP_S])
    row = pose_rows(trajectory, manner, middle, heading=spot.heading)[0]
    row[Col.LIFT] = FOOTREST_M if wheels else 0.0
    row[Col.LEAN] += float(rng.normal(0.0, 0.04))
    row[Col.HEAD_PITCH] += float(rng.normal(0.0, 0.12))
    row[Col.HEAD_YAW] += float(rng.normal(0.0, 0.25))
    return np.asarray(row)
