"""What the user of the depth room may choose. Metres, pixels, shares of one."""

from __future__ import annotations

from dataclasses import dataclass

from lintel.errors import ContractError

TALLEST_PERSON_M = 2.05
Z_MIN_DEFAULT_M = 0.45
Z_MIN_SMALLEST_M = 0.3


def z_min_for_mount(height_m: float) -> float:
    """Depth of the nearest surface worth matching, metres, for a camera ``height_m`` up.

    The head of a person of 2.05 m below the camera. A larger z_min needs fewer disparities
    and so less time.
    """
    return max(Z_MIN_SMALLEST_M, height_m - TALLEST_PERSON_M)


@dataclass(frozen=True, slots=True, kw_only=True)
class DepthSettings:
    """How depth is measured.

    Attributes:
        z_min_m: depth of the nearest surface that is searched for; see ``z_min_for_mount``.
        matching_scale: 0.5 matches images of half the size, refines the disparity on the whole
            ones, and gives depth maps of half the size; 1.0 does everything at full size.
        refine_iterations: Gauss-Newton steps against pixel locking; 0 leaves it.
        uniqueness_percent: by how much the best match must beat the second best.
        confidence_min: depth of less confidence becomes NaN.
        both_ways: match right to left as well and keep what agrees; costs a second matching.
    """

    z_min_m: float = Z_MIN_DEFAULT_M
    matching_scale: float = 0.5
    refine_iterations: int = 3
    uniqueness_percent: int = 10
    confidence_min: float = 0.1
    both_ways: bool = False

    @classmethod
    def careful(cls, *, z_min_m: float = Z_MIN_DEFAULT_M) -> DepthSettings:
        """The most accurate settings: full size, both ways; six to ten times the time."""
        return cls(z_min_m=z_min_m, matching_scale=1.0, uniqueness_percent=5, both_ways=True)

    def __post_init__(self) -> None:
        if not self.z_min_m > 0:
            raise ContractError(f"z_min_m: expected a positive depth, got {self.z_min_m}")
        if self.matching_scale not in (0.5, 1.0):
            raise ContractError(f"matching_scale: expected 0.5 or 1.0, got {self.matching_scale}")
        if not 0 <= self.refine_iterations <= 50:
            raise ContractError(f"refine_iterations: expected 0..50, got {self.refine_iterations}")
        if not 0 <= self.uniqueness_percent < 100:
            raise ContractError(
                f"uniqueness_percent: expected 0..99, got {self.uniqueness_percent}"
            )
        if not 0 <= self.confidence_min < 1:
            raise ContractError(f"confidence_min: expected 0..1, got {self.confidence_min}")
