"""The plan as SVG: floor grid in metres, lines with their directions, zones, paths walked."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape

import numpy as np

from lintel.config import LineConfig, SiteConfig
from lintel.geometry import Floats
from lintel.records import Phase, Tracks

MAX_PATHS = 500  # oldest dropped first
MAX_POINTS = 400  # per path; a longer one is thinned by half
MIN_STEP_M = 0.05
PX_PER_M = 90.0


@dataclass(slots=True)
class PathsWalked:
    """Paths of confirmed people. At most MAX_PATHS of MAX_POINTS points."""

    _paths: dict[int, list[tuple[float, float]]] = field(default_factory=dict)

    def step(self, tracks: Tracks) -> None:
        """Take in the tracks of one frame."""
        seen = tracks.phase == Phase.CONFIRMED
        for track, (x_m, y_m, _) in zip(
            tracks.id[seen].tolist(), tracks.xyz_m[seen].tolist(), strict=True
        ):
            self._add(track, (x_m, y_m))
        while len(self._paths) > MAX_PATHS:
            del self._paths[next(iter(self._paths))]

    def all(self) -> list[list[tuple[float, float]]]:
        """The paths, oldest first."""
        return list(self._paths.values())

    def _add(self, track: int, point: tuple[float, float]) -> None:
        path = self._paths.setdefault(track, [])
        if path and np.hypot(point[0] - path[-1][0], point[1] - path[-1][1]) < MIN_STEP_M:
            return
        path.append(point)
        if len(path) > MAX_POINTS:
            del path[1:-1:2]


def plan_svg(site: SiteConfig, paths: PathsWalked) -> str:
    """The plan seen from above, y up, one square of the grid = 1 m."""
    low, high = _bounds(site, paths)
    width, height = (high - low) * PX_PER_M
    frame = _Frame(float(low[0]), float(high[1]))
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" '
            f'role="img" aria-label="Plan with lines and paths walked">'
        ),
        f'<rect width="{width:.0f}" height="{height:.0f}" fill="#0f1720"/>',
        *_grid(frame, low, high),
        *(_zone(frame, zone.name, zone.polygon_m) for zone in site.zones),
        *(_path(frame, path, number) for number, path in enumerate(paths.all())),
        *(_line(frame, line) for line in site.lines),
        "</svg>",
    ]
    return "\n".join(parts)


@dataclass(frozen=True, slots=True)
class _Frame:
    left_m: float
    top_m: float

    def at(self, point: Floats | tuple[float, float]) -> str:
        x = (float(point[0]) - self.left_m) * PX_PER_M
        y = (self.top_m - float(point[1])) * PX_PER_M
        return f"{x:.1f},{y:.1f}"


def _bounds(site: SiteConfig, paths: PathsWalked) -> tuple[Floats, Floats]:
    points = [line.points_m for line in site.lines] + [zone.polygon_m for zone in site.zones]
    points += [np.array(path) for path in paths.all()]
    points.append(np.array([[-1.0, -1.0], [1.0, 1.0]]))
    everything = np.concatenate(points)
    low, high = everything.min(axis=0), everything.max(axis=0)
    return np.floor(low - 0.25), np.ceil(high + 0.25)


def _grid(frame: _Frame, low: Floats, high: Floats) -> list[str]:
    vertical = [((x, low[1]), (x, high[1])) for x in np.arange(low[0], high[0] + 1)]
    level = [((low[0], y), (high[0], y)) for y in np.arange(low[1], high[1] + 1)]
    lines = [
        f'<polyline points="{frame.at(a)} {frame.at(b)}" stroke="#22303c" fill="none"/>'
        for a, b in vertical + level
    ]
    x, y = frame.at((0.0, 0.0)).split(",")
    return [*lines, f'<circle cx="{x}" cy="{y}" r="4" fill="#8899a6"/>']


def _path(frame: _Frame, path: list[tuple[float, float]], number: int) -> str:
    points = " ".join(frame.at(point) for point in path)
    hue = (number * 137) % 360  # golden angle: neighbours differ
    x, y = frame.at(path[-1]).split(",")
    return (
        f'<polyline points="{points}" fill="none" stroke="hsl({hue} 80% 62%)" '
        f'stroke-width="2.5"/><circle cx="{x}" cy="{y}" r="4" fill="hsl({hue} 80% 62%)"/>'
    )


def _line(frame: _Frame, line: LineConfig) -> str:
    points = " ".join(frame.at(point) for point in line.points_m)
    middle = len(line.points_m) // 2
    start, end = line.points_m[middle - 1], line.points_m[middle]
    centre, along = (start + end) / 2, (end - start) / np.linalg.norm(end - start)
    to_left = np.array([-along[1], along[0]])
    tip = centre + 0.45 * to_left
    x, y = frame.at(centre + 0.6 * to_left).split(",")
    return (
        f'<polyline points="{points}" fill="none" stroke="#ffb428" stroke-width="5"/>'
        f'<polyline points="{frame.at(centre)} {frame.at(tip)}" stroke="#ffb428" '
        f'stroke-width="2"/><text x="{x}" y="{y}" fill="#ffb428" font-size="15" '
        f'text-anchor="middle">{escape(line.name)}: in</text>'
    )


def _zone(frame: _Frame, name: str, polygon_m: Floats) -> str:
    points = " ".join(frame.at(point) for point in polygon_m)
    x, y = frame.at(polygon_m.mean(axis=0)).split(",")
    return (
        f'<polygon points="{points}" fill="#3aa0ff" fill-opacity="0.18" stroke="#3aa0ff"/>'
        f'<text x="{x}" y="{y}" fill="#9fd0ff" font-size="15" text-anchor="middle">'
        f"{escape(name)}</text>"
    )
