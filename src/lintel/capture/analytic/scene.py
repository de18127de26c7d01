"""A scene as data: what stands, what rolls, who walks, and where is counted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from lintel.capture.analytic.people import Mover, Path, Walker
from lintel.capture.analytic.shapes import Solid, Surface
from lintel.config.sitefile import LineSection, ZoneSection
from lintel.geometry import Floats
from lintel.truth import TruePerson

FLOOR = Surface(118.0, 30.0)


@dataclass(frozen=True, slots=True)
class Cast:
    """Who walks and what rolls in a stretch of a scene."""

    walkers: tuple[Walker, ...] = ()
    movers: tuple[Mover, ...] = ()


@dataclass(frozen=True, slots=True)
class SceneSpec:
    """A named scene; ``act`` says who walks in one cycle of ``cycle_s`` seconds from 0.

    A longer scene repeats the cycle with other people.
    """

    name: str
    summary: str
    cycle_s: float
    line: LineSection
    act: Callable[[Casting], None]
    standing: tuple[Solid, ...] = ()
    floor: Surface = FLOOR
    zones: tuple[ZoneSection, ...] = ()
    strata: tuple[str, ...] = ()

    def cast(self, *, seed: int, seconds: float) -> Cast:
        """Everybody who appears in the first ``seconds``."""
        casting = Casting(np.random.default_rng([seed, 1]))
        for cycle in range(max(1, int(np.ceil(seconds / self.cycle_s)))):
            casting.origin_s = cycle * self.cycle_s
            self.act(casting)
        walkers = tuple(w for w in casting.walkers if w.path.start_s < seconds)
        return Cast(walkers, tuple(casting.movers))


@dataclass
class Casting:
    """Builds the cast of a scene from a seeded generator, cycle by cycle."""

    rng: np.random.Generator
    origin_s: float = 0.0
    walkers: list[Walker] = field(default_factory=list)
    movers: list[Mover] = field(default_factory=list)

    def around(self, value: float, spread: float) -> float:
        """A number within ``spread`` of ``value``."""
        return float(self.rng.uniform(value - spread, value + spread))

    def walk(
        self,
        points_m: Sequence[tuple[float, float]],
        *,
        at_s: float,
        speed_mps: float = 1.25,
        child: bool = False,
        group: int | None = None,
    ) -> None:
        """Add a person of random stature and clothes who walks from point to point."""
        number = len(self.walkers)
        person = TruePerson(
            id=number,
            stature_m=round(self._stature(child=child), 3),
            child=child,
            group=None if group is None else 100 * round(self.origin_s) + group,
        )
        hair, clothes = self.rng.uniform(45, 120), self.rng.uniform(70, 190)
        offset, phase = int(self.rng.integers(1, 1000)), float(self.rng.uniform())
        self.walkers.append(
            Walker(
                person=person,
                path=Path.at_speed(
                    np.array(points_m), start_s=self.origin_s + at_s, speed_mps=speed_mps
                ),
                hair=Surface(float(hair), 18.0, offset),
                clothes=Surface(float(clothes), 26.0, offset + 411),
                phase=phase,
            )
        )

    def roll(
        self,
        points_m: Sequence[tuple[float, float]],
        *,
        at_s: float,
        speed_mps: float,
        parts: tuple[Solid, ...],
    ) -> None:
        """Add something that rolls from point to point and then stands still."""
        points: Floats = np.array(points_m)
        path = Path.at_speed(points, start_s=self.origin_s + at_s, speed_mps=speed_mps)
        self.movers.append(Mover(path, parts))

    def _stature(self, *, child: bool) -> float:
        return self.around(1.15, 0.12) if child else self.around(1.71, 0.14)
