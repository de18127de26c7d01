"""The classical detector finds people and only people on exact and on noisy depth."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detect_builders import Box, Ellipsoid, Solid, depth_of, floor_fit, person
from lintel.detect.classical import ClassicalDetector
from lintel.records import Detections

BELIEVED = 0.5


def seen(
    solids: list[Solid],
    *,
    height_m: float = 3.0,
    tilt_rad: float = 0.0,
    noise_px: float = 0.0,
    holes: float = 0.0,
) -> Detections:
    floor = floor_fit(height_m=height_m, tilt_rad=tilt_rad)
    depth = depth_of(solids, floor=floor, noise_px=noise_px, holes=holes)
    return ClassicalDetector().step(depth, floor)


def believed(detections: Detections) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    return detections.xyz_m[detections.score >= BELIEVED]


@pytest.mark.parametrize("stature_m", [1.0, 1.2, 1.5, 1.75, 2.0])
@pytest.mark.parametrize(("x_m", "y_m"), [(0.0, 0.0), (0.8, 0.3), (-0.9, -0.4)])
def test_one_person_is_one_head_at_the_right_place(
    stature_m: float, x_m: float, y_m: float
) -> None:
    heads = believed(seen(person(x_m, y_m, stature_m)))
    assert len(heads) == 1
    assert np.hypot(heads[0, 0] - x_m, heads[0, 1] - y_m) < 0.06
    assert heads[0, 2] == pytest.approx(stature_m, abs=0.04)


@pytest.mark.parametrize(
    ("apart_m", "other_m"),
    # At 35 cm bodies overlap: the dip beside a head that is 20 cm lower is filled by shoulders.
    [(0.35, 1.68), (0.35, 1.75)]
    + [(apart_m, other_m) for apart_m in (0.42, 0.5, 0.7) for other_m in (1.55, 1.75, 1.9)],
)
def test_two_people_shoulder_to_shoulder_stay_two(apart_m: float, other_m: float) -> None:
    heads = believed(
        seen(person(0.2, -apart_m / 2) + person(0.2, apart_m / 2, other_m), noise_px=0.1)
    )
    assert len(heads) == 2
    assert np.sort(heads[:, 1]) == pytest.approx([-apart_m / 2, apart_m / 2], abs=0.07)


def test_a_child_by_the_hand_is_a_second_head() -> None:
    heads = believed(seen(person(0.0, 0.0, 1.8) + person(0.0, 0.45, 1.05)))
    assert sorted(np.round(heads[:, 2], 1).tolist()) == pytest.approx([1.0, 1.8], abs=0.1)


def test_a_dense_crowd_is_counted_head_by_head() -> None:
    places = [(x, y) for x in (-0.9, -0.3, 0.3, 0.9) for y in (-0.55, 0.0, 0.55)]
    solids = [solid for i, (x, y) in enumerate(places) for solid in person(x, y, 1.6 + 0.02 * i)]
    assert len(believed(seen(solids, noise_px=0.05))) == len(places)


@pytest.mark.parametrize(
    ("name", "solids"),
    [
        ("nothing", []),
        ("low box", [Box((-0.3, -0.2, 0.0), (0.3, 0.2, 0.8))]),
        ("tall wardrobe", [Box((-0.5, -0.4, 0.0), (0.5, 0.4, 1.8))]),
        ("rolling trolley", [Box((-0.3, -0.4, 0.3), (0.3, 0.4, 1.0))]),
        ("door leaf", [Box((-0.5, -0.02, 0.0), (0.5, 0.02, 2.0))]),
        ("balloon", [Ellipsoid((0.1, 0.1, 1.8), (0.14, 0.14, 0.17))]),
        ("table", [Box((-0.9, -0.5, 0.7), (0.9, 0.5, 0.9))]),
    ],
)
def test_things_are_no_people(name: str, solids: list[Solid]) -> None:
    assert len(believed(seen(solids))) == 0, name


@pytest.mark.parametrize("tilt_deg", [-20.0, -8.0, 8.0, 20.0])
def test_a_tilted_camera_sees_the_same_person(tilt_deg: float) -> None:
    heads = believed(seen(person(0.3, 0.0), tilt_rad=np.radians(tilt_deg)))
    assert len(heads) == 1
    assert heads[0] == pytest.approx([0.3, 0.0, 1.75], abs=0.07)


@pytest.mark.parametrize("height_m", [2.4, 3.0, 4.0])
def test_holes_and_noise_do_not_hide_a_person(height_m: float) -> None:
    heads = believed(seen(person(0.2, 0.1), height_m=height_m, noise_px=0.1, holes=0.4))
    assert len(heads) == 1
    assert heads[0] == pytest.approx([0.2, 0.1, 1.75], abs=0.10)


@settings(max_examples=25, deadline=None)
@given(x_m=st.floats(-0.75, 0.75), y_m=st.floats(-0.35, 0.35), stature_m=st.floats(1.02, 2.0))
def test_wherever_someone_stands_exactly_one_head_is_believed(
    x_m: float, y_m: float, stature_m: float
) -> None:
    heads = believed(seen(person(x_m, y_m, stature_m)))
    assert len(heads) == 1
    assert np.hypot(heads[0, 0] - x_m, heads[0, 1] - y_m) < 0.08


def test_without_a_floor_nothing_is_measured_and_that_is_said() -> None:
    floor = floor_fit()
    detections = ClassicalDetector().step(depth_of(person(0, 0), floor=floor), None)
    assert len(detections) == 0
    assert detections.view_share == 0.0


def test_blind_pixels_lower_the_view_share() -> None:
    floor = floor_fit()
    detections = ClassicalDetector().step(depth_of([], floor=floor, holes=0.7), floor)
    assert detections.view_share == pytest.approx(0.3, abs=0.05)


def test_furniture_becomes_scenery_and_people_beside_it_stay() -> None:
    floor = floor_fit()
    stool: list[Solid] = [
        Ellipsoid((0.6, 0.0, 0.95), (0.10, 0.10, 0.10)),
        Ellipsoid((0.6, 0.0, 0.75), (0.2, 0.2, 0.1)),
    ]
    detector = ClassicalDetector()
    for step in range(80):
        detector.step(depth_of(stool, floor=floor, t_s=step * 0.1), floor)
    alone = detector.step(depth_of(stool, floor=floor, t_s=8.1), floor)
    with_person = detector.step(depth_of(stool + person(0.1, 0.0), floor=floor, t_s=8.2), floor)
    assert len(believed(alone)) == 0
    assert len(believed(with_person)) == 1


def test_someone_who_stands_for_minutes_stays_a_person() -> None:
    floor = floor_fit()
    detector = ClassicalDetector()
    depth = [depth_of(person(0.0, 0.0), floor=floor, t_s=float(t)) for t in range(300)]
    assert all(len(believed(detector.step(one, floor))) == 1 for one in depth)


def test_scenery_that_is_carried_away_is_forgotten() -> None:
    floor = floor_fit()
    detector = ClassicalDetector()
    post: list[Solid] = [*person(0.0, 0.0, 1.1)]
    for step in range(80):
        detector.step(depth_of(post, floor=floor, t_s=step * 0.1), floor)
    for step in range(80, 150):
        detector.step(depth_of([], floor=floor, t_s=step * 0.1), floor)
    child = detector.step(depth_of(post, floor=floor, t_s=15.1), floor)
    assert len(believed(child)) == 1


def test_reset_forgets_the_scenery() -> None:
    floor = floor_fit()
    detector = ClassicalDetector()
    for step in range(80):
        detector.step(depth_of(person(0, 0, 1.05), floor=floor, t_s=step * 0.1), floor)
    hidden = detector.step(depth_of(person(0, 0, 1.05), floor=floor, t_s=8.1), floor)
    detector.reset()
    fresh = detector.step(depth_of(person(0, 0, 1.05), floor=floor, t_s=8.2), floor)
    assert (len(believed(hidden)), len(believed(fresh))) == (0, 1)


def test_the_result_does_not_depend_on_a_small_change_of_the_floor() -> None:
    detector = ClassicalDetector()
    for height_m in (3.0, 3.004, 3.02, 3.3):
        floor = floor_fit(height_m=height_m)
        heads = believed(detector.step(depth_of(person(0.3, 0.2), floor=floor), floor))
        assert heads == pytest.approx(np.array([[0.3, 0.2, 1.75]]), abs=0.06)


def test_what_the_border_cuts_is_doubted_and_what_stands_inside_is_believed() -> None:
    # At 1.25 m below the camera the view ends 1.25 m to the side.
    cut, inside = seen(person(1.3, 0.0)), seen(person(1.05, 0.0))
    assert len(believed(cut)) == 0
    assert len(believed(inside)) == 1
