"""One network stream, decoded by its own thread into a short queue; reconnects when it is lost.

RTSP times start anywhere. They are moved onto this machine's monotonic clock by the quickest
arrival seen so far: what comes later came late, not from the future. The bound creeps up slowly,
so that a drifting camera clock is followed.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit, urlunsplit

import av
import av.container
import av.error
from av.video.stream import VideoStream

from lintel.capture.video import Decoder, TimedImage, gray_of, video_stream
from lintel.clock import NS_PER_S, Clock
from lintel.errors import SourceError

QUEUE_LENGTH = 4  # pictures that wait for their partner at most; the oldest is dropped
DEFAULT_FPS = 25.0
READ_TIMEOUT_S = 5.0
_CREEP = 200e-6  # clocks of cameras drift less than this
_SLEW = 0.02  # times are moved by this share of the elapsed time at most
_WARM_UP_NS = NS_PER_S
_SCHEMES = ("rtsp", "rtsps")


def shown(url: str) -> str:
    """The address without user name and password."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, host, parts.path, "", ""))


class ArrivalClock:
    """Moves stream times onto the monotonic clock by the smallest delay seen.

    Right after connecting, pictures that the library has gathered come in one burst, all too
    late: no time is given before ``_WARM_UP_NS`` of them have passed. Later the offset follows
    slowly, so that times never jump.
    """

    def __init__(self) -> None:
        self._offset_ns: float | None = None
        self._first_ns = 0
        self._last_ns = 0

    def at(self, stream_ns: int, *, arrival_ns: int) -> int | None:
        """Monotonic time of a picture with time ``stream_ns`` that came at ``arrival_ns``.

        None while the clock warms up.
        """
        delay_ns = float(arrival_ns - stream_ns)
        elapsed_ns = max(0, arrival_ns - self._last_ns)
        self._last_ns = arrival_ns
        if self._offset_ns is None:
            self._offset_ns, self._first_ns = delay_ns, arrival_ns
        lowest_ns = min(delay_ns, self._offset_ns + _CREEP * elapsed_ns)
        if arrival_ns - self._first_ns < _WARM_UP_NS:
            self._offset_ns = lowest_ns
            return None
        self._offset_ns = max(lowest_ns, self._offset_ns - _SLEW * elapsed_ns)
        return stream_ns + round(self._offset_ns)


class Link:
    """Pictures of one network camera.

    Args:
        url: rtsp or rtsps address, may hold user name and password.
        size: width and height that every picture must have.
        changed: notified whenever a picture came or the link failed.
        clock: tells the arrival time.
        retry_waits_s: pauses before each new attempt; used up, the link has failed. Every
            picture that comes restores all attempts.
        options: options of the transport.

    Raises:
        SourceError: the address is of another kind.
    """

    def __init__(
        self,
        url: str,
        *,
        size: tuple[int, int],
        changed: threading.Condition,
        clock: Clock,
        retry_waits_s: Sequence[float],
        options: Mapping[str, str],
    ) -> None:
        try:
            known = urlsplit(url).scheme in _SCHEMES
        except ValueError as error:
            raise SourceError(f"expected an rtsp address: {error}") from error
        if not known:
            raise SourceError(f"{shown(url)}: expected rtsp://... or rtsps://...")
        self._url = url
        self._size = size
        self._changed = changed
        self._clock = clock
        self._retry_waits_s = tuple(retry_waits_s)
        self._options = dict(options)
        self._stop = threading.Event()
        self._attempt = 0
        self._corrupt = 0
        self.waiting: deque[TimedImage] = deque(maxlen=QUEUE_LENGTH)
        self.failure: SourceError | None = None
        self.fps = DEFAULT_FPS
        self._thread = threading.Thread(target=self._run, name="lintel-link", daemon=True)

    @property
    def corrupt(self) -> int:
        """Damaged pictures thrown away so far."""
        return self._corrupt

    def start(self) -> None:
        """Connect, in the link's own thread."""
        self._thread.start()

    def stop(self) -> None:
        """Ask the thread to end; it does so with the next picture or the read timeout."""
        self._stop.set()

    def join(self) -> None:
        """Wait for the thread's end."""
        self._thread.join(timeout=2 * READ_TIMEOUT_S)

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._receive()
                fault = "the camera ended the stream"
            except (av.error.FFmpegError, OSError, ValueError) as error:
                fault = str(error).replace(self._url, shown(self._url))
            except SourceError as error:
                self._fail(error)
                return
            if self._attempt >= len(self._retry_waits_s):
                self._fail(
                    SourceError(
                        f"{shown(self._url)}: lost ({fault}), {self._attempt} attempts to connect "
                        "again failed; check camera, network, user name and password"
                    )
                )
                return
            self._stop.wait(self._retry_waits_s[self._attempt])
            self._attempt += 1

    def _receive(self) -> None:
        container = av.open(
            self._url,
            options={
                "rtsp_transport": "tcp",
                "analyzeduration": "500000",  # microseconds; the default delays by seconds
                "protocol_whitelist": "rtsp,rtsps,rtp,tcp,udp,tls",
                **self._options,
            },
            timeout=READ_TIMEOUT_S,
        )
        with container:
            self._decode(container, video_stream(container, shown(self._url)))

    def _decode(self, container: av.container.InputContainer, stream: VideoStream) -> None:
        decoder, clock, index = Decoder(stream), ArrivalClock(), 0
        self.fps = float(stream.average_rate or DEFAULT_FPS)
        lost_before = self._corrupt
        for packet in container.demux(stream):
            if self._stop.is_set():
                return
            for frame in decoder.pictures(packet):
                if (frame.width, frame.height) != self._size:
                    raise SourceError(
                        f"{shown(self._url)}, frame {index}: expected {self._size[0]}x"
                        f"{self._size[1]} pixels as the calibration says, got {frame.width}x"
                        f"{frame.height}; set the camera to that size"
                    )
                index += 1
                if frame.pts is None:  # the first ones, before the stream has told its time
                    continue
                t_ns = clock.at(round(frame.time * NS_PER_S), arrival_ns=self._clock.now_ns())
                if t_ns is not None:
                    self._put(TimedImage(gray_of(frame), t_ns, index - 1))
            self._corrupt = lost_before + decoder.corrupt

    def _put(self, image: TimedImage) -> None:
        with self._changed:
            self._attempt = 0
            self.waiting.append(image)
            self._changed.notify_all()

    def _fail(self, error: SourceError) -> None:
        with self._changed:
            self.failure = error
            self._changed.notify_all()
