"""Staff by the colour of what they wear: a signal vest, or what a site teaches from examples.

The share of the torso that has the uniform's chromaticity decides. Chromaticity leaves out how
bright the light is; grey cameras and darkness measure nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lintel.detect.surface import Cylinder, Surface
from lintel.errors import ContractError, ExampleError
from lintel.frames import DepthMap, Image
from lintel.geometry import Pose

F32 = npt.NDArray[np.float32]
TORSO_DROP_M = 0.455  # from the top of the head to the middle of the torso
TORSO = Cylinder(radius_m=0.34, low_m=-0.295, high_m=0.295)
LEAST_PIXELS = 25
DARK = 45  # brightest channel below which a colour says nothing
BINS = 24  # of each chromaticity while teaching
MOST_EXAMPLES = 64
COLOURLESS = 0.06  # chromaticity this near to grey is of anything: shadow, asphalt, white shirts


@dataclass(frozen=True, slots=True)
class Uniform:
    """A colour that staff wear: shares of red and green in it, and how far off still counts."""

    red: float
    green: float
    reach: float = 0.055
    share: tuple[float, float] = (0.04, 0.16)  # of the torso, score 0 .. 1

    def __post_init__(self) -> None:
        if not (self.red >= 0.0 and self.green >= 0.0 and self.red + self.green <= 1.0):
            raise ContractError(
                f"Uniform: expected shares of red and green, together at most 1, got {self}"
            )


SIGNAL_YELLOW = Uniform(red=0.452, green=0.442)


def staff_scores(
    depth: DepthMap, floor_from_cam: Pose, xyz_m: F32, uniforms: Sequence[Uniform]
) -> F32:
    """Score (N,) of staff for heads (N, 3); NaN where colour says nothing."""
    scores = np.full(len(xyz_m), np.nan, dtype=np.float32)
    if depth.colour is None or not uniforms:
        return scores
    surface = Surface(depth, floor_from_cam)
    for k, head in enumerate(xyz_m):
        colours = _torso_chroma(surface, depth.colour, head)
        if len(colours) >= LEAST_PIXELS:
            scores[k] = max(match(colours, uniform) for uniform in uniforms)
    return scores


def torso_chroma(depth: DepthMap, floor_from_cam: Pose, head_m: F32) -> F32:
    """Shares of red and green (P, 2) of the visible torso below one head; grey: none."""
    if depth.colour is None:
        return np.zeros((0, 2), dtype=np.float32)
    return _torso_chroma(Surface(depth, floor_from_cam), depth.colour, head_m)


def _torso_chroma(surface: Surface, bgr: Image, head_m: F32) -> F32:
    middle = head_m - np.array([0.0, 0.0, TORSO_DROP_M], dtype=np.float32)
    torso = surface.around(middle, TORSO)
    return _chroma(bgr[torso.rows, torso.columns][torso.inside])


def teach(staff: Sequence[F32], others: Sequence[F32]) -> Uniform:
    """The colour that all staff examples show and others do not; white, grey and black are none.

    Args:
        staff: chromaticities (P, 2) of the torso of each example of staff, 3 to MOST_EXAMPLES.
        others: the same of people who are no staff.

    Raises:
        ContractError: too few examples.
        ExampleError: no colour tells them apart.
    """
    if not 3 <= len(staff) <= MOST_EXAMPLES or len(others) > MOST_EXAMPLES:
        raise ContractError(
            f"teach: expected 3 to {MOST_EXAMPLES} examples of staff, got {len(staff)}, "
            f"and at most {MOST_EXAMPLES} of others, got {len(others)}"
        )
    shown = np.stack([_histogram(colours) for colours in staff])
    foreign = np.stack([_histogram(c) for c in others]) if others else np.zeros_like(shown[:1])
    # what nearly every example shows, minus what any other person shows
    lead = np.quantile(shown, 0.1, axis=0) - foreign.max(axis=0)
    best = int(lead.argmax())
    if lead.ravel()[best] < 0.04:
        raise ExampleError("no colour tells these examples of staff from the others")
    place = (np.array(np.unravel_index(best, lead.shape)) + 0.5) / BINS
    seen = np.concatenate([_coloured(colours) for colours in staff])
    near = np.abs(seen - place).max(axis=1) < 1.5 / BINS
    red, green = np.median(seen[near], axis=0)
    return Uniform(float(red), float(green))


def _chroma(bgr: Image) -> F32:
    lit = bgr[bgr.max(axis=1) > DARK].astype(np.float32) if len(bgr) else bgr.astype(np.float32)
    total = np.maximum(lit.sum(axis=1, keepdims=True), 1.0)
    return np.asarray(lit[:, [2, 1]] / total, dtype=np.float32)


def match(colours: F32, uniform: Uniform) -> float:
    """Score 0..1 of chromaticities (P, 2) of one torso against a uniform."""
    off = np.hypot(colours[:, 0] - uniform.red, colours[:, 1] - uniform.green)
    low, high = uniform.share
    share = float((off < uniform.reach).mean())
    return float(np.clip((share - low) / (high - low), 0.0, 1.0))


def _coloured(colours: F32) -> F32:
    """Those of the chromaticities (P, 2) that are not grey."""
    off_grey = np.hypot(colours[:, 0] - 1.0 / 3.0, colours[:, 1] - 1.0 / 3.0)
    return np.asarray(colours[off_grey > COLOURLESS], dtype=np.float32)


def _histogram(colours: F32) -> F32:
    """Shares (BINS, BINS) of the torso, each spread over its neighbours; grey is left out."""
    bright = _coloured(colours)
    grid, _, _ = np.histogram2d(bright[:, 0], bright[:, 1], bins=BINS, range=[[0, 1], [0, 1]])
    padded = np.pad(grid / max(len(colours), 1), 1)
    spread = [padded[i : i + BINS, j : j + BINS] for i in range(3) for j in range(3)]
    return np.asarray(np.sum(spread, axis=0), dtype=np.float32)
