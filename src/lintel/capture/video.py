"""Gray images and their times out of a video file, one decoder thread, bounded sizes.

Only luma is decoded: the cameras are mono, and of a colour camera the engine needs no more.
Luma is passed on as stored (limited-range video keeps its 16..235).

A decoder that hides damage would feed invented pixels to the matcher, so pictures after an
error are thrown away and counted until the next key frame restores the truth.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import av
import av.container
import av.error
import numpy as np
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from lintel.capture.source import seconds
from lintel.clock import NS_PER_S
from lintel.errors import SourceError
from lintel.frames import Image
from lintel.rig import MAX_EYE_PIXELS

VIDEO_SUFFIXES = (".mp4", ".mkv", ".mov", ".avi", ".webm")
# Playlists and network addresses inside a file are none of our business: files only, and only
# containers that hold their own data.
_OPEN_OPTIONS = {
    "protocol_whitelist": "file",
    "format_whitelist": "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi",
}
_TIMING_PACKETS = 600
_DEFAULT_FPS = 30.0


@dataclass(frozen=True, slots=True, eq=False)
class TimedImage:
    """A gray image (H, W), when it was taken, and its number in its file from 0."""

    image: Image
    t_ns: int
    index: int


class Decoder:
    """Packets in, undamaged pictures out; counts what it throws away."""

    def __init__(self, stream: VideoStream) -> None:
        context = stream.codec_context
        context.options = {"max_pixels": str(2 * MAX_EYE_PIXELS), "err_detect": "explode"}
        # Slice and frame threads lose the damage flags of single pictures.
        context.thread_type = "NONE"
        self._damaged = False
        self._packets = 0
        self._good = 0
        self._discarded = 0

    @property
    def corrupt(self) -> int:
        """Pictures thrown away so far."""
        return self._discarded

    @property
    def packets(self) -> int:
        """Packets that came so far."""
        return self._packets

    def pictures(self, packet: av.Packet[VideoStream]) -> list[VideoFrame]:
        """Undamaged pictures that ``packet`` completes; the empty last packet flushes."""
        flush = packet.size == 0
        self._packets += not flush
        self._damaged |= packet.is_corrupt
        try:
            frames = packet.decode()
        except av.error.EOFError:
            frames = []
        except av.error.FFmpegError:
            self._damaged = True
            frames = []
        good = [frame for frame in frames if self._sound(frame)]
        self._good += len(good)
        if flush:  # packets that gave no picture at all
            self._discarded = max(self._discarded, self._packets - self._good)
        return good

    def _sound(self, frame: VideoFrame) -> bool:
        if frame.is_corrupt:
            self._damaged = True
        elif frame.key_frame:
            self._damaged = False
        self._discarded += self._damaged
        return not self._damaged


def gray_of(frame: VideoFrame) -> Image:
    """Luma (H, W) of a picture, copied out of the decoder's memory."""
    planar = frame.format.name.startswith(("yuv4", "yuvj4", "nv12", "nv21"))
    if frame.format.name == "gray" or (planar and frame.format.components[0].bits == 8):
        plane = frame.planes[0]
        rows: Image = np.frombuffer(memoryview(plane), dtype=np.uint8)
        rows = rows.reshape(plane.height, plane.line_size)
        return rows[: frame.height, : frame.width].copy()
    return np.ascontiguousarray(frame.to_ndarray(format="gray"), dtype=np.uint8)


class VideoReader:
    """One video file, read from start to end.

    Args:
        path: the file.
        size: width and height that every picture must have.

    Raises:
        SourceError: missing, empty, no video, truncated, too large, or of another size.
    """

    def __init__(self, path: Path, *, size: tuple[int, int]) -> None:
        self._path = path
        self._size = size
        self._container, self._stream = _open(path)
        try:
            self._check_header()
            self._decoder = Decoder(self._stream)
            self.period_ns = _period_ns(path)
        except SourceError:
            self._container.close()
            raise
        self._index = 0
        self._end_ns = 0
        self._pictures = self._decode()

    @property
    def name(self) -> str:
        """The file's name."""
        return self._path.name

    @property
    def corrupt(self) -> int:
        """Damaged pictures thrown away so far."""
        return self._decoder.corrupt

    @property
    def frame_count(self) -> int | None:
        """Pictures according to the file's header, None where it does not say."""
        if not self._stream.frames:
            return None
        # AVI counts ticks in its header, and only its index knows the frames
        indexed = sum(entry.size > 0 for entry in self._stream.index_entries)
        return min(self._stream.frames, indexed) if indexed else self._stream.frames

    @property
    def start_ns(self) -> int | None:
        """Time of the first picture according to the header."""
        return _ns(self._stream.start_time, self._stream)

    def read(self) -> TimedImage | None:
        """The next undamaged picture, None at the end.

        Raises:
            SourceError: truncated, or a picture of another size.
        """
        return next(self._pictures, None)

    def close(self) -> None:
        """Free decoder and file."""
        self._pictures.close()
        self._container.close()

    def _check_header(self) -> None:
        context = self._stream.codec_context
        if (context.width, context.height) != self._size:
            raise SourceError(self._size_fault(0, context.width, context.height))
        entries = self._stream.index_entries
        end = max((entry.pos + entry.size for entry in entries), default=0)
        length = self._path.stat().st_size
        if end > length:
            whole = sum(entry.pos + entry.size <= length for entry in entries)
            raise SourceError(
                f"{self._path}, frame {whole}: the file is truncated: its index expects "
                f"{len(entries)} frames in {end} bytes, but it ends at {length} bytes; "
                "copy the recording again"
            )

    def _size_fault(self, index: int, width: int, height: int) -> str:
        expected = f"{self._size[0]}x{self._size[1]}"
        return (
            f"{self._path}, frame {index}: expected {expected} pixels as the calibration says, "
            f"got {width}x{height}; give the calibration of this recording, or scale neither"
        )

    def _decode(self) -> Generator[TimedImage]:
        for packet in self._packets():
            for frame in self._decoder.pictures(packet):
                if (frame.width, frame.height) != self._size:
                    raise SourceError(self._size_fault(self._index, frame.width, frame.height))
                t_ns = _ns(frame.pts, self._stream)
                if t_ns is None:
                    t_ns = self._index * self.period_ns
                self._end_ns = t_ns + self.period_ns
                yield TimedImage(gray_of(frame), t_ns, self._index)
                self._index += 1
        self._check_end()

    def _packets(self) -> Iterator[av.Packet[VideoStream]]:
        try:
            yield from self._container.demux(self._stream)
        except (av.error.FFmpegError, ValueError) as error:
            raise SourceError(
                f"{self._path}, frame {self._index}: the file cannot be read further ({error}); "
                "copy the recording again"
            ) from error

    def _check_end(self) -> None:
        """Matroska has no full index: there only the header's duration betrays truncation."""
        duration_us = self._container.duration
        if self._index == 0:
            raise SourceError(
                f"{self._path}, frame 0: no picture could be decoded without damage "
                f"({self._decoder.packets} came); the file is corrupt or empty, record it again"
            )
        if duration_us is None or len(self._container.streams) > 1:
            return
        missing_ns = (self._container.start_time or 0) * 1000 + duration_us * 1000 - self._end_ns
        if missing_ns > NS_PER_S and not self._decoder.corrupt:
            raise SourceError(
                f"{self._path}, frame {self._index}: the file is truncated: it ends at "
                f"{seconds(self._end_ns)}, its header promises {seconds(missing_ns)} more; "
                "copy the recording again"
            )


def _open(path: Path) -> tuple[av.container.InputContainer, VideoStream]:
    try:
        if path.stat().st_size == 0:
            raise SourceError(f"{path}: expected a video, the file is empty (0 bytes)")
        container = av.open(f"file:{path.absolute()}", options=dict(_OPEN_OPTIONS))
    except FileNotFoundError as error:
        raise SourceError(f"{path}: expected a video, there is no such file") from error
    except (av.error.FFmpegError, OSError, ValueError) as error:
        raise SourceError(
            f"{path}: cannot be opened as a video ({error}); it is truncated, corrupt or of a "
            f"kind other than {', '.join(VIDEO_SUFFIXES)}"
        ) from error
    try:
        return container, video_stream(container, str(path))
    except SourceError:
        container.close()
        raise


def video_stream(container: av.container.InputContainer, name: str) -> VideoStream:
    """The first video stream that this installation can decode.

    Raises:
        SourceError: there is none.
    """
    # PyAV gives no codec context, against its types, where FFmpeg knows no such codec
    known = (s for s in container.streams.video if getattr(s, "codec_context", None) is not None)
    stream = next(known, None)
    if stream is None:
        raise SourceError(f"{name}: expected a video stream that can be decoded, found none")
    return stream


def _period_ns(path: Path) -> int:
    """Typical time between frames: robust against dropped ones, unlike the mean rate."""
    container, stream = _open(path)
    with container:
        try:
            packets = islice(container.demux(stream), _TIMING_PACKETS)
            times = [_ns(packet.pts, stream) for packet in packets]
        except (av.error.FFmpegError, ValueError):
            times = []  # the same fault comes again, with its frame number, when frames are read
        rate = float(stream.average_rate or _DEFAULT_FPS)
    known = np.unique([t_ns for t_ns in times if t_ns is not None])
    if len(known) >= 2:
        return max(1, int(np.median(np.diff(known))))
    return round(NS_PER_S / (rate if rate > 0 else _DEFAULT_FPS))


def _ns(pts: int | None, stream: VideoStream) -> int | None:
    if pts is None or stream.time_base is None:
        return None
    return round(pts * stream.time_base * NS_PER_S)
