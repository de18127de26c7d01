"""What the web API answers around the other messages: lists, checks, problems."""

from __future__ import annotations

from msgspec import Raw, Struct

from lintel.wire.v1.health import Finding, LogLine, MountCheck, Trajectory
from lintel.wire.v1.history import GroupSizes
from lintel.wire.v1.live import DeviceState
from lintel.wire.v1.setting import (
    ConfigFault,
    ConfigVersion,
    Consent,
    HandMark,
    Recording,
    Stored,
    Token,
    User,
)


class Problem(Struct, frozen=True, omit_defaults=True):
    """Why it did not work, as RFC 9457 says; ``code`` is a stable word.

    ``incident`` is the number under which the log says more; ``faults`` are those of a site file.
    """

    title: str
    status: int
    detail: str
    code: str
    type: str = "about:blank"
    incident: str | None = None
    faults: tuple[ConfigFault, ...] = ()


class ClaimState(Struct, frozen=True):
    """Whether the device has a first user already."""

    claimed: bool


class FirstUser(Struct, frozen=True):
    """The first user, and the privacy officer's key, which is shown this once."""

    user: User
    officer_key: str | None


class NewOfficerKey(Struct, frozen=True):
    """The privacy officer's new key, shown this once; the old one is void."""

    officer_key: str


class Challenge(Struct, frozen=True):
    """A digest challenge as RFC 7616 names its parts."""

    realm: str
    nonce: str
    opaque: str
    algorithm: str
    qop: str


class HealthSummary(Struct, frozen=True):
    """The state alone, for who is not signed in."""

    state: DeviceState


class SiteInForce(Struct, frozen=True):
    """The site file in force and its version."""

    version: ConfigVersion
    site: Raw


class SiteVersion(Struct, frozen=True):
    """The site file of one version."""

    version: int
    site: Raw


class SiteCheck(Struct, frozen=True):
    """What is wrong with a site file; nothing when it can be applied."""

    faults: tuple[ConfigFault, ...]


class SiteImport(Struct, frozen=True):
    """A site file read from TOML, what is wrong with it, and its version if it was applied."""

    site: Raw
    faults: tuple[ConfigFault, ...]
    applied: ConfigVersion | None


class ConfigVersions(Struct, frozen=True):
    """All versions kept, newest first."""

    versions: tuple[ConfigVersion, ...]


class Groups(Struct, frozen=True):
    """Sizes of groups by line."""

    groups: tuple[GroupSizes, ...]


class MountChecks(Struct, frozen=True):
    """What an installer must get right."""

    checks: tuple[MountCheck, ...]


class Trajectories(Struct, frozen=True):
    """The latest paths, at most 200."""

    trajectories: tuple[Trajectory, ...]


class Users(Struct, frozen=True):
    """All users by name."""

    users: tuple[User, ...]


class Tokens(Struct, frozen=True):
    """All API tokens."""

    tokens: tuple[Token, ...]


class MadeToken(Struct, frozen=True):
    """A new API token; its secret is shown this once."""

    token: Token
    secret: str


class StoredKinds(Struct, frozen=True):
    """How much is kept."""

    stored: tuple[Stored, ...]


class Consents(Struct, frozen=True):
    """All consents, newest first."""

    consents: tuple[Consent, ...]


class Contact(Struct, frozen=True):
    """Who is responsible, for the notice at the door."""

    contact: dict[str, str]


class RecordingList(Struct, frozen=True):
    """All recordings for validation, newest first."""

    recordings: tuple[Recording, ...]


class HandMarks(Struct, frozen=True):
    """What was counted by hand."""

    marks: tuple[HandMark, ...]


class LogLines(Struct, frozen=True):
    """The newest lines of the log, newest first."""

    lines: tuple[LogLine, ...]


class Findings(Struct, frozen=True):
    """The self-audit, check by check."""

    findings: tuple[Finding, ...]
