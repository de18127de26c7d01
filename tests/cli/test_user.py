"""``lintel user`` and ``lintel token``: accounts without a browser, before and while it runs."""

from __future__ import annotations

import io
import json
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from cli_builders import Done, run_lintel
from device_access_builders import HOME, OTHER_PASSWORD, PASSWORD, Door
from lintel.device.access.acts import LocalActs
from lintel.device.vault import Vault


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


class Console:
    """Runs commands on one data folder with something on standard input."""

    def __init__(self, data: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self._data = data
        self._capsys = capsys

    def __call__(self, *words: str, typed: str | bytes = "") -> Done:
        raw = typed.encode() if isinstance(typed, str) else typed
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw), encoding="utf-8"))
            return run_lintel(*words, "--data", str(self._data), capsys=self._capsys)


@pytest.fixture
def lintel(data: Path, capsys: pytest.CaptureFixture[str]) -> Console:
    return Console(data, capsys)


def test_an_unattended_install_needs_no_claim(data: Path, lintel: Console) -> None:
    added = lintel("user", "add", "anna", "--role", "installer", typed=PASSWORD + "\n")
    assert added == Done(0, "added anna as installer\n", "")
    door = Door(data)
    assert door.gate.claim_code is None
    assert door.ask(door.digest()).role == "installer"
    assert stat.S_IMODE(data.stat().st_mode) == 0o700


def test_a_running_device_notices_at_once_and_its_claim_code_is_void(
    data: Path, lintel: Console
) -> None:
    running = Door(data)
    assert running.gate.claim_code
    lintel("user", "add", "anna", "--role", "installer", typed=PASSWORD)
    assert not (data / "claim").exists()
    (cookie, _), _ = running.sign_in()
    assert running.ask(cookie).name == "anna"
    lintel("user", "password", "anna", typed=OTHER_PASSWORD + "\r\n")
    assert running.refusal(cookie).code == "expired"
    assert running.ask(running.digest(password=OTHER_PASSWORD)).name == "anna"
    lintel("user", "add", "vera", "--role", "viewer", typed=PASSWORD)
    lintel("user", "role", "vera", "operator")
    assert running.ask(running.digest("vera")).role == "operator"
    assert lintel("user", "remove", "vera").code == 0
    assert running.refusal(running.digest("vera"), peer=HOME).code == "wrong"


def test_users_are_listed_for_people_and_for_programs(lintel: Console) -> None:
    lintel("user", "add", "anna", "--role", "privacy_officer", typed=PASSWORD)
    lintel("user", "add", "old", "--role", "viewer", "--old-client", typed=PASSWORD)
    (anna, old) = json.loads(lintel("user", "list", "--json").out)["users"]
    assert (anna["name"], anna["role"], anna["old_client"]) == ("anna", "privacy_officer", False)
    assert (old["name"], old["old_client"]) == ("old", True)
    shown = lintel("user", "list").out
    assert "privacy officer" in shown
    lintel("user", "password", "old", typed=OTHER_PASSWORD)
    assert not json.loads(lintel("user", "list", "--json").out)["users"][1]["old_client"]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "nothing came"),
        ("\n", "at least 12 characters, this has 0"),
        ("short\n", "at least 12 characters, this has 5"),
        ("password1234\n", "among the first"),
        ("annaannaanna\n", "among the first"),
        ("x" * 200, "at most 128"),
        (b"\xff\xfe" * 10, "UTF-8"),
        ("lamp\x07 river cotton 7", "control characters"),
    ],
)
def test_a_bad_password_is_refused_with_its_reason_and_never_shown(
    lintel: Console, typed: str | bytes, said: str
) -> None:
    done = lintel("user", "add", "anna", "--role", "installer", typed=typed)
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    shown = typed.strip() if isinstance(typed, str) else ""
    assert not shown or shown not in done.err


def test_names_and_roles_that_cannot_be_are_refused(lintel: Console) -> None:
    for name in ("a:b", "", "é", ".a", "x" * 65, "a b", "a\n"):
        done = lintel("user", "add", name, "--role", "viewer", typed=PASSWORD)
        assert (done.code, "a user's name is" in done.err) == (2, True), name
    assert lintel("user", "add", "anna", "--role", "boss", typed=PASSWORD).code == 2
    lintel("user", "add", "anna", "--role", "installer", typed=PASSWORD)
    assert "already" in lintel("user", "add", "ANNA", "--role", "viewer", typed=PASSWORD).err


def test_the_last_who_manages_users_stays_unless_told_otherwise(
    data: Path, lintel: Console
) -> None:
    lintel("user", "add", "anna", "--role", "installer", typed=PASSWORD)
    assert "nobody would be left" in lintel("user", "remove", "anna").err
    assert "nobody would be left" in lintel("user", "role", "anna", "viewer").err
    assert lintel("user", "remove", "anna", "--even-last").code == 0
    assert Door(data).gate.claim_code  # a first start again


def test_what_is_done_on_the_device_waits_for_its_audit_log(data: Path, lintel: Console) -> None:
    lintel("user", "add", "anna", "--role", "installer", typed=PASSWORD)
    lintel("user", "role", "anna", "privacy_officer")
    lintel("user", "officer-key")
    token = json.loads(lintel("token", "add", "till", "--scope", "live:read", "--json").out)
    lintel("token", "remove", token["id"])
    lintel("user", "remove", "anna", "--even-last")
    acts = LocalActs(Vault.open(data))
    assert [act.what for act in acts.waiting()] == [
        "users.added", "users.role", "privacy.key", "tokens.added", "tokens.removed",
        "users.removed",
    ]  # fmt: skip
    first = acts.waiting()[0]
    assert first.who.startswith("console (")
    assert first.detail.startswith("anna, installer, on the device at ")
    assert all(token["token"] not in act.detail for act in acts.waiting())
    acts.done(first)
    assert len(acts.waiting()) == 5


def test_a_folder_without_a_device_is_not_made_one_by_a_typo(data: Path, lintel: Console) -> None:
    for words in (["user", "list"], ["user", "remove", "anna"], ["token", "list"]):
        done = lintel(*words)
        assert (done.code, "no device keeps its data here" in done.err) == (2, True)
    assert not data.exists()


def test_a_token_is_shown_once_and_ends_when_removed(data: Path, lintel: Console) -> None:
    lintel("user", "add", "anna", "--role", "installer", typed=PASSWORD)
    scopes = ("--scope", "records:read", "--scope", "live:read")
    word = lintel("token", "add", "till", *scopes).out.strip()
    running = Door(data)
    assert running.ask(("Authorization", f"Bearer {word}")).scopes == {"records:read", "live:read"}
    (row,) = json.loads(lintel("token", "list", "--json").out)["tokens"]
    assert row["scopes"] == ["live:read", "records:read"]
    assert word not in json.dumps(row) + lintel("token", "list").out
    assert lintel("token", "remove", row["id"]).code == 0
    assert running.refusal(("Authorization", f"Bearer {word}")).code == "expired"
    assert "no token" in lintel("token", "remove", row["id"]).err
    assert "expected a scope" in lintel("token", "add", "x", "--scope", "all").err
    assert "a token lives" in lintel("token", "add", "x", *scopes, "--days", "-1").err
    assert lintel("token", "add", "x", *scopes, "--days", "nan").code == 2
    made = json.loads(lintel("token", "add", "x", *scopes, "--days", "0", "--json").out)
    assert made["expires_utc"] is None


def test_the_officers_key_is_made_once_for_unattended_installs(data: Path, lintel: Console) -> None:
    lintel("user", "add", "anna", "--role", "installer", typed=PASSWORD)
    key = lintel("user", "officer-key").out.strip()
    assert len(key.replace("-", "")) == 24
    assert "already" in lintel("user", "officer-key").err
    again = json.loads(lintel("user", "officer-key", "--anew", "--json").out)["officer_key"]
    assert again != key
    assert Door(data).gate.officer_key.exists


def test_the_password_never_stands_in_an_argument_and_works_through_a_pipe(data: Path) -> None:
    command = [sys.executable, "-m", "lintel", "user", "add", "anna", "--role", "viewer"]
    done = subprocess.run(
        [*command, "--data", str(data)],
        input=PASSWORD.encode(),
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, b"added anna as viewer\n")
    assert PASSWORD.encode() not in b"".join(p.read_bytes() for p in data.rglob("*") if p.is_file())
