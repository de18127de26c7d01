"""The analytic scene: exact geometry, two eyes that agree, truth that follows from the paths."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from lintel.capture.analytic import SCENES, AnalyticSource
from lintel.errors import SourceError
from lintel.geometry import floor_from_cam_of, side_of_line

SMALL = (160, 100)


@pytest.mark.parametrize("tilt_deg", [0.0, 12.0, -20.0])
def test_exact_depth_of_the_bare_floor_is_the_plane(tilt_deg: float) -> None:
    source = AnalyticSource("cross", size=SMALL, tilt_rad=np.deg2rad(tilt_deg), height_m=2.6)
    depth = source.exact_depth(0)
    v, u = np.mgrid[: SMALL[1], : SMALL[0]]
    pixels = np.stack([u.ravel(), v.ravel()], axis=1).astype(float)
    points = depth.intrinsics.unproject(pixels, depth.depth_m.ravel().astype(float))
    heights = source.floor_from_cam.apply(points)[:, 2]
    assert np.abs(heights).max() < 1e-4


@pytest.mark.parametrize("tilt_deg", [0.0, 15.0])
def test_the_floor_frame_is_the_house_convention(tilt_deg: float) -> None:
    pose = AnalyticSource("cross", size=SMALL, tilt_rad=np.deg2rad(tilt_deg)).floor_from_cam
    expected = floor_from_cam_of(normal_cam=pose.rotation[2], height_m=3.0)
    np.testing.assert_allclose(pose.rotation, expected.rotation, atol=1e-12)
    np.testing.assert_allclose(pose.translation_m, expected.translation_m, atol=1e-12)


def test_a_head_stands_where_the_truth_says() -> None:
    source = AnalyticSource("cross", size=(640, 400))
    heads = source.heads
    near = np.abs(heads.xyz_m[:, 0]) < 0.8
    assert near.sum() > 20
    for frame, xyz in zip(heads.frame[near][::5], heads.xyz_m[near][::5], strict=True):
        depth = source.exact_depth(int(frame))
        top = source.floor_from_cam.inverse().apply(xyz[None].astype(float))
        u, v = np.rint(depth.intrinsics.project(top)[0]).astype(int)
        # a head seen from the side hides its own top behind its rim by some centimetres
        assert depth.depth_m[v, u] == pytest.approx(top[0, 2], abs=0.03)


@pytest.mark.parametrize("frame", [0, 40])
def test_the_right_image_moved_by_the_exact_disparity_is_the_left_one(frame: int) -> None:
    source = AnalyticSource("cross", noise=0.0, size=(640, 400))
    pair, depth = source.pair(frame), source.exact_depth(frame)
    shift = depth.intrinsics.fx * source.rig.baseline_m
    disparity = (shift / depth.depth_m).astype(np.float32)
    v, u = np.mgrid[:400, :640].astype(np.float32)
    warped = cv2.remap(pair.right, u - disparity, v, cv2.INTER_LINEAR)
    error = np.abs(warped.astype(float) - pair.left)[:, 70:]
    assert np.median(error) <= 2.0
    assert (error < 12.0).mean() > 0.96  # the rest: occlusions and outlines


def test_lens_distortion_bends_the_images_but_not_the_exact_depth() -> None:
    lens = (-0.12, 0.02, 0.001, -0.001, 0.0)
    bent = AnalyticSource("cross", size=SMALL, distortion=lens, noise=0.0)
    plain = AnalyticSource("cross", size=SMALL, noise=0.0)
    np.testing.assert_array_equal(bent.exact_depth(30).depth_m, plain.exact_depth(30).depth_m)
    camera = bent.rig.left
    straight = cv2.undistort(bent.pair(30).left, camera.matrix, camera.distortion)
    inner = (slice(15, -15), slice(25, -25))
    wanted = plain.pair(30).left[inner].astype(float)
    mended = np.abs(straight[inner] - wanted).mean()
    assert 2.5 * mended < np.abs(bent.pair(30).left[inner] - wanted).mean()


def test_the_same_seed_gives_the_same_bytes_in_any_order_and_another_seed_does_not() -> None:
    first, second = (AnalyticSource("doorway", size=SMALL, seed=7) for _ in range(2))
    late = first.pair(60).left.tobytes()
    assert [second.pair(f).left.tobytes() for f in (3, 60)][1] == late
    assert first.truth.model_dump_json() == second.truth.model_dump_json()
    other = AnalyticSource("doorway", size=SMALL, seed=8)
    assert other.pair(60).left.tobytes() != late
    assert other.truth.crossings != first.truth.crossings


def test_the_doorway_tells_its_story() -> None:
    source = AnalyticSource("doorway", size=SMALL)
    crossings = source.truth.crossings
    assert [c.direction.value for c in crossings].count("in") == 6
    assert [c.direction.value for c in crossings].count("out") == 5
    assert sum(p.child for p in source.truth.people) == 1
    turner = [c.direction.value for c in crossings if c.person == 9]
    assert turner == ["out", "in"]
    assert {c.person for c in crossings} == set(range(10))  # 10 walks along the line, in vain
    pair = [c.t_s for c in crossings if c.person in {5, 6}]
    assert pair[0] == pytest.approx(pair[1])


def test_nobody_crosses_where_nobody_is() -> None:
    for name in ("empty", "box"):
        source = AnalyticSource(name, size=SMALL)
        assert not source.truth.people
        assert not source.truth.crossings
        assert len(source.heads.frame) == 0


def _recount(source: AnalyticSource) -> list[tuple[int, str, float]]:
    """Person, direction and time of each change of side, straight from the heads."""
    start, end = source.site.lines[0].points_m
    heads, found = source.heads, []
    for number in np.unique(heads.person):
        mine = heads.person == number
        t_s = heads.frame[mine] / source.fps
        side = side_of_line(heads.xyz_m[mine, :2].astype(float), start, end)
        changes = np.flatnonzero((side[:-1] < 0) != (side[1:] < 0))
        found += [(int(number), "in" if side[i + 1] >= 0 else "out", t_s[i]) for i in changes]
    return sorted(found)


@pytest.mark.parametrize("name", sorted(SCENES))
@pytest.mark.parametrize("seed", [0, 1, 983])
def test_crossings_follow_from_the_heads_and_nobody_walks_through_anybody(
    name: str, seed: int
) -> None:
    source = AnalyticSource(name, size=(16, 16), seed=seed, fps=10.0)
    truth = sorted((c.person, c.direction.value, c.t_s) for c in source.truth.crossings)
    recount = _recount(source)
    assert [r[:2] for r in recount] == [c[:2] for c in truth]
    assert all(0 <= c[2] - r[2] <= 0.1 for r, c in zip(recount, truth, strict=True))
    heads = source.heads
    for frame in np.unique(heads.frame):
        xy = heads.xyz_m[heads.frame == frame, :2]
        apart = np.linalg.norm(xy[:, None] - xy[None], axis=2) + 9 * np.eye(len(xy))
        assert apart.min() > 0.43


@pytest.mark.parametrize("seed", range(20))
def test_every_seed_of_the_doorway_has_the_same_story(seed: int) -> None:
    source = AnalyticSource("doorway", size=SMALL, seed=seed)
    directions = [c.direction.value for c in source.truth.crossings]
    assert (directions.count("in"), directions.count("out")) == (6, 5)


def test_a_longer_scene_brings_other_people() -> None:
    source = AnalyticSource("cross", size=SMALL, seconds=24.0)
    assert len(source.truth.people) == 6
    assert len({p.stature_m for p in source.truth.people}) == 6
    assert len(source.truth.crossings) == 6


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"scene": "moon"}, "no such scene"),
        ({"seconds": -1.0}, "seconds"),
        ({"fps": 0.0}, "fps"),
        ({"fps": float("nan")}, "fps"),
        ({"size": (8, 8)}, "width"),
        ({"size": (8000, 8000)}, "size"),
        ({"tilt_rad": 1.0}, "tilt"),
        ({"height_m": 1.0}, "height_m"),
        ({"seed": -1}, "seed"),
    ],
)
def test_an_impossible_scene_is_refused(wrong: dict[str, object], said: str) -> None:
    with pytest.raises(SourceError, match=said):
        AnalyticSource(**wrong)  # type: ignore[arg-type] # a table of settings of many types


def test_no_such_frame() -> None:
    source = AnalyticSource("cross", size=SMALL)
    with pytest.raises(SourceError, match=r"0\.\.119"):
        source.pair(120)
