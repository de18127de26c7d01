"""``lintel evaluate`` as its users run it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TypedDict

import av
import pytest

from lintel.capture.analytic import AnalyticSource
from lintel.rig import save_rig

SITE = """
[mount]
height_m = 3.0

[[line]]
name = "door"
points_m = [[0.1, 1.6], [0.1, -1.6]]
"""


class _Rates(TypedDict):
    truth: int
    matched: int
    missed: int
    false: int
    precision: float | None
    recall: float | None
    f1: float | None


class _Recording(TypedDict):
    strata: list[str]
    crossings: _Rates
    heads: _Rates | None
    bias: list[dict[str, float | str]]
    quarter_hour_error: float | None
    false_without_people: int | None
    tracks: dict[str, float] | None


def lintel(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "lintel", "evaluate", *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.fixture(scope="session")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three seconds at a drawn doorway, in which one person comes in, as a recording folder."""
    folder = tmp_path_factory.mktemp("doorway")
    with AnalyticSource("doorway", seconds=3.4, fps=10.0) as source:
        pairs = [source.pair(frame) for frame in range(source.frames)]
        for name in ("left", "right"):
            with av.open(folder / f"{name}.mp4", "w") as video:
                stream = video.add_stream("libx264", rate=10, options={"crf": "12"})
                stream.width, stream.height, stream.pix_fmt = 640, 400, "yuv420p"
                for pair in pairs:
                    frame = av.VideoFrame.from_ndarray(getattr(pair, name), format="gray")
                    video.mux(stream.encode(frame))
                video.mux(stream.encode())
        save_rig(source.rig, folder / "calibration.json")
        source.truth.save(folder)
        source.heads.save(folder)
    (folder / "site.toml").write_text(SITE)
    return folder


def test_json_is_keyed_by_recording_and_stands_alone_on_stdout(recording: Path) -> None:
    answer = lintel(str(recording), "--json")
    assert (answer.returncode, answer.stderr) == (0, "")
    content: dict[str, _Recording] = json.loads(answer.stdout)
    assert list(content) == [str(recording)]
    score = content[str(recording)]
    crossings, heads = score["crossings"], score["heads"]
    assert crossings["truth"] == 1
    assert crossings["matched"] + crossings["missed"] == 1
    assert heads is not None
    assert heads["truth"] > 5
    assert heads["matched"] + heads["missed"] == heads["truth"]
    assert score["strata"] == ["mixed doorway"]
    assert score["false_without_people"] is None
    assert score["tracks"] is not None


def test_text_shows_strata_apart_and_a_scene_without_people() -> None:
    answer = lintel("analytic:empty?seconds=1&fps=5")
    assert answer.returncode == 0, answer.stderr
    assert "Strata, each apart" in answer.stdout
    assert "nobody" in answer.stdout


def test_a_recording_without_truth_is_refused_before_the_work_begins(tmp_path: Path) -> None:
    answer = lintel(str(tmp_path), "--json")
    assert (answer.returncode, answer.stdout) == (2, "")
    assert "expected truth beside the recording" in answer.stderr
    assert answer.stderr.count("\n") == 1


def test_a_site_with_other_lines_than_the_truth_is_refused(recording: Path, tmp_path: Path) -> None:
    other = tmp_path / "site.toml"
    other.write_text(SITE.replace("door", "window"))
    answer = lintel(str(recording), "--site", str(other))
    assert answer.returncode == 2
    assert "'door'" in answer.stderr
