"""Plans against closed forms, against projection into the pictures, and against each other."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lintel.errors import PlanError
from lintel.geometry import Bools, Floats, inside_polygon
from lintel.planning import (
    Box,
    Mount,
    depth_sigma_m,
    draw_plan,
    intrinsics_of_focal,
    intrinsics_of_lens,
    largest_box,
    plan_hall,
    plan_mount,
    svg_of,
)
from lintel.planning.plan import EDGE_M, LINE_EDGE_M
from lintel.planning.region import ConvexRegion, area_m2, longest_chord_m
from planning_builders import SIZE, mount

heights = st.floats(2.5, 6.0)
tilts = st.floats(-20.0, 20.0)
lenses = st.floats(60.0, 114.0)


def seen_by_both(mounted: Mount, points_m: Floats) -> Bools:
    """The same question asked the other way round: project and look where it falls."""
    left_m = mounted.floor_from_left.inverse().apply(points_m)
    right_m = left_m - np.array([mounted.baseline_m, 0.0, 0.0])
    seen = left_m[:, 2] >= mounted.nearest_m
    for camera_m in (left_m, right_m):
        safe_m = np.where(camera_m[:, 2:] > 0, camera_m, [[0.0, 0.0, 1.0]])
        u, v = mounted.intrinsics.project(safe_m).T
        seen &= (u >= -0.5) & (u <= mounted.size[0] - 0.5)
        seen &= (v >= -0.5) & (v <= mounted.size[1] - 0.5)
    return np.asarray(seen)


def test_straight_down_the_field_is_a_box_of_known_sides() -> None:
    plan = plan_mount(mount(height_m=3.0, hfov_deg=90.0), stature_m=1.75)
    across, along = 2 * 1.25 - 0.075, 2 * 1.25 * 400 / 640
    assert plan.heads.sides_m == pytest.approx((across, along))
    assert plan.heads.area_m2 == pytest.approx(across * along)
    assert plan.heads.corners_m.min(axis=0) == pytest.approx([0.075 - 1.25, -along / 2])
    assert plan.floor.sides_m == pytest.approx((6.0 - 0.075, 6.0 * 400 / 640))
    assert plan.usable.sides_m == pytest.approx((across - 0.8, along - 0.8))
    assert plan.tallest_below_m == pytest.approx(2.05)


def test_lines_keep_free_floor_on_both_sides_and_their_ends_out_of_the_rim() -> None:
    lines = plan_mount(mount(height_m=4.0, hfov_deg=90.0)).lines
    across, along = 2 * 2.25 - 0.075, 2 * 2.25 * 400 / 640
    assert lines.longest_x_m == pytest.approx(across - 2 * EDGE_M)
    assert lines.longest_y_m == pytest.approx(along - 2 * EDGE_M)
    assert np.ptp(lines.along_x_m[:, 1]) == pytest.approx(along - 2 * LINE_EDGE_M)
    assert np.ptp(lines.along_y_m[:, 0]) == pytest.approx(across - 2 * LINE_EDGE_M)
    assert np.ptp(lines.any_way_m, axis=0) == pytest.approx([across - 1.2, along - 1.2])


def test_precision_follows_the_square_of_the_distance() -> None:
    plan = plan_mount(mount(height_m=3.75, hfov_deg=90.0), stature_m=1.75)
    centre, corner = plan.precision[:2]
    sigma_m = 2.0**2 * 0.2 / (320 * 0.075)
    assert centre.depth_m == pytest.approx(2.0)
    assert [one.height_sigma_m for one in plan.precision] == pytest.approx([sigma_m] * 5)
    assert centre.floor_sigma_m < 0.03 * sigma_m
    # Across, the edge of a 90 degree lens is as far aside as it is below; along it is 400/640.
    assert corner.floor_sigma_m == pytest.approx(sigma_m * math.hypot(1.0, 0.625))


@pytest.mark.parametrize(
    ("depth_m", "focal_px", "baseline_m", "expected_m"),
    [(1.25, 293.2, 0.075, 0.0142), (2.25, 293.2, 0.075, 0.0460), (4.25, 586.4, 0.075, 0.0821)],
)
def test_depth_error_of_published_mounts(
    depth_m: float, focal_px: float, baseline_m: float, expected_m: float
) -> None:
    sigma_m = depth_sigma_m(depth_m, focal_px=focal_px, baseline_m=baseline_m)
    assert sigma_m == pytest.approx(expected_m, abs=1e-4)


@given(height_m=heights, tilt_deg=tilts, hfov_deg=lenses, level_m=st.floats(0.0, 1.9))
def test_the_field_is_where_both_pictures_show_the_point(
    height_m: float, tilt_deg: float, hfov_deg: float, level_m: float
) -> None:
    mounted = mount(height_m=height_m, tilt_deg=tilt_deg, hfov_deg=hfov_deg)
    grid = np.linspace(-11.9, 11.9, 61)
    places_m = np.column_stack([one.ravel() for one in np.meshgrid(grid, grid)])
    points_m = np.column_stack([places_m, np.full(len(places_m), level_m)])
    region = mounted.region(level_m)
    in_corners = inside_polygon(places_m, region.corners_m())
    near_edge = region.contains(places_m) & ~region.shrunk(radius_m=1e-6).contains(places_m)
    expected = seen_by_both(mounted, points_m)
    assert (in_corners == expected)[~near_edge].all()
    assert (region.contains(places_m) == expected)[~near_edge].all()


@given(height_m=heights, tilt_deg=tilts, hfov_deg=lenses)
def test_each_part_lies_inside_the_one_that_it_is_part_of(
    height_m: float, tilt_deg: float, hfov_deg: float
) -> None:
    mounted = mount(height_m=height_m, tilt_deg=tilt_deg, hfov_deg=hfov_deg)
    plan = plan_mount(mounted, stature_m=1.7)
    region = mounted.region(1.7)
    for corners_m in (plan.usable.corners_m, plan.lines.along_x_m, plan.lines.along_y_m):
        assert region.contains(corners_m).all()
    for corner in plan.lines.any_way_m:
        turns = np.linspace(0, 2 * np.pi, 12)
        ring = corner + 0.599 * np.column_stack([np.cos(turns), np.sin(turns)])
        assert region.contains(ring).all()
    for corner in plan.lines.along_x_m:
        assert region.contains(corner + np.array([[0.4, 0.6], [-0.4, 0.6], [0.4, -0.6]])).all()


@given(height_m=st.floats(2.5, 5.5), higher_m=st.floats(0.05, 0.5), hfov_deg=lenses)
def test_hanging_higher_sees_more_and_less_exactly(
    height_m: float, higher_m: float, hfov_deg: float
) -> None:
    low = plan_mount(mount(height_m=height_m, hfov_deg=hfov_deg))
    high = plan_mount(mount(height_m=height_m + higher_m, hfov_deg=hfov_deg))
    assert high.heads.area_m2 > low.heads.area_m2
    assert high.floor.area_m2 > low.floor.area_m2
    assert high.lines.longest_x_m >= low.lines.longest_x_m
    assert high.precision[0].height_sigma_m > low.precision[0].height_sigma_m


@given(height_m=heights, tilt_deg=tilts, hfov_deg=st.floats(60.0, 110.0))
def test_a_wider_lens_sees_more_and_a_taller_head_is_seen_on_less_floor(
    height_m: float, tilt_deg: float, hfov_deg: float
) -> None:
    narrow = mount(height_m=height_m, tilt_deg=tilt_deg, hfov_deg=hfov_deg)
    wide = mount(height_m=height_m, tilt_deg=tilt_deg, hfov_deg=hfov_deg + 3)
    assert plan_mount(wide).heads.area_m2 >= plan_mount(narrow).heads.area_m2
    short, tall = (plan_mount(narrow, stature_m=stature) for stature in (1.2, 1.8))
    assert tall.heads.area_m2 <= short.heads.area_m2
    assert short.heads.area_m2 <= short.floor.area_m2


@given(height_m=heights, baseline_m=st.floats(0.03, 0.2))
def test_a_longer_baseline_measures_better_and_loses_a_wider_strip(
    height_m: float, baseline_m: float
) -> None:
    short = plan_mount(mount(height_m=height_m, baseline_m=baseline_m))
    long = plan_mount(mount(height_m=height_m, baseline_m=2 * baseline_m))
    ratio = short.precision[0].height_sigma_m / long.precision[0].height_sigma_m
    assert ratio == pytest.approx(2.0)
    assert short.heads.sides_m[0] - long.heads.sides_m[0] == pytest.approx(baseline_m)


@given(height_m=heights, tilt_deg=st.floats(0.0, 20.0))
def test_tilting_to_the_other_side_mirrors_the_plan(height_m: float, tilt_deg: float) -> None:
    there = plan_mount(mount(height_m=height_m, tilt_deg=tilt_deg))
    back = plan_mount(mount(height_m=height_m, tilt_deg=-tilt_deg))
    assert there.heads.area_m2 == pytest.approx(back.heads.area_m2, rel=1e-6)
    assert there.heads.corners_m[:, 1].max() == pytest.approx(-back.heads.corners_m[:, 1].min())


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"height_m": 2.4}, "too_low"),
        ({"height_m": 4.5}, "high"),
        ({"height_m": 7.0}, "too_high"),
        ({"height_m": 6.0}, "imprecise"),
        ({"tilt_deg": 21.0}, "tilted"),
        ({"tilt_deg": 50.0}, "horizon"),
        ({"hfov_deg": 40.0}, "narrow_lens"),
        ({"hfov_deg": 40.0, "height_m": 2.5}, "no_line"),
        ({"height_m": 2.4, "hfov_deg": 105.0}, "short_line"),
        ({"height_m": 2.2, "stature": 1.6}, "tall_people_missed"),
    ],
)
def test_what_speaks_against_a_mount_is_said(change: dict[str, float], code: str) -> None:
    stature_m = change.pop("stature", 1.75)
    mounted = mount(
        height_m=change.get("height_m", 3.0),
        tilt_deg=change.get("tilt_deg", 0.0),
        hfov_deg=change.get("hfov_deg", 95.0),
    )
    assert code in {one.code for one in plan_mount(mounted, stature_m=stature_m).warnings}


def test_a_good_mount_has_no_warnings() -> None:
    assert plan_mount(mount(height_m=3.0, tilt_deg=10.0)).warnings == ()


@pytest.mark.parametrize(
    "build",
    [
        partial(mount, height_m=1.0),
        partial(mount, height_m=math.nan),
        partial(mount, tilt_deg=80.0),
        partial(mount, tilt_deg=math.inf),
        partial(mount, baseline_m=-0.1),
        partial(mount, nearest_m=math.nan),
        partial(mount, size=(10, 10)),
    ],
)
def test_what_cannot_be_built_is_refused(build: Callable[[], Mount]) -> None:
    with pytest.raises(PlanError, match="expected"):
        build()


@pytest.mark.parametrize("hfov_deg", [0.0, -90.0, math.nan, 300.0])
def test_impossible_lenses_are_refused(hfov_deg: float) -> None:
    with pytest.raises(PlanError, match="lens: expected"):
        intrinsics_of_lens(hfov_deg, SIZE)


def test_a_camera_just_above_the_heads_measures_none() -> None:
    with pytest.raises(PlanError, match="hang the sensor higher"):
        plan_mount(mount(height_m=2.0))


def test_lenses_are_told_by_angle_or_by_focal_length() -> None:
    assert intrinsics_of_lens(90.0, SIZE).fx == pytest.approx(320.0)
    by_angle, by_focal = intrinsics_of_lens(90.0, SIZE), intrinsics_of_focal(320.0, SIZE)
    assert (by_angle.cx, by_angle.cy) == (by_focal.cx, by_focal.cy) == (319.5, 199.5)
    assert intrinsics_of_lens(180.0, SIZE) == intrinsics_of_lens(114.0, SIZE)
    assert mount(hfov_deg=77.0).field_deg[0] == pytest.approx(77.0)


class TestHall:
    """Sensors for a hall."""

    def test_boxes_are_counted_the_way_that_takes_fewer(self) -> None:
        box = Box((-2.0, 2.0), (-1.0, 1.0))
        assert plan_hall(box, (8.0, 4.0)).count == 4
        turned = plan_hall(box, (6.0, 4.0))
        assert (turned.columns, turned.rows, turned.turned) == (3, 1, True)

    def test_an_off_centre_view_hangs_off_the_middle_of_its_part(self) -> None:
        hall = plan_hall(Box((-1.0, 2.0), (0.0, 2.0)), (3.0, 2.0))
        assert hall.sensors_m == ((1.0, 0.0),)
        turned = plan_hall(Box((-1.0, 2.0), (0.0, 2.0)), (2.0, 3.0))
        assert turned.sensors_m == ((2.0, 1.0),)

    @given(
        width_m=st.floats(1.0, 25.0), depth_m=st.floats(1.0, 25.0), overlap_m=st.floats(0.0, 1.0)
    )
    def test_every_place_is_seen_well_by_some_sensor(
        self, width_m: float, depth_m: float, overlap_m: float
    ) -> None:
        mounted = mount(height_m=4.0, tilt_deg=8.0)
        plan = plan_mount(mounted, hall_m=(width_m, depth_m), overlap_m=overlap_m)
        assert plan.hall is not None
        inner = mounted.region(1.75).shrunk(radius_m=overlap_m / 2 - 1e-6)
        ticks = np.linspace(0.0, 1.0, 23)
        places_m = np.column_stack([one.ravel() for one in np.meshgrid(ticks, ticks)])
        places_m *= [width_m, depth_m]
        seen = np.zeros(len(places_m), dtype=bool)
        for sensor_m in plan.hall.sensors_m:
            away = places_m - sensor_m
            own = np.column_stack([away[:, 1], -away[:, 0]]) if plan.hall.turned else away
            seen |= inner.contains(own)
        assert seen.all()

    def test_more_overlap_takes_more_sensors(self) -> None:
        counts = [
            found.hall.count
            for overlap_m in (0.0, 0.4, 0.8, 1.2)
            if (
                found := plan_mount(mount(height_m=3.5), hall_m=(12.0, 8.0), overlap_m=overlap_m)
            ).hall
        ]
        assert counts == sorted(counts)
        assert counts[0] < counts[-1]

    @pytest.mark.parametrize("hall_m", [(0.1, 5.0), (math.nan, 5.0), (501.0, 5.0), (500.0, 500.0)])
    def test_impossible_halls_are_refused(self, hall_m: tuple[float, float]) -> None:
        with pytest.raises(PlanError):
            plan_mount(mount(), hall_m=hall_m)

    def test_a_view_without_an_inside_covers_no_hall(self) -> None:
        with pytest.raises(PlanError, match="no number of sensors"):
            plan_mount(mount(height_m=2.5, hfov_deg=50.0), hall_m=(3.0, 3.0))

    def test_many_sensors_and_sensors_beside_the_hall_are_said(self) -> None:
        many = plan_mount(mount(), hall_m=(20.0, 20.0))
        assert "many_sensors" in {one.code for one in many.warnings}
        leaning = plan_mount(mount(height_m=4.0, tilt_deg=20.0), hall_m=(1.0, 1.0))
        assert "beside_hall" in {one.code for one in leaning.warnings}


class TestRegions:
    """Half-planes and polygons."""

    @given(
        turns=st.lists(st.floats(0.0, 6.28), min_size=3, max_size=9),
        offsets=st.lists(st.floats(-3.0, -0.5), min_size=9, max_size=9),
    )
    def test_the_largest_box_is_inside_and_no_smaller_than_a_plain_one(
        self, turns: list[float], offsets: list[float]
    ) -> None:
        normals = np.column_stack([np.cos(turns), np.sin(turns)])
        region = ConvexRegion(normals, np.array(offsets[: len(turns)]))
        box = largest_box(region.corners_m())
        assert box is not None
        corners = np.array([[x, y] for x in box.x_m for y in box.y_m])
        assert region.shrunk(radius_m=-1e-6).contains(corners).all()
        assert box.area_m2 >= 0.9 * 2 * 0.5**2  # the square inside the disc of 0.5 m

    def test_a_trapezoid_holds_the_box_that_calculus_finds(self) -> None:
        # Half width 2 - y over y in 0..2: the area 2 (2 - y) y is largest at y = 1.
        corners_m = np.array([[-2.0, 0.0], [2.0, 0.0], [0.0, 2.0]])
        box = largest_box(corners_m)
        assert box is not None
        assert box.area_m2 == pytest.approx(2.0, rel=1e-3)
        assert longest_chord_m(corners_m) == pytest.approx(4.0)
        assert area_m2(corners_m) == pytest.approx(4.0)

    def test_nowhere_has_no_corners_no_box_and_no_chord(self) -> None:
        nothing = ConvexRegion.nowhere().corners_m()
        assert nothing.shape == (0, 2)
        assert largest_box(nothing) is None
        assert longest_chord_m(nothing) == 0.0

    def test_everywhere_is_as_far_as_is_looked(self) -> None:
        everywhere = ConvexRegion(np.empty((0, 2)), np.empty(0))
        assert area_m2(everywhere.corners_m()) == pytest.approx(24.0**2)


def test_the_drawing_is_well_formed_and_names_everything() -> None:
    panels = draw_plan(plan_mount(mount(tilt_deg=10.0), hall_m=(6.0, 4.0)))
    root = ET.fromstring(svg_of(panels))  # noqa: S314 - our own text
    texts = {element.text for element in root.iter() if element.text}
    assert len(panels) == 2
    assert {"lines along x", "lines along y", "floor in view", "hall"} <= texts
    outside = [
        value
        for element in root.iter("{http://www.w3.org/2000/svg}circle")
        for value in (float(element.attrib["cx"]), float(element.attrib["cy"]))
        if value < 0
    ]
    assert outside == []
