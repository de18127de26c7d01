"""Choose one group setting for all labelled trajectory sets, and say how honest the choice is.

    python bench/tune_groups.py DIR DIR DIR

Every DIR holds obsmat.txt and groups.txt. For each set the setting that is best on the others is
scored on it (leave one out); last, the setting that is best on all, and the present default.
Evidence is gathered once for each set; what is together, and which groups that makes, the rules of
production decide each time. The default is scored by the production GroupFinder as a check.
"""

from __future__ import annotations

import argparse
import itertools
from pathlib import Path

import numpy as np

from lintel.cli.evaluate_groups import score_labelled
from lintel.count.grouping import GroupSettings, are_together, groups_of
from lintel.count.pair_evidence import Pair, PairEvidence
from lintel.evaluate.groups import LabelledTrajectories, read_labelled, score_groups

DISTANCE_M = (1.6, 1.8, 2.0, 2.2)
NEAR_M = (0.0, 0.3, 0.35, 0.4, 0.6)
EVIDENCE_PATH_M = (3.0, 5.0, 6.0, 8.0)
RELATIVE_SPEED_MPS = (0.24, 0.28, 0.34)


def candidates() -> list[GroupSettings]:
    """Every combination of the values above."""
    grid = itertools.product(DISTANCE_M, NEAR_M, EVIDENCE_PATH_M, RELATIVE_SPEED_MPS)
    return [
        GroupSettings(
            distance_m=distance_m,
            near_m=near_m,
            evidence_path_m=path_m,
            relative_speed_mps=relative_mps,
        )
        for distance_m, near_m, path_m, relative_mps in grid
    ]


def words(settings: GroupSettings) -> str:
    """The tuned settings on one line."""
    return (
        f"distance {settings.distance_m} m, near {settings.near_m} m, "
        f"evidence path {settings.evidence_path_m} m, "
        f"relative speed {settings.relative_speed_mps} m/s"
    )


class Seen:
    """One labelled set with the final evidence about every pair in it."""

    def __init__(self, labelled: LabelledTrajectories) -> None:
        self.labelled = labelled
        evidence = PairEvidence(entry_gap_s=GroupSettings().entry_gap_s)
        self.people: set[int] = set()
        self.pairs: list[Pair] = []
        for step in labelled.steps:
            ids = step.id.tolist()
            self.people |= set(ids)
            evidence.advance(ids, step.xyz_m[:, :2], step.velocity_mps, t_ns=step.t_ns)
            for gone in step.ended.tolist():
                self.pairs += evidence.leave(gone) or ()

    def f1(self, settings: GroupSettings) -> float:
        """Pairwise F1 of the groups that these settings make."""
        linked = [pair for pair in self.pairs if are_together(pair, settings)]
        links = [(pair.distance_m, *pair.ids) for pair in linked]
        groups = groups_of(self.people, links, max_size=settings.max_size)
        people = self.labelled.people
        return score_groups(groups, self.labelled.groups, people=people).pairwise_f1


def main() -> None:
    """Print the leave-one-out scores and the choice."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path)
    sets = [read_labelled(folder) for folder in parser.parse_args().folders]
    grid = candidates()
    f1 = np.array([[seen.f1(settings) for settings in grid] for seen in map(Seen, sets)])
    for k, one in enumerate(sets):
        if len(sets) > 1:
            best = int(np.argmax(np.delete(f1, k, axis=0).mean(axis=0)))
            print(f"{one.name}: left out, F1 {f1[k, best]:.3f} with {words(grid[best])}")
    best = int(np.argmax(f1.mean(axis=0)))
    for title, settings in (("best on all", grid[best]), ("default", GroupSettings())):
        print(f"{title}: {words(settings)}")
        for one in sets:
            print(f"  {one.name}: {score_labelled(one, settings=settings)}")


if __name__ == "__main__":
    main()
