"""The resolved, frozen configuration that stages are built from."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

import numpy as np
from pydantic import ValidationError

from lintel.config.sitefile import LineSection, SiteFile, ZoneSection
from lintel.errors import SiteError, faults_of
from lintel.geometry import Floats, read_only

UturnPolicy: TypeAlias = Literal["count_both", "cancel"]
MAX_SITE_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True, eq=False)
class LineConfig:
    """A directed polyline with its counting rule."""

    name: str
    points_m: Floats  # (K, 2)
    hysteresis_m: float = 0.25
    uturn_policy: UturnPolicy = "count_both"
    uturn_within_s: float = 10.0
    uturn_within_m: float = 1.5

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

    def __post_init__(self) -> None:
        read_only(self.polygon_m, (-1, 2), "ZoneConfig.polygon_m")
        for hole_m in self.holes_m:
            read_only(hole_m, (-1, 2), "ZoneConfig.holes_m")
        if not (self.return_within_s >= 0.0 and self.min_dwell_s >= 0.0):
            raise SiteError(f"zone {self.name!r}: times must not be negative")


@dataclass(frozen=True, slots=True, eq=False)
class SiteConfig:
    """One site: mount, lines and zones in metres in the floor frame."""

    mount_height_m: float | None = None
    lines: tuple[LineConfig, ...] = ()
    zones: tuple[ZoneConfig, ...] = ()
    config_hash: str = "none"

    def __post_init__(self) -> None:
        for kind, names in (
            ("line", [line.name for line in self.lines]),
            ("zone", [zone.name for zone in self.zones]),
        ):
            _require_unique(kind, names)

    @classmethod
    def resolve(cls, file: SiteFile) -> SiteConfig:
        """Resolve a validated site file."""
        return cls(
            mount_height_m=file.mount.height_m,
            lines=tuple(_line(section) for section in file.line),
            zones=tuple(_zone(section) for section in file.zone),
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
    )


def _zone(section: ZoneSection) -> ZoneConfig:
    return ZoneConfig(
        name=section.name,
        polygon_m=np.array(section.polygon_m),
        holes_m=tuple(np.array(hole) for hole in section.holes_m),
        return_within_s=section.return_within_s,
        min_dwell_s=section.min_dwell_s,
    )


def _require_unique(kind: str, names: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise SiteError(f"two {kind}s are called {name!r}: give each its own name")
        seen.add(name)
