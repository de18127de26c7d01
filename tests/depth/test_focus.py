"""How soft a picture is, in pixels: blur adds up as squares do, and noise is no sharpness."""

from __future__ import annotations

import math

import cv2
import numpy as np
import pytest

from lintel.depth.focus import SOFTEST_PX, edge_blur_px
from lintel.frames import Image
from lintel.pipeline import open_source


@pytest.fixture(scope="module")
def sharp() -> Image:
    with open_source("analytic:doorway?noise=0") as source:
        pair = source.read()
    assert pair is not None
    return pair.left


def blurred(picture: Image, sigma: float) -> Image:
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), sigma), dtype=np.uint8)


@pytest.mark.parametrize("sigma", [1.0, 1.5, 2.0])
def test_the_blur_that_was_added_is_found(sharp: Image, sigma: float) -> None:
    own = edge_blur_px(sharp)
    found = edge_blur_px(blurred(sharp, sigma))
    assert own is not None
    assert found is not None
    assert own < 0.8
    assert found == pytest.approx(math.hypot(own, sigma), abs=0.2)


@pytest.mark.parametrize("sigma", [1.0, 2.0])
def test_the_black_rim_of_a_rectified_picture_is_no_edge(sharp: Image, sigma: float) -> None:
    half: Image = np.asarray(
        cv2.resize(sharp, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), dtype=np.uint8
    )
    seen: Image = np.zeros(half.shape, dtype=np.uint8)
    seen[12:-12, 10:-10] = np.maximum(blurred(half, sigma), 1)[12:-12, 10:-10]
    own, found = edge_blur_px(half), edge_blur_px(seen)
    assert own is not None
    assert found is not None
    assert found == pytest.approx(math.hypot(own, sigma), abs=0.3)


def test_a_picture_without_anything_seen_says_nothing(sharp: Image) -> None:
    assert edge_blur_px(np.zeros_like(sharp)) is None


def test_noise_does_not_make_a_soft_picture_sharp(sharp: Image) -> None:
    soft = blurred(sharp, 2.0).astype(np.float64)
    noisy = soft + np.random.default_rng(5).normal(0.0, 5.0, soft.shape)
    found = edge_blur_px(np.clip(noisy, 0, 255).astype(np.uint8))
    assert found is not None
    assert found > 1.5


def test_without_edges_nothing_is_said(sharp: Image) -> None:
    grey = np.full_like(sharp, 90)
    assert edge_blur_px(grey) is None
    assert (edge_blur_px(np.dstack([sharp] * 3)) or SOFTEST_PX) < 0.8  # colour is read as grey
