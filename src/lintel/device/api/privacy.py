"""Image mode, retention, erasure, consent, and the documents that the law asks for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_args

from msgspec import UNSET
from starlette.responses import Response

from lintel.device.api.route import AnyRoute, Call, Media, Route, Scopes
from lintel.device.api.span import span
from lintel.errors import InputError, NotFoundError, RefusedError, StoreError
from lintel.wire.v1.answer import Consents, Contact, StoredKinds
from lintel.wire.v1.request import (
    AuditQuery,
    ConsentPath,
    ContactOrder,
    DocumentQuery,
    EraseOrder,
    GenderSwitch,
    NewConsent,
    NewMode,
    Nothing,
    RetentionOrder,
)
from lintel.wire.v1.setting import AuditPage, Consent, ErasureProof, Privacy, StoredKind

HTML = "text/html"
PAPER_CSP = (  # documents bring their own style and nothing that runs
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'self'; sandbox allow-modals"
)


async def privacy(call: Call[Nothing, None]) -> Privacy:
    """The image mode in force."""
    return call.ports.privacy.state()


async def set_mode(call: Call[Nothing, NewMode]) -> Privacy:
    """Change the image mode."""
    asked = call.body
    return await call.ports.privacy.set_mode(
        asked.mode,
        who=call.who,
        why=asked.why,
        officer_key=asked.officer_key,
        for_s=asked.for_s,
    )


async def set_gender(call: Call[Nothing, GenderSwitch]) -> Privacy:
    """Switch the gender module."""
    return await call.ports.privacy.set_gender(
        on=call.body.on, who=call.who, officer_key=call.body.officer_key
    )


async def stored(call: Call[Nothing, None]) -> StoredKinds:
    """How much is kept."""
    return StoredKinds(await call.ports.history.stored())


async def set_retention(call: Call[Nothing, RetentionOrder]) -> StoredKinds:
    """Change how long kinds are kept."""
    await call.ports.history.set_retention(_seconds(call.body), who=call.who)
    return StoredKinds(await call.ports.history.stored())


async def erase(call: Call[Nothing, EraseOrder]) -> ErasureProof:
    """Erase and prove it."""
    start, end = span(call.body)
    return await call.ports.history.erase(
        call.body.kind, start, end, who=call.who, why=call.body.why
    )


async def consents(call: Call[Nothing, None]) -> Consents:
    """All consents."""
    return Consents(await call.ports.privacy.consents())


async def give_consent(call: Call[Nothing, NewConsent]) -> Consent:
    """Write down a consent."""
    asked = call.body
    return await call.ports.privacy.give_consent(
        asked.purpose, given_by=asked.given_by, note=asked.note, for_s=asked.for_s, who=call.who
    )


async def withdraw_consent(call: Call[ConsentPath, None]) -> Consent:
    """Withdraw a consent."""
    return await call.ports.privacy.withdraw_consent(call.params.consent_id, who=call.who)


async def document(call: Call[DocumentQuery, None]) -> Response:
    """A printable page."""
    asked = call.params
    text = await call.ports.privacy.document(asked.document, language=asked.language)
    headers = {"Content-Security-Policy": PAPER_CSP, "X-Frame-Options": "SAMEORIGIN"}
    return Response(text, 200, headers, HTML)


async def contact(call: Call[Nothing, None]) -> Contact:
    """Who is responsible."""
    return Contact(dict(await call.ports.privacy.contact()))


async def set_contact(call: Call[Nothing, ContactOrder]) -> Contact:
    """Say who is responsible."""
    await call.ports.privacy.set_contact(call.body.contact, who=call.who)
    return Contact(dict(await call.ports.privacy.contact()))


async def audit(call: Call[AuditQuery, None]) -> AuditPage:
    """The audit log, newest first."""
    return await call.ports.history.audit(before=call.params.before, limit=call.params.limit)


def _seconds(asked: RetentionOrder) -> Mapping[StoredKind, float]:
    found = {kind: getattr(asked, kind) for kind in get_args(StoredKind)}
    said: dict[StoredKind, float] = {k: v for k, v in found.items() if v is not UNSET}
    if not said:
        raise InputError("expected at least one kind with its seconds, got none")
    return said


READ: Scopes = ("records:read",)
WRITE: Scopes = ("privacy:write",)
WATCH: Scopes = ("audit:read", "privacy:write")
CLIPS: Scopes = ("recordings:write", "privacy:write")
ROUTES: tuple[AnyRoute, ...] = (
    Route("GET", "/privacy", "The image mode in force", privacy, Privacy),
    Route(
        "PUT",
        "/privacy/mode",
        "Change the image mode; to show more needs the privacy officer's key",
        set_mode,
        Privacy,
        WRITE,
        body=NewMode,
        errors=(InputError, RefusedError, StoreError),
    ),
    Route(
        "PUT",
        "/privacy/gender",
        "Switch the gender module; on needs the key and a consent",
        set_gender,
        Privacy,
        WRITE,
        body=GenderSwitch,
        errors=(InputError, RefusedError, StoreError),
    ),
    Route(
        "GET",
        "/privacy/stored",
        "How much of each kind is kept, and for how long",
        stored,
        StoredKinds,
        WATCH,
        errors=(StoreError,),
    ),
    Route(
        "PUT",
        "/privacy/retention",
        "Change how long kinds are kept",
        set_retention,
        StoredKinds,
        WRITE,
        body=RetentionOrder,
        errors=(InputError, StoreError),
    ),
    Route(
        "POST",
        "/privacy/erase",
        "Erase one kind in a range of time, and prove it",
        erase,
        ErasureProof,
        WRITE,
        body=EraseOrder,
        errors=(InputError, StoreError),
    ),
    Route(
        "GET",
        "/privacy/consents",
        "All consents, newest first",
        consents,
        Consents,
        CLIPS,
        errors=(StoreError,),
    ),
    Route(
        "POST",
        "/privacy/consents",
        "Write down a consent",
        give_consent,
        Consent,
        WRITE,
        body=NewConsent,
        status=201,
        errors=(InputError, RefusedError, StoreError),
    ),
    Route(
        "DELETE",
        "/privacy/consents/{consent_id}",
        "Withdraw a consent: what depends on it stops and its data is erased",
        withdraw_consent,
        Consent,
        WRITE,
        params=ConsentPath,
        errors=(NotFoundError, InputError, StoreError),
    ),
    Route(
        "GET",
        "/privacy/documents/{document}",
        "A printable page, filled from the real configuration",
        document,
        Media((HTML,), "the page"),
        READ,
        params=DocumentQuery,
        errors=(NotFoundError, InputError, StoreError),
    ),
    Route("GET", "/privacy/contact", "Who is responsible", contact, Contact, READ),
    Route(
        "PUT",
        "/privacy/contact",
        "Say who is responsible, for the notice at the door",
        set_contact,
        Contact,
        WRITE,
        body=ContactOrder,
        errors=(InputError, StoreError),
    ),
    Route(
        "GET",
        "/audit",
        "The audit log, newest first, page by page",
        audit,
        AuditPage,
        ("audit:read",),
        params=AuditQuery,
        errors=(InputError, StoreError),
    ),
)
