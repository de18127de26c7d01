"""The register of consents: who allowed what, until when, and that it was withdrawn.

A consent that is over stays in the register as proof (GDPR Art. 7(1)) for PROOF, then it goes.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from msgspec.structs import replace

from lintel.errors import BusyError, InputError, NotFoundError, RefusedError
from lintel.wire.v1.setting import Consent, Purpose

PURPOSES: tuple[Purpose, ...] = ("validation_recording", "gender", "still")
MAX_CONSENTS = 500
SHORTEST_S = 60.0
LONGEST_S = 366 * 86_400.0
PROOF = timedelta(days=3 * 365)
ERASED = "(erased)"
MAX_NAME = 120
MAX_NOTE = 500

Register = tuple[Consent, ...]


def is_in_force(consent: Consent, utc: datetime) -> bool:
    """Given, not withdrawn, not over. A clock that was set back before it was given ends it."""
    return consent.withdrawn_utc is None and consent.given_utc <= utc < consent.expires_utc


def has_ended(consent: Consent, utc: datetime) -> bool:
    """Withdrawn or over, for good; unlike one that a wrong clock does not know yet."""
    return consent.withdrawn_utc is not None or utc >= consent.expires_utc


def purposes_in_force(register: Register, utc: datetime) -> frozenset[Purpose]:
    """What may be done now."""
    return frozenset(consent.purpose for consent in register if is_in_force(consent, utc))


def given(
    register: Register, purpose: Purpose, *, given_by: str, note: str, for_s: float, utc: datetime
) -> tuple[Register, Consent]:
    """The register with a new consent, newest first.

    Raises:
        InputError: the purpose is unknown, nobody gave it, a text is too long, or the time is out
            of bounds.
        BusyError: the register is full.
    """
    if purpose not in PURPOSES:
        raise InputError(f"there is no purpose {purpose!r}; expected {', '.join(PURPOSES)}")
    if not SHORTEST_S <= for_s <= LONGEST_S:
        raise InputError(
            f"a consent is given for {SHORTEST_S:.0f} to {LONGEST_S:.0f} seconds, got {for_s:g}"
        )
    who, text = _line(given_by, "given_by", 1, MAX_NAME), _line(note, "note", 0, MAX_NOTE)
    kept = without_old(register, utc)
    if len(kept) >= MAX_CONSENTS:
        raise BusyError(f"the register holds {MAX_CONSENTS} consents; none can be added")
    until = utc + timedelta(seconds=for_s)
    consent = Consent(secrets.token_hex(8), purpose, who, utc, until, None, text)
    return (consent, *kept), consent


def withdrawn(register: Register, consent_id: str, *, utc: datetime) -> tuple[Register, Consent]:
    """The register with that consent withdrawn; one that was withdrawn before stays as it is.

    Raises:
        NotFoundError: there is no such consent.
    """
    found = find(register, consent_id)
    if found.withdrawn_utc is not None:
        return register, found
    new = replace(found, withdrawn_utc=max(utc, found.given_utc))
    return tuple(new if one is found else one for one in register), new


def without_giver(register: Register, name: str, *, utc: datetime) -> tuple[Register, int]:
    """The register without a giver's name, whose consents are withdrawn; of how many."""
    changed = tuple(
        _nameless(consent, utc) if same_name(consent.given_by, name) else consent
        for consent in register
    )
    return changed, sum(one is not other for one, other in zip(changed, register, strict=True))


def same_name(one: str, other: str) -> bool:
    """Whether two spellings mean one person."""
    return " ".join(one.split()).casefold() == " ".join(other.split()).casefold()


def _nameless(consent: Consent, utc: datetime) -> Consent:
    ended = consent.withdrawn_utc or max(min(utc, consent.expires_utc), consent.given_utc)
    return replace(consent, given_by=ERASED, note="", withdrawn_utc=ended)


def find(register: Register, consent_id: str) -> Consent:
    """One consent.

    Raises:
        NotFoundError: there is no such consent.
    """
    for consent in register:
        if consent.consent_id == consent_id:
            return consent
    raise NotFoundError(f"there is no consent {consent_id!r}")


def require(register: Register, consent_id: str, purpose: Purpose, *, utc: datetime) -> Consent:
    """A consent that is in force for ``purpose``.

    Raises:
        RefusedError: there is none of that name, it is for something else, withdrawn or over.
    """
    try:
        consent = find(register, consent_id)
    except NotFoundError as error:
        raise RefusedError(f"{error}; write it down first") from error
    if consent.purpose != purpose:
        raise RefusedError(f"that consent is for {consent.purpose!r}, not for {purpose!r}")
    if consent.withdrawn_utc is not None:
        raise RefusedError("that consent was withdrawn")
    if not is_in_force(consent, utc):
        raise RefusedError("that consent is over; a new one is needed")
    return consent


def without_old(register: Iterable[Consent], utc: datetime) -> Register:
    """Without those that have been over for longer than PROOF."""
    return tuple(consent for consent in register if utc - _end(consent) < PROOF)


def _end(consent: Consent) -> datetime:
    return consent.withdrawn_utc or consent.expires_utc


def _line(text: str, name: str, least: int, most: int) -> str:
    """One printable line of ``least`` to ``most`` characters."""
    line = text.strip()
    if not least <= len(line) <= most or not line.isprintable():
        raise InputError(f"{name}: expected {least} to {most} printable characters on one line")
    return line
