"""A recording as a camera: each frame at its time.

A device counts what happens now. A recorded or drawn source has times from 0; here they become
instants of a clock.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from lintel.capture import Source, SourceFaults
from lintel.clock import NS_PER_S, Clock
from lintel.closing import Closing
from lintel.frames import StereoPair
from lintel.rig import StereoRig


class PacedSource(Closing):
    """A source whose frames come when they are due, none left out.

    When counting is slower than the scene, frames come late and none is dropped: a recording
    waits. ``t_ns`` is an instant of the clock.

    Args:
        source: open source, not live; closed with this.
        clock: gives the instant of the first frame.
        wait: sleeps for so many seconds, or until somebody wants to stop.
    """

    live = False
    frame_count: int | None = None

    def __init__(self, source: Source, *, clock: Clock, wait: Callable[[float], object]) -> None:
        self._source = source
        self._clock = clock
        self._wait = wait
        self._offset_ns: int | None = None
        self.rig: StereoRig = source.rig
        self.fps = source.fps
        self.name = source.name

    @property
    def faults(self) -> SourceFaults:
        """What went wrong so far."""
        return self._source.faults

    def read(self) -> StereoPair | None:
        """The next pair when it is due, None at the end.

        Raises:
            SourceError: the source cannot be read.
        """
        pair = self._source.read()
        if pair is None:
            return None
        if self._offset_ns is None:
            self._offset_ns = self._clock.now_ns() - pair.t_ns
        due_ns = self._offset_ns + pair.t_ns
        ahead_s = (due_ns - self._clock.now_ns()) / NS_PER_S
        if ahead_s > 0.0:
            self._wait(ahead_s)
        return replace(pair, t_ns=due_ns)

    def _release(self) -> None:
        self._source.close()
