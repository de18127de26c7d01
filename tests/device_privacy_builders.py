"""A device's privacy with a real vault, a journal that can be read, and a clock set by hand."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from lintel.clock import ManualClock
from lintel.device.ports import Document
from lintel.device.privacy.control import DevicePrivacy
from lintel.device.privacy.kept import Kept
from lintel.device.vault import Vault
from lintel.errors import RefusedError
from lintel.wire.v1.setting import Consent, ImageMode, Privacy

NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
KEY = "green-lantern-42"


@dataclass
class Journal:
    """Keeps every entry."""

    entries: list[tuple[str, str, str]] = field(default_factory=list)

    async def note(self, *, who: str, what: str, detail: str) -> int:
        self.entries.append((who, what, detail))
        return len(self.entries)

    def what(self) -> list[str]:
        return [what for _, what, _ in self.entries]


class PlainKey:
    """Opens to KEY."""

    async def verify(self, key: str | None, *, who: str) -> None:
        if key != KEY:
            raise RefusedError(f"this is not the privacy officer's key, {who}")


@dataclass
class Witness:
    """Sees every change."""

    modes: list[ImageMode] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)

    async def mode_changed(self, mode: ImageMode) -> None:
        self.modes.append(mode)

    async def consent_ended(self, consent: Consent) -> None:
        self.ended.append(consent.consent_id)


class NoDocuments:
    """Writes none."""

    async def document(
        self, document: Document, *, language: str, privacy: Privacy, kept: Kept
    ) -> str:
        return f"{document} {language} {privacy.mode} {len(kept.consents)}"


class Office:
    """A device that can be restarted."""

    def __init__(self, folder: Path) -> None:
        self.vault = Vault.open(folder)
        self.clock = ManualClock(utc=NOON, now_ns=5)
        self.journal = Journal()
        self.witness = Witness()
        self.control = self.start()

    def start(self) -> DevicePrivacy:
        """Start, or start again; the monotonic clock of the earlier run is worth nothing."""
        self.control = DevicePrivacy(
            vault=self.vault,
            journal=self.journal,
            key=PlainKey(),
            clock=self.clock,
            documents=NoDocuments(),
        )
        self.control.tell(self.witness)
        return self.control

    async def consent_to_still(self, *, for_s: float = 86_400.0) -> Consent:
        return await self.control.give_consent(
            "still", given_by="Owner", note="shop floor", for_s=for_s, who="ada"
        )

    async def show_depth(self, *, for_s: float | None = 600.0) -> Privacy:
        return await self.control.set_mode(
            "depth", who="ada", why="mount check", officer_key=KEY, for_s=for_s
        )

    async def protect(self, mode: ImageMode = "none") -> Privacy:
        return await self.control.set_mode(mode, who="bob", why="", officer_key=None, for_s=None)
