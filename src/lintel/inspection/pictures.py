"""Draws what the two cameras and the matcher saw."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from lintel.config import SiteConfig
from lintel.frames import DepthMap, Image
from lintel.geometry import Floats, Pose
from lintel.records import FloorFit

GUIDE_STEP_PX = 40
MAX_WIDTH_PX = 960
GUIDE_BGR = (60, 200, 60)
LINE_BGR = (40, 180, 255)
HEAD_BGR = (255, 255, 255)


@dataclass(frozen=True, slots=True, eq=False)
class Moment:
    """One exposure worth looking at. ``heads_m`` (N, 3) in the floor frame."""

    title: str
    left: Image
    right: Image
    depth: DepthMap
    floor: FloorFit | None
    heads_m: npt.NDArray[np.float32]


def rectified_pair(moment: Moment) -> Image:
    """Both rectified images with level guides: a feature must lie at one height in both."""
    both = cv2.cvtColor(np.hstack([moment.left, moment.right]), cv2.COLOR_GRAY2BGR)
    both = _at_most(both, 2 * MAX_WIDTH_PX)
    for y in range(GUIDE_STEP_PX, both.shape[0], GUIDE_STEP_PX):
        cv2.line(both, (0, y), (both.shape[1], y), GUIDE_BGR, 1)
    return both


def coloured_depth(moment: Moment, site: SiteConfig) -> Image:
    """Disparity in colours (near = red), unknown = black, with lines, zones and heads."""
    depth_m = moment.depth.depth_m
    known = np.isfinite(depth_m)
    picture = np.zeros((*depth_m.shape, 3), dtype=np.uint8)
    if known.any():
        inverse = np.where(known, 1.0 / np.where(known, depth_m, 1.0), 0.0)
        low, high = np.percentile(inverse[known], [1, 99.5])
        grey = np.clip((inverse - low) / max(high - low, 1e-6) * 255, 0, 255).astype(np.uint8)
        picture = np.where(known[..., None], cv2.applyColorMap(grey, cv2.COLORMAP_TURBO), 0)
    canvas = np.ascontiguousarray(picture, dtype=np.uint8)
    if moment.floor is not None:
        _draw_site(canvas, moment, moment.floor.floor_from_cam, site)
    return _at_most(canvas, MAX_WIDTH_PX)


def png(picture: Image) -> bytes:
    """The picture as PNG."""
    done, data = cv2.imencode(".png", picture)
    if not done:
        raise OSError("the picture could not be written as PNG")
    return data.tobytes()


def _draw_site(canvas: Image, moment: Moment, floor_from_cam: Pose, site: SiteConfig) -> None:
    cam_from_floor = floor_from_cam.inverse()
    for line in site.lines:
        _polyline(canvas, moment.depth, cam_from_floor, line.points_m, closed=False)
    for zone in site.zones:
        _polyline(canvas, moment.depth, cam_from_floor, zone.polygon_m, closed=True)
    for pixel in _project(moment.depth, cam_from_floor, moment.heads_m):
        cv2.circle(canvas, pixel, 8, HEAD_BGR, 2, cv2.LINE_AA)


def _polyline(
    canvas: Image, depth: DepthMap, cam_from_floor: Pose, points_m: Floats, *, closed: bool
) -> None:
    corners = np.vstack([points_m, points_m[:1]]) if closed else points_m
    dense = np.concatenate([np.linspace(a, b, 40) for a, b in itertools.pairwise(corners)])
    on_floor = np.column_stack([dense, np.zeros(len(dense))])
    pixels = _project(depth, cam_from_floor, on_floor)
    for a, b in itertools.pairwise(pixels):
        cv2.line(canvas, a, b, LINE_BGR, 2, cv2.LINE_AA)


def _project(depth: DepthMap, cam_from_floor: Pose, points_m: Floats) -> list[tuple[int, int]]:
    in_cam = cam_from_floor.apply(np.asarray(points_m, dtype=np.float64))
    in_front = in_cam[in_cam[:, 2] > 0.1]
    pixels = np.clip(depth.intrinsics.project(in_front), -10_000, 10_000)
    return [(round(u), round(v)) for u, v in pixels.tolist()]


def _at_most(picture: npt.NDArray[np.generic], width_px: int) -> Image:
    scale = min(1.0, width_px / picture.shape[1])
    if scale == 1.0:
        return np.asarray(picture, dtype=np.uint8)
    resized = cv2.resize(
        np.asarray(picture, dtype=np.uint8), None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA
    )
    return np.asarray(resized, dtype=np.uint8)
