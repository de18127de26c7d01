r"""A clip on disk: chunks of about a second, each sealed by itself under the clip's own key.

::

    "lintel clip 1\n", then chunks: length u32, frames u16, AES-256-GCM of the compressed frames

The nonce is the chunk's number (a key seals one clip, once), and clip, number and frame count are
sealed in, so that chunks can be neither changed, moved nor exchanged. A chunk is on disk before
the next begins; what a crash left half written at the end is not read. That a whole chunk is
missing at the end shows in the frame count, which is kept elsewhere.
"""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from lintel.errors import NotFoundError, StoreCorruptError

MAGIC = b"lintel clip 1\n"
CHUNK = struct.Struct("<IH")  # bytes that follow, frames in them
FRAME = struct.Struct("<QI")  # nanoseconds since the start, bytes that follow
LEVEL = 3
MAX_CHUNK_BYTES = 16 * 2**20
MAX_OPEN_BYTES = 4 * MAX_CHUNK_BYTES


@dataclass(frozen=True, slots=True)
class Frame:
    """One packed frame, ``t_ns`` from the start of the clip."""

    t_ns: int
    packed: bytes


@dataclass(frozen=True, slots=True)
class Chunk:
    """Where a chunk lies: its number, first frame, number of frames, place in the file."""

    number: int
    first: int
    frames: int
    offset: int
    length: int


class ClipWriter:
    """Appends chunks. Whoever opens it closes it."""

    def __init__(self, path: Path, clip_id: str, key: bytes) -> None:
        self._clip_id = clip_id
        self._cipher = AESGCM(key)
        self._chunks = 0
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        self._file = os.fdopen(descriptor, "wb")
        self._file.write(MAGIC)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def size(self) -> int:
        """Bytes written."""
        return self._file.tell()

    def write(self, frames: Sequence[Frame]) -> None:
        """Append one chunk; on disk when this returns.

        Raises:
            OSError: there is no room.
        """
        body = b"".join(FRAME.pack(f.t_ns, len(f.packed)) + f.packed for f in frames)
        sealed = self._cipher.encrypt(
            _nonce(self._chunks),
            zlib.compress(body, LEVEL),
            _label(self._clip_id, self._chunks, len(frames)),
        )
        self._file.write(CHUNK.pack(len(sealed), len(frames)) + sealed)
        self._file.flush()
        os.fsync(self._file.fileno())
        self._chunks += 1

    def close(self) -> None:
        """Close the file."""
        self._file.close()


class ClipReader:
    """Reads frames by number. Holds where chunks lie and the frames of one of them."""

    def __init__(self, path: Path, clip_id: str, key: bytes) -> None:
        self._path, self._clip_id = path, clip_id
        self._cipher = AESGCM(key)
        self._chunks = tuple(_chunks(path))
        self._open: tuple[int, tuple[Frame, ...]] | None = None

    @property
    def frames(self) -> int:
        """Frames in whole chunks."""
        return self._chunks[-1].first + self._chunks[-1].frames if self._chunks else 0

    def frame(self, number: int) -> Frame:
        """One frame, from 0.

        Raises:
            NotFoundError: there are not so many.
            StoreCorruptError: the chunk was changed, or was sealed under another key.
        """
        for chunk in self._chunks:
            if chunk.first <= number < chunk.first + chunk.frames:
                return self._frames_of(chunk)[number - chunk.first]
        raise NotFoundError(f"the clip has {self.frames} frames, counted from 0; got {number}")

    def last(self) -> Frame:
        """The last frame.

        Raises:
            NotFoundError: there is none.
            StoreCorruptError: its chunk was changed.
        """
        return self.frame(self.frames - 1)

    def _frames_of(self, chunk: Chunk) -> tuple[Frame, ...]:
        if self._open is None or self._open[0] != chunk.number:
            self._open = (chunk.number, self._unsealed(chunk))
        return self._open[1]

    def _unsealed(self, chunk: Chunk) -> tuple[Frame, ...]:
        with self._path.open("rb") as file:
            file.seek(chunk.offset)
            sealed = file.read(chunk.length)
        label = _label(self._clip_id, chunk.number, chunk.frames)
        try:
            packed = self._cipher.decrypt(_nonce(chunk.number), sealed, label)
            body = zlib.decompressobj().decompress(packed, MAX_OPEN_BYTES)
            frames = tuple(_frames(body))
        except (InvalidTag, zlib.error, struct.error) as error:
            raise StoreCorruptError(
                f"clip {self._clip_id}: chunk {chunk.number} was changed or is damaged; erase it"
            ) from error
        if len(frames) != chunk.frames:
            raise StoreCorruptError(f"clip {self._clip_id}: chunk {chunk.number} is not whole")
        return frames


def _chunks(path: Path) -> Iterator[Chunk]:
    """Whole chunks in order; a torn end is left out."""
    size = path.stat().st_size
    with path.open("rb") as file:
        if file.read(len(MAGIC)) != MAGIC:
            return
        offset, first, number = len(MAGIC), 0, 0
        while len(head := file.read(CHUNK.size)) == CHUNK.size:
            length, frames = CHUNK.unpack(head)
            offset += CHUNK.size
            if length > MAX_CHUNK_BYTES or offset + length > size:
                return
            yield Chunk(number, first, frames, offset, length)
            offset, first, number = offset + length, first + frames, number + 1
            file.seek(offset)


def _frames(body: bytes) -> Iterator[Frame]:
    place = 0
    while place < len(body):
        t_ns, length = FRAME.unpack_from(body, place)
        place += FRAME.size
        yield Frame(t_ns, body[place : place + length])
        place += length


def _nonce(number: int) -> bytes:
    return number.to_bytes(12, "big")


def _label(clip_id: str, number: int, frames: int) -> bytes:
    return MAGIC + f"{clip_id} {number} {frames}".encode()
