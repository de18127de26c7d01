"""What may be seen now. Fed by the counting thread, asked by others; a lock between them.

The counting thread only hands a reference over, at most MAX_FPS times a second and only while
somebody looks; whoever asks pays for the drawing. In the modes ``none`` and ``counts`` nothing
is held at all.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from lintel.clock import NS_PER_S, Clock
from lintel.depth.focus import edge_blur_px
from lintel.device.ports import Picture
from lintel.device.preview.clips import ClipFrame, clip_frame, clip_picture
from lintel.device.preview.colours import coloured, jpeg, png
from lintel.device.preview.looks import look_at, pixel_from_floor
from lintel.device.preview.still import Still, StillWatch
from lintel.frames import DepthMap
from lintel.geometry import Intrinsics
from lintel.pipeline import FrameResult
from lintel.records import FloorFit
from lintel.wire.v1.setting import ImageMode, PictureView

MAX_FPS = 5.0
CLIP_FPS = 10.0
FOCUS_FPS = 1.0
FOCUS_ASKED_S = 15.0  # after this long without a question it is measured no more
LOOKED_AT_S = 3.0  # after this long without a question nobody looks any more
SEQ_PER_S = 10  # numbers begin beyond those of an earlier run

Taker = Callable[[ClipFrame], None]


@dataclass(frozen=True, slots=True, eq=False)
class _Shot:
    depth: DepthMap
    floor: FloorFit | None
    seq: int
    utc: datetime


class Preview:
    """Pictures of the present. ``mode`` is asked at every frame and at every question."""

    def __init__(self, *, mode: Callable[[], ImageMode], clock: Clock) -> None:
        self._mode = mode
        self._clock = clock
        self._lock = threading.Lock()
        self._watch = StillWatch()
        self._seq = round(clock.utc().timestamp()) * SEQ_PER_S
        self._wanted_until_ns = -1
        self._on_new: Callable[[], None] = _nothing
        self._clip: Taker | None = None
        self._clip_pace = _Pace(CLIP_FPS)
        self._pace = _Pace(MAX_FPS)
        self._focus_pace = _Pace(FOCUS_FPS)
        self._focus_until_ns = -1
        self._blur_px: float | None = None
        self._kept_for: ImageMode | None = None
        self._shot: _Shot | None = None
        self._still: tuple[Still, int, datetime] | None = None
        self._drawn: Picture | None = None

    # --- the counting thread -------------------------------------------------------------

    def take(self, depth: DepthMap, result: FrameResult) -> None:
        """The chain's ``on_frame``: keep of a frame what the mode allows."""
        mode = self._mode()
        if self._clock.now_ns() <= self._focus_until_ns and self._focus_pace.is_due(depth.t_ns):
            self._blur_px = edge_blur_px(depth.image)
        with self._lock:
            if mode != self._kept_for:
                self._drop()
                self._kept_for = mode
            clip = self._clip_due(depth.t_ns) if mode == "depth" else None
            is_new = mode == "depth" and self._depth_due(depth.t_ns)
            if is_new:
                self._shoot(depth, result.floor)
            elif mode == "still":
                is_new = self._watch_for_still(depth, result)
        if clip is not None:
            clip(clip_frame(depth, result.floor))
        if is_new:
            self._on_new()

    # --- anyone --------------------------------------------------------------------------

    def drop(self) -> None:
        """Forget every pixel now, as on a change of the mode."""
        with self._lock:
            self._drop()

    def tell(self, on_new: Callable[[], None]) -> None:
        """Call ``on_new``, on the counting thread, whenever there is a new picture."""
        self._on_new = on_new

    def has_depth(self, *, after: int) -> bool:
        """Whether there is depth newer than ``after`` to be drawn; asking is looking."""
        with self._lock:
            self._look()
            return self._shot is not None and self._shot.seq > after

    def depth_picture(self, *, after: int) -> Picture | None:
        """The newest coloured depth picture if it is newer than ``after``; asking is looking."""
        with self._lock:
            self._look()
            shot, drawn = self._shot, self._drawn
        if shot is None or shot.seq <= after:
            return None
        if drawn is None or drawn.seq != shot.seq:
            drawn = _drawn(shot)  # without the lock: counting never waits for a drawing
        with self._lock:
            if self._mode() != "depth" or self._shot is None:
                return None
            self._drawn = drawn
            return drawn

    def focus(self) -> float | None:
        """Blur of the edges in view, pixels; a number, in every mode. None before it is measured.

        It is measured while somebody asks, from then on, and nothing of the picture is kept.
        """
        now_ns = self._clock.now_ns()
        if now_ns > self._focus_until_ns:
            self._blur_px = None
        self._focus_until_ns = now_ns + round(FOCUS_ASKED_S * NS_PER_S)
        return self._blur_px

    def still_picture(self) -> Picture | None:
        """The still, once there is one."""
        with self._lock:
            if self._mode() != "still" or self._still is None:
                return None
            still, seq, utc = self._still
            if self._drawn is None or self._drawn.seq != seq:
                self._drawn = Picture("image/jpeg", jpeg(still.image), seq, utc)
            return self._drawn

    def view(self) -> PictureView | None:
        """Where places lie in the picture that is there to be seen."""
        with self._lock:
            mode = self._mode()
            if mode == "depth" and self._shot is not None and self._shot.floor is not None:
                look = look_at(self._shot.depth, self._shot.floor)
                return _view(look.depth_m.shape, look.intrinsics, self._shot.floor)
            if mode == "still" and self._still is not None:
                still = self._still[0]
                return _view(still.image.shape, still.intrinsics, still.floor)
            return None

    def record(self, taker: Taker | None) -> None:
        """Hand depth, packed for a clip, to ``taker`` on the counting thread; None to stop."""
        with self._lock:
            self._clip, self._clip_pace = taker, _Pace(CLIP_FPS)

    @staticmethod
    def draw_clip(packed: bytes) -> bytes:
        """The coloured depth picture, PNG, of one packed frame of a clip.

        Raises:
            InputError: the bytes are no packed frame.
        """
        return clip_picture(packed)

    # --- inside, with the lock held --------------------------------------------------------

    def _drop(self) -> None:
        self._kept_for = self._shot = self._still = self._drawn = None
        self._pace = _Pace(MAX_FPS)
        self._watch.reset()

    def _look(self) -> None:
        self._wanted_until_ns = self._clock.now_ns() + round(LOOKED_AT_S * NS_PER_S)

    def _depth_due(self, t_ns: int) -> bool:
        return self._clock.now_ns() <= self._wanted_until_ns and self._pace.is_due(t_ns)

    def _clip_due(self, t_ns: int) -> Taker | None:
        return self._clip if self._clip is not None and self._clip_pace.is_due(t_ns) else None

    def _shoot(self, depth: DepthMap, floor: FloorFit | None) -> None:
        self._seq += 1
        self._shot = _Shot(depth, floor, self._seq, self._clock.utc())

    def _watch_for_still(self, depth: DepthMap, result: FrameResult) -> bool:
        self._watch.step(depth, result.floor, result.detections, result.tracks)
        still = self._watch.still
        if still is None:
            self._still = self._drawn = None
            return False
        if self._still is not None and self._still[0] is still:
            return False
        self._seq += 1
        self._still, self._drawn = (still, self._seq, self._clock.utc()), None
        return True


def _nothing() -> None:
    return None


class _Pace:
    """Lets through at most ``fps`` frames a second, on average whatever the jitter."""

    def __init__(self, fps: float) -> None:
        self._period_ns = round(NS_PER_S / fps)
        self._next_ns: int | None = None

    def is_due(self, t_ns: int) -> bool:
        """Whether the frame of this time goes through."""
        next_ns = self._next_ns
        if next_ns is None or not next_ns - self._period_ns <= t_ns < next_ns + self._period_ns:
            self._next_ns = t_ns + self._period_ns  # the first, or time jumped
            return True
        if t_ns < next_ns:
            return False
        self._next_ns = next_ns + self._period_ns
        return True


def _drawn(shot: _Shot) -> Picture:
    picture = coloured(look_at(shot.depth, shot.floor))
    return Picture("image/png", png(picture), shot.seq, shot.utc)


def _view(shape: tuple[int, ...], lens: Intrinsics, floor: FloorFit) -> PictureView:
    matrix = pixel_from_floor(lens, floor.floor_from_cam)
    return PictureView(shape[1], shape[0], tuple(float(value) for value in matrix.ravel()))
