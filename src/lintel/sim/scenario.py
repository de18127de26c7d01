"""A scene as data: mount, light, floor, faults, who comes, what stands about.

Scenarios are frozen and composable: ``combine(a, b)`` puts b's mount, light, floor and faults,
where they are given, on top of a's, and joins traffic and things.

Seeds are reserved, so that nobody reports figures on scenes that were trained or tuned on:
training 0-999,999; tuning 1,000,000-1,999,999; reporting from 2,000,000.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import TypeAlias

from lintel.sim.material import Colour, Material, Pattern
from lintel.sim.outfit import Headgear

TRAINING_SEEDS = range(1_000_000)
TUNING_SEEDS = range(1_000_000, 2_000_000)
REPORTING_SEEDS = range(2_000_000, 2**31)
Range: TypeAlias = tuple[float, float]
Point: TypeAlias = tuple[float, float]


class Route(StrEnum):
    """How a flow moves against the line (which lies along x at y = 0)."""

    THROUGH = "through"
    UTURN = "uturn"  # turns back on the line
    LOITER = "loiter"  # stays on the line with small steps
    ALONG = "along"  # walks along the line without crossing it
    ROUND_END = "round_end"  # goes round the end of the line
    DWELL = "dwell"  # comes, stays in the zone, goes back
    QUEUE = "queue"  # waits in a row, then goes through
    EDGE = "edge"  # through, near the edge of the field
    SIT = "sit"  # comes, sits down on a bench, leaves


class Gear(StrEnum):
    """What somebody has along; it moves with the body."""

    NONE = "none"
    TROLLEY = "trolley"
    TROLLEY_CHILD = "trolley_child"
    PRAM = "pram"
    SUITCASE = "suitcase"
    BOX = "box"
    BALLOON = "balloon"
    UMBRELLA = "umbrella"
    WHEELCHAIR = "wheelchair"
    CARRIED_CHILD = "carried_child"
    PHONE = "phone"


class Thing(StrEnum):
    """What is there without a person."""

    DOOR = "door"  # a leaf that swings
    CURTAIN = "curtain"  # that blows
    BOX = "box"  # left behind
    ROLLING_TROLLEY = "rolling_trolley"
    MANNEQUIN = "mannequin"
    BENCH = "bench"
    SHELF = "shelf"
    DOORWAY = "doorway"  # a wall with an opening


class Lighting(StrEnum):
    """Where light comes from."""

    LAMPS = "lamps"
    DIM = "dim"
    SUN_PATCH = "sun_patch"  # lamps, and sun through a window that travels
    SWITCHED = "switched"  # lamps off and on again
    INFRARED = "infrared"  # darkness and the lamp at the camera


@dataclass(frozen=True, slots=True)
class Mount:
    """How the sensor hangs and what it is."""

    height_m: float = 3.0
    tilt_deg: float = 0.0
    baseline_m: float = 0.075
    field_deg: float = 95.0  # horizontal, of the ideal lens
    distortion: tuple[float, ...] = (-0.22, 0.05, 0.0, 0.0, -0.004)
    mono: bool = False


@dataclass(frozen=True, slots=True)
class Faults:
    """What is wrong with the sensor."""

    knock_px: float = 0.0  # vertical and horizontal shift of the right image against calibration
    right_gain: float = 1.0
    dirt: float = 0.0
    drop_share: float = 0.0
    blur_px: float = 0.55
    exposure: float = 1.0
    fps: float | None = None


@dataclass(frozen=True, slots=True)
class Flow:
    """People who come again and again. ``formation`` lists companions (ahead, to the left)."""

    per_minute: float = 14.0
    route: Route = Route.THROUGH
    both_ways: bool = True
    across_m: Range = (-0.9, 0.9)
    speed_mps: Range = (1.0, 1.5)
    formation: tuple[Point, ...] = ()
    jitter_m: float = 0.04
    gear: tuple[Gear, ...] = (Gear.NONE,)
    headgear: tuple[Headgear, ...] = (Headgear.NONE,)
    child_share: float = 0.0
    child_companions: bool = False
    child_mates: tuple[bool, ...] = ()  # which places of the formation children take
    staff_share: float = 0.0
    lanyard_share: float = 0.0
    backpack_share: float = 0.1
    dark_clothes: bool = False
    steady: bool = False  # keeps its lane and does not give way
    opposing: bool = False  # with each comes another from the other end, on the other lane
    corridor_m: float = 9.0  # half width that is not left
    dwell_s: Range = (4.0, 10.0)
    dark_seconds_s: float = 0.0  # nobody of this flow comes before


@dataclass(frozen=True, slots=True)
class Placed:
    """A thing and its place; what ``heading`` and ``period_s`` mean depends on the thing."""

    thing: Thing
    at_m: Point = (0.0, 0.0)
    heading: float = 0.0
    period_s: float = 6.0


@dataclass(frozen=True, slots=True)
class Replay:
    """Recorded trajectories instead of planned ones."""

    path: Path
    fps: float
    unit_m: float = 1.0
    shift_m: Point = (0.0, 0.0)


GREY: Colour = (0.42, 0.41, 0.39)
FLOOR = Material(GREY, (0.26, 0.25, 0.24), Pattern.TILES, 0.30, 0.22)


@dataclass(frozen=True, slots=True)
class Scenario:
    """One scene. ``stratum`` is its name in the accuracy tables."""

    name: str
    stratum: str
    about: str
    mount: Mount = field(default_factory=Mount)
    lighting: Lighting = Lighting.LAMPS
    floor: Material = FLOOR
    faults: Faults = field(default_factory=Faults)
    traffic: tuple[Flow, ...] = (Flow(),)
    things: tuple[Placed, ...] = ()
    line_half_m: float = 1.6
    replay: Replay | None = None

    @property
    def empty(self) -> bool:
        """Whether nobody ever comes."""
        return not self.traffic and self.replay is None


def combine(base: Scenario, extra: Scenario) -> Scenario:
    """Both at once: what ``extra`` says differently from a plain scene wins."""
    blank = Scenario(name="", stratum="", about="")
    changed: dict[str, object] = {
        name: getattr(extra, name)
        for name in ("mount", "lighting", "floor", "faults", "line_half_m", "replay")
        if getattr(extra, name) != getattr(blank, name)
    }
    traffic = base.traffic + extra.traffic
    if blank.traffic in (base.traffic, extra.traffic):
        traffic = base.traffic if extra.traffic == blank.traffic else extra.traffic
    return replace(
        base,
        **changed,  # type: ignore[arg-type] # names and values come from the same class
        name=f"{base.name}+{extra.name}",
        stratum=f"{base.stratum}; {extra.stratum}",
        about=f"{base.about} {extra.about}",
        traffic=traffic,
        things=base.things + extra.things,
    )
