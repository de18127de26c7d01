"""Visits to a zone and people who belong together, over clips of rendered scenes; tuning seeds.

    scripts/bench visits [SCENARIO ...] [--clips N] [--first-seed N] [--detector NAME] [--json]

A minute a clip, modelled depth, the whole pipeline. The figures that are reported, on other seeds,
are those of `lintel evaluate --suite SCENARIO ... --form fast`.
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_name] = "1"

import cv2  # noqa: E402 - thread limits come before numpy loads
import numpy as np  # noqa: E402

from lintel.evaluate.belonging import PairScore  # noqa: E402
from lintel.pipeline.detectors import DEFAULT_DETECTOR  # noqa: E402
from lintel.sim.scenario import TUNING_SEEDS  # noqa: E402
from lintel.suite.cases import Case, Tier  # noqa: E402
from lintel.suite.runner import run_case  # noqa: E402

SCENARIOS = ("zone_dwell", "family", "children", "couples")
FIRST_SEED, SECONDS = 1_500_000, 60.0


@dataclass(slots=True)
class Told:
    """Sums over the clips of one scenario."""

    crossings: int = 0
    missed: int = 0
    false: int = 0
    visits: int = 0
    split_or_merged: int = 0
    visits_missed: int = 0
    visits_false: int = 0
    dwell_error_s: list[float] = field(default_factory=list)
    pairs: PairScore = field(default_factory=PairScore)

    def add(self, case: Case) -> None:
        """Play one clip."""
        score = run_case(case).score
        self.crossings += score.crossings.truth
        self.missed += score.crossings.truth - score.crossings.matched
        self.false += score.crossings.false
        if score.visits is not None:
            visits = score.visits
            self.visits += visits.truth
            self.split_or_merged += visits.split + visits.merged
            self.visits_missed += visits.missed
            self.visits_false += visits.false
            self.dwell_error_s.extend(visits.dwell_errors_s)
        self.pairs += score.groups or PairScore()

    def figures(self) -> dict[str, float | int | None]:
        """Counts, and the errors of dwell in the median and at 95 %."""
        errors = np.abs(self.dwell_error_s)
        pairs = asdict(self.pairs)
        return {name: v for name, v in asdict(self).items() if isinstance(v, int)} | {
            "dwell_error_median_s": round(float(np.median(errors)), 3) if len(errors) else None,
            "dwell_error_p95_s": round(float(np.quantile(errors, 0.95)), 3)
            if len(errors)
            else None,
            "pairs_true": pairs["true"],
            "pairs_told": pairs["said"],
            "pairs_right": pairs["hits"],
            "pairs_f1": round(self.pairs.f1, 4) if self.pairs.true else None,
        }


def play(scenario: str, seeds: Iterable[int], detector: str) -> Told:
    """All clips of one scenario."""
    told = Told()
    for seed in seeds:
        told.add(Case(scenario, seed, SECONDS, Tier.FAST, detector=detector))
    return told


def main() -> None:
    """Print one line of figures per scenario."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("scenarios", nargs="*", default=SCENARIOS, metavar="SCENARIO")
    parser.add_argument("--clips", type=int, default=4)
    parser.add_argument("--first-seed", type=int, default=FIRST_SEED)
    parser.add_argument("--detector", default=DEFAULT_DETECTOR)
    parser.add_argument("--json", action="store_true", help="one object keyed by scenario")
    wanted = parser.parse_args()
    seeds = range(wanted.first_seed, wanted.first_seed + wanted.clips)
    if not {seeds[0], seeds[-1]} <= set(TUNING_SEEDS):
        parser.error(f"this bench is for tuning, with seeds in {TUNING_SEEDS}")
    cv2.setNumThreads(1)
    figures = {}
    for scenario in wanted.scenarios:
        figures[scenario] = play(scenario, seeds, wanted.detector).figures()
        if not wanted.json:
            print(scenario, figures[scenario], flush=True)
    if wanted.json:
        print(json.dumps(figures))


if __name__ == "__main__":
    main()
