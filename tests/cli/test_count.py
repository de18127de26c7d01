"""``lintel count`` as its users run it, on drawn scenes whose truth is exact."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TypedDict

import pytest

from capture_builders import Script, two_videos
from cli_builders import run_lintel
from lintel.capture.analytic import AnalyticSource
from lintel.records import Direction

CROSS = "analytic:cross?seconds=6&fps=12"

ZONE = """
[[zone]]
name = "middle"
polygon_m = [[-0.7, -1.5], [0.7, -1.5], [0.7, 1.5], [-0.7, 1.5]]
min_dwell_s = 0.5
"""


class _Event(TypedDict):
    type: str
    t_s: float
    line: str
    direction: str
    position_m: list[float]
    stature_m: float
    reason: str


class _Answer(TypedDict):
    totals: dict[str, dict[str, int]]
    labels: dict[str, dict[str, str]]
    capture: dict[str, object]
    detector: str
    detector_fault: str
    events: list[_Event]
    frames: int
    dropped_frames: int
    duplicated_frames: int
    corrupt_frames: int
    coverage: float
    duration_s: float
    fps: float
    floor: dict[str, float]
    stereo: dict[str, float]


def test_json_gives_the_totals_of_the_truth_and_the_file_holds_the_same_events(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "events.jsonl"
    done = run_lintel("count", CROSS, "--json", "--out", str(out), capsys=capsys)
    assert (done.code, done.err) == (0, "")
    assert len(done.out.splitlines()) == 1
    answer: _Answer = json.loads(done.out)
    truth = AnalyticSource("cross", seconds=6.0, fps=12.0).truth.crossings
    entered = sum(crossing.direction is Direction.IN for crossing in truth)
    assert (entered, len(truth)) == (1, 2)  # or the scene proves nothing
    assert answer["totals"] == {"middle": {"in": entered, "out": len(truth) - entered}}
    for event, crossing in zip(answer["events"], sorted(truth, key=lambda c: c.t_s), strict=True):
        assert (event["line"], event["direction"]) == (crossing.line, crossing.direction.value)
        assert event["t_s"] == pytest.approx(crossing.t_s, abs=0.3)
        assert "beyond both sides" in event["reason"]
    assert set(answer) == set(_Answer.__annotations__)
    assert (answer["frames"], answer["dropped_frames"], answer["coverage"]) == (72, 0, 1.0)
    assert answer["floor"]["height_m"] == pytest.approx(3.0, abs=0.06)
    assert abs(answer["stereo"]["vertical_residual_px"]) < 0.1  # an ideal rig
    assert answer["stereo"]["features"] > 0
    assert [json.loads(line) for line in out.read_text().splitlines()] == answer["events"]


def test_people_read_a_table_and_a_line_may_be_called_anything(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    site = tmp_path / "site.toml"
    site.write_text('[[line]]\nname = "[/] Tür"\npoints_m = [[0.0, 1.6], [0.0, -1.6]]\n' + ZONE)
    scene = "analytic:cross?seconds=5&fps=10"
    done = run_lintel("count", scene, "--site", str(site), capsys=capsys)
    assert (done.code, done.err) == (0, "")
    rows = [line.split("│")[1:-1] for line in done.out.splitlines() if "Tür" in line]
    cells = [[cell.strip() for cell in row] for row in rows]
    assert cells == [["[/] Tür", "0:00", "1", "1"], ["[/] Tür", "total", "1", "1"]]
    assert "zone middle: 2 visits begun, 2 ended, mean dwell" in done.out
    assert "50 frames in 4.9 s of scene" in done.out
    assert "floor 2.9" in done.out or "floor 3.0" in done.out


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    """Half a second of footage in two small videos, without a site file."""
    return two_videos(tmp_path / "clip", Script())


def _refused(*arguments: str, capsys: pytest.CaptureFixture[str]) -> str:
    """The one line on standard error of a command that ends with exit code 2."""
    done = run_lintel("count", *arguments, capsys=capsys)
    assert (done.code, done.out) == (2, "")
    assert done.err.count("\n") == 1
    assert done.err.startswith("lintel: error: ")
    return done.err


def test_a_recording_without_a_site_is_refused(
    recording: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "pass --site FILE" in _refused(str(recording), capsys=capsys)


def test_a_source_that_is_not_there_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = _refused(str(tmp_path / "nowhere"), capsys=capsys)
    assert "there is no such folder" in said


def test_a_camera_without_calibration_is_told_which_option_it_needs(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert "--calibration FILE" in _refused("camera:0", capsys=capsys)


def test_a_broken_video_is_named(recording: Path, capsys: pytest.CaptureFixture[str]) -> None:
    video = recording / "left.mp4"
    video.write_bytes(video.read_bytes()[:200])
    (recording / "site.toml").write_text('[[line]]\nname = "a"\npoints_m = [[0, 1], [0, -1]]\n')
    assert "left.mp4" in _refused(str(recording), capsys=capsys)


def test_another_calibration_may_be_given(
    recording: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = tmp_path / "other.json"
    broken.write_text("{}")
    said = _refused(str(recording), "--calibration", str(broken), capsys=capsys)
    assert f"{broken}: not a calibration file: image_size: Field required" in said


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("[[line]]\nname = 'door'\n", "line[0].points_m: Field required"),
        ("[[line]\n", "not TOML"),
        ("[mount]\nheight_m = 3.0\n", "nothing to count at"),
        (None, "no such site file"),
    ],
)
def test_a_site_file_that_cannot_be_used_is_refused_in_one_line(
    content: str | None, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    site = tmp_path / "site.toml"
    if content is not None:
        site.write_text(content)
    assert says in _refused(CROSS, "--site", str(site), capsys=capsys)


def test_a_folder_is_no_site_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "cannot be read" in _refused(CROSS, "--site", str(tmp_path), capsys=capsys)


def test_events_cannot_go_where_there_is_no_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "missing" / "events.jsonl"
    said = _refused(CROSS, "--out", str(out), capsys=capsys)
    assert f"there is no folder {out.parent}" in said


def test_events_cannot_go_into_a_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "cannot be written" in _refused(CROSS, "--out", str(tmp_path), capsys=capsys)


def test_a_full_disk_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("only Linux has /dev/full, a disk without room")
    assert "No space left" in _refused(
        "analytic:cross?seconds=3.6&fps=8", "--out", "/dev/full", capsys=capsys
    )


def test_what_a_terminal_would_obey_is_not_printed(capsys: pytest.CaptureFixture[str]) -> None:
    said = _refused("no\x1b[31m\nsuch", capsys=capsys)
    assert "\x1b" not in said
