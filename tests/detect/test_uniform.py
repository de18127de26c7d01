"""Staff are told by the colour of what they wear, where there is colour."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest

from detect_builders import depth_of, floor_fit, person
from lintel.detect.uniform import SIGNAL_YELLOW, Uniform, staff_scores, teach, torso_chroma
from lintel.errors import ContractError, ExampleError
from lintel.frames import DepthMap

FLOOR = floor_fit()
YELLOW, RED, BLUE, GREY = (51, 222, 227), (40, 40, 200), (180, 60, 50), (120, 120, 120)
HEAD = np.array([[0.2, 0.1, 1.75]], dtype=np.float32)


def dressed(colour: tuple[int, int, int]) -> DepthMap:
    """One person at HEAD, all in one colour, on a grey floor."""
    depth = depth_of(person(0.2, 0.1), floor=FLOOR)
    picture = np.full((*depth.depth_m.shape, 3), GREY, dtype=np.uint8)
    picture[depth.depth_m < 2.4] = colour
    return replace(depth, colour=picture)


def score(depth: DepthMap, uniform: Uniform = SIGNAL_YELLOW) -> float:
    return float(staff_scores(depth, FLOOR.floor_from_cam, HEAD, (uniform,))[0])


def looks(colour: tuple[int, int, int], count: int = 3) -> list[npt.NDArray[np.float32]]:
    return [torso_chroma(dressed(colour), FLOOR.floor_from_cam, HEAD[0]) for _ in range(count)]


def test_a_signal_vest_is_staff() -> None:
    assert score(dressed(YELLOW)) > 0.9


@pytest.mark.parametrize("colour", [RED, BLUE, GREY])
def test_other_colours_are_not(colour: tuple[int, int, int]) -> None:
    assert score(dressed(colour)) == 0.0


def test_grey_cameras_measure_nothing() -> None:
    assert np.isnan(score(replace(dressed(YELLOW), colour=None)))


def test_in_the_dark_colour_says_nothing() -> None:
    assert np.isnan(score(dressed((3, 12, 13))))


def test_a_site_teaches_its_own_colour() -> None:
    blue = teach(looks(BLUE), looks(RED) + looks(GREY))
    assert score(dressed(BLUE), blue) > 0.9
    assert score(dressed(RED), blue) == 0.0


def test_what_everybody_wears_cannot_be_taught() -> None:
    with pytest.raises(ExampleError, match="no colour"):
        teach(looks(RED), looks(RED))


def test_two_examples_are_too_few() -> None:
    with pytest.raises(ContractError, match="3 to"):
        teach(looks(RED, 2), [])


def test_a_colour_of_more_than_everything_is_refused() -> None:
    with pytest.raises(ContractError, match="at most 1"):
        Uniform(0.7, 0.6)
