"""The fast tier errs as a matcher errs: noise, locking, holes beside what is near."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lintel.errors import ContractError
from lintel.evaluate.heads import HeadScore
from lintel.geometry import Intrinsics
from lintel.pipeline import Chain, Stages
from lintel.pipeline.detectors import DETECTORS
from lintel.sim.catalogue import find_scenario
from lintel.sim.fast import FITTED, FastDepth, MatcherModel, disturb, hidden_from_right
from lintel.sim.world import Shot, World
from lintel.suite.cases import Tier
from lintel.suite.footage import BYTES_PER_GB, Footage
from lintel.suite.runner import results_of
from lintel.suite.scoring import KnownTruth, Scorer

SIZE = (160, 100)
K = Intrinsics(65.0, 65.0, 79.5, 49.5)
PERFECT = MatcherModel(
    sigma_px=0.0, still_sigma_px=0.0, edge_sigma_px=0.0, hole_share=0.0, edge_hole_share=0.0
)


def world(name: str = "single_walkers") -> World:
    return World(find_scenario(name), Shot(seconds=5.0, seed=1_000_007, size=SIZE, threads=1))


def fast(scene: World, model: MatcherModel = FITTED) -> FastDepth:
    return FastDepth(scene, intrinsics=K, size=SIZE, model=model)


def test_same_world_and_frame_same_bytes() -> None:
    one, other = fast(world()), fast(world())
    other.depth(3)
    assert one.depth(40).depth_m.tobytes() == other.depth(40).depth_m.tobytes()


def test_a_perfect_matcher_measures_the_floor_exactly() -> None:
    depth = fast(world("empty"), PERFECT).depth(0).depth_m
    assert np.nanmax(np.abs(depth - 3.0)) < 1e-3
    assert np.isnan(depth[:, 0]).all()  # what the right eye does not see at the left edge


def test_holes_come_in_the_share_that_was_asked_for() -> None:
    model = replace(PERFECT, hole_share=0.2)
    depth = fast(world("empty"), model).depth(0).depth_m[:, 10:]
    assert np.isnan(depth).mean() == pytest.approx(0.2, abs=0.05)


def test_noise_has_the_size_that_was_asked_for() -> None:
    model = replace(PERFECT, still_sigma_px=0.2)
    depth = fast(world("empty"), model).depth(0).depth_m[:, 10:]
    disparity = K.fx * model.grid_px * 0.075 / depth
    assert np.nanstd(disparity) == pytest.approx(0.2, rel=0.1)


def test_locking_shifts_by_the_fraction_of_the_disparity() -> None:
    model = replace(PERFECT, still_locking_px=(0.0, 0.1, 0.0, -0.1))
    depth = fast(world("empty"), model).depth(0).depth_m[:, 10:]
    true = K.fx * model.grid_px * 0.075 / 3.0
    fraction = true / model.grid_px % 1.0
    expected = np.interp(fraction, np.linspace(0, 1, 5), [0.0, 0.1, 0.0, -0.1, 0.0])
    assert np.nanmedian(K.fx * 2 * 0.075 / depth) - true == pytest.approx(expected, abs=1e-3)


def test_the_right_eye_misses_what_lies_left_of_something_near() -> None:
    disparity = np.full((1, 30), 2.0, dtype=np.float32)
    disparity[0, 15:20] = 7.0
    hidden = np.flatnonzero(hidden_from_right(disparity)[0])
    assert hidden.tolist() == [0, 1, 10, 11, 12, 13, 14]


def test_bars_are_smeared_into_their_gaps_and_a_hand_is_not() -> None:
    true = np.full((40, 60), 4.0, dtype=np.float32)
    true[:, 20:22] = 9.0  # a bar of a cart, two pixels wide
    true[8:16, 40:48] = 9.0
    seen, _ = disturb(true, PERFECT, np.random.default_rng(0))
    assert (seen[10:14, 42:46] == 9.0).all()
    assert ((seen[5:35, 18:24] > 5.0) & (seen[5:35, 18:24] < 7.0)).all()
    assert (seen[:, 30:36] == 4.0).all()


def test_what_errs_errs_as_a_patch() -> None:
    """As measured on people: errors side by side are alike, those of two heads are not."""
    model = replace(PERFECT, still_sigma_px=0.2)
    depth = fast(world("empty"), model).depth(0).depth_m[:, 10:]
    error = 1.0 / depth - np.nanmean(1.0 / depth)

    def alike(apart_px: int) -> float:
        return float(np.nanmean(error[:, apart_px:] * error[:, :-apart_px]) / np.nanvar(error))

    assert alike(1) > 0.75
    assert 0.15 < alike(6) < 0.6
    assert abs(alike(24)) < 0.2


def test_an_impossible_model_is_refused() -> None:
    with pytest.raises(ContractError):
        MatcherModel(hole_share=1.5)


@pytest.fixture(scope="module")
def footage(tmp_path_factory: pytest.TempPathFactory) -> Footage:
    """What the full tier renders: once for all detectors."""
    return Footage(tmp_path_factory.mktemp("footage"), limit_bytes=BYTES_PER_GB)


def heads_found(scene: World, tier: Tier, detector: str, footage: Footage) -> HeadScore:
    """Heads of a crowd as a detector finds them: true, found, and how high."""
    stages = Stages.of(rig=scene.rig, site=scene.site(), detector=detector)
    scorer, chain = Scorer(rig=scene.rig, site=scene.site(), fps=scene.shot.fps), Chain(stages)
    visible = []
    for result, seen in results_of(tier, scene, stages, chain, footage=footage):
        visible.append(seen)
        assert result is not None
        scorer.step(result)
    scorer.finish(chain.finish())
    known = KnownTruth(scene.truth(), scene.heads(visible))
    people = scorer.score("crowd", known).people
    assert people is not None
    return people.heads


@pytest.mark.parametrize("detector", DETECTORS)
def test_both_tiers_find_the_same_heads_and_err_by_the_same_centimetres(
    detector: str, footage: Footage
) -> None:
    """The bounds of docs/how-to/simulate.md, on a crowd: many heads in few frames."""
    scenario = find_scenario("dense_crowd")
    shot = Shot(seconds=10.0, fps=4.0, seed=1_000_101, threads=1)
    full, fast = (
        heads_found(World(scenario, shot), tier, detector, footage)
        for tier in (Tier.FULL, Tier.FAST)
    )
    assert full.rates.truth > 40
    assert abs(full.rates.f1 - fast.rates.f1) <= 0.04
    assert abs(full.height.bias_cm - fast.height.bias_cm) <= 1.5
    assert abs(full.height.sigma_cm - fast.height.sigma_cm) <= 1.5
    assert abs(full.position_median_cm - fast.position_median_cm) <= 2.0


def height_errors_cm(
    scene: World, tier: Tier, detector: str, footage: Footage, *, within_m: float
) -> list[float]:
    """Measured minus true height of every head found near the middle, as in `heads_found`."""
    stages = Stages.of(rig=scene.rig, site=scene.site(), detector=detector)
    errors = []
    results = results_of(tier, scene, stages, Chain(stages), footage=footage)
    for number, (result, _) in enumerate(results):
        assert result is not None
        found = result.detections.xyz_m
        for person in scene.people:
            head = person.heads_m[number]
            if np.hypot(head[0], head[1]) < within_m and len(found):
                apart = np.hypot(found[:, 0] - head[0], found[:, 1] - head[1])
                if apart.min() < 0.3:
                    errors.append(100.0 * float(found[apart.argmin(), 2] - head[2]))
    return errors


@pytest.mark.parametrize("detector", DETECTORS)
def test_both_tiers_agree_below_a_low_camera(detector: str, footage: Footage) -> None:
    """Heads are 0.7 m from a camera at 2.5 m, so near that few of them are wholly in view."""
    shot = Shot(seconds=8.0, fps=7.5, seed=1_000_103, threads=1)
    full, fast = (
        height_errors_cm(
            World(find_scenario("mount_2_5m"), shot), tier, detector, footage, within_m=0.5
        )
        for tier in (Tier.FULL, Tier.FAST)
    )
    assert min(len(full), len(fast)) > 8
    assert abs(np.mean(full) - np.mean(fast)) <= 1.5
    assert abs(np.std(full) - np.std(fast)) <= 1.5
