"""What the store keeps: kinds of data, what goes in, what comes out."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TypeAlias

from lintel.errors import ContractError
from lintel.records import Event, Interval, Watch

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


class Kind(StrEnum):
    """Kinds of data, each kept for its own time."""

    TRACKS = "tracks"
    EVENTS = "events"
    WATCHES = "watches"
    INTERVALS = "intervals"


@dataclass(frozen=True, slots=True)
class StampedEvent:
    """An event with its wall time. Read back, ``event.t_ns`` counts from 1970 UTC."""

    utc: datetime
    event: Event


@dataclass(frozen=True, slots=True)
class TrackPoint:
    """Where someone was; ``run_track`` means something inside one run only."""

    utc: datetime
    run_track: int
    place_m: tuple[float, float]


Item: TypeAlias = StampedEvent | Watch | TrackPoint


@dataclass(frozen=True, slots=True)
class Batch:
    """Items of one source in order. ``epoch`` is new whenever the source starts counting anew.

    The k-th item has the sequence number ``first_seq + k``. What was stored before is left
    aside, so a batch may be sent again until it is acknowledged.
    """

    source: str
    epoch: str
    first_seq: int
    items: tuple[Item, ...]

    def __post_init__(self) -> None:
        if not (0 < len(self.source) <= 64 and 0 < len(self.epoch) <= 64 and self.first_seq >= 0):
            raise ContractError(
                "Batch: source and epoch must have 1 to 64 characters and first_seq >= 0, "
                f"got {self.source!r}, {self.epoch!r}, {self.first_seq}"
            )


@dataclass(frozen=True, slots=True)
class Ack:
    """Everything up to and including ``last_seq`` is on disk."""

    last_seq: int
    stored: int
    repeated: int


@dataclass(frozen=True, slots=True)
class StampedInterval:
    """An interval and the length of the period that it belongs to."""

    interval: Interval
    period_s: int


@dataclass(frozen=True, slots=True)
class Retention:
    """How long each kind is kept."""

    tracks: timedelta = timedelta(hours=1)
    events: timedelta = timedelta(days=30)
    watches: timedelta = timedelta(days=30)
    intervals: timedelta = timedelta(days=3 * 365)

    def of(self, kind: Kind) -> timedelta:
        """How long one kind is kept."""
        kept: dict[Kind, timedelta] = {
            Kind.TRACKS: self.tracks,
            Kind.EVENTS: self.events,
            Kind.WATCHES: self.watches,
            Kind.INTERVALS: self.intervals,
        }
        return kept[kind]


@dataclass(frozen=True, slots=True)
class Erasure:
    """Proof that a range is gone.

    ``remaining`` rows in the range, ``free_pages`` in the file and ``log_bytes`` in the
    write-ahead log are counted after the act; all zero means that no byte of it is in the files.
    """

    kind: Kind
    start_utc: datetime
    end_utc: datetime
    rows: int
    remaining: int
    free_pages: int
    log_bytes: int
    audit_entry: int

    @property
    def proven(self) -> bool:
        """Nothing is left."""
        return self.remaining == self.free_pages == self.log_bytes == 0


@dataclass(frozen=True, slots=True)
class StoreStats:
    """How much is kept. ``free_share``: of the limit."""

    rows: tuple[tuple[Kind, int], ...]
    file_bytes: int
    log_bytes: int
    free_share: float


@dataclass(frozen=True, slots=True)
class Recovery:
    """The store was damaged and began anew; the damaged file was set aside."""

    set_aside: str
    reason: str
    utc: datetime = field(default=EPOCH)


def to_us(utc: datetime) -> int:
    """Whole microseconds since 1970.

    Raises:
        ContractError: the time is naive.
    """
    if utc.tzinfo is None:
        raise ContractError(f"a stored time must be aware, got {utc}")
    return (utc - EPOCH) // MICROSECOND


def from_us(microseconds: int) -> datetime:
    """Aware UTC time."""
    return EPOCH + timedelta(microseconds=microseconds)
