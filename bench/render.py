"""How fast the simulator renders: a clip with six people in view, beside its exact depth.

    python bench/render.py [SECONDS]

Prints seconds per stereo frame and the whole clip's time, with and without writing the video.
"""

from __future__ import annotations

import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from lintel.sim.catalogue import SCENARIOS
from lintel.sim.filming import film
from lintel.sim.scenario import Flow, Route
from lintel.sim.world import Shot, World

SIX = replace(
    SCENARIOS["single_walkers"],
    name="six_people",
    traffic=(Flow(per_minute=120.0, route=Route.LOITER, both_ways=False, dwell_s=(600.0, 600.0)),),
)


def main() -> None:
    """Film six people who stay under the camera."""
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
        f"{wall:.1f} s, {wall / frames:.3f} s per stereo frame, {used / frames:.3f} s of processor"
    )


if __name__ == "__main__":
    main()
