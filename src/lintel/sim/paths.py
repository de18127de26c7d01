"""How people move over the floor: what each of them wants, as data.

A walker follows waypoints; groups keep a formation around their leader; a recorded trajectory
is replayed as it is. The crowd (``lintel.sim.crowd``) turns wishes into motion without anybody
walking through anybody.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from lintel.errors import ScenarioError

F64: TypeAlias = npt.NDArray[np.float64]
Point: TypeAlias = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Stop:
    """A waypoint: where to go, how long to stay, and where to look meanwhile."""

    at_m: Point
    dwell_s: float = 0.0
    heading: float | None = None
    sit: bool = False
    fidget_m: float = 0.0  # small steps around the place while staying


@dataclass(frozen=True, slots=True)
class Plan:
    """What one person wants: the first stop is where the person appears.

    ``leader`` is the number of the person to follow at ``offset_m`` (ahead, to the left).
    ``fixed`` people do not give way: others walk around them.
    """

    stops: tuple[Stop, ...]
    start_s: float = 0.0
    speed_mps: float = 1.3
    radius_m: float = 0.2
    leader: int | None = None
    offset_m: Point = (0.0, 0.0)
    fixed: bool = False
    corridor_m: float = 9.0  # half width about x = 0 that is not left if it can be helped


@dataclass(frozen=True, slots=True, eq=False)
class Trajectory:
    """Where one person was, on the common clock of the scene; NaN while absent."""

    xy_m: F64  # (T, 2)
    seated: F64  # (T,) 0..1
    facing: F64  # (T,) wished heading while standing, NaN = none


@dataclass(frozen=True, slots=True, eq=False)
class Recorded:
    """A trajectory from a file: times and places of one person, and the head height if known."""

    time_s: F64  # (N,) ascending
    xy_m: F64  # (N, 2)
    head_m: float  # NaN = unknown


def straight(start_m: Point, end_m: Point, *, via: tuple[Stop, ...] = ()) -> tuple[Stop, ...]:
    """Stops of a plain walk."""
    return (Stop(start_m), *via, Stop(end_m))


def read_trajectories(path: Path, *, fps: float, unit_m: float = 1.0) -> dict[int, Recorded]:
    """Recorded trajectories from a text file with rows ``id frame x y [z]``.

    Lines that start with # are comments. ``unit_m`` is 0.01 for files in centimetres.

    Raises:
        ScenarioError: missing, not numbers, or rows of other lengths.
    """
    try:
        table = np.loadtxt(path, comments="#", ndmin=2, dtype=np.float64)
    except FileNotFoundError as error:
        raise ScenarioError(f"{path}: no such trajectory file") from error
    except ValueError as error:
        raise ScenarioError(f"{path}: expected rows `id frame x y [z]`: {error}") from error
    if table.shape[1] not in (4, 5):
        raise ScenarioError(f"{path}: expected 4 or 5 columns, got {table.shape[1]}")
    people = {}
    for number in np.unique(table[:, 0]):
        rows = table[table[:, 0] == number]
        rows = rows[np.argsort(rows[:, 1], kind="stable")]
        head = float(np.median(rows[:, 4]) * unit_m) if table.shape[1] == 5 else float("nan")
        people[int(number)] = Recorded(rows[:, 1] / fps, rows[:, 2:4] * unit_m, head)
    return people


def replayed(recorded: Recorded, time_s: F64, *, shift_m: Point = (0.0, 0.0)) -> Trajectory:
    """A recorded trajectory on the clock ``time_s`` (T,), interpolated, absent outside its time."""
    xy = np.stack(
        [np.interp(time_s, recorded.time_s, recorded.xy_m[:, k]) + shift_m[k] for k in range(2)],
        axis=1,
    )
    xy[(time_s < recorded.time_s[0]) | (time_s > recorded.time_s[-1])] = np.nan
    none = np.full(len(time_s), np.nan)
    return Trajectory(xy, np.zeros(len(time_s)), none)
