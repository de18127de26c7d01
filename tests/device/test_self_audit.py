"""The self-audit passes a device that keeps its promises, and fails each one that it breaks."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from device_privacy_builders import NOON
from lintel.cli.app import app
from lintel.clock import ManualClock
from lintel.device.access import Gate
from lintel.device.privacy import modes
from lintel.device.privacy.kept import Kept, save
from lintel.device.self_audit import AuditSettings, audit
from lintel.device.self_audit.connections import CONNECTION_CHECKS
from lintel.device.self_audit.network import CHECKS
from lintel.device.vault import Vault
from lintel.errors import InputError
from lintel.records import Crossing, Direction
from lintel.store.key import load_or_make_key
from lintel.store.kinds import Batch, StampedEvent, TrackPoint
from lintel.store.opening import open_store
from lintel.wire.v1.health import Finding
from lintel.wire.v1.setting import ImageMode

PASSWORD = "plum-Orbit-77-window"  # noqa: S105 - of a device in a test
UNREACHED = {*CHECKS, *CONNECTION_CHECKS}


def device(folder: Path, *, password: str = PASSWORD) -> Path:
    """A device that was claimed and has counted."""
    clock = ManualClock(utc=NOON)
    vault = Vault.open(folder)
    gate = Gate(vault, clock=clock)
    code = gate.claim_code
    assert code is not None
    asyncio.run(gate.claim(code, "ada", password, peer="127.0.0.1"))
    (folder / "store").mkdir(mode=0o700)
    (folder / "recordings").mkdir(mode=0o700)
    key = load_or_make_key(folder / "keys" / "store.key")
    with open_store(folder / "store" / "lintel.db", key, reserve_bytes=0) as store:
        point = TrackPoint(NOON - timedelta(minutes=30), 1, (0.0, 0.0))
        store.append(Batch("count", "run-1", 0, (point,)))
        store.note_in_audit(utc=NOON, who="ada", what="claimed", detail="")
    return folder


def findings(
    folder: Path, *, after: timedelta = timedelta(0), advisories: Path | None = None
) -> dict[str, Finding]:
    settings = AuditSettings(folder, advisories=advisories)
    found = audit(settings, clock=ManualClock(utc=NOON + after))
    return {one.check: one for one in found}


def failures(folder: Path, *, after: timedelta = timedelta(0)) -> set[str]:
    return {name for name, one in findings(folder, after=after).items() if one.passed is False}


def test_a_device_that_keeps_its_promises_fails_nothing(tmp_path: Path) -> None:
    found = findings(device(tmp_path / "d"))
    assert {name for name, one in found.items() if one.passed is False} == set()
    unchecked = {name for name, one in found.items() if one.passed is None}
    assert unchecked == UNREACHED | {"software.advisories"}, "nothing passes unchecked"


def expose(folder: Path) -> None:
    (folder / "store" / "lintel.db").chmod(0o644)


def clear_secret(folder: Path) -> None:
    (folder / "sealed" / "note").write_bytes(b"in the clear")
    (folder / "sealed" / "note").chmod(0o600)


def clear_store(folder: Path) -> None:
    (folder / "store" / "lintel.db").write_bytes(b"SQLite format 3\x00" + bytes(100))


def leave_code(folder: Path) -> None:
    (folder / "claim").touch(mode=0o600)


def lose_key(folder: Path) -> None:
    (folder / "sealed" / "officer_key").unlink()


def stray_clip(folder: Path) -> None:
    (folder / "recordings" / "abc").touch(mode=0o600)


def picture(folder: Path) -> None:
    (folder / "log.bin").touch(mode=0o600)
    (folder / "log.bin").write_bytes(b"\xff\xd8\xff\xe0 a photograph")


@pytest.mark.parametrize(
    ("breaks", "check"),
    [
        (expose, "files.private"),
        (clear_secret, "secrets.sealed"),
        (clear_store, "store.encrypted"),
        (leave_code, "secrets.claim"),
        (lose_key, "secrets.officer_key"),
        (stray_clip, "recordings.sealed"),
        (picture, "files.no_picture"),
    ],
)
def test_a_broken_promise_is_found(
    tmp_path: Path, breaks: Callable[[Path], None], check: str
) -> None:
    folder = device(tmp_path / "d")
    breaks(folder)
    assert check in failures(folder)


def test_what_is_kept_too_long_is_found(tmp_path: Path) -> None:
    folder = device(tmp_path / "d")
    assert failures(folder, after=timedelta(hours=2)) == set()
    assert failures(folder, after=timedelta(hours=3)) == {"retention.tracks"}


def test_gender_that_outlived_its_switch_is_found(tmp_path: Path) -> None:
    folder = device(tmp_path / "d")
    key = load_or_make_key(folder / "keys" / "store.key")
    crossing = Crossing("door", Direction.IN, 0, (0.0, 0.0), "test", gender=0.9)
    with open_store(folder / "store" / "lintel.db", key, reserve_bytes=0) as store:
        store.append(Batch("count", "run-2", 0, (StampedEvent(NOON, crossing),)))
    assert failures(folder) == {"privacy.gender"}
    with open_store(folder / "store" / "lintel.db", key, reserve_bytes=0) as store:
        assert store.forget_gender(who="ada", why="test", now=NOON) == 1
    assert failures(folder) == set()


def test_a_clock_that_was_set_back_is_found(tmp_path: Path) -> None:
    assert "clock" in failures(device(tmp_path / "d"), after=-timedelta(days=1))


@pytest.mark.parametrize(("mode", "fails"), [("none", False), ("counts", False), ("depth", True)])
def test_a_mode_that_is_lowered_for_good_fails(
    tmp_path: Path, mode: ImageMode, *, fails: bool
) -> None:
    folder = device(tmp_path / "d")
    save(Vault.open(folder), Kept(setting=modes.Setting(mode, None, "ada", "demo")))
    assert ("privacy.mode" in failures(folder)) is fails


def test_a_mode_that_is_lowered_for_a_while_passes(tmp_path: Path) -> None:
    folder = device(tmp_path / "d")
    lowered = modes.Temporary("depth", NOON, NOON + timedelta(hours=1), NOON)
    save(Vault.open(folder), Kept(setting=modes.Setting("none", lowered, "ada", "mount")))
    assert "'depth' until 2026-05-04 13:00" in findings(folder)["privacy.mode"].detail


def test_a_folder_without_a_device_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no device keeps its data here"):
        audit(AuditSettings(tmp_path))
    with pytest.raises(InputError, match="https://host:port"):
        audit(AuditSettings(device(tmp_path / "d"), address="http://localhost:80"))


# --- software ------------------------------------------------------------------------------


def osv(path: Path, *, fixed: str, withdrawn: str | None = None) -> Path:
    advisory = {
        "id": "TEST-1",
        "modified": "2026-01-01T00:00:00Z",
        "withdrawn": withdrawn,
        "affected": [
            {
                "package": {"ecosystem": "PyPI", "name": "Starlette"},
                "ranges": [
                    {"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": fixed}]}
                ],
            }
        ],
    }
    path.write_text(json.dumps({"vulns": [advisory]}), encoding="utf-8")
    return path


def test_advisories_are_matched_by_version(tmp_path: Path) -> None:
    folder, file = device(tmp_path / "d"), tmp_path / "osv.json"
    hit = findings(folder, advisories=osv(file, fixed="9999"))["software.advisories"]
    assert hit.passed is False
    assert "starlette" in hit.detail
    assert "TEST-1" in hit.detail
    for miss in (osv(file, fixed="0.0.1"), osv(file, fixed="9999", withdrawn="2026-02-01")):
        assert findings(folder, advisories=miss)["software.advisories"].passed is True


@pytest.mark.parametrize("text", ["", "rubbish", '{"id": 3}', '[{"affected": 1}]'])
def test_what_is_no_advisory_is_said(tmp_path: Path, text: str) -> None:
    file = tmp_path / "osv.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="no advisories in OSV format"):
        findings(device(tmp_path / "d"), advisories=file)


# --- the command ---------------------------------------------------------------------------


def test_the_command_tells_by_its_exit_code_and_in_json(tmp_path: Path) -> None:
    folder, sbom = device(tmp_path / "d"), tmp_path / "sbom.json"
    asked = ["audit", "--data", str(folder), "--json", "--sbom", str(sbom)]
    done = CliRunner().invoke(app, asked)
    assert done.exit_code == 1, "by the clock of this machine everything is long too old"
    checks = {one["check"]: one["passed"] for one in json.loads(done.stdout)["findings"]}
    assert checks["store.encrypted"] is True
    assert checks["retention.tracks"] is False
    assert checks["software.advisories"] is None
    bill = json.loads(sbom.read_text(encoding="utf-8"))
    assert (bill["bomFormat"], bill["metadata"]["component"]["name"]) == ("CycloneDX", "lintel")
    assert {"starlette", "numpy", "sqlcipher3"} <= {part["name"] for part in bill["components"]}


def test_the_command_shows_a_table(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["audit", "--data", str(device(tmp_path / "d"))])
    assert "store.encrypted" in done.stdout
    assert "not checked" in done.stdout
