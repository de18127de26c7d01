"""What the web API asks of the running device: messages in, messages out.

The API imports this and no implementation, so that it can reach neither pixels nor the pipeline.
Methods that may touch the disk are coroutines. ``who`` is a user's or token's name, for the audit.
Bad input raises LintelError from ``lintel.errors``, with a message fit for the caller.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol, TypeAlias

from lintel.wire.v1.health import (
    Calibration,
    Finding,
    Health,
    LogLine,
    MountCheck,
    SystemInfo,
    Trajectory,
)
from lintel.wire.v1.history import (
    Event,
    EventPage,
    GroupSizes,
    HeatKind,
    HeatMap,
    IntervalList,
)
from lintel.wire.v1.live import Live, Plan
from lintel.wire.v1.setting import (
    AuditPage,
    Comparison,
    ConfigFault,
    ConfigVersion,
    Consent,
    ErasureProof,
    HandMark,
    ImageMode,
    PictureView,
    Privacy,
    Purpose,
    Recording,
    Stored,
    StoredKind,
)

Json: TypeAlias = bool | int | float | str | list["Json"] | dict[str, "Json"] | None
Document: TypeAlias = Literal["notice", "processing_record", "impact_assessment"]


class Feed(Protocol):
    """Live states and events as they come; what a slow reader misses is dropped and counted."""

    @property
    def dropped(self) -> int:
        """Messages that this reader was too slow for."""
        ...

    def __aiter__(self) -> AsyncIterator[Live | Event]:
        """Messages until the device stops."""
        ...


class Counter(Protocol):
    """The running count."""

    def live(self) -> Live:
        """The newest state."""
        ...

    def plan(self) -> Plan:
        """Lines, zones and the field of view on the floor; ``GET /api/v1/live/plan``."""
        ...

    def subscribe(self) -> AbstractAsyncContextManager[Feed]:
        """Listen; at most 32 listen at once.

        Raises:
            BusyError: too many listen already.
        """
        ...

    def health(self) -> Health:
        """How the device is, with causes."""
        ...

    async def reset_totals(self, *, who: str) -> Live:
        """Begin the running totals anew; the stored events stay."""
        ...

    def mount_checks(self) -> tuple[MountCheck, ...]:
        """Focus, depth, floor, height, cameras: pass or fail, with advice."""
        ...

    def calibration(self) -> Calibration | None:
        """What is known of the two cameras; None before a source was opened."""
        ...

    async def refit_floor(self, *, who: str) -> None:
        """Forget the floor and find it anew."""
        ...

    def trajectories(self) -> tuple[Trajectory, ...]:
        """The latest paths, at most 200, to draw lines on."""
        ...


class History(Protocol):
    """What is stored."""

    async def events(
        self, start: datetime, end: datetime, *, limit: int, after: str | None = None
    ) -> EventPage:
        """Events in ``[start, end)``, by time."""
        ...

    async def news(self, after: str | None, *, limit: int) -> EventPage:
        """Events stored after the position ``after``, in the order of storing, with positions.

        ``next_after`` is the position to go on from, never None. Without ``after`` no events, only
        the position of now; likewise for one that this store has not reached yet.

        Raises:
            InputError: ``after`` is no position.
        """
        ...

    async def intervals(
        self, start: datetime, end: datetime, *, period_s: int, place: str | None = None
    ) -> IntervalList:
        """Intervals that start in ``[start, end)``."""
        ...

    async def heat_map(self, start: datetime, end: datetime, *, kind: HeatKind) -> HeatMap:
        """The sum of the heat maps in ``[start, end)``; without cells where there is none."""
        ...

    async def groups(self, start: datetime, end: datetime) -> tuple[GroupSizes, ...]:
        """Sizes of groups that came in ``[start, end)``."""
        ...

    async def stored(self) -> tuple[Stored, ...]:
        """How much is kept."""
        ...

    async def erase(
        self, kind: StoredKind, start: datetime, end: datetime, *, who: str, why: str
    ) -> ErasureProof:
        """Erase one kind in ``[start, end)`` and prove it."""
        ...

    async def set_retention(self, seconds: Mapping[StoredKind, float], *, who: str) -> None:
        """Change how long kinds are kept, within the bounds of each."""
        ...

    async def audit(self, *, before: int | None, limit: int) -> AuditPage:
        """The audit log, newest first."""
        ...

    async def note(self, *, who: str, what: str, detail: str) -> int:
        """Add an entry to the audit log; its number."""
        ...


class Configuration(Protocol):
    """The site file and its versions."""

    def current(self) -> tuple[ConfigVersion, Json]:
        """The version in force, and the site file as JSON."""
        ...

    def schema(self) -> Json:
        """JSON Schema of the site file, with titles and descriptions."""
        ...

    def faults(self, site: Json) -> tuple[ConfigFault, ...]:
        """What is wrong with a site file; nothing when it can be applied."""
        ...

    async def versions(self) -> tuple[ConfigVersion, ...]:
        """All versions kept, newest first."""
        ...

    async def version(self, number: int) -> Json:
        """The site file of one version.

        Raises:
            NotFoundError: it is not kept.
        """
        ...

    async def apply(self, site: Json, *, who: str, why: str, expected: int) -> ConfigVersion:
        """Count by this site file from now on; running totals of unchanged lines go on.

        Raises:
            SiteError: it has faults.
            ConflictError: the version in force is not ``expected``: someone else was faster.
        """
        ...

    async def export(self) -> str:
        """The site file in force as TOML."""
        ...

    def faults_of_toml(self, text: str) -> tuple[Json, tuple[ConfigFault, ...]]:
        """Read a site file in TOML: its JSON, and what is wrong with it."""
        ...


class PrivacyControl(Protocol):
    """Image mode, consent, and the documents that the law asks for."""

    def state(self) -> Privacy:
        """The mode in force."""
        ...

    async def set_mode(
        self, mode: ImageMode, *, who: str, why: str, officer_key: str | None, for_s: float | None
    ) -> Privacy:
        """Change the image mode; showing more than before needs the privacy officer's key.

        Raises:
            RefusedError: the key is missing or wrong, or a consent is missing.
        """
        ...

    async def set_gender(self, *, on: bool, who: str, officer_key: str | None) -> Privacy:
        """Switch the gender module, which is off by default."""
        ...

    async def consents(self) -> tuple[Consent, ...]:
        """All consents, newest first."""
        ...

    async def give_consent(
        self, purpose: Purpose, *, given_by: str, note: str, for_s: float, who: str
    ) -> Consent:
        """Write down a consent."""
        ...

    async def withdraw_consent(self, consent_id: str, *, who: str) -> Consent:
        """Withdraw it; what depends on it stops and its data is erased before this returns."""
        ...

    async def forget_giver(self, name: str, *, who: str, why: str) -> int:
        """Withdraw every consent that somebody gave, and forget the name; how many.

        What depends on them stops and its data is erased before this returns.
        """
        ...

    async def document(self, document: Document, *, language: str) -> str:
        """A printable HTML page filled from the real configuration."""
        ...

    async def set_contact(self, contact: Mapping[str, str], *, who: str) -> None:
        """Who is responsible, for the notice at the door."""
        ...

    async def contact(self) -> Mapping[str, str]:
        """Who is responsible; empty strings where nothing was said yet."""
        ...


@dataclass(frozen=True, slots=True)
class Picture:
    """An encoded picture that may be shown in the present mode."""

    media_type: str
    content: bytes
    seq: int
    utc: datetime


class Images(Protocol):
    """Pictures that the image mode allows; nothing else leaves."""

    async def depth(self, *, after: int) -> Picture | None:
        """The first coloured depth picture newer than ``after``; None when the wait was too long.

        Raises:
            RefusedError: the mode is not ``depth``.
        """
        ...

    async def still(self) -> Picture | None:
        """The still; None while none could be taken yet.

        Raises:
            RefusedError: the mode is not ``still``.
        """
        ...

    def view(self) -> PictureView | None:
        """Where floor and people lie in the mode's pictures; None without floor or picture."""
        ...


class Recordings(Protocol):
    """Depth clips for validation, under consent."""

    async def all(self) -> tuple[Recording, ...]:
        """All clips, newest first."""
        ...

    async def start(self, *, seconds: float, consent_id: str, who: str) -> Recording:
        """Record from now on; one clip at a time.

        Raises:
            RefusedError: the consent is missing, withdrawn or over.
            BusyError: a clip is being recorded.
        """
        ...

    async def picture(self, recording_id: str, frame: int, *, who: str) -> Picture:
        """One coloured depth frame of a clip; looking is written to the audit log, once a view."""
        ...

    async def delete(self, recording_id: str, *, who: str) -> None:
        """Erase a clip."""
        ...

    async def marks(self, recording_id: str) -> tuple[HandMark, ...]:
        """What was counted by hand so far."""
        ...

    async def put_marks(self, recording_id: str, marks: tuple[HandMark, ...], *, who: str) -> None:
        """Replace what was counted by hand."""
        ...

    async def compare(self, recording_ids: tuple[str, ...]) -> Comparison:
        """Count against hand count, with the equivalence test."""
        ...


class System(Protocol):
    """The device itself."""

    def info(self) -> SystemInfo:
        """Version, certificate, clock."""
        ...

    def logs(self, *, limit: int) -> tuple[LogLine, ...]:
        """The newest lines of the log, newest first."""
        ...

    async def set_time_zone(self, name: str, *, who: str) -> None:
        """Change the IANA zone that intervals are aligned to."""
        ...

    async def install_certificate(self, certificate_pem: str, key_pem: str, *, who: str) -> None:
        """Use this certificate from the next start of the listener on.

        Raises:
            CertificateError: it does not fit its key, is over, or cannot be read.
        """
        ...

    async def self_audit(self) -> tuple[Finding, ...]:
        """Check the device against its promises."""
        ...


@dataclass(frozen=True, slots=True)
class Ports:
    """Everything the web API is built on."""

    counter: Counter
    history: History
    configuration: Configuration
    privacy: PrivacyControl
    images: Images
    recordings: Recordings
    system: System
