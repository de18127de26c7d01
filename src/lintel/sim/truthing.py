"""Exact truth from head paths: crossings and zone visits by the counting rules.

A crossing needs h metres beyond the line on both sides and passes between its ends; its time is
the moment of passing the line, interpolated between frames. Going back inside the band counts
nothing; going round an end counts nothing. A U-turn counts both ways. Of someone who wavers on the
line the moment is not sharp: then the time is told from when to when, between the two sides, the
head comes within ON_LINE_M of it.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from lintel.config import LineConfig, ZoneConfig
from lintel.geometry import inside_polygon, side_of_line
from lintel.records import Direction
from lintel.truth import TrueCrossing, TrueVisit

F64: TypeAlias = npt.NDArray[np.float64]
ON_LINE_M = 0.05  # nobody, man or machine, can tell the side of a head that is nearer


def crossings_of(line: LineConfig, person: int, time_s: F64, xy_m: F64) -> list[TrueCrossing]:
    """Crossings of one straight line by one head path: times (T,), places (T, 2), in order."""
    start, end = line.points_m[0], line.points_m[-1]
    side = side_of_line(xy_m, start, end)
    length = float(np.linalg.norm(end - start))
    share = (xy_m - start) @ (end - start) / length**2
    settled = 0  # the side that was last reached in full: -1 right, +1 left
    passed: tuple[float, float] | None = None  # when and where the line was last passed
    near: list[int] = []  # frames on the line since the head was clear of it
    found = []
    for k in range(len(side)):
        if k and side[k - 1] * side[k] <= 0.0 and side[k - 1] != side[k]:
            part = side[k - 1] / (side[k - 1] - side[k])
            moment = time_s[k - 1] + part * (time_s[k] - time_s[k - 1])
            passed = (float(moment), float(share[k - 1] + part * (share[k] - share[k - 1])))
        if abs(side[k]) <= ON_LINE_M:
            near.append(k)
        if abs(side[k]) < line.hysteresis_m:
            continue
        now = 1 if side[k] > 0 else -1
        if settled not in (0, now) and passed and 0.0 <= passed[1] <= 1.0:
            crossing = TrueCrossing(
                line=line.name,
                direction=Direction.IN if now > 0 else Direction.OUT,
                t_s=passed[0],
                person=person,
                on_line_s=(float(time_s[near[0]]), float(time_s[near[-1]])) if near else None,
            )
            found.append(crossing)
        settled = now
        near.clear()
    return found


def visits_of(zone: ZoneConfig, person: int, time_s: F64, xy_m: F64) -> list[TrueVisit]:
    """Stays of one head path in a zone, from the first to the last frame inside."""
    inside = inside_polygon(xy_m, zone.polygon_m)
    edges = np.diff(np.concatenate([[False], inside, [False]]).astype(np.int8))
    return [
        TrueVisit(
            zone=zone.name, person=person, enter_s=float(time_s[a]), leave_s=float(time_s[b - 1])
        )
        for a, b in zip(np.flatnonzero(edges == 1), np.flatnonzero(edges == -1), strict=True)
    ]
