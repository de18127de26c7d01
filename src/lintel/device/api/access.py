"""Who may come in: sessions of the pages, the first claim, users, API tokens."""

from __future__ import annotations

import msgspec
from starlette.responses import Response

from lintel.device.api.resource import peer_of
from lintel.device.api.route import JSON, AnyRoute, Call, Route, Scopes
from lintel.errors import (
    AccessError,
    BusyError,
    ConflictError,
    NotFoundError,
    RefusedError,
    StoreError,
)
from lintel.wire.v1.answer import (
    Challenge,
    ClaimState,
    FirstUser,
    MadeToken,
    NewOfficerKey,
    Tokens,
    Users,
)
from lintel.wire.v1.request import (
    Claim,
    NewPassword,
    NewRole,
    NewToken,
    NewUser,
    Nothing,
    OfficerKeyBody,
    TokenPath,
    UserPath,
)
from lintel.wire.v1.setting import Session, User


async def challenge(call: Call[Nothing, None]) -> Challenge:
    """What a page needs to sign in without the browser's dialog."""
    found = call.gate.challenge()
    return Challenge(
        realm=found.realm,
        nonce=found.nonce,
        opaque=found.opaque,
        algorithm=found.algorithm,
        qop=found.qop,
    )


async def sign_in(call: Call[Nothing, None]) -> Response:
    """Begin a session for who has just signed in by digest."""
    opened = call.gate.open_session(call.caller)
    await call.note("access.signed_in", "pages")
    content = msgspec.json.encode(opened.session)
    return Response(content, 200, {"Set-Cookie": opened.cookie}, JSON)


async def session(call: Call[Nothing, None]) -> Session:
    """Who is signed in."""
    return call.gate.session(call.caller)


async def sign_out(call: Call[Nothing, None]) -> Response:
    """End the session; the browser forgets its cookie and what it stored."""
    headers = {
        "Set-Cookie": call.gate.close_session(call.caller),
        "Clear-Site-Data": '"cache", "storage"',
    }
    return Response(status_code=204, headers=headers)


async def claim_state(call: Call[Nothing, None]) -> ClaimState:
    """Whether there is a first user."""
    return ClaimState(call.gate.claimed)


async def claim(call: Call[Nothing, Claim]) -> FirstUser:
    """Make the first user, with the code that the device printed."""
    asked = call.body
    peer = peer_of(call.request)
    made = await call.gate.claim(asked.code, asked.user, asked.password, peer=peer)
    await call.ports.history.note(
        who=asked.user, what="access.claimed", detail=f"first user {asked.user}"
    )
    return FirstUser(made.user, made.officer_key)


async def users(call: Call[Nothing, None]) -> Users:
    """All users."""
    return Users(await call.gate.accounts.users())


async def add_user(call: Call[Nothing, NewUser]) -> User:
    """Add a user."""
    asked = call.body
    made = await call.gate.accounts.add_user(call.caller, asked.name, asked.role, asked.password)
    await call.note("access.user_added", f"{asked.name}, {asked.role}")
    return made


async def remove_user(call: Call[UserPath, None]) -> None:
    """Remove a user."""
    await call.gate.accounts.remove_user(call.caller, call.params.name)
    await call.note("access.user_removed", call.params.name)


async def set_password(call: Call[UserPath, NewPassword]) -> None:
    """Change a password; one's own only with the present one: an open page is not enough."""
    name = call.params.name
    if call.caller.role is not None and call.caller.name == name:
        call.gate.prove(call.caller, call.body.present or "", peer=peer_of(call.request))
    await call.gate.accounts.set_password(call.caller, name, call.body.password)
    await call.note("access.password_changed", name)


async def set_role(call: Call[UserPath, NewRole]) -> None:
    """Change a role."""
    name = call.params.name
    await call.gate.accounts.set_role(call.caller, name, call.body.role)
    await call.note("access.role_changed", f"{name}, {call.body.role}")


async def tokens(call: Call[Nothing, None]) -> Tokens:
    """All API tokens."""
    return Tokens(await call.gate.accounts.tokens())


async def add_token(call: Call[Nothing, NewToken]) -> MadeToken:
    """Make an API token."""
    asked = call.body
    made, word = await call.gate.accounts.add_token(
        call.caller, asked.name, asked.scopes, for_s=asked.for_s
    )
    await call.note("access.token_made", f"{made.token_id}, {', '.join(made.scopes)}")
    return MadeToken(made, word)


async def remove_token(call: Call[TokenPath, None]) -> None:
    """End an API token."""
    await call.gate.accounts.remove_token(call.caller, call.params.token_id)
    await call.note("access.token_ended", call.params.token_id)


async def renew_officer_key(call: Call[Nothing, OfficerKeyBody]) -> NewOfficerKey:
    """Exchange the privacy officer's key for a new one."""
    key = await call.gate.officer_key.renew(call.body.officer_key, who=call.who)
    await call.note("access.officer_key_renewed", "")
    return NewOfficerKey(key)


MAY: Scopes = ("users:write",)
USER_ERRORS = (AccessError, NotFoundError, ConflictError, StoreError)
ROUTES: tuple[AnyRoute, ...] = (
    Route(
        "GET",
        "/session/challenge",
        "A digest challenge, for a page that makes the response by itself",
        challenge,
        Challenge,
        login=False,
        secret=True,
    ),
    Route(
        "POST",
        "/session",
        "Begin a session: sign in by digest, get a cookie and its CSRF token",
        sign_in,
        Session,
        secret=True,
        errors=(StoreError,),
    ),
    Route("GET", "/session", "Who is signed in", session, Session, secret=True),
    Route("DELETE", "/session", "End the session", sign_out, None, status=204, secret=True),
    Route(
        "GET",
        "/claim",
        "Whether the device has a first user",
        claim_state,
        ClaimState,
        login=False,
        secret=True,
    ),
    Route(
        "POST",
        "/claim",
        "Make the first user with the code that the device printed",
        claim,
        FirstUser,
        login=False,
        body=Claim,
        status=201,
        secret=True,
        errors=(AccessError, ConflictError, StoreError),
    ),
    Route("GET", "/users", "All users by name", users, Users, MAY, secret=True),
    Route(
        "POST",
        "/users",
        "Add a user",
        add_user,
        User,
        MAY,
        body=NewUser,
        status=201,
        secret=True,
        errors=(AccessError, ConflictError, BusyError, StoreError),
    ),
    Route(
        "DELETE",
        "/users/{name}",
        "Remove a user; his sessions and tokens end at once",
        remove_user,
        None,
        MAY,
        params=UserPath,
        status=204,
        secret=True,
        errors=USER_ERRORS,
    ),
    Route(
        "PUT",
        "/users/{name}/password",
        "Change one's own password, or that of a user who may no more than oneself",
        set_password,
        None,
        params=UserPath,
        body=NewPassword,
        status=204,
        secret=True,
        errors=USER_ERRORS,
    ),
    Route(
        "PUT",
        "/users/{name}/role",
        "Change a role",
        set_role,
        None,
        MAY,
        params=UserPath,
        body=NewRole,
        status=204,
        secret=True,
        errors=USER_ERRORS,
    ),
    Route("GET", "/tokens", "All API tokens", tokens, Tokens, MAY, secret=True),
    Route(
        "POST",
        "/tokens",
        "Make an API token within one's own scopes; its secret is shown this once",
        add_token,
        MadeToken,
        MAY,
        body=NewToken,
        status=201,
        secret=True,
        errors=(AccessError, BusyError, StoreError),
    ),
    Route(
        "DELETE",
        "/tokens/{token_id}",
        "End an API token at once",
        remove_token,
        None,
        MAY,
        params=TokenPath,
        status=204,
        secret=True,
        errors=(NotFoundError, StoreError),
    ),
    Route(
        "POST",
        "/privacy/officer-key",
        "Exchange the privacy officer's key for a new one, shown this once",
        renew_officer_key,
        NewOfficerKey,
        ("privacy:write",),
        body=OfficerKeyBody,
        secret=True,
        errors=(RefusedError, StoreError),
    ),
)
