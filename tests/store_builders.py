"""Batches of events for the tests of the store; numbered so that each can be recognised."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from lintel.records import Crossing, Direction
from lintel.store.kinds import Batch, StampedEvent

START = datetime(2026, 5, 4, 10, 0, tzinfo=UTC)


def crossing(number: int, *, line: str = "door") -> StampedEvent:
    """Crossing number so and so: its number is its x in millimetres, and its second."""
    way = Direction.IN if number % 3 else Direction.OUT
    place_m = ((number % 1_000_000) / 1000, number // 1_000_000 / 1000)
    event = Crossing(line, way, 0, place_m, "both sides", stature_m=1.7)
    return StampedEvent(START + timedelta(seconds=number), event)


def batch(first: int, count: int, *, source: str = "count", epoch: str = "run-1") -> Batch:
    """Crossings ``first`` to ``first + count - 1``, numbered by their sequence numbers."""
    return Batch(source, epoch, first, tuple(crossing(first + k) for k in range(count)))
