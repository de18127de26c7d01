"""The fast tier: exact depth with a model of the matcher's error instead of pictures.

Ten times faster than rendering and matching; for training and for large accuracy runs. The
honest test stays the full tier. ``bench/fit_fast_tier.py`` fits the model's numbers against the
production matcher on tuning seeds and prints both tiers' head heights side by side.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from statistics import NormalDist
from typing import TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from lintel.clock import NS_PER_S
from lintel.errors import ContractError
from lintel.frames import DepthMap
from lintel.geometry import Intrinsics
from lintel.sim.world import World

F32: TypeAlias = npt.NDArray[np.float32]
Bools: TypeAlias = npt.NDArray[np.bool_]
FAR_M = 60.0
EDGE_DISPARITY_PX = 1.0  # a larger step between neighbours is an edge
BLOB_PX = 10.0  # size of what goes wrong together: errors 6 px apart correlate by 0.3 to 0.4
# Weights of smooth noise and of every pixel's own (a median has smoothed the matcher's); together
# of standard deviation 1, for the smooth part loses a quarter of its variance between its knots.
SMOOTH_WEIGHT, OWN_WEIGHT = 1.12, 0.264
GRAIN_PX = 512  # places, each way, that a map's own noise is cut from
FRACTIONS = 256  # steps of a disparity between two pixels of the grid
SAME_M = 0.01  # a surface this near to the empty scene's is part of it
THIN_PX = 3  # what is narrower (bars of a cart, wires) the matcher smears into what is beside it
SMEAR_PX = 9  # so wide that as much of bars is left nearer than halfway as the matcher leaves
SMOOTH_PX = 5  # width of the matcher's window on its grid: it rounds off what is small


@dataclass(frozen=True, slots=True)
class MatcherModel:
    """Errors of disparity in pixels of the whole rectified image.

    ``locking_px`` is the mean error at equal fractions of the disparity on the matcher's grid,
    whose pixel is ``grid_px`` wide, on heads; ``still_locking_px`` and ``still_sigma_px`` are those
    of floors and walls, which are larger and better textured. Fitted to the production depth stage
    as it was on the day of the fit; run the fit again when the stage changes.
    """

    grid_px: float = 2.0
    locking_px: tuple[float, ...] = (0.0,)
    still_locking_px: tuple[float, ...] = (0.0,)
    sigma_px: float = 0.13
    still_sigma_px: float = 0.13
    edge_sigma_px: float = 0.42
    hole_share: float = 0.05
    edge_hole_share: float = 0.20
    fatten_px: int = 1  # of the depth map

    def __post_init__(self) -> None:
        knots = self.locking_px and self.still_locking_px
        if not knots or not (0 <= self.hole_share < 1 and 0 <= self.edge_hole_share < 1):
            raise ContractError("MatcherModel: expected locking knots and shares in 0..1")


FITTED = MatcherModel(
    locking_px=(-0.050, -0.069, -0.112, -0.107, -0.131, -0.156, -0.100, -0.078),
    still_locking_px=(-0.005, -0.019, -0.007, -0.013, -0.046, -0.006, 0.029, 0.016),
    sigma_px=0.260,
    still_sigma_px=0.089,
    edge_sigma_px=0.361,
    hole_share=0.015,
    edge_hole_share=0.029,
)


@dataclass(frozen=True, slots=True, eq=False)
class FastFrame:
    """One exposure of the fast tier."""

    depth: DepthMap
    visible_px: npt.NDArray[np.int64]  # (P,) pixels of each person in the depth map


class FastDepth:
    """Depth maps of a world by exact geometry and a matcher's errors.

    Args:
        world: the scene.
        intrinsics, size: of the wanted maps (width, height): those of the depth stage.
        model: the matcher's errors.
    """

    def __init__(
        self,
        world: World,
        *,
        intrinsics: Intrinsics,
        size: tuple[int, int],
        model: MatcherModel = FITTED,
    ) -> None:
        self._world, self._model = world, model
        self._k, self._size = intrinsics, size
        self._still_m = world.still_depth(intrinsics, size=size)
        self._pixels_m = np.float32(intrinsics.fx * model.grid_px * world.rig.baseline_m)

    def depth(self, frame: int) -> DepthMap:
        """The map of one exposure; same world and frame, same bytes. ``image`` is black."""
        return self.measure(frame).depth

    def measure(self, frame: int) -> FastFrame:
        """The map, and the pixels that it holds of each person before errors."""
        exact, visible_px = self._world.exact_depth(frame, self._k, size=self._size)
        rng = np.random.default_rng([self._world.shot.seed, 61, frame])
        still = np.abs(exact - self._still_m) < SAME_M
        true_px = np.asarray(self._pixels_m / np.nan_to_num(exact, nan=FAR_M), dtype=np.float32)
        disparity, unknown = disturb(true_px, self._model, rng, still=still)
        unknown |= ~np.isfinite(exact) | (disparity < 0.5)
        disparity[unknown] = np.nan
        depth = np.asarray(self._pixels_m / disparity, dtype=np.float32)
        confidence = np.where(unknown, 0.0, 0.8).astype(np.float32)
        black = np.zeros(depth.shape, dtype=np.uint8)
        t_ns = round(frame / self._world.shot.fps * NS_PER_S)
        return FastFrame(DepthMap(depth, confidence, self._k, black, t_ns, frame), visible_px)


def disturb(
    true_px: F32, model: MatcherModel, rng: np.random.Generator, *, still: Bools | None = None
) -> tuple[F32, Bools]:
    """Disparity (H, W) as the matcher would measure it, and where it would know nothing.

    Args:
        true_px: exact disparity (H, W) in pixels of the whole rectified image.
        model: the matcher's errors.
        rng: the dice.
        still: which pixels (H, W) show floor or walls; none when left out.
    """
    shape = (true_px.shape[0], true_px.shape[1])
    reach = 2 * model.fatten_px + 1
    window = np.ones((reach, reach), np.uint8)
    near = np.asarray(cv2.dilate(true_px, window), dtype=np.float32)
    far = np.asarray(cv2.erode(true_px, window), dtype=np.float32)
    thin = _around_thin(true_px)
    edge = (near - far > EDGE_DISPARITY_PX) & ~thin
    smooth = np.asarray(cv2.blur(true_px, (SMOOTH_PX, SMOOTH_PX)), dtype=np.float32)
    smeared = np.asarray(cv2.blur(near, (SMEAR_PX, SMEAR_PX)), dtype=np.float32)
    disparity = np.where(edge, near, np.where(thin, smeared, smooth))
    calm = np.zeros(true_px.shape, dtype=np.bool_) if still is None else still
    disparity += _locking(disparity, calm, model)
    sigma = np.where(calm, np.float32(model.still_sigma_px), np.float32(model.sigma_px))
    disparity += sigma * _blobs(rng, shape)
    # at an edge the matcher mixes both surfaces: it errs towards what lies behind
    mixed = near - np.float32(model.edge_sigma_px) * np.abs(_blobs(rng, shape))
    disparity = np.where(edge, np.maximum(far, np.minimum(disparity, mixed)), disparity)
    doubt = _blobs(rng, shape)
    limit = np.where(edge, _upper(model.edge_hole_share), _upper(model.hole_share))
    unknown = hidden_from_right(true_px / np.float32(model.grid_px)) | (doubt > limit)
    return np.asarray(disparity, dtype=np.float32), np.asarray(unknown)


def _around_thin(true_px: F32) -> Bools:
    """Where (H, W) something thin stands out of what is beside it, and two pixels around it."""
    window = np.ones((THIN_PX, THIN_PX), np.uint8)
    broad = np.asarray(cv2.morphologyEx(true_px, cv2.MORPH_OPEN, window), dtype=np.float32)
    thin = (true_px - broad > EDGE_DISPARITY_PX).astype(np.uint8)
    return np.asarray(cv2.dilate(thin, np.ones((5, 5), np.uint8)) > 0)


def hidden_from_right(disparity_px: F32) -> Bools:
    """Pixels (H, W) of the left map that the right eye does not see.

    Hidden is what falls behind something nearer on its right-hand side, or outside the picture.
    """
    columns = np.arange(disparity_px.shape[1], dtype=np.float32)
    in_right = columns - disparity_px
    nearest = np.minimum.accumulate(in_right[:, ::-1], axis=1)[:, ::-1]
    hidden = in_right < 0.0
    hidden[:, :-1] |= in_right[:, :-1] > nearest[:, 1:] - 0.5
    return np.asarray(hidden)


def _locking(disparity_px: F32, still: Bools, model: MatcherModel) -> F32:
    """Mean error (H, W) at each disparity; of a table, for which a thousandth pixel is enough."""
    table = _locking_table(model.locking_px, model.still_locking_px)
    step = (disparity_px * np.float32(FRACTIONS / model.grid_px)).astype(np.int32) % FRACTIONS
    return np.asarray(table[step + FRACTIONS * still], dtype=np.float32)


@cache
def _locking_table(locking_px: tuple[float, ...], still_locking_px: tuple[float, ...]) -> F32:
    """Error at equal fractions of the disparity on the grid: of what moves, then of what not."""
    rows = []
    for knots in (locking_px, still_locking_px):
        place = np.linspace(0.0, 1.0, len(knots) + 1)
        rows.append(np.interp(np.arange(FRACTIONS) / FRACTIONS, place, [*knots, knots[0]]))
    return np.concatenate(rows).astype(np.float32)


def _blobs(rng: np.random.Generator, shape: tuple[int, int]) -> F32:
    """Smooth noise (H, W) of mean 0 and standard deviation 1."""
    small = (int(shape[0] / BLOB_PX) + 3, int(shape[1] / BLOB_PX) + 3)
    coarse = rng.standard_normal(small, dtype=np.float32)
    whole = cv2.resize(coarse, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC)
    grain = _grain(shape)
    top, left = (int(rng.integers(GRAIN_PX)) for _ in range(2))
    fine = grain[top : top + shape[0], left : left + shape[1]]
    return np.asarray(
        cv2.addWeighted(whole, SMOOTH_WEIGHT, fine, OWN_WEIGHT, 0.0), dtype=np.float32
    )


@lru_cache(maxsize=4)
def _grain(shape: tuple[int, int]) -> F32:
    """Independent normal numbers, of which each map cuts its own: drawing them costs most."""
    rows, columns = shape
    side = (rows + GRAIN_PX, columns + GRAIN_PX)
    return np.random.default_rng(GRAIN_PX).standard_normal(side, dtype=np.float32)


def _upper(share: float) -> float:
    """The value that a standard normal number exceeds with probability ``share``."""
    return NormalDist().inv_cdf(1.0 - share) if share > 0.0 else float("inf")
