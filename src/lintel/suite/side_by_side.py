"""Several variants of the stages on the very same frames: rendering is paid once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from lintel.evaluate import RecordingScore
from lintel.pipeline import Chain, FrameResult, Stages
from lintel.records import Event
from lintel.sim.fast import FastDepth
from lintel.sim.scenario import Scenario
from lintel.sim.shot import Shot
from lintel.sim.world import World
from lintel.suite.cases import Case, Tier
from lintel.suite.scoring import KnownTruth, Scorer

Adjust: TypeAlias = Callable[[Stages], Stages]
Step: TypeAlias = Callable[[Chain], FrameResult]
Pixels: TypeAlias = npt.NDArray[np.int64]  # (P,) of each person
BELIEVED = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Ran:
    """What one variant made of a clip."""

    score: RecordingScore
    events: tuple[Event, ...]
    believed: int  # heads of score 0.5 and more, over all frames


def run_side_by_side(
    scenario: Scenario, case: Case, variants: Mapping[str, Adjust]
) -> dict[str, Ran]:
    """Score every variant on one clip; each scores as it would alone.

    Args:
        scenario: what is rendered; it need not be in the catalogue.
        case: seed, length, tier, frame rate, and the detector that the variants adjust.
        variants: by name, what each makes of the production stages.

    Raises:
        DetectorError: no such detector.
    """
    world = World(scenario, Shot(seconds=case.seconds, fps=case.fps, seed=case.seed, threads=1))
    runs = {
        name: _Run(
            world,
            adjust(Stages.of(rig=world.rig, site=world.site(), detector=case.detector)),
        )
        for name, adjust in variants.items()
    }
    visible = list[Pixels]()
    for step, seen in _steps(world, case.tier):
        visible.append(seen)
        if step is not None:
            for run in runs.values():
                run.take(step)
    known = KnownTruth(world.truth(), world.heads(visible))
    return {name: run.finish(case.name, known) for name, run in runs.items()}


def _steps(world: World, tier: Tier) -> Iterator[tuple[Step | None, Pixels]]:
    """Per frame what takes a chain on (None: the frame is lost), and each person's pixels."""
    depth = Stages.of(rig=world.rig, site=world.site()).depth
    width, height = (side // depth.reduction for side in world.shot.size)
    fast = FastDepth(world, intrinsics=depth.intrinsics, size=(width, height))
    for number in range(world.shot.frames):
        step: Step
        if tier is Tier.FULL:
            frame = world.frame(number)
            step, seen = partial(Chain.step, pair=frame.pair), frame.visible_px
        else:
            measured = fast.measure(number)
            step = partial(Chain.step_depth, depth=measured.depth)
            seen = measured.visible_px * depth.reduction**2
        yield None if world.dropped(number) else step, seen


class _Run:
    """One variant on its way."""

    def __init__(self, world: World, stages: Stages) -> None:
        self._chain = Chain(stages)
        self._scorer = Scorer(rig=world.rig, site=world.site(), fps=world.shot.fps)
        self._events: list[Event] = []
        self._believed = 0

    def take(self, step: Step) -> None:
        result = step(self._chain)
        self._scorer.step(result)
        self._events += result.events
        self._believed += int((result.detections.score >= BELIEVED).sum())

    def finish(self, name: str, known: KnownTruth) -> Ran:
        late = self._chain.finish()
        self._scorer.finish(late)
        return Ran(self._scorer.score(name, known), (*self._events, *late), self._believed)
