"""What is happening at this moment."""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct, field

from lintel.wire.v1.bounds import Utc

PersonKind: TypeAlias = Literal["adult", "child", "unknown"]
DeviceState: TypeAlias = Literal["starting", "counting", "blind", "no_source", "ended", "failed"]


class Person(Struct, frozen=True):
    """Someone in view, as a disc on the floor; nothing follows anyone from message to message."""

    x_m: float
    y_m: float
    vx_mps: float
    vy_mps: float
    stature_m: float | None
    kind: PersonKind
    staff: bool | None


class LineNow(Struct, frozen=True):
    """Running totals of a line since its last reset."""

    name: str
    entered: int = field(name="in")
    left: int = field(name="out")
    since_utc: Utc


class ZoneNow(Struct, frozen=True):
    """A zone now: visits told and not over, people inside, people per square metre."""

    name: str
    occupancy: int
    present: int
    density_per_m2: float


class OccupancyNow(Struct, frozen=True):
    """People inside, estimated from all lines, with its 95 % interval."""

    people: float
    low: float
    high: float


class Live(Struct, frozen=True):
    """The newest state. ``people`` is empty in the image mode ``counts``."""

    utc: Utc
    seq: int
    state: DeviceState
    fps: float
    coverage: float
    people: tuple[Person, ...]
    lines: tuple[LineNow, ...]
    zones: tuple[ZoneNow, ...]
    occupancy: OccupancyNow | None


PointM: TypeAlias = tuple[float, float]


class PlanLine(Struct, frozen=True):
    """A counting line on the floor, first point to last; its left-hand side is in.

    ``in_label`` and ``out_label`` are what the directions are called.
    """

    name: str
    points_m: tuple[PointM, ...]
    in_label: str = "in"
    out_label: str = "out"


class PlanZone(Struct, frozen=True):
    """A counting zone on the floor."""

    name: str
    polygon_m: tuple[PointM, ...]
    holes_m: tuple[tuple[PointM, ...], ...]


class Plan(Struct, frozen=True):
    """The floor to draw on: what is counted where, what the sensor sees.

    ``field_m``: outline of the floor in view; empty until the floor is found.
    """

    version: int
    lines: tuple[PlanLine, ...]
    zones: tuple[PlanZone, ...]
    field_m: tuple[PointM, ...]
    height_m: float | None
