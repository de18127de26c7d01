"""Draws what the two cameras and the matcher saw."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from lintel.config import SiteConfig
from lintel.frames import DepthMap, Image
from lintel.geometry import Floats, Intrinsics, Pose
from lintel.records import FloorFit

GUIDE_STEP_PX = 40
WIDTH_PX = 960
LEGEND_HEIGHT_PX = 36
LEGEND_MARKS = 6
JPEG_QUALITY = 88
GUIDE_BGR = (60, 200, 60)
LINE_BGR = (40, 180, 255)
ZONE_BGR = (255, 190, 90)
HEAD_BGR = (255, 255, 255)
_FONT = cv2.FONT_HERSHEY_SIMPLEX


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
    scale = min(1.0, 2 * WIDTH_PX / both.shape[1])
    both = cv2.resize(both, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    for y in range(GUIDE_STEP_PX, both.shape[0], GUIDE_STEP_PX):
        cv2.line(both, (0, y), (both.shape[1], y), GUIDE_BGR, 2)
    return np.asarray(both, dtype=np.uint8)


def coloured_depth(moment: Moment, site: SiteConfig) -> Image:
    """Disparity in colours (near = red), unknown = black, with lines, zones, heads and a scale."""
    depth_m = moment.depth.depth_m
    known = np.isfinite(depth_m)
    inverse = np.where(known, 1.0 / np.where(known, depth_m, 1.0), 0.0)
    low, high = np.percentile(inverse[known], [1, 99.5]) if known.any() else (0.2, 1.0)
    span = max(float(high - low), 1e-6)
    grey = np.clip((inverse - low) / span * 255, 0, 255).astype(np.uint8)
    picture = np.where(known[..., None], cv2.applyColorMap(grey, cv2.COLORMAP_TURBO), 0)
    scale = WIDTH_PX / depth_m.shape[1]
    # Enlarged without blending: a hole stays a hole with a sharp edge.
    canvas: Image = np.asarray(
        cv2.resize(
            picture.astype(np.uint8), None, fx=scale, fy=scale, interpolation=cv2.INTER_NEAREST
        ),
        dtype=np.uint8,
    )
    if moment.floor is not None:
        view = _View(moment.depth.intrinsics.scaled(scale), moment.floor.floor_from_cam.inverse())
        _draw_site(canvas, view, moment, site)
    return np.vstack([canvas, _legend(canvas.shape[1], float(low), span)])


def png(picture: Image) -> bytes:
    """The picture as PNG, for drawings."""
    return _encoded(picture, ".png", [])


def jpeg(picture: Image) -> bytes:
    """The picture as JPEG, for photographs."""
    return _encoded(picture, ".jpg", [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])


@dataclass(frozen=True, slots=True, eq=False)
class _View:
    """The enlarged depth picture as a camera above the floor."""

    intrinsics: Intrinsics
    cam_from_floor: Pose

    def pixels(self, points_m: Floats) -> list[tuple[int, int]]:
        """Pixels of those of the points (N, 3) that lie in front of the camera."""
        in_cam = self.cam_from_floor.apply(np.asarray(points_m, dtype=np.float64))
        in_front = in_cam[in_cam[:, 2] > 0.1]
        pixels = np.clip(self.intrinsics.project(in_front), -10_000, 10_000)
        return [(round(u), round(v)) for u, v in pixels.tolist()]


def _encoded(picture: Image, form: str, options: list[int]) -> bytes:
    done, data = cv2.imencode(form, picture, options)
    if not done:
        raise OSError(f"the picture could not be written as {form}")
    return data.tobytes()


def _legend(width_px: int, low: float, span: float) -> Image:
    """A strip from near to far; colours are linear in the inverse of the distance."""
    ramp = np.tile(np.linspace(255, 0, width_px).astype(np.uint8), (LEGEND_HEIGHT_PX, 1))
    strip = np.asarray(cv2.applyColorMap(ramp, cv2.COLORMAP_TURBO), dtype=np.uint8)
    strip[12:] = 0
    for share in np.linspace(0.0, 1.0, LEGEND_MARKS):
        text = f"{1.0 / max(low + (1.0 - share) * span, 1e-6):.2f} m"
        (text_px, _), _ = cv2.getTextSize(text, _FONT, 0.5, 1)
        x = int(share * (width_px - text_px - 8)) + 4
        cv2.putText(strip, text, (x, 29), _FONT, 0.5, (220, 220, 220), 1, cv2.LINE_AA)
    return strip


def _draw_site(canvas: Image, view: _View, moment: Moment, site: SiteConfig) -> None:
    for zone in site.zones:
        closed = np.vstack([zone.polygon_m, zone.polygon_m[:1]])
        _polyline(canvas, view, closed, zone.name, ZONE_BGR)
    for line in site.lines:
        _polyline(canvas, view, line.points_m, line.name, LINE_BGR)
    for pixel in view.pixels(moment.heads_m):
        cv2.circle(canvas, pixel, 13, (0, 0, 0), 4, cv2.LINE_AA)
        cv2.circle(canvas, pixel, 13, HEAD_BGR, 2, cv2.LINE_AA)


def _polyline(
    canvas: Image, view: _View, corners_m: Floats, name: str, bgr: tuple[int, int, int]
) -> None:
    dense = np.concatenate([np.linspace(a, b, 40) for a, b in itertools.pairwise(corners_m)])
    pixels = view.pixels(np.column_stack([dense, np.zeros(len(dense))]))
    for a, b in itertools.pairwise(pixels):
        cv2.line(canvas, a, b, bgr, 3, cv2.LINE_AA)
    height, width = canvas.shape[:2]
    inside = [(u, v) for u, v in pixels if 8 <= u < width - 90 and 20 <= v < height - 8]
    if inside:
        at = (inside[0][0] + 8, inside[0][1] + 18)
        for colour, thickness in (((0, 0, 0), 4), (bgr, 1)):
            cv2.putText(canvas, name, at, _FONT, 0.6, colour, thickness, cv2.LINE_AA)
