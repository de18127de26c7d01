"""How often child, adult and staff are told rightly, per crossing; tuning seeds, rendered people.

    scripts/bench attributes [--clips 2] [--seconds 40] [--height 3] [--staff-seconds 20] [--json]

Child and adult through the fast tier, by stature; staff through rendered images in colour, by the
signal vest. Words and their measures are those of `lintel evaluate`: see docs/accuracy.md.
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

from lintel.evaluate.attributes import AttributeScore  # noqa: E402
from lintel.pipeline.detectors import LEARNED  # noqa: E402
from lintel.sim.catalogue import find_scenario  # noqa: E402
from lintel.sim.scenario import TUNING_SEEDS, Scenario  # noqa: E402
from lintel.suite.cases import Case, Tier  # noqa: E402
from lintel.suite.runner import run_scenario  # noqa: E402

SEED = TUNING_SEEDS.start + 98_000
STATURES = ("children", "school_class", "family", "single_walkers")


def scored(scenario: Scenario, cases: Iterator[Case]) -> AttributeScore:
    """All clips of a scenario together."""
    found = (run_scenario(scenario, case).score.attributes for case in cases)
    return sum((score for score in found if score is not None), start=AttributeScore())


def child_row(name: str, wanted: argparse.Namespace) -> dict[str, object]:
    """Child and adult of one scenario."""
    scenario = find_scenario(name)
    scenario = replace(scenario, mount=replace(scenario.mount, height_m=wanted.height))
    cases = (
        Case(name, SEED + number, wanted.seconds, Tier.FAST, wanted.fps, LEARNED)
        for number in range(wanted.clips)
    )
    score = scored(scenario, cases)
    return {
        "scene": name,
        "height_m": wanted.height,
        "crossings": score.crossings,
        "children": score.children,
        "undecided": score.undecided,
        "wrong": score.wrong,
        "error": round(score.age_error, 4),
    }


def staff_row(wanted: argparse.Namespace) -> dict[str, object]:
    """Staff by the signal vest, in colour."""
    cases = (
        Case("staff", SEED + number, wanted.staff_seconds, Tier.FULL, wanted.fps, LEARNED)
        for number in range(wanted.clips)
    )
    score = scored(find_scenario("staff"), cases)
    counts = ("staff", "recognised", "others", "mistaken")
    return {"scene": "staff", **{name: getattr(score, name) for name in counts}}


def main() -> None:
    """Print one row per scene."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--clips", type=int, default=2)
    parser.add_argument("--fps", type=float, default=7.5)
    parser.add_argument("--seconds", type=float, default=40.0, help="of each clip of statures")
    parser.add_argument("--staff-seconds", type=float, default=20.0, help="of each; 0: none")
    parser.add_argument("--height", type=float, default=3.0, help="of the camera, metres")
    parser.add_argument("--json", action="store_true", help="JSON lines")
    wanted = parser.parse_args()
    cv2.setNumThreads(1)

    def rows() -> Iterator[dict[str, object]]:
        yield from (child_row(name, wanted) for name in STATURES)
        if wanted.staff_seconds:
            yield staff_row(wanted)

    for row in rows():
        plain = "  ".join(f"{key} {value}" for key, value in row.items())
        print(json.dumps(row) if wanted.json else plain, flush=True)


if __name__ == "__main__":
    main()
