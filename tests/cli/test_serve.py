"""``lintel serve`` as a process: killed, begun again, stopped; and a port that shows the way."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx

from device_engine_builders import EVER
from lintel.device.access.acts import LocalActs
from lintel.device.vault import Vault
from lintel.store.key import load_key
from lintel.store.opening import open_store

SCENE = "analytic:cross?size=320x200&fps=8&noise=1"
COUNTS = re.compile(r"middle: (\d+) in, (\d+) out")


@contextmanager
def served(data: Path, *options: str) -> Iterator[tuple[subprocess.Popen[str], dict[str, object]]]:
    """A device at any port; what it said about how to reach it."""
    command = [sys.executable, "-m", "lintel", "serve", "--data", str(data), "--port", "0"]
    command += ["--source", SCENE, "--host", "127.0.0.1", "--loop", "--json", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            for line in process.stdout:
                if line.startswith("{"):
                    yield process, json.loads(line)
                    break
        finally:
            process.kill()


def told(process: subprocess.Popen[str], *, at_least: int) -> int:
    """Wait until so many crossings were told; how many."""
    assert process.stdout is not None
    for line in process.stdout:
        match = COUNTS.search(line)
        if match and int(match[1]) + int(match[2]) >= at_least:
            return int(match[1]) + int(match[2])
    raise AssertionError("it ended before it had counted")


def stored(data: Path) -> int:
    """How many crossings the store holds, each once."""
    with open_store(data / "store/lintel.db", load_key(data / "keys/store.key")) as store:
        moments = [one.utc for one in store.events(*EVER) if one.event.type == "crossing"]
    assert len(set(moments)) == len(moments)
    return len(moments)


def test_what_was_told_before_a_kill_is_there_after_it_and_counting_goes_on(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with served(data, "--counts") as (process, _):
        before = told(process, at_least=2)
        process.send_signal(signal.SIGKILL)
    kept = stored(data)
    assert kept >= before
    LocalActs(Vault.open(data)).add("users.added", "anna", utc=datetime.now(UTC))
    with served(data, "--counts") as (process, _):
        after = told(process, at_least=kept + 1)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
        assert process.returncode == 0
    assert stored(data) >= after
    with open_store(data / "store/lintel.db", load_key(data / "keys/store.key")) as store:
        (act,) = [entry for entry in store.audit() if entry.what == "users.added"]
    assert act.who.startswith("console")
    assert LocalActs(Vault.open(data)).waiting() == ()


def test_it_says_how_to_reach_it_and_plain_http_shows_the_way(tmp_path: Path) -> None:
    with served(tmp_path / "data", "--redirect-port", "0") as (_, reached):
        assert str(reached["url"]).startswith("https://localhost:")
        assert len(str(reached["certificate_sha256"])) == 64
        assert reached["claim_code"]
        answer = httpx.get(f"http://127.0.0.1:{reached['redirect_port']}/live?x=1")
        assert answer.status_code == 308
        assert answer.headers["Location"] == f"https://127.0.0.1:{reached['port']}/live?x=1"
        summary = httpx.get(f"{reached['url']}/api/v1/health/summary", verify=False)  # noqa: S501
        assert summary.json()["state"] in {"starting", "counting"}


def test_a_file_is_no_data_folder(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    command = [sys.executable, "-m", "lintel", "serve", "--data", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "expected a folder" in done.stderr
