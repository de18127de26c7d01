"""Which lines and zones are still the same after a site was drawn anew.

Names and labels may change; what decides who is counted may not: where it lies, and its rules.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np

from lintel.config import LineConfig, ZoneConfig

Places: TypeAlias = dict[int, int]  # index before: index after


def kept_lines(before: Sequence[LineConfig], after: Sequence[LineConfig]) -> Places:
    """Lines that are the same, each at most once."""
    return _kept(list(map(_line, before)), list(map(_line, after)))


def kept_zones(before: Sequence[ZoneConfig], after: Sequence[ZoneConfig]) -> Places:
    """Zones that are the same, each at most once; their use and alarms may be others."""
    return _kept(list(map(_zone, before)), list(map(_zone, after)))


def _kept(before: list[object], after: list[object]) -> Places:
    found: Places = {}
    free = list(range(len(after)))
    for old, what in enumerate(before):
        new = next((k for k in free if after[k] == what), None)
        if new is not None:
            found[old] = new
            free.remove(new)
    return found


def _line(line: LineConfig) -> object:
    rules = (line.hysteresis_m, line.uturn_policy, line.uturn_within_s, line.uturn_within_m)
    return (*rules, line.points_m.tolist())


def _zone(zone: ZoneConfig) -> object:
    rules = (zone.return_within_s, zone.min_dwell_s)
    return (*rules, zone.polygon_m.tolist(), [np.asarray(hole).tolist() for hole in zone.holes_m])
