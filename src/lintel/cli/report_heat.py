"""Heat maps of a range: those that were stored, or else made of the places still kept."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby

import numpy as np

from lintel.count.heatmap import HeatMapper
from lintel.geometry import FloorGrid
from lintel.records import Attributes, Phase, Tracks
from lintel.report import FloorMap
from lintel.store.heat_tile import HeatKind
from lintel.store.kinds import TrackPoint, to_us
from lintel.store.store import Store

CELL_M = 0.1


def floor_maps(store: Store, start: datetime, end: datetime) -> list[FloorMap]:
    """Presence and dwell on the newest grid of the range; what there is nothing of is left out."""
    kinds = ((HeatKind.PRESENCE, "presence", "person-seconds"),
             (HeatKind.DWELL, "dwell_map", "seconds of stops"))  # fmt: skip
    found = []
    for kind, name, unit in kinds:
        for heat in store.heat(start, end, kind)[-1:]:
            grid = heat.grid
            found.append(FloorMap(name, unit, heat.values.copy(), grid.origin_m, grid.cell_m))
    if found:
        return found
    places = presence_map(store, start, end)
    return [] if places is None else [places]


def presence_map(store: Store, start: datetime, end: datetime) -> FloorMap | None:
    """Person-seconds per cell from the tracks in ``[start, end)``; None where there are none.

    Tracks are kept for an hour or so, so this is a map of the latest time.
    """
    grid = _grid(store, start, end)
    if grid is None:
        return None
    mapper = HeatMapper(grid)
    for step in _steps(store.tracks(start, end)):
        mapper.step(step)
    found = mapper.finish()
    return FloorMap(
        "presence", "person-seconds", found.presence_s.copy(), grid.origin_m, grid.cell_m
    )


def _grid(store: Store, start: datetime, end: datetime) -> FloorGrid | None:
    """The grid around all places, on whole cells so that maps of one floor fit together."""
    low, high = np.full(2, np.inf), np.full(2, -np.inf)
    for point in store.tracks(start, end):
        low, high = np.minimum(low, point.place_m), np.maximum(high, point.place_m)
    if not np.isfinite(low).all():
        return None
    snapped = np.floor(low / CELL_M) * CELL_M
    return FloorGrid.around(np.stack([snapped, high + CELL_M]), cell_m=CELL_M)


def _steps(points: Iterator[TrackPoint]) -> Iterator[Tracks]:
    """The tracks of each moment; who is not heard of again ends by the stage's own rule."""
    for utc, group in groupby(points, key=lambda point: point.utc):
        here = {point.run_track: point.place_m for point in group}
        count = len(here)
        places_m = np.zeros((count, 3), dtype=np.float32)
        places_m[:, :2] = list(here.values())
        yield Tracks(
            id=np.array(list(here), dtype=np.int64),
            xyz_m=places_m,
            velocity_mps=np.zeros((count, 2), dtype=np.float32),
            stature_m=np.full(count, np.nan, dtype=np.float32),
            stature_sigma_m=np.full(count, np.nan, dtype=np.float32),
            phase=np.full(count, Phase.CONFIRMED, dtype=np.int8),
            attributes=Attributes.unmeasured(count),
            ended=np.empty(0, dtype=np.int64),
            t_ns=to_us(utc) * 1000,
        )
