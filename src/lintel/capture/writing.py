"""Gray video files good enough for a matcher: full range, nearly lossless, a key each second."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import av.error
import numpy as np
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from lintel.clock import NS_PER_S
from lintel.closing import Closing
from lintel.errors import SourceError
from lintel.frames import Image

_TICKS_PER_S = 90_000
_FULL_RANGE = 2  # AVCOL_RANGE_JPEG
_GRAY_CHROMA = 128
_H264 = {"crf": "12", "preset": "veryfast"}


class GrayVideoWriter(Closing):
    """Writes gray images (H, W) with even sides into a video file, each with its own time.

    Args:
        path: the file; its suffix decides the container.
        size: width and height.
        fps: nominal rate.
        codec: ``libx264``, or ``mjpeg`` where every picture must stand for itself.

    Raises:
        SourceError: the file cannot be written, or the size is odd.
    """

    def __init__(
        self, path: Path, *, size: tuple[int, int], fps: float, codec: str = "libx264"
    ) -> None:
        if size[0] % 2 or size[1] % 2:
            raise SourceError(f"{path}: expected even width and height, got {size[0]}x{size[1]}")
        self._path = path
        self._size = size
        self._last_tick = -1
        try:
            timescale = {"video_track_timescale": str(_TICKS_PER_S)}
            self._container = av.open(
                str(path.absolute()), "w", options=timescale if path.suffix == ".mp4" else {}
            )
            self._stream = self._add_stream(codec, fps)
            self._container.start_encoding()
        except (av.error.FFmpegError, OSError, ValueError) as error:
            raise SourceError(f"{path}: cannot be written as video: {error}") from error

    def write(self, image: Image, *, t_ns: int) -> None:
        """Append an image taken at ``t_ns``, which must be later than the one before.

        Raises:
            SourceError: of another size, or not later, or the disk is full.
        """
        tick = round(t_ns * _TICKS_PER_S / NS_PER_S)
        width, height = self._size
        if image.shape != (height, width) or tick <= self._last_tick:
            raise SourceError(
                f"{self._path}: expected {width}x{height} after tick {self._last_tick}, got shape "
                f"{image.shape} at tick {tick}"
            )
        self._last_tick = tick
        planes = np.full((height * 3 // 2, width), _GRAY_CHROMA, dtype=np.uint8)
        planes[:height] = image
        frame = VideoFrame.from_ndarray(planes, format="yuv420p")
        frame.color_range = _FULL_RANGE
        frame.pts = tick
        frame.time_base = Fraction(1, _TICKS_PER_S)
        self._encode(frame)

    def _release(self) -> None:
        """Finish the file."""
        self._encode(None)
        self._container.close()

    def _add_stream(self, codec: str, fps: float) -> VideoStream:
        stream = self._container.add_stream(codec, rate=Fraction(fps).limit_denominator(1000))
        if not isinstance(stream, VideoStream):
            raise SourceError(f"{self._path}: {codec} is no video codec")
        context: VideoCodecContext = stream.codec_context
        context.width, context.height = self._size
        context.pix_fmt = "yuv420p" if codec == "libx264" else "yuvj420p"
        context.color_range = _FULL_RANGE
        context.time_base = Fraction(1, _TICKS_PER_S)
        context.gop_size = max(1, round(fps))
        context.options = dict(_H264) if codec == "libx264" else {"qmin": "1", "qmax": "2"}
        return stream

    def _encode(self, frame: VideoFrame | None) -> None:
        try:
            for packet in self._packets(frame):
                self._container.mux(packet)
        except (av.error.FFmpegError, OSError) as error:
            raise SourceError(f"{self._path}: cannot be written: {error}") from error

    def _packets(self, frame: VideoFrame | None) -> Iterator[av.Packet[VideoStream]]:
        yield from self._stream.encode(frame)
