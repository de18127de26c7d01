"""A site learns what its staff wear from a few people who are named by time and place."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest

from detect_builders import depth_of, floor_fit, person
from lintel.errors import ExampleError
from lintel.frames import DepthMap
from lintel.pipeline import FrameResult
from lintel.pipeline.teaching import Example, Lesson, Teacher
from lintel.records import Attributes, Detections, Phase, Tracks

FLOOR = floor_fit()
STAFF_AT, GUEST_AT = (-0.7, 0.1), (0.7, -0.1)
BGR = {
    "red": (40, 40, 200),
    "blue": (190, 70, 40),
    "green": (60, 160, 50),
    "orange": (30, 120, 230),
    "violet": (170, 40, 130),
    "white": (225, 225, 225),
    "black": (30, 30, 32),
    "grey": (120, 120, 120),
}


def look(
    t_s: float, people: dict[int, tuple[tuple[float, float], str]], *, colour: bool = True
) -> tuple[DepthMap, FrameResult]:
    """One frame of people by track: where they stand and the colour of all they wear."""
    solids = [solid for place, _ in people.values() for solid in person(*place)]
    depth = depth_of(solids, floor=FLOOR, t_s=t_s)
    u = np.arange(depth.depth_m.shape[1])
    x_m = (u - depth.intrinsics.cx) / depth.intrinsics.fx * depth.depth_m
    rng = np.random.default_rng(round(t_s * 100))
    picture = np.full((*x_m.shape, 3), BGR["grey"], dtype=np.float64)
    for (x, _), cloth in people.values():
        picture[(np.abs(x_m - x) < 0.45) & (depth.depth_m < 2.4)] = BGR[cloth]
    picture *= rng.uniform(0.7, 1.1)  # the light changes
    picture += rng.normal(0.0, 4.0, picture.shape)
    seen = replace(depth, colour=picture.clip(0, 255).astype(np.uint8) if colour else None)
    return seen, FrameResult(
        0, seen.t_ns, FLOOR, Detections.of([], t_ns=0), _tracks(people, t_s), ()
    )


def _tracks(people: dict[int, tuple[tuple[float, float], str]], t_s: float) -> Tracks:
    count = len(people)
    flat: npt.NDArray[np.float32] = np.full(count, 1.75, dtype=np.float32)
    places = np.array([place for place, _ in people.values()], dtype=np.float32).reshape(-1, 2)
    return Tracks(
        id=np.array(list(people), dtype=np.int64),
        xyz_m=np.column_stack([places, flat]).astype(np.float32),
        velocity_mps=np.zeros((count, 2), dtype=np.float32),
        stature_m=flat,
        stature_sigma_m=flat * np.float32(0.01),
        phase=np.full(count, Phase.CONFIRMED, dtype=np.int8),
        attributes=Attributes.unmeasured(count),
        ended=np.zeros(0, dtype=np.int64),
        t_ns=round(t_s * 1e9),
    )


def taught(*examples: str, staff: str, guests: tuple[str, ...], colour: bool = True) -> Lesson:
    """Staff alone in view at 1 s, beside guests at 3, 5, 7 ... s."""
    teacher = Teacher(tuple(Example.read(text) for text in examples))
    teacher.step(*look(0.0, {}, colour=colour))
    for k in range(4):
        teacher.step(*look(0.8 + 0.2 * k, {1: (STAFF_AT, staff)}, colour=colour))
    for number, guest in enumerate(guests):
        both = {10 + number: (STAFF_AT, staff), 20 + number: (GUEST_AT, guest)}
        for k in range(4):
            teacher.step(*look(2.8 + 2 * number + 0.2 * k, both, colour=colour))
    return teacher.lesson()


NAMED = ("1.0", "3.0@-0.7,0.1", "5.0@-0.7,0.1")


@pytest.mark.parametrize(
    ("staff", "guests"),
    [
        ("red", ("blue", "grey")),
        ("blue", ("red", "white")),
        ("green", ("blue", "grey")),
        ("orange", ("red", "grey")),
        ("violet", ("blue", "red")),
    ],
)
def test_a_uniform_of_any_colour_is_learned_from_three_people(
    staff: str, guests: tuple[str, ...]
) -> None:
    lesson = taught(*NAMED, staff=staff, guests=guests)
    assert (lesson.staff, lesson.recognised) == (3, 3)
    assert (lesson.others, lesson.mistaken) == (2, 0)
    b, g, r = BGR[staff]
    assert lesson.uniform.red == pytest.approx(r / (r + g + b), abs=0.03)
    assert lesson.uniform.green == pytest.approx(g / (r + g + b), abs=0.03)


@pytest.mark.parametrize(
    ("staff", "guests"), [("white", ("grey", "grey")), ("red", ("red", "red"))]
)
def test_a_colour_that_others_wear_too_is_refused(staff: str, guests: tuple[str, ...]) -> None:
    with pytest.raises(ExampleError, match="no colour tells"):
        taught(*NAMED, staff=staff, guests=guests)


def test_black_teaches_nothing() -> None:
    with pytest.raises(ExampleError, match="could be seen in light"):
        taught(*NAMED, staff="black", guests=("grey", "grey"))


@pytest.mark.parametrize(
    ("example", "said"),
    [
        ("3.0", "2 people were there: say which one, as 3@x,y"),
        ("30.0", "nobody was seen there"),
        ("3.0@2.5,2.5", "nobody was seen there"),
    ],
)
def test_who_was_meant_must_be_clear(example: str, said: str) -> None:
    with pytest.raises(ExampleError, match=said):
        taught(example, staff="red", guests=("blue", "grey"))


def test_grey_cameras_cannot_be_taught() -> None:
    with pytest.raises(ExampleError, match="cameras are grey"):
        taught(*NAMED, staff="red", guests=("blue", "grey"), colour=False)


@pytest.mark.parametrize("text", ["soon", "", "1@2", "1@2,x", "1@2,3,4", "nan", "1@inf,0"])
def test_an_example_is_seconds_and_perhaps_a_place(text: str) -> None:
    with pytest.raises(ExampleError, match="expected seconds"):
        Example.read(text)
