"""What can be set: configuration, users, privacy, consent, recordings for validation."""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct

from lintel.wire.v1.bounds import Utc
from lintel.wire.v1.history import DirectionName

Role: TypeAlias = Literal["viewer", "operator", "installer", "privacy_officer"]
Scope: TypeAlias = Literal[
    "live:read",
    "records:read",
    "image:view",
    "config:read",
    "config:write",
    "users:write",
    "privacy:write",
    "audit:read",
    "system:write",
    "recordings:write",
]
ImageMode: TypeAlias = Literal["depth", "still", "none", "counts"]
StoredKind: TypeAlias = Literal["tracks", "events", "watches", "intervals", "heat", "recordings"]
Purpose: TypeAlias = Literal["validation_recording", "gender", "still"]


class ConfigVersion(Struct, frozen=True):
    """One saved configuration; ``version`` counts from 1."""

    version: int
    utc: Utc
    who: str
    why: str
    config_hash: str


class ConfigFault(Struct, frozen=True):
    """What is wrong with a configuration, and where: ``line[0].points_m``."""

    place: str
    message: str


class Session(Struct, frozen=True):
    """Who is signed in, and what every page must show."""

    user: str
    role: Role
    csrf_token: str
    expires_utc: Utc


class User(Struct, frozen=True):
    """A user of the device."""

    name: str
    role: Role
    last_seen_utc: Utc | None


class Token(Struct, frozen=True):
    """An API token; the secret itself is shown once, when it is made."""

    token_id: str
    name: str
    scopes: tuple[str, ...]
    made_utc: Utc
    expires_utc: Utc | None
    last_used_utc: Utc | None


class Privacy(Struct, frozen=True):
    """The image mode in force; while it is lowered, until when and why."""

    mode: ImageMode
    default_mode: ImageMode
    lowered: bool
    until_utc: Utc | None
    who: str | None
    why: str | None
    gender_on: bool


class PictureView(Struct, frozen=True):
    """Where places lie in the picture of the image mode in force.

    ``pixel_from_floor`` is a 3 x 4 matrix P by rows: the pixel of a place (x, y, z) in metres in
    the floor frame is (P[0].X / P[2].X, P[1].X / P[2].X) with X = (x, y, z, 1); pixel centres
    have whole numbers, and P[2].X > 0 in front of the camera.
    """

    width_px: int
    height_px: int
    pixel_from_floor: tuple[float, ...]


class Stored(Struct, frozen=True):
    """How much of one kind is kept now, and for how long."""

    kind: StoredKind
    rows: int
    bytes: int
    oldest_utc: Utc | None
    retention_s: float | None


class ErasureProof(Struct, frozen=True):
    """What was erased, what is left of it, and the audit entry that says so."""

    kind: StoredKind
    start_utc: Utc
    end_utc: Utc
    rows: int
    remaining: int
    proven: bool
    audit_entry: int


class Consent(Struct, frozen=True):
    """A consent that something depends on; withdrawing it stops that at once."""

    consent_id: str
    purpose: Purpose
    given_by: str
    given_utc: Utc
    expires_utc: Utc
    withdrawn_utc: Utc | None
    note: str


class AuditEntry(Struct, frozen=True):
    """One entry of the audit log; ``digest`` seals it and all before it."""

    number: int
    utc: Utc
    who: str
    what: str
    detail: str
    digest: str


class AuditPage(Struct, frozen=True):
    """Entries, newest first; ``whole`` tells whether the chain holds from first to last."""

    entries: tuple[AuditEntry, ...]
    next_before: int | None
    whole: bool


class Recording(Struct, frozen=True):
    """A depth clip recorded under consent to check the count by hand.

    ``counted_by_hand``: crossings that a person saw in it; null while nobody has counted.
    """

    recording_id: str
    started_utc: Utc
    seconds: float
    frames: int
    bytes: int
    consent_id: str
    expires_utc: Utc
    state: Literal["recording", "ready", "failed"]
    counted_by_hand: int | None


class HandMark(Struct, frozen=True):
    """One crossing seen by a person: ``t_s`` from the start of the recording."""

    t_s: float
    line: str
    direction: DirectionName


class LineComparison(Struct, frozen=True):
    """Count against hand count on one line and direction, with the equivalence test.

    ``more_needed``: true crossings still to be watched before the test can pass at this error
    rate; 0 when it has passed, null when the count is too wrong for it to pass.
    """

    line: str
    direction: DirectionName
    counted: int
    by_hand: int
    missed: int
    false: int
    bias: float | None
    bias_low: float | None
    bias_high: float | None
    equivalent: bool
    more_needed: int | None


class Comparison(Struct, frozen=True):
    """All lines of one or several recordings."""

    recordings: tuple[str, ...]
    f1: float | None
    lines: tuple[LineComparison, ...]
