"""The form of site.toml. Titles and descriptions here feed validation, docs and pages."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

Metres: TypeAlias = Annotated[float, Field(allow_inf_nan=False, ge=-1000.0, le=1000.0)]
PointM: TypeAlias = tuple[Metres, Metres]
Name: TypeAlias = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[^\x00-\x1f]+$")]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


LocalTime: TypeAlias = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]


class MountSection(_Section):
    """How the sensor hangs."""

    height_m: Annotated[float, Field(ge=1.8, le=12.0)] | None = Field(
        default=None,
        title="Mounting height",
        description="Camera above the floor in metres; fitted from the footage when left out.",
    )


class UturnSection(_Section):
    """What to do with someone who crosses and comes back."""

    policy: Literal["count_both", "cancel"] = Field(
        default="count_both",
        title="U-turn policy",
        description="count_both: two crossings. cancel: none, if the return comes within "
        "within_s and no further than within_m beyond the line.",
    )
    within_s: float = Field(
        default=10.0, gt=0.0, le=3600.0, title="U-turn time", description="Seconds."
    )
    within_m: float = Field(
        default=1.5, gt=0.0, le=100.0, title="U-turn distance", description="Metres."
    )


class OnlySection(_Section):
    """Which crossings count: those in go from one zone to the other, those out come back."""

    from_zone: Name | None = Field(
        default=None,
        title="Start zone",
        description="Who goes in must have been in this zone; who goes out must come into it.",
    )
    to_zone: Name | None = Field(
        default=None,
        title="End zone",
        description="Who goes in must come into this zone; who goes out must have been in it.",
    )
    within_s: float = Field(
        default=30.0,
        gt=0.0,
        le=600.0,
        title="Within",
        description="Seconds between being in the zone and passing the line.",
    )


class LineSection(_Section):
    """A directed polyline; from its right-hand side to its left-hand side is `in`."""

    name: Name = Field(title="Name", description="Unique name of the line.")
    points_m: Annotated[list[PointM], Field(min_length=2, max_length=64)] = Field(
        title="Points", description="Corners in metres in the floor frame, in order."
    )
    hysteresis_m: float = Field(
        default=0.25,
        ge=0.0,
        le=2.0,
        title="Hysteresis",
        description="A crossing needs this many metres beyond the line on both sides.",
    )
    uturn: UturnSection = Field(
        default_factory=UturnSection, title="U-turn", description="See the uturn section."
    )
    in_label: Name = Field(
        default="in", title="Name of in", description="What people call the direction in."
    )
    out_label: Name = Field(
        default="out", title="Name of out", description="What people call the direction out."
    )
    only: OnlySection = Field(
        default_factory=OnlySection,
        title="Only",
        description="Which crossings count; see the only section.",
    )


class AlarmSection(_Section):
    """Tells of too many or too few people."""

    kind: Literal["over", "under"] = Field(
        title="Kind", description="over: too many people. under: too few."
    )
    raise_at: int = Field(
        ge=0, le=100_000, title="Raise at", description="People at which the alarm is raised."
    )
    clear_at: int = Field(
        ge=0, le=100_000, title="Clear at", description="People at which it is cleared again."
    )
    for_s: float = Field(
        default=5.0,
        ge=0.0,
        le=86_400.0,
        title="Lasting",
        description="Seconds that either state must last before it is told.",
    )


Alarms: TypeAlias = Annotated[list[AlarmSection], Field(max_length=8)]


class ZoneSection(_Section):
    """A polygon on the floor."""

    name: Name = Field(title="Name", description="Unique name of the zone.")
    polygon_m: Annotated[list[PointM], Field(min_length=3, max_length=256)] = Field(
        title="Polygon", description="Corners in metres in the floor frame, in order."
    )
    holes_m: Annotated[
        list[Annotated[list[PointM], Field(min_length=3, max_length=256)]], Field(max_length=32)
    ] = Field(
        default_factory=list,
        title="Holes",
        description="Polygons inside the zone that are no part of it: pillars, counters, shelves.",
    )
    return_within_s: float = Field(
        default=2.0,
        ge=0.0,
        le=3600.0,
        title="Return time",
        description="Someone who leaves and comes back within this time has made one visit.",
    )
    min_dwell_s: float = Field(
        default=1.0,
        ge=0.0,
        le=3600.0,
        title="Minimum dwell",
        description="A shorter visit is no visit, in seconds.",
    )
    use: Literal["walkway", "queue"] = Field(
        default="walkway",
        title="Use",
        description="walkway: people pass. queue: people wait; waiting times are told, and the "
        "level of service is that of a queue.",
    )
    served_after_s: float = Field(
        default=5.0,
        ge=0.0,
        le=3600.0,
        title="Served after",
        description="In a queue: who stays shorter passed by, in seconds.",
    )
    alarm: Alarms = Field(
        default_factory=list, title="Alarms", description="Alarms on the people in the zone."
    )


class OccupancySection(_Section):
    """People in the room behind the lines."""

    inward: Annotated[dict[Name, Literal["in", "out"]], Field(max_length=64)] = Field(
        default_factory=dict,
        title="Ways in",
        description="For each line the direction that leads into the room; without any, all "
        "lines lead into it by in.",
    )
    known_empty_at: Annotated[list[LocalTime], Field(max_length=24)] = Field(
        default_factory=list,
        title="Known to be empty at",
        description="Local times, such as 03:30, at which nobody is inside: the count is set "
        "to zero, and drift is learned from what remained.",
    )
    alarm: Alarms = Field(
        default_factory=list, title="Alarms", description="Alarms on the people in the room."
    )


class CaptureSection(_Section):
    """How many of those who pass by come in."""

    name: Name = Field(title="Name", description="Unique name, such as the shop front's.")
    passers_by: Annotated[list[Name], Field(min_length=1, max_length=16)] = Field(
        title="Passers-by", description="Lines that passers-by cross; both directions count."
    )
    entries: Annotated[list[Name], Field(min_length=1, max_length=16)] = Field(
        title="Entries", description="Lines that those who come in cross, direction in."
    )
    entries_pass_by: bool = Field(
        default=False,
        title="Entries pass by",
        description="Whether those who come in cross a passers-by line too.",
    )


class TargetSection(_Section):
    """Something that people may look at: a shelf, a screen, a shop window."""

    name: Name = Field(title="Name", description="Unique name of the target.")
    ends_m: tuple[PointM, PointM] = Field(
        title="Ends", description="Both ends of its front, in metres in the floor frame."
    )
    reach_m: float = Field(
        default=4.0,
        gt=0.0,
        le=50.0,
        title="Reach",
        description="From farther away nobody is said to look at it, in metres.",
    )
    tolerance_deg: float = Field(
        default=15.0,
        ge=0.0,
        le=90.0,
        title="Tolerance",
        description="Degrees by which a face may point past its ends.",
    )
    least_look_s: float = Field(
        default=0.3, ge=0.0, le=60.0, title="Least look", description="A shorter look is none."
    )
    effective_s: float = Field(
        default=1.0,
        ge=0.0,
        le=3600.0,
        title="Effective",
        description="Seconds of looking in all that make an effective viewer.",
    )


class HeatSection(_Section):
    """The grid of the heat maps: a square around the place below the sensor."""

    reach_m: float = Field(
        default=6.0,
        ge=1.0,
        le=50.0,
        title="Reach",
        description="Metres from the middle of the grid to its sides.",
    )
    cell_m: float = Field(
        default=0.1, ge=0.05, le=2.0, title="Cell", description="Side of a cell in metres."
    )


Share: TypeAlias = Annotated[float, Field(ge=0.0, le=1.0)]


class UniformSection(_Section):
    """A colour that staff wear, as shares of red and green in red + green + blue."""

    red: Share = Field(title="Red", description="Share of red, 0 to 1.")
    green: Share = Field(title="Green", description="Share of green, 0 to 1.")


class AttributesSection(_Section):
    """What is told of people beside their way."""

    child_below_m: float = Field(
        default=1.47,
        ge=0.8,
        le=2.0,
        title="Child below",
        description="Barefoot stature in metres below which somebody on foot is a child.",
    )
    gender: bool = Field(
        default=False,
        title="Gender",
        description="Estimate gender. Off unless switched on; read the notice first "
        "(docs/how-to/attributes.md): the law asks for it.",
    )
    uniform: Annotated[list[UniformSection], Field(max_length=8)] = Field(
        default_factory=list,
        title="Uniforms",
        description="Colours of staff; without any, signal yellow.",
    )


class TotalsSection(_Section):
    """Running totals."""

    reset_at: Annotated[list[LocalTime], Field(max_length=24)] = Field(
        default_factory=list,
        title="Reset at",
        description="Local times, such as 04:00, at which running totals begin at zero.",
    )


class SiteFile(_Section):
    """The whole of site.toml."""

    schema_version: Literal[1] = Field(
        default=1, title="Schema version", description="Version of this file's form."
    )
    mount: MountSection = Field(
        default_factory=MountSection, title="Mount", description="How the sensor hangs."
    )
    line: Annotated[list[LineSection], Field(max_length=64)] = Field(
        default_factory=list, title="Lines", description="Counting lines."
    )
    zone: Annotated[list[ZoneSection], Field(max_length=64)] = Field(
        default_factory=list, title="Zones", description="Counting zones."
    )
    occupancy: OccupancySection = Field(
        default_factory=OccupancySection, title="Occupancy", description="People in the room."
    )
    capture: Annotated[list[CaptureSection], Field(max_length=16)] = Field(
        default_factory=list, title="Capture rates", description="Passers-by versus entries."
    )
    attributes: AttributesSection = Field(
        default_factory=AttributesSection,
        title="Attributes",
        description="What is told of people beside their way.",
    )
    totals: TotalsSection = Field(
        default_factory=TotalsSection, title="Totals", description="Running totals."
    )
    heat: HeatSection = Field(
        default_factory=HeatSection, title="Heat maps", description="The grid of the heat maps."
    )
    target: Annotated[list[TargetSection], Field(max_length=32)] = Field(
        default_factory=list, title="Targets", description="What people may look at."
    )
