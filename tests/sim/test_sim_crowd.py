"""Nobody walks through anybody; companions stay together; recordings replay as they were."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from lintel.errors import ScenarioError
from lintel.sim.casting import cast_actors
from lintel.sim.catalogue import SCENARIOS
from lintel.sim.crowd import MIN_AXIS_DISTANCE_M, STEP_S, walk_crowd
from lintel.sim.paths import Plan, Stop, Trajectory, read_trajectories, replayed, straight
from lintel.sim.people import move_people


def distances(ways: list[Trajectory]) -> npt.NDArray[np.float64]:
    """Distance of every two people at every step; inf where one is absent."""
    places = np.array([way.xy_m for way in ways])
    apart = np.linalg.norm(places[:, None] - places[None], axis=-1)
    apart[np.arange(len(ways)), np.arange(len(ways))] = np.inf
    return np.where(np.isnan(apart), np.inf, apart)


def test_nobody_walks_through_anybody_in_any_scenario(seeds: range) -> None:
    nearest = {}
    for seed in seeds:
        for name, scenario in SCENARIOS.items():
            actors = cast_actors(scenario, 15.0, seed=seed)
            if len(actors) > 1:
                ways = move_people(scenario, actors, 15.0, seed=seed)
                nearest[name, seed] = float(distances(ways).min())
    too_near = {key: d for key, d in nearest.items() if d < MIN_AXIS_DISTANCE_M}
    assert nearest
    assert too_near == {}


def test_adults_keep_32_cm_in_a_dense_two_way_crowd() -> None:
    rng = np.random.default_rng(3)
    plans = tuple(
        Plan(
            straight((float(x), -3.0 * sign), (float(x), 3.0 * sign)),
            start_s=float(start),
            speed_mps=1.2,
        )
        for x, sign, start in zip(
            rng.uniform(-1.0, 1.0, 24), np.tile([1, -1], 12), rng.uniform(0, 6, 24), strict=True
        )
    )
    assert distances(walk_crowd(plans, 20.0, seed=1)).min() >= 0.32


def test_nobody_vanishes_on_the_way() -> None:
    for name in ("single_walkers", "couples", "dense_crowd", "queue"):
        actors = cast_actors(SCENARIOS[name], 20.0, seed=1_000_002)
        for actor, way in zip(
            actors, move_people(SCENARIOS[name], actors, 20.0, seed=1_000_002), strict=True
        ):
            present = np.flatnonzero(np.isfinite(way.xy_m[:, 0]))
            if len(present) and present[-1] < len(way.xy_m) - 1:
                gone_at = way.xy_m[present[-1]]
                reach = 1.2 if actor.plan.leader is not None else 0.3
                assert np.linalg.norm(gone_at - actor.plan.stops[-1].at_m) < reach


def test_nobody_jumps() -> None:
    plans = (Plan(straight((0.0, -3.0), (0.0, 3.0))), Plan(straight((0.1, 3.0), (0.1, -3.0))))
    for way in walk_crowd(plans, 8.0, seed=0):
        step = np.linalg.norm(np.diff(way.xy_m, axis=0), axis=1)
        assert np.nanmax(step) / STEP_S < 3.0


@pytest.mark.parametrize("offset", [(-0.06, 0.43), (-0.5, 0.0), (0.05, -0.46)])
def test_a_companion_keeps_the_formation(offset: tuple[float, float]) -> None:
    start = (-offset[1], -3.0 + offset[0])
    plans = (
        Plan(straight((0.0, -3.0), (0.0, 3.0))),
        Plan(straight(start, (0.0, 3.0)), leader=0, offset_m=offset),
    )
    lead, mate = walk_crowd(plans, 4.0, seed=0)
    gap = (mate.xy_m - lead.xy_m)[60:110]
    assert np.abs(gap - [-offset[1], offset[0]]).max() < 0.08


def test_a_dwell_lasts_as_long_as_it_should() -> None:
    stay = Stop((0.0, 0.0), dwell_s=3.0)
    (way,) = walk_crowd((Plan(straight((0.0, -2.0), (0.0, 2.0), via=(stay,))),), 10.0, seed=0)
    near = np.linalg.norm(way.xy_m, axis=1) < 0.1
    assert near.sum() * STEP_S == pytest.approx(3.0, abs=0.6)


def test_recorded_trajectories_replay_in_metres(tmp_path: Path) -> None:
    path = tmp_path / "walk.txt"
    path.write_text("# id frame x y z\n1 0 0 -200 170\n1 16 0 -100 171\n1 32 0 0 169\n")
    (recorded,) = read_trajectories(path, fps=16.0, unit_m=0.01).values()
    way = replayed(recorded, np.array([0.0, 0.5, 2.0, 2.1]), shift_m=(0.5, 0.0))
    assert recorded.head_m == pytest.approx(1.70)
    assert np.allclose(way.xy_m[:3], [[0.5, -2.0], [0.5, -1.5], [0.5, 0.0]])
    assert np.isnan(way.xy_m[3]).all()


@pytest.mark.parametrize("content", ["a b c d\n", "1 2 3\n"])
def test_a_broken_trajectory_file_is_named(tmp_path: Path, content: str) -> None:
    path = tmp_path / "bad.txt"
    path.write_text(content)
    with pytest.raises(ScenarioError, match=r"bad\.txt: expected"):
        read_trajectories(path, fps=10.0)
