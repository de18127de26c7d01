"""The accuracy suite: every stratum rendered with reporting seeds, counted, scored, shown."""

from __future__ import annotations

from lintel.suite.cases import LONG, SHORT, Case, Tier, cases_of
from lintel.suite.runner import CaseResult, run_cases
from lintel.suite.scoring import KnownTruth, score_source

__all__ = [
    "LONG",
    "SHORT",
    "Case",
    "CaseResult",
    "KnownTruth",
    "Tier",
    "cases_of",
    "run_cases",
    "score_source",
]
