"""The classical detector: plan-view peaks with person-sized support. Baseline and fallback."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from lintel.detect.heads import Heads, HeadSettings, doubt_border, find_heads
from lintel.detect.moving import moved_m
from lintel.detect.plan_view import Grid, PlanView, PlanViewMapper, smooth_heights
from lintel.detect.scenery import Scenery, ScenerySettings
from lintel.frames import DepthMap
from lintel.records import Attributes, Detections, FloorFit

SAME_POSE_M = 0.01  # a floor that moved less keeps the precomputed rays
SAME_SCENE_M = 0.06  # a floor that moved less keeps the learned scenery


@dataclass(frozen=True, slots=True)
class ClassicalSettings:
    """Settings of the classical detector."""

    cell_m: float = 0.04
    lower_m: float = 0.45  # below this nothing of a person is looked at
    heads: HeadSettings = field(default_factory=HeadSettings)
    scenery: ScenerySettings = field(default_factory=ScenerySettings)
    min_score: float = 0.1
    # What the border of the view cuts may be anything: score 0 .. 1 over this distance from it.
    border_m: tuple[float, float] = (0.03, 0.18)
    # One standard error of a head's position: a floor share plus the spread of few points.
    sigma_floor_m: float = 0.03
    sigma_points_m: float = 0.15


class ClassicalDetector:
    """Finds heads in depth. Holds learned scenery (bounded by the grid), no history of people."""

    def __init__(self, settings: ClassicalSettings | None = None) -> None:
        self._settings = settings or ClassicalSettings()
        self.reset()

    def reset(self) -> None:
        """Forget floor and scenery."""
        self._mapper: PlanViewMapper | None = None
        self._mapped: FloorFit | None = None
        self._scenery: Scenery | None = None

    def step(self, depth: DepthMap, floor: FloorFit | None) -> Detections:
        """Heads in ``depth``; without a settled floor nothing is measured (view_share 0)."""
        if floor is None or not floor.settled:
            return _detections(Heads.none(), depth, self._settings, view_share=0.0)
        mapper, scenery = self._prepare(depth, floor)
        view = mapper.map(depth)
        foreground = scenery.remove_from(view.height_m)
        smoothed = smooth_heights(
            foreground, cell_m=self._settings.cell_m, sigma_m=self._settings.heads.smoothing_m
        )
        heads = find_heads(view, smoothed, self._settings.heads)
        heads = doubt_border(heads, mapper.margin_m(heads.xyz_m), self._settings.border_m)
        scenery.learn(view.height_m, _person_cells(view, heads), depth.t_ns)
        return _detections(heads, depth, self._settings, view_share=view.valid_share)

    def _prepare(self, depth: DepthMap, floor: FloorFit) -> tuple[PlanViewMapper, Scenery]:
        moved = moved_m(self._mapped, floor)
        if self._mapper is None or moved > SAME_POSE_M:
            grid = self._mapper.grid if self._mapper and moved < SAME_SCENE_M else None
            self._mapper = self._new_mapper(depth, floor, grid)
            self._mapped = floor
            if grid is None:
                self._scenery = None
        if self._scenery is None:
            self._scenery = Scenery(self._mapper.grid.shape, self._settings.scenery)
        return self._mapper, self._scenery

    def _new_mapper(self, depth: DepthMap, floor: FloorFit, grid: Grid | None) -> PlanViewMapper:
        return PlanViewMapper(
            intrinsics=depth.intrinsics,
            image_shape=(depth.depth_m.shape[0], depth.depth_m.shape[1]),
            floor_from_cam=floor.floor_from_cam,
            lower_m=self._settings.lower_m,
            upper_m=self._settings.heads.max_stature_m + 0.1,
            cell_m=self._settings.cell_m,
            grid=grid,
        )


def _person_cells(view: PlanView, heads: Heads) -> npt.NDArray[np.bool_]:
    """Cells within 0.4 m of a believable head."""
    cells = np.zeros(view.grid.shape, dtype=np.bool_)
    radius = round(0.4 / view.grid.cell_m)
    centres = view.grid.cell_of(heads.xyz_m[heads.score >= 0.5, :2])
    for centre in centres[centres >= 0]:
        row, column = divmod(int(centre), view.grid.columns)
        cells[
            max(row - radius, 0) : row + radius + 1, max(column - radius, 0) : column + radius + 1
        ] = True
    return cells


def _detections(
    heads: Heads, depth: DepthMap, settings: ClassicalSettings, *, view_share: float
) -> Detections:
    chosen = heads.score >= settings.min_score
    points = np.maximum(heads.points[chosen], 1)
    sigma_m = settings.sigma_floor_m + settings.sigma_points_m / np.sqrt(points)
    return Detections(
        xyz_m=heads.xyz_m[chosen],
        sigma_m=sigma_m.astype(np.float32),
        score=heads.score[chosen],
        attributes=Attributes.unmeasured(int(chosen.sum())),
        t_ns=depth.t_ns,
        seq=depth.seq,
        view_share=view_share,
    )
