"""What a run over a recording saw, as plain columns. No pixels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lintel.clock import NS_PER_S
from lintel.config.voted import Age, age_of, staff_of
from lintel.evaluate.visits import SeenVisit
from lintel.geometry import read_only
from lintel.records import Crossing, Detections, Event, Phase, Tracks, ZoneLeave


@dataclass(frozen=True, slots=True, eq=False)
class FramePoints:
    """Head tops per frame, K rows sorted by frame: truth, detections or tracks."""

    frame: npt.NDArray[np.int64]  # (K,) from 0
    id: npt.NDArray[np.int64]  # (K,) person or track; -1 where there is none
    xyz_m: npt.NDArray[np.float64]  # (K, 3)
    stature_m: npt.NDArray[np.float64]  # (K,) NaN = not measured

    def __post_init__(self) -> None:
        count = len(self.frame)
        read_only(self.frame, (count,), "FramePoints.frame")
        read_only(self.id, (count,), "FramePoints.id")
        read_only(self.xyz_m, (count, 3), "FramePoints.xyz_m")
        read_only(self.stature_m, (count,), "FramePoints.stature_m")

    def __len__(self) -> int:
        return len(self.frame)

    @classmethod
    def of(
        cls,
        frame: npt.ArrayLike,
        xyz_m: npt.ArrayLike,
        *,
        ids: npt.ArrayLike | None = None,
        stature_m: npt.ArrayLike | None = None,
    ) -> FramePoints:
        """Make columns of anything array-like; rows are sorted by frame."""
        frames = np.array(frame, dtype=np.int64).reshape(-1)
        order = np.argsort(frames, kind="stable")
        count = len(frames)
        who = np.full(count, -1) if ids is None else np.asarray(ids)
        tall = np.full(count, np.nan) if stature_m is None else np.asarray(stature_m)
        return cls(
            frame=frames[order],
            id=who.astype(np.int64)[order],
            xyz_m=np.array(xyz_m, dtype=np.float64).reshape(count, 3)[order],
            stature_m=tall.astype(np.float64)[order],
        )

    def only(self, rows: npt.NDArray[np.bool_]) -> FramePoints:
        """The rows for which ``rows`` (K,) is true."""
        return FramePoints(self.frame[rows], self.id[rows], self.xyz_m[rows], self.stature_m[rows])


@dataclass(frozen=True, slots=True)
class SeenCrossing:
    """A crossing at ``t_s`` seconds of the recording.

    ``on_line_s``: of a true one, from when to when its moment may be, where it is not sharp.
    """

    line: str
    direction: str
    t_s: float
    on_line_s: tuple[float, float] | None = None

    @property
    def begin_s(self) -> float:
        """The earliest moment that it may have."""
        return self.t_s if self.on_line_s is None else min(self.t_s, self.on_line_s[0])

    @property
    def end_s(self) -> float:
        """The latest."""
        return self.t_s if self.on_line_s is None else max(self.t_s, self.on_line_s[1])


@dataclass(frozen=True, slots=True)
class Said:
    """What a counted crossing says of whoever crossed."""

    age: Age
    staff: bool | None  # None: not measured
    place_m: tuple[float, float] = (0.0, 0.0)

    @classmethod
    def of(cls, crossing: Crossing) -> Said:
        """The words for its voted scores."""
        return cls(age_of(crossing.child), staff_of(crossing.staff), crossing.position_m)


@dataclass(frozen=True, slots=True, eq=False)
class Observed:
    """Everything that a run gave and that is scored."""

    frames: npt.NDArray[np.int64]  # (F,) frames that were analysed
    crossings: tuple[SeenCrossing, ...]
    detections: FramePoints
    tracks: FramePoints  # confirmed tracks, in the frames in which they were seen
    visits: tuple[SeenVisit, ...] = ()
    groups: tuple[tuple[int, ...], ...] | None = None  # track ids; None: nobody looked for groups
    said: tuple[Said, ...] = ()  # of whoever made each crossing, as long as ``crossings``; or none


class Observer:
    """Collects ``Observed`` frame by frame. Grows with the recording: for evaluation only."""

    def __init__(self, *, fps: float) -> None:
        self._fps = fps
        self._start_ns: int | None = None
        self._frames: list[int] = []
        self._detections: list[Detections] = []
        self._tracks: list[Tracks] = []

    def step(self, *, frame: int, detections: Detections, tracks: Tracks) -> None:
        """Take in one analysed frame; ``frame`` is its number in the recording, from 0."""
        if self._start_ns is None:
            self._start_ns = tracks.t_ns - round(frame / self._fps * NS_PER_S)
        self._frames.append(frame)
        self._detections.append(detections)
        self._tracks.append(tracks)

    def observed(
        self, events: Sequence[Event], *, groups: tuple[tuple[int, ...], ...] | None = None
    ) -> Observed:
        """All that was collected, what the events of the run tell, and the groups found."""
        start_ns = self._start_ns or 0
        seen = [np.asarray(t.phase == Phase.CONFIRMED) for t in self._tracks]
        crossings = [event for event in events if isinstance(event, Crossing)]
        return Observed(
            frames=np.array(self._frames, dtype=np.int64),
            crossings=tuple(
                SeenCrossing(e.line, e.direction.value, (e.t_ns - start_ns) / NS_PER_S)
                for e in crossings
            ),
            detections=FramePoints.of(
                np.repeat(self._frames, [len(d) for d in self._detections]),
                _stack([d.xyz_m for d in self._detections], 3),
            ),
            tracks=FramePoints.of(
                np.repeat(self._frames, [int(s.sum()) for s in seen]),
                _stack([t.xyz_m[s] for t, s in zip(self._tracks, seen, strict=True)], 3),
                ids=_joined([t.id[s] for t, s in zip(self._tracks, seen, strict=True)]),
                stature_m=_joined(
                    [t.stature_m[s] for t, s in zip(self._tracks, seen, strict=True)]
                ),
            ),
            visits=tuple(
                _visit(event, start_ns) for event in events if isinstance(event, ZoneLeave)
            ),
            groups=groups,
            said=tuple(map(Said.of, crossings)),
        )


def _visit(event: ZoneLeave, start_ns: int) -> SeenVisit:
    leave_s = (event.t_ns - start_ns) / NS_PER_S
    return SeenVisit(event.zone, leave_s - event.dwell_s, leave_s)


def _stack(parts: list[npt.NDArray[np.float32]], width: int) -> npt.NDArray[np.float64]:
    return np.concatenate([np.zeros((0, width)), *parts])


def _joined(parts: list[npt.NDArray[np.generic]]) -> npt.NDArray[np.float64]:
    return np.concatenate([np.zeros(0), *parts])
