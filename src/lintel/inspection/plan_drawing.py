"""The plan as SVG: floor grid in metres, lines with their directions, zones, paths walked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from html import escape

import numpy as np

from lintel.config import LineConfig, SiteConfig
from lintel.geometry import Floats
from lintel.records import Crossing, Direction, Event, Phase, Tracks

MAX_PATHS = 500  # oldest dropped first
MAX_POINTS = 400  # per path; a longer one is thinned by half
MIN_STEP_M = 0.05
PX_PER_M = 150.0
LINE_COLOUR = "#ffb428"
ZONE_COLOUR = "#5ab4ff"
GRID_COLOUR = "#2b3a48"
CROSSING_COLOURS = {Direction.IN: "#7dff9b", Direction.OUT: "#ff8f8f"}


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


def plan_svg(site: SiteConfig, paths: PathsWalked, events: Iterable[Event] = ()) -> str:
    """The plan seen from above, y up, one square of the grid = 1 m, crossings as rings."""
    low, high = _bounds(site, paths)
    width, height = (high - low) * PX_PER_M
    frame = _Frame(float(low[0]), float(high[1]))
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" '
            f'width="{width:.0f}" height="{height:.0f}" role="img" '
            f'aria-label="Plan with lines and paths walked">'
        ),
        f'<rect width="{width:.0f}" height="{height:.0f}" fill="#0f1720"/>',
        *_grid(frame, low, high),
        *(_zone(frame, zone.name, zone.polygon_m) for zone in site.zones),
        *(_path(frame, path, number) for number, path in enumerate(paths.all())),
        *(_line(frame, line) for line in site.lines),
        *(_crossing(frame, event) for event in events if isinstance(event, Crossing)),
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
    """Lines at whole metres, each with its coordinate, and the place below the camera."""
    xs, ys = np.arange(low[0], high[0] + 1), np.arange(low[1], high[1] + 1)
    ends = [((x, low[1]), (x, high[1])) for x in xs] + [((low[0], y), (high[0], y)) for y in ys]
    lines = [
        f'<polyline points="{frame.at(a)} {frame.at(b)}" stroke="{GRID_COLOUR}" fill="none"/>'
        for a, b in ends
    ]
    marks = [_text(frame, (x + 0.04, low[1] + 0.05), f"x {x:g}", "#74879a") for x in xs[:-1]]
    marks += [_text(frame, (low[0] + 0.04, y + 0.05), f"y {y:g}", "#74879a") for y in ys[1:-1]]
    x, y = frame.at((0.0, 0.0)).split(",")
    return [*lines, *marks, f'<circle cx="{x}" cy="{y}" r="5" fill="#c9d4de"/>']


def _text(frame: _Frame, at: tuple[float, float], text: str, colour: str, size_px: int = 14) -> str:
    """Text with a dark rim, so that it can be read over lines and paths."""
    x, y = frame.at(at).split(",")
    return (
        f'<text x="{x}" y="{y}" fill="{colour}" font-size="{size_px}" stroke="#0f1720" '
        f'stroke-width="4" paint-order="stroke" font-family="system-ui,sans-serif">'
        f"{escape(text)}</text>"
    )


def _path(frame: _Frame, path: list[tuple[float, float]], number: int) -> str:
    points = " ".join(frame.at(point) for point in path)
    hue = (number * 137) % 360  # golden angle: neighbours differ
    x, y = frame.at(path[-1]).split(",")
    return (
        f'<polyline points="{points}" fill="none" stroke="hsl({hue} 80% 62%)" '
        f'stroke-width="3"/><circle cx="{x}" cy="{y}" r="4" fill="hsl({hue} 80% 62%)"/>'
    )


def _line(frame: _Frame, line: LineConfig) -> str:
    """The line with its name at the first point, and an arrow to its left-hand side: in."""
    points = " ".join(frame.at(point) for point in line.points_m)
    middle = len(line.points_m) // 2
    start, end = line.points_m[middle - 1], line.points_m[middle]
    # A quarter of the way along, where fewer people walk than in the middle.
    along = (end - start) / np.linalg.norm(end - start)
    foot, to_left = start + 0.25 * (end - start), np.array([-along[1], along[0]])
    tip = foot + 0.5 * to_left
    wings = [tip - 0.14 * to_left + side * 0.09 * along for side in (1.0, -1.0)]
    head = " ".join(frame.at(point) for point in (tip, *wings))
    first, word = line.points_m[0], tip + 0.05 * to_left + 0.12 * along
    return (
        f'<polyline points="{points}" fill="none" stroke="{LINE_COLOUR}" stroke-width="4" '
        f'stroke-linecap="round"/>'
        f'<polyline points="{frame.at(foot)} {frame.at(tip)}" stroke="{LINE_COLOUR}" '
        f'stroke-width="2"/><polygon points="{head}" fill="{LINE_COLOUR}"/>'
        + _text(frame, (float(word[0]), float(word[1])), "in", LINE_COLOUR, 17)
        + _text(frame, (float(first[0]) + 0.08, float(first[1])), line.name, LINE_COLOUR, 18)
    )


def _crossing(frame: _Frame, event: Crossing) -> str:
    x, y = frame.at(event.position_m).split(",")
    colour = CROSSING_COLOURS[event.direction]
    return (
        f'<circle cx="{x}" cy="{y}" r="7" fill="#0f1720" fill-opacity="0.6" stroke="{colour}" '
        f'stroke-width="2.5"><title>{event.direction.value}</title></circle>'
    )


def _zone(frame: _Frame, name: str, polygon_m: Floats) -> str:
    points = " ".join(frame.at(point) for point in polygon_m)
    corner = polygon_m[np.argmax(polygon_m[:, 1] - polygon_m[:, 0])]  # the upper left one
    return (
        f'<polygon points="{points}" fill="{ZONE_COLOUR}" fill-opacity="0.13" '
        f'stroke="{ZONE_COLOUR}"/>'
        + _text(frame, (float(corner[0]) + 0.07, float(corner[1]) - 0.2), name, ZONE_COLOUR, 17)
    )
