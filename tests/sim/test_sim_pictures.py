"""Pictures: same bytes for the same seed and any number of threads; geometry a matcher finds."""

from __future__ import annotations

import hashlib

import cv2
import numpy as np
import pytest

from lintel.frames import Image
from lintel.sim.catalogue import SCENARIOS, find_scenario
from lintel.sim.scenario import Lighting, Mount, Scenario
from lintel.sim.source import SimSource
from lintel.sim.world import Shot, World

SIZE = (160, 100)


def world(name: str, *, seed: int = 1_000_007, threads: int = 1, seconds: float = 6.0) -> World:
    return World(find_scenario(name), Shot(seconds=seconds, seed=seed, size=SIZE, threads=threads))


def busiest(scene: World) -> int:
    present = [sum(person.present(k) for person in scene.people) for k in range(scene.shot.frames)]
    return int(np.argmax(present))


def digest(scene: World, frame: int) -> str:
    pair = scene.frame(frame).pair
    return hashlib.sha256(pair.left.tobytes() + pair.right.tobytes()).hexdigest()


@pytest.mark.parametrize("name", ["couples", "glossy_floor", "infrared+dirty_lens"])
def test_pictures_do_not_depend_on_threads_or_on_what_was_rendered_before(name: str) -> None:
    one, three = world(name, threads=1), world(name, threads=3)
    frame = busiest(one)
    three.frame(frame - 1)
    assert digest(one, frame) == digest(three, frame)


def test_another_seed_gives_another_picture() -> None:
    assert digest(world("couples", seed=1), 40) != digest(world("couples", seed=2), 40)


def test_people_are_seen_where_truth_has_them() -> None:
    source = SimSource("single_walkers", shot=Shot(seconds=6.0, seed=1_000_007, size=SIZE))
    scene = source.world
    heads = np.stack([person.heads_m for person in scene.people])
    distance = np.where(np.isfinite(heads[..., 0]), np.hypot(heads[..., 0], heads[..., 1]), np.inf)
    person, frame = (int(v) for v in np.unravel_index(distance.argmin(), distance.shape))
    depth = source.exact_depth(frame)
    k, pose = depth.intrinsics, source.floor_from_cam.inverse()
    at = k.project(pose.apply(heads[person, frame][None]))[0]
    x, y = (round(float(v)) for v in at)
    patch = depth.depth_m[y - 2 : y + 3, x - 2 : x + 3]
    assert float(np.nanmin(patch)) == pytest.approx(3.0 - heads[person, frame, 2], abs=0.04)
    assert scene.frame(frame).visible_px[person] > 100


def test_the_two_pictures_differ_by_the_disparity_of_the_floor() -> None:
    mount = Mount(distortion=(), field_deg=60.0, mono=True)
    scene = Scenario("bare", "bare", "", mount=mount, traffic=())
    source = SimSource(scene, shot=Shot(seconds=1.0, size=(320, 200)))
    pair = source.read()
    assert pair is not None
    expected = source.rig.left.matrix[0, 0] * 0.075 / 3.0
    shift, _ = cv2.phaseCorrelate(
        pair.right[50:150, 60:260].astype(np.float32), pair.left[50:150, 60:260].astype(np.float32)
    )
    assert shift[0] == pytest.approx(expected, abs=0.25)
    assert abs(shift[1]) < 0.1


def mean_grey(image: Image) -> float:
    return float(np.asarray(image).mean())


def test_light_goes_off_and_the_camera_follows() -> None:
    scene = world("light_switch_empty", seconds=9.5)
    before, dark, adapted = (mean_grey(scene.frame(k).pair.left) for k in (70, 76, 130))
    assert dark < 0.6 * before
    assert adapted > dark


def test_infrared_is_mono_and_falls_off_towards_the_edge() -> None:
    image = world("infrared").frame(0).pair.left
    assert image.ndim == 2
    assert mean_grey(image[40:60, 60:100]) > 2.0 * mean_grey(image[:10, :10])


def test_one_camera_is_darker() -> None:
    pair = world("unequal_gain").frame(0).pair
    assert mean_grey(pair.right) < 0.9 * mean_grey(pair.left)


def test_every_lighting_is_used_by_some_scenario() -> None:
    assert {scenario.lighting for scenario in SCENARIOS.values()} == set(Lighting)
