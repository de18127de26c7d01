"""Stories of the counting rules: paths in, crossings out."""

from __future__ import annotations

import numpy as np
import pytest

from count_builders import Walker, crossings, steps, through, tracks_of
from line_cases import CASES, DOOR, LineCase
from lintel.config import LineConfig
from lintel.count import LineCounter
from lintel.errors import ContractError
from lintel.records import Attributes, Crossing, Direction, Phase, Tracks

DOOR_LINE = LineConfig("door", np.array(DOOR))
CANCEL_LINE = LineConfig("door", np.array(DOOR), uturn_policy="cancel")


def directions(found: list[Crossing]) -> tuple[str, ...]:
    """Directions in order of the moments of passing."""
    return tuple(c.direction.value for c in sorted(found, key=lambda c: c.t_ns))


@pytest.mark.parametrize("fps", [None, 5.0, 30.0, 60.0])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.story)
def test_the_table_of_paths_at_every_frame_rate(case: LineCase, fps: float | None) -> None:
    found = crossings([case.config()], case.walkers, fps=fps or case.fps)
    assert directions(found) == case.expected, [c.reason for c in found]


@pytest.mark.parametrize("delay_s", [0.0, 0.05, 0.11, 0.19])
@pytest.mark.parametrize("fps", [5.0, 12.5, 60.0])
def test_the_moment_is_interpolated_between_observations(fps: float, delay_s: float) -> None:
    walker = Walker(through((0.3, -1.2), (0.3, 1.2)))
    (crossing,) = crossings([DOOR_LINE], [walker], fps=fps, delay_s=delay_s)
    assert crossing.t_ns == pytest.approx(1.0e9, abs=1e6)
    assert crossing.position_m == pytest.approx((0.3, 0.0), abs=1e-4)


def test_of_a_waverer_the_last_passage_counts() -> None:
    walker = Walker(through((0, -1), (0, 0.1), (0, -0.1), (0, 1), speed_mps=1.0))
    (crossing,) = crossings([DOOR_LINE], [walker], fps=20)
    assert crossing.t_ns == pytest.approx(1.4e9, abs=1e6)


def test_a_crossing_is_told_at_once_when_it_is_complete() -> None:
    counter = LineCounter([DOOR_LINE])
    told = [
        tracks.t_ns / 1e9
        for tracks in steps([Walker(through((0, -1), (0, 2), speed_mps=1.0))], fps=10)
        if counter.step(tracks)
    ]
    assert told == [pytest.approx(1.3)]


def test_two_parallel_lines_each_count_in_order() -> None:
    inner = LineConfig("inner", np.array([[-1.0, 0.2], [1.0, 0.2]]))
    found = crossings([inner, DOOR_LINE], [Walker(through((0, -1), (0, 1)))])
    assert [(c.line, c.direction) for c in sorted(found, key=lambda c: c.t_ns)] == [
        ("door", Direction.IN),
        ("inner", Direction.IN),
    ]


def test_a_prediction_completes_nothing() -> None:
    walker = Walker(through((0, -1.2), (0, 1.2), speed_mps=1.0), hidden_s=((1.1, 9.0),))
    assert crossings([DOOR_LINE], [walker]) == []


def test_a_hidden_crossing_is_told_when_seen_again_with_its_true_moment() -> None:
    walker = Walker(through((0, -1.2), (0, 1.2), speed_mps=1.0), hidden_s=((0.9, 1.7),))
    (crossing,) = crossings([DOOR_LINE], [walker], fps=30)
    assert crossing.t_ns == pytest.approx(1.2e9, abs=2e7)


def test_confirmation_releases_the_crossing_with_its_true_moment() -> None:
    walker = Walker(through((0, -1), (0, 3), speed_mps=1.0), tentative_s=((0.0, 2.5),))
    (crossing,) = crossings([DOOR_LINE], [walker])
    assert crossing.t_ns == pytest.approx(1.0e9, abs=1e6)
    assert "confirmed later" in crossing.reason


REASONS = [
    (DOOR_LINE, through((0, -1), (0, 1)), "right to left, 0.25 m beyond both sides, between ends"),
    (DOOR_LINE, through((0, 1), (0, -1)), "left to right"),
    (DOOR_LINE, through((0, -0.1), (0, 1)), "extrapolated back"),
    (CANCEL_LINE, through((0, -1), (0, 2.5)), "went on 1.5 m"),
    (CANCEL_LINE, through((0, -1), (0, 0.8)), "not back before the track ended"),
    (CANCEL_LINE, ((0.0, 0.0, -1.0), (1.0, 0.0, 1.0), (30.0, 0.0, 1.0)), "not back in 10 s"),
]


@pytest.mark.parametrize(("line", "waypoints", "words"), REASONS)
def test_an_event_says_why_it_fired(
    line: LineConfig, waypoints: tuple[tuple[float, float, float], ...], words: str
) -> None:
    found: list[Crossing] = []
    counter = LineCounter([line])
    for tracks in steps([Walker(waypoints)], fps=15):
        found += counter.step(tracks)
    assert [words in c.reason for c in found] == [True], [c.reason for c in found]


def test_the_reason_counts_observations() -> None:
    (crossing,) = crossings([DOOR_LINE], [Walker(through((0, -2), (0, 2), speed_mps=8))], fps=5)
    assert crossing.reason.endswith("2 observations")


def test_a_new_id_continues_the_lost_track_and_says_so() -> None:
    old = Walker(((0.0, 0.0, -1.2), (1.05, 0.0, 0.06)), ended_late_s=0.7)
    new = Walker(((1.15, 0.0, 0.18), (2.0, 0.0, 1.2)), id=2)
    (crossing,) = crossings([DOOR_LINE], [old, new], fps=20)
    assert "continues a track lost before" in crossing.reason
    assert crossing.t_ns == pytest.approx(1.0e9, abs=1e6)


def test_someone_of_another_height_is_someone_else() -> None:
    adult = Walker(((0.0, 0.0, -1.2), (1.3, 0.0, 0.36)), ended_late_s=0.7)
    child = Walker(((1.4, 0.0, 0.1), (2.4, 0.0, 1.3)), id=2, stature_m=1.1)
    assert len(crossings([DOOR_LINE], [adult, child], fps=20)) == 2


def test_a_lost_track_that_comes_back_was_not_continued_by_another() -> None:
    first = Walker(through((0, -1.2), (0, 1.2)), hidden_s=((0.9, 1.3),))
    second = Walker(through((0.2, 0.0), (0.2, 1.2), start_s=1.1), id=2)
    assert len(crossings([DOOR_LINE], [first, second], fps=20)) == 2


def test_a_held_crossing_is_handed_over_and_cancelled_by_the_return_under_the_new_id() -> None:
    old = Walker(((0.0, 0.0, -1.0), (1.0, 0.0, 0.5)), ended_late_s=0.7)
    new = Walker(((1.2, 0.0, 0.6), (1.6, 0.0, 0.6), (2.6, 0.0, -1.0)), id=2)
    assert crossings([CANCEL_LINE], [old, new], fps=20) == []


def test_attributes_and_stature_go_with_the_event() -> None:
    counter = LineCounter([DOOR_LINE])
    found: list[Crossing] = []
    for k, y in enumerate((-0.5, 0.5)):
        plain = tracks_of(t_s=k * 0.5, ids=[7], xy_m=[(0.0, y)])
        looks = Attributes(*(np.array([v], np.float32) for v in (0.25, 0.5, np.nan)))
        found += counter.step(_with(plain, looks, stature_m=1.625))
    (crossing,) = found
    assert (crossing.stature_m, crossing.child, crossing.staff) == (1.625, 0.25, 0.5)
    assert (crossing.child_confidence, crossing.staff_confidence) == (0.25, 0.5)
    assert np.isnan(crossing.gender)
    assert np.isnan(crossing.gender_confidence)


def _with(tracks: Tracks, attributes: Attributes, *, stature_m: float) -> Tracks:
    return Tracks(
        id=tracks.id,
        xyz_m=tracks.xyz_m,
        velocity_mps=tracks.velocity_mps,
        stature_m=np.array([stature_m], dtype=np.float32),
        stature_sigma_m=tracks.stature_sigma_m,
        phase=tracks.phase,
        attributes=attributes,
        ended=tracks.ended,
        t_ns=tracks.t_ns,
        confidence=attributes,
    )


def test_reset_forgets_tracks_and_held_crossings() -> None:
    counter = LineCounter([CANCEL_LINE])
    for tracks in steps([Walker(((0.0, 0.0, -1.0), (1.0, 0.0, 1.0), (2.0, 0.0, 1.0)))], fps=15):
        if tracks.t_ns > 1.5e9:
            break
        assert counter.step(tracks) == ()
    counter.reset()
    assert counter.tracks_remembered == 0
    assert counter.finish() == ()
    assert counter.step(tracks_of(t_s=0.0)) == ()


def test_time_that_runs_backwards_is_refused() -> None:
    counter = LineCounter([DOOR_LINE])
    counter.step(tracks_of(t_s=2.0))
    with pytest.raises(ContractError, match="backwards"):
        counter.step(tracks_of(t_s=1.0))


def test_without_lines_nothing_is_counted() -> None:
    assert crossings([], [Walker(through((0, -1), (0, 1)))]) == []


def test_a_track_first_listed_as_a_prediction_waits_for_its_first_sight() -> None:
    counter = LineCounter([DOOR_LINE])
    for k, (y, phase) in enumerate(
        [(-0.5, Phase.COASTING), (0.5, Phase.CONFIRMED), (1.0, Phase.CONFIRMED)]
    ):
        step = tracks_of(t_s=k * 0.5, ids=[1], xy_m=[(0.0, y)], phases=[phase])
        assert counter.step(step) == ()


def test_state_is_bounded_by_live_tracks_under_churn() -> None:
    counter, births, alive_steps, found = LineCounter([DOOR_LINE, CANCEL_LINE]), 250, 3, 0
    for k in range(80):
        first = max(0, k - alive_steps + 1) * births
        ids = np.arange(first, (k + 1) * births)
        places = np.column_stack([(ids % births) * 0.9, (k - ids // births) * 0.6 - 0.5])
        gone = np.arange(max(0, first - births), first)
        step = tracks_of(t_s=k * 0.3, ids=ids.tolist(), xy_m=places, ended=gone.tolist())
        found += len(counter.step(step))
        assert counter.tracks_remembered <= births * (alive_steps + 4)
    assert found > 0


def test_a_track_whose_end_was_never_told_is_forgotten() -> None:
    counter = LineCounter([DOOR_LINE])
    counter.step(tracks_of(t_s=0.0, ids=[1], xy_m=[(0.0, 0.1)]))
    counter.step(tracks_of(t_s=11.0))
    counter.step(tracks_of(t_s=12.0))
    assert counter.tracks_remembered == 0
