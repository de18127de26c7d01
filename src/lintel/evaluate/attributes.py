"""What was said of those who crossed, child or adult and staff or not, against the truth.

Who walks hand in hand crosses at the same moment, so a crossing is given to whom it was counted
for by its place: same line and direction, within a second, and the nearest head on the floor.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from lintel.config.voted import Age
from lintel.evaluate.matching import (
    CROSSING_GATE_S,
    assign,
    floor_distance_m,
    near_in_time,
    seconds_apart,
)
from lintel.evaluate.observed import Said, SeenCrossing
from lintel.truth import TrueHeads, TruePerson, Truth

PLACE_GATE_M = 0.5


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


def said_of_people(
    truth: Truth, heads: TrueHeads, crossings: Sequence[SeenCrossing], said: Sequence[Said]
) -> list[tuple[TruePerson, Said]]:
    """Who made which of the counted crossings (as many ``said``), by moment and place.

    A true crossing of somebody who is not among the people, or whose head was never seen, says
    nothing.
    """
    people = {person.id: person for person in truth.people}
    known = people.keys() & set(np.unique(heads.person).tolist())
    made = [crossing for crossing in truth.crossings if crossing.person in known]
    true = [SeenCrossing(c.line, c.direction.value, c.t_s, c.on_line_s) for c in made]
    found: list[tuple[TruePerson, Said]] = []
    for rows, columns in near_in_time(true, crossings):
        here = [_place_m(heads, made[k].person, made[k].t_s * truth.fps) for k in rows]
        apart_m = floor_distance_m(np.array(here), np.array([said[k].place_m for k in columns]))
        apart_s = seconds_apart(true, crossings, rows, columns)
        allowed = (apart_s <= CROSSING_GATE_S) & (apart_m <= PLACE_GATE_M)
        found += [
            (people[made[rows[r]].person], said[columns[c]]) for r, c in assign(apart_m, allowed)
        ]
    return found


def score_attributes(
    pairs: Iterable[tuple[TruePerson, Said]], *, child_below_m: float
) -> AttributeScore:
    """Score what was said of people, each with the crossing that was counted for them."""
    return sum((_one(person, said, child_below_m) for person, said in pairs), AttributeScore())


def _place_m(heads: TrueHeads, person: int, frame: float) -> npt.NDArray[np.float64]:
    """Where (2,) the head of somebody is between two frames."""
    rows = heads.person == person
    xy = heads.xyz_m[rows].astype(np.float64)
    return np.array([np.interp(frame, heads.frame[rows], xy[:, axis]) for axis in range(2)])


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
