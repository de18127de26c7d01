"""What may be asked of the web API: bodies and parameters. Unknown fields are refused."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from msgspec import UNSET, Meta, Raw, Struct, UnsetType, field

from lintel.wire.v1.bounds import (
    YEAR_S,
    Count,
    Identifier,
    Name,
    Note,
    Pem,
    Position,
    Seconds,
    Secret,
    UserName,
    Utc,
    Version,
    Words,
)
from lintel.wire.v1.history import DirectionName, HeatKind
from lintel.wire.v1.setting import ImageMode, Purpose, Role, Scope, StoredKind

PeriodS: TypeAlias = Annotated[int, Meta(ge=60, le=86_400)]
Language: TypeAlias = Annotated[str, Meta(pattern=r"^[a-z]{2}(?!\n)$", min_length=2, max_length=2)]
KeptS: TypeAlias = Annotated[float, Meta(ge=60.0, le=10 * YEAR_S)] | UnsetType


class Asked(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Base of everything that comes from outside."""


# --- parameters ------------------------------------------------------------------------------


class Nothing(Asked, frozen=True):
    """No parameters."""


class Range(Asked, frozen=True):
    """``[start, end)``."""

    start: Utc
    end: Utc


class EventQuery(Range, frozen=True):
    """One page of events; ``after`` is ``next_after`` of the page before."""

    limit: Annotated[int, Meta(ge=1, le=5000)] = 1000
    after: Position | None = None


class IntervalQuery(Range, frozen=True):
    """Intervals of one length, of all places or of one."""

    period_s: PeriodS = 900
    place: Name | None = None


class HeatQuery(Range, frozen=True):
    """A heat map."""

    kind: HeatKind = "presence"


class ExportQuery(Range, frozen=True):
    """A file of events or intervals."""

    kind: Literal["events", "intervals"] = "events"
    format: Literal["csv", "json"] = "csv"
    period_s: PeriodS = 900


class StreamQuery(Asked, frozen=True):
    """Where to go on: the position of the last event that was seen."""

    after: Position | None = None
    last_event_id: Position | None = field(default=None, name="Last-Event-ID")


class LatestQuery(Asked, frozen=True):
    """How many of the newest."""

    limit: Annotated[int, Meta(ge=1, le=1000)] = 200


class AuditQuery(Asked, frozen=True):
    """One page of the audit log; ``before`` is ``next_before`` of the page before."""

    before: Count | None = None
    limit: Annotated[int, Meta(ge=1, le=1000)] = 100


class VersionPath(Asked, frozen=True):
    """One saved configuration."""

    version: Version


class ImportQuery(Asked, frozen=True):
    """Whether to count by the file at once, in place of which version, and why."""

    apply: bool = False
    expected: Version | None = None
    why: Words = "imported"


class PictureQuery(Asked, frozen=True):
    """Wait for the first picture after this one."""

    after: Annotated[int, Meta(ge=-1, le=2**53 - 1)] = -1


class UserPath(Asked, frozen=True):
    """One user."""

    name: UserName


class TokenPath(Asked, frozen=True):
    """One API token."""

    token_id: Identifier


class ConsentPath(Asked, frozen=True):
    """One consent."""

    consent_id: Identifier


class LanguageQuery(Asked, frozen=True):
    """A language by its two letters."""

    language: Language = "en"


class DocumentQuery(Asked, frozen=True):
    """One document, in a language by its two letters."""

    document: Literal["notice", "processing_record", "impact_assessment"]
    language: Language = "en"


class RecordingPath(Asked, frozen=True):
    """One recording for validation."""

    recording_id: Identifier


class FramePath(Asked, frozen=True):
    """One frame of a recording, from 0."""

    recording_id: Identifier
    frame: Annotated[int, Meta(ge=0, le=10_000_000)]


class ComparisonQuery(Asked, frozen=True):
    """The recordings to compare together."""

    id: Annotated[tuple[Identifier, ...], Meta(min_length=1, max_length=50)]


# --- bodies ----------------------------------------------------------------------------------


class Claim(Asked, frozen=True):
    """The first start: the code that the device printed, and the first user."""

    code: Secret
    user: UserName
    password: Secret


class SiteBody(Asked, frozen=True):
    """A site file to check."""

    site: Raw


class Setting(Asked, frozen=True):
    """Count by this site file in place of version ``expected``."""

    site: Raw
    why: Words
    expected: Version


class Rollback(Asked, frozen=True):
    """Count by an older version in place of version ``expected``."""

    version: Version
    expected: Version


class NewUser(Asked, frozen=True):
    """A user to add."""

    name: UserName
    role: Role
    password: Secret


class NewPassword(Asked, frozen=True):
    """A new password; who changes his own says the present one too."""

    password: Secret
    present: Secret | None = None


class NewRole(Asked, frozen=True):
    """A new role."""

    role: Role


class NewToken(Asked, frozen=True):
    """An API token to make; without ``for_s`` it lasts until it is revoked."""

    name: Name
    scopes: Annotated[tuple[Scope, ...], Meta(min_length=1, max_length=16)]
    for_s: Seconds | None = None


class NewMode(Asked, frozen=True):
    """An image mode, why, and for how long; showing more than before needs the officer's key."""

    mode: ImageMode
    why: Words
    officer_key: Secret | None = None
    for_s: Seconds | None = None


class OfficerKeyBody(Asked, frozen=True):
    """The privacy officer's present key."""

    officer_key: Secret


class GenderSwitch(Asked, frozen=True):
    """The gender module, on or off; on needs the officer's key."""

    on: bool
    officer_key: Secret | None = None


class RetentionOrder(Asked, frozen=True):
    """How long kinds are kept, in seconds; a kind that is left out stays as it is."""

    tracks: KeptS = UNSET
    events: KeptS = UNSET
    watches: KeptS = UNSET
    intervals: KeptS = UNSET
    heat: KeptS = UNSET
    recordings: KeptS = UNSET


class EraseOrder(Range, frozen=True):
    """Erase one kind in ``[start, end)``."""

    kind: StoredKind
    why: Words


class PersonQuery(Asked, frozen=True):
    """Whose data is asked for."""

    name: Words


class PersonOrder(Asked, frozen=True):
    """Erase what is kept under a name."""

    name: Words
    why: Words


class ContactOrder(Asked, frozen=True):
    """Who is responsible, for the notice at the door."""

    contact: Annotated[
        dict[Identifier, Annotated[str, Meta(max_length=500)]], Meta(min_length=1, max_length=20)
    ]


class NewConsent(Asked, frozen=True):
    """A consent to write down."""

    purpose: Purpose
    given_by: Words
    for_s: Seconds
    note: Note = ""


class RecordingOrder(Asked, frozen=True):
    """Record a depth clip under a consent."""

    seconds: Annotated[float, Meta(gt=0.0, le=3600.0)]
    consent_id: Identifier


class Mark(Asked, frozen=True):
    """One crossing seen by a person: ``t_s`` from the start of the recording."""

    t_s: Annotated[float, Meta(ge=0.0, le=86_400.0)]
    line: Name
    direction: DirectionName


class Marks(Asked, frozen=True):
    """All that was counted by hand; replaces what was there."""

    marks: Annotated[tuple[Mark, ...], Meta(max_length=20_000)]


class TimeZone(Asked, frozen=True):
    """A zone by its IANA name: ``Europe/Berlin``."""

    name: Annotated[
        str,
        Meta(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)*(?!\n)$"),
    ]


class NewCertificate(Asked, frozen=True):
    """A certificate with its chain, and its key, in PEM."""

    certificate_pem: Pem
    key_pem: Pem
