"""Runs clips of the suite, in several processes, and draws what was missed."""

from __future__ import annotations

import signal
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from multiprocessing import get_context
from typing import ParamSpec, TypeVar

import cv2

from lintel.frames import StereoPair
from lintel.pipeline import Chain, FrameResult, Stages
from lintel.sim.catalogue import find_scenario
from lintel.sim.fast import FastDepth
from lintel.sim.scenario import Scenario
from lintel.sim.shot import Shot
from lintel.sim.world import World
from lintel.suite.cache import ResultCache
from lintel.suite.cases import Case, Stream, Tier
from lintel.suite.footage import Footage, Pixels
from lintel.suite.pictures import picture_misses
from lintel.suite.result import CaseResult
from lintel.suite.scoring import KnownTruth, Scorer

P = ParamSpec("P")
T = TypeVar("T")


def run_streams(
    streams: Sequence[Stream],
    *,
    processes: int = 1,
    pictures: bool = False,
    cache: ResultCache | None = None,
    footage: Footage | None = None,
    on_case: Callable[[CaseResult], None] | None = None,
    may_begin: Callable[[], bool] = lambda: True,
) -> list[CaseResult]:
    """Run streams of clips, each until it has enough, one clip of each in turn.

    No clip is begun once ``may_begin`` says no: then streams are left with fewer. Every result is
    kept in ``cache`` as soon as it is there, and taken from there if it is still true; so are
    rendered clips in ``footage``. ``on_case`` hears of each. The results, in the order of streams,
    depend on scenarios, seeds and lengths alone, not on the number of processes.

    Raises:
        ScenarioError: no such scenario.
        DetectorError: no such detector.
        OSError: the cache cannot be written.
    """
    waiting = deque(_Run(stream) for stream in streams)
    runs, active = list(waiting), dict[Future[CaseResult], _Run]()

    def take(run: _Run, result: CaseResult) -> None:
        run.results.append(result)
        if on_case is not None:
            on_case(result)

    with _pool(processes) as pool:
        try:
            while waiting or active:
                while waiting and len(active) < processes:
                    run = waiting.popleft()
                    while (
                        not run.done and cache and (kept := cache.get(run.next, pictures=pictures))
                    ):
                        take(run, kept)
                    if not run.done and may_begin():
                        work = pool.submit(run_case, run.next, pictures=pictures, footage=footage)
                        active[work] = run
                for future in wait(active, return_when=FIRST_COMPLETED).done:
                    run, result = active.pop(future), future.result()
                    if cache:
                        cache.put(result, pictures=pictures)
                    take(run, result)
                    waiting.append(run)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return [result for run in runs for result in run.results]


class _Run:
    """A stream on its way."""

    def __init__(self, stream: Stream) -> None:
        self.stream = stream
        self.results: list[CaseResult] = []

    @property
    def next(self) -> Case:
        """The clip that comes next."""
        return self.stream.case(len(self.results))

    @property
    def done(self) -> bool:
        """Whether there are enough."""
        crossings = sum(result.score.crossings.truth for result in self.results)
        return self.stream.enough(len(self.results), crossings)


def run_case(case: Case, *, pictures: bool = False, footage: Footage | None = None) -> CaseResult:
    """Render, count and score one clip.

    The sensor starts with the clip: no look ahead, as in a device that was just switched on.

    Raises:
        ScenarioError: no such scenario.
        DetectorError: no such detector.
        OSError: ``footage`` cannot be written.
    """
    scenario = find_scenario(case.scenario)
    return run_scenario(scenario, case, pictures=pictures, footage=footage)


def run_scenario(
    scenario: Scenario,
    case: Case,
    *,
    pictures: bool = False,
    footage: Footage | None = None,
    adjust: Callable[[Stages], Stages] | None = None,
) -> CaseResult:
    """The same for a scenario that is not in the catalogue, or with other stages.

    Raises:
        DetectorError: no such detector.
        OSError: ``footage`` cannot be written.
    """
    shot = Shot(seconds=case.seconds, fps=case.fps, seed=case.seed, threads=1)
    world = World(scenario, shot)
    stages = Stages.of(rig=world.rig, site=world.site(), detector=case.detector)
    if adjust is not None:
        stages = adjust(stages)
    scorer = Scorer(rig=world.rig, site=world.site(), fps=world.shot.fps)
    chain, visible = Chain(stages), list[Pixels]()
    for result, seen in results_of(case.tier, world, stages, chain, footage=footage):
        visible.append(seen)
        if result is not None:
            scorer.step(result)
    if footage is not None:
        footage.trim()
    scorer.finish(chain.finish())
    score = scorer.score(case.name, KnownTruth(world.truth(), world.heads(visible)))
    return CaseResult(case, score, picture_misses(world, score) if pictures else ())


def results_of(
    tier: Tier, world: World, stages: Stages, chain: Chain, *, footage: Footage | None = None
) -> Iterator[tuple[FrameResult | None, Pixels]]:
    """Per frame what the chain made of it (None if it was lost), and the pixels of each person."""
    if tier is Tier.FULL:
        exposures = _rendered(world) if footage is None else footage.exposures(world)
        for pair, seen in exposures:
            yield None if pair is None else chain.step(pair), seen
        return
    reduction = stages.depth.reduction
    width, height = (side // reduction for side in world.shot.size)
    fast = FastDepth(world, intrinsics=stages.depth.intrinsics, size=(width, height))
    for number in range(world.shot.frames):
        measured = fast.measure(number)
        result = None if world.dropped(number) else chain.step_depth(measured.depth)
        yield result, measured.visible_px * reduction**2


def _rendered(world: World) -> Iterator[tuple[StereoPair | None, Pixels]]:
    for number in range(world.shot.frames):
        frame = world.frame(number)
        yield None if world.dropped(number) else frame.pair, frame.visible_px


def _pool(processes: int) -> Executor:
    if processes <= 1:
        return _Here()
    # Spawned, not forked: numba's and OpenCV's threads do not survive a fork.
    return ProcessPoolExecutor(processes, mp_context=get_context("spawn"), initializer=_quiet)


class _Here(Executor):
    """Does the work at once, in this process."""

    def submit(self, work: Callable[P, T], /, *arguments: P.args, **named: P.kwargs) -> Future[T]:
        """Do it and tell."""
        future: Future[T] = Future()
        future.set_result(work(*arguments, **named))
        return future


def _quiet() -> None:
    """One thread each; an interrupt is the parent's to handle."""
    cv2.setNumThreads(1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
