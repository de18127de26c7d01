"""``scripts/demo``: an address to open, a code to claim it with, and counts."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from pathlib import Path

import httpx

from web_builders import PATIENT, TOP

pytestmark = PATIENT


def state_of(address: str) -> str:
    """As the device tells everybody."""
    answer = httpx.get(f"{address}/api/v1/health/summary", verify=False)  # noqa: S501 - its own
    state: str = answer.json()["state"]
    assert state in {"starting", "counting"}
    return state


def test_the_demo_prints_an_https_address_that_answers_and_the_running_counts(
    tmp_path: Path,
) -> None:
    environment = {**os.environ, "LINTEL_DEMO_DATA": str(tmp_path / "demo")}
    command = [str(TOP / "scripts/demo"), "--host", "127.0.0.1", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, text=True) as demo:
        try:
            assert demo.stdout is not None
            told = ""
            while "claim code" not in told or "door: " not in told:
                line = demo.stdout.readline()
                assert line, f"the demo ended: {told}"
                told += line
            address = re.search(r"https://\S+", told)
            assert address is not None
            page = httpx.get(address[0], verify=False)  # noqa: S501 - its own certificate
            assert "Lintel" in page.text
            while state_of(address[0]) != "counting":
                assert demo.stdout.readline(), "the demo ended before it counted"
        finally:
            demo.send_signal(signal.SIGTERM)
            code = demo.wait(120)
        assert code == 0
