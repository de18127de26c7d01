"""What was said of those who crossed, child or adult and staff or not, against the truth."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields

from lintel.config.voted import Age, age_of, staff_of
from lintel.records import Crossing
from lintel.truth import TruePerson


@dataclass(frozen=True, slots=True)
class Said:
    """What a counted crossing says of whoever crossed."""

    age: Age
    staff: bool | None  # None: not measured

    @classmethod
    def of(cls, crossing: Crossing) -> Said:
        """The words for its voted scores."""
        return cls(age_of(crossing.child), staff_of(crossing.staff))


@dataclass(frozen=True, slots=True)
class AttributeScore:
    """Crossings that were matched, by what was said; counts, so that they add up.

    A child is who is smaller than the threshold of the site, barefoot: the attribute is stature and
    promises no more. Who is undecided is neither right nor wrong. Staff counts where colour was
    measured.
    """

    crossings: int = 0
    children: int = 0  # of them, truly
    undecided: int = 0
    wrong: int = 0  # a child called an adult, or an adult a child
    staff: int = 0  # crossings of staff where colour was measured
    recognised: int = 0
    others: int = 0  # crossings of others where colour was measured
    mistaken: int = 0  # of them for staff

    @property
    def age_error(self) -> float:
        """Wrong by decided; NaN where nothing was decided."""
        decided = self.crossings - self.undecided
        return self.wrong / decided if decided else float("nan")

    @property
    def staff_recall(self) -> float:
        """Recognised by staff; NaN without staff."""
        return self.recognised / self.staff if self.staff else float("nan")

    @property
    def false_staff(self) -> float:
        """Mistaken by others; NaN without others."""
        return self.mistaken / self.others if self.others else float("nan")

    def __add__(self, other: AttributeScore) -> AttributeScore:
        names = [one.name for one in fields(self)]
        return AttributeScore(*(getattr(self, name) + getattr(other, name) for name in names))


def score_attributes(
    pairs: Iterable[tuple[TruePerson, Said]], *, child_below_m: float
) -> AttributeScore:
    """Score what was said of people, each with the crossing that was counted for them."""
    return sum((_one(person, said, child_below_m) for person, said in pairs), AttributeScore())


def _one(person: TruePerson, said: Said, child_below_m: float) -> AttributeScore:
    child = person.stature_m < child_below_m
    undecided = said.age is Age.UNCERTAIN
    known = said.staff is not None
    return AttributeScore(
        crossings=1,
        children=int(child),
        undecided=int(undecided),
        wrong=int(not undecided and (said.age is Age.CHILD) != child),
        staff=int(known and person.staff),
        recognised=int(known and person.staff and bool(said.staff)),
        others=int(known and not person.staff),
        mistaken=int(known and not person.staff and bool(said.staff)),
    )
