"""The form of site.toml. Titles and descriptions here feed validation, docs and pages."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

Metres: TypeAlias = Annotated[float, Field(allow_inf_nan=False, ge=-1000.0, le=1000.0)]
PointM: TypeAlias = tuple[Metres, Metres]
Name: TypeAlias = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[^\x00-\x1f]+$")]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


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
