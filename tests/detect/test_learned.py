"""The learned detector finds rendered people, and only people, and says when it cannot see."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
import pytest
from onnx import TensorProto, helper

from detect_builders import Box, Solid, floor_fit, person
from detect_builders import depth_of as solids_depth
from lintel.config import SiteConfig
from lintel.detect.head_model import PACKAGED, HeadModel
from lintel.detect.head_place import PlaceRule
from lintel.detect.learned import LearnedDetector, LearnedSettings
from lintel.detect.plan_maps import MAPS_VERSION
from lintel.detect.standing import TILE, Part
from lintel.errors import DetectorError
from lintel.frames import DepthMap, FloatImage
from lintel.pipeline import Stages
from lintel.records import Detections, FloorFit
from lintel.sim.catalogue import find_scenario
from lintel.sim.fast import FastDepth
from lintel.sim.shot import Shot
from lintel.sim.world import World

SEED = 1_500_000  # a tuning seed
BELIEVED = 0.5
MUCH_M = 0.3


@cache
def world_of(scenario: str, seconds: float = 12.0) -> World:
    return World(find_scenario(scenario), Shot(seconds=seconds, fps=2.0, seed=SEED, threads=1))


def depth_of(world: World, frame: int) -> DepthMap:
    stages = Stages.of(rig=world.rig, site=world.site(), detector="classical")
    width, height = (side // stages.depth.reduction for side in world.shot.size)
    fast = FastDepth(world, intrinsics=stages.depth.intrinsics, size=(width, height))
    return fast.depth(frame)


def floor_of(world: World) -> FloorFit:
    pose = world.rigs.cam_from_floor.inverse()
    return FloorFit(pose, 0.01, 0.001, 0.01, 1000, settled=True)


def seen_in(world: World, *, settings: LearnedSettings | None = None) -> list[Detections]:
    detector = LearnedDetector(settings=settings)
    floor = floor_of(world)
    return [detector.step(depth_of(world, k), floor) for k in range(world.shot.frames)]


def believed(seen: Detections) -> npt.NDArray[np.float32]:
    return np.asarray(seen.xyz_m[seen.score >= BELIEVED])


def well_inside(world: World, frame: int) -> npt.NDArray[np.float64]:
    """Heads (N, 4) that the camera must see: x, y, z, heading."""
    heads = [
        (*p.heads_m[frame], p.heading[frame])
        for p in world.people
        if np.isfinite(p.heads_m[frame, 0])
    ]
    table = np.array(heads).reshape(-1, 4)
    reach = 0.62 * (world.scenario.mount.height_m - table[:, 2])
    return np.asarray(table[np.abs(table[:, :2]).max(axis=1) < reach])


def found_well_inside(world: World) -> tuple[int, int]:
    """How many of the heads that must be seen were found, and how many there are."""
    found = wanted = 0
    for frame, seen in enumerate(seen_in(world)):
        for head in well_inside(world, frame):
            offset = believed(seen)[:, :2] - head[:2]
            wanted += 1
            found += bool((np.hypot(offset[:, 0], offset[:, 1]) < MUCH_M).any())
    return found, wanted


@pytest.mark.parametrize("scenario", ["couples", "tailgating", "trolley", "hat"])
def test_everyone_well_inside_the_view_is_found_where_they_are(scenario: str) -> None:
    found, wanted = found_well_inside(world_of(scenario))
    assert wanted >= 3
    assert found / wanted > 0.9


def test_who_waits_in_a_queue_stays_seen_while_it_moves_on() -> None:
    found, wanted = found_well_inside(world_of("queue", seconds=120.0))
    assert wanted > 200
    assert found / wanted > 0.995


def spread_m(seen: list[Detections], world: World) -> float:
    """Root of the mean square of how far heads well inside the view are off."""
    off = []
    for frame, one in enumerate(seen):
        for head in well_inside(world, frame):
            offset = np.hypot(*(believed(one)[:, :2] - head[:2]).T)
            if len(offset) and offset.min() < 0.1:
                off.append(offset.min())
    assert len(off) > 30
    return float(np.sqrt(np.mean(np.square(off))))


def test_the_measured_crown_tells_better_where_a_head_is() -> None:
    world = world_of("loiterer", seconds=30.0)
    alone = LearnedSettings(place=PlaceRule(share=0.0, forward_m=0.0, outward_m=0.0))
    assert spread_m(seen_in(world), world) < 0.8 * spread_m(seen_in(world, settings=alone), world)


@pytest.mark.parametrize("scenario", ["empty", "door_leaf", "curtain", "rolling_trolley"])
def test_where_nobody_is_nobody_is_believed(scenario: str) -> None:
    seen = seen_in(world_of(scenario, seconds=6.0))
    assert sum(len(believed(one)) for one in seen) == 0


def test_where_somebody_looks_is_told() -> None:
    world = world_of("single_walkers")
    errors = []
    for frame, seen in enumerate(seen_in(world)):
        for head in well_inside(world, frame):
            offset = seen.xyz_m[:, :2] - head[:2]
            near = np.flatnonzero(np.hypot(offset[:, 0], offset[:, 1]) < MUCH_M)
            if len(near) and np.isfinite(seen.heading_rad[near[0]]):
                turn = float(seen.heading_rad[near[0]] - head[3])
                errors.append(abs(np.angle(np.exp(1j * turn))))
    assert len(errors) >= 3
    assert np.median(errors) < np.radians(40)


class Onlooker(HeadModel):
    """The packaged model, which tells how many cells it looked at last."""

    looked_at = 0

    def run_where(self, channels: FloatImage, parts: Sequence[Part]) -> FloatImage:
        self.looked_at = sum(part.tiles.size * TILE**2 for part in parts)
        return super().run_where(channels, parts)


def test_what_always_stood_there_is_not_looked_at_any_more() -> None:
    model, floor = Onlooker(PACKAGED), floor_fit()
    detector = LearnedDetector(model)
    shelf: list[Solid] = [Box((-1.0, 0.8, 0.0), (1.0, 1.1, 1.6))]
    first = detector.step(solids_depth(shelf, floor=floor), floor)
    seen_first = model.looked_at
    for second in range(1, 40):
        detector.step(solids_depth(shelf, floor=floor, t_s=float(second), noise_px=0.05), floor)
    seen_last = model.looked_at
    beside = detector.step(solids_depth(shelf + person(0.0, -0.3), floor=floor, t_s=40.0), floor)
    assert len(believed(first)) == 0
    assert seen_first > 0
    assert seen_last == 0
    assert model.looked_at > 0
    assert believed(beside) == pytest.approx(np.array([[0.0, -0.3, 1.75]]), abs=0.08)


def test_gender_is_measured_only_where_it_was_asked_for() -> None:
    world = world_of("couples")
    plain = np.concatenate([seen.attributes.gender for seen in seen_in(world)])
    asked = seen_in(world, settings=LearnedSettings(gender=True))
    assert np.isnan(plain).all()
    assert np.isfinite(np.concatenate([seen.attributes.gender for seen in asked])).all()


def test_in_the_dark_the_view_is_empty_and_says_so() -> None:
    world = world_of("couples")
    lit = depth_of(world, 3)
    blind = np.full(lit.depth_m.shape, np.nan, dtype=np.float32)
    dark = replace(lit, depth_m=blind, confidence=np.zeros_like(blind))
    seen = LearnedDetector().step(dark, floor_of(world))
    assert (len(seen), seen.view_share) == (0, 0.0)


def test_without_a_settled_floor_nothing_is_measured() -> None:
    seen = LearnedDetector().step(depth_of(world_of("couples"), 3), None)
    assert (len(seen), seen.view_share) == (0, 0.0)


def test_a_reset_detector_sees_what_a_new_one_sees() -> None:
    world = world_of("couples")
    used = LearnedDetector()
    for frame in range(4):
        used.step(depth_of(world, frame), floor_of(world))
    used.reset()
    again = used.step(depth_of(world, 4), floor_of(world))
    fresh = LearnedDetector().step(depth_of(world, 4), floor_of(world))
    np.testing.assert_array_equal(again.xyz_m, fresh.xyz_m)


def test_the_packaged_model_is_small_and_says_where_it_comes_from() -> None:
    assert PACKAGED.stat().st_size < 3_000_000
    told = json.loads(PACKAGED.with_suffix(".json").read_text())
    assert told["config"]["seed"] < 1_000_000
    assert HeadModel(PACKAGED, must_be_known=True).provenance.sha256 == told["sha256"]


def test_a_damaged_model_is_refused(tmp_path: Path) -> None:
    model = tmp_path / "heads.onnx"
    content = bytearray(PACKAGED.read_bytes())
    content[len(content) // 2] ^= 1
    model.write_bytes(content)
    model.with_suffix(".json").write_text(PACKAGED.with_suffix(".json").read_text())
    with pytest.raises(DetectorError, match="expected SHA-256"):
        HeadModel(model)


def test_a_model_that_nobody_vouches_for_is_refused_where_that_is_asked(tmp_path: Path) -> None:
    model = tmp_path / "heads.onnx"
    model.write_bytes(PACKAGED.read_bytes())
    HeadModel(model)
    with pytest.raises(DetectorError, match="missing"):
        HeadModel(model, must_be_known=True)


def test_what_is_no_model_is_refused(tmp_path: Path) -> None:
    model = tmp_path / "heads.onnx"
    model.write_bytes(b"not a model")
    with pytest.raises(DetectorError, match="expected an ONNX model"):
        HeadModel(model)


@pytest.mark.parametrize(
    ("version", "outputs", "message"),
    [("plan-maps-0", 8, "version"), (MAPS_VERSION, 3, "shape")],
)
def test_a_model_of_another_contract_is_refused(
    tmp_path: Path, version: str, outputs: int, message: str
) -> None:
    path = tmp_path / "other.onnx"
    onnx.save(small_model(version, outputs), str(path))
    with pytest.raises(DetectorError, match=message):
        HeadModel(path)


def test_any_model_that_keeps_the_contract_can_be_plugged_in(tmp_path: Path) -> None:
    path = tmp_path / "nobody.onnx"
    onnx.save(small_model(MAPS_VERSION, 8), str(path))
    world = world_of("couples")
    seen = LearnedDetector(HeadModel(path)).step(depth_of(world, 4), floor_of(world))
    assert len(seen) == 0
    assert seen.view_share > 0.5


def small_model(version: str, outputs: int) -> onnx.ModelProto:
    """One convolution of zeros: a detector that sees nobody."""
    weight = np.zeros((outputs, 8, 2, 2), dtype=np.float32)
    node = helper.make_node("Conv", ["maps", "weight"], ["heads"], strides=[2, 2])
    graph = helper.make_graph(
        [node],
        "small",
        [helper.make_tensor_value_info("maps", TensorProto.FLOAT, [1, 8, "r", "c"])],
        [helper.make_tensor_value_info("heads", TensorProto.FLOAT, [1, outputs, "p", "q"])],
        [helper.make_tensor("weight", TensorProto.FLOAT, weight.shape, weight.ravel())],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    entry = model.metadata_props.add()
    entry.key, entry.value = "maps", version
    return model


def test_the_site_needs_no_word_about_the_detector() -> None:
    world = world_of("couples")
    site: SiteConfig = world.site()
    assert Stages.of(rig=world.rig, site=site).detector_fault == ""
