"""A source is counted frame by frame, until it ends, fails, stalls, or somebody stops it."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime

import numpy as np
import pytest

from lintel.clock import ManualClock
from lintel.errors import SourceError
from lintel.frames import StereoPair
from lintel.pipeline import Endless, FrameResult, PacedSource
from lintel.records import Attributes, Detections, Tracks
from pipeline_builders import BlankSource


def nothing_at(pair: StereoPair) -> FrameResult:
    floats = np.zeros(0, dtype=np.float32)
    ids = np.zeros(0, dtype=np.int64)
    tracks = Tracks(
        id=ids,
        xyz_m=np.zeros((0, 3), dtype=np.float32),
        velocity_mps=np.zeros((0, 2), dtype=np.float32),
        stature_m=floats,
        stature_sigma_m=floats.copy(),
        phase=np.zeros(0, dtype=np.int8),
        attributes=Attributes.unmeasured(0),
        ended=ids.copy(),
        t_ns=pair.t_ns,
    )
    detections = Detections.of([], t_ns=pair.t_ns, seq=pair.seq)
    return FrameResult(pair.seq, pair.t_ns, None, detections, tracks, ())


class SeesNobody:
    def step(self, pair: StereoPair) -> FrameResult:
        return nothing_at(pair)


@dataclass
class Diary:
    seqs: list[int] = field(default_factory=list)
    times_ns: list[int] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)
    stop_after: int | None = None
    written: threading.Event = field(default_factory=threading.Event)

    def write(self, result: FrameResult, dropped: int) -> None:
        del dropped
        self.seqs.append(result.seq)
        self.times_ns.append(result.t_ns)
        self.written.set()
        if len(self.seqs) == self.stop_after:
            self.stop.set()


def test_a_recording_is_counted_to_its_end() -> None:
    diary = Diary()
    source = BlankSource(frames=7)
    Endless(source, SeesNobody, on_frame=diary.write, stop=diary.stop).run()
    assert diary.seqs == list(range(7))


def test_stopping_ends_after_the_frame_in_work() -> None:
    diary = Diary(stop_after=3)
    source = BlankSource(frames=10**6)
    Endless(source, SeesNobody, on_frame=diary.write, stop=diary.stop).run()
    assert diary.seqs == [0, 1, 2]


def test_what_a_failing_source_gave_before_is_counted() -> None:
    diary = Diary()
    source = BlankSource(frames=9, fail_at=4)
    with pytest.raises(SourceError, match="frame 4 is damaged"):
        Endless(source, SeesNobody, on_frame=diary.write, stop=diary.stop).run()
    assert diary.seqs == [0, 1, 2, 3]


class Silent(BlankSource):
    """A camera that gives two frames and then nothing, without an error."""

    def __init__(self) -> None:
        super().__init__(frames=2, live=True)
        self.unplugged = threading.Event()

    def read(self) -> StereoPair | None:
        pair = super().read()
        if pair is None:
            self.unplugged.wait(timeout=1)
        return pair


def test_a_camera_that_falls_silent_is_told_from_one_that_ended() -> None:
    diary = Diary()
    one = Endless(Silent(), SeesNobody, on_frame=diary.write, stop=diary.stop, stall_s=0.05)
    with pytest.raises(SourceError, match="no picture for"):
        one.run()


def test_who_waits_for_a_silent_camera_can_be_woken() -> None:
    diary, source = Diary(), Silent()
    one = Endless(source, SeesNobody, on_frame=diary.write, stop=diary.stop, stall_s=60.0)
    thread = threading.Thread(target=one.run)
    thread.start()
    assert diary.written.wait(timeout=10)
    diary.stop.set()
    one.wake()  # while the camera is still being read
    source.unplugged.set()
    thread.join(timeout=10)
    assert not thread.is_alive()


def test_a_recording_is_paced_by_the_clock_and_told_in_its_time() -> None:
    clock = ManualClock(utc=datetime(2026, 5, 4, tzinfo=UTC), now_ns=5_000_000_000)
    paced = PacedSource(BlankSource(frames=4, fps=10.0), clock=clock, wait=clock.advance)
    diary = Diary()
    Endless(paced, SeesNobody, on_frame=diary.write, stop=diary.stop).run()
    assert diary.times_ns == [5_000_000_000, 5_100_000_000, 5_200_000_000, 5_300_000_000]
    assert clock.now_ns() == 5_300_000_000


def test_a_recording_waits_for_slow_counting_and_drops_nothing() -> None:
    clock = ManualClock(utc=datetime(2026, 5, 4, tzinfo=UTC))
    waits: list[float] = []
    paced = PacedSource(BlankSource(frames=4, fps=10.0), clock=clock, wait=waits.append)
    seqs = []
    while (pair := paced.read()) is not None:
        seqs.append(pair.seq)
        clock.advance(1.0)  # ten times too slow
    assert (seqs, waits) == ([0, 1, 2, 3], [])
