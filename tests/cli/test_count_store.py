"""``lintel count --store``: kept, gone on with, reported."""

from __future__ import annotations

import csv
import json
import stat
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from lintel.cli.app import app
from lintel.errors import StoreError

SCENE = "analytic:cross?seconds=5&fps=8"


def counted(folder: Path, start: str) -> dict[str, Any]:
    arguments = ["count", SCENE, "--detector", "classical", "--store", str(folder / "kept")]
    done = CliRunner().invoke(
        app, [*arguments, "--start", start, "--zone", "Europe/Berlin", "--json"],
        catch_exceptions=False,
    )  # fmt: skip
    content: dict[str, Any] = json.loads(done.stdout)["store"]
    return content


def test_two_runs_are_kept_and_reported(tmp_path: Path) -> None:
    first = counted(tmp_path, "2026-05-04T08:00")
    assert first["totals"]["middle"]["in"] == 1
    second = counted(tmp_path, "2026-05-04T08:05")
    assert (second["totals"]["middle"]["in"], second["totals"]["middle"]["out"]) == (2, 2)
    assert second["totals"]["middle"]["since"] == "2026-05-04T06:00:00+00:00"
    assert second["occupancy"]["people"] == pytest.approx(0.0, abs=0.1)
    kept = tmp_path / "kept"
    assert stat.S_IMODE((kept / "store.key").stat().st_mode) == 0o600
    assert stat.S_IMODE(kept.stat().st_mode) == 0o700
    out = str(tmp_path / "out")
    CliRunner().invoke(
        app, ["report", str(kept / "lintel.db"), "--key", str(kept / "store.key"), "--out", out,
              "--from", "2026-05-04", "--to", "2026-05-05"],
        catch_exceptions=False,
    )  # fmt: skip
    with (tmp_path / "out" / "intervals.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["place"] == "middle"]
    assert [(row["entered"], row["left"]) for row in rows] == [("2", "2")]
    with (tmp_path / "out" / "presence.csv").open(encoding="utf-8", newline="") as file:
        seconds = sum(float(row["presence_s"]) for row in csv.DictReader(file))
    assert 2.0 < seconds < 20.0  # two people for some seconds, twice
    with pytest.raises(StoreError, match="already holds watched time"):
        counted(tmp_path, "2026-05-04T08:02")


@pytest.mark.parametrize("option", [("--start", "yesterday"), ("--zone", "Mars/Olympus")])
def test_times_that_make_no_sense_are_refused(tmp_path: Path, option: tuple[str, str]) -> None:
    arguments = ["count", SCENE, "--store", str(tmp_path / "kept"), *option]
    with pytest.raises(StoreError, match="--start, --zone"):
        CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert not (tmp_path / "kept").exists()
