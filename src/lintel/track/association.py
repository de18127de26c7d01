"""Which detection continues which track: gates, costs, and the best assignment.

The cost of a pair is the negative logarithm of its likelihood over that of a stranger who
happens to be there (Bar-Shalom and Li, "Multitarget-Multisensor Tracking", 1995, section
6.3), so that no detection is forced on a track: being missed has a price too.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import linear_sum_assignment

from lintel.geometry import Bools, Floats
from lintel.track.kalman import innovation_covariance

GATE = 18.0  # squared Mahalanobis distance: 0.01 % of true pairs lie beyond, at two dimensions
STRANGERS = 3e-3  # per m2 and step: how likely a stranger appears just there
STATURE_LIMIT = 9.0  # a hat or a raised arm is not worse than three sigma

Pairs = tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """Predicted tracks, as association sees them; T rows."""

    x: Floats  # (T, 4)
    P: Floats  # (T, 4, 4)
    stature_m: Floats  # (T,)
    stature_var: Floats  # (T,)
    reach_m: Floats  # (T,) no farther than this from the predicted place
    stature_jump_m: Floats  # (T,) no larger difference


@dataclass(frozen=True, slots=True, eq=False)
class Sightings:
    """Detections, as association sees them; D rows."""

    place_m: Floats  # (D, 2)
    place_var: Floats  # (D,)
    stature_m: Floats  # (D,)
    stature_var: float

    def where(self, chosen: npt.NDArray[np.intp]) -> Sightings:
        """Those sightings."""
        return Sightings(
            self.place_m[chosen], self.place_var[chosen], self.stature_m[chosen], self.stature_var
        )


def pair_costs(tracks: Candidates, seen: Sightings) -> Floats:
    """Cost (T, D) of every pair; infinite outside the gates."""
    costs = np.full((len(tracks.x), len(seen.place_m)), np.inf)
    apart = seen.place_m[None] - tracks.x[:, None, :2]
    taller = seen.stature_m[None] - tracks.stature_m[:, None]
    near = (np.hypot(apart[..., 0], apart[..., 1]) <= tracks.reach_m[:, None]) & (
        np.abs(taller) <= tracks.stature_jump_m[:, None]
    )
    row, column = np.nonzero(near)
    if len(row) == 0:
        return costs
    spread = innovation_covariance(tracks.P[row], seen.place_var[column])
    offset = apart[row, column]
    distance = np.einsum("ni,nij,nj->n", offset, np.linalg.inv(spread), offset)
    stature = taller[row, column] ** 2 / (tracks.stature_var[row] + seen.stature_var)
    cost = (
        0.5 * (distance + np.minimum(stature, STATURE_LIMIT) + np.log(np.linalg.det(spread)))
        + np.log(2.0 * np.pi)
        + np.log(STRANGERS)
    )
    costs[row, column] = np.where(distance <= GATE, cost, np.inf)
    return costs


def assign(costs: Floats) -> Pairs:
    """The cheapest pairs, rows and columns; a row or column may stay alone at no cost.

    Hungarian method on the part of the matrix that has pairs worth having.
    """
    worth: Bools = costs < 0.0
    rows, columns = np.flatnonzero(worth.any(axis=1)), np.flatnonzero(worth.any(axis=0))
    if len(rows) == 0:
        return rows, columns
    part = np.minimum(costs[np.ix_(rows, columns)], 0.0)
    chosen_rows, chosen_columns = linear_sum_assignment(part)
    kept = part[chosen_rows, chosen_columns] < 0.0
    return rows[chosen_rows[kept]], columns[chosen_columns[kept]]


def two_stage(tracks: Candidates, seen: Sightings, strong: Bools) -> Pairs:
    """Strong detections choose first; weak ones only continue tracks that are left over.

    The idea of ByteTrack (Zhang et al., ECCV 2022): a person half hidden gives a weak detection
    just where the track expects one.
    """
    strong_at, weak_at = np.flatnonzero(strong), np.flatnonzero(~strong)
    costs = pair_costs(tracks, seen)
    rows, columns = assign(costs[:, strong_at])
    alone = np.setdiff1d(np.arange(len(tracks.x)), rows)
    weak_rows, weak_columns = assign(costs[np.ix_(alone, weak_at)])
    return (
        np.concatenate([rows, alone[weak_rows]]),
        np.concatenate([strong_at[columns], weak_at[weak_columns]]),
    )
