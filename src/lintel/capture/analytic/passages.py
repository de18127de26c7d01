"""Exact truth of paths against lines and zones, from the path's formula, not from frames."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from lintel.capture.analytic.people import Walker
from lintel.config import LineConfig, ZoneConfig
from lintel.geometry import Bools, Floats, cross_2d, distance_to_segments, inside_polygon
from lintel.records import Direction
from lintel.truth import TrueCrossing, TrueVisit

_STEP_S = 0.01


def crossings_of(
    walker: Walker, line: LineConfig, *, until_s: float = np.inf
) -> list[TrueCrossing]:
    """Crossings of the head path by the counting rules: beyond the band on both sides.

    Between two moments at which the head is at least ``hysteresis_m`` from the line, the
    passages through it are summed with their sign: +1 is one crossing in, -1 one out, 0 none.
    The time is that of the last passage in the direction of the sum.
    """
    times_s, places_m = _trace(walker, until_s)
    passages = _passages(times_s, places_m, line.points_m)
    starts_m, ends_m = line.points_m[:-1], line.points_m[1:]
    clear = np.array(
        [
            distance_to_segments(place, starts_m, ends_m).min() >= line.hysteresis_m
            for place in places_m
        ]
    )
    found = []
    for since_s, to_s in _stretches(times_s, clear):
        inside = [(t_s, sign) for t_s, sign in passages if since_s <= t_s <= to_s]
        total = sum(sign for _, sign in inside)
        if total:
            direction = Direction.IN if total > 0 else Direction.OUT
            moment_s = max(t_s for t_s, sign in inside if sign * total > 0)
            found.append(
                TrueCrossing(
                    line=line.name, direction=direction, t_s=moment_s, person=walker.person.id
                )
            )
    return found


def visits_of(walker: Walker, zone: ZoneConfig, *, until_s: float = np.inf) -> list[TrueVisit]:
    """Stays of the head path inside a zone, to ``_STEP_S``."""
    times_s, places_m = _trace(walker, until_s)
    inside = inside_polygon(places_m, zone.polygon_m)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], inside, [False]]).astype(int)))
    last = len(times_s) - 1
    return [
        TrueVisit(
            zone=zone.name,
            person=walker.person.id,
            enter_s=float(times_s[enter]),
            leave_s=float(times_s[min(leave, last)]),
        )
        for enter, leave in edges.reshape(-1, 2)
    ]


def _trace(walker: Walker, until_s: float) -> tuple[Floats, Floats]:
    end_s = min(walker.path.end_s, until_s)
    count = max(2, int(np.ceil((end_s - walker.path.start_s) / _STEP_S)) + 1)
    times_s = np.linspace(walker.path.start_s, end_s, count)
    return times_s, walker.head_top_m(times_s)[:, :2]


def _passages(times_s: Floats, places_m: Floats, points_m: Floats) -> list[tuple[float, int]]:
    """Time and sign (+1 from right to left) of each step that passes through the polyline."""
    before, after = places_m[:-1], places_m[1:]
    found = []
    for start, end in pairwise(points_m):
        along = end - start
        side0, side1 = cross_2d(along, before - start), cross_2d(along, after - start)
        for i in np.flatnonzero((side0 < 0) != (side1 < 0)):
            share = side0[i] / (side0[i] - side1[i])
            place = before[i] + share * (after[i] - before[i])
            if 0.0 <= (place - start) @ along / (along @ along) < 1.0:
                t_s = times_s[i] + share * (times_s[i + 1] - times_s[i])
                found.append((float(t_s), 1 if side1[i] >= 0 else -1))
    return sorted(found)


def _stretches(times_s: Floats, clear: Bools) -> list[tuple[float, float]]:
    """From each moment clear of the line to the next."""
    moments = times_s[clear]
    return list(pairwise(moments.tolist()))
