"""The learned detector: plan-view maps through a small network. One core, no history of people."""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np
import numpy.typing as npt

from lintel.detect.head_model import PACKAGED, STRIDE, HeadModel
from lintel.detect.head_place import PlaceRule, mended
from lintel.detect.moving import moved_m
from lintel.detect.plan_maps import CELL_M, Channel, MapMaker, PlanMaps
from lintel.detect.plan_view import Grid
from lintel.detect.scenery import Scenery, ScenerySettings
from lintel.detect.standing import standing_parts
from lintel.detect.stature import ChildRule
from lintel.detect.uniform import SIGNAL_YELLOW, Uniform, staff_scores
from lintel.frames import DepthMap, FloatImage
from lintel.records import Attributes, Detections, FloorFit

SAME_POSE_M = 0.01  # a floor that moved less keeps the precomputed rays
SAME_SCENE_M = 0.06  # a floor that moved less keeps the learned scenery
LEAST_PEAK = 0.1  # lower peaks of the network are not looked at
FAINT_LOOK = 0.25  # length of the look's vector below which nothing is said


@dataclass(frozen=True, slots=True)
class LearnedSettings:
    """Settings of the learned detector."""

    # The network is shy: what it gives even_score is told as 0.5, where tracks begin to believe.
    # Chosen on tuning seeds: above it hardly anything is false, below 0.29 much is.
    even_score: float = 0.42
    min_score: float = 0.37  # as told; 0.29 of the network
    twin_m: float = 0.16  # two peaks nearer than this are one head
    # Over a floor that cannot be measured people smear sideways: there one head has more room.
    poor_view: float = 0.4  # share of the view that is measured
    poor_twin_m: float = 0.75
    min_stature_m: float = 0.8
    max_stature_m: float = 2.3
    # What the border of the view cuts may be anything: score 0 .. 1 over this distance from it.
    border_m: tuple[float, float] = (-0.02, 0.08)
    # One standard error of a head's place: near the camera, and added with the square of range.
    sigma_m: float = 0.03
    sigma_per_m2: float = 0.0025
    place: PlaceRule = field(default_factory=PlaceRule)
    child: ChildRule = field(default_factory=ChildRule)
    # The network takes no chair for a head: what is low and believed is a child, or sits.
    scenery: ScenerySettings = field(
        default_factory=lambda: ScenerySettings(absorb_low_person_after_s=900.0)
    )
    uniforms: tuple[Uniform, ...] = (SIGNAL_YELLOW,)
    gender: bool = False  # opt-in: see lintel.config.gender


@dataclass(frozen=True, slots=True, eq=False)
class _Peaks:
    """Heads on the head maps of one frame."""

    xyz_m: npt.NDArray[np.float32]  # (N, 3)
    score: npt.NDArray[np.float32]  # (N,)
    heading_rad: npt.NDArray[np.float32]  # (N,) NaN = not known
    seated: npt.NDArray[np.float32]  # (N,) 0..1
    female: npt.NDArray[np.float32]  # (N,) 0..1


class LearnedDetector:
    """Finds heads in depth. Holds learned scenery (bounded by the grid), no history of people.

    Args:
        model: an open model; default: the one that comes with Lintel.
        settings: thresholds and spreads.

    Raises:
        DetectorError: the packaged model is missing or damaged.
    """

    def __init__(
        self, model: HeadModel | None = None, settings: LearnedSettings | None = None
    ) -> None:
        self._model = model or HeadModel(PACKAGED, must_be_known=True)
        self._settings = settings or LearnedSettings()
        self.reset()

    def reset(self) -> None:
        """Forget floor and scenery."""
        self._maker: MapMaker | None = None
        self._mapped: FloorFit | None = None
        self._scenery: Scenery | None = None

    def step(self, depth: DepthMap, floor: FloorFit | None) -> Detections:
        """Heads in ``depth``; without a settled floor nothing is measured (view_share 0)."""
        if floor is None or not floor.settled:
            return _nobody(depth)
        maker, scenery = self._prepare(depth, floor)
        maps = maker.maps(depth.depth_m)
        height_m = 2.0 * maps.channels[Channel.TOP]
        foreground_m = scenery.remove_from(height_m)
        told = self._model.run_where(maps.channels, standing_parts(foreground_m))
        rule = self._settings
        apart_m = rule.twin_m if maps.valid_share >= rule.poor_view else rule.poor_twin_m
        heads = _peaks(told, maps.grid, rule, apart_m=apart_m)
        score = heads.score * self._border(maker, heads)
        score *= _stands(heads, maps.grid, height_m, foreground_m)
        scenery.learn(height_m, _person_cells(maps.grid, heads.xyz_m[score >= 0.5]), depth.t_ns)
        return self._detections(heads, score.astype(np.float32), maps, depth, floor)

    def _border(self, maker: MapMaker, heads: _Peaks) -> npt.NDArray[np.float32]:
        low, high = self._settings.border_m
        margin = maker.margin_m(heads.xyz_m)
        share = np.clip((margin - low) / (high - low), 0.0, 1.0)
        return np.asarray(share, dtype=np.float32)

    def _detections(
        self,
        heads: _Peaks,
        score: npt.NDArray[np.float32],
        maps: PlanMaps,
        depth: DepthMap,
        floor: FloorFit,
    ) -> Detections:
        rule = self._settings
        chosen = score >= rule.min_score
        heading = heads.heading_rad[chosen]
        xyz = mended(depth, floor.floor_from_cam, heads.xyz_m[chosen], heading, rule.place)
        range_m = np.maximum(floor.height_m - xyz[:, 2], 0.3)
        child = rule.child.score(xyz[:, 2], range_m=range_m, seated=heads.seated[chosen])
        unknown = np.full(len(xyz), np.nan, dtype=np.float32)
        gender = heads.female[chosen] if rule.gender else unknown
        staff = staff_scores(depth, floor.floor_from_cam, xyz, rule.uniforms)
        return Detections(
            xyz_m=xyz,
            sigma_m=(rule.sigma_m + rule.sigma_per_m2 * range_m**2).astype(np.float32),
            score=score[chosen],
            attributes=Attributes(child=child, staff=staff, gender=gender),
            t_ns=depth.t_ns,
            seq=depth.seq,
            view_share=maps.valid_share,
            heading_rad=heading,
        )

    def _prepare(self, depth: DepthMap, floor: FloorFit) -> tuple[MapMaker, Scenery]:
        moved = moved_m(self._mapped, floor)
        if self._maker is None or moved > SAME_POSE_M:
            grid = self._maker.grid if self._maker and moved < SAME_SCENE_M else None
            self._maker = MapMaker(
                intrinsics=depth.intrinsics,
                image_shape=(depth.depth_m.shape[0], depth.depth_m.shape[1]),
                floor_from_cam=floor.floor_from_cam,
                grid=grid,
            )
            self._mapped = floor
            if grid is None:
                self._scenery = None
        if self._scenery is None:
            self._scenery = Scenery(self._maker.grid.shape, self._settings.scenery)
        return self._maker, self._scenery


def _nobody(depth: DepthMap) -> Detections:
    nothing = np.empty((0, 3), dtype=np.float32)
    none = np.empty(0, dtype=np.float32)
    return Detections(
        xyz_m=nothing,
        sigma_m=none,
        score=none.copy(),
        attributes=Attributes.unmeasured(0),
        t_ns=depth.t_ns,
        seq=depth.seq,
        view_share=0.0,
    )


def _peaks(head_maps: FloatImage, grid: Grid, rule: LearnedSettings, *, apart_m: float) -> _Peaks:
    """The cells that are the best of their neighbours, the worse of twins left out."""
    score = head_maps[0]
    best = cv2.dilate(score, np.ones((3, 3), np.uint8), borderType=cv2.BORDER_REPLICATE)
    peak = np.flatnonzero((score >= LEAST_PEAK) & (score == best))
    peak = peak[np.argsort(-score.ravel()[peak], kind="stable")]
    row, column = np.divmod(peak, score.shape[1])
    told = head_maps[:, row, column]
    cell_m = STRIDE * CELL_M
    x = grid.x_min_m + (column + 0.5 + told[1]) * cell_m
    y = grid.y_min_m + (row + 0.5 + told[2]) * cell_m
    xyz = np.stack([x, y, told[3]], axis=1).astype(np.float32)
    tall = (xyz[:, 2] > rule.min_stature_m) & (xyz[:, 2] < rule.max_stature_m)
    kept = np.flatnonzero(tall & _lone(xyz, apart_m))
    look = np.arctan2(told[5], told[4])
    look[np.hypot(told[4], told[5]) < FAINT_LOOK] = np.nan
    told_score = np.clip(told[0], 0.0, 1.0) ** (np.log(0.5) / np.log(rule.even_score))
    return _Peaks(
        xyz[kept], told_score[kept].astype(np.float32), look[kept], told[6][kept], told[7][kept]
    )


def _lone(xyz_m: npt.NDArray[np.float32], apart_m: float) -> npt.NDArray[np.bool_]:
    """Which heads (N, 3), best first, have no better one nearer than ``apart_m``."""
    x, y = xyz_m[:, 0], xyz_m[:, 1]
    near = np.hypot(x[:, None] - x, y[:, None] - y) < apart_m
    kept = np.ones(len(xyz_m), dtype=np.bool_)
    for k in np.flatnonzero(np.tril(near, -1).any(axis=1)):
        kept[k] = not (near[k, :k] & kept[:k]).any()
    return kept


def _stands(
    heads: _Peaks, grid: Grid, height_m: FloatImage, foreground_m: FloatImage
) -> npt.NDArray[np.float32]:
    """1 for heads above what always stands there, 0 for scenery itself (N,)."""
    near = cv2.dilate((foreground_m > 0.0).view(np.uint8), np.ones((5, 5), np.uint8))
    cells = grid.cell_of(heads.xyz_m[:, :2])
    held = np.maximum(cells, 0)
    free, was_there = near.ravel()[held] > 0, height_m.ravel()[held] > 0.0
    return np.asarray(free | ~was_there | (cells < 0), dtype=np.float32)


def _person_cells(grid: Grid, xyz_m: npt.NDArray[np.float32]) -> npt.NDArray[np.bool_]:
    """Cells within 0.4 m of a believable head."""
    cells = np.zeros(grid.shape, dtype=np.bool_)
    radius = round(0.4 / grid.cell_m)
    centres = grid.cell_of(xyz_m[:, :2])
    for centre in centres[centres >= 0]:
        row, column = divmod(int(centre), grid.columns)
        rows = slice(max(row - radius, 0), row + radius + 1)
        cells[rows, max(column - radius, 0) : column + radius + 1] = True
    return cells
