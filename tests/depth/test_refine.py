from __future__ import annotations

import cv2
import numpy as np
import pytest

from lintel.depth.matcher import Matcher
from lintel.depth.refine import Refined, Refiner
from lintel.frames import FloatImage, Image
from stereo_builders import ExactPair, exact_pair, slope

WIDTH, HEIGHT = 480, 240


def halved(image: Image) -> Image:
    parts = image.reshape(HEIGHT // 2, 2, WIDTH // 2, 2).astype(np.float32)
    return np.asarray(np.rint(parts.mean(axis=(1, 3))), dtype=np.uint8)


def matched(pair: ExactPair, step: int) -> FloatImage:
    """Disparity as semi-global matching gives it, pixels of its own grid."""
    if step == 1:
        return Matcher(disparities=32).match(pair.left, pair.right)
    return Matcher(disparities=16).match(halved(pair.left), halved(pair.right))


def refined(pair: ExactPair, *, step: int, iterations: int = 3) -> Refined:
    refiner = Refiner(grid_size=(WIDTH // step, HEIGHT // step), step=step, iterations=iterations)
    return refiner.refine(pair.left, pair.right, matched(pair, step))


def truth(pair: ExactPair, step: int) -> FloatImage:
    parts = pair.disparity_px.reshape(HEIGHT // step, step, WIDTH // step, step)
    return np.asarray(parts.mean(axis=(1, 3)), dtype=np.float32)


def heads(*, near_px: float, floor_px: float) -> FloatImage:
    """Eight domes above a floor, disparity (H, W)."""
    x, y = np.meshgrid(np.arange(WIDTH), np.arange(HEIGHT))
    away = np.hypot((x - 15) % 110 - 55, (y % 120) - 60) / 24
    dome = (x > 15) & (x < 455) & (away < 1)
    return np.where(dome, near_px - 2 * away**2, floor_px).astype(np.float32)


def locking_px(found: FloatImage, true: FloatImage, period_px: float) -> float:
    """Largest bias over tenths of the matching pixel: what pixel locking does."""
    error = (found - true).ravel()
    tenth = (np.mod(true.ravel() / period_px, 1.0) * 10).astype(int)
    good = np.isfinite(error) & (np.abs(error) < 1.5)
    return max(abs(float(np.median(error[good & (tenth == n)]))) for n in range(10))


@pytest.mark.parametrize(("step", "before", "after"), [(1, 0.12, 0.03), (2, 0.25, 0.03)])
@pytest.mark.parametrize("seed", [0, 1])
def test_refinement_cures_pixel_locking(step: int, before: float, after: float, seed: int) -> None:
    pair = exact_pair(slope(WIDTH, HEIGHT, start_px=8, end_px=20), seed=seed)
    locked = locking_px(matched(pair, step) * step, truth(pair, step), step)
    cured = locking_px(refined(pair, step=step).disparity_px, truth(pair, step), step)
    assert locked > before
    assert cured < after


def test_noise_and_low_contrast_are_borne() -> None:
    pair = exact_pair(slope(WIDTH, HEIGHT, start_px=8, end_px=20), contrast=12, noise=3)
    result = refined(pair, step=2)
    error = result.disparity_px - truth(pair, 2)
    assert np.nanmedian(np.abs(error)) < 0.15
    assert locking_px(result.disparity_px, truth(pair, 2), 2) < 0.1


def test_a_brighter_right_camera_changes_nothing() -> None:
    disparity = slope(WIDTH, HEIGHT, start_px=8, end_px=20)
    same = exact_pair(disparity, noise=0)
    other = exact_pair(disparity, noise=0, brighter=20)
    refiner = Refiner(grid_size=(WIDTH // 2, HEIGHT // 2), step=2, iterations=3)
    start = matched(same, 2)
    shift = (
        refiner.refine(same.left, same.right, start).disparity_px
        - refiner.refine(other.left, other.right, start).disparity_px
    )
    assert np.nanmax(np.abs(shift)) < 0.02


def test_holes_stay_holes() -> None:
    pair = exact_pair(slope(WIDTH, HEIGHT, start_px=8, end_px=20))
    start = matched(pair, 2)
    start[40:60, 100:130] = np.nan
    refiner = Refiner(grid_size=(WIDTH // 2, HEIGHT // 2), step=2, iterations=3)
    result = refiner.refine(pair.left, pair.right, start)
    assert np.isnan(result.disparity_px[np.isnan(start)]).all()
    assert (result.confidence[np.isnan(result.disparity_px)] == 0).all()


def test_what_runs_away_is_dropped() -> None:
    pair = exact_pair(np.full((HEIGHT, WIDTH), 12.0))
    refiner = Refiner(grid_size=(WIDTH, HEIGHT), step=1, iterations=10)
    wrong = np.full((HEIGHT, WIDTH), 15.0, dtype=np.float32)
    result = refiner.refine(pair.left, pair.right, wrong)
    moved = np.abs(result.disparity_px - wrong)
    assert np.nanmax(moved) <= 1.5


@pytest.mark.parametrize("step", [1, 2])
def test_nothing_comes_to_stand_out_of_a_head(step: int) -> None:
    """Steps overshoot beside edges: some 50 pixels of these eight heads, by up to 3 px."""
    pair = exact_pair(heads(near_px=20, floor_px=8), noise=2)
    true = cv2.dilate(truth(pair, step), np.ones((9, 9), np.uint8))
    out_px = refined(pair, step=step).disparity_px - true
    assert np.isfinite(out_px).mean() > 0.9
    assert np.nanmax(out_px) < 1.0


def test_confidence_is_high_on_texture_and_low_on_noise() -> None:
    disparity = np.full((HEIGHT, WIDTH), 12.0)
    start = np.full((HEIGHT, WIDTH), 12.0, dtype=np.float32)
    refiner = Refiner(grid_size=(WIDTH, HEIGHT), step=1, iterations=0)
    clear = exact_pair(disparity)
    flat = np.full((HEIGHT, WIDTH), 255, dtype=np.uint8)
    noise = np.random.default_rng(1).integers(0, 255, (2, HEIGHT, WIDTH), dtype=np.uint8)
    inner = np.s_[10:-10, 20:-10]
    high = refiner.refine(clear.left, clear.right, start).confidence[inner]
    saturated = refiner.refine(flat, flat, start).confidence[inner]
    unlike = refiner.refine(noise[0], noise[1], start).confidence[inner]
    assert np.median(high) > 0.9
    assert saturated.max() == 0.0
    assert np.median(unlike) < 0.2


def test_without_iterations_only_the_confidence_is_measured() -> None:
    pair = exact_pair(np.full((HEIGHT, WIDTH), 12.0))
    start = matched(pair, 1)
    refiner = Refiner(grid_size=(WIDTH, HEIGHT), step=1, iterations=0)
    result = refiner.refine(pair.left, pair.right, start)
    assert np.nanmax(np.abs(result.disparity_px - start)) < 1.0
    assert np.array_equal(np.isnan(result.disparity_px), np.isnan(start))
