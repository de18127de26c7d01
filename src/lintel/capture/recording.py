"""A recording folder: left and right video, or one side-by-side video, with its calibration."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from lintel.capture.source import ExposureCounter, seconds
from lintel.capture.video import VIDEO_SUFFIXES, TimedImage, VideoReader
from lintel.clock import NS_PER_S
from lintel.closing import Closing
from lintel.errors import SourceError
from lintel.frames import Image, StereoPair
from lintel.records import SourceFaults
from lintel.rig import StereoRig, find_rig, load_rig

MAX_LOSS_NS = 2 * NS_PER_S  # a longer stretch without any pair is an error, not a fault


@dataclass(frozen=True, slots=True, eq=False)
class _Eyes:
    left: Image
    right: Image
    t_ns: int


class _Footage(Protocol):
    period_ns: int

    @property
    def frame_count(self) -> int | None: ...

    @property
    def corrupt(self) -> int: ...

    @property
    def origin_ns(self) -> int: ...

    @property
    def tail(self) -> int: ...

    def read(self) -> _Eyes | None: ...

    def close(self) -> None: ...


class RecordingSource(Closing):
    """Pairs of a recording folder, in order, as fast as they are read.

    Args:
        folder: holds ``left.mp4`` and ``right.mp4`` or ``sbs.mp4`` (also .mkv, .mov, .avi,
            .webm), and ``calibration.json`` or a DepthAI ``calib.json``.
        calibration: use this file in place of the folder's own.

    Raises:
        SourceError: a video is missing, empty, truncated, or of another size than the
            calibration, or the two differ in length by more than 2 s.
        RigError: no calibration, or a malformed one.
    """

    live = False

    def __init__(self, folder: Path, *, calibration: Path | None = None) -> None:
        self.name = folder.resolve().name
        self.rig: StereoRig = load_rig(calibration) if calibration else find_rig(folder)
        self._footage = _footage(folder, self.rig)
        self.fps = round(NS_PER_S / self._footage.period_ns, 3)
        self._counter: ExposureCounter | None = None
        self._last_ns = 0

    @property
    def frame_count(self) -> int | None:
        """Pairs according to the headers of the files."""
        return self._footage.frame_count

    @property
    def faults(self) -> SourceFaults:
        """What went wrong so far."""
        counter, footage = self._counter, self._footage
        return SourceFaults(
            dropped=(counter.dropped if counter else 0) + footage.tail,
            duplicated=counter.duplicated if counter else 0,
            corrupt=footage.corrupt,
        )

    def read(self) -> StereoPair | None:
        """The next pair, None at the end.

        Raises:
            SourceError: truncated, damaged, or more than 2 s without a pair.
        """
        self._require_open(self.name)
        eyes = self._footage.read()
        if eyes is None:
            return None
        if self._counter is None:
            self._counter = ExposureCounter(
                period=self._footage.period_ns, first=self._footage.origin_ns
            )
        self._last_ns = max(self._last_ns, eyes.t_ns - self._footage.origin_ns)
        return StereoPair(
            left=eyes.left,
            right=eyes.right,
            t_ns=self._last_ns,
            seq=self._counter.seq_at(eyes.t_ns),
            rig_id=self.rig.rig_id,
        )

    def _release(self) -> None:
        self._footage.close()


class _TwoVideos:
    """Left and right video, paired by time; a picture without partner is lost."""

    tail = 0

    def __init__(self, left: Path, right: Path, size: tuple[int, int]) -> None:
        self._left = VideoReader(left, size=size)
        try:
            self._right = VideoReader(right, size=size)
        except SourceError:
            self._left.close()
            raise
        self.period_ns = min(self._left.period_ns, self._right.period_ns)
        self._files = f"{left} and {right.name}"
        self._first_ns: int | None = None
        self._pair_ns: int | None = None
        self._check_lengths()

    @property
    def frame_count(self) -> int | None:
        left, right = self._left.frame_count, self._right.frame_count
        return None if left is None or right is None else min(left, right)

    @property
    def corrupt(self) -> int:
        return self._left.corrupt + self._right.corrupt

    @property
    def origin_ns(self) -> int:
        return self._first_ns or 0

    def read(self) -> _Eyes | None:
        left, right = self._left.read(), self._right.read()
        if self._first_ns is None and left and right:
            self._first_ns = _earliest(left, right, self._left.start_ns, self._right.start_ns)
            self._pair_ns = self._first_ns
        while left and right:
            gap_ns = left.t_ns - right.t_ns
            if 2 * abs(gap_ns) <= self.period_ns:
                self._pair_ns = left.t_ns
                return _Eyes(left.image, right.image, left.t_ns)
            earlier, reader = (left, self._left) if gap_ns < 0 else (right, self._right)
            self._check_loss(earlier, reader)
            if gap_ns < 0:
                left = self._left.read()
            else:
                right = self._right.read()
        self._drain(left, self._left)
        self._drain(right, self._right)
        return None

    def close(self) -> None:
        self._left.close()
        self._right.close()

    def _drain(self, image: TimedImage | None, reader: VideoReader) -> None:
        """Count what one video goes on after the other has ended."""
        count = 0
        while image is not None:
            count += 1
            self._check_loss(image, reader)
            image = reader.read()
        self.tail = max(self.tail, count)

    def _check_loss(self, image: TimedImage, reader: VideoReader) -> None:
        since_ns = image.t_ns - (self._pair_ns if self._pair_ns is not None else image.t_ns)
        if since_ns > MAX_LOSS_NS:
            raise SourceError(
                f"{self._files}: {reader.name}, frame {image.index} "
                f"({seconds(image.t_ns - self.origin_ns)}): expected a picture of the other "
                f"camera within {self.period_ns / 2e6:.1f} ms, none has come for "
                f"{seconds(since_ns)} ({self.corrupt} damaged pictures thrown away so far); the "
                "two videos differ in length or are damaged: cut both to the same time, or "
                "record again"
            )

    def _check_lengths(self) -> None:
        left, right = self._left.frame_count, self._right.frame_count
        if left is None or right is None or abs(left - right) * self.period_ns <= MAX_LOSS_NS:
            return
        self.close()
        raise SourceError(
            f"{self._files}, frame {min(left, right)}: expected two videos of the same length, "
            f"got {left} and {right} frames; cut both to the same time"
        )


class _SideBySide:
    """One video that holds left and right half beside each other."""

    tail = 0

    def __init__(self, path: Path, size: tuple[int, int]) -> None:
        self._width = size[0]
        self._reader = VideoReader(path, size=(2 * size[0], size[1]))
        self.period_ns = self._reader.period_ns
        self._first_ns: int | None = None
        self._last_ns: int | None = None

    @property
    def frame_count(self) -> int | None:
        return self._reader.frame_count

    @property
    def corrupt(self) -> int:
        return self._reader.corrupt

    @property
    def origin_ns(self) -> int:
        return self._first_ns or 0

    def read(self) -> _Eyes | None:
        picture = self._reader.read()
        if picture is None:
            return None
        if self._first_ns is None:
            self._first_ns = _earliest(picture, picture, self._reader.start_ns)
            self._last_ns = self._first_ns
        self._check_loss(picture)
        left, right = halves(picture.image)
        return _Eyes(left, right, picture.t_ns)

    def close(self) -> None:
        self._reader.close()

    def _check_loss(self, picture: TimedImage) -> None:
        last_ns, self._last_ns = self._last_ns, picture.t_ns
        if last_ns is not None and picture.t_ns - last_ns > MAX_LOSS_NS and self.corrupt:
            raise SourceError(
                f"{self._reader.name}, frame {picture.index} ({seconds(picture.t_ns)}): no "
                f"undamaged picture for {seconds(picture.t_ns - last_ns)}; the file is corrupt, "
                "copy the recording again"
            )


def halves(image: Image) -> tuple[Image, Image]:
    """Left and right half (H, W/2) of a side-by-side picture (H, W)."""
    middle = image.shape[1] // 2
    return image[:, :middle].copy(), image[:, middle : 2 * middle].copy()


def _earliest(left: TimedImage, right: TimedImage, *starts_ns: int | None) -> int:
    """The time of the first exposure: a file's header knows of a lost first picture."""
    known = [t_ns for t_ns in starts_ns if t_ns is not None]
    return min(left.t_ns, right.t_ns, *known)


def video_in(folder: Path, stem: str) -> Path | None:
    """The video called ``stem`` in a folder, whatever its container."""
    paths = (folder / f"{stem}{suffix}" for suffix in VIDEO_SUFFIXES)
    return next((path for path in paths if path.exists()), None)


def holds_videos(folder: Path) -> bool:
    """Whether a folder has any of the videos of a recording."""
    return any(video_in(folder, stem) for stem in ("left", "right", "sbs"))


def _footage(folder: Path, rig: StereoRig) -> _Footage:
    left, right, both = (video_in(folder, stem) for stem in ("left", "right", "sbs"))
    if left and right:
        return _TwoVideos(left, right, rig.image_size)
    if both:
        return _SideBySide(both, rig.image_size)
    alone = left or right
    found = f"only {alone.name}" if alone else "none of them, nor image pairs"
    raise SourceError(
        f"{folder}: expected left.mp4 and right.mp4, or sbs.mp4, found {found}; add what is missing"
    )
