"""The floor under a running camera: rooms in, poses out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from depth_floor_builders import BASELINE_M, Head, Room, depth_map
from lintel.depth.floor import FloorEstimator, FloorSettings
from lintel.depth.stage import DepthStage
from lintel.errors import ContractError
from lintel.frames import DepthMap, StereoPair
from lintel.records import FloorFit
from lintel.rig import find_rig

SETTINGS = FloorSettings(baseline_m=BASELINE_M)
TABLE = (-1.6, 1.4, -1.2, 0.9, 0.70, 0.75)  # hides more than half of the picture at 3 m
People = Callable[[float], tuple[Head, ...]]


def nobody(_: float) -> tuple[Head, ...]:
    return ()


def watch(
    estimator: FloorEstimator,
    room: Room,
    *,
    start_s: float = 0.0,
    seconds: float = 3.0,
    people: People = nobody,
) -> FloorFit | None:
    """Show a room at 5 fps; the last answer."""
    fit = None
    for t_s in np.arange(start_s, start_s + seconds, 0.2):
        fit = estimator.step(room.depth(float(t_s), people(float(t_s))))
    return fit


def seen(room: Room, *, seconds: float = 3.0, people: People = nobody) -> FloorFit:
    fit = watch(FloorEstimator(settings=SETTINGS), room, seconds=seconds, people=people)
    assert fit is not None
    return fit


def tilt_error_deg(fit: FloorFit, room: Room) -> float:
    up = fit.floor_from_cam.rotation[2]
    return float(np.degrees(np.arccos(np.clip(up @ room.normal, -1.0, 1.0))))


def assert_matches(
    fit: FloorFit, room: Room, *, at_3_m: float = 0.015, tilt_deg: float = 0.3
) -> None:
    """Height within ``at_3_m``, growing with the square of the height as stereo errors do."""
    assert fit.settled
    assert fit.height_m == pytest.approx(room.height_m, abs=at_3_m * (room.height_m / 3.0) ** 2)
    assert tilt_error_deg(fit, room) < tilt_deg


@pytest.mark.parametrize("height_m", [2.2, 3.0, 4.0, 6.0])
@pytest.mark.parametrize("tilt_deg", [0.0, 10.0, 20.0])
def test_an_empty_room_is_measured_from_any_mount(height_m: float, tilt_deg: float) -> None:
    tilt = np.radians(tilt_deg) / np.sqrt(2)
    room = Room(height_m=height_m, pitch_rad=tilt, roll_rad=-tilt, hole_share=0.5)
    fit = seen(room, seconds=1.5)
    assert_matches(fit, room)
    assert fit.tilt_rad == pytest.approx(room.tilt_rad, abs=0.005)


@settings(max_examples=12, deadline=None)
@given(
    height_m=st.floats(2.2, 6.0),
    tilt=st.floats(0.0, np.radians(20.0)),
    direction=st.floats(0.0, 2 * np.pi),
    seed=st.integers(0, 1000),
)
def test_any_pose_is_found(height_m: float, tilt: float, direction: float, seed: int) -> None:
    room = Room(
        height_m=height_m,
        pitch_rad=tilt * np.cos(direction),
        roll_rad=tilt * np.sin(direction),
        width_px=320,
        noise_px=0.1,
        seed=seed,
    )
    assert_matches(seen(room, seconds=1.2), room, at_3_m=0.03)


def test_a_table_larger_than_the_floor_around_it_is_not_the_floor() -> None:
    room = Room(boxes=(TABLE,))
    assert_matches(seen(room), room)


def test_chairs_boxes_and_a_wall_do_not_tilt_the_floor() -> None:
    chairs = tuple(
        (x, x + 0.45, y, y + 0.45, 0.0, 0.45) for x in (-2.0, -1.0, 1.2) for y in (-1.5, 0.2, 1.1)
    )
    wall = (2.2, 3.5, -3.0, 3.0, 0.0, 2.5)
    low_boxes = ((-2.5, -2.0, -1.0, 1.0, 0.0, 0.25),)
    room = Room(boxes=(*chairs, *low_boxes, wall), pitch_rad=0.1)
    assert_matches(seen(room), room)


def test_a_crowd_over_most_of_the_floor_does_not_lift_it() -> None:
    rng = np.random.default_rng(3)
    rows, columns = np.arange(-1.9, 2.0, 0.75), np.arange(-2.6, 2.7, 0.4)
    places = [(x, y, rng.uniform(1.5, 1.9)) for x in columns for y in rows]

    def walking(t_s: float) -> tuple[Head, ...]:
        return tuple(((x + t_s + 3) % 6 - 3, y, stature) for x, y, stature in places)

    room = Room(width_px=320, noise_px=0.1)
    hidden = room.exact_depth(walking(0.0)) < room.exact_depth(()) - 0.05
    assert hidden.mean() > 0.6
    assert_matches(seen(room, seconds=4.0, people=walking), room, at_3_m=0.03)


def test_people_who_stand_for_long_do_not_lift_a_settled_floor() -> None:
    room = Room(width_px=320, noise_px=0.1)
    standing = tuple(
        (x, y, 1.7) for x in np.arange(-2.5, 2.6, 0.6) for y in np.arange(-1.5, 1.6, 0.5)
    )
    estimator = FloorEstimator(settings=SETTINGS)
    watch(estimator, room)
    fit = watch(estimator, room, start_s=3.0, seconds=15.0, people=lambda _: standing)
    assert fit is not None
    assert_matches(fit, room, at_3_m=0.03)


@pytest.mark.parametrize(
    ("knocked", "within_s"),
    [
        (Room(pitch_rad=np.radians(3.0)), 3.0),
        (Room(roll_rad=np.radians(-12.0)), 3.0),
        (Room(height_m=2.85), 3.0),
        (Room(height_m=3.3), 3.0),
    ],
    ids=["tilted a little", "tilted much", "lowered", "raised"],
)
def test_a_knocked_camera_finds_the_floor_anew(knocked: Room, within_s: float) -> None:
    estimator = FloorEstimator(settings=SETTINGS)
    watch(estimator, Room())
    fit = watch(estimator, knocked, start_s=3.0, seconds=within_s)
    assert fit is not None
    assert_matches(fit, knocked)


def test_a_slow_drift_is_followed() -> None:
    estimator = FloorEstimator(settings=SETTINGS)
    watch(estimator, Room())
    drifted = Room(pitch_rad=np.radians(0.5), height_m=3.03)
    first = watch(estimator, drifted, start_s=3.0, seconds=5.0)
    later = watch(estimator, drifted, start_s=8.0, seconds=30.0)
    assert first is not None
    assert later is not None
    assert tilt_error_deg(later, drifted) < 0.1 < tilt_error_deg(first, drifted)
    assert later.height_m == pytest.approx(3.03, abs=0.005)


def test_a_common_disparity_error_lies_within_the_stated_uncertainty() -> None:
    room = Room(offset_px=0.15, height_m=4.0)
    fit = seen(room)
    assert abs(fit.height_m - 4.0) > 0.05  # no residual can show it
    assert abs(fit.height_m - 4.0) < 2.0 * fit.height_sigma_m


def test_uncertainty_grows_with_the_square_of_the_height() -> None:
    low, high = seen(Room(height_m=2.5)), seen(Room(height_m=5.0))
    assert high.height_sigma_m / low.height_sigma_m == pytest.approx(4.0, rel=0.15)


def test_nothing_valid_is_no_floor_and_no_error() -> None:
    blank = np.full(Room().shape, np.nan, dtype=np.float32)
    estimator = FloorEstimator(settings=SETTINGS)
    for t_s in range(60):
        assert estimator.step(depth_map(blank.copy(), Room().intrinsics, float(t_s))) is None


def test_darkness_keeps_the_floor_that_was_found() -> None:
    estimator = FloorEstimator(settings=SETTINGS)
    watch(estimator, Room())
    blank = np.full(Room().shape, np.nan, dtype=np.float32)
    for t_s in range(3, 90):
        fit = estimator.step(depth_map(blank.copy(), Room().intrinsics, float(t_s)))
    assert fit is not None
    assert_matches(fit, Room())


def test_a_floor_that_vanishes_is_no_longer_settled() -> None:
    estimator = FloorEstimator(settings=SETTINGS)
    watch(estimator, Room())
    wall_on_the_lens = np.random.default_rng(0).uniform(0.5, 5.0, Room().shape).astype(np.float32)
    for t_s in np.arange(3.0, 40.0, 0.5):
        fit = estimator.step(depth_map(wall_on_the_lens.copy(), Room().intrinsics, float(t_s)))
    assert fit is not None
    assert not fit.settled


def test_a_mount_height_known_beforehand_rules_out_other_levels() -> None:
    all_but_a_strip = (-4.0, 4.0, -4.0, 0.9, 0.0, 0.75)
    pit = Room(height_m=3.0, boxes=(all_but_a_strip,))
    told = FloorEstimator(settings=FloorSettings(baseline_m=BASELINE_M, mount_height_m=2.25))
    fit = watch(told, pit)
    assert fit is not None
    assert fit.height_m == pytest.approx(2.25, abs=0.02)
    assert seen(pit).height_m == pytest.approx(3.0, abs=0.02)


def test_a_new_picture_size_starts_over() -> None:
    estimator = FloorEstimator(settings=SETTINGS)
    watch(estimator, Room())
    other = Room(width_px=320, height_m=2.5, noise_px=0.1)
    first = estimator.step(other.depth(3.0))
    assert first is not None
    assert not first.settled
    fit = watch(estimator, other, start_s=3.2)
    assert fit is not None
    assert_matches(fit, other, at_3_m=0.03)


def test_a_reset_forgets_and_repeats() -> None:
    room, again = Room(), Room()
    estimator = FloorEstimator(settings=SETTINGS)
    first = watch(estimator, room)
    estimator.reset()
    second = watch(estimator, again)
    assert first is not None
    assert second is not None
    assert second.floor_from_cam.rotation.tolist() == first.floor_from_cam.rotation.tolist()


def test_frames_between_samples_change_nothing() -> None:
    estimator = FloorEstimator(settings=SETTINGS)
    first = estimator.step(Room().depth(0.0))
    assert estimator.step(Room(height_m=5.0).depth(0.05)) is first


def test_impossible_settings_are_refused() -> None:
    with pytest.raises(ContractError, match="baseline"):
        FloorSettings(baseline_m=0.0)
    with pytest.raises(ContractError, match="samples"):
        FloorSettings(samples=1)


def real_depth(folder: Path, *, every: int, count: int) -> Iterator[DepthMap]:
    """Depth maps of every ``every``-th exposure of a recording."""
    rig = find_rig(folder)
    stage = DepthStage(rig)
    with av.open(str(folder / "left.mp4")) as left, av.open(str(folder / "right.mp4")) as right:
        pairs = zip(left.decode(video=0), right.decode(video=0), strict=True)
        for seq, (one, other) in enumerate(pairs):
            if seq == every * count:
                return
            if seq % every == 0:
                images = [
                    frame.to_ndarray(format="gray").astype(np.uint8) for frame in (one, other)
                ]
                t_ns = round(seq / 30 * 1e9)
                yield stage.step(StereoPair(images[0], images[1], t_ns, seq, rig.rig_id))


def test_the_real_patio_is_measured_from_its_saturated_start_on(shared_data: Path) -> None:
    """Tiles with hard shadow under a table, chairs, plant pots and a door step."""
    folder = shared_data / "oak_patio"
    estimator = FloorEstimator(settings=FloorSettings(baseline_m=find_rig(folder).baseline_m))
    fits = [(d.t_ns, estimator.step(d)) for d in real_depth(folder, every=6, count=36)]
    settled = [(t_ns, fit) for t_ns, fit in fits if fit is not None and fit.settled]
    assert settled[0][0] < 1.5e9  # before the first person comes at 2.2 s
    for _, fit in settled:
        assert fit.distance_along_axis_m == pytest.approx(2.74, abs=0.03)
    tilts = np.degrees([fit.tilt_rad for _, fit in settled])
    assert np.ptp(tilts) < 1.0


def test_a_slightly_corrected_rig_keeps_the_known_floor_until_the_new_one_settles() -> None:
    room = Room(height_m=3.0)
    estimator = FloorEstimator(settings=SETTINGS)
    before = watch(estimator, room, seconds=3.0)
    first = room.depth(3.2, ())
    moved = replace(first, intrinsics=replace(first.intrinsics, cx=first.intrinsics.cx + 1.5))
    after = estimator.step(moved)
    assert before is not None
    assert after is before
    another = replace(first, intrinsics=replace(first.intrinsics, fx=first.intrinsics.fx * 1.5))
    unknown = estimator.step(replace(another, t_ns=first.t_ns + 10**9))
    assert unknown is None or not unknown.settled
