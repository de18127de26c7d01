"""A pair of network cameras, paired by time. The two must be triggered together by hardware."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from lintel.capture.link import Link, shown
from lintel.capture.source import ExposureCounter
from lintel.capture.video import TimedImage
from lintel.clock import NS_PER_S, Clock, SystemClock
from lintel.closing import Closing
from lintel.errors import SourceError
from lintel.frames import StereoPair
from lintel.records import SourceFaults
from lintel.rig import StereoRig, load_rig

RETRY_WAITS_S = (0.5, 1.0, 2.0, 4.0, 8.0, 8.0, 8.0, 8.0)
PATIENCE_S = 60.0  # without any pair for this long the source gives up
NO_OPTIONS: Mapping[str, str] = MappingProxyType({})


class NetworkSource(Closing):
    """Pairs of two RTSP streams, in real time.

    Args:
        left_url: address of the left camera.
        right_url: address of the right camera.
        calibration: the rig's calibration.
        retry_waits_s: pauses before each attempt to connect again.
        patience_s: longest time without a pair.
        options: options of the transport, for example ``{"rtsp_transport": "udp"}``.
        clock: tells when pictures arrive.

    Raises:
        SourceError: an address is of another kind, or there is no connection.
        RigError: the calibration is missing or malformed.
    """

    live = True
    frame_count: int | None = None

    def __init__(
        self,
        left_url: str,
        right_url: str,
        *,
        calibration: Path,
        retry_waits_s: Sequence[float] = RETRY_WAITS_S,
        patience_s: float = PATIENCE_S,
        options: Mapping[str, str] = NO_OPTIONS,
        clock: Clock | None = None,
    ) -> None:
        self.rig: StereoRig = load_rig(calibration)
        self._changed = threading.Condition()
        self._patience_s = patience_s
        self._left, self._right = self._links = tuple(
            Link(
                url,
                size=self.rig.image_size,
                changed=self._changed,
                clock=clock or SystemClock(),
                retry_waits_s=retry_waits_s,
                options=options,
            )
            for url in (left_url, right_url)
        )
        self.name = f"{shown(left_url)}|{shown(right_url)}"
        self._counter: ExposureCounter | None = None
        self._last_ns = 0
        for link in self._links:
            link.start()
        try:
            self._wait(lambda: all(link.waiting for link in self._links))
        except SourceError:
            self.close()
            raise
        self.fps = max(0.1, min(link.fps for link in self._links))

    @property
    def faults(self) -> SourceFaults:
        """What went wrong so far."""
        counter = self._counter
        return SourceFaults(
            dropped=counter.dropped if counter else 0,
            duplicated=counter.duplicated if counter else 0,
            corrupt=self._left.corrupt + self._right.corrupt,
        )

    def read(self) -> StereoPair | None:
        """The next pair; never None, a camera has no end.

        Raises:
            SourceError: a camera is lost and did not come back, or no pair came for too long.
        """
        self._require_open(self.name)
        found: list[tuple[TimedImage, TimedImage]] = []
        self._wait(lambda: self._take_pair(found))
        left, right = found[0]
        if self._counter is None:
            self._counter = ExposureCounter(
                period=NS_PER_S / self.fps, first=left.t_ns, adaptive=True
            )
        self._last_ns = max(self._last_ns, left.t_ns)
        seq = self._counter.seq_at(left.t_ns)
        return StereoPair(left.image, right.image, self._last_ns, seq, self.rig.rig_id)

    def _take_pair(self, found: list[tuple[TimedImage, TimedImage]]) -> bool:
        """Drop pictures without a partner until two match; True once ``found`` holds a pair."""
        left, right = self._left.waiting, self._right.waiting
        while left and right:
            gap_ns = left[0].t_ns - right[0].t_ns
            if 2 * abs(gap_ns) * self.fps <= NS_PER_S:
                found.append((left.popleft(), right.popleft()))
                return True
            (left if gap_ns < 0 else right).popleft()
        return False

    def _wait(self, ready: Callable[[], bool]) -> None:
        """Wait until ``ready``; what came before a link failed still counts."""
        with self._changed:
            deadline_s = time.monotonic() + self._patience_s
            while not ready():
                failure = self._left.failure or self._right.failure
                if failure is not None:
                    raise failure
                left_s = deadline_s - time.monotonic()
                if left_s <= 0 or not self._changed.wait(left_s):
                    raise SourceError(
                        f"{self.name}: no pair of pictures for {self._patience_s:g} s; are both "
                        "cameras on, and triggered together?"
                    )

    def _release(self) -> None:
        for link in self._links:
            link.stop()
        for link in self._links:
            link.join()
