"""Calibration files: our own and DepthAI's, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lintel.errors import LintelError, RigError
from lintel.geometry import Pose
from lintel.rig import CameraModel, StereoRig, find_rig, load_rig, save_rig


def camera() -> CameraModel:
    return CameraModel(np.array([[400.0, 0, 320], [0, 400, 200], [0, 0, 1]]), np.zeros(5))


def rig(baseline_m: float = 0.075) -> StereoRig:
    return StereoRig(
        (640, 400), camera(), camera(), Pose(np.eye(3), np.array([-baseline_m, 0, 0])), "door"
    )


def test_a_rig_survives_its_file(tmp_path: Path) -> None:
    save_rig(rig(), tmp_path / "calibration.json")
    back = find_rig(tmp_path)
    assert back.image_size == (640, 400)
    assert back.rig_id == "door"
    assert back.baseline_m == pytest.approx(0.075)
    assert back.left.matrix == pytest.approx(camera().matrix)
    assert [path.name for path in tmp_path.iterdir()] == ["calibration.json"]


def test_the_documented_form_is_enough(tmp_path: Path) -> None:
    part = {"camera_matrix": [[400, 0, 320], [0, 400, 200], [0, 0, 1]], "distortion": [0, 0, 0, 0]}
    content = {
        "image_size": [640, 400],
        "left": part,
        "right": part,
        "right_from_left": {
            "rotation": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
            "translation_m": [-0.06, 0, 0],
        },
    }
    (tmp_path / "calibration.json").write_text(json.dumps(content))
    assert find_rig(tmp_path).baseline_m == pytest.approx(0.06)


def test_swapping_twice_changes_nothing() -> None:
    twice = rig().swapped().swapped()
    assert twice.right_from_left.translation_m == pytest.approx([-0.075, 0, 0])
    assert rig().swapped().right_from_left.translation_m == pytest.approx([0.075, 0, 0])


def test_a_real_depthai_file_is_read(shared_data: Path) -> None:
    real = find_rig(shared_data / "oak_patio")
    assert real.image_size == (1280, 800)
    # The file gives the right camera in the left one's frame in centimetres.
    assert real.right_from_left.translation_m == pytest.approx(
        [-0.073771, 0.002311, 0.000273], abs=1e-6
    )
    assert len(real.left.distortion) == 14


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "not JSON"),
        ("[1, 2]", "not a calibration file"),
        ("{}", "image_size"),
        ('{"cameraData": []}', "stereoRectificationData"),
        ('{"image_size": [0, 4]}', "greater than 0"),
        ("[" * 100_000, "not JSON"),
    ],
)
def test_what_is_no_calibration_is_refused_by_name(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "calibration.json"
    path.write_text(text)
    with pytest.raises(RigError, match=message) as caught:
        load_rig(path)
    assert "calibration.json" in str(caught.value)


def test_a_missing_calibration_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(RigError, match="lintel calibrate"):
        find_rig(tmp_path)


def test_cameras_at_one_place_are_no_rig() -> None:
    with pytest.raises(RigError, match="coincide"):
        rig(baseline_m=0.0)


@pytest.mark.parametrize(("model", "count"), [("pinhole", 7), ("fisheye", 5)])
def test_a_wrong_number_of_distortion_terms_is_refused(model: str, count: int) -> None:
    with pytest.raises(RigError, match=model):
        CameraModel(camera().matrix, np.zeros(count), model)  # type: ignore[arg-type]


json_value = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["image_size", "left", "right", "right_from_left", "cameraData", "x"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=json_value)
def test_no_json_whatsoever_raises_anything_but_our_own_error(
    tmp_path: Path, content: object
) -> None:
    path = tmp_path / "calibration.json"
    path.write_text(json.dumps(content))
    with pytest.raises(LintelError):
        load_rig(path)


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=200))
def test_no_bytes_whatsoever_raise_anything_but_our_own_error(
    tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "calibration.json"
    path.write_bytes(content)
    with pytest.raises(LintelError):
        load_rig(path)


@pytest.mark.parametrize(
    ("place", "value", "says"),
    [
        ("image_size", [1_000_000, 1_000_000], "image_size: expected at most"),
        ("rotation", [[1e200, 0, 0], [-1e200, 1e200, 0], [0, 0, 1]], "less than or equal to"),
        ("rotation", [[1e8, 0, 0], [0, 1e8, 0], [0, 0, 1e8]], "no rotation"),
        ("translation_m", [1e200, 0, 0], "less than or equal to"),
    ],
)
def test_numbers_that_no_rig_has_are_refused(
    place: str, value: object, says: str, tmp_path: Path
) -> None:
    path = tmp_path / "calibration.json"
    save_rig(rig(), path)
    content = json.loads(path.read_text())
    (content if place in content else content["right_from_left"])[place] = value
    path.write_text(json.dumps(content))
    with pytest.raises(RigError, match=says):
        load_rig(path)
