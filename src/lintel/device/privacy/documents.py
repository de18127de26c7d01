"""The documents that the law asks for, filled from what the device really does.

Templates hold sentences; every fact in them comes from ``Facts``. What nobody has said yet is
shown as a gap, and the page says at its top that it is not ready.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, get_args

from jinja2 import Environment, PackageLoader, StrictUndefined

from lintel.device.ports import Document, Json
from lintel.device.privacy.consents import is_in_force
from lintel.device.privacy.contact import FIELDS, Contact, completed
from lintel.device.privacy.kept import Kept
from lintel.device.privacy.retention import BOUNDS
from lintel.errors import InputError
from lintel.wire.v1.health import SystemInfo
from lintel.wire.v1.setting import (
    ConfigVersion,
    Consent,
    Privacy,
    Stored,
    StoredKind,
)

LANGUAGES = ("en", "de")
NEEDED = ("controller", "address", "email", "purpose", "legal_basis", "authority")
MISSING_DE = {
    "controller": "Name der verantwortlichen Stelle",
    "address": "Anschrift",
    "email": "E-Mail-Adresse für Fragen",
    "purpose": "wozu gezählt wird",
    "legal_basis": "Rechtsgrundlage",
    "authority": "Aufsichtsbehörde für Beschwerden",
}
UNITS = {
    "en": (("year", "years"), ("day", "days"), ("hour", "hours"), ("minute", "minutes")),
    "de": (("Jahr", "Jahre"), ("Tag", "Tage"), ("Stunde", "Stunden"), ("Minute", "Minuten")),
}
UNIT_S = (365 * 86_400.0, 86_400.0, 3600.0, 60.0)


@dataclass(frozen=True, slots=True)
class KindFacts:
    """One kind of data: how long it is kept, how much of it there is."""

    kind: StoredKind
    retention_s: float
    rows: int
    oldest_utc: datetime | None


@dataclass(frozen=True, slots=True)
class Facts:
    """What the device does at this moment."""

    contact: Contact
    missing: tuple[str, ...]  # needed fields of the contact that are empty
    privacy: Privacy
    consents: tuple[Consent, ...]  # in force
    kinds: tuple[KindFacts, ...]
    lines: tuple[str, ...]
    zones: tuple[str, ...]
    version: ConfigVersion
    system: SystemInfo
    written_utc: datetime


class Holdings(Protocol):
    """What tells how much is stored; ``History`` is one."""

    async def stored(self) -> tuple[Stored, ...]:
        """How much is kept."""
        ...


class Site(Protocol):
    """What knows the site; ``Configuration`` is one."""

    def current(self) -> tuple[ConfigVersion, Json]:
        """The version in force and its site file."""
        ...


class PaperWriter:
    """Writes documents about one device.

    Args:
        holdings: how much is stored.
        site: lines and zones.
        system: the device itself.
    """

    def __init__(self, *, holdings: Holdings, site: Site, system: Callable[[], SystemInfo]) -> None:
        self._holdings, self._site, self._system = holdings, site, system
        self._pages = Environment(
            loader=PackageLoader("lintel.device.privacy"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    async def document(
        self, document: Document, *, language: str, privacy: Privacy, kept: Kept
    ) -> str:
        """A printable HTML page.

        Raises:
            InputError: there is no such document, or not in that language.
        """
        if document not in get_args(Document) or language not in LANGUAGES:
            raise InputError(
                f"expected {', '.join(get_args(Document))} in {', '.join(LANGUAGES)}, "
                f"got {document!r} in {language!r}"
            )
        facts = await self._facts(privacy, kept, MISSING_DE if language == "de" else FIELDS)
        page = self._pages.get_template(f"{language}/{document}.html")
        return page.render(
            f=facts,
            kinds={one.kind: one for one in facts.kinds},
            purposes={consent.purpose for consent in facts.consents},
            how_long=lambda seconds: duration(seconds, language),
            language=language,
        )

    async def _facts(self, privacy: Privacy, kept: Kept, words: Mapping[str, str]) -> Facts:
        system = self._system()
        version, site = self._site.current()
        contact = completed(kept.contact)
        return Facts(
            contact=contact,
            missing=tuple(words[name] for name in NEEDED if not contact[name]),
            privacy=privacy,
            consents=tuple(c for c in kept.consents if is_in_force(c, system.utc)),
            kinds=_kinds(await self._holdings.stored()),
            lines=_names(site, "line"),
            zones=_names(site, "zone"),
            version=version,
            system=system,
            written_utc=system.utc,
        )


def duration(seconds: float, language: str) -> str:
    """A time in words, in the largest unit that it is a whole number of: ``30 days``."""
    for size_s, (one, many) in zip(UNIT_S, UNITS[language], strict=True):
        count = seconds / size_s
        if count >= 1 and count == int(count):
            return f"{int(count)} {one if count == 1 else many}"
    return f"{seconds:g} s"


def _kinds(stored: tuple[Stored, ...]) -> tuple[KindFacts, ...]:
    found = {one.kind: one for one in stored}
    return tuple(
        KindFacts(
            kind=kind,
            retention_s=_first(one.retention_s if one else None, bounds.default_s),
            rows=one.rows if one else 0,
            oldest_utc=one.oldest_utc if one else None,
        )
        for kind, bounds in BOUNDS.items()
        for one in (found.get(kind),)
    )


def _first(value: float | None, otherwise: float) -> float:
    return otherwise if value is None else value


def _names(site: Json, section: str) -> tuple[str, ...]:
    """Names of the lines or zones of a site file."""
    listed = site.get(section, []) if isinstance(site, dict) else []
    if not isinstance(listed, list):
        return ()
    return tuple(str(one["name"]) for one in listed if isinstance(one, dict) and "name" in one)
