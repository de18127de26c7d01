"""``lintel plan`` as an installer runs it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from lintel.cli.app import app
from lintel.errors import LintelError, PlanError
from lintel.geometry import Pose
from lintel.rig import CameraModel, StereoRig, save_rig

DOOR = ("--height", "3", "--lens", "95")


def lintel_plan(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["plan", *arguments])


def test_json_has_everything_that_the_page_names() -> None:
    result = lintel_plan(*DOOR, "--tilt", "10", "--hall", "6x4", "--json")
    assert result.exit_code == 0
    told = json.loads(result.stdout)
    assert told["mount"]["height_m"] == 3.0
    assert told["mount"]["tilt_deg"] == 10.0
    assert told["hall"]["sensors"] == len(told["hall"]["left_cameras_m"])
    assert told["precision"][0]["where"] == "centre"
    page = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "plan.md"
    text = page.read_text()
    inner = [key for part in ("mount", "heads", "lines", "hall") for key in told[part]]
    assert [key for key in (*told, *inner) if f"`{key}`" not in text] == []


def test_a_focal_length_says_the_same_as_its_angle() -> None:
    by_angle = lintel_plan("--height", "3", "--lens", "90", "--json")
    by_focal = lintel_plan("--height", "3", "--focal-px", "320", "--json")
    assert by_angle.stdout == by_focal.stdout


def test_a_calibration_says_the_same_as_its_figures(tmp_path: Path) -> None:
    matrix = np.array([[320.0, 0, 319.5], [0, 320.0, 199.5], [0, 0, 1]])
    camera = CameraModel(matrix, np.zeros(5))
    pose = Pose(np.eye(3), np.array([-0.075, 0.0, 0.0]))
    save_rig(StereoRig((640, 400), camera, camera, pose), tmp_path / "calibration.json")
    by_file = lintel_plan(
        "--height", "3", "--calibration", str(tmp_path / "calibration.json"), "--json"
    )
    assert by_file.stdout == lintel_plan("--height", "3", "--lens", "90", "--json").stdout


def test_text_names_field_lines_and_warnings() -> None:
    result = lintel_plan("--height", "2.4", "--lens", "95")
    for words in ("heads at 1.75 m in view", "line along x", "nowhere", "warning: 2.4 m is low"):
        assert words in result.stdout


@pytest.mark.parametrize(("name", "magic"), [("p.svg", b"<svg"), ("p.png", b"\x89PNG")])
def test_a_picture_is_written(tmp_path: Path, name: str, magic: bytes) -> None:
    path = tmp_path / name
    result = lintel_plan(*DOOR, "--hall", "5x5", "--picture", str(path))
    assert result.exit_code == 0
    assert path.read_bytes().startswith(magic)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--height", "3"), "expected one of --lens"),
        ((*DOOR, "--focal-px", "300"), "expected one of --lens"),
        ((*DOOR, "--calibration", "rig.json"), "leave out --lens"),
        (("--height", "nan", "--lens", "95"), "height_m: expected 1.8 to 12 metres, got nan"),
        ((*DOOR, "--size", "640"), "--size: expected WIDTHxHEIGHT"),
        ((*DOOR, "--size", "0x0"), "--size: width: expected 64"),
        ((*DOOR, "--size", "9" * 5000 + "x400"), "--size: expected WIDTHxHEIGHT"),
        ((*DOOR, "--hall", "big"), "--hall: expected WIDTHxDEPTH"),
        ((*DOOR, "--hall", "-3x4"), "side of the hall"),
        ((*DOOR, "--stature", "0"), "stature: expected"),
        ((*DOOR, "--baseline-m", "0"), "baseline_m: expected"),
        ((*DOOR, "--tilt=-90"), "tilt: expected"),
        ((*DOOR, "--overlap-m", "9"), "overlap: expected"),
        ((*DOOR, "--picture", "plan.gif"), ".svg or .png"),
        ((*DOOR, "--picture", "/no/such/folder/plan.svg"), "cannot be written"),
        ((*DOOR, "--picture", "/no/such/folder/plan.png"), "cannot be written"),
    ],
)
def test_what_is_wrong_is_said(arguments: tuple[str, ...], words: str) -> None:
    error = lintel_plan(*arguments).exception
    assert isinstance(error, PlanError)
    assert words in str(error)


numbers = st.one_of(st.floats(), st.floats(-10.0, 200.0), st.integers(-5, 700)).map(str)


options = st.fixed_dictionaries(
    {
        "height": st.one_of(numbers, st.floats(2.0, 6.0).map(str)),
        "tilt": numbers,
        "lens": numbers,
        "stature": st.one_of(numbers, st.floats(0.9, 2.0).map(str)),
        "size": st.one_of(st.text(max_size=9), st.just("640x400"), st.just("64x9999")),
    },
    optional={"hall": st.one_of(st.text(max_size=9), st.just("8x5")), "baseline-m": numbers},
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(options)
def test_any_options_give_a_plan_or_a_clear_error(given_options: dict[str, str]) -> None:
    result = lintel_plan(*(f"--{name}={value}" for name, value in given_options.items()), "--json")
    if result.exception is None:
        json.loads(result.stdout, parse_constant=_refuse)
    else:
        assert isinstance(result.exception, LintelError)
        assert str(result.exception)


def _refuse(constant: str) -> None:
    raise AssertionError(f"{constant} is no JSON")
