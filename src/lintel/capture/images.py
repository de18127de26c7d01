"""A folder of image pairs, in the order of the numbers in their names.

Either ``left_000001.png`` beside ``right_000001.png``, or subfolders ``left`` and ``right`` whose
file names end in a number. Times come from ``timestamps.csv`` (columns ``frame`` and ``t_s``),
else from the numbers and the rate.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import av
import av.error
import numpy as np
from av.video.codeccontext import VideoCodecContext

from lintel.capture.source import ExposureCounter
from lintel.capture.video import gray_of
from lintel.clock import NS_PER_S
from lintel.closing import Closing
from lintel.errors import SourceError
from lintel.frames import Image, StereoPair
from lintel.records import SourceFaults
from lintel.rig import MAX_EYE_PIXELS, StereoRig, find_rig, load_rig

DEFAULT_FPS = 30.0
MAX_IMAGE_BYTES = 64 * 1024 * 1024
MAX_TIMESTAMP_BYTES = 64 * 1024 * 1024
MIN_PERIOD_S = 1e-4
MAX_TIME_S = 1e10  # some 300 years: room for seconds since any epoch
_FLAT = re.compile(r"(left|right)[_-]?([0-9]{1,18})\.(?:png|jpe?g|bmp|pgm)", re.IGNORECASE)
_NUMBERED = re.compile(r".*?([0-9]{1,18})\.(?:png|jpe?g|bmp|pgm)", re.IGNORECASE)
_DECODERS = ((b"\x89PNG", "png"), (b"\xff\xd8", "mjpeg"), (b"BM", "bmp"), (b"P5", "pgm"))


@dataclass(frozen=True, slots=True)
class _Entry:
    number: int
    left: Path
    right: Path


class ImageFolderSource(Closing):
    """Pairs of a folder of images.

    Args:
        folder: holds the images and ``calibration.json`` (or a DepthAI ``calib.json``).
        calibration: use this file in place of the folder's own.
        fps: exposures per second where there is no ``timestamps.csv``.

    Raises:
        SourceError: no pairs, or malformed timestamps.
        RigError: no calibration, or a malformed one.
    """

    live = False

    def __init__(
        self, folder: Path, *, calibration: Path | None = None, fps: float = DEFAULT_FPS
    ) -> None:
        if not 0.001 <= fps <= 10_000:
            raise SourceError(f"{folder}: fps: expected 0.001..10000, got {fps:g}")
        self.name = folder.resolve().name
        self.rig: StereoRig = load_rig(calibration) if calibration else find_rig(folder)
        lefts, rights = _sides(folder)
        self._entries = _pairs(folder, lefts, rights)
        self._times_s = _timestamps(folder / "timestamps.csv")
        marks = [self._mark(entry) for entry in self._entries]
        period = _period(marks, default=1.0 if self._times_s is None else 1.0 / fps)
        if self._times_s is not None and period < MIN_PERIOD_S:
            raise SourceError(
                f"{folder / 'timestamps.csv'}: frames only {period:g} s apart; t_s is in seconds"
            )
        first, last = _ends(lefts, rights, self._times_s)
        self._counter = ExposureCounter(period=period, first=first)
        self._tail = max(0, round((last - marks[-1]) / period))
        # times are seconds of timestamps.csv, else frame numbers that stand 1 / fps apart
        self._scale_s = 1.0 if self._times_s is not None else 1.0 / (fps * period)
        self._first = first
        self.fps = round(1.0 / (period * self._scale_s), 3)
        self.frame_count: int | None = len(self._entries)
        self._next = 0
        self._last_ns = 0

    @property
    def faults(self) -> SourceFaults:
        """Numbers without a whole pair, and numbers that came twice."""
        ended = self._next >= len(self._entries)
        return SourceFaults(
            dropped=self._counter.dropped + (self._tail if ended else 0),
            duplicated=self._counter.duplicated,
        )

    def read(self) -> StereoPair | None:
        """The next pair, None at the end.

        Raises:
            SourceError: an image is empty, corrupt, too large or of the wrong size.
        """
        self._require_open(self.name)
        if self._next >= len(self._entries):
            return None
        entry = self._entries[self._next]
        left, right = (self._image(path, entry.number) for path in (entry.left, entry.right))
        self._next += 1
        mark = self._mark(entry)
        t_ns = round((mark - self._first) * self._scale_s * NS_PER_S)
        self._last_ns = max(self._last_ns, t_ns)
        seq = self._counter.seq_at(mark)
        return StereoPair(left, right, self._last_ns, seq, self.rig.rig_id)

    def _mark(self, entry: _Entry) -> float:
        if self._times_s is None:
            return float(entry.number)
        if entry.number not in self._times_s:
            raise SourceError(
                f"{entry.left}: frame {entry.number} has no row in timestamps.csv; add "
                "`frame,t_s`, or remove the file to use a fixed rate"
            )
        return self._times_s[entry.number]

    def _image(self, path: Path, number: int) -> Image:
        image = read_gray(path, where=f"frame {number}")
        width, height = self.rig.image_size
        if image.shape != (height, width):
            raise SourceError(
                f"{path}, frame {number}: expected {width}x{height} pixels as the calibration "
                f"says, got {image.shape[1]}x{image.shape[0]}; give the calibration of these "
                "images, or scale neither"
            )
        return image

    def _release(self) -> None:
        """Files are closed as soon as they are read."""


def read_gray(path: Path, *, where: str) -> Image:
    """Decode a PNG, JPEG, BMP or PGM file to gray (H, W), refusing what is damaged or too large.

    Raises:
        SourceError: names the file and ``where``.
    """
    try:
        size = path.stat().st_size
        if size == 0:
            raise SourceError(f"{path}, {where}: expected an image, the file is empty (0 bytes)")
        if size > MAX_IMAGE_BYTES:
            raise SourceError(f"{path}, {where}: {size} bytes, at most {MAX_IMAGE_BYTES} are read")
        content = path.read_bytes()
    except OSError as error:
        raise SourceError(f"{path}, {where}: cannot be read: {error}") from error
    codec = next((name for magic, name in _DECODERS if content.startswith(magic)), None)
    if codec is None:
        raise SourceError(f"{path}, {where}: expected PNG, JPEG, BMP or PGM, it is none of them")
    return _decoded(content, codec, f"{path}, {where}")


def _decoded(content: bytes, codec: str, where: str) -> Image:
    context = av.CodecContext.create(codec, "r")
    if not isinstance(context, VideoCodecContext):
        raise SourceError(f"{where}: this installation cannot decode {codec}")
    # the decoder itself refuses a small file that claims a huge image, before it takes memory
    context.options = {
        "max_pixels": str(MAX_EYE_PIXELS),
        "err_detect": "crccheck+bitstream+buffer+explode",
    }
    context.thread_type = "NONE"
    try:
        frames = [*context.decode(av.Packet(content)), *context.decode(None)]
    except (av.error.FFmpegError, ValueError, MemoryError) as error:
        raise SourceError(
            f"{where}: the image is truncated, corrupt or larger than {MAX_EYE_PIXELS} pixels "
            f"({error}); copy it again or remove the pair"
        ) from error
    if not frames or frames[0].is_corrupt:
        raise SourceError(f"{where}: the image is truncated or corrupt; copy it again")
    return gray_of(frames[0])


def holds_images(folder: Path) -> bool:
    """Whether a folder looks like image pairs rather than videos."""
    if (folder / "left").is_dir() and (folder / "right").is_dir():
        return True
    return any(_FLAT.fullmatch(path.name) for path in _listing(folder))


def _listing(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError as error:
        raise SourceError(f"{folder}: cannot be listed: {error}") from error


def _sides(folder: Path) -> tuple[Mapping[int, list[Path]], Mapping[int, list[Path]]]:
    sides: dict[str, dict[int, list[Path]]] = {
        "left": defaultdict(list),
        "right": defaultdict(list),
    }
    for path in _listing(folder):
        if match := _FLAT.fullmatch(path.name):
            sides[match[1].lower()][int(match[2])].append(path)
    for side, numbers in sides.items():
        if (folder / side).is_dir():
            for path in _listing(folder / side):
                if match := _NUMBERED.fullmatch(path.name):
                    numbers[int(match[1])].append(path)
    return sides["left"], sides["right"]


def _pairs(
    folder: Path, lefts: Mapping[int, list[Path]], rights: Mapping[int, list[Path]]
) -> Sequence[_Entry]:
    """Pairs by number; a number that both sides hold twice gives two pairs."""
    entries = [
        _Entry(number, left, right)
        for number in sorted(lefts.keys() & rights.keys())
        for left, right in zip(lefts[number], rights[number], strict=False)
    ]
    if not entries:
        raise SourceError(
            f"{folder}: expected image pairs such as left_000001.png and right_000001.png with "
            f"the same numbers, found {len(lefts)} left and {len(rights)} right images"
        )
    return entries


def _period(marks: Sequence[float], *, default: float) -> float:
    steps = np.diff(np.unique(marks))
    return float(np.median(steps)) if len(steps) else default


def _ends(
    lefts: Mapping[int, object], rights: Mapping[int, object], times_s: Mapping[int, float] | None
) -> tuple[float, float]:
    """First and last mark that either side knows of."""
    numbers = lefts.keys() | rights.keys()
    if times_s is None:
        return float(min(numbers)), float(max(numbers))
    known = [times_s[number] for number in numbers if number in times_s]
    return min(known), max(known)


def _timestamps(path: Path) -> Mapping[int, float] | None:
    """Seconds by frame number, None where there is no such file."""
    if not path.exists():
        return None
    try:
        if path.stat().st_size > MAX_TIMESTAMP_BYTES:
            raise SourceError(f"{path}: larger than {MAX_TIMESTAMP_BYTES} bytes, no timestamps")
        with path.open(newline="", encoding="utf-8") as file:
            return _rows(path, csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise SourceError(f"{path}: cannot be read: {error}") from error


def _rows(path: Path, reader: csv.DictReader[str]) -> Mapping[int, float]:
    times_s: dict[int, float] = {}
    for row in reader:
        try:
            number, t_s = int(row["frame"]), float(row["t_s"])
        except (KeyError, TypeError, ValueError) as error:
            raise SourceError(
                f"{path}, line {reader.line_num}: expected the columns frame and t_s, for example "
                f"`12,0.4`: {error!r}"
            ) from error
        if not abs(t_s) <= MAX_TIME_S:
            raise SourceError(f"{path}, line {reader.line_num}: {t_s} s is no time")
        times_s[number] = t_s
    return times_s
