"""Groups on labelled trajectories (BIWI/UCY form): reading them, and pairwise scores.

A folder holds ``obsmat.txt`` (frame, id, x, -, y, vx, -, vy in metres and metres per second) and
``groups.txt`` (the ids of one group per line). Pellegrini et al., ICCV 2009; Lerner et al., 2007.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from lintel.clock import NS_PER_S
from lintel.errors import TruthError
from lintel.geometry import Floats
from lintel.records import Attributes, Phase, Tracks

STEP_S = 0.4  # both collections are labelled every 0.4 s
HEAD_M = 1.7  # the files say nothing about height
MAX_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True, eq=False)
class LabelledTrajectories:
    """Trajectories with the groups that people saw in them."""

    name: str
    steps: tuple[Tracks, ...]
    groups: tuple[tuple[int, ...], ...]

    @property
    def people(self) -> int:
        """How many people there are."""
        return sum(len(step.ended) for step in self.steps)


@dataclass(frozen=True, slots=True)
class GroupScore:
    """Pairs of people said to be together, against pairs labelled together."""

    pairwise_precision: float
    pairwise_recall: float
    pairwise_f1: float
    people: int
    groups: int  # labelled groups of two and more


def read_labelled(folder: Path) -> LabelledTrajectories:
    """Read ``obsmat.txt`` and ``groups.txt``; rows of one id in groups.txt say nothing.

    Raises:
        TruthError: a file is missing, malformed or names people that the other does not know.
    """
    rows = _read_rows(folder / "obsmat.txt")
    groups = _read_groups(folder / "groups.txt")
    unknown = {member for group in groups for member in group} - set(rows[:, 1].astype(int))
    if unknown:
        raise TruthError(f"{folder}/groups.txt: ids {sorted(unknown)} are not in obsmat.txt")
    return LabelledTrajectories(folder.resolve().name, tuple(_steps(rows)), groups)


def score_groups(
    predicted: Iterable[tuple[int, ...]], truth: Iterable[tuple[int, ...]], *, people: int
) -> GroupScore:
    """Score groups by pairs; a person labelled in two groups makes the pairs of both.

    Without any predicted pair precision is 1, without any labelled pair recall is 1.
    """
    labelled = [group for group in truth if len(set(group)) > 1]
    said, true = _pairs(predicted), _pairs(labelled)
    hits = len(said & true)
    return GroupScore(
        pairwise_precision=hits / len(said) if said else 1.0,
        pairwise_recall=hits / len(true) if true else 1.0,
        pairwise_f1=2 * hits / (len(said) + len(true)) if said or true else 1.0,
        people=people,
        groups=len(labelled),
    )


def _pairs(groups: Iterable[tuple[int, ...]]) -> set[tuple[int, int]]:
    return {pair for group in groups for pair in itertools.combinations(sorted(set(group)), 2)}


def _read_text(path: Path) -> str:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise TruthError(f"{path}: larger than {MAX_BYTES} bytes, no trajectory file")
        return path.read_text(encoding="ascii")
    except FileNotFoundError as error:
        raise TruthError(f"{path}: no such file; expected obsmat.txt and groups.txt") from error
    except (OSError, UnicodeDecodeError) as error:
        raise TruthError(f"{path}: cannot be read as text: {error}") from error


def _read_rows(path: Path) -> Floats:
    lines = [line.split() for line in _read_text(path).splitlines() if line.strip()]
    try:
        rows = np.array(lines, dtype=np.float64)
    except ValueError as error:
        raise TruthError(f"{path}: expected 8 numbers in each row: {error}") from error
    if rows.ndim != 2 or rows.shape[1] != 8 or not np.isfinite(rows).all():
        raise TruthError(f"{path}: expected rows of 8 finite numbers, got shape {rows.shape}")
    return rows


def _read_groups(path: Path) -> tuple[tuple[int, ...], ...]:
    try:
        rows = [tuple(map(int, line.split())) for line in _read_text(path).splitlines()]
    except ValueError as error:
        raise TruthError(f"{path}: expected whole numbers: {error}") from error
    return tuple(row for row in rows if len(row) > 1)


def _steps(rows: Floats) -> Iterator[Tracks]:
    """One step per labelled moment; who is seen for the last time ends one step later."""
    step_frames = _frames_per_step(rows)
    order = np.lexsort((rows[:, 1], rows[:, 0]))
    rows = rows[order]
    frames = np.unique(rows[:, 0])
    last_frame = dict(zip(rows[:, 1].astype(int).tolist(), rows[:, 0].tolist(), strict=True))
    ends: dict[float, list[int]] = {}
    for person, frame in last_frame.items():
        ends.setdefault(frame, []).append(person)
    gone: list[int] = []
    for frame in frames.tolist():
        here = rows[rows[:, 0] == frame]
        yield _tracks(here, gone, t_s=frame / step_frames * STEP_S)
        gone = ends.get(frame, [])
    end_s = (float(frames[-1]) / step_frames + 1.0) * STEP_S if len(frames) else 0.0
    yield _tracks(rows[:0], gone, t_s=end_s)


def _frames_per_step(rows: Floats) -> float:
    """Frames between two observations of the same person: the commonest gap."""
    order = np.lexsort((rows[:, 0], rows[:, 1]))
    frames, people = rows[order, 0], rows[order, 1]
    gaps = np.diff(frames)[np.diff(people) == 0]
    if len(gaps) == 0:
        return 1.0
    values, counts = np.unique(gaps, return_counts=True)
    if values[0] <= 0:
        raise TruthError("obsmat.txt: one person appears twice in one frame")
    return float(values[np.argmax(counts)])


def _tracks(here: Floats, gone: list[int], *, t_s: float) -> Tracks:
    count = len(here)
    xyz_m = np.column_stack([here[:, 2], here[:, 4], np.full(count, HEAD_M)])
    return Tracks(
        id=here[:, 1].astype(np.int64),
        xyz_m=xyz_m.astype(np.float32),
        velocity_mps=here[:, [5, 7]].astype(np.float32),
        stature_m=np.full(count, HEAD_M, dtype=np.float32),
        stature_sigma_m=np.full(count, np.nan, dtype=np.float32),
        phase=np.full(count, Phase.CONFIRMED, dtype=np.int8),
        attributes=Attributes.unmeasured(count),
        ended=np.array(gone, dtype=np.int64),
        t_ns=round(t_s * NS_PER_S),
    )
