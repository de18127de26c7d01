"""What the suite runs: scenarios, seeds reserved for reporting, lengths, tiers.

Seeds from 2,000,000 are never trained or tuned on. Reports begin at 2,100,000: what lies below is
the default of `lintel simulate` and was looked at while building.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from lintel.pipeline.detectors import DEFAULT_DETECTOR

FIRST_REPORTING_SEED = 2_100_000


class Tier(StrEnum):
    """Full: rendered images through the real matcher. Fast: exact depth, modelled errors."""

    FULL = "full"
    FAST = "fast"


@dataclass(frozen=True, slots=True)
class Case:
    """One clip of one scenario."""

    scenario: str
    seed: int
    seconds: float
    tier: Tier
    fps: float = 15.0
    detector: str = DEFAULT_DETECTOR  # a name, or the path of a model

    @property
    def name(self) -> str:
        """Scenario, tier and seed in one word."""
        return f"{self.scenario}/{self.tier}/{self.seed}"


@dataclass(frozen=True, slots=True)
class Form:
    """A form of the suite: how many clips of which length per scenario and tier."""

    full_clips: int
    full_seconds: float
    fast_clips: int
    fast_seconds: float


SHORT = Form(full_clips=0, full_seconds=0.0, fast_clips=1, fast_seconds=20.0)
FAST = Form(full_clips=0, full_seconds=0.0, fast_clips=10, fast_seconds=60.0)
LONG = Form(full_clips=3, full_seconds=40.0, fast_clips=10, fast_seconds=60.0)


def cases_of(
    form: Form, scenarios: Iterable[str], *, detector: str = DEFAULT_DETECTOR
) -> tuple[Case, ...]:
    """All clips of a form, scenario by scenario, every clip with a seed of its own."""
    cases: list[Case] = []
    for scenario in scenarios:
        full = [(Tier.FULL, form.full_seconds)] * form.full_clips
        fast = [(Tier.FAST, form.fast_seconds)] * form.fast_clips
        cases += [
            Case(scenario, FIRST_REPORTING_SEED + number, seconds, tier, detector=detector)
            for number, (tier, seconds) in enumerate(full + fast)
        ]
    return tuple(cases)
