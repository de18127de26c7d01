"""People made of ellipsoids on smooth paths, and things that roll: exact positions at any time."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from scipy.interpolate import PchipInterpolator

from lintel.capture.analytic.shapes import Solid, Surface
from lintel.geometry import Floats
from lintel.truth import TruePerson

_BOB_M = 0.012  # the head rises and sinks this much with each step
_STEP_HZ = 1.8
_HEADING_SPAN_S = 0.1


class Path:
    """A place on the floor at each time: a smooth curve through timed points, without overshoot.

    Args:
        times_s: (K,) increasing, K >= 2.
        points_m: (K, 2).
    """

    def __init__(self, times_s: Floats, points_m: Floats) -> None:
        self.start_s = float(times_s[0])
        self.end_s = float(times_s[-1])
        self._curve = PchipInterpolator(times_s, points_m, axis=0)

    @classmethod
    def at_speed(cls, points_m: Floats, *, start_s: float, speed_mps: float) -> Path:
        """Walk from point to point at a steady mean speed."""
        legs = np.linalg.norm(np.diff(points_m, axis=0), axis=1)
        return cls(start_s + np.concatenate([[0.0], np.cumsum(legs)]) / speed_mps, points_m)

    def at(self, t_s: Floats) -> Floats:
        """Position (N, 2) at times (N,); before the start and after the end it stands still."""
        return np.asarray(self._curve(np.clip(t_s, self.start_s, self.end_s)))

    def heading_rad(self, t_s: float) -> float:
        """Direction of motion; 0 = along +x."""
        middle = np.clip(t_s, self.start_s + _HEADING_SPAN_S, self.end_s - _HEADING_SPAN_S)
        ends = self.at(np.array([middle - _HEADING_SPAN_S, middle + _HEADING_SPAN_S]))
        step = ends[1] - ends[0]
        return float(np.arctan2(step[1], step[0]))


@dataclass(frozen=True, eq=False)
class Walker:
    """A person on a path, there from the path's start to its end."""

    person: TruePerson
    path: Path
    hair: Surface
    clothes: Surface
    phase: float = field(default=0.0)  # of the step, cycles

    def present(self, t_s: float) -> bool:
        """Whether the person is in the scene at all."""
        return self.path.start_s <= t_s <= self.path.end_s

    def head_top_m(self, t_s: Floats) -> Floats:
        """Top of the head (N, 3) at times (N,), floor frame."""
        bob = _BOB_M * np.sin(2 * np.pi * (_STEP_HZ * t_s + self.phase))
        return np.column_stack([self.path.at(t_s), self.person.stature_m + bob])

    def solids(self, t_s: float) -> tuple[Solid, ...]:
        """Head, shoulders, torso and legs at a time."""
        x, y, top = self.head_top_m(np.array([t_s]))[0]
        yaw = self.path.heading_rad(t_s)
        rise = top - self.person.stature_m
        return tuple(
            Solid("ellipsoid", (x, y, z + rise), half, surface, yaw)
            for z, half, surface in self._build
        )

    @cached_property
    def _build(self) -> tuple[tuple[float, tuple[float, float, float], Surface], ...]:
        """Height of the centre, semi-axes (ahead, aside, up) and surface of each part.

        Proportions of an adult from common anthropometric tables; a child's head is larger in
        proportion, which the constant term of its half height says.
        """
        h = self.person.stature_m
        head = 0.075 + 0.0235 * h
        return (
            (h - head, (0.85 * head, 0.68 * head, head), self.hair),
            (0.785 * h, (0.070 * h, 0.130 * h, 0.060 * h), self.clothes),
            (0.620 * h, (0.070 * h, 0.100 * h, 0.200 * h), self.clothes),
            (0.260 * h, (0.070 * h, 0.085 * h, 0.260 * h), self.clothes),
        )


@dataclass(frozen=True, slots=True, eq=False)
class Mover:
    """Something that rolls along a path and is no person; parts lie relative to the path."""

    path: Path
    parts: tuple[Solid, ...]

    def present(self, t_s: float) -> bool:
        """Whether it is in the scene at all."""
        return self.path.start_s <= t_s <= self.path.end_s

    def solids(self, t_s: float) -> tuple[Solid, ...]:
        """The parts at a time, turned into the direction of motion."""
        x, y = self.path.at(np.array([t_s]))[0]
        yaw = self.path.heading_rad(t_s)
        cos, sin = np.cos(yaw), np.sin(yaw)
        return tuple(
            Solid(
                part.kind,
                (
                    float(x + cos * part.centre_m[0] - sin * part.centre_m[1]),
                    float(y + sin * part.centre_m[0] + cos * part.centre_m[1]),
                    part.centre_m[2],
                ),
                part.half_m,
                part.surface,
                part.yaw_rad + yaw,
            )
            for part in self.parts
        )
