"""One-to-one matching: counted crossings with true ones, seen heads with true heads."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import linear_sum_assignment

from lintel.evaluate.observed import FramePoints, SeenCrossing

CROSSING_GATE_S = 1.0
HEAD_GATE_M = 0.3


@dataclass(frozen=True, slots=True)
class CrossingMatch:
    """Indices into the lists of true and of counted crossings."""

    pairs: tuple[tuple[int, int], ...]  # (true, counted)
    missed: tuple[int, ...]  # true ones that nothing was counted for
    false: tuple[int, ...]  # counted ones that nobody made


@dataclass(frozen=True, slots=True, eq=False)
class HeadMatch:
    """Rows of truth and of what was seen that belong together, (M,) each, and how far apart."""

    truth: npt.NDArray[np.int64]
    seen: npt.NDArray[np.int64]
    distance_m: npt.NDArray[np.float64]


def match_crossings(
    truth: Sequence[SeenCrossing], counted: Sequence[SeenCrossing]
) -> CrossingMatch:
    """Match as many as possible of the same line and direction within 1.0 s, nearest in time.

    Among all matchings with the most pairs, the one with the smallest sum of time differences.
    """
    pairs: list[tuple[int, int]] = []
    for key in sorted({(c.line, c.direction) for c in truth}):
        rows = [k for k, c in enumerate(truth) if (c.line, c.direction) == key]
        columns = [k for k, c in enumerate(counted) if (c.line, c.direction) == key]
        pairs += _match_times(
            [(truth[k].t_s, k) for k in rows], [(counted[k].t_s, k) for k in columns]
        )
    pairs.sort()
    found, used = {t for t, _ in pairs}, {c for _, c in pairs}
    return CrossingMatch(
        pairs=tuple(pairs),
        missed=tuple(k for k in range(len(truth)) if k not in found),
        false=tuple(k for k in range(len(counted)) if k not in used),
    )


def assign(cost: npt.NDArray[np.float64], allowed: npt.NDArray[np.bool_]) -> list[tuple[int, int]]:
    """As many allowed pairs (row, column) as possible, among those the least total cost.

    Args:
        cost: (R, C), finite and not negative where allowed.
        allowed: (R, C).
    """
    if not allowed.any():
        return []
    dear = 1.0 + 2.0 * min(cost.shape) * float(cost[allowed].max())
    rows, columns = linear_sum_assignment(np.where(allowed, cost, dear))
    pairs = zip(rows.tolist(), columns.tolist(), strict=True)
    return [(row, column) for row, column in pairs if allowed[row, column]]


def match_heads(truth: FramePoints, seen: FramePoints, *, gate_m: float = HEAD_GATE_M) -> HeadMatch:
    """Match head tops frame by frame within ``gate_m`` on the floor."""
    rows, columns = list[int](), list[int]()
    for true_rows, seen_rows in common_frames(truth, seen):
        apart = floor_distance_m(truth.xyz_m[true_rows], seen.xyz_m[seen_rows])
        for row, column in assign(apart, apart <= gate_m):
            rows.append(true_rows.start + row)
            columns.append(seen_rows.start + column)
    first, second = np.array(rows, dtype=np.int64), np.array(columns, dtype=np.int64)
    apart = np.linalg.norm(truth.xyz_m[first, :2] - seen.xyz_m[second, :2], axis=1)
    return HeadMatch(first, second, apart)


def floor_distance_m(
    first_m: npt.NDArray[np.float64], second_m: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Distances (R, C) on the floor between points (R, 3) and (C, 3)."""
    return np.asarray(np.linalg.norm(first_m[:, None, :2] - second_m[None, :, :2], axis=2))


def common_frames(first: FramePoints, second: FramePoints) -> Iterable[tuple[slice, slice]]:
    """Rows of both for every frame that has rows in both."""
    for frame in np.intersect1d(first.frame, second.frame).tolist():
        yield _rows_of(first.frame, frame), _rows_of(second.frame, frame)


def _rows_of(frames: npt.NDArray[np.int64], frame: int) -> slice:
    low, high = np.searchsorted(frames, [frame, frame + 1])
    return slice(int(low), int(high))


def _match_times(
    truth: list[tuple[float, int]], counted: list[tuple[float, int]]
) -> list[tuple[int, int]]:
    """Match (time, index) lists, cluster by cluster.

    Clusters are parted by more than the gate, which keeps the assignments small however long
    the recording is.
    """
    events = sorted([(t, 0, k) for t, k in truth] + [(t, 1, k) for t, k in counted])
    pairs: list[tuple[int, int]] = []
    for cluster in _clusters(events, lambda a, b: b[0] - a[0] > CROSSING_GATE_S):
        rows = [(t, k) for t, side, k in cluster if side == 0]
        columns = [(t, k) for t, side, k in cluster if side == 1]
        apart = np.abs(np.subtract.outer([t for t, _ in rows], [t for t, _ in columns]))
        pairs += [
            (rows[row][1], columns[column][1])
            for row, column in assign(apart, apart <= CROSSING_GATE_S)
        ]
    return pairs


_Event = tuple[float, int, int]


def _clusters(
    events: list[_Event], parted: Callable[[_Event, _Event], bool]
) -> Iterable[list[_Event]]:
    cluster: list[_Event] = []
    for event in events:
        if cluster and parted(cluster[-1], event):
            yield cluster
            cluster = []
        cluster.append(event)
    if cluster:
        yield cluster
