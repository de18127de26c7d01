"""Variants that share their frames score as each would alone."""

from __future__ import annotations

from dataclasses import replace

from lintel.detect.classical import ClassicalDetector, ClassicalSettings
from lintel.pipeline import Stages
from lintel.sim.catalogue import find_scenario
from lintel.suite.cases import Case, Tier
from lintel.suite.runner import run_case
from lintel.suite.side_by_side import run_side_by_side

CASE = Case("couples", 1_080_001, 8.0, Tier.FAST, fps=10.0, detector="classical")


def believing_nobody(stages: Stages) -> Stages:
    return replace(stages, detector=ClassicalDetector(ClassicalSettings(min_score=1.1)))


def test_each_variant_scores_as_it_would_alone() -> None:
    ran = run_side_by_side(
        find_scenario(CASE.scenario),
        CASE,
        {"blind": believing_nobody, "as it is": lambda stages: stages},
    )
    alone = run_case(CASE).score
    assert alone.crossings.truth > 0
    assert ran["as it is"].score.crossings == alone.crossings
    assert ran["blind"].score.crossings.missed == alone.crossings.truth
    assert (ran["as it is"].believed > 0, ran["blind"].believed) == (True, 0)
    assert len(ran["as it is"].events) == alone.crossings.truth - alone.crossings.missed
