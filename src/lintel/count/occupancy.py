"""Occupancy of a room from the lines around it: with drift, confidence, and no silent repair.

Entries less exits drift: every line errs now and then, and errors add up. Here the drift is
estimated and shown. With n crossings since the room was last known to be empty,

    people  = entries - exits - drift * n          drift: learned, people per crossing
    sigma^2 = n * error^2 + (n * drift_sigma)^2    error: of one crossing

Whenever the room is known to be empty (at night, by schedule or by hand) the remaining count is
the day's drift; it is learned, and the correction is told as an event of its own.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace

from lintel.errors import ContractError
from lintel.records import Crossing, Direction

WIDTH = 1.96  # of a two-sided 95 % interval of a normal distribution


@dataclass(frozen=True, slots=True)
class OccupancySettings:
    """How errors are believed to behave.

    Attributes:
        crossing_error: standard error of one crossing, people; sqrt of the share that is
            missed or counted twice (0.2 % gives 0.045).
        drift_sigma: belief about the drift before anything was learned, people per crossing.
        learn_after: days with fewer crossings teach nothing.
    """

    crossing_error: float = 0.07
    drift_sigma: float = 0.003
    learn_after: int = 50

    def __post_init__(self) -> None:
        if not (self.crossing_error > 0.0 and self.drift_sigma > 0.0 and self.learn_after >= 1):
            raise ContractError(f"OccupancySettings: all values must be positive, got {self}")


@dataclass(frozen=True, slots=True)
class OccupancyState:
    """All that must survive a restart."""

    entries: int = 0
    exits: int = 0
    lifted: float = 0.0  # people added because the count went below zero
    drift: float = 0.0  # people per crossing
    drift_sigma: float | None = None  # None: nothing learned yet
    days_learned: int = 0

    def to_text(self) -> str:
        """One line of JSON, for whoever keeps it."""
        return json.dumps(asdict(self))

    @classmethod
    def from_text(cls, text: str) -> OccupancyState:
        """What ``to_text`` wrote.

        Raises:
            ContractError: it did not write this.
        """
        try:
            content = json.loads(text)
            sigma = content["drift_sigma"]
            return cls(
                entries=int(content["entries"]),
                exits=int(content["exits"]),
                lifted=float(content["lifted"]),
                drift=float(content["drift"]),
                drift_sigma=None if sigma is None else float(sigma),
                days_learned=int(content["days_learned"]),
            )
        except (ValueError, KeyError, TypeError) as error:
            raise ContractError(f"no kept state of an occupancy meter: {text[:80]!r}") from error


@dataclass(frozen=True, slots=True)
class OccupancyEstimate:
    """People in the room, with a 95 % interval; never negative.

    ``counted`` is entries less exits as the lines gave them, which may be negative.
    """

    people: float
    lower: float
    upper: float
    counted: int
    drift_per_crossing: float


@dataclass(frozen=True, slots=True)
class OccupancyCorrection:
    """The occupancy was changed by something else than a crossing. Never silent."""

    t_ns: int
    before: float
    after: float
    reason: str


class OccupancyMeter:
    """Follows one room. ``sides`` says which direction of which line leads into it.

    State is a few numbers (``state``); give them to a new meter after a restart.
    """

    def __init__(
        self,
        sides: Mapping[str, Direction],
        *,
        settings: OccupancySettings | None = None,
        state: OccupancyState | None = None,
    ) -> None:
        if not sides:
            raise ContractError("OccupancyMeter: at least one line must lead into the room")
        self._sides = dict(sides)
        self._settings = settings or OccupancySettings()
        self._state = state or OccupancyState()

    def reset(self) -> None:
        """Forget everything, what was learned too."""
        self._state = OccupancyState()

    @property
    def state(self) -> OccupancyState:
        """What to keep over a restart."""
        return self._state

    def step(self, crossings: Iterable[Crossing]) -> tuple[OccupancyCorrection, ...]:
        """Take in crossings; tells when more people left than were believed to be there."""
        told = []
        for crossing in crossings:
            inward = self._sides.get(crossing.line)
            if inward is None:
                continue
            entered = crossing.direction is inward
            self._state = replace(
                self._state,
                entries=self._state.entries + entered,
                exits=self._state.exits + (not entered),
            )
            if (raw := self._raw()) < 0.0:
                self._state = replace(self._state, lifted=self._state.lifted - raw)
                told.append(
                    OccupancyCorrection(
                        crossing.t_ns, raw, 0.0, "more people left than were believed inside"
                    )
                )
        return tuple(told)

    def estimate(self) -> OccupancyEstimate:
        """People now, with a 95 % interval."""
        state, people = self._state, max(self._raw(), 0.0)
        half = WIDTH * self._sigma()
        counted = state.entries - state.exits
        return OccupancyEstimate(
            people, max(people - half, 0.0), people + half, counted, state.drift
        )

    def known_empty(self, *, t_ns: int) -> OccupancyCorrection:
        """The room is empty now: learn the drift from what remains, and start at zero."""
        before = max(self._raw(), 0.0)
        learned = self._learn()
        remained = self._state.entries - self._state.exits
        crossings = self._state.entries + self._state.exits
        self._state = replace(learned, entries=0, exits=0, lifted=0.0)
        reason = f"known to be empty, {remained:+d} remained of {crossings} crossings"
        return OccupancyCorrection(t_ns, before, 0.0, reason)

    def _raw(self) -> float:
        state = self._state
        crossings = state.entries + state.exits
        return state.entries - state.exits - state.drift * crossings + state.lifted

    def _sigma(self) -> float:
        """Standard error of the count, people."""
        crossings = self._state.entries + self._state.exits
        sigma = self._prior_sigma()
        return math.hypot(math.sqrt(crossings) * self._settings.crossing_error, crossings * sigma)

    def _prior_sigma(self) -> float:
        learned = self._state.drift_sigma
        return self._settings.drift_sigma if learned is None else learned

    def _learn(self) -> OccupancyState:
        """Weigh today's drift against what was known, as a Kalman filter of one number.

        The drift itself may wander: a hundredth of the first belief's variance per day.
        """
        state = self._state
        crossings = state.entries + state.exits
        if crossings < self._settings.learn_after:
            return state
        seen = (state.entries - state.exits) / crossings
        seen_var = self._settings.crossing_error**2 / crossings
        known_var = self._prior_sigma() ** 2 + 0.01 * self._settings.drift_sigma**2
        gain = known_var / (known_var + seen_var)
        return replace(
            state,
            drift=state.drift + gain * (seen - state.drift),
            drift_sigma=math.sqrt((1.0 - gain) * known_var),
            days_learned=state.days_learned + 1,
        )
