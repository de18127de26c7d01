"""Runs clips of the suite, in several processes, and draws what was missed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from typing import TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from lintel.evaluate import RecordingScore
from lintel.pipeline import Chain, FrameResult, Stages
from lintel.sim.catalogue import find_scenario
from lintel.sim.fast import FastDepth
from lintel.sim.scenario import Scenario
from lintel.sim.shot import Shot
from lintel.sim.world import World
from lintel.suite.cases import Case, Tier
from lintel.suite.pictures import MissPicture, picture_misses
from lintel.suite.scoring import KnownTruth, Scorer

Pixels: TypeAlias = npt.NDArray[np.int64]  # (P,) of each person


@dataclass(frozen=True, slots=True, eq=False)
class CaseResult:
    """Score of one clip, and a picture of every miss and false count if they were asked for."""

    case: Case
    score: RecordingScore
    pictures: tuple[MissPicture, ...]


def run_cases(
    cases: Iterable[Case],
    *,
    processes: int = 1,
    pictures: bool = False,
    on_case: Callable[[CaseResult], None] | None = None,
) -> list[CaseResult]:
    """Run all clips; ``on_case`` hears of each as it is done, in order.

    The result depends on scenario, seed and length alone, not on the number of processes.
    """
    results: list[CaseResult] = []
    for result in _results(tuple(cases), processes=processes, pictures=pictures):
        results.append(result)
        if on_case is not None:
            on_case(result)
    return results


def run_case(case: Case, *, pictures: bool = False) -> CaseResult:
    """Render, count and score one clip.

    The sensor starts with the clip: no look ahead, as in a device that was just switched on.

    Raises:
        ScenarioError: no such scenario.
        DetectorError: no such detector.
    """
    return run_scenario(find_scenario(case.scenario), case, pictures=pictures)


def run_scenario(
    scenario: Scenario,
    case: Case,
    *,
    pictures: bool = False,
    adjust: Callable[[Stages], Stages] | None = None,
) -> CaseResult:
    """The same for a scenario that is not in the catalogue, or with other stages.

    Raises:
        DetectorError: no such detector.
    """
    shot = Shot(seconds=case.seconds, fps=case.fps, seed=case.seed, threads=1)
    world = World(scenario, shot)
    stages = Stages.of(rig=world.rig, site=world.site(), detector=case.detector)
    if adjust is not None:
        stages = adjust(stages)
    scorer = Scorer(rig=world.rig, site=world.site(), fps=world.shot.fps)
    chain, visible = Chain(stages), list[Pixels]()
    for result, seen in _results_of(case.tier, world, stages, chain):
        visible.append(seen)
        if result is not None:
            scorer.step(result)
    scorer.finish(chain.finish())
    score = scorer.score(case.name, KnownTruth(world.truth(), world.heads(visible)))
    return CaseResult(case, score, picture_misses(world, score) if pictures else ())


def _results_of(
    tier: Tier, world: World, stages: Stages, chain: Chain
) -> Iterator[tuple[FrameResult | None, Pixels]]:
    """Per frame what the chain made of it (None if it was lost), and the pixels of each person."""
    reduction = stages.depth.reduction
    width, height = (side // reduction for side in world.shot.size)
    fast = FastDepth(world, intrinsics=stages.depth.intrinsics, size=(width, height))
    for number in range(world.shot.frames):
        lost = world.dropped(number)
        if tier is Tier.FULL:
            frame = world.frame(number)
            yield None if lost else chain.step(frame.pair), frame.visible_px
        else:
            measured = fast.measure(number)
            result = None if lost else chain.step_depth(measured.depth)
            yield result, measured.visible_px * reduction**2


def _results(cases: tuple[Case, ...], *, processes: int, pictures: bool) -> Iterator[CaseResult]:
    if processes <= 1:
        yield from (run_case(case, pictures=pictures) for case in cases)
        return
    # Spawned, not forked: numba's and OpenCV's threads do not survive a fork.
    pool = ProcessPoolExecutor(processes, mp_context=get_context("spawn"), initializer=_quiet)
    with pool:
        waiting = [pool.submit(run_case, case, pictures=pictures) for case in cases]
        for future in waiting:
            yield future.result()


def _quiet() -> None:
    cv2.setNumThreads(1)
