"""How far the floor moved in the camera's eyes: when precomputed rays and scenery must go."""

from __future__ import annotations

import numpy as np

from lintel.records import FloorFit


def moved_m(old: FloorFit | None, new: FloorFit) -> float:
    """How far a point 3 m from the camera's foot moved between two floor fits, metres."""
    if old is None:
        return float("inf")
    a, b = old.floor_from_cam, new.floor_from_cam
    turned = float(np.abs(a.rotation - b.rotation).max()) * 3.0
    return turned + abs(old.height_m - new.height_m)
