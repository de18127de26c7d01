"""False counts and false heads per hour on scenes without people; tuning seeds, rendered.

    scripts/bench nobody [--minutes 10] [--fps 5] [--detectors learned classical] [--json]

Things move, lamps go off, the sun travels, and nobody is there: every crossing is false. Doors,
curtains and carts run through the fast tier. Light does nothing to exact depth, so scenes of light
run through rendered images and the real matcher, for a tenth of the time.
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Iterator
from dataclasses import replace

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_name] = "1"

import cv2  # noqa: E402 - thread limits come before numpy loads

from lintel.pipeline import Stages  # noqa: E402
from lintel.pipeline.detectors import make_detector  # noqa: E402
from lintel.records import Crossing  # noqa: E402
from lintel.sim.catalogue import find_scenario  # noqa: E402
from lintel.sim.scenario import TUNING_SEEDS  # noqa: E402
from lintel.suite.cases import Case, Tier  # noqa: E402
from lintel.suite.side_by_side import Adjust, run_side_by_side  # noqa: E402

SEED = TUNING_SEEDS.start + 95_000
CLIP_S = 120.0  # each clip has a seed of its own
LIGHT_SHARE = 0.1
THINGS = ("empty", "door_leaf", "curtain", "rolling_trolley", "rolling_trolley+mount_6m")
LIGHT = ("light_switch_empty", "sun_patch", "blank_floor", "glossy_floor")


def with_detector(name: str) -> Adjust:
    """The production stages with a detector of this name or model file."""

    def adjust(stages: Stages) -> Stages:
        return replace(stages, detector=make_detector(name), detector_name=name)

    return adjust


def rows_of(wanted: argparse.Namespace) -> Iterator[dict[str, object]]:
    """Figures of every scene and detector."""
    variants = {name: with_detector(name) for name in wanted.detectors}
    scenes = [(name, Tier.FAST) for name in THINGS] + [(name, Tier.FULL) for name in LIGHT]
    for name, tier in scenes:
        if wanted.scenes and name not in wanted.scenes:
            continue
        seconds = 60.0 * wanted.minutes * (LIGHT_SHARE if tier is Tier.FULL else 1.0)
        scenario = replace(find_scenario(name), traffic=())
        counted = dict.fromkeys(variants, (0, 0))
        clips = max(1, round(seconds / CLIP_S))
        for number in range(clips):
            case = Case(name, SEED + number, seconds / clips, tier, fps=wanted.fps)
            for variant, ran in run_side_by_side(scenario, case, variants).items():
                false, heads = counted[variant]
                false += sum(isinstance(event, Crossing) for event in ran.events)
                counted[variant] = (false, heads + ran.believed)
        for variant, (false, heads) in counted.items():
            yield {
                "scene": name,
                "tier": tier.value,
                "detector": variant,
                "minutes": round(seconds / 60.0, 2),
                "false": false,
                "false_per_hour": round(false * 3600.0 / seconds, 2),
                "false_heads_per_frame": round(heads / (seconds * wanted.fps), 4),
            }


def main() -> None:
    """Print a table, or JSON lines."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=10.0, help="of each scene of things")
    parser.add_argument("--fps", type=float, default=5.0)
    parser.add_argument("--detectors", nargs="+", default=["learned", "classical"])
    parser.add_argument("--scenes", nargs="*", default=[], choices=(*THINGS, *LIGHT))
    parser.add_argument("--json", action="store_true", help="JSON lines instead of a table")
    wanted = parser.parse_args()
    cv2.setNumThreads(1)
    if not wanted.json:
        print("| scene | tier | detector | minutes | false crossings | false heads per frame |")
        print("|---|---|---|---|---|---|")
    for row in rows_of(wanted):
        if wanted.json:
            print(json.dumps(row), flush=True)
            continue
        cells = ("scene", "tier", "detector", "minutes", "false", "false_heads_per_frame")
        print("| " + " | ".join(str(row[cell]) for cell in cells) + " |", flush=True)


if __name__ == "__main__":
    main()
