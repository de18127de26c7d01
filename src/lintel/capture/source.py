"""The one contract that every source of stereo pairs keeps, whatever is behind it.

``seq`` counts exposures. A gap in it is a dropped exposure, a repeat is one that came twice;
both are also counted in ``faults``. ``t_ns`` starts at 0 with the first exposure of a recording
and is the monotonic clock of this machine for a live source; it never steps back.
"""

from __future__ import annotations

from collections import deque
from statistics import median
from types import TracebackType
from typing import Protocol, Self

from lintel.clock import NS_PER_S
from lintel.errors import SourceError
from lintel.frames import StereoPair
from lintel.records import SourceFaults
from lintel.rig import StereoRig


class Source(Protocol):
    """Where stereo pairs come from; a context manager that closes what it opened."""

    @property
    def name(self) -> str:
        """What to call it in front of people; never holds a password."""
        ...

    @property
    def rig(self) -> StereoRig:
        """The calibrated cameras; its image size is the size of every image."""
        ...

    @property
    def fps(self) -> float:
        """Nominal exposures per second."""
        ...

    @property
    def frame_count(self) -> int | None:
        """Pairs to expect from start to end; None when live or unknown."""
        ...

    @property
    def live(self) -> bool:
        """Whether pairs come in real time and are lost unless read in time."""
        ...

    @property
    def faults(self) -> SourceFaults:
        """Snapshot of what went wrong so far."""
        ...

    def read(self) -> StereoPair | None:
        """The next pair, None at the end and for ever after.

        Raises:
            SourceError: what came is damaged, of the wrong size, or the device is lost; names
                file and frame, or the device. Also when read after ``close``.
        """
        ...

    def close(self) -> None:
        """Free files, devices and threads; closing twice does nothing."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...


class ExposureCounter:
    """Tells from times alone which exposure is which: gaps and repeats on a drifting grid.

    The grid follows the camera's clock slowly, so that jitter below half a period changes
    nothing and a nominal rate that is off by a percent makes no false gap.

    Args:
        period: nominal time between exposures, in any unit.
        first: time of the first exposure.
        adaptive: follow the rate that is seen: cameras slow down in the dark.
    """

    _GAIN = 0.2  # share of the jitter that moves the grid
    _MEMORY, _ENOUGH = 31, 3  # steps, at most and at least, whose median is the adaptive period
    _CHANGED = 0.1  # a period that differs by this share is another rate

    def __init__(self, *, period: float, first: float, adaptive: bool = False) -> None:
        if not period > 0:
            raise SourceError(f"the time between frames must be positive, got {period}")
        self._period = period
        self._steps: deque[float] | None = deque(maxlen=self._MEMORY) if adaptive else None
        self._last = first
        self._grid = first
        self._seq = 0
        self._started = False
        self._dropped = 0
        self._duplicated = 0

    @property
    def dropped(self) -> int:
        """Exposures skipped so far."""
        return self._dropped

    @property
    def duplicated(self) -> int:
        """Exposures seen again so far."""
        return self._duplicated

    def seq_at(self, time: float) -> int:
        """Exposure number of an image taken at ``time`` (same unit as the period)."""
        self._adapt(time)
        steps = max(0, round((time - self._grid) / self._period))
        if not self._started:
            self._started = True
            self._dropped += steps
        elif steps == 0:
            self._duplicated += 1
            return self._seq
        else:
            self._dropped += steps - 1
        self._seq += steps
        self._grid += steps * self._period
        self._grid += self._GAIN * (time - self._grid)
        return self._seq

    def _adapt(self, time: float) -> None:
        before, self._last = self._last, time
        if self._steps is None or not self._started or time <= before:
            return
        self._steps.append(time - before)
        if len(self._steps) < self._ENOUGH:
            return
        period = median(self._steps)
        if abs(period - self._period) > self._CHANGED * self._period:
            self._grid = before  # a grid of the wrong rate says nothing about the right one
        self._period = period


def seconds(t_ns: int) -> str:
    """Time of a recording for messages."""
    return f"{t_ns / NS_PER_S:.2f} s"
