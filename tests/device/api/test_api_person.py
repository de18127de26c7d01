"""Art. 15 and 17 by name: everything is told, what may go is erased, what stays is said."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx

from device_api_builders import MemoryDevice, http, memory_device
from lintel.device.access import Scope
from lintel.device.privacy.consents import given, without_giver
from lintel.wire.v1.setting import Consent

PERSON = "/api/v1/privacy/person"


def ask(device: MemoryDevice, path: str, body: dict[str, str]) -> httpx.Response:
    async def story() -> httpx.Response:
        async with http(device, role="privacy_officer") as client:
            return await client.post(path, json=body)

    return asyncio.run(story())


def with_bertha(folder: Path) -> MemoryDevice:
    """A device on which Bertha is a user, made a token, gave a consent and was recorded."""
    device = memory_device(folder)
    accounts = device.gate.accounts
    accounts.users_on_the_device.add("bertha", "viewer", "lamp river cotton 8")
    scopes: frozenset[Scope] = frozenset({"live:read"})
    accounts.tokens_on_the_device.add("till", scopes, for_s=None, made_by="bertha")
    device.audit.note("bertha", "images.looked", "depth")
    device.audit.note("anna", "users.added", "bertha, viewer")
    device.audit.note("anna", "users.added", "berthas-brother, viewer")

    async def story() -> Consent:
        consent = await device.privacy.give_consent(
            "validation_recording", given_by="bertha", note="by hand", for_s=3600.0, who="anna"
        )
        await device.recordings.start(seconds=5.0, consent_id=consent.consent_id, who="anna")
        return consent

    asyncio.run(story())
    return device


def test_all_that_is_kept_under_a_name_is_told_to_the_officer_alone(tmp_path: Path) -> None:
    device = with_bertha(tmp_path)
    told = ask(device, PERSON, {"name": " Bertha "}).json()
    assert told["user"]["role"] == "viewer"
    assert [token["name"] for token in told["tokens"]] == ["till"]
    assert [consent["note"] for consent in told["consents"]] == ["by hand"]
    assert len(told["recordings"]) == 1
    assert [(e["who"], e["what"]) for e in told["audit"]] == [
        ("anna", "users.added"), ("bertha", "images.looked"),
    ]  # fmt: skip
    assert told["complete"]
    assert device.audit.entries[-1].what == "privacy.person"
    assert "bertha" not in device.audit.entries[-1].detail.lower()


def test_what_may_go_is_erased_and_what_stays_is_said(tmp_path: Path) -> None:
    device = with_bertha(tmp_path)
    done = ask(device, f"{PERSON}/erase", {"name": "bertha", "why": "asked for it"}).json()
    assert (done["user"], done["tokens"], done["consents"], done["recordings"]) == (True, 1, 1, 1)
    assert len(done["kept"]) == 1
    assert "2 entries of the audit log" in done["kept"][0]
    told = ask(device, PERSON, {"name": "bertha"}).json()
    assert (told["user"], told["tokens"], told["consents"], told["recordings"]) == (
        None,
        [],
        [],
        [],
    )
    assert device.recordings.clips == {}


def test_a_name_that_nobody_has_is_not_found(tmp_path: Path) -> None:
    answer = ask(memory_device(tmp_path), f"{PERSON}/erase", {"name": "nobody", "why": "a try"})
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_a_giver_is_forgotten_and_the_consent_stays_withdrawn_as_proof() -> None:
    noon = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
    register, _ = given((), "still", given_by="Ms  Example", note="x", for_s=3600.0, utc=noon)
    register, other = given(register, "gender", given_by="Owner", note="", for_s=60.0, utc=noon)
    later = noon + timedelta(minutes=30)
    changed, count = without_giver(register, "ms example", utc=later)
    assert count == 1
    assert changed[0] is other
    assert (changed[1].given_by, changed[1].note) == ("(erased)", "")
    assert changed[1].withdrawn_utc == later


def test_the_notice_of_the_gender_module_is_there_to_be_read_first(tmp_path: Path) -> None:
    async def story() -> None:
        async with http(memory_device(tmp_path)) as client:
            told = (await client.get("/api/v1/privacy/gender")).json()
            assert told["on"] is False
            assert told["notice"].startswith("Gender is off until somebody switches it on.")
            german = (await client.get("/api/v1/privacy/gender?language=de")).json()
            assert "DSGVO" in german["notice"]
            unknown = await client.get("/api/v1/privacy/gender?language=xx")
            assert (unknown.status_code, unknown.json()["code"]) == (422, "input")

    asyncio.run(story())
