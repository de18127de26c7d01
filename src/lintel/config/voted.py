"""Words for the scores that were voted over a track: child, adult or uncertain; staff or not."""

from __future__ import annotations

from enum import StrEnum

CHILD_ABOVE, ADULT_BELOW = 0.8, 0.2
STAFF_ABOVE = 0.5


class Age(StrEnum):
    """What is said about somebody's age."""

    CHILD = "child"
    ADULT = "adult"
    UNCERTAIN = "uncertain"


def age_of(score: float) -> Age:
    """The word for a voted child score 0..1; NaN (not measured) is uncertain."""
    if score >= CHILD_ABOVE:
        return Age.CHILD
    if score <= ADULT_BELOW:
        return Age.ADULT
    return Age.UNCERTAIN


def staff_of(score: float) -> bool | None:
    """Whether a voted staff score 0..1 says staff; None where it was not measured (NaN)."""
    return score > STAFF_ABOVE if score == score else None  # noqa: PLR0124 - NaN


def confidence_of(score: float) -> float:
    """How sure a voted score is: 0 = it could be either, 1 = every look said the same."""
    return abs(2.0 * score - 1.0) if score == score else 0.0  # noqa: PLR0124 - NaN
