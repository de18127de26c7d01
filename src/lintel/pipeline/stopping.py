"""A live source has no end of its own: Ctrl-C ends it, and the count is still reported."""

from __future__ import annotations

import signal
from contextlib import AbstractContextManager, nullcontext
from types import FrameType, TracebackType
from typing import Self

from lintel.capture import Source, SourceFaults
from lintel.frames import StereoPair
from lintel.rig import StereoRig


def stoppable(source: Source) -> AbstractContextManager[Source]:
    """The source itself, or, if it is live, one that ends at the first Ctrl-C.

    An interrupted recording gives no report: half of it would look like the whole.
    """
    return StopOnInterrupt(source) if source.live else nullcontext(source)


class StopOnInterrupt:
    """A source that ends when it is interrupted. The second interrupt breaks off as usual.

    Enter and leave it in the main thread, which alone may set signal handlers. It does not close
    the source that it was given.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self._stopped = False

    @property
    def name(self) -> str:
        """What to call it in front of people."""
        return self._source.name

    @property
    def rig(self) -> StereoRig:
        """The calibrated cameras."""
        return self._source.rig

    @property
    def fps(self) -> float:
        """Nominal exposures per second."""
        return self._source.fps

    @property
    def frame_count(self) -> int | None:
        """Pairs to expect from start to end."""
        return self._source.frame_count

    @property
    def live(self) -> bool:
        """Whether pairs come in real time."""
        return self._source.live

    @property
    def faults(self) -> SourceFaults:
        """What went wrong so far."""
        return self._source.faults

    def read(self) -> StereoPair | None:
        """The next pair; None once interrupted."""
        return None if self._stopped else self._source.read()

    def close(self) -> None:
        """End it; the source behind it stays open."""
        self._stopped = True

    def __enter__(self) -> Self:
        self._usual = signal.signal(signal.SIGINT, self._stop)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        signal.signal(signal.SIGINT, self._usual)
        self.close()

    def _stop(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        self._stopped = True
        signal.signal(signal.SIGINT, self._usual)
