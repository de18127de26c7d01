"""Bad input is refused in words that name file and frame; damage is never passed on in silence."""

from __future__ import annotations

import shutil
import struct
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from capture_builders import (
    EXPOSURES,
    FPS,
    SIZE,
    Script,
    flat_images,
    folder_with_rig,
    image_subfolders,
    scene_pairs,
    side_by_side,
    two_videos,
    write_video,
)
from lintel.capture import SourceFaults, open_source
from lintel.errors import LintelError, RigError, SourceError

LONG = [(i % EXPOSURES, (i - i % EXPOSURES) * 50_000_000) for i in range(60)]  # three seconds


def _count(spec: str | Path) -> tuple[int, SourceFaults]:
    with open_source(spec) as source:
        return sum(1 for _ in iter(source.read, None)), source.faults


def _cut(path: Path, share: float) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])


def _no_calibration(folder: Path) -> str:
    (folder / "calibration.json").unlink()
    return "lintel calibrate"


def _left_alone(folder: Path) -> str:
    (folder / "right.mp4").unlink()
    return r"only left\.mp4"


def _empty_file(folder: Path) -> str:
    (folder / "right.mp4").write_bytes(b"")
    return r"right\.mp4: expected a video, the file is empty \(0 bytes\)"


def _text_file(folder: Path) -> str:
    (folder / "left.mp4").write_text("no video at all\n" * 40)
    return r"left\.mp4: cannot be opened as a video"


def _truncated(folder: Path) -> str:
    _cut(folder / "left.mp4", 0.6)
    return r"left\.mp4: cannot be opened as a video .*truncated"


def _playlist(folder: Path) -> str:
    """A file that would make the reader fetch another one."""
    (folder / "left.mp4").write_text("#EXTM3U\n#EXTINF:1,\nfile:///etc/hostname\n#EXT-X-ENDLIST\n")
    return r"left\.mp4: cannot be opened as a video"


def _other_size(folder: Path) -> str:
    (folder / "right.mp4").unlink()
    wide = [np.zeros((64, 128), dtype=np.uint8)] * EXPOSURES
    write_video(folder / "right.mp4", Script().right, wide)
    return r"right\.mp4, frame 0: expected 96x64 .* got 128x64"


def _other_length(folder: Path) -> str:
    (folder / "left.mp4").unlink()
    write_video(folder / "left.mp4", LONG, [pair.left for pair in scene_pairs()])
    return rf"frame {EXPOSURES}: expected two videos of the same length, got 60 and {EXPOSURES}"


@pytest.mark.parametrize(
    "spoil",
    [
        _no_calibration,
        _left_alone,
        _empty_file,
        _text_file,
        _truncated,
        _playlist,
        _other_size,
        _other_length,
    ],
)
def test_a_spoiled_recording_is_refused(spoil: Callable[[Path], str], tmp_path: Path) -> None:
    folder = two_videos(tmp_path / "take", Script())
    said = spoil(folder)
    with pytest.raises((SourceError, RigError), match=said):
        _count(folder)


def test_a_truncated_copy_whose_index_comes_first_names_the_frame(
    tmp_path: Path, shared_data: Path
) -> None:
    real = shared_data / "oak_patio"
    for name in ("left.mp4", "right.mp4", "calib.json"):
        (tmp_path / name).write_bytes((real / name).read_bytes())
    _cut(tmp_path / "right.mp4", 0.5)
    with pytest.raises(SourceError, match=r"right\.mp4, frame \d+: the file is truncated.* 627 fr"):
        open_source(tmp_path)


def test_a_truncated_matroska_is_told_by_its_duration(tmp_path: Path) -> None:
    folder = two_videos(tmp_path / "take", Script.both(LONG), suffix=".mkv")
    for name in ("left.mkv", "right.mkv"):
        _cut(folder / name, 0.4)
    with pytest.raises(SourceError, match=r"\.mkv, frame \d+: .*(truncated|read further)"):
        _count(folder)


def test_damage_inside_a_video_is_counted_or_refused_and_never_silent(tmp_path: Path) -> None:
    folder = two_videos(tmp_path / "take", Script.both(LONG))
    path = folder / "left.mp4"
    content = bytearray(path.read_bytes())
    middle = len(content) // 3
    content[middle : middle + 600] = np.random.default_rng(0).bytes(600)
    path.write_bytes(content)
    count, faults = _count(folder)
    assert faults.corrupt >= 1
    assert count + faults.dropped == 60


def test_a_video_that_is_damaged_throughout_names_the_frame(tmp_path: Path) -> None:
    folder = two_videos(tmp_path / "take", Script.both(LONG))
    path = folder / "left.mp4"
    content = bytearray(path.read_bytes())
    noise = np.random.default_rng(0)
    for start in range(200, len(content) - 3000, 150):
        content[start : start + 20] = noise.bytes(20)
    path.write_bytes(content)
    with pytest.raises(SourceError, match=r"left\.mp4.*frame \d+"):
        _count(folder)


def test_a_tail_without_partner_is_counted_as_dropped(tmp_path: Path) -> None:
    short = [(i, 0) for i in range(EXPOSURES - 3)]
    count, faults = _count(two_videos(tmp_path / "take", Script(left=short)))
    assert (count, faults.dropped) == (EXPOSURES - 3, 3)


def test_images_of_one_side_alone_are_refused(tmp_path: Path) -> None:
    folder = folder_with_rig(tmp_path / "take")
    assert cv2.imwrite(str(folder / "left_1.png"), np.zeros((64, 96), np.uint8))
    with pytest.raises(SourceError, match="found 1 left and 0 right images"):
        open_source(folder)


def _png(width: int, height: int) -> bytes:
    """A tiny file that claims a huge image of zeros."""
    body = zlib.compress(b"\x00" * 1000)
    chunks = [(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)), (b"IDAT", body)]
    parts = [b"\x89PNG\r\n\x1a\n"]
    for name, data in [*chunks, (b"IEND", b"")]:
        parts.append(struct.pack(">I", len(data)) + name + data)
        parts.append(struct.pack(">I", zlib.crc32(name + data)))
    return b"".join(parts)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", r"the file is empty \(0 bytes\)"),
        (b"GIF89a", "expected PNG, JPEG, BMP or PGM"),
        (_png(60000, 60000), "truncated, corrupt or larger than"),
        (_png(*SIZE)[:-20] + bytes(20), "truncated, corrupt"),
        (b"P5 4000000000 1 255\n", "truncated"),
        (b"P5 98 64 255\n" + bytes(98 * 64), r"expected 96x64 .* got 98x64"),
    ],
)
def test_a_bad_image_names_file_and_frame(content: bytes, said: str, tmp_path: Path) -> None:
    folder = flat_images(tmp_path / "take", Script())
    (folder / "left_000005.png").write_bytes(content)
    with pytest.raises(SourceError, match=rf"left_000005\.png, frame 5: .*{said}"):
        _count(folder)


@pytest.mark.parametrize("kind", [".png", ".jpg"])
def test_an_image_cut_in_half_is_refused(kind: str, tmp_path: Path) -> None:
    folder = flat_images(tmp_path / "take", Script())
    good = folder / "left_000005.png"
    found, coded = cv2.imencode(kind, scene_pairs()[4].left)
    assert found
    good.write_bytes(coded.tobytes()[: len(coded) // 2])
    with pytest.raises(SourceError, match=r"left_000005\.png, frame 5: .*truncated"):
        _count(folder)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("frame,t_s\n0,0.0\n", "frame 10 has no row"),
        ("number,time\n0,0.0\n", "expected the columns frame and t_s"),
        ("frame,t_s\n0,nan\n", "is no time"),
        ("frame,t_s\n0,soon\n", "line 2"),
        ("frame,t_s\n" + "".join(f"{i * 10},{i * 1e-9}\n" for i in range(12)), "seconds"),
    ],
)
def test_bad_timestamps_name_the_line(rows: str, said: str, tmp_path: Path) -> None:
    folder = image_subfolders(tmp_path / "take", Script())
    (folder / "timestamps.csv").write_text(rows)
    with pytest.raises(SourceError, match=said):
        open_source(folder)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """One good recording of each kind, to be mutated."""
    base = tmp_path_factory.mktemp("whole")
    return {
        "videos": two_videos(base / "videos", Script()),
        "sbs": side_by_side(base / "sbs", Script()),
        "images": flat_images(base / "images", Script()),
        "numbered": image_subfolders(base / "numbered", Script()),
    }


@given(data=st.data())
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_mutated_files_raise_nothing_but_lintel_errors(
    data: st.DataObject, whole: dict[str, Path], tmp_path: Path
) -> None:
    source = whole[data.draw(st.sampled_from(sorted(whole)))]
    files = sorted(path for path in source.rglob("*") if path.is_file())
    victim = data.draw(st.sampled_from(files))
    folder = tmp_path / "mutant"
    for path in files:
        copy = folder / path.relative_to(source)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes())
    content = bytearray(victim.read_bytes())
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, max(0, len(content) - 1)))
        noise = data.draw(st.binary(max_size=24))
        if data.draw(st.booleans()):
            content[at : at + len(noise)] = noise
        else:
            del content[at : at + data.draw(st.integers(0, 400))]
    (folder / victim.relative_to(source)).write_bytes(content)
    _read_or_refuse(folder)


@given(content=st.binary(max_size=400), name=st.sampled_from(["left.mp4", "sbs.mp4", "left_1.png"]))
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_random_bytes_raise_nothing_but_lintel_errors(
    content: bytes, name: str, tmp_path: Path
) -> None:
    shutil.rmtree(tmp_path / "random", ignore_errors=True)
    folder = folder_with_rig(tmp_path / "random")
    (folder / name).write_bytes(content)
    (folder / name.replace("left", "right")).write_bytes(content)
    _read_or_refuse(folder)


def _read_or_refuse(folder: Path) -> None:
    with suppress(LintelError):
        count, faults = _count(f"{folder}?fps={FPS}")
        assert 0 < count <= EXPOSURES
        assert faults.dropped < 10_000


@given(spec=st.text(max_size=40))
@settings(max_examples=100, deadline=None)
def test_no_text_at_all_confuses_the_opening(spec: str) -> None:
    for prefix in ("", "analytic:", "camera:", "rtsp://", "analytic:cross?"):
        with pytest.raises(LintelError):
            open_source(f"{prefix}\x00{spec}")
