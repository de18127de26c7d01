"""Stories: paths in, ids out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lintel.errors import ContractError
from lintel.records import Detections, Phase
from lintel.track.settings import TrackerSettings
from lintel.track.tracker import Tracker
from track_builders import (
    STORIES,
    Floats,
    Look,
    Walker,
    between,
    detections_at,
    straight,
    watch,
    with_attributes,
)


@pytest.mark.parametrize("fps", [5, 10, 30, 60])
@pytest.mark.parametrize("story", STORIES)
def test_everyone_has_one_id_at_every_frame_rate(story: str, fps: int) -> None:
    walkers = STORIES[story]
    outcome = watch(Tracker(), walkers, Look(fps=fps, noise_m=0.03))
    assert outcome.people == len(walkers)
    assert outcome.switches == 0


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("story", ["one walker", "pair at 35 cm", "tailgating at 40 cm"])
def test_five_centimetres_of_noise_swap_nobody(story: str, seed: int) -> None:
    walkers = STORIES[story]
    look = Look(fps=15, noise_m=0.05, stature_noise_m=0.04, seed=seed)
    outcome = watch(Tracker(), walkers, look)
    assert (outcome.people, outcome.switches) == (len(walkers), 0)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("story", ["one walker", "runner", "opposite, shoulder to shoulder"])
def test_a_fifth_of_the_looks_missing_loses_nobody(story: str, seed: int) -> None:
    walkers = STORIES[story]
    outcome = watch(Tracker(), walkers, Look(fps=15, miss_share=0.2, seed=seed))
    assert (outcome.people, outcome.switches) == (len(walkers), 0)


@pytest.mark.parametrize("fps", [5, 15, 30])
def test_a_gap_of_a_second_ends_the_id(fps: int) -> None:
    walker = straight((-2, 0), (2, 0), speed_mps=1.0, hidden=between(1.2, 2.3))
    outcome = watch(Tracker(), [walker], Look(fps=fps))
    assert outcome.people == 2


def test_another_stature_is_another_person() -> None:
    """Someone vanishes, and someone 30 cm shorter appears at the same place soon after."""
    tall = straight((-2, 0), (-0.7, 0), stature_m=1.85)
    short = straight((-0.5, 0), (1.5, 0), at_s=1.45, stature_m=1.55)
    assert watch(Tracker(), [tall, short], Look(fps=15)).people == 2


@pytest.mark.parametrize("fps", [5, 15, 60])
def test_sparse_false_heads_are_never_believed(fps: int) -> None:
    outcome = watch(Tracker(), [], Look(fps=fps, false_per_s=1.0), seconds=40.0)
    assert outcome.people == 0
    assert len(outcome.shown) > 20


def test_weak_detections_neither_start_nor_stop_a_track() -> None:
    tracker = Tracker()
    for index in range(30):
        tracks = tracker.step(detections_at(np.array([[0, 0, 1.7]]), index / 15, score=0.3))
        assert len(tracks) == 0
    for index in range(30, 60):
        weak = 45 <= index < 55
        heads = np.array([[0.05 * (index - 30), 0, 1.7]])
        tracks = tracker.step(detections_at(heads, index / 15, score=0.3 if weak else 0.9))
    assert tracks.id.tolist() == [1]
    assert tracks.phase.tolist() == [Phase.CONFIRMED]


@pytest.mark.parametrize(
    ("score", "apart_m", "believed"), [(0.53, 0.3, 1), (0.53, 0.6, 2), (0.65, 0.3, 2)]
)
def test_a_faint_head_beside_someone_taller_is_not_believed(
    score: float, apart_m: float, believed: int
) -> None:
    """A shoulder moves with its owner; a child is clearer, or farther away."""
    tracker = Tracker()
    for index in range(60):
        y = 0.02 * index
        heads = np.array([[0.0, y, 1.9], [apart_m, y, 1.5]])[: 1 if index < 5 else 2]
        scores = np.array([0.8, score], dtype=np.float32)[: len(heads)]
        seen = replace(detections_at(heads, index / 15), score=scores)
        tracks = tracker.step(seen)
    assert int((tracks.phase == Phase.CONFIRMED).sum()) == believed


def test_a_life_in_phases() -> None:
    tracker = Tracker()
    head = np.array([[0.0, 0.0, 1.7]])
    phases = []
    for index in range(12):
        heads = head if index < 5 else head[:0]
        tracks = tracker.step(detections_at(heads, index / 10))
        phases.append([Phase(p).name[0] for p in tracks.phase] + [f"-{i}" for i in tracks.ended])
    assert phases[:5] == [["T"], ["T"], ["C"], ["C"], ["C"]]
    assert phases[5:] == [["C"]] * 7  # coasting
    assert tracker.step(detections_at(head[:0], 1.3)).ended.tolist() == [1]


def test_velocity_and_place_are_those_of_the_walk() -> None:
    outcome = watch(Tracker(), [straight((-2, 0), (2, 2), speed_mps=1.5)], Look(noise_m=0.01))
    tracker = Tracker()
    walker = straight((-2, 0), (2, 2), speed_mps=1.5)
    for index in range(30):
        place = np.array(walker.at(index / 15))
        tracks = tracker.step(detections_at(place, index / 15))
    assert outcome.people == 1
    expected = 1.5 * np.array([2.0, 1.0]) / np.sqrt(5.0)
    np.testing.assert_allclose(tracks.velocity_mps[0], expected, atol=0.05)
    np.testing.assert_allclose(tracks.xyz_m[0], place, atol=0.02)


def test_stature_grows_surer_with_every_look() -> None:
    tracker, rng = Tracker(), np.random.default_rng(0)
    sigmas = []
    for index in range(40):
        head = np.array([[0.0, 0.0, rng.normal(1.68, 0.04)]])
        tracks = tracker.step(detections_at(head, index / 15))
        sigmas.append(float(tracks.stature_sigma_m[0]))
    assert tracks.stature_m[0] == pytest.approx(1.68, abs=0.02)
    assert sigmas[0] > 0.04
    assert sigmas[-1] < 0.015


def test_attributes_are_averaged_by_confidence() -> None:
    tracker = Tracker()
    head = np.array([[0.0, 0.0, 1.2]])
    looks = [(0.9, 0.9), (np.nan, 0.9), (0.1, 0.3)]
    for index, (child, score) in enumerate(looks):
        tracks = tracker.step(
            with_attributes(head, index / 10, child=np.array([child]), score=np.array([score]))
        )
    assert tracks.attributes.child[0] == pytest.approx((0.81 + 0.03) / 1.2, abs=1e-6)
    assert np.isnan(tracks.attributes.staff[0])


def sure_after(child: Sequence[float], *, fps: float) -> float:
    """Confidence of the child score after such looks."""
    tracker, head = Tracker(), np.array([[0.0, 0.0, 1.2]])
    for index, value in enumerate(child):
        look = with_attributes(head, index / fps, child=np.array([value]), score=np.ones(1))
        tracks = tracker.step(look)
    return float(tracks.confidence.child[0])


def test_looks_that_agree_for_long_are_sure_and_a_glimpse_is_not() -> None:
    assert sure_after([1.0] * 2, fps=10.0) < 0.4
    assert sure_after([1.0] * 30, fps=10.0) > 0.85
    assert sure_after([0.0] * 30, fps=10.0) > 0.85


def test_looks_that_contradict_each_other_are_not_sure() -> None:
    assert sure_after([1.0, 0.0] * 15, fps=10.0) < 0.05


def test_confidence_is_a_matter_of_seconds_not_of_frames() -> None:
    slow, fast = sure_after([0.9] * 6, fps=5.0), sure_after([0.9] * 31, fps=30.0)
    assert slow == pytest.approx(fast, abs=0.02)


def test_what_was_not_measured_has_no_confidence() -> None:
    assert np.isnan(sure_after([float("nan")] * 5, fps=10.0))


@pytest.mark.parametrize(("turn_rad", "least", "most"), [(0.0, 0.99, 1.0), (2.5, 0.0, 0.6)])
def test_a_steady_look_is_surer_than_a_restless_one(
    turn_rad: float, least: float, most: float
) -> None:
    tracker = Tracker()
    for index in range(20):
        seen = detections_at(np.array([[0.0, 0.0, 1.7]]), index / 10)
        look = np.array([turn_rad * (index % 2)], dtype=np.float32)
        tracks = tracker.step(replace(seen, heading_rad=look))
    assert least <= tracks.heading_confidence[0] <= most


def test_a_repeated_frame_changes_nothing() -> None:
    once, twice = Tracker(), Tracker()
    for index in range(20):
        heads = np.array([[0.08 * index, 0.0, 1.7]])
        expected = once.step(detections_at(heads, index / 15))
        twice.step(detections_at(heads, index / 15))
        repeated = twice.step(detections_at(heads, index / 15))
        np.testing.assert_array_equal(repeated.xyz_m, expected.xyz_m)
        np.testing.assert_array_equal(repeated.phase, expected.phase)


def test_time_does_not_step_back() -> None:
    tracker = Tracker()
    tracker.step(detections_at(np.zeros((0, 3)), 1.0))
    with pytest.raises(ContractError, match="reset"):
        tracker.step(detections_at(np.zeros((0, 3)), 0.5))
    tracker.reset()
    assert len(tracker.step(detections_at(np.zeros((0, 3)), 0.5))) == 0


def test_a_long_silence_ends_everyone() -> None:
    tracker = Tracker()
    for index in range(10):
        tracker.step(detections_at(np.array([[0.0, 0.0, 1.7]]), index / 15))
    tracks = tracker.step(detections_at(np.array([[0.0, 0.0, 1.7]]), 60.0))
    assert tracks.ended.tolist() == [1]
    assert tracks.id.tolist() == [2]


def test_ids_never_come_again_after_a_reset() -> None:
    tracker = Tracker()
    heads = np.array([[0.0, 0.0, 1.7], [2.0, 0.0, 1.7]])
    assert tracker.step(detections_at(heads, 0.0)).id.tolist() == [1, 2]
    tracker.reset()
    assert tracker.step(detections_at(heads, 0.0)).id.tolist() == [3, 4]
    assert Tracker().step(detections_at(heads, 0.0)).id.tolist() == [1, 2]


def test_two_heads_on_one_person_start_one_track() -> None:
    heads = np.array([[0.0, 0.0, 1.7], [0.15, 0.0, 1.65]])
    assert len(Tracker().step(detections_at(heads, 0.0))) == 1


def test_people_beyond_the_limit_are_dropped_and_counted() -> None:
    tracker = Tracker(settings=TrackerSettings(max_tracks=5))
    heads = np.array([[float(x), 0.0, 1.7] for x in range(8)])
    assert len(tracker.step(detections_at(heads, 0.0))) == 5
    assert tracker.dropped_births == 3


def test_a_million_short_lives_leave_nothing_behind() -> None:
    side = np.stack(np.meshgrid(np.arange(32.0), np.arange(16.0)), axis=-1).reshape(-1, 2)
    heads = np.concatenate([side, np.full((512, 1), 1.7)], axis=1)
    tracker = Tracker(settings=TrackerSettings(max_tracks=600))
    lives = np.zeros(1_100_000, dtype=np.int8)  # 1: shown, 2: ended
    sizes = set()
    for second in range(2_000):
        tracks = tracker.step(Detections.of(heads, t_ns=second * 1_000_000_000))
        assert (lives[tracks.id] == 0).all()
        lives[tracks.id] = 1
        assert (lives[tracks.ended] == 1).all()
        lives[tracks.ended] = 2
        sizes.add(tracker.state_bytes)
    assert (lives == 2).sum() == 512 * 1_999
    assert len(sizes) == 1


def people_at_random(seed: int, count: int) -> list[Walker]:
    rng = np.random.default_rng(seed)
    return [
        straight(
            (rng.uniform(-2, 2), rng.uniform(-2, 2)),
            (rng.uniform(-2, 2), rng.uniform(-2, 2)),
            at_s=rng.uniform(0, 1),
            speed_mps=rng.uniform(0.8, 1.6),
            stature_m=rng.uniform(1.2, 1.9),
        )
        for _ in range(count)
    ]


def frames_of(walkers: list[Walker], fps: float = 10.0) -> list[Floats]:
    frames: list[Floats] = []
    for index in range(int(3.0 * fps)):
        places = [walker.at(index / fps) for walker in walkers]
        seen = [place for place in places if place is not None]
        frames.append(np.array(seen).reshape(-1, 3).astype(np.float32).astype(np.float64))
    return frames


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000), count=st.integers(1, 5))
def test_the_order_of_detections_does_not_matter(seed: int, count: int) -> None:
    rng = np.random.default_rng(seed)
    one, other = Tracker(), Tracker()
    for index, heads in enumerate(frames_of(people_at_random(seed, count))):
        first = one.step(detections_at(heads, index / 10))
        second = other.step(detections_at(rng.permutation(heads), index / 10))
        np.testing.assert_array_equal(first.id, second.id)
        np.testing.assert_array_equal(first.xyz_m, second.xyz_m)


@settings(max_examples=15, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    shift_x=st.integers(-8, 8),
    shift_y=st.integers(-8, 8),
)
def test_the_floor_has_no_special_place(seed: int, shift_x: int, shift_y: int) -> None:
    one, other = Tracker(), Tracker()
    shift = np.array([shift_x, shift_y, 0.0])
    for index, heads in enumerate(frames_of(people_at_random(seed, 3))):
        first = one.step(detections_at(heads, index / 10))
        second = other.step(detections_at(heads + shift, index / 10))
        assert sorted(first.id) == sorted(second.id)
        at_home = first.xyz_m[np.argsort(first.id)]
        np.testing.assert_allclose(second.xyz_m[np.argsort(second.id)] - shift, at_home, atol=1e-4)


def test_every_id_ends_exactly_once() -> None:
    walkers = people_at_random(5, 6)
    outcome = watch(Tracker(), walkers, Look(fps=15, miss_share=0.3, false_per_s=2.0))
    assert sorted(outcome.ended) == sorted(outcome.shown)


def test_impossible_settings_are_refused() -> None:
    with pytest.raises(ContractError, match="track"):
        TrackerSettings(max_tracks=0)
    with pytest.raises(ContractError, match="spreads"):
        TrackerSettings(jerkiness=0.0)


def looking(heading_rad: float, t_s: float) -> Detections:
    seen = Detections.of([[t_s, 0.0, 1.7]], t_ns=round(t_s * 1e9))
    return replace(seen, heading_rad=np.array([heading_rad], dtype=np.float32))


def test_where_somebody_looks_is_smoothed_over_the_track() -> None:
    tracker = Tracker()
    for k in range(20):
        tracks = tracker.step(looking(np.pi - 0.2 + 0.4 * (k % 2), k / 15))
    assert abs(np.cos(tracks.heading_rad[0]) + 1.0) < 0.02  # across the jump from pi to -pi


def test_a_turn_is_followed_within_a_second() -> None:
    tracker = Tracker()
    for k in range(40):
        tracks = tracker.step(looking(0.0 if k < 20 else 2.0, k / 15))
    assert tracks.heading_rad[0] == pytest.approx(2.0, abs=0.15)


def test_where_nobody_measured_a_look_none_is_told() -> None:
    tracker = Tracker()
    for k in range(5):
        tracks = tracker.step(Detections.of([[0.0, 0.0, 1.7]], t_ns=k * 10**8))
    assert np.isnan(tracks.heading_rad).all()
