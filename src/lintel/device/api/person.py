"""Everything under one person's name: told on request, and erased (GDPR Art. 15 and 17)."""

from __future__ import annotations

from typing import TypeAlias

from lintel.config.gender import GENDER_NOTICES
from lintel.device.access.tokens import token_message
from lintel.device.access.users import user_message
from lintel.device.api.route import AnyRoute, Call, Route, Scopes
from lintel.device.privacy.consents import same_name
from lintel.errors import BusyError, ConflictError, InputError, NotFoundError, StoreError
from lintel.wire.v1.person import GenderModule, Personal, PersonErasure
from lintel.wire.v1.request import LanguageQuery, Nothing, PersonOrder, PersonQuery
from lintel.wire.v1.setting import AuditEntry, Recording

AnyCall: TypeAlias = Call[Nothing, PersonQuery] | Call[Nothing, PersonOrder]
PAGE = 500
MAX_PAGES = 100
MAX_ENTRIES = 2000
KEPT_AUDIT = (
    "{} entries of the audit log: proof of who did what (GDPR Art. 17(3)(b) and (e)); the log is a "
    "chain, from which nothing can be taken out"
)
KEPT_CONFIGURATIONS = "{} versions of the configuration: who changed them, until they are dropped"
KEPT_CONTACT = "contact {}: the notice at the door must say it (Art. 13); change it in Privacy"


async def person(call: Call[Nothing, PersonQuery]) -> Personal:
    """All that is kept under a name."""
    found = await _personal(call, call.body.name)
    await call.note("privacy.person", "what is kept under a name was told")
    return found


async def erase_person(call: Call[Nothing, PersonOrder]) -> PersonErasure:
    """Erase what may go."""
    asked, ports = call.body, call.ports
    before = await _personal(call, asked.name)
    if before.user is not None:
        await call.gate.accounts.remove_user(call.caller, before.user.name)
    consents = await ports.privacy.forget_giver(asked.name, who=call.who, why=asked.why)
    for clip in await _clips_of(call, {one.consent_id for one in before.consents}):
        await ports.recordings.delete(clip.recording_id, who=call.who)
    if not (before.user or consents or before.audit or before.configurations or before.contact):
        raise NotFoundError("nothing is kept under that name")
    user = "a user, " if before.user is not None else ""
    detail = f"{user}{len(before.tokens)} tokens, {consents} consents: {asked.why}"
    number = await ports.history.note(who=call.who, what="privacy.person", detail=detail)
    return PersonErasure(
        user=before.user is not None,
        tokens=len(before.tokens),
        consents=consents,
        recordings=len(before.recordings),
        kept=_kept(before),
        audit_entry=number,
    )


async def gender(call: Call[LanguageQuery, None]) -> GenderModule:
    """Whether it runs, and the notice."""
    language = call.params.language
    notice = GENDER_NOTICES.get(language)
    if notice is None:
        known = ", ".join(GENDER_NOTICES)
        raise InputError(f"expected a language of the notice ({known}), got {language!r}")
    return GenderModule(call.ports.privacy.state().gender_on, notice)


async def _personal(call: AnyCall, name: str) -> Personal:
    ports, accounts = call.ports, call.gate.accounts
    user = next((one for one in accounts.records() if same_name(one.name, name)), None)
    consents = tuple(c for c in await ports.privacy.consents() if same_name(c.given_by, name))
    contact = await ports.privacy.contact()
    audit, complete = await _audit(call, name)
    return Personal(
        name=name,
        user=None if user is None else user_message(user),
        tokens=tuple(
            token_message(one)
            for one in accounts.tokens_on_the_device.all()
            if same_name(one.made_by, name)
        ),
        consents=consents,
        recordings=await _clips_of(call, {one.consent_id for one in consents}),
        contact=tuple(field for field, text in contact.items() if _names(text, name)),
        configurations=tuple(
            one for one in await ports.configuration.versions() if same_name(one.who, name)
        ),
        audit=audit,
        complete=complete,
    )


async def _clips_of(call: AnyCall, consent_ids: set[str]) -> tuple[Recording, ...]:
    clips = await call.ports.recordings.all()
    return tuple(one for one in clips if one.consent_id in consent_ids)


async def _audit(call: AnyCall, name: str) -> tuple[tuple[AuditEntry, ...], bool]:
    """Entries that name the person, newest first, and whether these are all."""
    found: list[AuditEntry] = []
    before: int | None = None
    for _ in range(MAX_PAGES):
        page = await call.ports.history.audit(before=before, limit=PAGE)
        found += [e for e in page.entries if same_name(e.who, name) or _names(e.detail, name)]
        before = page.next_before
        if before is None:
            return tuple(found[:MAX_ENTRIES]), len(found) <= MAX_ENTRIES
    return tuple(found[:MAX_ENTRIES]), False


def _names(text: str, name: str) -> bool:
    """Whether a text has the name in it as a whole."""
    words = f" {' '.join(text.replace(',', ' ').replace(':', ' ').split())} ".casefold()
    return f" {' '.join(name.split())} ".casefold() in words


def _kept(before: Personal) -> tuple[str, ...]:
    """What stays under the name, and why."""
    kept = []
    if before.audit:
        kept.append(KEPT_AUDIT.format(len(before.audit)))
    if before.configurations:
        kept.append(KEPT_CONFIGURATIONS.format(len(before.configurations)))
    kept += [KEPT_CONTACT.format(field) for field in before.contact]
    return tuple(kept)


WRITE: Scopes = ("privacy:write",)
ROUTES: tuple[AnyRoute, ...] = (
    Route(
        "GET",
        "/privacy/gender",
        "The gender module and its notice",
        gender,
        GenderModule,
        params=LanguageQuery,
        errors=(InputError,),
    ),
    Route(
        "POST",
        "/privacy/person",
        "All that is kept under a person's name (Art. 15)",
        person,
        Personal,
        WRITE,
        body=PersonQuery,
        errors=(StoreError,),
    ),
    Route(
        "POST",
        "/privacy/person/erase",
        "Erase what is kept under a person's name (Art. 17), and say what stays and why",
        erase_person,
        PersonErasure,
        WRITE,
        body=PersonOrder,
        errors=(BusyError, ConflictError, NotFoundError, StoreError),
    ),
)
