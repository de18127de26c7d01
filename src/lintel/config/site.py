"""The resolved, frozen configuration that stages are built from."""

from __future__ import annotations

import hashlib
import math
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import time
from pathlib import Path
from typing import Literal, TypeAlias

import numpy as np
from pydantic import ValidationError

from lintel.config.sitefile import (
    AlarmSection,
    AttributesSection,
    CaptureSection,
    HeatSection,
    LineSection,
    OccupancySection,
    SiteFile,
    TargetSection,
    ZoneSection,
)
from lintel.errors import SiteError, faults_of
from lintel.geometry import Floats, FloorGrid, read_only
from lintel.records import AlarmKind, Direction

UturnPolicy: TypeAlias = Literal["count_both", "cancel"]
Use: TypeAlias = Literal["walkway", "queue"]
MAX_SITE_BYTES = 256 * 1024
HEAT_GRID = FloorGrid((-6.0, -6.0), columns=120, rows=120, cell_m=0.1)
ROOM = "room"  # what alarms on the occupancy of the whole room call it


@dataclass(frozen=True, slots=True)
class OnlyRule:
    """Who counts at a line: crossings in go from ``from_zone`` to ``to_zone``, those out back."""

    from_zone: str | None = None
    to_zone: str | None = None
    within_s: float = 30.0

    @property
    def zones(self) -> tuple[str, ...]:
        """Zones that the rule asks about."""
        return tuple(zone for zone in (self.from_zone, self.to_zone) if zone is not None)


@dataclass(frozen=True, slots=True)
class AlarmConfig:
    """When an alarm on the people at a place is raised and cleared.

    An ``over`` alarm is raised at ``raise_at`` people and more and cleared at ``clear_at`` and
    fewer; an ``under`` alarm the other way round. Both need the state to last ``for_s``.
    """

    place: str
    kind: AlarmKind
    raise_at: int
    clear_at: int
    for_s: float = 5.0

    def __post_init__(self) -> None:
        apart = self.raise_at - self.clear_at
        if (apart if self.kind == "over" else -apart) < 1:
            raise SiteError(
                f"alarm on {self.place!r}: {self.kind} needs clear_at "
                f"{'below' if self.kind == 'over' else 'above'} raise_at, "
                f"got {self.clear_at} and {self.raise_at}"
            )
        if not self.for_s >= 0.0:
            raise SiteError(f"alarm on {self.place!r}: for_s must not be negative")


@dataclass(frozen=True, slots=True, eq=False)
class LineConfig:
    """A directed polyline with its counting rule."""

    name: str
    points_m: Floats  # (K, 2)
    hysteresis_m: float = 0.25
    uturn_policy: UturnPolicy = "count_both"
    uturn_within_s: float = 10.0
    uturn_within_m: float = 1.5
    in_label: str = "in"
    out_label: str = "out"
    only: OnlyRule = OnlyRule()

    def __post_init__(self) -> None:
        read_only(self.points_m, (-1, 2), "LineConfig.points_m")
        lengths = np.linalg.norm(np.diff(self.points_m, axis=0), axis=1)
        if len(lengths) == 0 or lengths.min() < 0.01:
            raise SiteError(f"line {self.name!r}: every segment must be at least 1 cm long")


@dataclass(frozen=True, slots=True, eq=False)
class ZoneConfig:
    """A polygon on the floor, with holes, and what makes a visit."""

    name: str
    polygon_m: Floats  # (K, 2)
    holes_m: tuple[Floats, ...] = ()  # each (K, 2)
    return_within_s: float = 2.0
    min_dwell_s: float = 1.0
    use: Use = "walkway"
    served_after_s: float = 5.0
    alarms: tuple[AlarmConfig, ...] = ()

    def __post_init__(self) -> None:
        read_only(self.polygon_m, (-1, 2), "ZoneConfig.polygon_m")
        for hole_m in self.holes_m:
            read_only(hole_m, (-1, 2), "ZoneConfig.holes_m")
        if not (self.return_within_s >= 0.0 and self.min_dwell_s >= 0.0):
            raise SiteError(f"zone {self.name!r}: times must not be negative")


@dataclass(frozen=True, slots=True, eq=False)
class TargetConfig:
    """Something that people may look at, by the two ends of its front."""

    name: str
    ends_m: Floats  # (2, 2)
    reach_m: float = 4.0
    tolerance_rad: float = math.radians(15.0)
    least_look_s: float = 0.3
    effective_s: float = 1.0

    def __post_init__(self) -> None:
        read_only(self.ends_m, (2, 2), "TargetConfig.ends_m")
        if np.linalg.norm(self.ends_m[1] - self.ends_m[0]) < 0.01:
            raise SiteError(f"target {self.name!r}: its ends must be at least 1 cm apart")


@dataclass(frozen=True, slots=True)
class OccupancyConfig:
    """The room behind the lines. ``inward`` empty: all lines lead into it by in."""

    inward: tuple[tuple[str, Direction], ...] = ()
    known_empty_at: tuple[time, ...] = ()  # local
    alarms: tuple[AlarmConfig, ...] = ()


@dataclass(frozen=True, slots=True)
class CaptureConfig:
    """Passers-by versus entries, by names of lines."""

    name: str
    passers_by: tuple[str, ...]
    entries: tuple[str, ...]
    entries_pass_by: bool = False


@dataclass(frozen=True, slots=True)
class AttributesConfig:
    """What is told of people beside their way. Gender is off unless somebody switches it on."""

    child_below_m: float = 1.47
    gender: bool = False
    uniforms: tuple[tuple[float, float], ...] = ()  # shares of red and green; none: signal yellow


@dataclass(frozen=True, slots=True, eq=False)
class SiteConfig:
    """One site: mount, lines and zones in metres in the floor frame, and what is told of them."""

    mount_height_m: float | None = None
    lines: tuple[LineConfig, ...] = ()
    zones: tuple[ZoneConfig, ...] = ()
    config_hash: str = "none"
    occupancy: OccupancyConfig = OccupancyConfig()
    captures: tuple[CaptureConfig, ...] = ()
    reset_totals_at: tuple[time, ...] = ()  # local
    heat_grid: FloorGrid = HEAT_GRID
    attributes: AttributesConfig = AttributesConfig()
    targets: tuple[TargetConfig, ...] = ()

    def __post_init__(self) -> None:
        lines, zones = [line.name for line in self.lines], [zone.name for zone in self.zones]
        _require_unique("line", lines)
        _require_unique("zone", zones)
        _require_unique("capture rate", [capture.name for capture in self.captures])
        _require_unique("target", [target.name for target in self.targets])
        for line in self.lines:
            _require_known("zone", line.only.zones, zones, f"line {line.name!r}")
        inward = [name for name, _ in self.occupancy.inward]
        _require_known("line", inward, lines, "occupancy")
        if self.occupancy.alarms and any(zone.name == ROOM for zone in self.zones):
            raise SiteError(
                f"a zone named {ROOM!r} and alarms on the room: they would be told apart by "
                "nobody; name the zone otherwise"
            )
        for capture in self.captures:
            named = (*capture.passers_by, *capture.entries)
            _require_known("line", named, lines, f"capture rate {capture.name!r}")
            if set(capture.passers_by) & set(capture.entries):
                raise SiteError(
                    f"capture rate {capture.name!r}: a line is either passed by or entered over"
                )

    @property
    def inward(self) -> dict[str, Direction]:
        """For each line around the room the direction that leads into it."""
        return dict(self.occupancy.inward) or {line.name: Direction.IN for line in self.lines}

    @classmethod
    def resolve(cls, file: SiteFile) -> SiteConfig:
        """Resolve a validated site file."""
        return cls(
            mount_height_m=file.mount.height_m,
            lines=tuple(_line(section) for section in file.line),
            zones=tuple(_zone(section) for section in file.zone),
            occupancy=_occupancy(file.occupancy),
            captures=tuple(_capture(section) for section in file.capture),
            reset_totals_at=_times(file.totals.reset_at),
            heat_grid=_heat_grid(file.heat),
            attributes=_attributes(file.attributes),
            targets=tuple(_target(section) for section in file.target),
            config_hash=hashlib.sha256(file.model_dump_json().encode()).hexdigest()[:16],
        )


def load_site(path: Path) -> SiteConfig:
    """Read and resolve site.toml.

    Raises:
        SiteError: missing, too large, not TOML, or not of the documented form.
    """
    try:
        if path.stat().st_size > MAX_SITE_BYTES:
            raise SiteError(f"{path}: larger than {MAX_SITE_BYTES} bytes, no site file")
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        return SiteConfig.resolve(SiteFile.model_validate(content))
    except FileNotFoundError as error:
        raise SiteError(f"{path}: no such site file") from error
    except ValidationError as error:
        raise SiteError(f"{path}: not a site file: {faults_of(error)}") from error
    except (ValueError, RecursionError) as error:
        raise SiteError(f"{path}: not TOML: {error}") from error
    except OSError as error:
        raise SiteError(f"{path}: cannot be read: {error.strerror or error}") from error


def _line(section: LineSection) -> LineConfig:
    return LineConfig(
        name=section.name,
        points_m=np.array(section.points_m),
        hysteresis_m=section.hysteresis_m,
        uturn_policy=section.uturn.policy,
        uturn_within_s=section.uturn.within_s,
        uturn_within_m=section.uturn.within_m,
        in_label=section.in_label,
        out_label=section.out_label,
        only=OnlyRule(section.only.from_zone, section.only.to_zone, section.only.within_s),
    )


def _zone(section: ZoneSection) -> ZoneConfig:
    return ZoneConfig(
        name=section.name,
        polygon_m=np.array(section.polygon_m),
        holes_m=tuple(np.array(hole) for hole in section.holes_m),
        return_within_s=section.return_within_s,
        min_dwell_s=section.min_dwell_s,
        use=section.use,
        served_after_s=section.served_after_s,
        alarms=_alarms(section.name, section.alarm),
    )


def _alarms(place: str, sections: Iterable[AlarmSection]) -> tuple[AlarmConfig, ...]:
    return tuple(AlarmConfig(place, s.kind, s.raise_at, s.clear_at, s.for_s) for s in sections)


def _occupancy(section: OccupancySection) -> OccupancyConfig:
    return OccupancyConfig(
        inward=tuple((line, Direction(way)) for line, way in section.inward.items()),
        known_empty_at=_times(section.known_empty_at),
        alarms=_alarms(ROOM, section.alarm),
    )


def _capture(section: CaptureSection) -> CaptureConfig:
    return CaptureConfig(
        name=section.name,
        passers_by=tuple(section.passers_by),
        entries=tuple(section.entries),
        entries_pass_by=section.entries_pass_by,
    )


def _attributes(section: AttributesSection) -> AttributesConfig:
    for uniform in section.uniform:
        if uniform.red + uniform.green > 1.0:
            raise SiteError(
                "attributes.uniform: red and green are shares of one colour: together at most 1, "
                f"got {uniform.red} and {uniform.green}"
            )
    uniforms = tuple((uniform.red, uniform.green) for uniform in section.uniform)
    return AttributesConfig(section.child_below_m, section.gender, uniforms)


def _target(section: TargetSection) -> TargetConfig:
    return TargetConfig(
        name=section.name,
        ends_m=np.array(section.ends_m),
        reach_m=section.reach_m,
        tolerance_rad=math.radians(section.tolerance_deg),
        least_look_s=section.least_look_s,
        effective_s=section.effective_s,
    )


def _heat_grid(section: HeatSection) -> FloorGrid:
    """A whole number of cells to each side, on whole millimetres."""
    cell_m = round(section.cell_m, 3)
    half = max(round(section.reach_m / cell_m), 1)
    corner_m = round(-half * cell_m, 3)
    return FloorGrid((corner_m, corner_m), 2 * half, 2 * half, cell_m)


def _times(texts: Iterable[str]) -> tuple[time, ...]:
    return tuple(sorted({time.fromisoformat(text) for text in texts}))


def _require_known(kind: str, names: Iterable[str], known: Sequence[str], where: str) -> None:
    for name in names:
        if name not in known:
            raise SiteError(f"{where}: there is no {kind} {name!r}; there are {list(known)}")


def _require_unique(kind: str, names: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise SiteError(f"two {kind}s are called {name!r}: give each its own name")
        seen.add(name)
