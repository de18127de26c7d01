"""Disparity errors on rendered floors and people, for several dampings of the refinement.

Tuning seeds. Prints the median error of the floor and of what stands at least 1.2 m above it, in
pixels of the whole image, for the production depth stage beside exact depth.
"""

from __future__ import annotations

import argparse

import cv2
import numpy as np

from lintel.depth import refine
from lintel.depth.stage import DepthStage
from lintel.sim.catalogue import find_scenario
from lintel.sim.shot import Shot
from lintel.sim.world import World

SCENARIOS = ("single_walkers", "couples", "infrared", "dense_crowd", "mount_6m")
SEED = 1_000_001
FRAME = 60
TALL_M = 1.2


def errors_px(world: World) -> tuple[float, float]:
    """Median disparity error of the floor and of tall things, whole-image pixels."""
    stage = DepthStage(world.rig)
    depth = stage.step(world.frame(FRAME).pair)
    height, width = depth.depth_m.shape
    exact_m, _ = world.exact_depth(FRAME, depth.intrinsics, size=(width, height))
    scale = depth.intrinsics.fx * world.rig.baseline_m * world.shot.size[0] / width
    error = scale / depth.depth_m - scale / exact_m
    tall = np.isfinite(error) & (exact_m < world.scenario.mount.height_m - TALL_M)
    floor = np.isfinite(error) & ~tall
    return float(np.median(error[floor])), float(np.median(error[tall]))


def main() -> None:
    """Print the table; the damping in use is marked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--damping", type=float, nargs="*", default=[8.0, 2.0, 1.0, 0.5, 0.25])
    options = parser.parse_args()
    cv2.setNumThreads(1)
    worlds = [World(find_scenario(name), Shot(seconds=8.0, seed=SEED)) for name in SCENARIOS]
    in_use = refine.DAMPING
    print(f"{'damping':>9}" + "".join(f"{name:>22}" for name in SCENARIOS))
    for damping in options.damping:
        refine.DAMPING = damping
        cells = [errors_px(world) for world in worlds]
        mark = "*" if damping == in_use else " "
        row = "".join(f"{f'{floor:+.3f} / {tall:+.3f}':>22}" for floor, tall in cells)
        print(f"{damping:>8g}{mark}{row}")


if __name__ == "__main__":
    main()
