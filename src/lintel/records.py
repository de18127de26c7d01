"""What flows above the privacy wall: positions, tracks, events, totals, health. No pixels, ever.

Arrays are read-only after construction; every shape and range is validated once, here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from lintel.errors import ContractError
from lintel.geometry import Pose, read_only

FloatArray = npt.NDArray[np.float32]
IntArray = npt.NDArray[np.int64]
PhaseArray = npt.NDArray[np.int8]


class Phase(IntEnum):
    """Life of a track."""

    TENTATIVE = 0  # seen, not yet believed: never counts
    CONFIRMED = 1  # believed and seen in this step
    COASTING = 2  # believed, not seen in this step: position is predicted


def _nothing_measured() -> FloatArray:
    """Stands for NaN in every row; the record that holds it fills in the rows."""
    return np.empty(0, dtype=np.float32)


class Direction(StrEnum):
    """In: from the right-hand side of the directed line to its left-hand side."""

    IN = "in"
    OUT = "out"

    def reverse(self) -> Direction:
        """The other direction."""
        return Direction.OUT if self is Direction.IN else Direction.IN


@dataclass(frozen=True, slots=True, eq=False)
class Attributes:
    """Scores 0..1 of N people; NaN = not measured."""

    child: FloatArray  # (N,)
    staff: FloatArray  # (N,)
    gender: FloatArray  # (N,) 0 = male .. 1 = female

    def __post_init__(self) -> None:
        count = len(self.child)
        for name in ("child", "staff", "gender"):
            read_only(getattr(self, name), (count,), f"Attributes.{name}")

    @classmethod
    def unmeasured(cls, count: int) -> Attributes:
        """All scores NaN."""
        return cls(*(np.full(count, np.nan, dtype=np.float32) for _ in range(3)))

    def __len__(self) -> int:
        return len(self.child)


@dataclass(frozen=True, slots=True, eq=False)
class Detections:
    """Heads seen in one frame: top of the head in the floor frame.

    ``view_share`` is the share of the area that the detector watches where it could measure;
    it lowers coverage, never the count.
    """

    xyz_m: FloatArray  # (N, 3)
    sigma_m: FloatArray  # (N,) standard error of the position on the floor
    score: FloatArray  # (N,) 0..1
    attributes: Attributes  # N rows
    t_ns: int
    seq: int
    view_share: float = 1.0
    # (N,) where the person looks, from the floor's x axis towards y; NaN = not measured
    heading_rad: FloatArray = field(default_factory=_nothing_measured)

    def __post_init__(self) -> None:
        count = len(self.xyz_m)
        if not len(self.heading_rad):
            object.__setattr__(self, "heading_rad", np.full(count, np.nan, dtype=np.float32))
        read_only(self.heading_rad, (count,), "Detections.heading_rad")
        read_only(self.xyz_m, (count, 3), "Detections.xyz_m")
        read_only(self.sigma_m, (count,), "Detections.sigma_m")
        read_only(self.score, (count,), "Detections.score")
        if len(self.attributes) != count:
            raise ContractError(f"Detections: {count} heads, {len(self.attributes)} attributes")
        if not np.isfinite(self.xyz_m).all():
            raise ContractError("Detections.xyz_m: positions must be finite")
        if count and not (self.score.min() >= 0.0 and self.score.max() <= 1.0):
            raise ContractError("Detections.score: expected 0..1")

    def __len__(self) -> int:
        return len(self.xyz_m)

    @classmethod
    def of(
        cls,
        xyz_m: npt.ArrayLike,
        *,
        t_ns: int,
        seq: int = 0,
        sigma_m: float = 0.05,
        score: float = 1.0,
    ) -> Detections:
        """Detections with one sigma and one score for all, nothing else measured."""
        points = np.array(xyz_m, dtype=np.float32).reshape(-1, 3)
        count = len(points)
        return cls(
            xyz_m=points,
            sigma_m=np.full(count, sigma_m, dtype=np.float32),
            score=np.full(count, score, dtype=np.float32),
            attributes=Attributes.unmeasured(count),
            t_ns=t_ns,
            seq=seq,
        )


@dataclass(frozen=True, slots=True, eq=False)
class Tracks:
    """People followed over time, at one instant. Ids mean something inside one run only.

    ``ended`` lists ids that will never come again, so that later stages drop their state.
    """

    id: IntArray  # (M,)
    xyz_m: FloatArray  # (M, 3) head top, floor frame
    velocity_mps: FloatArray  # (M, 2)
    stature_m: FloatArray  # (M,)
    stature_sigma_m: FloatArray  # (M,)
    phase: PhaseArray  # (M,) of Phase
    attributes: Attributes  # M rows
    ended: IntArray  # (E,)
    t_ns: int
    # (M,) where the person looks, from the floor's x axis towards y; NaN = not known
    heading_rad: FloatArray = field(default_factory=_nothing_measured)
    # How sure each voted score is, 0 .. 1; NaN = not measured. A score of 0.5 has none.
    confidence: Attributes = field(default_factory=lambda: Attributes.unmeasured(0))
    heading_confidence: FloatArray = field(default_factory=_nothing_measured)  # (M,) 0 .. 1

    def __post_init__(self) -> None:
        count = len(self.id)
        for name in ("heading_rad", "heading_confidence"):
            if not len(getattr(self, name)):
                object.__setattr__(self, name, np.full(count, np.nan, dtype=np.float32))
        if not len(self.confidence):
            object.__setattr__(self, "confidence", Attributes.unmeasured(count))
        read_only(self.heading_confidence, (count,), "Tracks.heading_confidence")
        read_only(self.heading_rad, (count,), "Tracks.heading_rad")
        read_only(self.id, (count,), "Tracks.id")
        read_only(self.xyz_m, (count, 3), "Tracks.xyz_m")
        read_only(self.velocity_mps, (count, 2), "Tracks.velocity_mps")
        read_only(self.stature_m, (count,), "Tracks.stature_m")
        read_only(self.stature_sigma_m, (count,), "Tracks.stature_sigma_m")
        read_only(self.phase, (count,), "Tracks.phase")
        read_only(self.ended, (len(self.ended),), "Tracks.ended")
        if not len(self.attributes) == len(self.confidence) == count:
            raise ContractError(
                f"Tracks: {count} people, {len(self.attributes)} attributes, "
                f"{len(self.confidence)} confidences"
            )

    def __len__(self) -> int:
        return len(self.id)


@dataclass(frozen=True, slots=True)
class Crossing:
    """Someone went over a line. ``t_ns`` is the interpolated moment of passing the line."""

    line: str
    direction: Direction
    t_ns: int
    position_m: tuple[float, float]
    reason: str  # why it fired: for people, in words
    stature_m: float = float("nan")
    child: float = float("nan")
    staff: float = float("nan")
    gender: float = float("nan")
    # How sure each score is, 0 .. 1; NaN = not measured.
    child_confidence: float = float("nan")
    staff_confidence: float = float("nan")
    gender_confidence: float = float("nan")
    type: Literal["crossing"] = field(default="crossing", init=False)


@dataclass(frozen=True, slots=True)
class ZoneEnter:
    """Someone came into a zone."""

    zone: str
    t_ns: int
    reason: str
    type: Literal["zone_enter"] = field(default="zone_enter", init=False)


@dataclass(frozen=True, slots=True)
class ZoneLeave:
    """Someone left a zone after ``dwell_s`` seconds."""

    zone: str
    t_ns: int
    dwell_s: float
    reason: str
    type: Literal["zone_leave"] = field(default="zone_leave", init=False)


@dataclass(frozen=True, slots=True)
class GroupCrossing:
    """People who belong together went over a line; counted beside their single crossings."""

    line: str
    direction: Direction
    t_ns: int
    size: int
    reason: str
    type: Literal["group_crossing"] = field(default="group_crossing", init=False)


AlarmKind: TypeAlias = Literal["over", "under"]


@dataclass(frozen=True, slots=True)
class Alarm:
    """An alarm on the people at a place was raised or cleared.

    ``since_ns``: when the state began that did it; it has lasted from then to ``t_ns``.
    """

    place: str
    kind: AlarmKind
    raised: bool
    t_ns: int
    since_ns: int
    people: int
    reason: str

    @property
    def type(self) -> Literal["alarm_raised", "alarm_cleared"]:
        """What happened, as other events say it."""
        return "alarm_raised" if self.raised else "alarm_cleared"


Event: TypeAlias = Crossing | ZoneEnter | ZoneLeave | GroupCrossing | Alarm


@dataclass(frozen=True, slots=True)
class LineTotals:
    """Counts of one line; ``entered`` and ``left`` are the totals of directions in and out."""

    entered: int = 0
    left: int = 0


@dataclass(frozen=True, slots=True)
class Interval:
    """What happened at one place in ``[start_utc, end_utc)``.

    ``coverage`` is the share of the time really watched: it tells "nobody came" from
    "nobody looked".
    """

    start_utc: datetime
    end_utc: datetime
    place: str
    totals: LineTotals
    occupancy_mean: float
    occupancy_max: int
    dwell_histogram_s: tuple[tuple[float, int], ...]  # (upper edge, visits)
    coverage: float
    dropped_frames: int

    def __post_init__(self) -> None:
        if self.start_utc.tzinfo is None or self.end_utc.tzinfo is None:
            raise ContractError("Interval: start and end must be aware")
        if not self.start_utc < self.end_utc:
            raise ContractError("Interval: start must be before end")
        if not 0.0 <= self.coverage <= 1.0:
            raise ContractError(f"Interval.coverage: expected 0..1, got {self.coverage}")


@dataclass(frozen=True, slots=True)
class Watch:
    """``[start_utc, end_utc)`` was watched; ``share`` of the place could be seen (0..1)."""

    start_utc: datetime
    end_utc: datetime
    share: float = 1.0
    dropped_frames: int = 0

    def __post_init__(self) -> None:
        aware = self.start_utc.tzinfo is not None and self.end_utc.tzinfo is not None
        if not (aware and self.start_utc <= self.end_utc and 0.0 <= self.share <= 1.0):
            raise ContractError(
                f"Watch: expected aware times in order and a share of 0..1, got {self}"
            )


@dataclass(frozen=True, slots=True)
class SourceFaults:
    """What went wrong so far; each number only grows until the source is opened anew."""

    dropped: int = 0  # exposures that gave no pair, whatever the cause: the gaps of seq
    duplicated: int = 0  # pairs that repeat the seq before them
    corrupt: int = 0  # images that came but could not be decoded without damage

    @property
    def clean(self) -> bool:
        """Whether nothing went wrong."""
        return self == SourceFaults()


@dataclass(frozen=True, slots=True, eq=False)
class FloorFit:
    """Where the floor is, seen from the rectified left camera, and how well that is known."""

    floor_from_cam: Pose
    height_sigma_m: float
    tilt_sigma_rad: float
    residual_m: float  # robust spread of floor points about the plane
    support: int  # floor points that agreed
    settled: bool  # enough agreement to measure people with

    @property
    def height_m(self) -> float:
        """Camera above the floor."""
        return float(self.floor_from_cam.translation_m[2])

    @property
    def tilt_rad(self) -> float:
        """Angle between the optical axis and straight down."""
        return float(np.arccos(np.clip(-self.floor_from_cam.rotation[2, 2], -1.0, 1.0)))

    @property
    def distance_along_axis_m(self) -> float:
        """Distance from the camera to the floor along the optical axis."""
        return self.height_m / float(np.cos(self.tilt_rad))


@dataclass(frozen=True, slots=True)
class StereoHealth:
    """How well the two cameras still agree, measured on ordinary footage."""

    vertical_residual_px: float  # robust mean of y_left - y_right on matched features
    vertical_spread_px: float
    disparity_offset_px: float  # estimated shift of disparity since calibration
    features: int


@dataclass(frozen=True, slots=True)
class Health:
    """State of the measurement, for reports."""

    fps: float
    valid_depth_share: float
    dropped_frames: int
    floor: FloorFit | None
    stereo: StereoHealth | None
    version: str
    config_hash: str
    temperature_c: float = float("nan")
    clock_offset_s: float = float("nan")
    clock_uncertainty_s: float = float("nan")
