"""The shape of a zone: a polygon with holes, its area, and who is inside."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np

from lintel.config import ZoneConfig
from lintel.errors import SiteError
from lintel.geometry import Bools, Floats, cross_2d, distance_to_segments, inside_polygon

Place: TypeAlias = tuple[float, float]  # x, y in metres


class ZoneShapes:
    """Several zones; they may overlap."""

    def __init__(self, zones: Sequence[ZoneConfig]) -> None:
        self._zones = tuple(zones)
        self.area_m2 = np.array([zone_area_m2(zone) for zone in zones])
        rings = [ring_m for zone in zones for ring_m in (zone.polygon_m, *zone.holes_m)]
        self._starts_m = np.concatenate([np.zeros((0, 2)), *rings])
        ends_m = [np.roll(ring_m, -1, axis=0) for ring_m in rings]
        self._ends_m = np.concatenate([np.zeros((0, 2)), *ends_m])

    def inside(self, points_m: Floats) -> Bools:
        """Which of the points (N, 2) lie in which zone: (N, Z)."""
        found = np.zeros((len(points_m), len(self._zones)), dtype=bool)
        for k, zone in enumerate(self._zones):
            found[:, k] = inside_zone(points_m, zone)
        return found

    def clearance_m(self, place_m: Place) -> float:
        """Distance from a place to the nearest edge of any zone."""
        point_m = np.array(place_m)
        return float(distance_to_segments(point_m, self._starts_m, self._ends_m).min())


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
