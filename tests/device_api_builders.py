"""A device in memory behind the web API: every port kept to its promises, nothing measured.

The real parts have tests of their own; here the API is what is tested, and it must meet every
answer and every refusal that the ports promise.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import httpx
import msgspec

from device_memory_builders import (
    DAY,
    NOW,
    MemoryAudit,
    MemoryConfiguration,
    MemoryCounter,
    MemoryHistory,
)
from lintel.clock import Clock, ManualClock
from lintel.device.access import SCOPES, SCOPES_OF_ROLE, Gate, Scope
from lintel.device.api.app import USUAL, Manners, create_app
from lintel.device.api.rates import Rate
from lintel.device.ports import Document, Picture, Ports
from lintel.device.vault import Vault
from lintel.errors import (
    BusyError,
    CertificateError,
    InputError,
    NotFoundError,
    RefusedError,
)
from lintel.wire.v1.health import (
    Finding,
    LogLine,
    SystemInfo,
)
from lintel.wire.v1.setting import (
    Comparison,
    Consent,
    HandMark,
    ImageMode,
    LineComparison,
    PictureView,
    Privacy,
    Purpose,
    Recording,
)

PASSWORD = "lamp river cotton 7"  # noqa: S105 - of tests
OFFICER_KEY = "officer key of the test"
PROTECTION: tuple[ImageMode, ...] = ("counts", "none", "still", "depth")


class MemoryPrivacy:
    def __init__(self, audit: MemoryAudit) -> None:
        self.audit = audit
        self.mode: ImageMode = "none"
        self.gender_on = False
        self.given: list[Consent] = []
        self.said: dict[str, str] = {"name": "", "address": ""}

    def state(self) -> Privacy:
        lowered = PROTECTION.index(self.mode) > PROTECTION.index("none")
        return Privacy(self.mode, "none", lowered, None, None, None, self.gender_on)

    async def set_mode(
        self, mode: ImageMode, *, who: str, why: str, officer_key: str | None, for_s: float | None
    ) -> Privacy:
        del for_s
        lower = PROTECTION.index(mode) > PROTECTION.index(self.mode)
        if lower and officer_key != OFFICER_KEY:
            raise RefusedError("to show more needs the privacy officer's key")
        self.mode = mode
        self.audit.note(who, "image_mode", f"{mode}: {why}")
        return self.state()

    async def set_gender(self, *, on: bool, who: str, officer_key: str | None) -> Privacy:
        if on and officer_key != OFFICER_KEY:
            raise RefusedError("the gender module needs the privacy officer's key")
        self.gender_on = on
        self.audit.note(who, "gender", str(on))
        return self.state()

    async def consents(self) -> tuple[Consent, ...]:
        return tuple(self.given[::-1])

    async def give_consent(
        self, purpose: Purpose, *, given_by: str, note: str, for_s: float, who: str
    ) -> Consent:
        until = NOW + timedelta(seconds=for_s)
        consent = Consent(f"c{len(self.given)}", purpose, given_by, NOW, until, None, note)
        self.given.append(consent)
        self.audit.note(who, "consent", purpose)
        return consent

    async def withdraw_consent(self, consent_id: str, *, who: str) -> Consent:
        for k, consent in enumerate(self.given):
            if consent.consent_id == consent_id:
                self.given[k] = msgspec.structs.replace(consent, withdrawn_utc=NOW)
                self.audit.note(who, "withdrawn", consent_id)
                return self.given[k]
        raise NotFoundError(f"there is no consent {consent_id}")

    async def forget_giver(self, name: str, *, who: str, why: str) -> int:
        theirs = [k for k, consent in enumerate(self.given) if consent.given_by == name]
        for k in theirs:
            self.given[k] = msgspec.structs.replace(
                self.given[k], given_by="(erased)", note="", withdrawn_utc=NOW
            )
        self.audit.note(who, "person", why)
        return len(theirs)

    async def document(self, document: Document, *, language: str) -> str:
        if language not in {"en", "de"}:
            raise NotFoundError(f"{document} is not written in {language}: en, de")
        return f"<!doctype html><html lang={language}><title>{document}</title></html>"

    async def set_contact(self, contact: Mapping[str, str], *, who: str) -> None:
        unknown = contact.keys() - self.said.keys()
        if unknown:
            raise InputError(f"unknown: {', '.join(sorted(unknown))}")
        self.said |= contact
        self.audit.note(who, "contact", "")

    async def contact(self) -> Mapping[str, str]:
        return self.said


PNG = bytes.fromhex("89504e470d0a1a0a") + 100 * b"rendered by nobody"


class MemoryImages:
    def __init__(self, privacy: MemoryPrivacy) -> None:
        self.privacy = privacy

    async def depth(self, *, after: int) -> Picture | None:
        if self.privacy.mode != "depth":
            raise RefusedError(f"the image mode is {self.privacy.mode}: no depth leaves")
        return Picture("image/png", PNG, after + 1, NOW) if after < 5 else None

    async def still(self) -> Picture | None:
        if self.privacy.mode != "still":
            raise RefusedError(f"the image mode is {self.privacy.mode}: no still leaves")
        return Picture("image/png", PNG, 1, NOW)

    def view(self) -> PictureView | None:
        if self.privacy.mode not in {"depth", "still"}:
            return None
        return PictureView(640, 400, (1.0, 0.0, 0.0, 0.0) * 3)


class MemoryRecordings:
    def __init__(self, privacy: MemoryPrivacy) -> None:
        self.privacy = privacy
        self.clips: dict[str, Recording] = {}
        self.counted: dict[str, tuple[HandMark, ...]] = {}

    async def all(self) -> tuple[Recording, ...]:
        return tuple(self.clips.values())

    async def start(self, *, seconds: float, consent_id: str, who: str) -> Recording:
        given = [c for c in self.privacy.given if c.consent_id == consent_id]
        if not given or given[0].withdrawn_utc is not None:
            raise RefusedError(f"there is no consent {consent_id} for a recording")
        if len(self.clips) >= 3:
            raise BusyError("a clip is being recorded")
        self.privacy.audit.note(who, "recording", consent_id)
        clip_id = f"r{len(self.clips)}"
        clip = Recording(clip_id, NOW, seconds, 100, 10**6, consent_id, NOW + DAY, "ready", None)
        self.clips[clip_id] = clip
        return clip

    async def picture(self, recording_id: str, frame: int, *, who: str) -> Picture:
        del who
        clip = self._clip(recording_id)
        if frame >= clip.frames:
            raise NotFoundError(f"{recording_id} has {clip.frames} frames")
        return Picture("image/png", PNG, frame, NOW)

    async def delete(self, recording_id: str, *, who: str) -> None:
        del self.clips[self._clip(recording_id).recording_id]
        self.privacy.audit.note(who, "recording_erased", recording_id)

    async def marks(self, recording_id: str) -> tuple[HandMark, ...]:
        return self.counted.get(self._clip(recording_id).recording_id, ())

    async def put_marks(self, recording_id: str, marks: tuple[HandMark, ...], *, who: str) -> None:
        del who
        self.counted[self._clip(recording_id).recording_id] = marks

    async def compare(self, recording_ids: tuple[str, ...]) -> Comparison:
        for recording_id in recording_ids:
            self._clip(recording_id)
        line = LineComparison("door", "in", 1, 1, 0, 0, 0.0, -0.1, 0.1, False, 1200)
        return Comparison(recording_ids, 1.0, (line,))

    def _clip(self, recording_id: str) -> Recording:
        if recording_id not in self.clips:
            raise NotFoundError(f"there is no recording {recording_id}")
        return self.clips[recording_id]


class MemorySystem:
    def __init__(self, audit: MemoryAudit) -> None:
        self.audit = audit
        self.zone = "Europe/Berlin"

    def info(self) -> SystemInfo:
        return SystemInfo(
            device_id="lintel-test",
            version="0.1.0",
            started_utc=NOW - DAY,
            utc=NOW,
            time_zone=self.zone,
            source="analytic",
            certificate_sha256="ab" * 32,
            certificate_until_utc=NOW + 300 * DAY,
            restart_pending=False,
        )

    def logs(self, *, limit: int) -> tuple[LogLine, ...]:
        return (LogLine(NOW, "info", "started", {"source": "analytic"}),)[:limit]

    async def set_time_zone(self, name: str, *, who: str) -> None:
        if name not in {"Europe/Berlin", "UTC"}:
            raise InputError(f"{name} is no zone of the IANA table")
        self.zone = name
        self.audit.note(who, "time_zone", name)

    async def install_certificate(self, certificate_pem: str, key_pem: str, *, who: str) -> None:
        del certificate_pem, key_pem, who
        raise CertificateError("the certificate is not PEM")

    async def self_audit(self) -> tuple[Finding, ...]:
        return (Finding("mode", passed=True, detail="none", advice=""),)


@dataclass
class MemoryDevice:
    """All ports at once, with the parts at hand, behind a real gate."""

    audit: MemoryAudit
    counter: MemoryCounter
    history: MemoryHistory
    configuration: MemoryConfiguration
    privacy: MemoryPrivacy
    recordings: MemoryRecordings
    ports: Ports
    clock: ManualClock
    gate: Gate
    words: dict[str, str]


def memory_device(folder: Path, *, claimed: bool = True) -> MemoryDevice:
    audit = MemoryAudit()
    counter, history = MemoryCounter(audit), MemoryHistory(audit)
    configuration, privacy = MemoryConfiguration(audit), MemoryPrivacy(audit)
    recordings = MemoryRecordings(privacy)
    ports = Ports(
        counter=counter,
        history=history,
        configuration=configuration,
        privacy=privacy,
        images=MemoryImages(privacy),
        recordings=recordings,
        system=MemorySystem(audit),
    )
    clock = ManualClock(utc=NOW)
    gate = Gate(Vault.open(folder), clock=clock)
    if claimed:
        gate.accounts.users_on_the_device.add("anna", "installer", PASSWORD)
    return MemoryDevice(
        audit,
        counter,
        history,
        configuration,
        privacy,
        recordings,
        ports,
        clock,
        gate,
        Words(gate),
    )


FREE = Rate(per_s=1e9, burst=10**9)
PATIENT = Manners(peer=FREE, caller=FREE)


class Words(dict[str, str]):
    """Tokens by what they may: a role, a scope, or all; each is made when it is first wanted."""

    def __init__(self, gate: Gate) -> None:
        super().__init__()
        self._tokens = gate.accounts.tokens_on_the_device

    def __missing__(self, name: str) -> str:
        scopes: dict[str, frozenset[Scope]] = {"all": SCOPES}
        scopes |= {str(role): held for role, held in SCOPES_OF_ROLE.items()}
        scopes |= {scope: frozenset({scope}) for scope in SCOPES}
        self[name] = self._tokens.add(name, scopes[name], for_s=None)[1]
        return self[name]


def http(
    device: MemoryDevice,
    *,
    role: str | None = "viewer",
    manners: Manners = USUAL,
    clock: Clock | None = None,
    pages: Path | None = None,
) -> httpx.AsyncClient:
    """A client of the real application, without a socket between."""
    app = create_app(device.ports, device.gate, pages, manners=manners, clock=clock)
    headers = {"Authorization": f"Bearer {device.words[role]}"} if role else {}
    transport = httpx.ASGITransport(app=app, client=("192.0.2.7", 40000))
    return httpx.AsyncClient(transport=transport, base_url="https://lintel.local", headers=headers)
