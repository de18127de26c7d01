"""Child, adult or uncertain: the word for a score that was voted over a track."""

from __future__ import annotations

from enum import StrEnum

CHILD_ABOVE, ADULT_BELOW = 0.8, 0.2


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


def confidence_of(score: float) -> float:
    """How sure a voted score is: 0 = it could be either, 1 = every look said the same."""
    return abs(2.0 * score - 1.0) if score == score else 0.0  # noqa: PLR0124 - NaN
