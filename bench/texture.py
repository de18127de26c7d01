"""What the matcher knows of scenes with little light or texture, and how much of that is wrong.

    scripts/bench texture [--scenes NAME ...] [--json]

Two frames of each scene, tuning seed, through rendered images and the production depth stage, with
and without the doubt about surroundings that are alike only as noise is. Wrong is a disparity that
is off by more than 3 px of the whole image.
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Iterator

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_name] = "1"

import cv2  # noqa: E402 - thread limits come before numpy loads
import numpy as np  # noqa: E402

from lintel.depth import refine  # noqa: E402
from lintel.depth.settings import DepthSettings, z_min_for_mount  # noqa: E402
from lintel.depth.stage import DepthStage  # noqa: E402
from lintel.sim.catalogue import find_scenario  # noqa: E402
from lintel.sim.shot import Shot  # noqa: E402
from lintel.sim.world import World  # noqa: E402

SEED, FRAMES, WRONG_PX = 1_400_001, (60, 75), 3.0
SCENES = ("single_walkers", "infrared", "dim", "dark_on_dark", "blank_floor", "overexposed")


def rows_of(name: str) -> Iterator[dict[str, object]]:
    """Shares of the picture, without and with the doubt."""
    world = World(find_scenario(name), Shot(seconds=8.0, seed=SEED, threads=1))
    height_m = world.scenario.mount.height_m
    stage = DepthStage(world.rig, settings=DepthSettings(z_min_m=z_min_for_mount(height_m)))
    scale = stage.rectifier.intrinsics.fx * stage.rectifier.baseline_m
    frames = [(number, world.frame(number).pair) for number in FRAMES]
    usual = refine.LIKENESS_MIN
    for likeness in (-1.0, usual):
        refine.LIKENESS_MIN = likeness
        known, wrong = [], []
        for number, pair in frames:
            depth = stage.step(pair).depth_m
            size = (depth.shape[1], depth.shape[0])
            exact, _ = world.exact_depth(number, stage.intrinsics, size=size)
            with np.errstate(invalid="ignore"):
                off = np.abs(scale / depth - scale / exact) > WRONG_PX
            known.append(float(np.isfinite(depth).mean()))
            wrong.append(float((off & np.isfinite(depth)).mean()))
        yield {
            "scene": name,
            "doubt": likeness == usual,
            "known": round(float(np.mean(known)), 3),
            "wrong": round(float(np.mean(wrong)), 3),
        }
    refine.LIKENESS_MIN = usual


def main() -> None:
    """Print two rows per scene."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--scenes", nargs="*", default=list(SCENES))
    parser.add_argument("--json", action="store_true", help="JSON lines")
    wanted = parser.parse_args()
    cv2.setNumThreads(1)
    for name in wanted.scenes:
        for row in rows_of(name):
            plain = "  ".join(f"{key} {value}" for key, value in row.items())
            print(json.dumps(row) if wanted.json else plain, flush=True)


if __name__ == "__main__":
    main()
