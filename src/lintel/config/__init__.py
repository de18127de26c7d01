"""What the user wrote about a site, validated (SiteFile) and resolved (SiteConfig)."""

from __future__ import annotations

from lintel.config.site import (
    ROOM,
    AlarmConfig,
    AttributesConfig,
    CaptureConfig,
    LineConfig,
    OccupancyConfig,
    OnlyRule,
    SiteConfig,
    TargetConfig,
    Use,
    UturnPolicy,
    ZoneConfig,
    load_site,
)
from lintel.config.sitefile import SiteFile

__all__ = [
    "ROOM",
    "AlarmConfig",
    "AttributesConfig",
    "CaptureConfig",
    "LineConfig",
    "OccupancyConfig",
    "OnlyRule",
    "SiteConfig",
    "SiteFile",
    "TargetConfig",
    "Use",
    "UturnPolicy",
    "ZoneConfig",
    "load_site",
]
