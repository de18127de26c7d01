"""Furniture is learned and forgotten; people who stand still, or queue, are not learned."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from lintel.detect.scenery import Scenery, ScenerySettings

SHAPE = (12, 16)
SPOT = (slice(4, 8), slice(5, 9))
FPS = 5.0
PEOPLE = ScenerySettings(absorb_low_person_after_s=900.0)


class Floor:
    """A floor that is looked at FPS times a second, with one spot where things stand."""

    def __init__(self, settings: ScenerySettings | None = None) -> None:
        self.scenery = Scenery(SHAPE, settings or ScenerySettings())
        self._frame = 0

    def see(self, height_m: float, *, seconds: float, overlooked_every: int = 1) -> None:
        """Something of ``height_m`` for so long; but for every n-th frame it is no person."""
        for _ in range(round(seconds * FPS)):
            self._frame += 1
            is_person = overlooked_every > 1 and self._frame % overlooked_every > 0
            self.scenery.learn(spot(height_m), spot(1.0 if is_person else 0.0) > 0, self._t_ns)

    @property
    def _t_ns(self) -> int:
        return round(self._frame / FPS * 1e9)

    def learned(self, height_m: float) -> bool:
        """Whether something of that height would be floor there."""
        left = self.scenery.remove_from(spot(height_m))[SPOT]
        assert (left == 0).all() or (left > 0).all()
        return bool((left == 0).all())


def spot(height_m: float) -> npt.NDArray[np.float32]:
    heights = np.zeros(SHAPE, dtype=np.float32)
    heights[SPOT] = height_m
    return heights


@pytest.mark.parametrize(
    ("height_m", "too_short_s", "enough_s"), [(1.6, 28.0, 4.0), (0.9, 5.0, 2.0)]
)
def test_a_thing_is_learned_after_its_time(
    height_m: float, too_short_s: float, enough_s: float
) -> None:
    floor = Floor()
    floor.see(height_m, seconds=too_short_s)
    assert not floor.learned(height_m)
    floor.see(height_m, seconds=enough_s)
    assert floor.learned(height_m)


@pytest.mark.parametrize("height_m", [1.7, 1.0])
def test_a_person_who_is_overlooked_now_and_then_is_not_learned(height_m: float) -> None:
    floor = Floor(PEOPLE)
    floor.see(height_m, seconds=600.0, overlooked_every=5)
    assert not floor.learned(height_m)
    floor.see(height_m, seconds=320.0, overlooked_every=5)
    assert floor.learned(height_m)  # a mannequin


def test_those_who_wait_one_after_another_in_one_place_are_not_learned() -> None:
    floor = Floor(PEOPLE)
    statures_m = np.random.default_rng(3).uniform(1.5, 1.9, 60)
    for stature_m in statures_m:
        floor.see(float(stature_m), seconds=20.0, overlooked_every=6)
        floor.see(0.0, seconds=1.0)
        assert not floor.learned(float(stature_m))


def test_what_stood_there_for_a_while_is_forgotten_when_the_place_is_empty() -> None:
    floor = Floor()
    floor.see(1.7, seconds=25.0)
    floor.see(0.0, seconds=6.0)
    floor.see(1.7, seconds=20.0)
    assert not floor.learned(1.7)


def test_a_hole_in_the_depth_takes_nothing_back() -> None:
    floor = Floor()
    floor.see(1.7, seconds=25.0)
    floor.see(0.0, seconds=1.0)
    floor.see(1.7, seconds=6.0)
    assert floor.learned(1.7)


def test_what_was_taken_away_is_forgotten() -> None:
    floor = Floor()
    floor.see(1.7, seconds=40.0)
    floor.see(0.0, seconds=6.0)
    assert not floor.learned(1.7)


def test_someone_before_a_shelf_is_seen_and_the_shelf_stays_known() -> None:
    floor = Floor(PEOPLE)
    floor.see(1.2, seconds=120.0)
    floor.see(1.8, seconds=20.0, overlooked_every=5)
    assert not floor.learned(1.8)
    floor.see(1.2, seconds=10.0)
    assert floor.learned(1.2)
