"""Child or adult, staff or not: what was said of who crossed, against the truth."""

from __future__ import annotations

import json
import math

import pytest

from evaluate_builders import crossing, observed_of, true_heads
from lintel.config.voted import Age
from lintel.evaluate.as_json import recording_json, stratum_json
from lintel.evaluate.as_text import text_report
from lintel.evaluate.attributes import AttributeScore, said_of_people, score_attributes
from lintel.evaluate.observed import Observed, Said
from lintel.evaluate.score import RecordingScore, score_recording
from lintel.evaluate.strata import score_strata
from lintel.records import Crossing, Direction
from lintel.truth import TrueCrossing, TruePerson, Truth

CHILD, ADULT, STAFF = (
    TruePerson(id=0, stature_m=1.20),
    TruePerson(id=1, stature_m=1.75),
    TruePerson(id=2, stature_m=1.80, staff=True),
)
GROWN = TruePerson(id=3, stature_m=1.52, child=True)  # by years; as tall as an adult
PEOPLE = (CHILD, ADULT, STAFF, GROWN)


def scored(*pairs: tuple[TruePerson, Said]) -> AttributeScore:
    return score_attributes(pairs, child_below_m=1.47)


def seen(
    *said: Said, apart_s: float = 3.0, people: tuple[TruePerson, ...] = PEOPLE
) -> RecordingScore:
    """Person after person crosses, half a metre beside the one before; this is said of them."""
    times = [apart_s * k for k in range(len(said))]
    truth = Truth(
        fps=10.0,
        frames=600,
        people=people,
        crossings=tuple(
            TrueCrossing(line="door", direction=Direction.IN, t_s=t, person=person.id)
            for person, t in zip(people, times, strict=False)
        ),
        strata=("those",),
    )
    heads = true_heads(
        [(frame, person.id, 0.6 * person.id, 0.0) for frame in range(600) for person in people]
    )
    counted = observed_of([crossing(t) for t in times])
    return score_recording(
        "clip",
        truth=truth,
        heads=heads,
        observed=Observed(
            counted.frames, counted.crossings, counted.detections, counted.tracks, said=said
        ),
        lines=["door"],
    )


def at(person: TruePerson, age: Age, *, staff: bool | None = None) -> Said:
    """What is said where somebody crosses."""
    return Said(age, staff, place_m=(0.6 * person.id, 0.0))


def test_scores_of_a_crossing_become_words() -> None:
    event = Crossing("door", Direction.IN, 0, (0.0, 0.0), "passed", child=0.9, staff=0.2)
    assert Said.of(event) == Said(Age.CHILD, staff=False)
    assert Said.of(Crossing("door", Direction.IN, 0, (0.0, 0.0), "passed")) == Said(
        Age.UNCERTAIN, staff=None
    )


def test_stature_and_not_years_makes_a_child() -> None:
    both = scored((CHILD, Said(Age.CHILD, None)), (GROWN, Said(Age.ADULT, None)))
    assert (both.crossings, both.children, both.wrong) == (2, 1, 0)
    assert scored((GROWN, Said(Age.CHILD, None))).wrong == 1


def test_who_is_undecided_is_neither_right_nor_wrong() -> None:
    one = scored((CHILD, Said(Age.UNCERTAIN, None)), (ADULT, Said(Age.CHILD, None)))
    assert (one.undecided, one.wrong, one.age_error) == (1, 1, 1.0)
    assert math.isnan(scored((CHILD, Said(Age.UNCERTAIN, None))).age_error)


def test_staff_counts_where_colour_was_measured() -> None:
    told = scored(
        (STAFF, Said(Age.ADULT, staff=True)),
        (STAFF, Said(Age.ADULT, staff=False)),
        (STAFF, Said(Age.ADULT, None)),
        (ADULT, Said(Age.ADULT, staff=True)),
        (CHILD, Said(Age.CHILD, staff=False)),
    )
    assert (told.staff, told.recognised, told.others, told.mistaken) == (2, 1, 2, 1)
    assert (told.staff_recall, told.false_staff) == (0.5, 0.5)


def test_crossings_carry_what_was_said_of_the_person_who_made_them() -> None:
    score = seen(
        at(CHILD, Age.CHILD, staff=False),
        at(ADULT, Age.CHILD, staff=False),
        at(STAFF, Age.ADULT, staff=True),
        at(GROWN, Age.UNCERTAIN, staff=False),
    )
    assert score.attributes == AttributeScore(
        crossings=4, children=1, undecided=1, wrong=1, staff=1, recognised=1, others=3
    )


def test_hand_in_hand_each_is_known_by_the_place() -> None:
    """Counted in the other order, 0.2 s apart: moments alone would exchange the two."""
    score = seen(at(ADULT, Age.ADULT), at(CHILD, Age.CHILD), apart_s=0.2)
    assert score.attributes == AttributeScore(crossings=2, children=1)


def test_what_was_counted_for_nobody_says_nothing() -> None:
    elsewhere = Said(Age.CHILD, staff=True, place_m=(9.0, 0.0))
    assert seen(elsewhere).attributes == AttributeScore()


def test_a_truth_that_forgot_a_person_says_nothing_of_them() -> None:
    """Truth files come from outside: a crossing may name somebody who is not among the people."""
    assert seen(at(CHILD, Age.CHILD), people=(CHILD,)).attributes == AttributeScore(1, 1)
    truth = Truth(
        fps=10.0,
        frames=600,
        people=(),
        crossings=(TrueCrossing(line="door", direction=Direction.IN, t_s=1.0, person=CHILD.id),),
    )
    heads = true_heads([(frame, CHILD.id, 0.0, 0.0) for frame in range(600)])
    assert said_of_people(truth, heads, [crossing(1.0)], [at(CHILD, Age.CHILD)]) == []


def test_strata_add_up_and_are_told_as_json_and_text() -> None:
    parts = [
        seen(at(CHILD, Age.CHILD, staff=False), at(ADULT, Age.CHILD, staff=True)),
        seen(at(CHILD, Age.ADULT)),
    ]
    (stratum,) = score_strata(parts)
    told = json.loads(json.dumps(stratum_json(stratum)))["attributes"]
    assert (told["crossings"], told["wrong"], told["others"], told["mistaken"]) == (3, 2, 2, 1)
    assert told["age_error"] == pytest.approx(2 / 3, abs=1e-6)
    assert told["staff_recall"] is None
    alone = json.loads(json.dumps(recording_json(parts[1])))["attributes"]
    assert (alone["crossings"], alone["others"]) == (1, 0)
    text = text_report(parts, [stratum])
    assert "Child or adult, per stratum" in text
    assert "Staff, per stratum" in text


def test_without_heads_nobody_knows_whose_crossing_it_was() -> None:
    truth = Truth(fps=10.0, frames=600, people=PEOPLE)
    score = score_recording(
        "clip", truth=truth, heads=None, observed=observed_of([crossing(1.0)]), lines=["door"]
    )
    assert score.attributes is None
    assert recording_json(score)["attributes"] is None
