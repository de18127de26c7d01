"""What a person may write to name a source."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from capture_builders import Script, flat_images, folder_with_rig, two_videos
from lintel.capture import (
    AnalyticSource,
    CameraSource,
    ImageFolderSource,
    RecordingSource,
    open_source,
)
from lintel.errors import RigError, SourceError
from lintel.rig import load_rig, save_rig


def test_an_analytic_scene_with_all_its_settings() -> None:
    spec = "analytic:cross?seed=4&seconds=2&fps=5&size=64x40&height=2.5&tilt=10&noise=0"
    with open_source(spec) as source:
        assert isinstance(source, AnalyticSource)
        assert (source.frame_count, source.fps, source.rig.image_size) == (10, 5.0, (64, 40))
        assert source.floor_from_cam.translation_m[2] == 2.5
        pairs = list(iter(source.read, None))
        assert [pair.seq for pair in pairs] == list(range(10))
        assert [pair.t_ns for pair in pairs] == [i * 200_000_000 for i in range(10)]


def test_a_live_scene_skips_what_a_slow_reader_missed() -> None:
    with open_source("analytic:cross?seconds=0.4&fps=200&size=64x40&live=1") as source:
        assert source.live
        pairs = list(iter(source.read, None))
        seqs = [pair.seq for pair in pairs]
        assert seqs == sorted(set(seqs))
        assert len(pairs) + source.faults.dropped == 80
        assert all(a.t_ns < b.t_ns for a, b in pairwise(pairs))


def test_folders_are_told_apart_by_what_they_hold(tmp_path: Path) -> None:
    with open_source(two_videos(tmp_path / "videos", Script())) as source:
        assert isinstance(source, RecordingSource)
        assert source.name == "videos"
    with open_source(flat_images(tmp_path / "images", Script())) as source:
        assert isinstance(source, ImageFolderSource)
        assert source.fps == 30.0


def test_a_calibration_given_by_hand_wins(tmp_path: Path) -> None:
    folder = two_videos(tmp_path / "take", Script())
    rig = load_rig(folder / "calibration.json")
    save_rig(rig.swapped(), tmp_path / "swapped.json")
    with open_source(folder, calibration=tmp_path / "swapped.json") as source:
        assert source.rig.right_from_left.translation_m[0] > 0
    with pytest.raises(RigError, match=r"none\.json"):
        open_source(folder, calibration=tmp_path / "none.json")


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ("nowhere", "there is no such folder"),
        ("analytic:moon", "doorway, empty"),
        ("analytic:cross?colour=red", "unknown setting 'colour'"),
        ("analytic:cross?size=big", "WIDTHxHEIGHT"),
        ("analytic:cross?seed=-1", "whole number"),
        ("analytic:cross?fps=fast", "expected a number"),
        ("analytic:cross?tilt=30", "tilt"),
        ("camera:", "expected camera:0"),
        ("camera:first", "expected camera:0"),
        ("camera:0", "a camera needs --calibration"),
        ("rtsp://a/l|rtsp://a/r", "a camera needs --calibration"),
    ],
)
def test_what_cannot_be_opened_is_explained(spec: str, said: str) -> None:
    with pytest.raises(SourceError, match=said):
        open_source(spec)


def test_an_empty_folder_says_what_was_expected(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"left\.mp4 and right\.mp4.*none of them"):
        open_source(folder_with_rig(tmp_path / "bare"))


def test_an_absent_camera_says_what_to_look_at(tmp_path: Path) -> None:
    calibration = folder_with_rig(tmp_path) / "calibration.json"
    with pytest.raises(SourceError, match="plugged in"):
        open_source("camera:/dev/lintel-no-such-camera", calibration=calibration)
    with pytest.raises(SourceError, match="one or two devices"):
        CameraSource([0, 1, 2], calibration=calibration)
