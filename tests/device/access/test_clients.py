"""Real clients over real TLS: who knows the password comes in, whoever tricks does not."""

from __future__ import annotations

import json
import logging
import shutil
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import requests
from requests.auth import HTTPDigestAuth

from device_access_builders import OTHER_PASSWORD, PASSWORD, challenges_of, digest_header
from device_served_builders import Served, served

CURL = shutil.which("curl")
needs_curl = pytest.mark.skipif(CURL is None, reason="curl is not installed (apt install curl)")
LIVE = "/api/v1/system"


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Served]:
    with served(tmp_path / "device") as door:
        yield door


def curl(door: Served, *arguments: str, path: str = LIVE) -> tuple[int, str, str]:
    """Status, body, and what went over the wire."""
    done = subprocess.run(
        [
            *("curl", "--noproxy", "*", "--silent", "--verbose", "--cacert", str(door.trusted)),
            *("--write-out", "\n%{http_code}", *arguments, door.url(path)),
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    body, _, status = done.stdout.rpartition("\n")
    return int(status), body, done.stderr


def plain(door: Served) -> httpx.Client:
    """A client that sends only what it is told to."""
    trust = ssl.create_default_context(cafile=str(door.trusted))
    return httpx.Client(verify=trust, base_url=door.url(""), trust_env=False)


def by_requests(door: Served, name: str = "anna", password: str = PASSWORD) -> requests.Session:
    """A session of requests that trusts this device and nothing of the environment."""
    session = requests.Session()
    session.trust_env = False
    session.verify = str(door.trusted)
    session.auth = HTTPDigestAuth(name, password)
    return session


def taken(door: Served, path: str = LIVE) -> str:
    """The Authorization header of an honest request that was let in."""
    with plain(door) as client:
        answer = client.get(path, auth=httpx.DigestAuth("anna", PASSWORD))
        assert answer.status_code == 200
        return str(answer.request.headers["Authorization"])


# -- who knows the password ----------------------------------------------------------------------


@needs_curl
def test_curl_comes_in_by_sha256_and_hides_the_name(door: Served) -> None:
    status, body, wire = curl(door, "--digest", "--user", f"anna:{PASSWORD}")
    assert status == 200
    assert json.loads(body)["version"]
    sent = next(line for line in wire.splitlines() if "> Authorization: Digest" in line)
    assert "algorithm=SHA-256" in sent
    assert ("userhash=true" in sent) == ('username="anna"' not in sent)
    assert "Authentication-Info" in wire or "authentication-info" in wire


@needs_curl
def test_curl_changes_something_by_digest(door: Served) -> None:
    zone = json.dumps({"name": "Europe/Berlin"})
    status, _, _ = curl(
        door,
        *("--digest", "--user", f"anna:{PASSWORD}", "--request", "PUT", "--data", zone),
        *("--header", "Content-Type: application/json"),
        path="/api/v1/system/time-zone",
    )
    assert status == 200


@needs_curl
@pytest.mark.parametrize("said", [("--basic",), ("--digest",), ()])
def test_curl_without_the_password_does_not(door: Served, said: tuple[str, ...]) -> None:
    status, body, _ = curl(door, *said, "--user", "anna:another password")
    assert (status, json.loads(body)["status"]) == (401, 401)


def test_requests_asks_once_and_goes_on_with_the_same_nonce(door: Served) -> None:
    with by_requests(door) as session:
        answers = [session.get(door.url(), timeout=30) for _ in range(4)]
        assert [answer.status_code for answer in answers] == [200] * 4
        assert [len(answer.history) for answer in answers] == [1, 0, 0, 0]
        door.device.clock.advance(301)
        later = session.get(door.url(), timeout=30)
    assert (later.status_code, len(later.history)) == (200, 1)
    assert door.device.gate.counters().stale == 1
    assert door.device.gate.counters().wrong == 0


def test_requests_with_a_wrong_password_is_refused(door: Served) -> None:
    with by_requests(door, password=OTHER_PASSWORD) as session:
        answer = session.get(door.url(), timeout=30)
    assert (answer.status_code, answer.json()["code"]) == (401, "wrong")


def test_httpx_comes_in_and_after_a_stale_nonce_again(door: Served) -> None:
    auth = httpx.DigestAuth("anna", PASSWORD)
    with plain(door) as client:
        assert [client.get(LIVE, auth=auth).status_code for _ in range(3)] == [200] * 3
        door.device.clock.advance(301)
        assert client.get(LIVE, auth=auth).status_code == 200
        zone = {"name": "Europe/Berlin"}
        put = client.put("/api/v1/system/time-zone", json=zone, auth=auth)
        assert put.status_code == 200


def test_many_at_once_with_one_nonce(door: Served) -> None:
    with plain(door) as client:
        nonce = challenges_of(shown(client.get(LIVE)))[0]["nonce"]
        headers = [header(door, nonce=nonce, nc=f"{count:08x}") for count in range(1, 41)]
        codes = [client.get(LIVE, headers=h).status_code for h in reversed(headers)]
    assert codes == [200] * 40


def test_an_old_client_comes_in_by_md5_and_takes_it_from_nobody_else(door: Served) -> None:
    """With MD5 on for one user, requests and httpx go on to use SHA-256 for the others."""
    users = door.device.gate.accounts.users_on_the_device
    users.add("old", "viewer", PASSWORD, old_client=True)
    with by_requests(door) as session:
        assert session.get(door.url(), timeout=30).status_code == 200
    with plain(door) as client:
        assert client.get(LIVE, auth=httpx.DigestAuth("anna", PASSWORD)).status_code == 200
        for name, code in (("old", 200), ("anna", 401)):
            sent = header(door, name, nonce=fresh(client), algorithm="MD5")
            assert client.get(LIVE, headers=sent).status_code == code
            sent = header(door, name, nonce=fresh(client), algorithm="MD5")
            unnamed = sent["Authorization"].replace(" algorithm=MD5,", "")  # as in RFC 2617
            assert client.get(LIVE, headers={"Authorization": unnamed}).status_code == code


# -- who tricks ----------------------------------------------------------------------------------


def shown(answer: httpx.Response) -> list[tuple[str, str]]:
    values = answer.headers.get_list("WWW-Authenticate")
    return [("WWW-Authenticate", value) for value in values]


def fresh(client: httpx.Client) -> str:
    return challenges_of(shown(client.get(LIVE)))[0]["nonce"]


def header(
    door: Served, name: str = "anna", password: str = PASSWORD, **said: str
) -> dict[str, str]:
    said.setdefault("uri", LIVE)
    said.setdefault("realm", door.device.gate.realm)
    return {"Authorization": digest_header(name, password, **said)}


def test_what_was_overheard_opens_nothing(door: Served) -> None:
    sent = {"Authorization": taken(door)}
    with plain(door) as client:
        replayed = client.get(LIVE, headers=sent)
        assert replayed.status_code == 401
        assert challenges_of(shown(replayed))[0]["stale"] == "true"
        for path in (LIVE + "?x=1", "/api/v1/health", "//api/v1/system", "/api/v1/%73ystem"):
            assert client.get(path, headers=sent).status_code in {401, 404}
        assert client.put(LIVE, headers=sent).status_code in {401, 405}
        counted = sent["Authorization"].replace("nc=00000001", "nc=00000002")
        assert counted != sent["Authorization"]
        forged = client.get(LIVE, headers={"Authorization": counted})
    assert forged.status_code == 401
    assert "stale" not in challenges_of(shown(forged))[0]


def test_forged_nonces_and_those_of_another_device_open_nothing(
    door: Served, tmp_path: Path
) -> None:
    with served(tmp_path / "other") as other:
        with plain(other) as client:
            theirs = fresh(client)
        overheard = taken(other)
    with plain(door) as client:
        own = fresh(client)
        for nonce in (theirs, own[::-1], own[:-2], "A" * len(own), "0"):
            refused = client.get(LIVE, headers=header(door, nonce=nonce))
            assert (refused.status_code, refused.json()["code"]) == (401, "stale")
        assert client.get(LIVE, headers={"Authorization": overheard}).json()["code"] == "wrong"
        assert client.get(LIVE, headers=header(door, nonce=own)).status_code == 200


def test_weaker_forms_are_refused(door: Served) -> None:
    with plain(door) as client:
        nonce = fresh(client)
        good = header(door, nonce=nonce)["Authorization"]
        weaker = (
            header(door, nonce=nonce, algorithm="MD5")["Authorization"],
            good.replace(", qop=auth", ""),
            good.replace("qop=auth", "qop=auth-int"),
            good.replace("algorithm=SHA-256", "algorithm=SHA-512-256"),
            "Basic YW5uYTpsYW1wIHJpdmVyIGNvdHRvbiA3",
        )
        for value in weaker:
            assert client.get(LIVE, headers={"Authorization": value}).status_code == 401
        assert client.get(LIVE, headers={"Authorization": good}).status_code == 200


def test_who_guesses_is_made_to_wait_and_the_right_password_waits_too(door: Served) -> None:
    def attempt(password: str) -> requests.Response:
        with by_requests(door, password=password) as session:
            return session.get(door.url(), timeout=30)

    codes = [attempt(f"guess number {number}").status_code for number in range(8)]
    assert codes == [401] * 5 + [429] * 3
    waiting = attempt(PASSWORD)
    assert (waiting.status_code, waiting.json()["code"]) == (429, "throttled")
    door.device.clock.advance(float(waiting.headers["Retry-After"]))
    assert attempt(PASSWORD).status_code == 200


def test_nothing_secret_comes_into_the_log(
    door: Served, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    users = door.device.gate.accounts.users_on_the_device
    sent = taken(door)
    word = door.device.words["viewer"]
    with plain(door) as client:
        client.get(LIVE, headers={"Authorization": f"Bearer {word}"})
        client.get(LIVE, auth=httpx.DigestAuth("anna", "a wrong password"))
        client.get(LIVE, headers={"Authorization": sent})
        signed = client.post("/api/v1/session", auth=httpx.DigestAuth("anna", PASSWORD))
        cookie = signed.headers["Set-Cookie"].partition("=")[2].partition(";")[0]
    record = users.find("anna")
    assert record is not None
    out, err = capfd.readouterr()
    ours = [r.getMessage() for r in caplog.records if not r.name.startswith(("httpcore", "httpx"))]
    logged = "\n".join(ours) + out + err + repr(record) + repr(door.device.gate.accounts)
    hidden = (PASSWORD, "a wrong password", word, cookie, record.ha1_sha256, record.stamp)
    assert [secret for secret in hidden if secret in logged] == []
    response = sent.partition('response="')[2][:64]
    assert response not in logged
