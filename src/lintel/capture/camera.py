"""A live camera at this machine: one device with both eyes side by side, or two devices.

OpenCV and the driver keep a few pictures at most, so a slow reader loses pictures and never
memory; what was lost shows in the driver's times.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from lintel.capture.recording import halves
from lintel.capture.source import ExposureCounter
from lintel.clock import NS_PER_S, Clock, SystemClock
from lintel.closing import Closing
from lintel.errors import SourceError
from lintel.frames import Image, StereoPair
from lintel.records import SourceFaults
from lintel.rig import StereoRig, load_rig

_DEFAULT_FPS = 30.0
_SAME_CLOCK_NS = 10 * NS_PER_S
_ALIGN_TRIES = 4
REOPEN_WAITS_S = (0.5, 1.0, 2.0, 4.0)


@dataclass(frozen=True, slots=True, eq=False)
class _Shot:
    image: Image
    t_ns: int


class CameraSource(Closing):
    """Pairs of a camera, in real time, with the driver's time of each exposure.

    Args:
        devices: one device (pictures side by side) or two (left, right): a number as in
            /dev/video0, or a path.
        calibration: the rig's calibration; its image size is asked of the camera.
        reopen_waits_s: pauses before each attempt to open a lost camera again.
        clock: what tells the time of a camera whose driver does not.

    Raises:
        SourceError: no such camera, or its pictures have another size than the calibration.
        RigError: the calibration is missing or malformed.
    """

    live = True
    frame_count: int | None = None

    def __init__(
        self,
        devices: Sequence[int | str],
        *,
        calibration: Path,
        reopen_waits_s: Sequence[float] = REOPEN_WAITS_S,
        clock: Clock | None = None,
    ) -> None:
        if len(devices) not in (1, 2):
            raise SourceError(f"camera: expected one or two devices, got {len(devices)}")
        self.name = "camera:" + ",".join(str(device) for device in devices)
        self.rig: StereoRig = load_rig(calibration)
        width, height = self.rig.image_size
        size = (2 * width, height) if len(devices) == 1 else (width, height)
        self._reopen_waits_s = tuple(reopen_waits_s)
        self._eyes = [_Device(device, size, clock or SystemClock()) for device in devices]
        self.fps = self._open()
        self._counter: ExposureCounter | None = None
        self._last_ns = 0
        self._corrupt = 0

    @property
    def faults(self) -> SourceFaults:
        """What went wrong so far."""
        counter = self._counter
        return SourceFaults(
            dropped=counter.dropped if counter else 0,
            duplicated=counter.duplicated if counter else 0,
            corrupt=self._corrupt,
        )

    def read(self) -> StereoPair | None:
        """The next pair; never None, a camera has no end.

        Raises:
            SourceError: the camera is lost and did not come back.
        """
        self._require_open(self.name)
        shots = self._shots()
        if len(shots) == 1:
            left, right = halves(shots[0].image)
        else:
            left, right = shots[0].image, shots[1].image
        t_ns = shots[0].t_ns
        if self._counter is None:
            self._counter = ExposureCounter(period=NS_PER_S / self.fps, first=t_ns, adaptive=True)
        seq = self._counter.seq_at(t_ns)
        self._last_ns = max(self._last_ns, t_ns)
        return StereoPair(left, right, self._last_ns, seq, self.rig.rig_id)

    def _shots(self) -> list[_Shot]:
        for wait_s in (*self._reopen_waits_s, None):
            try:
                return self._aligned()
            except SourceError:
                if wait_s is None:
                    raise
            time.sleep(wait_s)
            for eye in self._eyes:
                eye.close()
            try:
                self._open()
            except SourceError:
                continue  # the next attempt, or the last failure, speaks
        raise SourceError(f"{self.name}: lost")

    def _aligned(self) -> list[_Shot]:
        """One picture of each device, taken within half a period of each other."""
        for eye in self._eyes:
            eye.grab()
        for _ in range(_ALIGN_TRIES):
            first, last = self._eyes[0], self._eyes[-1]
            gap_ns = first.t_ns - last.t_ns
            if 2 * abs(gap_ns) * self.fps <= NS_PER_S:
                return [eye.shot() for eye in self._eyes]
            (first if gap_ns < 0 else last).grab()
        raise SourceError(
            f"{self.name}: the two cameras do not keep step ({gap_ns / 1e6:.0f} ms apart); "
            "set both to the same rate"
        )

    def _open(self) -> float:
        for eye in self._eyes:
            eye.open()
        return min(eye.fps for eye in self._eyes)

    def _release(self) -> None:
        for eye in self._eyes:
            eye.close()


class _Device:
    """One V4L2 device and the times of its pictures."""

    def __init__(self, device: int | str, size: tuple[int, int], clock: Clock) -> None:
        self._device = device
        self._size = size
        self._clock = clock
        self._capture: cv2.VideoCapture | None = None
        self._offset_ns: int | None = None
        self.fps = _DEFAULT_FPS
        self.t_ns = 0

    def open(self) -> None:
        backend = cv2.CAP_V4L2 if isinstance(self._device, int) else cv2.CAP_ANY
        try:
            capture = cv2.VideoCapture(self._device, backend)
        except cv2.error as error:
            raise SourceError(f"camera {self._device}: {error}") from error
        if not capture.isOpened():
            raise SourceError(
                f"camera {self._device}: cannot be opened; is it plugged in, is it used by another "
                "program, may this user read it (group video)?"
            )
        capture.set(cv2.CAP_PROP_FRAME_WIDTH, self._size[0])
        capture.set(cv2.CAP_PROP_FRAME_HEIGHT, self._size[1])
        capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
        rate = capture.get(cv2.CAP_PROP_FPS)
        self.fps = rate if 0.1 <= rate <= 1000 else _DEFAULT_FPS
        self._capture, self._offset_ns = capture, None

    def grab(self) -> None:
        """Take the next picture of the driver and note its time."""
        if self._capture is None or not self._capture.grab():
            raise SourceError(
                f"camera {self._device}: no picture came; check the cable and the USB power"
            )
        now_ns = self._clock.now_ns()
        stamp_ns = round(self._capture.get(cv2.CAP_PROP_POS_MSEC) * 1e6)
        if self._offset_ns is None:
            same = abs(stamp_ns - now_ns) < _SAME_CLOCK_NS
            self._offset_ns = 0 if same else now_ns - stamp_ns
            self._stamped = False
        self._stamped = self._stamped or stamp_ns > 0
        self.t_ns = stamp_ns + self._offset_ns if self._stamped else now_ns

    def shot(self) -> _Shot:
        """Decode what was grabbed."""
        found, image = self._capture.retrieve() if self._capture else (False, None)
        if not found or image is None:
            raise SourceError(f"camera {self._device}: the picture cannot be decoded")
        gray = np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY) if image.ndim == 3 else image)
        width, height = self._size
        if gray.shape != (height, width):
            raise SourceError(
                f"camera {self._device}: expected {width}x{height} pixels as the calibration says, "
                f"it gives {gray.shape[1]}x{gray.shape[0]}; calibrate at a size that it offers"
            )
        return _Shot(gray.astype(np.uint8, copy=False), self.t_ns)

    def close(self) -> None:
        if self._capture is not None:
            self._capture.release()
            self._capture = None
