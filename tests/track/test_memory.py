"""Two people become one blob and part again: who is who?"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lintel.records import Phase
from lintel.track.settings import TrackerSettings
from lintel.track.tracker import Tracker
from track_builders import BLOB_STORIES, Look, Outcome, Walker, detections_at, watch


def told(walkers: list[Walker], *, fps: float, seed: int = 0) -> Outcome:
    look = Look(fps=fps, noise_m=0.02, merge_below_m=0.4, seed=seed)
    return watch(Tracker(), walkers, look)


@pytest.mark.parametrize("fps", [10, 15, 30])
@pytest.mark.parametrize("story", BLOB_STORIES)
def test_a_blob_of_two_parts_into_the_same_two(story: str, fps: float) -> None:
    outcome = told(BLOB_STORIES[story], fps=fps)
    assert (outcome.people, outcome.switches) == (2, 0)


def test_a_guest_is_coasting_with_the_blob() -> None:
    tracker = Tracker()
    for index in range(33):
        x = 1.2 * index / 15
        apart = 0.5 if index < 10 else 0.0
        heads = [[x, -apart / 2, 1.7], [x, apart / 2, 1.7]]
        if index >= 10:
            heads = heads[:1]
        tracks = tracker.step(detections_at(np.array(heads), index / 15))
    assert sorted(tracks.phase.tolist()) == [Phase.CONFIRMED, Phase.COASTING]
    assert np.ptp(tracks.xyz_m[:, 0]) < 0.1


def test_a_guest_is_not_kept_for_ever() -> None:
    settings = TrackerSettings(merge_s=2.0)
    tracker = Tracker(settings=settings)
    ended: list[tuple[float, int]] = []
    for index in range(90):
        heads = [[0.0, 0.0, 1.7], [0.4, 0.0, 1.7]][: 2 if index < 15 else 1]
        tracks = tracker.step(detections_at(np.array(heads), index / 15))
        ended += [(index / 15, int(number)) for number in tracks.ended]
    assert len(ended) == 1
    assert 2.5 < ended[0][0] < 4.0
    assert len(tracks) == 1


def test_someone_alone_who_vanishes_is_nobodys_guest() -> None:
    tracker = Tracker()
    for index in range(40):
        heads = [[0.0, 0.0, 1.7], [1.5, 0.0, 1.7]][: 2 if index < 15 else 1]
        tracks = tracker.step(detections_at(np.array(heads), index / 15))
    assert len(tracks) == 1


def test_what_is_seen_seldom_and_faintly_beside_someone_taller_does_not_stay() -> None:
    """A shoulder that looks like a head now and then; a clear head is kept at the same places."""
    lasting = {}
    for score in (0.42, 0.8):
        tracker = Tracker()
        for index in range(150):
            glimpsed = index < 6 or index % 10 == 0
            heads = [[0.0, 0.0, 1.95], [0.3, 0.0, 1.57]][: 2 if glimpsed else 1]
            scores = [0.8, 0.6 if index < 4 else score][: len(heads)]
            seen = detections_at(np.array(heads), index / 15)
            tracks = tracker.step(replace(seen, score=np.array(scores, dtype=np.float32)))
        lasting[score] = len(tracks)
    assert lasting == {0.42: 1, 0.8: 2}


def test_a_child_seen_faintly_in_step_after_step_is_kept_while_somebody_taller_hides_it() -> None:
    """Hand in hand over a line: the grown-up is between the child and the camera for a second."""
    tracker, ids = Tracker(), list[set[int]]()
    for index in range(45):
        y = 0.9 * index / 15
        hidden = 15 <= index < 35
        heads = [[0.0, y, 1.8], [0.4, y, 1.05]][: 1 if hidden else 2]
        seen = detections_at(np.array(heads), index / 15)
        scores = np.array([0.8, 0.52 if index > 4 else 0.65][: len(heads)], dtype=np.float32)
        tracks = tracker.step(replace(seen, score=scores))
        ids.append({int(number) for number in tracks.id})
    assert ids[14] == ids[34] == ids[44]
    assert len(ids[44]) == 2


@pytest.mark.parametrize("score", [0.8, 0.52])
@pytest.mark.parametrize("fps", [7.5, 15, 30])
def test_a_toddler_hidden_behind_a_grown_up_walks_on_at_that_side(fps: float, score: float) -> None:
    """Hidden for 1.2 s on the far side, believed before or (seen faintly) only afterwards."""
    tracker, small = Tracker(), list[tuple[int, int]]()
    for index in range(round(3.0 * fps)):
        t_s = index / fps
        y = -1.8 + 1.2 * t_s
        heads = [[0.7, y, 1.75], [1.15, y, 0.97]][: 1 if 0.9 <= t_s < 2.1 else 2]
        scores = np.array([0.8, score][: len(heads)], dtype=np.float32)
        tracks = tracker.step(replace(detections_at(np.array(heads), t_s), score=scores))
        near = np.hypot(*(tracks.xyz_m[:, :2] - [1.15, y]).T) < 0.3
        small += [(int(number), int(tracks.phase[near][0])) for number in tracks.id[near]]
    assert len({number for number, _ in small}) == 1
    assert small[-1][1] == Phase.CONFIRMED
    assert len(small) >= 3.0 * fps - 2


def test_who_vanishes_on_the_side_of_the_camera_is_not_in_the_shade() -> None:
    tracker = Tracker()
    for index in range(36):
        y = -1.4 + 1.2 * index / 15
        heads = [[1.3, y, 1.75], [0.75, y, 0.97]][: 2 if index < 15 else 1]
        tracks = tracker.step(detections_at(np.array(heads), index / 15))
    assert len(tracks) == 1


def test_a_second_track_that_only_ever_takes_turns_with_the_first_is_never_believed() -> None:
    """High up a head's height jumps; what jumped too far for its track begins a second one."""
    tracker, most = Tracker(), 0
    for index in range(60):
        jumps = index % 2 == 1 and index > 10
        head = [[0.0, -2.0 + 0.08 * index, 1.35 if jumps else 1.75]]
        tracks = tracker.step(detections_at(np.array(head), index / 7.5))
        most = max(most, int((tracks.phase != Phase.TENTATIVE).sum()))
    assert most == 1
    assert tracks.id[tracks.phase == Phase.CONFIRMED].tolist() in ([1], [])


def test_a_second_person_beside_the_first_is_believed_once_both_are_seen() -> None:
    tracker = Tracker()
    for index in range(20):
        heads = [[0.0, 0.0, 1.75], [0.35, 0.0, 1.6]]
        shown = heads if index > 8 else heads[:1]
        tracks = tracker.step(detections_at(np.array(shown), index / 7.5))
    assert tracks.phase.tolist() == [Phase.CONFIRMED, Phase.CONFIRMED]
