"""A clip's file: whole chunks come back, a torn end is left out, changes are noticed."""

from __future__ import annotations

from pathlib import Path

import pytest

from lintel.device.recordings.clipfile import MAGIC, ClipReader, ClipWriter, Frame
from lintel.errors import NotFoundError, StoreCorruptError

KEY = bytes(range(32))


def frames(first: int, count: int) -> list[Frame]:
    return [Frame(k * 100, f"frame {k} ".encode() * 50) for k in range(first, first + count)]


def written(path: Path, *, chunks: int = 3) -> Path:
    with ClipWriter(path, "abc", KEY) as writer:
        for number in range(chunks):
            writer.write(frames(10 * number, 10))
    return path


def test_frames_come_back_by_number(tmp_path: Path) -> None:
    reader = ClipReader(written(tmp_path / "clip"), "abc", KEY)
    assert reader.frames == 30
    assert [reader.frame(k) for k in (0, 29, 15)] == [frames(k, 1)[0] for k in (0, 29, 15)]
    assert reader.last() == frames(29, 1)[0]
    for number in (-1, 30):
        with pytest.raises(NotFoundError, match="has 30 frames"):
            reader.frame(number)


def test_nothing_of_a_frame_can_be_read_in_the_file(tmp_path: Path) -> None:
    content = written(tmp_path / "clip").read_bytes()
    assert b"frame" not in content[len(MAGIC) :]
    assert (tmp_path / "clip").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("lost", [1, 7, 40])
def test_a_torn_end_is_left_out(tmp_path: Path, lost: int) -> None:
    path = written(tmp_path / "clip")
    path.write_bytes(path.read_bytes()[:-lost])
    reader = ClipReader(path, "abc", KEY)
    assert reader.frames == 20
    assert reader.last() == frames(19, 1)[0]


def test_every_changed_byte_of_a_chunk_is_noticed(tmp_path: Path) -> None:
    path = written(tmp_path / "clip", chunks=1)
    content = path.read_bytes()
    for place in range(len(MAGIC) + 6, len(content), 17):
        changed = bytearray(content)
        changed[place] ^= 1
        path.write_bytes(bytes(changed))
        with pytest.raises(StoreCorruptError, match="was changed"):
            ClipReader(path, "abc", KEY).frame(0)


def test_chunks_cannot_change_places(tmp_path: Path) -> None:
    path = written(tmp_path / "clip", chunks=2)
    content = path.read_bytes()[len(MAGIC) :]
    length = int.from_bytes(content[:4], "little") + 6
    path.write_bytes(MAGIC + content[length:] + content[:length])
    with pytest.raises(StoreCorruptError):
        ClipReader(path, "abc", KEY).frame(0)


@pytest.mark.parametrize(("clip_id", "key"), [("abd", KEY), ("abc", bytes(32))])
def test_another_key_or_another_clip_does_not_open(
    tmp_path: Path, clip_id: str, key: bytes
) -> None:
    with pytest.raises(StoreCorruptError):
        ClipReader(written(tmp_path / "clip"), clip_id, key).frame(0)


@pytest.mark.parametrize("content", [b"", b"rubbish", MAGIC, MAGIC + b"\xff" * 5])
def test_what_is_no_clip_has_no_frames(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "clip"
    path.write_bytes(content)
    reader = ClipReader(path, "abc", KEY)
    assert reader.frames == 0
    with pytest.raises(NotFoundError):
        reader.last()
