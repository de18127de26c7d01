"""The site file of a first start: the one given, else the source's own, else nothing drawn yet."""

from __future__ import annotations

import tomllib
from pathlib import Path

from lintel.config import SiteConfig, SiteFile, load_site
from lintel.config.sitefile import LineSection, MountSection, UturnSection, ZoneSection
from lintel.device.counting.sources import SourceChoice
from lintel.device.logs import Log
from lintel.errors import LintelError
from lintel.pipeline import KnownSite


def first_site(choice: SourceChoice, given: Path | None, log: Log) -> SiteFile:
    """What is counted at until somebody draws something else.

    Raises:
        SiteError: the file given cannot be used.
    """
    if given is not None:
        return _file_at(given)
    beside = Path(choice.spec) / "site.toml"
    try:
        if beside.is_file():
            return _file_at(beside)
        with choice.open() as source:
            if isinstance(source, KnownSite):
                return _file_of(source.site)
    except (LintelError, OSError) as error:
        log.warning("first_site", fault=str(error))
    return SiteFile()


def _file_at(path: Path) -> SiteFile:
    load_site(path)  # says what is wrong with it
    return SiteFile.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))


def _file_of(site: SiteConfig) -> SiteFile:
    return SiteFile(
        mount=MountSection(height_m=site.mount_height_m),
        line=[
            LineSection(
                name=line.name,
                points_m=[(float(x), float(y)) for x, y in line.points_m],
                hysteresis_m=line.hysteresis_m,
                uturn=UturnSection(
                    policy=line.uturn_policy,
                    within_s=line.uturn_within_s,
                    within_m=line.uturn_within_m,
                ),
            )
            for line in site.lines
        ],
        zone=[
            ZoneSection(
                name=zone.name,
                polygon_m=[(float(x), float(y)) for x, y in zone.polygon_m],
                holes_m=[[(float(x), float(y)) for x, y in hole] for hole in zone.holes_m],
                return_within_s=zone.return_within_s,
                min_dwell_s=zone.min_dwell_s,
            )
            for zone in site.zones
        ],
    )
