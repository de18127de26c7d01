"""A network camera: pushes numbered gray images over real RTSP, in real time, to who listens.

Runs in a process of its own, as a camera does: PyAV keeps the interpreter's lock while it
connects, and listener and pusher in one process would wait for each other.
"""

from __future__ import annotations

import time
from fractions import Fraction
from multiprocessing import get_context
from multiprocessing.process import BaseProcess

import av
import av.error
import numpy as np


def gray_level(index: int) -> int:
    """The brightness that tells the number of an image, 0..57."""
    return 10 + 4 * index


def push(url: str, size: tuple[int, int], count: int, fps: float, t0_s: float) -> None:
    """Connect at ``t0_s`` of the monotonic clock and push ``count`` images."""
    width, height = size
    with av.open(url, "w", format="rtsp", options={"rtsp_transport": "tcp"}) as out:
        stream = out.add_stream("libx264", rate=Fraction(fps))
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.codec_context.gop_size = 5
        stream.options = {"tune": "zerolatency", "preset": "ultrafast", "crf": "10"}
        for index in range(count):
            time.sleep(max(0.0, t0_s + index / fps - time.monotonic()))
            planes = np.full((height * 3 // 2, width), 128, dtype=np.uint8)
            planes[:height] = gray_level(index)
            frame = av.VideoFrame.from_ndarray(planes, format="yuv420p")
            frame.pts = index
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))


def start_pusher(
    url: str, size: tuple[int, int], *, count: int, fps: float, t0_s: float
) -> BaseProcess:
    """A pusher in its own process."""
    process = get_context("spawn").Process(target=push, args=(url, size, count, fps, t0_s))
    process.daemon = True
    process.start()
    return process
