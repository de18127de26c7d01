"""What the store keeps: kinds of data, what goes in, what comes out."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TypeAlias

from lintel.errors import ContractError
from lintel.records import Direction, Event, Interval, Watch
from lintel.store.heat_tile import HeatTile

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


class Kind(StrEnum):
    """Kinds of data, each kept for its own time."""

    TRACKS = "tracks"
    EVENTS = "events"
    WATCHES = "watches"
    INTERVALS = "intervals"
    HEAT = "heat"
    CONFIGS = "configs"


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


@dataclass(frozen=True, slots=True)
class Restart:
    """The counter began anew: who was in a zone then is not followed any more. Kept as events are.

    Intervals that are built again need to know it.
    """

    utc: datetime
    reason: str


Item: TypeAlias = StampedEvent | Watch | TrackPoint | HeatTile | Restart


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
    first_n: int = 0  # place of the first item stored in the order of storing; 0 for none


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
    heat: timedelta = timedelta(days=365)
    configs: timedelta = timedelta(days=3 * 365)  # the one in force stays whatever its age

    def of(self, kind: Kind) -> timedelta:
        """How long one kind is kept."""
        kept: dict[Kind, timedelta] = {
            Kind.TRACKS: self.tracks,
            Kind.EVENTS: self.events,
            Kind.WATCHES: self.watches,
            Kind.INTERVALS: self.intervals,
            Kind.HEAT: self.heat,
            Kind.CONFIGS: self.configs,
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
class Holding:
    """How much of one kind is kept.

    ``content_bytes`` is what the rows take, without the unused room of pages: exact for heat maps
    and configurations, the mean of a row's size for the others.
    """

    kind: Kind
    rows: int
    content_bytes: int
    oldest_utc: datetime | None


@dataclass(frozen=True, slots=True)
class StoreStats:
    """How much is kept. ``free_share``: of the limit."""

    holdings: tuple[Holding, ...]
    file_bytes: int
    log_bytes: int
    free_share: float

    @property
    def rows(self) -> tuple[tuple[Kind, int], ...]:
        """Kinds and their rows."""
        return tuple((one.kind, one.rows) for one in self.holdings)

    def of(self, kind: Kind) -> Holding:
        """One kind."""
        return next(one for one in self.holdings if one.kind is kind)


@dataclass(frozen=True, slots=True)
class StoredEvents:
    """A page of events by time; ``next_after`` continues it, None at the end of the range."""

    events: tuple[StampedEvent, ...]
    next_after: str | None


@dataclass(frozen=True, slots=True)
class NewEvents:
    """Events in the order of storing, each with its place in it; ``last``: go on from there."""

    events: tuple[tuple[int, StampedEvent], ...]
    last: int


@dataclass(frozen=True, slots=True)
class GroupCount:
    """How many groups of ``size`` people went over a line; size 1 is people who came alone."""

    line: str
    direction: Direction
    size: int
    groups: int


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
