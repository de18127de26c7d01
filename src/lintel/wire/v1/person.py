"""What a device keeps under a person's name, for who asks (GDPR Art. 15) and wants it gone (17)."""

from __future__ import annotations

from msgspec import Struct

from lintel.wire.v1.setting import (
    AuditEntry,
    ConfigVersion,
    Consent,
    Recording,
    Token,
    User,
)


class Personal(Struct, frozen=True):
    """Everything under one name.

    ``contact``: fields of the notice at the door that say it; ``tokens`` the person made;
    ``recordings`` under a consent that the person gave. ``complete`` is false where more entries
    of the audit log name the person than are listed.
    """

    name: str
    user: User | None
    tokens: tuple[Token, ...]
    consents: tuple[Consent, ...]
    recordings: tuple[Recording, ...]
    contact: tuple[str, ...]
    configurations: tuple[ConfigVersion, ...]
    audit: tuple[AuditEntry, ...]
    complete: bool


class PersonErasure(Struct, frozen=True):
    """What was erased of a person; ``kept``: what stays under the name, and why."""

    user: bool
    tokens: int
    consents: int
    recordings: int
    kept: tuple[str, ...]
    audit_entry: int


class GenderModule(Struct, frozen=True):
    """Whether the gender module runs, and what must be read before it is switched on."""

    on: bool
    notice: str
