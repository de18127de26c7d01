"""Which site file belongs to what was opened."""

from __future__ import annotations

from pathlib import Path

from lintel.capture import Source
from lintel.config import SiteConfig, load_site
from lintel.errors import SiteError
from lintel.pipeline import KnownSite


def site_of(source: Source, *, recording: str, site: Path | None) -> SiteConfig:
    """The site: the file named, else the scene's own, else site.toml in the recording.

    Raises:
        SiteError: there is none, or it has neither line nor zone.
    """
    config = _find(source, recording=recording, site=site)
    if config is None:
        raise SiteError(
            f"{recording}: no site file; pass --site FILE or put site.toml into the recording"
        )
    if not (config.lines or config.zones):
        raise SiteError(
            f"{site or recording}: nothing to count at; a site file needs at least one [[line]] "
            "with name and points_m, or a [[zone]] with name and polygon_m"
        )
    return config


def optional_site_of(source: Source, *, recording: str, site: Path | None) -> SiteConfig:
    """The site as in ``site_of``, or one without lines where there is none.

    Raises:
        SiteError: the site file is missing or malformed.
    """
    return _find(source, recording=recording, site=site) or SiteConfig()


def _find(source: Source, *, recording: str, site: Path | None) -> SiteConfig | None:
    if site is not None:
        return load_site(site)
    if isinstance(source, KnownSite):
        return source.site
    beside = Path(recording) / "site.toml"
    if beside.is_file():
        return load_site(beside)
    return None
