"""Who may call what: every row of the table with every role, every scope, and nobody."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import get_args

import httpx
import pytest

from device_access_builders import digest_header
from device_api_builders import PASSWORD, PATIENT, MemoryDevice, http, memory_device
from lintel.device.api.route import PREFIX, AnyRoute
from lintel.device.api.routes import ROUTES
from lintel.wire.v1.setting import Scope

pytestmark = pytest.mark.anyio

# Approved by hand: (v)iewer, (o)perator, (i)nstaller, (p)rivacy officer. A new route must be
# approved here too, or a test fails.
MAY = {
    "GET /session/challenge": "everyone",
    "POST /session": "voip",
    "GET /session": "voip",
    "DELETE /session": "voip",
    "GET /claim": "everyone",
    "POST /claim": "everyone",
    "GET /users": "ip",
    "POST /users": "ip",
    "DELETE /users/{name}": "ip",
    "PUT /users/{name}/password": "voip",
    "PUT /users/{name}/role": "ip",
    "GET /tokens": "ip",
    "POST /tokens": "ip",
    "DELETE /tokens/{token_id}": "ip",
    "POST /privacy/officer-key": "p",
    "GET /live": "voip",
    "GET /live/stream": "voip",
    "POST /live/reset-totals": "i",
    "GET /health": "voip",
    "GET /health/summary": "everyone",
    "GET /events": "voip",
    "GET /intervals": "voip",
    "GET /heatmap": "voip",
    "GET /groups": "voip",
    "GET /export": "voip",
    "GET /config": "oi",
    "PUT /config": "i",
    "POST /config/validate": "oi",
    "GET /config/schema": "oi",
    "GET /config/versions": "oi",
    "GET /config/versions/{version}": "oi",
    "POST /config/rollback": "i",
    "GET /config/export": "oi",
    "POST /config/import": "i",
    "GET /live/plan": "voip",
    "GET /setup/calibration": "oi",
    "GET /setup/checks": "oi",
    "POST /setup/refit-floor": "i",
    "GET /setup/trajectories": "oi",
    "GET /images/depth": "oip",
    "GET /images/still": "oip",
    "GET /images/view": "oip",
    "GET /privacy": "voip",
    "PUT /privacy/mode": "p",
    "PUT /privacy/gender": "p",
    "GET /privacy/gender": "voip",
    "POST /privacy/person": "p",
    "POST /privacy/person/erase": "p",
    "GET /privacy/stored": "p",
    "PUT /privacy/retention": "p",
    "POST /privacy/erase": "p",
    "GET /privacy/consents": "oip",
    "POST /privacy/consents": "p",
    "DELETE /privacy/consents/{consent_id}": "p",
    "GET /privacy/documents/{document}": "voip",
    "GET /privacy/contact": "voip",
    "PUT /privacy/contact": "p",
    "GET /audit": "p",
    "GET /recordings": "oip",
    "POST /recordings": "oip",
    "GET /recordings/comparison": "oip",
    "DELETE /recordings/{recording_id}": "oip",
    "GET /recordings/{recording_id}/frames/{frame}": "oip",
    "GET /recordings/{recording_id}/marks": "oip",
    "PUT /recordings/{recording_id}/marks": "oip",
    "GET /system": "voip",
    "GET /system/logs": "i",
    "PUT /system/time-zone": "i",
    "PUT /system/certificate": "i",
    "GET /system/self-audit": "ip",
}
ROLES = {"v": "viewer", "o": "operator", "i": "installer", "p": "privacy_officer"}
REASONS = {"scope", "sign_in", "csrf"}


async def ask(client: httpx.AsyncClient, route: AnyRoute) -> tuple[int, str]:
    """Status and code for a request that is allowed nothing but to reach its handler."""
    path = PREFIX + re.sub(r"\{\w+\}", "1", route.path)
    method = "HEAD" if route.path == "/live/stream" else route.method
    answer = await client.request(method, path)
    is_problem = answer.headers.get("content-type") == "application/problem+json"
    if not is_problem or method == "HEAD":
        return answer.status_code, "scope" if answer.status_code == 403 else ""
    return answer.status_code, answer.json()["code"]


def test_every_route_was_approved() -> None:
    assert {f"{route.method} {route.path}" for route in ROUTES} == set(MAY)


@pytest.mark.parametrize("letter", ROLES)
async def test_a_role_reaches_what_was_approved_and_nothing_else(
    device: MemoryDevice, letter: str
) -> None:
    async with http(device, role=ROLES[letter], manners=PATIENT) as client:
        for route in ROUTES:
            said = MAY[f"{route.method} {route.path}"]
            status, code = await ask(client, route)
            reached = status != 401 and code not in REASONS
            assert reached is (said == "everyone" or letter in said), route.path


@pytest.mark.parametrize("scope", get_args(Scope))
async def test_a_token_reaches_what_its_scope_says(device: MemoryDevice, scope: Scope) -> None:
    async with http(device, role=scope, manners=PATIENT) as client:
        for route in ROUTES:
            status, code = await ask(client, route)
            reached = status != 401 and code not in REASONS
            assert reached is (not route.scopes or scope in route.scopes), route.path


async def test_without_a_login_only_a_few_answer(device: MemoryDevice) -> None:
    async with http(device, role=None, manners=PATIENT) as client:
        for route in ROUTES:
            status, _ = await ask(client, route)
            assert (status != 401) is (MAY[f"{route.method} {route.path}"] == "everyone")


async def test_before_the_claim_only_the_claim_answers(tmp_path: Path) -> None:
    device = memory_device(tmp_path, claimed=False)
    async with http(device, role="all", manners=PATIENT) as client:
        for route in ROUTES:
            _, code = await ask(client, route)
            if route.path != "/live/stream":
                assert (code == "unclaimed") is route.login, route.path
        assert (await client.get("/api/v1/claim")).json() == {"claimed": False}


async def test_the_first_user_is_made_with_the_printed_code(tmp_path: Path) -> None:
    device = memory_device(tmp_path, claimed=False)
    async with http(device, role=None) as client:
        claim = {"code": "WRONG", "user": "boss", "password": PASSWORD}
        wrong = await client.post("/api/v1/claim", json=claim)
        assert (wrong.status_code, wrong.json()["code"]) == (403, "wrong")
        claim["code"] = str(device.gate.claim_code)
        weak = await client.post("/api/v1/claim", json={**claim, "password": "short"})
        assert (weak.status_code, weak.json()["code"]) == (422, "access")
        made = await client.post("/api/v1/claim", json=claim)
        assert made.status_code == 201, made.text
        assert made.json()["user"]["role"] == "installer"
        assert made.json()["officer_key"]
        again = await client.post("/api/v1/claim", json=claim)
        assert (again.status_code, again.json()["code"]) == (403, "claimed")
    assert "content-encoding" not in made.headers
    assert [e.what for e in device.audit.entries] == ["access.claimed"]


async def signed_in(client: httpx.AsyncClient, name: str = "anna") -> str:
    """Sign in as a page does; the CSRF token. The client keeps the cookie."""
    said = (await client.get("/api/v1/session/challenge")).json()
    header = digest_header(
        name,
        PASSWORD,
        realm=said["realm"],
        nonce=said["nonce"],
        opaque=said["opaque"],
        method="POST",
        uri="/api/v1/session",
    )
    answer = await client.post("/api/v1/session", headers={"Authorization": header})
    assert answer.status_code == 200, answer.text
    assert "secure; httponly; samesite=strict" in answer.headers["set-cookie"].lower()
    token: str = answer.json()["csrf_token"]
    return token


async def test_a_page_signs_in_changes_something_and_signs_out(device: MemoryDevice) -> None:
    async with http(device, role=None) as client:
        token = await signed_in(client)
        assert (await client.get("/api/v1/session")).json()["user"] == "anna"
        bare = await client.post("/api/v1/live/reset-totals")
        assert (bare.status_code, bare.json()["code"]) == (403, "csrf")
        headers = {"X-CSRF-Token": token, "Origin": "https://lintel.local"}
        done = await client.post("/api/v1/live/reset-totals", headers=headers)
        assert done.json()["lines"][0]["in"] == 0
        assert (await client.delete("/api/v1/session", headers=headers)).status_code == 204
        gone = await client.get("/api/v1/live")
        assert gone.status_code == 401
        assert gone.headers["www-authenticate"].startswith("Digest ")
    assert [(e.who, e.what) for e in device.audit.entries] == [
        ("anna", "access.signed_in"),
        ("anna", "reset_totals"),
    ]


async def test_httpx_signs_in_by_digest_and_gets_proof_of_the_device(device: MemoryDevice) -> None:
    async with http(device, role=None) as client:
        auth = httpx.DigestAuth("anna", PASSWORD)
        first = await client.get(
            "/api/v1/events?start=2026-03-01T00:00:00Z&end=2026-03-02T00:00:00Z", auth=auth
        )
        assert first.status_code == 200
        assert "rspauth" in first.headers["authentication-info"]
        wrong = await client.get("/api/v1/live", auth=httpx.DigestAuth("anna", "guess"))
        assert (wrong.status_code, wrong.json()["code"]) == (401, "wrong")


async def test_users_and_tokens_are_managed_and_noted(device: MemoryDevice) -> None:
    async with http(device, role=None) as client:
        headers = {"X-CSRF-Token": await signed_in(client)}
        client.headers.update(headers)
        new = {"name": "olga", "role": "operator", "password": "seven quiet herons"}
        assert (await client.post("/api/v1/users", json=new)).status_code == 201
        twice = await client.post("/api/v1/users", json=new)
        assert (twice.status_code, twice.json()["code"]) == (409, "conflict")
        names = [user["name"] for user in (await client.get("/api/v1/users")).json()["users"]]
        assert names == ["anna", "olga"]
        role = await client.put("/api/v1/users/olga/role", json={"role": "viewer"})
        assert role.status_code == 204
        made = await client.post("/api/v1/tokens", json={"name": "till", "scopes": ["live:read"]})
        word = made.json()["secret"]
        with_word = {"Authorization": f"Bearer {word}"}
        assert (await client.get("/api/v1/live", headers=with_word)).status_code == 200
        token_id = made.json()["token"]["token_id"]
        assert (await client.delete(f"/api/v1/tokens/{token_id}")).status_code == 204
        assert (await client.get("/api/v1/live", headers=with_word)).status_code == 401
        assert (await client.delete("/api/v1/users/olga")).status_code == 204
        assert (await client.delete("/api/v1/users/olga")).status_code == 404
    assert [e.what for e in device.audit.entries] == [
        "access.signed_in",
        "access.user_added",
        "access.role_changed",
        "access.token_made",
        "access.token_ended",
        "access.user_removed",
    ]
    kept = "".join(f"{e.what}{e.detail}" for e in device.audit.entries)
    assert word not in kept
    assert hashlib.sha256(word.encode()).hexdigest() not in kept


async def test_nobody_gives_more_than_he_has(device: MemoryDevice) -> None:
    async with http(device, role=None) as client:
        client.headers["X-CSRF-Token"] = await signed_in(client)
        asked = {"name": "till", "scopes": ["audit:read"]}
        answer = await client.post("/api/v1/tokens", json=asked)
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


async def test_an_open_page_is_not_enough_to_change_ones_password(device: MemoryDevice) -> None:
    new = "seven quiet herons"
    async with http(device, role=None) as client:
        client.headers["X-CSRF-Token"] = await signed_in(client)
        path = "/api/v1/users/anna/password"
        bare = await client.put(path, json={"password": new})
        assert (bare.status_code, bare.json()["code"]) == (403, "wrong")
        done = await client.put(path, json={"password": new, "present": PASSWORD})
        assert done.status_code == 204
        assert (await client.get("/api/v1/session")).status_code == 401  # its sessions are over
        assert (await client.get("/api/v1/live", auth=httpx.DigestAuth("anna", new))).is_success
