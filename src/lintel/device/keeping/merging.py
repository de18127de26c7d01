"""Longer intervals from stored ones, aligned to the local clock."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import groupby

from lintel.count.period import Period
from lintel.records import Interval, LineTotals


def merged(intervals: Iterable[Interval], period: Period) -> tuple[Interval, ...]:
    """Intervals of ``period`` by start, then by place.

    A part that is missing was watched by nobody: it lowers the coverage, and the mean occupancy is
    that of the time that is known.
    """
    found: dict[tuple[datetime, str], list[Interval]] = {}
    ends: dict[datetime, datetime] = {}
    for moment, same in groupby(intervals, key=lambda interval: interval.start_utc):
        start, end = period.span_of(moment)
        ends[start] = end
        for interval in same:
            found.setdefault((start, interval.place), []).append(interval)
    return tuple(
        _together(parts, (start, ends[start]), place)
        for (start, place), parts in sorted(found.items())
    )


def _together(parts: list[Interval], span: tuple[datetime, datetime], place: str) -> Interval:
    start, end = span
    known_s = sum(map(_seconds, parts))
    watched_s = sum(part.coverage * _seconds(part) for part in parts)
    return Interval(
        start_utc=start,
        end_utc=end,
        place=place,
        totals=LineTotals(
            sum(part.totals.entered for part in parts), sum(part.totals.left for part in parts)
        ),
        occupancy_mean=sum(part.occupancy_mean * _seconds(part) for part in parts) / known_s,
        occupancy_max=max(part.occupancy_max for part in parts),
        dwell_histogram_s=_histogram(parts),
        coverage=min(watched_s / (end - start).total_seconds(), 1.0),
        dropped_frames=sum(part.dropped_frames for part in parts),
    )


def _histogram(parts: list[Interval]) -> tuple[tuple[float, int], ...]:
    visits: dict[float, int] = {}
    for part in parts:
        for edge, count in part.dwell_histogram_s:
            visits[edge] = visits.get(edge, 0) + count
    return tuple(sorted(visits.items()))


def _seconds(part: Interval) -> float:
    return (part.end_utc - part.start_utc).total_seconds()
