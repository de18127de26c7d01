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
from scipy.spatial.distance import cdist

from lintel.geometry import Bools, Floats
from lintel.track.kalman import innovation_covariance

GATE = 18.0  # squared Mahalanobis distance: 0.01 % of true pairs lie beyond, at two dimensions
STRANGERS = 3e-3  # per m2 and step: how likely a stranger appears just there
ROUGH_M = 0.045  # places less sure than this come with heights that jump further, by as much
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
    apart_m = cdist(tracks.x[:, :2], seen.place_m)
    row, column = np.nonzero(apart_m <= tracks.reach_m[:, None])
    taller = seen.stature_m[column] - tracks.stature_m[row]
    rough = np.maximum(1.0, np.sqrt(seen.place_var[column]) / ROUGH_M)
    alike = np.abs(taller) <= tracks.stature_jump_m[row] * rough
    row, column, taller = row[alike], column[alike], taller[alike]
    spread = innovation_covariance(tracks.P[row], seen.place_var[column])
    offset = seen.place_m[column] - tracks.x[row, :2]
    distance = np.einsum("ni,nij,nj->n", offset, np.linalg.inv(spread), offset)
    stature = taller**2 / (tracks.stature_var[row] + seen.stature_var)
    cost = (
        0.5 * (distance + np.minimum(stature, STATURE_LIMIT) + np.log(np.linalg.det(spread)))
        + np.log(2.0 * np.pi)
        + np.log(STRANGERS)
    )
    costs[row, column] = np.where(distance <= GATE, cost, np.inf)
    return costs


def assign(costs: Floats) -> Pairs:
    """The cheapest pairs, rows and columns; a row or column may stay alone at no cost.

    Pairs that have no rival are taken as they are; the Hungarian method does the rest.
    """
    worth: Bools = costs < 0.0
    row_choices, column_choices = worth.sum(axis=1), worth.sum(axis=0)
    rows, columns = np.nonzero(worth & (row_choices == 1)[:, None] & (column_choices == 1))
    row_choices[rows], column_choices[columns] = 0, 0
    rival_rows, rival_columns = np.flatnonzero(row_choices), np.flatnonzero(column_choices)
    part = np.minimum(costs[np.ix_(rival_rows, rival_columns)], 0.0)
    chosen_rows, chosen_columns = linear_sum_assignment(part)
    kept = part[chosen_rows, chosen_columns] < 0.0
    return (
        np.concatenate([rows, rival_rows[chosen_rows[kept]]]),
        np.concatenate([columns, rival_columns[chosen_columns[kept]]]),
    )


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
