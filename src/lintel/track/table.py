"""All that a tracker remembers: one row per live track, nothing else."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

NOBODY = -1
NEVER_NS = np.iinfo(np.int64).max

TRACK_ROW = np.dtype(
    [
        ("id", np.int64),
        ("x", np.float64, (4,)),  # now: x, y, vx, vy
        ("P", np.float64, (4, 4)),
        ("seen_x", np.float64, (4,)),  # at the last sighting
        ("seen_P", np.float64, (4, 4)),
        ("born_ns", np.int64),
        ("seen_ns", np.int64),
        ("held_ns", np.int64),  # last sighting, or last moment as part of a blob
        ("missed_ns", np.int64),  # first step after that
        ("sightings", np.int64),
        ("steps", np.int64),  # since birth, seen or not
        ("seen_steps", np.int64),  # of them up to the last sighting
        ("apart", np.int64),  # sightings that nobody believed nearby can have missed
        ("score", np.float64),  # sum over sightings
        ("confirmed", np.bool_),
        ("stature_m", np.float64),
        ("stature_var", np.float64),
        ("voted", np.float64, (3,)),  # score-weighted sums of child, staff, gender
        ("votes", np.float64, (3,)),  # their weights
        ("looked_s", np.float64, (3,)),  # seconds of looks behind them, weighted by score
        ("heading", np.float64, (2,)),  # fading sum of unit vectors of where the person looked
        ("looks", np.float64),  # fading number of them
        ("host", np.int64),  # id of the track whose blob this one is part of
        ("shaded", np.bool_),  # hidden behind the host, not part of its blob
        ("apart_m", np.float64, (2,)),  # place minus the host's when they merged
        ("apart_mps", np.float64, (2,)),  # velocity minus the host's
        ("merged_ns", np.int64),
    ]
)

Table: TypeAlias = npt.NDArray[np.void]


def empty_table() -> Table:
    """No tracks."""
    return np.zeros(0, dtype=TRACK_ROW)


def row_of(table: Table) -> dict[int, int]:
    """Row of each id."""
    return {int(number): row for row, number in enumerate(table["id"])}
