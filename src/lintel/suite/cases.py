"""What the suite runs: scenarios, seeds reserved for reporting, lengths, tiers.

Seeds from 2,000,000 are never trained or tuned on. Reports begin at 2,100,000: what lies below is
the default of `lintel simulate` and was looked at while building. The form for changes has seeds
of its own, below, because whoever works against its stored score tunes on it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from lintel.errors import ScenarioError
from lintel.pipeline.detectors import DEFAULT_DETECTOR

FIRST_REPORTING_SEED = 2_100_000
FIRST_CHANGE_SEED = 1_900_000
# The tables in docs/figures.md: both tiers and both detectors, seeds of their own.
FIRST_TABLE_SEED = 2_200_000
FIRST_LONG_SEED = 2_300_000  # the long form's own: nobody looked at them while building
# Full-tier clips have seeds below this many after the first, fast-tier clips from there on.
TIER_SEEDS = 10_000


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
class Plan:
    """How one tier is run: clips per scenario until there are enough true crossings.

    A scenario on which fewer people cross ends after ``most_clips``; one on which nobody crosses
    after ``quiet_clips``, if that is not 0.
    """

    seconds: float
    crossings: int = 0  # at least; 0: one clip
    most_clips: int = 1
    fps: float = 15.0
    quiet_clips: int = 0

    def __post_init__(self) -> None:
        if self.crossings < 0 or self.most_clips < 1 or self.seconds <= 0.0:
            raise ScenarioError(
                f"expected crossings from 0, clips from 1 and a length, got {self.crossings}, "
                f"{self.most_clips} and {self.seconds} s"
            )


@dataclass(frozen=True, slots=True)
class Form:
    """A form of the suite; a tier without a plan is left out."""

    full: Plan | None
    fast: Plan | None
    first_seed: int = FIRST_REPORTING_SEED
    scenarios: tuple[str, ...] = ()  # empty: all

    def aiming_at(self, *, full: int | None, fast: int | None) -> Form:
        """The form with other numbers of true crossings per stratum; 0 leaves a tier out."""
        return replace(
            self,
            full=_aimed(self.full or LONG.full, full, self.full),
            fast=_aimed(self.fast or LONG.fast, fast, self.fast),
        )


def _aimed(base: Plan | None, crossings: int | None, given: Plan | None) -> Plan | None:
    if crossings is None:
        return given
    if crossings == 0 or base is None:
        return None
    return replace(base, crossings=crossings, most_clips=max(2, -(-crossings // 3)))


SHORT = Form(full=None, fast=Plan(seconds=20.0))
FAST = Form(full=None, fast=Plan(seconds=60.0, crossings=10**6, most_clips=10))
# Twenty hours of one core. Half the frames of a sensor: that is harder, and twice as many people.
# Five scenarios have nobody in them; together they last an hour and more in each tier.
LONG = Form(
    full=Plan(seconds=40.0, crossings=100, most_clips=60, fps=7.5, quiet_clips=20),
    fast=Plan(seconds=60.0, crossings=1000, most_clips=400, fps=7.5, quiet_clips=16),
    first_seed=FIRST_LONG_SEED,
)
# An hour or two of one core: the tables in the docs, both tiers of every stratum.
TABLES = Form(
    full=Plan(seconds=16.0, fps=7.5),
    fast=Plan(seconds=20.0, fps=7.5),
    first_seed=FIRST_TABLE_SEED,
)
# A few minutes of one core: what a change is likely to break, each as short as it can be.
CHANGE = Form(
    full=None,
    fast=Plan(seconds=9.0, fps=10.0),
    first_seed=FIRST_CHANGE_SEED,
    scenarios=(
        "single_walkers",
        "couples",
        "tailgating",
        "opposite_shoulders",
        "dense_crowd",
        "children",
        "trolley",
        "runner",
        "mount_4m",
        "tilt_15",
        "rolling_trolley",
        "door_leaf",
    ),
)


@dataclass(frozen=True, slots=True)
class Stream:
    """The clips of one scenario and tier, one after the other until there are enough."""

    first: Case
    plan: Plan

    def case(self, number: int) -> Case:
        """Clip ``number`` from 0, with a seed of its own."""
        return replace(self.first, seed=self.first.seed + number)

    def enough(self, clips: int, crossings: int) -> bool:
        """Whether so many clips with so many true crossings are enough."""
        plan = self.plan
        quiet = 0 < plan.quiet_clips <= clips and crossings == 0
        return quiet or clips >= plan.most_clips or (clips > 0 and crossings >= plan.crossings)


def streams_of(
    form: Form, scenarios: Iterable[str], *, detector: str = DEFAULT_DETECTOR
) -> tuple[Stream, ...]:
    """What a form runs, scenario by scenario."""
    streams: list[Stream] = []
    for scenario in scenarios:
        for tier, plan in ((Tier.FULL, form.full), (Tier.FAST, form.fast)):
            if plan is not None:
                seed = form.first_seed + (TIER_SEEDS if tier is Tier.FAST else 0)
                case = Case(scenario, seed, plan.seconds, tier, plan.fps, detector)
                streams.append(Stream(case, plan))
    return tuple(streams)
