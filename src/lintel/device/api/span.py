"""Ranges of time that may be asked for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from lintel.errors import InputError
from lintel.wire.v1.request import Range

FIRST = datetime(2000, 1, 1, tzinfo=UTC)
LAST = datetime(2200, 1, 1, tzinfo=UTC)
LONGEST = timedelta(days=3660)
MAX_PERIODS = 10_000


def span(asked: Range) -> tuple[datetime, datetime]:
    """``[start, end)`` in UTC.

    Raises:
        InputError: it is empty, longer than ten years, or outside 2000 to 2200.
    """
    if not (FIRST <= asked.start <= LAST and FIRST <= asked.end <= LAST):
        raise InputError(f"expected times from {FIRST.year} to {LAST.year}")
    if asked.start >= asked.end:
        raise InputError(f"expected start before end, got {asked.start} and {asked.end}")
    if asked.end - asked.start > LONGEST:
        raise InputError(f"expected at most {LONGEST.days} days, got {asked.end - asked.start}")
    return asked.start.astimezone(UTC), asked.end.astimezone(UTC)


def periods(asked: Range, period_s: int) -> tuple[datetime, datetime]:
    """``[start, end)`` in UTC, of a bounded number of periods.

    Raises:
        InputError: more than 10,000 periods, or a range that ``span`` refuses.
    """
    start, end = span(asked)
    count = (end - start).total_seconds() / period_s
    if count > MAX_PERIODS:
        raise InputError(
            f"expected at most {MAX_PERIODS} periods, got {count:.0f}: ask for a longer period_s "
            "or a shorter range"
        )
    return start, end
