"""Darkness, infrared, lamps that go off, floors without texture: counted, or said to be unseen.

Short clips through the real matcher. What must never come is a count where nobody is, or a zero
that pretends to have looked.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from functools import cache

import pytest

from lintel.frames import StereoPair
from lintel.pipeline import Chain, Stages
from lintel.pipeline.coverage import CoverageMeter
from lintel.records import Crossing, Event
from lintel.sim.catalogue import find_scenario
from lintel.sim.shot import Shot
from lintel.sim.world import World

DETECTORS = ("classical", "learned")


@dataclass(frozen=True)
class Clip:
    """A rendered clip of tuning seeds, small enough for a test."""

    scenario: str
    seconds: float
    seed: int = 1_400_003
    nobody: bool = False
    fps: float = 6.0


@dataclass(frozen=True)
class Counted:
    directions: Counter[str]
    coverage: float
    view_shares: tuple[float, ...]


@cache
def filmed(clip: Clip) -> tuple[World, tuple[StereoPair, ...]]:
    scenario = find_scenario(clip.scenario)
    if clip.nobody:
        scenario = replace(scenario, traffic=())
    shot = Shot(seconds=clip.seconds, fps=clip.fps, seed=clip.seed, threads=1)
    world = World(scenario, shot)
    return world, tuple(world.frame(number).pair for number in range(world.shot.frames))


def true_directions(clip: Clip) -> Counter[str]:
    return Counter(str(one.direction) for one in filmed(clip)[0].truth().crossings)


def count(clip: Clip, detector: str) -> Counted:
    world, pairs = filmed(clip)
    chain = Chain(Stages.of(rig=world.rig, site=world.site(), detector=detector))
    meter, events, shares = CoverageMeter(), list[Event](), list[float]()
    for pair in pairs:
        result = chain.step(pair)
        events += result.events
        shares.append(result.detections.view_share)
        meter.step(t_ns=result.t_ns, view_share=result.detections.view_share)
    events += chain.finish()
    crossed = Counter(str(event.direction) for event in events if isinstance(event, Crossing))
    return Counted(crossed, meter.coverage, tuple(shares))


@pytest.mark.parametrize("detector", DETECTORS)
def test_at_0_lux_the_infrared_lamp_is_enough(detector: str) -> None:
    clip = Clip("infrared", 5.0)
    counted = count(clip, detector)
    assert true_directions(clip).total() == 1
    assert counted.directions == true_directions(clip)
    assert counted.coverage > 0.8


@pytest.mark.parametrize("detector", DETECTORS)
def test_lamps_that_go_off_and_on_change_no_count(detector: str) -> None:
    clip = Clip("light_switch", 7.5)
    counted = count(clip, detector)
    assert true_directions(clip).total() == 2
    assert counted.directions == true_directions(clip)
    assert min(counted.view_shares[10:]) < 0.7  # while the exposure follows, less is seen


@pytest.mark.parametrize("detector", DETECTORS)
def test_a_blank_floor_with_nobody_counts_nobody_and_says_it_cannot_see(detector: str) -> None:
    counted = count(Clip("blank_floor", 4.0, nobody=True), detector)
    assert not counted.directions
    assert counted.coverage < 0.1


@pytest.mark.parametrize("detector", DETECTORS)
def test_over_a_blank_floor_nobody_is_counted_twice(detector: str) -> None:
    clip = Clip("blank_floor", 10.5, seed=1_400_002)
    counted = count(clip, detector)
    assert counted.directions <= true_directions(clip)
    assert counted.coverage < 0.5


@pytest.mark.parametrize("detector", DETECTORS)
def test_in_darkness_without_a_lamp_the_zero_is_not_sold_as_a_count(detector: str) -> None:
    world, pairs = filmed(Clip("infrared", 5.0))
    chain = Chain(Stages.of(rig=world.rig, site=world.site(), detector=detector))
    meter = CoverageMeter()
    for pair in pairs:
        black = replace(pair, left=pair.left // 200, right=pair.right // 200)
        result = chain.step(black)
        meter.step(t_ns=result.t_ns, view_share=result.detections.view_share)
        assert not result.events
    assert meter.coverage == 0.0
