"""Truth is self-consistent: crossings recomputed from truth_heads.npz equal truth.json."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from lintel.config import LineConfig
from lintel.sim.catalogue import SCENARIOS
from lintel.sim.truthing import crossings_of
from lintel.sim.world import Shot, World
from lintel.truth import TrueHeads, Truth

HALF_BAND_M = 0.25
DOOR = LineConfig("door", np.array([[-1.6, 0.0], [1.6, 0.0]]))


def recomputed(heads: TrueHeads, fps: float, half_m: float) -> list[tuple[int, str, float]]:
    """Crossings of the line along x, from the file alone, by a rule written anew.

    Frames outside the band are joined into stays on one side; between two stays on different
    sides the last change of sign is the crossing, if it happened between the line's ends.
    """
    found = []
    for person in np.unique(heads.person):
        mine = heads.person == person
        t = heads.frame[mine] / fps
        x, y = heads.xyz_m[mine, 0].astype(np.float64), heads.xyz_m[mine, 1].astype(np.float64)
        outside = np.flatnonzero(np.abs(y) >= HALF_BAND_M)
        for a, b in pairwise(outside):
            if np.sign(y[a]) == np.sign(y[b]):
                continue
            k = max(k for k in range(a, b) if (y[k] < 0) != (y[k + 1] < 0))
            part = y[k] / (y[k] - y[k + 1])
            if abs(x[k] + part * (x[k + 1] - x[k])) <= half_m:
                name = "in" if y[b] > 0 else "out"
                found.append((int(person), name, float(t[k] + part * (t[k + 1] - t[k]))))
    return sorted(found, key=lambda row: (row[2], row[0]))


@pytest.mark.parametrize("name", SCENARIOS)
def test_crossings_follow_from_the_head_file(name: str, seeds: range, tmp_path: Path) -> None:
    for seed in seeds:
        world = World(SCENARIOS[name], Shot(seconds=12.0, seed=seed, size=(96, 64)))
        world.heads().save(tmp_path)
        world.truth().save(tmp_path)
        truth, heads = Truth.load(tmp_path), TrueHeads.load(tmp_path)
        again = recomputed(heads, truth.fps, SCENARIOS[name].line_half_m)
        told = [(c.person, c.direction.value, c.t_s) for c in truth.crossings]
        assert [row[:2] for row in again] == [row[:2] for row in told]
        assert np.allclose([row[2] for row in again], [row[2] for row in told])


def path(*points: tuple[float, float]) -> npt.NDArray[np.float64]:
    return np.array(points, dtype=np.float64)


@pytest.mark.parametrize(
    ("xy", "expected"),
    [
        (path((0, -1), (0, 1)), ["in"]),
        (path((0, 1), (0, -1)), ["out"]),
        (path((0, -1), (0, 0.2), (0, -1)), []),
        (path((0, -1), (0, 0.3), (0, -1)), ["in", "out"]),
        (path((0, -1), (0, 0.1), (0, -0.1), (0, 0.1), (0, 1)), ["in"]),
        (path((0, -1), (2, -1), (2, 1), (0, 1)), []),
        (path((0, -0.2), (0, 1)), []),
        (path((0, -1), (0, 0), (0, 1)), ["in"]),
        (path((0, -1), (0, 0), (0, -1)), []),
    ],
)
def test_counting_rules(xy: npt.NDArray[np.float64], expected: list[str]) -> None:
    times = np.arange(len(xy), dtype=np.float64)
    assert [c.direction.value for c in crossings_of(DOOR, 0, times, xy)] == expected


def test_the_moment_is_interpolated() -> None:
    (crossing,) = crossings_of(DOOR, 0, np.array([1.0, 2.0]), path((0, -0.3), (0, 0.9)))
    assert crossing.t_s == pytest.approx(1.25)
    assert crossing.on_line_s is None


def test_of_who_sways_on_the_line_all_the_time_there_is_told() -> None:
    """Up to the line and away again, before, is another stay in the band."""
    ways = [-1.0, 0.02, -1.0, -0.2, -0.04, 0.03, -0.01, 0.1, 0.02, 0.2, 1.0]
    times = np.arange(len(ways), dtype=np.float64)
    (crossing,) = crossings_of(DOOR, 0, times, path(*((0.0, way) for way in ways)))
    assert crossing.on_line_s == (4.0, 8.0)
    assert 6.0 < crossing.t_s < 7.0


def test_same_seed_same_truth_and_other_seed_other_people() -> None:
    def truth(seed: int) -> str:
        shot = Shot(seconds=10.0, seed=seed, size=(96, 64))
        return World(SCENARIOS["single_walkers"], shot).truth().model_dump_json()

    assert truth(7) == truth(7)
    assert truth(7) != truth(8)
