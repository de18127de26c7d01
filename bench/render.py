"""How fast the simulator is: a clip with six people in view, in both tiers.

    python bench/render.py [SECONDS]

Prints seconds per stereo frame of the full tier, with writing the videos, and frames per second of
the fast tier: its depth maps alone, and counted by the whole pipeline.
"""

from __future__ import annotations

import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from lintel.pipeline import Chain, Stages
from lintel.sim.catalogue import SCENARIOS
from lintel.sim.fast import FastDepth
from lintel.sim.filming import film
from lintel.sim.scenario import Flow, Route
from lintel.sim.world import Shot, World

SIX = replace(
    SCENARIOS["single_walkers"],
    name="six_people",
    traffic=(Flow(per_minute=120.0, route=Route.LOITER, both_ways=False, dwell_s=(600.0, 600.0)),),
)


def main() -> None:
    """Film six people who stay under the camera, then measure the same clip."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 60.0
    world = World(SIX, Shot(seconds=seconds, seed=1_000_000))
    world.people = world.people[:6]
    world.frame(0)  # compile
    start, cpu = time.perf_counter(), time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        done = list(film(world, Path(folder) / "clip"))
    in_view = sum(person.present(number) for number in done for person in world.people)
    wall, used = time.perf_counter() - start, time.process_time() - cpu
    frames = world.shot.frames
    print(f"{frames} stereo frames 640x400, {in_view / frames:.1f} people on average")
    print(
        f"full tier: {wall:.1f} s, {wall / frames:.3f} s per stereo frame, "
        f"{used / frames:.3f} s of processor"
    )
    for name, stages in (
        ("depth maps", None),
        ("counted", Stages.of(rig=world.rig, site=world.site())),
    ):
        wall, used = fast_seconds(world, stages)
        print(
            f"fast tier, {name}: {wall:.1f} s, {frames / wall:.1f} frames/s, "
            f"{used / frames:.3f} s of processor a frame"
        )


def fast_seconds(world: World, stages: Stages | None) -> tuple[float, float]:
    """Wall and processor seconds of the whole clip, counted if there are stages."""
    plan = stages or Stages.of(rig=world.rig, site=world.site())
    size = (world.shot.size[0] // plan.depth.reduction, world.shot.size[1] // plan.depth.reduction)
    fast = FastDepth(world, intrinsics=plan.depth.intrinsics, size=size)
    chain = None if stages is None else Chain(stages)
    fast.depth(0)
    start, cpu = time.perf_counter(), time.process_time()
    for number in range(world.shot.frames):
        depth = fast.depth(number)
        if chain is not None:
            chain.step_depth(depth)
    return time.perf_counter() - start, time.process_time() - cpu


if __name__ == "__main__":
    main()
