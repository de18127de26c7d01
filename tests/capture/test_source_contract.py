"""One suite over every source that needs no hardware: the same footage in, the same pairs out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import nullcontext, suppress
from pathlib import Path

import numpy as np
import pytest

from capture_builders import (
    EXPOSURES,
    FPS,
    PERIOD_NS,
    SIZE,
    Script,
    flat_images,
    image_subfolders,
    scene_pairs,
    side_by_side,
    two_videos,
)
from lintel.capture import CameraSource, Source, open_source
from lintel.errors import SourceError
from lintel.frames import StereoPair

Maker = Callable[[Path, Script], Source]


def _motion_jpeg(folder: Path, script: Script) -> Source:
    return open_source(two_videos(folder, script, codec="mjpeg", suffix=".avi"))


def _camera_side_by_side(folder: Path, script: Script) -> Source:
    """A video file in place of the device: the same code path through OpenCV."""
    side_by_side(folder, script)
    device = str(folder / "sbs.mp4")
    return CameraSource([device], calibration=folder / "calibration.json", reopen_waits_s=())


def _two_cameras(folder: Path, script: Script) -> Source:
    two_videos(folder, script)
    devices = [str(folder / "left.mp4"), str(folder / "right.mp4")]
    return CameraSource(devices, calibration=folder / "calibration.json", reopen_waits_s=())


MAKERS: dict[str, Maker] = {
    "two videos": lambda folder, script: open_source(two_videos(folder, script)),
    "two matroska": lambda f, script: open_source(two_videos(f, script, suffix=".mkv")),
    "two motion jpeg": _motion_jpeg,
    "side by side": lambda folder, script: open_source(side_by_side(folder, script)),
    "flat images": lambda folder, script: open_source(f"{flat_images(folder, script)}?fps={FPS}"),
    "image subfolders": lambda folder, script: open_source(image_subfolders(folder, script)),
    "camera side by side": _camera_side_by_side,
    "two cameras": _two_cameras,
}
ONE_PICTURE = {"side by side", "camera side by side"}  # both eyes share it: no side lacks one
FIXED_TIMES = {"flat images", "two motion jpeg"}  # an exposure cannot come twice


@pytest.fixture(params=MAKERS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def _pairs(source: Source) -> Iterator[StereoPair]:
    """Everything to the end; a live source ends by losing its camera."""
    with suppress(SourceError) if source.live else nullcontext():
        yield from iter(source.read, None)


def test_every_pair_comes_once_in_order_and_on_time(kind: str, tmp_path: Path) -> None:
    with MAKERS[kind](tmp_path / "take", Script()) as source:
        assert source.fps == pytest.approx(FPS)
        unknown = source.live or kind == "two matroska"  # its header does not say
        assert source.frame_count == (None if unknown else EXPOSURES)
        assert source.rig.image_size == SIZE
        pairs = list(_pairs(source))
        assert source.faults.clean
    assert [pair.seq for pair in pairs] == list(range(EXPOSURES))
    steps = np.diff([pair.t_ns for pair in pairs])
    assert np.abs(steps - PERIOD_NS).max() < 1_500_000
    assert source.live or pairs[0].t_ns == 0


def test_the_images_are_those_that_were_taken(kind: str, tmp_path: Path) -> None:
    expected = scene_pairs()
    with MAKERS[kind](tmp_path / "take", Script()) as source:
        for got, want in zip(_pairs(source), expected, strict=True):
            assert got.left.shape == (SIZE[1], SIZE[0])
            assert not got.left.flags.writeable
            assert np.abs(got.left.astype(float) - want.left).mean() < 4.0
            assert np.abs(got.right.astype(float) - want.right).mean() < 4.0


def test_dropped_exposures_are_gaps_in_seq_and_are_counted(kind: str, tmp_path: Path) -> None:
    shots = [(i, 0) for i in range(EXPOSURES) if i not in {4, 5, 9}]
    with MAKERS[kind](tmp_path / "take", Script.both(shots)) as source:
        assert [pair.seq for pair in _pairs(source)] == [0, 1, 2, 3, 6, 7, 8, 10, 11]
        assert source.faults.dropped == 3


@pytest.mark.parametrize("kind", sorted(MAKERS.keys() - ONE_PICTURE))
def test_an_exposure_missing_on_one_side_loses_its_pair(kind: str, tmp_path: Path) -> None:
    lefts = [(i, 0) for i in range(EXPOSURES) if i != 3]
    rights = [(i, 0) for i in range(EXPOSURES) if i != 7]
    with MAKERS[kind](tmp_path / "take", Script(lefts, rights)) as source:
        assert [pair.seq for pair in _pairs(source)] == [0, 1, 2, 4, 5, 6, 8, 9, 10, 11]
        assert source.faults.dropped == 2


@pytest.mark.parametrize("kind", sorted(MAKERS.keys() - FIXED_TIMES))
def test_an_exposure_that_came_twice_repeats_its_seq_and_is_counted(
    kind: str, tmp_path: Path
) -> None:
    shots = [(0, 0), (1, 0), (2, 0), (2, 4_000_000), *((i, 0) for i in range(3, EXPOSURES))]
    with MAKERS[kind](tmp_path / "take", Script.both(shots)) as source:
        assert [pair.seq for pair in _pairs(source)] == [0, 1, 2, 2, *range(3, EXPOSURES)]
        assert source.faults.duplicated == 1
        assert source.faults.dropped == 0


def test_the_end_stays_the_end(kind: str, tmp_path: Path) -> None:
    with MAKERS[kind](tmp_path / "take", Script()) as source:
        list(_pairs(source))
        for _ in range(2):
            if source.live:
                with pytest.raises(SourceError, match=r"sbs\.mp4|left\.mp4"):
                    source.read()
            else:
                assert source.read() is None


def test_a_closed_source_says_so(kind: str, tmp_path: Path) -> None:
    source = MAKERS[kind](tmp_path / "take", Script())
    assert source.read() is not None
    source.close()
    source.close()
    with pytest.raises(SourceError, match="read after close"):
        source.read()


def test_a_calibration_of_another_size_is_refused(kind: str, tmp_path: Path) -> None:
    calibrated = tmp_path / "take" / "calibration.json"
    with MAKERS[kind](tmp_path / "take", Script()):
        pass
    calibrated.write_text(calibrated.read_text().replace("96", "98", 1))
    with pytest.raises(SourceError, match=r"98x64|196x64"):
        _read_again(kind, tmp_path / "take")


def _read_again(kind: str, folder: Path) -> None:
    if "camera" not in kind:
        source = open_source(folder)
    else:
        names = ["left.mp4", "right.mp4"] if kind == "two cameras" else ["sbs.mp4"]
        devices = [str(folder / name) for name in names]
        calibration = folder / "calibration.json"
        source = CameraSource(devices, calibration=calibration, reopen_waits_s=())
    with source:
        source.read()
