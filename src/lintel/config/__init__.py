"""What the user wrote about a site, validated (SiteFile) and resolved (SiteConfig)."""

from __future__ import annotations

from lintel.config.site import LineConfig, SiteConfig, UturnPolicy, ZoneConfig, load_site
from lintel.config.sitefile import SiteFile

__all__ = ["LineConfig", "SiteConfig", "SiteFile", "UturnPolicy", "ZoneConfig", "load_site"]
