"""How often child, adult and staff are told rightly, per crossing; tuning seeds, rendered people.

    scripts/bench attributes [--clips 2] [--seconds 40] [--height 3] [--staff-seconds 20] [--json]

Child and adult through the fast tier, by stature; staff through rendered images in colour, by the
signal vest. A score of 0.8 and more is a child, 0.2 and less an adult, between is undecided; 0.5
and more is staff. Crossings are matched to the truth as everywhere: same line, same direction,
within a second.
"""

from __future__ import annotations

import argparse
import json
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_name] = "1"

import cv2  # noqa: E402 - thread limits come before numpy loads
import numpy as np  # noqa: E402

from lintel.clock import NS_PER_S  # noqa: E402
from lintel.pipeline.detectors import LEARNED  # noqa: E402
from lintel.records import Crossing  # noqa: E402
from lintel.sim.catalogue import find_scenario  # noqa: E402
from lintel.sim.scenario import TUNING_SEEDS, Scenario  # noqa: E402
from lintel.sim.shot import Shot  # noqa: E402
from lintel.sim.world import World  # noqa: E402
from lintel.suite.cases import Case, Tier  # noqa: E402
from lintel.suite.side_by_side import run_side_by_side  # noqa: E402
from lintel.truth import TruePerson  # noqa: E402

SEED = TUNING_SEEDS.start + 98_000
STATURES = ("children", "school_class", "family", "single_walkers")
WITHIN_S = 1.0
CHILD, ADULT, STAFF = 0.8, 0.2, 0.5


def told_of(scenario: Scenario, case: Case) -> Iterator[tuple[TruePerson, Crossing]]:
    """Who crossed, and the crossing that was counted for them."""
    shot = Shot(seconds=case.seconds, fps=case.fps, seed=case.seed, threads=1)
    truth = World(scenario, shot).truth()
    people = {person.id: person for person in truth.people}
    ran = run_side_by_side(scenario, case, {LEARNED: lambda stages: stages})[LEARNED]
    free = [event for event in ran.events if isinstance(event, Crossing)]
    for crossing in sorted(truth.crossings, key=lambda one: one.t_s):
        near = [
            event
            for event in free
            if (event.line, event.direction) == (crossing.line, crossing.direction)
            and abs(event.t_ns / NS_PER_S - crossing.t_s) <= WITHIN_S
        ]
        if near:
            best = min(near, key=lambda event: abs(event.t_ns / NS_PER_S - crossing.t_s))
            free.remove(best)
            yield people[crossing.person], best


def child_row(name: str, wanted: argparse.Namespace) -> dict[str, object]:
    """Child and adult of one scenario."""
    scenario = find_scenario(name)
    scenario = replace(scenario, mount=replace(scenario.mount, height_m=wanted.height))
    seen: Counter[str] = Counter()
    for number in range(wanted.clips):
        case = Case(name, SEED + number, wanted.seconds, Tier.FAST, detector=LEARNED)
        for person, event in told_of(scenario, case):
            seen["crossings"] += 1
            if ADULT < event.child < CHILD or np.isnan(event.child):
                seen["undecided"] += 1
            else:
                seen["wrong"] += (event.child >= CHILD) != person.child
            seen["children"] += person.child
    decided = seen["crossings"] - seen["undecided"]
    return {
        "scene": name,
        "height_m": wanted.height,
        "crossings": seen["crossings"],
        "children": seen["children"],
        "undecided": seen["undecided"],
        "wrong": seen["wrong"],
        "error": round(seen["wrong"] / decided, 4) if decided else None,
    }


def staff_row(wanted: argparse.Namespace) -> dict[str, object]:
    """Staff by the signal vest, in colour."""
    seen: Counter[str] = Counter()
    for number in range(wanted.clips):
        case = Case("staff", SEED + number, wanted.staff_seconds, Tier.FULL, 6.0, LEARNED)
        for person, event in told_of(find_scenario("staff"), case):
            called = event.staff >= STAFF
            seen["staff"] += person.staff
            seen["recognised"] += person.staff and called
            seen["others"] += not person.staff
            seen["mistaken"] += called and not person.staff
    return {"scene": "staff", **{k: seen[k] for k in ("staff", "recognised", "others", "mistaken")}}


def main() -> None:
    """Print one row per scene."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--clips", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=40.0, help="of each clip of statures")
    parser.add_argument("--staff-seconds", type=float, default=20.0, help="of each clip of staff")
    parser.add_argument("--height", type=float, default=3.0, help="of the camera, metres")
    parser.add_argument("--json", action="store_true", help="JSON lines")
    wanted = parser.parse_args()
    cv2.setNumThreads(1)
    for row in (*(child_row(name, wanted) for name in STATURES), staff_row(wanted)):
        plain = "  ".join(f"{key} {value}" for key, value in row.items())
        print(json.dumps(row) if wanted.json else plain, flush=True)


if __name__ == "__main__":
    main()
