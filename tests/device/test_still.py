"""The still is taken of an empty scene, and of nothing else."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from detect_builders import Box
from device_preview_builders import SCENE, Place, Scene
from lintel.device.preview.still import CONFIRM_S, QUIET_S, StillWatch

FPS = 5
SHELF = Box((0.7, 0.5, 0.0), (1.3, 1.0, 1.2))
ENOUGH_S = QUIET_S + CONFIRM_S + 2.0


class Story:
    """Feeds one watch second after second."""

    def __init__(self, scene: Scene | None = None) -> None:
        self.scene = scene or Scene(furniture=(SHELF,))
        self.watch = StillWatch()
        self.t_s = 0.0

    def pass_time(
        self,
        seconds: float,
        *people: Place,
        detected: bool = True,
        breathing: bool = False,
        light: int = 0,
    ) -> None:
        for _ in range(round(seconds * FPS)):
            self.t_s += 1.0 / FPS
            sway = round(self.t_s) % 2 if breathing else 0
            depth, result = self.scene.frame(
                self.t_s, people, detected=detected, sway_px=sway, light=light
            )
            self.watch.step(depth, result.floor, result.detections, result.tracks)

    def err_in_depth(self, *place: Place) -> None:
        """One look at which depth alone is wrong: the picture shows the empty place."""
        self.t_s += 1.0 / FPS
        depth, _ = self.scene.frame(self.t_s, place)
        seen, result = self.scene.frame(self.t_s)
        wrong = replace(depth, image=seen.image)
        self.watch.step(wrong, result.floor, result.detections, result.tracks)

    @property
    def taken(self) -> bool:
        return self.watch.still is not None


def test_an_empty_scene_is_taken_after_the_wait_and_not_before() -> None:
    story = Story()
    story.pass_time(QUIET_S)
    assert not story.taken
    story.pass_time(CONFIRM_S + 2.0)
    still = story.watch.still
    assert still is not None
    assert np.array_equal(still.image, SCENE)


def test_nothing_is_taken_while_people_walk_through() -> None:
    story = Story()
    for _ in range(4):
        story.pass_time(QUIET_S * 0.6)
        story.pass_time(1.0, (0.0, -0.5))
    assert not story.taken
    story.pass_time(ENOUGH_S)
    assert story.taken


def test_whoever_the_detector_misses_is_seen_by_depth() -> None:
    story = Story()
    story.pass_time(3.0)
    story.pass_time(3 * ENOUGH_S, (0.0, -0.5), detected=False)
    assert not story.taken
    story.pass_time(ENOUGH_S)
    assert story.taken
    still = story.watch.still
    assert still is not None
    assert np.array_equal(still.image, SCENE)


def test_what_stands_out_for_one_look_only_is_noise_of_the_matcher() -> None:
    story = Story()
    story.pass_time(3.0)
    for _ in range(round(ENOUGH_S * FPS / 2)):
        story.err_in_depth((0.0, -0.5))
        story.err_in_depth()
    assert story.taken


def test_what_stands_out_for_two_looks_begins_the_wait_anew() -> None:
    story = Story()
    story.pass_time(3.0)
    for _ in range(round(ENOUGH_S)):
        for _ in range(3):
            story.err_in_depth()
        for _ in range(2):
            story.err_in_depth((0.0, -0.5))
    assert not story.taken


def test_whoever_sits_there_from_the_start_and_is_missed_is_given_away_by_breathing() -> None:
    story = Story()
    story.pass_time(3 * ENOUGH_S, (0.0, -0.5), detected=False, breathing=True)
    assert not story.taken


def test_a_still_with_someone_as_motionless_as_furniture_is_dropped_when_they_leave() -> None:
    story = Story()
    story.pass_time(2 * ENOUGH_S, (0.0, -0.5), detected=False)
    assert story.taken, "nothing tells a motionless figure from furniture yet"
    story.pass_time(2.0)
    assert not story.taken
    story.pass_time(2 * ENOUGH_S)
    still = story.watch.still
    assert still is not None
    assert np.array_equal(still.image, SCENE)


@pytest.mark.parametrize("holes", [0.35])
def test_where_depth_is_not_known_nothing_is_taken(holes: float) -> None:
    story = Story()
    story.pass_time(2.0)
    story.scene = Scene(furniture=(SHELF,), holes=holes + 0.4)
    story.pass_time(2 * ENOUGH_S)
    assert not story.taken


def test_light_that_changes_begins_the_wait_anew() -> None:
    story = Story()
    story.pass_time(QUIET_S - 1.0)
    story.pass_time(2.0, light=40)
    story.pass_time(QUIET_S - 2.0)
    assert not story.taken


def test_without_a_settled_floor_nothing_is_taken() -> None:
    story = Story(Scene(floor=None))
    story.pass_time(2 * ENOUGH_S)
    assert not story.taken


def test_a_gap_in_the_frames_begins_the_wait_anew() -> None:
    story = Story()
    story.pass_time(QUIET_S - 1.0)
    story.t_s += 30.0
    story.pass_time(QUIET_S - 1.0)
    assert not story.taken


def test_reset_forgets_the_still() -> None:
    story = Story()
    story.pass_time(ENOUGH_S)
    assert story.taken
    story.watch.reset()
    assert not story.taken
