"""Two indoor pairs with measured disparity, against plain StereoSGBM in the same run.

Scharstein and Szeliski, CVPR 2003 (cones); Scharstein et al., GCPR 2014 (motorcycle). A pixel
without a disparity counts as bad where truth knows one.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pytest

from lintel.depth.matcher import Matcher
from lintel.depth.refine import Refiner
from lintel.frames import FloatImage, Image

BAD_PX = 2.0


@dataclass(frozen=True)
class Score:
    """Shares of the pixels with truth, and the median error, pixels."""

    bad: float
    density: float
    median_px: float


@dataclass(frozen=True)
class Scene:
    """Grey pair, truth (NaN = none), and what plain StereoSGBM is known to reach."""

    left: Image
    right: Image
    truth_px: FloatImage
    disparities: int
    reference: Score


def read_scene(folder: Path, name: str) -> Scene:
    if name == "motorcycle":
        files = ("motorcycle_left.png", "motorcycle_right.png")
        truth = np.load(folder / name / "motorcycle_disp.npz")["arr_0"].astype(np.float32)
        truth[~np.isfinite(truth)] = np.nan
        disparities, reference = 80, Score(0.204, 0.845, 0.174)
    else:
        files = ("im2.png", "im6.png")
        coded = cv2.imread(str(folder / name / "disp2.pgm"), cv2.IMREAD_UNCHANGED)
        assert coded is not None
        truth = coded.astype(np.float32) / 4
        truth[coded == 0] = np.nan
        disparities, reference = 64, Score(0.220, 0.816, 0.188)
    left, right = (read_grey(folder / name / file) for file in files)
    return Scene(left, right, truth, disparities, reference)


def read_grey(path: Path) -> Image:
    image = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
    assert image is not None
    return np.asarray(image, dtype=np.uint8)


def score(found: FloatImage, truth: FloatImage) -> Score:
    known = np.isfinite(truth)
    error = np.abs(found - truth)[known]
    given = np.isfinite(error)
    return Score(
        bad=1.0 - float((error <= BAD_PX).mean()),
        density=float(given.mean()),
        median_px=float(np.median(error[given])),
    )


def plain(scene: Scene) -> FloatImage:
    """OpenCV alone, with the settings that the reference figures belong to."""
    matcher = cv2.StereoSGBM.create(
        minDisparity=0,
        numDisparities=scene.disparities,
        blockSize=5,
        P1=200,
        P2=800,
        disp12MaxDiff=1,
        preFilterCap=31,
        uniquenessRatio=10,
        speckleWindowSize=100,
        speckleRange=2,
        mode=cv2.StereoSGBM_MODE_SGBM_3WAY,
    )
    found = matcher.compute(scene.left, scene.right).astype(np.float32) / 16
    found[found <= 0] = np.nan
    return np.asarray(found, dtype=np.float32)


def ours(scene: Scene, *, both_ways: bool) -> tuple[FloatImage, FloatImage]:
    """Disparity and confidence at full size, nothing dropped for low confidence."""
    matcher = Matcher(disparities=scene.disparities, uniqueness_percent=5)
    match = matcher.match_both_ways if both_ways else matcher.match
    height, width = scene.left.shape
    refiner = Refiner(grid_size=(width, height), step=1, iterations=3)
    refined = refiner.refine(scene.left, scene.right, match(scene.left, scene.right))
    return refined.disparity_px, refined.confidence


def at_density(
    found: FloatImage, confidence: FloatImage, truth: FloatImage, density: float
) -> FloatImage:
    """The most confident disparities, so many that ``density`` of the known pixels have one."""
    known = np.isfinite(truth)
    given = np.sort(np.where(np.isfinite(found), confidence, -1.0)[known])[::-1]
    least = given[int(density * known.sum()) - 1]
    assert least >= 0, "the matcher gave less than the density asked for"
    return np.where(confidence >= least, found, np.float32(np.nan)).astype(np.float32)


@pytest.fixture(scope="module", params=["motorcycle", "cones"])
def scene(request: pytest.FixtureRequest, shared_data: Path) -> Scene:
    return read_scene(shared_data / "stereo", request.param)


def test_plain_matching_reaches_the_published_reference(scene: Scene) -> None:
    reached = score(plain(scene), scene.truth_px)
    assert reached.bad == pytest.approx(scene.reference.bad, abs=0.002)
    assert reached.density == pytest.approx(scene.reference.density, abs=0.002)
    assert reached.median_px == pytest.approx(scene.reference.median_px, abs=0.002)


@pytest.mark.parametrize(("both_ways", "fewer"), [(False, 0.008), (True, 0.015)])
def test_fewer_bad_pixels_at_the_same_density_and_a_smaller_error(
    scene: Scene, *, both_ways: bool, fewer: float
) -> None:
    reference = score(plain(scene), scene.truth_px)
    found, confidence = ours(scene, both_ways=both_ways)
    same = at_density(found, confidence, scene.truth_px, reference.density)
    reached = score(same, scene.truth_px)
    assert reached.density == pytest.approx(reference.density, abs=1e-3)
    assert reached.bad < reference.bad - fewer
    assert reached.median_px < 0.82 * reference.median_px


def test_all_that_is_given_is_denser_and_still_better(scene: Scene) -> None:
    reference = score(plain(scene), scene.truth_px)
    reached = score(ours(scene, both_ways=False)[0], scene.truth_px)
    assert reached.density > reference.density + 0.03
    assert reached.bad < reference.bad - 0.04
