from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from lintel.depth.rectify import Rectifier
from lintel.depth.settings import DepthSettings
from lintel.depth.stage import DepthStage
from lintel.errors import ContractError, RigError
from lintel.frames import StereoPair
from lintel.rig import StereoRig, load_rig
from stereo_builders import exact_pair, grid, ideal_rig, slope, stereo_pair

SIZE = (480, 240)


def focal_baseline(rig: StereoRig) -> float:
    return float(rig.left.matrix[0, 0]) * rig.baseline_m


@pytest.mark.parametrize(("scale", "shape"), [(0.5, (120, 240)), (1.0, (240, 480))])
def test_a_slanted_floor_is_measured_to_millimetres(scale: float, shape: tuple[int, int]) -> None:
    rig = ideal_rig(*SIZE)
    pair = exact_pair(slope(*SIZE, start_px=8, end_px=12))
    stage = DepthStage(rig, settings=DepthSettings(matching_scale=scale, z_min_m=1.0))
    depth = stage.step(stereo_pair(pair.left, pair.right, seq=3))

    step = round(1 / scale)
    truth_px = pair.disparity_px.reshape(shape[0], step, shape[1], step).mean(axis=(1, 3))
    truth_m = focal_baseline(rig) / truth_px
    error_m = depth.depth_m - truth_m
    assert depth.depth_m.shape == depth.image.shape == shape
    assert (depth.seq, depth.t_ns) == (3, 100_000_000 - 1)
    assert np.isfinite(depth.depth_m).mean() > 0.9
    assert abs(float(np.nanmedian(error_m))) < 0.005
    assert float(np.nanmedian(np.abs(error_m))) < 0.02


def test_halved_maps_carry_the_camera_of_the_halved_image() -> None:
    rig = ideal_rig(*SIZE)
    assert DepthStage(rig).intrinsics == Rectifier(rig).intrinsics.scaled(0.5)


def test_unknown_is_nan_with_confidence_zero_and_never_zero_depth() -> None:
    pair = exact_pair(slope(*SIZE, start_px=8, end_px=20))
    depth = DepthStage(ideal_rig(*SIZE)).step(stereo_pair(pair.left, pair.right))
    unknown = np.isnan(depth.depth_m)
    assert unknown.any()
    assert (depth.confidence[unknown] == 0).all()
    assert (depth.confidence[~unknown] >= 0.1).all()
    assert (depth.depth_m[~unknown] > 0.4).all()


@pytest.mark.parametrize("level", [0, 255])
def test_black_and_saturated_patches_are_unknown(level: int) -> None:
    pair = exact_pair(np.full((SIZE[1], SIZE[0]), 10.0))
    left, right = pair.left.copy(), pair.right.copy()
    left[80:160, 160:320] = level
    right[80:160, 150:310] = level
    depth = DepthStage(ideal_rig(*SIZE)).step(stereo_pair(left, right)).depth_m
    inner, outer = depth[44:76, 84:156], depth[:36]
    assert np.isnan(inner).all()
    assert np.isfinite(outer[:, 10:]).mean() > 0.9


def test_odd_sizes_lose_their_last_row_and_column() -> None:
    pair = exact_pair(np.full((121, 241), 10.0))
    depth = DepthStage(ideal_rig(241, 121)).step(stereo_pair(pair.left, pair.right))
    assert depth.depth_m.shape == (60, 120)
    assert np.nanmedian(depth.depth_m) == pytest.approx(300 * 0.075 / 10, rel=0.01)


def test_the_same_pair_gives_the_same_depth_after_anything() -> None:
    pair = exact_pair(slope(*SIZE, start_px=8, end_px=20))
    raw = stereo_pair(pair.left, pair.right)
    stage = DepthStage(ideal_rig(*SIZE))
    first = stage.step(raw)
    stage.step(stereo_pair(pair.right, pair.left))
    stage.reset()
    assert np.array_equal(stage.step(raw).depth_m, first.depth_m, equal_nan=True)


def test_realigned_stage_measures_with_the_new_rig() -> None:
    pair = exact_pair(np.full((SIZE[1], SIZE[0]), 10.0))
    raw = stereo_pair(pair.left, pair.right)
    stage = DepthStage(ideal_rig(*SIZE, baseline_m=0.075))
    before = float(np.nanmedian(stage.step(raw).depth_m))
    stage.realign(ideal_rig(*SIZE, baseline_m=0.15))
    assert float(np.nanmedian(stage.step(raw).depth_m)) == pytest.approx(2 * before, rel=1e-3)


def test_the_raw_pair_is_left_untouched() -> None:
    pair = exact_pair(np.full((SIZE[1], SIZE[0]), 10.0))
    left = pair.left.copy()
    DepthStage(ideal_rig(*SIZE), settings=DepthSettings(matching_scale=1.0)).step(
        stereo_pair(pair.left, pair.right)
    )
    assert np.array_equal(pair.left, left)


def test_an_exchanged_rig_is_refused_at_once() -> None:
    with pytest.raises(RigError, match="exchanged"):
        DepthStage(ideal_rig(*SIZE).swapped())


@pytest.mark.parametrize(
    "wrong",
    [
        {"z_min_m": 0.0},
        {"z_min_m": float("nan")},
        {"matching_scale": 0.25},
        {"refine_iterations": -1},
        {"uniqueness_percent": 100},
        {"confidence_min": 1.0},
    ],
)
def test_impossible_settings_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ContractError, match=next(iter(wrong))):
        DepthSettings(**wrong)  # type: ignore[arg-type]


def patio_pairs(folder: Path, wanted: tuple[int, ...]) -> Iterator[StereoPair]:
    videos = [cv2.VideoCapture(str(folder / f"{side}.mp4")) for side in ("left", "right")]
    for seq in range(max(wanted) + 1):
        (left_there, left), (right_there, right) = (video.read() for video in videos)
        assert left_there
        assert right_there
        if seq in wanted:
            yield StereoPair(
                left.astype(np.uint8), right.astype(np.uint8), seq * 33_333_333, seq, "oak"
            )


def test_a_real_patio_has_its_floor_its_heads_and_its_holes(shared_data: Path) -> None:
    folder = shared_data / "oak_patio"
    stage = DepthStage(load_rig(folder / "calib.json"))
    saturated, walking = (stage.step(pair) for pair in patio_pairs(folder, (5, 67)))

    # Frame 5: hard sun has whitened the middle of both images; nothing is known there.
    blind = saturated.image >= 254
    assert blind.mean() > 0.3
    assert np.isfinite(saturated.depth_m[blind]).mean() < 0.04

    # Frame 67: a person passes the middle; the floor is 2.74 m along the axis.
    assert np.nanmedian(walking.depth_m) == pytest.approx(2.74, abs=0.06)
    x, y = grid(640, 400)
    around = (np.abs(x - 305) < 25) & (np.abs(y - 270) < 25)
    head_m = np.nanpercentile(walking.depth_m[around], 10)
    assert 1.55 < 2.74 - head_m < 1.85


def noise_pair(seed: int, *, contrast: float) -> StereoPair:
    """A floor of little texture, 10 pixels away, seen by two noisy sensors."""
    pair = exact_pair(np.full((SIZE[1], SIZE[0]), 10.0), seed=seed, contrast=contrast, noise=2.0)
    return stereo_pair(pair.left, pair.right)


def test_two_noises_are_no_surface() -> None:
    depth = DepthStage(ideal_rig(*SIZE)).step(noise_pair(3, contrast=0.0))
    assert np.isfinite(depth.depth_m).mean() < 0.05


def test_weak_texture_below_noise_still_is_one() -> None:
    depth = DepthStage(ideal_rig(*SIZE)).step(noise_pair(3, contrast=4.0))
    assert np.isfinite(depth.depth_m).mean() > 0.8
