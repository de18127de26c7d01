"""Sub-pixel refinement: the cure of pixel locking.

Semi-global matching pulls disparities towards whole pixels. Here each disparity is moved by
Gauss-Newton steps until the right image, warped by it, fits the left one (Lucas and Kanade,
IJCAI 1981, in one dimension, with the gradient of the left image as in Baker and Matthews'
inverse compositional form, IJCV 2004). Means are taken off within the window, so a brightness
offset between the cameras changes nothing.

Iterating alone roughens the disparity: errors that cancel within a window are invisible to it.
A median before the last step and one after it take them away and keep edges.

Beside holes and edges a step may overshoot: a few pixels stand out of a head by decimetres, too
far for the median to take them for the same surface. Such pixels keep what was matched, and none
where there is no surface around them.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from lintel.frames import FloatImage, Image
from lintel.geometry import Bools

WINDOW_PX = 5  # of the disparity grid
MEDIAN_PX = 5
STEP_MAX_PX = 1.0
# What a median or all steps together may change, in pixels of the disparity grid.
MEDIAN_SHIFT_MAX_PX = 1.0
TOTAL_SHIFT_MAX_PX = 1.5
# A spike was moved nearer by more than this, and is by more than this nearer than every square of
# known pixels that holds it. In pixels of the whole image; the side of the square in the grid's.
SPIKE_PX = 0.5
ALONE_PX = 0.9  # the same of a pixel that no such square holds: it is dropped
SURFACE_PX = 3
NOISE_GREY = 0.5  # sensor and rounding noise of a blurred image, grey levels
DAMPING = 0.5  # grey levels squared: steps get shorter where the gradient is no larger
SIGMA_HALF_PX = 0.25  # noise of the disparity that halves the confidence
# Two noises matched at their best are alike by a half over these surroundings, surfaces by 0.7
# and more, even in a quarter of the light.
SURROUNDINGS_PX = 17  # of the disparity grid
LIKENESS_MIN = 0.6
NOISE_CONFIDENCE = 0.1  # share of the confidence that is left where they are less alike
# Blur that keeps interpolation between pixels honest; the coarse grid must not alias.
BLUR_PX = {1: 0.6, 2: 0.7}
BLUR_TAPS = 5


@dataclass(frozen=True, slots=True, eq=False)
class Refined:
    """Disparity (H, W) in pixels of the whole image, NaN = unknown; confidence (H, W) 0..1."""

    disparity_px: FloatImage
    confidence: FloatImage


@dataclass(frozen=True, slots=True, eq=False)
class _Template:
    """The left image on the disparity grid, and what of it stays the same in every step."""

    grey: FloatImage
    mean: FloatImage
    variance: FloatImage
    gradient: FloatImage
    gradient_mean: FloatImage
    gradient_variance: FloatImage


class Refiner:
    """Refines disparities that live on a grid of ``step`` x ``step`` whole-image pixels.

    Args:
        grid_size: (width, height) of the disparity grid.
        step: 1, or 2 if the disparity was matched on halved images.
        iterations: Gauss-Newton steps; 0 only measures the confidence.
    """

    def __init__(self, *, grid_size: tuple[int, int], step: int, iterations: int) -> None:
        self._step = step
        self._iterations = iterations
        self._blur_px = BLUR_PX[step]
        centre = (step - 1) / 2
        columns = np.arange(grid_size[0], dtype=np.float32) * step + centre
        rows = np.arange(grid_size[1], dtype=np.float32) * step + centre
        x, y = np.meshgrid(columns, rows)
        self._x: FloatImage = x.astype(np.float32)
        self._y: FloatImage = y.astype(np.float32)

    def refine(self, left: Image, right: Image, disparity: FloatImage) -> Refined:
        """Refine ``disparity`` (h, w), pixels of its own grid, NaN = unknown.

        Args:
            left: rectified grey image (h * step, w * step), or a few rows or columns more.
            right: of the same shape.
            disparity: from whole-frame matching.
        """
        template = self._template(_blurred(left, self._blur_px))
        searched = _blurred(right, self._blur_px)
        gain = 1 / (template.gradient_variance + np.float32(DAMPING))
        start = np.nan_to_num(disparity, nan=0.0) * np.float32(self._step)
        current = start
        for iteration in range(self._iterations):
            if iteration == self._iterations - 1:
                current = self._smoothed(current)
            residual = self._warped(searched, current) - template.grey
            fall = _box(template.gradient * residual)
            fall -= template.gradient_mean * _box(residual)
            fall *= gain
            current = current + np.clip(fall, -STEP_MAX_PX, STEP_MAX_PX)
        current = self._smoothed(current)
        lost = np.abs(current - start) > TOTAL_SHIFT_MAX_PX * self._step
        lost |= np.isnan(disparity)
        spikes, alone = _spikes(start, current, lost)
        current[spikes] = start[spikes]
        lost |= alone
        confidence = _confidence(template, self._warped(searched, current), lost)
        current[lost] = np.nan
        confidence[lost] = 0.0
        return Refined(current, confidence)

    def _template(self, left: FloatImage) -> _Template:
        gradient = cv2.Sobel(left, cv2.CV_32F, 1, 0, ksize=1, scale=0.5)
        grey = self._on_grid(left)
        slope = self._on_grid(np.asarray(gradient, dtype=np.float32))
        mean, slope_mean = _box(grey), _box(slope)
        return _Template(
            grey=grey,
            mean=mean,
            variance=_box(grey * grey) - mean * mean,
            gradient=slope,
            gradient_mean=slope_mean,
            gradient_variance=np.maximum(_box(slope * slope) - slope_mean * slope_mean, 0),
        )

    def _on_grid(self, image: FloatImage) -> FloatImage:
        if self._step == 1:
            return image
        height, width = self._x.shape
        whole = image[: height * self._step, : width * self._step]
        halved = cv2.resize(whole, (width, height), interpolation=cv2.INTER_AREA)
        return np.asarray(halved, dtype=np.float32)

    def _warped(self, right: FloatImage, disparity: FloatImage) -> FloatImage:
        """The right image where the left one's grid points are seen in it."""
        warped = cv2.remap(
            right,
            self._x - disparity,
            self._y,
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REPLICATE,
        )
        return np.asarray(warped, dtype=np.float32)

    def _smoothed(self, disparity: FloatImage) -> FloatImage:
        """The median of the surroundings, where it is the same surface."""
        median = cv2.medianBlur(disparity, MEDIAN_PX)
        near = np.abs(median - disparity) < MEDIAN_SHIFT_MAX_PX * self._step
        return np.asarray(np.where(near, median, disparity), dtype=np.float32)


def _spikes(start: FloatImage, current: FloatImage, lost: Bools) -> tuple[Bools, Bools]:
    """Where (H, W) the steps made something stand out that is too narrow for a surface.

    Those with a surface around them, and those without, of which nothing is known.
    """
    known = np.where(lost, np.float32(0), current)
    square = np.ones((SURFACE_PX, SURFACE_PX), np.uint8)
    surface = cv2.morphologyEx(known, cv2.MORPH_OPEN, square)
    moved = known - start
    spikes = (surface > 0.0) & (known - surface > SPIKE_PX) & (moved > SPIKE_PX)
    return np.asarray(spikes), np.asarray((surface <= 0.0) & (moved > ALONE_PX))


def _blurred(image: Image, sigma_px: float) -> FloatImage:
    kernel = cv2.getGaussianKernel(BLUR_TAPS, sigma_px)
    return np.asarray(cv2.sepFilter2D(image, cv2.CV_32F, kernel, kernel), dtype=np.float32)


def _box(image: FloatImage, side_px: int = WINDOW_PX) -> FloatImage:
    """Mean over a window."""
    mean = cv2.boxFilter(image, -1, (side_px, side_px))
    return np.asarray(mean, dtype=np.float32)


def _confidence(template: _Template, warped: FloatImage, lost: Bools) -> FloatImage:
    """Similarity of the two windows times the share that texture rises above noise, 0..1.

    Similarity: one minus the variance of the difference over the sum of the variances.
    Texture: the standard error of a disparity under noise of ``NOISE_GREY`` is
    NOISE_GREY / sqrt(N * gradient variance), N pixels in the window.

    Noise is texture to a matcher: where the surroundings are alike only as two noises are, little
    of it is left. ``lost`` (H, W) pixels say nothing about their surroundings.
    """
    residual = warped - template.grey
    residual_mean = _box(residual)
    mean = template.mean + residual_mean
    unexplained = _box(residual * residual) - residual_mean * residual_mean
    total = template.variance + (_box(warped * warped) - mean * mean)
    similarity = 1 - unexplained / (total + np.float32(2 * NOISE_GREY**2))
    error_variance = NOISE_GREY**2 / WINDOW_PX**2 / SIGMA_HALF_PX**2
    texture = template.gradient_variance / (template.gradient_variance + np.float32(error_variance))
    unexplained[lost] = total[lost] = 0.0
    unlike = _box(unexplained, SURROUNDINGS_PX) > (1 - LIKENESS_MIN) * _box(total, SURROUNDINGS_PX)
    confidence = np.clip(similarity, 0, 1) * texture
    confidence[unlike] *= np.float32(NOISE_CONFIDENCE)
    return np.asarray(confidence, dtype=np.float32)
