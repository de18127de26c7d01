"""The shape of a zone: a polygon with holes, its area, and who is inside."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TypeAlias

import numpy as np

from lintel.config import ZoneConfig
from lintel.errors import SiteError
from lintel.geometry import Bools, Floats, cross_2d, inside_polygon

Place: TypeAlias = tuple[float, float]  # x, y in metres
Ring: TypeAlias = tuple[tuple[float, float, float, float], ...]  # x, y of start and end, per edge


class ZoneShapes:
    """Several zones; they may overlap.

    Asked about many places at once (``inside``) or about one (``inside_one``, ``clearance_m``):
    one place is looked at edge by edge, which for the few edges of a site is far cheaper than
    arrays.
    """

    def __init__(self, zones: Sequence[ZoneConfig]) -> None:
        self._zones = tuple(zones)
        self.area_m2 = np.array([zone_area_m2(zone) for zone in zones])
        rings = [ring_m for zone in zones for ring_m in (zone.polygon_m, *zone.holes_m)]
        self._starts_m = np.concatenate([np.zeros((0, 2)), *rings])
        ends_m = [np.roll(ring_m, -1, axis=0) for ring_m in rings]
        self._ends_m = np.concatenate([np.zeros((0, 2)), *ends_m])
        self._run_m, rise_m = (self._ends_m - self._starts_m).T
        self._rise_m = np.where(rise_m == 0.0, 1.0, rise_m)  # a level edge is never straddled
        self._ring_starts = np.cumsum([0, *(len(ring_m) for ring_m in rings)])[:-1]
        self._first_ring_after = np.cumsum([1 + len(zone.holes_m) for zone in zones]).tolist()
        self._first_ring = [0, *self._first_ring_after[:-1]]
        self._rings = [[_ring(one) for one in (zone.polygon_m, *zone.holes_m)] for zone in zones]
        self._edges = [_edge(*edge) for zone in self._rings for ring in zone for edge in ring]

    def inside(self, points_m: Floats) -> Bools:
        """Which of the points (N, 2) lie in which zone: (N, Z).

        The rule of ``inside_polygon``, for the edges of all rings at once.
        """
        found = np.zeros((len(points_m), len(self._zones)), dtype=bool)
        if found.size == 0:
            return found
        x, y = points_m[:, 0, None], points_m[:, 1, None]
        (x1, y1), y2 = self._starts_m.T, self._ends_m[:, 1]
        straddles = (y1 > y) != (y2 > y)
        crossing_x = x1 + (y - y1) * self._run_m / self._rise_m
        passed = straddles & (x < crossing_x)
        odd = np.add.reduceat(passed, self._ring_starts, axis=1, dtype=np.int64) % 2 == 1
        for k, first in enumerate(self._first_ring):
            found[:, k] = odd[:, first]
            for hole in range(first + 1, self._first_ring_after[k]):
                found[:, k] &= ~odd[:, hole]
        return found

    def inside_one(self, place_m: Place) -> tuple[int, ...]:
        """The zones that one place lies in, by the rule of ``inside_polygon``."""
        found = []
        for zone, (outline, *holes) in enumerate(self._rings):
            if _is_within(place_m, outline) and not any(_is_within(place_m, one) for one in holes):
                found.append(zone)
        return tuple(found)

    def clearance_m(self, place_m: Place) -> float:
        """Distance from a place to the nearest edge of any zone."""
        x, y = place_m
        least = math.inf
        for x1, y1, run, rise, inverse in self._edges:
            along, up = x - x1, y - y1
            share = (along * run + up * rise) * inverse
            if share >= 1.0:
                along, up = along - run, up - rise
            elif share > 0.0:
                along, up = along - share * run, up - share * rise
            square = along * along + up * up
            if square < least:  # noqa: PLR1730 - a call of min for each edge costs as much again
                least = square
        return math.sqrt(least)


def inside_zone(points_m: Floats, zone: ZoneConfig) -> Bools:
    """Which of the points (N, 2) lie in the polygon and in none of its holes."""
    found = inside_polygon(points_m, zone.polygon_m)
    for hole_m in zone.holes_m:
        found &= ~inside_polygon(points_m, hole_m)
    return found


def zone_area_m2(zone: ZoneConfig) -> float:
    """Floor area: the polygon's less the holes', by the shoelace formula.

    Raises:
        SiteError: nothing is left; the holes must lie inside the polygon, apart from each other.
    """
    area = _area_m2(zone.polygon_m) - sum(_area_m2(hole_m) for hole_m in zone.holes_m)
    if area <= 0.0:
        raise SiteError(f"zone {zone.name!r}: its area without holes is {area:.3g} m2")
    return area


def _area_m2(polygon_m: Floats) -> float:
    return abs(float(cross_2d(polygon_m, np.roll(polygon_m, -1, axis=0)).sum())) / 2.0


def _ring(ring_m: Floats) -> Ring:
    starts, ends = ring_m.tolist(), np.roll(ring_m, -1, axis=0).tolist()
    return tuple((x1, y1, x2, y2) for (x1, y1), (x2, y2) in zip(starts, ends, strict=True))


def _edge(x1: float, y1: float, x2: float, y2: float) -> tuple[float, float, float, float, float]:
    """Start, run and rise of an edge, and 1 by its length squared (0 for an edge of no length)."""
    run, rise = x2 - x1, y2 - y1
    square = run * run + rise * rise
    return x1, y1, run, rise, 1.0 / square if square else 0.0


def _is_within(place_m: Place, ring: Ring) -> bool:
    x, y = place_m
    odd = False
    for x1, y1, x2, y2 in ring:
        if (y1 > y) != (y2 > y) and x < x1 + (y - y1) * (x2 - x1) / (y2 - y1):
            odd = not odd
    return odd
