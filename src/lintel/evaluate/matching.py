"""One-to-one matching: counted crossings with true ones, seen heads with true heads."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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

    The moment of a true crossing is all the time that its head stays on the line. Among all
    matchings with the most pairs, the one with the smallest sum of time differences.
    """
    pairs: list[tuple[int, int]] = []
    for rows, columns in near_in_time(truth, counted):
        apart_s = seconds_apart(truth, counted, rows, columns)
        pairs += [(rows[r], columns[c]) for r, c in assign(apart_s, apart_s <= CROSSING_GATE_S)]
    pairs.sort()
    found, used = {t for t, _ in pairs}, {c for _, c in pairs}
    return CrossingMatch(
        pairs=tuple(pairs),
        missed=tuple(k for k in range(len(truth)) if k not in found),
        false=tuple(k for k in range(len(counted)) if k not in used),
    )


def near_in_time(
    truth: Sequence[SeenCrossing], counted: Sequence[SeenCrossing]
) -> Iterable[tuple[list[int], list[int]]]:
    """Indices of true and of counted crossings that may belong together, cluster by cluster.

    A cluster is of one line and direction, and parted from the next by more than the gate, which
    keeps the assignments small however long the recording is.
    """
    for key in sorted({(c.line, c.direction) for c in truth}):
        events = sorted(
            (c.begin_s, c.end_s, side, k)
            for side, crossings in enumerate((truth, counted))
            for k, c in enumerate(crossings)
            if (c.line, c.direction) == key
        )
        for cluster in _clusters(events, gate_s=CROSSING_GATE_S):
            rows = [k for *_, side, k in cluster if side == 0]
            columns = [k for *_, side, k in cluster if side == 1]
            if rows and columns:
                yield rows, columns


def seconds_apart(
    truth: Sequence[SeenCrossing],
    counted: Sequence[SeenCrossing],
    rows: list[int],
    columns: list[int],
) -> npt.NDArray[np.float64]:
    """Time (R, C) between true crossings ``rows`` and counted ones ``columns``; 0 on the line."""
    moment = np.array([counted[k].t_s for k in columns])
    begin, end = (np.array(side) for side in zip(*(_span_s(truth[k]) for k in rows), strict=True))
    early, late = begin[:, None] - moment, moment - end[:, None]
    return np.asarray(np.maximum(np.maximum(early, late), 0.0), dtype=np.float64)


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


_Event = tuple[float, float, int, int]  # begin, end, side, index


def _span_s(crossing: SeenCrossing) -> tuple[float, float]:
    return crossing.begin_s, crossing.end_s


def _clusters(events: list[_Event], *, gate_s: float) -> Iterable[list[_Event]]:
    cluster, end_s = list[_Event](), -np.inf
    for event in events:
        if cluster and event[0] - end_s > gate_s:
            yield cluster
            cluster = []
        cluster.append(event)
        end_s = max(end_s, event[1])
    if cluster:
        yield cluster
