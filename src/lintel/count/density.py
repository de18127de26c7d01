"""How crowded a floor is: level of service by floor area per person.

Limits: J. J. Fruin, Pedestrian Planning and Design (1971), tables for walkways and for queuing
areas, converted from square feet per person.
"""

from __future__ import annotations

from enum import StrEnum

from lintel.config import Use

# Least area per person, m2, of levels A to E; below the last it is F.
LEAST_AREA_M2: dict[Use, tuple[float, ...]] = {
    "walkway": (3.25, 2.32, 1.39, 0.93, 0.46),
    "queue": (1.21, 0.93, 0.65, 0.28, 0.19),
}


class ServiceLevel(StrEnum):
    """A: free. F: standstill on a walkway, bodies in touch in a queue."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"
    E = "E"
    F = "F"


def service_level(density_per_m2: float, use: Use = "walkway") -> ServiceLevel:
    """Fruin's level of service at a density in people per square metre."""
    levels = list(ServiceLevel)
    for level, least_m2 in zip(levels, LEAST_AREA_M2[use], strict=False):
        if density_per_m2 * least_m2 <= 1.0:
            return level
    return levels[-1]
