"""A whole recording scored: crossings, heads, tracks, strata, and what is left out."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from evaluate_builders import crossing, observed_of, points, true_heads, truth_of, walk
from lintel.errors import TruthError
from lintel.evaluate.as_json import recording_json, stratum_json
from lintel.evaluate.as_text import text_report
from lintel.evaluate.field import UsableField, counted_heads
from lintel.evaluate.observed import Observer
from lintel.evaluate.score import RecordingScore, score_recording
from lintel.evaluate.strata import score_strata
from lintel.geometry import Pose, floor_from_cam_of
from lintel.records import Attributes, Crossing, Detections, Direction, Phase, Tracks
from lintel.rig import CameraModel, StereoRig

TEN = range(10)


def camera() -> CameraModel:
    return CameraModel(np.array([[300.0, 0, 320], [0, 300.0, 200], [0, 0, 1]]), np.zeros(5))


def field(height_m: float = 3.0) -> UsableField:
    """A straight-down rig: at 1.7 m height a head is 1.3 m away, 640 px see +-1.39 m."""
    baseline = Pose(np.eye(3), np.array([-0.075, 0.0, 0.0]))
    rig = StereoRig((640, 400), camera(), camera(), baseline)
    down = floor_from_cam_of(normal_cam=np.array([0.0, 0.0, -1.0]), height_m=height_m)
    return UsableField(rig, down)


def score(
    name: str = "clip", *, strata: tuple[str, ...] = (), false: int = 0, people: int = 1
) -> RecordingScore:
    true = [crossing(float(t)) for t in range(1, 11)] if people else []
    counted = [*true, *(crossing(20.0 + 3 * k) for k in range(false))]
    return score_recording(
        name,
        truth=truth_of(true, people=people, strata=strata),
        heads=None,
        observed=observed_of(counted),
        lines=["door"],
    )


def test_json_of_a_recording_has_the_published_form() -> None:
    content = json.loads(json.dumps(recording_json(score(false=1))))
    assert content["crossings"] == {
        "truth": 10,
        "matched": 10,
        "missed": 0,
        "false": 1,
        "precision": pytest.approx(10 / 11, abs=1e-6),
        "recall": 1.0,
        "f1": pytest.approx(20 / 21, abs=1e-6),
    }
    assert content["false_crossings"] == [{"line": "door", "direction": "in", "t_s": 20.0}]
    assert (content["heads"], content["tracks"]) == (None, None)
    assert content["quarter_hour_error"] == pytest.approx(0.1)
    assert content["bias"][0]["bias"] == pytest.approx(0.1)


def test_what_cannot_be_measured_is_null() -> None:
    content = recording_json(score(people=0, false=2))
    assert content["quarter_hour_error"] is None
    assert content["false_without_people"] == 2
    json.dumps(content, allow_nan=False)


def test_truth_of_a_line_that_was_not_counted_is_refused() -> None:
    with pytest.raises(TruthError, match="aisle"):
        score_recording(
            "clip",
            truth=truth_of([crossing(1.0, line="aisle")]),
            heads=None,
            observed=observed_of(),
            lines=["door"],
        )


def test_heads_tracks_and_stature_are_scored_on_the_same_people() -> None:
    places = walk(0, TEN)
    result = score_recording(
        "clip",
        truth=truth_of(frames=10),
        heads=true_heads(places),
        observed=observed_of(
            frames=10,
            detections=points(walk(-1, TEN, y_m=0.05), z_m=1.73),
            tracks=points(walk(9, TEN, y_m=0.05), stature_m=1.72),
        ),
        lines=["door"],
    ).people
    assert result is not None
    assert (result.heads.rates.f1, result.frames) == (1.0, 10)
    assert result.heads.position_median_cm == pytest.approx(5.0, abs=0.01)
    assert result.heads.height.bias_cm == pytest.approx(3.0, abs=0.01)
    assert result.stature.count == 1
    assert result.stature.bias_cm == pytest.approx(2.0)
    assert math.isnan(result.stature.sigma_cm)
    assert result.tracks.idf1 == 1.0


def test_frames_that_were_never_analysed_are_not_scored() -> None:
    result = score_recording(
        "clip",
        truth=truth_of(frames=10),
        heads=true_heads(walk(0, TEN)),
        observed=observed_of(frames=4, detections=points(walk(-1, range(4)))),
        lines=["door"],
    ).people
    assert result is not None
    assert (result.heads.rates.truth, result.heads.rates.missed) == (4, 0)


def test_the_usable_field_keeps_40_cm_from_the_edge_of_both_images() -> None:
    inside = field().contains(np.array([[0.0, 0.0, 1.7], [0.9, 0.0, 1.7], [0.0, 0.4, 1.7]]))
    outside = field().contains(np.array([[1.05, 0.0, 1.7], [-0.95, 0.0, 1.7], [0.0, 0.5, 1.7]]))
    assert inside.all()
    assert not outside.any()
    assert not field().contains(np.array([[0.0, 0.0, 3.5]])).any()


def test_a_hidden_head_need_not_be_found() -> None:
    seen = counted_heads(true_heads([(0, 0, 0.0, 0.0)], visible_px=2000), field())
    hidden = counted_heads(true_heads([(0, 0, 0.0, 0.0)], visible_px=100), field())
    assert (seen.tolist(), hidden.tolist()) == ([True], [False])


def test_a_head_outside_the_field_is_neither_missed_nor_false() -> None:
    """0 in the field and found; 1 outside and found; 2 outside and not; and one real ghost."""
    places = [(0, 0, 0.0, 0.0), (0, 1, 1.2, 0.0), (0, 2, 2.5, 0.0)]
    found = points([(0, -1, 0.0, 0.0), (0, -1, 1.2, 0.1), (0, -1, 2.0, 0.0), (0, -1, 0.5, 0.0)])
    result = score_recording(
        "clip",
        truth=truth_of(people=3, frames=1),
        heads=true_heads(places),
        observed=observed_of(frames=1, detections=found),
        lines=["door"],
        field=field(),
    ).people
    assert result is not None
    rates = result.heads.rates
    assert (rates.truth, rates.matched, rates.false) == (1, 1, 1)


def test_strata_stand_apart() -> None:
    scores = [
        score("a", strata=("couple",), false=1),
        score("b", strata=("couple", "tailgating")),
        score("c", people=0, false=2, strata=("door leaf",)),
        score("d"),
    ]
    strata = {s.stratum: s for s in score_strata(scores)}
    assert list(strata) == ["couple", "door leaf", "tailgating", "unnamed"]
    assert (strata["couple"].crossings.truth, strata["couple"].crossings.false) == (20, 1)
    assert strata["tailgating"].crossings.f1 == 1.0
    assert strata["door leaf"].false_without_people == 2
    assert strata["couple"].false_without_people is None
    assert stratum_json(strata["couple"])["recordings"] == 2


def test_text_shows_sample_sizes_beside_the_figures() -> None:
    scores = [score("front door", strata=("couple",), false=1)]
    text = text_report(scores, score_strata(scores))
    assert "Strata, each apart" in text
    row = next(line for line in text.splitlines() if line.startswith("front door"))
    assert row.split()[2:6] == ["10", "10", "0", "1"]
    assert "Heads and tracks" not in text


def test_the_observer_takes_confirmed_tracks_and_times_of_the_recording() -> None:
    observer, events = Observer(fps=10.0), list[Crossing]()
    for frame in (5, 6):
        t_ns = 70_000_000_000 + frame * 100_000_000
        tracks = Tracks(
            id=np.array([3, 4], dtype=np.int64),
            xyz_m=np.zeros((2, 3), dtype=np.float32),
            velocity_mps=np.zeros((2, 2), dtype=np.float32),
            stature_m=np.full(2, 1.7, dtype=np.float32),
            stature_sigma_m=np.full(2, 0.02, dtype=np.float32),
            phase=np.array([Phase.CONFIRMED, Phase.COASTING], dtype=np.int8),
            attributes=Attributes.unmeasured(2),
            ended=np.zeros(0, dtype=np.int64),
            t_ns=t_ns,
        )
        events.append(Crossing("door", Direction.IN, t_ns, (0.0, 0.0), "walked"))
        detections = Detections.of([(0.0, 0.0, 1.7)], t_ns=t_ns)
        observer.step(frame=frame, detections=detections, tracks=tracks)
    observed = observer.observed(events)
    assert observed.frames.tolist() == [5, 6]
    assert observed.tracks.id.tolist() == [3, 3]
    assert observed.detections.frame.tolist() == [5, 6]
    assert [c.t_s for c in observed.crossings] == pytest.approx([0.5, 0.6])


def test_an_observer_that_saw_nothing_gives_empty_columns() -> None:
    observed = Observer(fps=10.0).observed([])
    assert len(observed.detections) == len(observed.tracks) == len(observed.frames) == 0
