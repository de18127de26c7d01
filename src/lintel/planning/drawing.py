"""The picture of a plan as shapes in metres; svg.py and png.py put them on paper."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from lintel.geometry import Floats
from lintel.planning.hall import HallPlan
from lintel.planning.plan import Plan

PointM: TypeAlias = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Area:
    """A polygon and what it stands for; ``about`` goes into the legend, once."""

    corners_m: tuple[PointM, ...]
    colour: str
    about: str
    opacity: float = 0.25
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """A dot with a short text beside it."""

    place_m: PointM
    text: str
    colour: str
    above: bool = True  # where the text goes


@dataclass(frozen=True, slots=True)
class Panel:
    """One drawing with its own frame, y up, one grid square per metre."""

    title: str
    low_m: PointM
    high_m: PointM
    areas: tuple[Area, ...]
    marks: tuple[Mark, ...]

    @property
    def legend(self) -> tuple[Area, ...]:
        """One area of each kind."""
        return tuple({area.about: area for area in self.areas}.values())


def draw_plan(plan: Plan) -> tuple[Panel, ...]:
    """One panel for the sensor, a second one for the hall if there is one."""
    hall = () if plan.hall is None else (_hall_panel(plan, plan.hall),)
    return (_sensor_panel(plan), *hall)


def _sensor_panel(plan: Plan) -> Panel:
    at_head = f"{plan.stature_m:g} m"
    areas = [
        _area(plan.floor.corners_m, "#7a8a99", "floor in view", opacity=0.12),
        _area(plan.heads.corners_m, "#2f7fd1", f"heads at {at_head} in view"),
        _area(plan.usable.corners_m, "#2a9d5c", "full accuracy (0.4 m inside)"),
        _area(plan.lines.along_x_m, "#d98200", "lines along x", opacity=0.3),
        _area(plan.lines.along_y_m, "#b04ac2", "lines along y", dashed=True, opacity=0.12),
    ]
    shown = tuple(area for area in areas if area.corners_m)
    marks = [Mark((0.0, 0.0), "left camera", "#c0392b", above=False)]
    marks += [
        Mark(
            one.place_m,
            f"+-{100 * one.height_sigma_m:.1f} cm high, +-{100 * one.floor_sigma_m:.1f} cm aside",
            "#1c3d5a",
        )
        for one in plan.precision[:2]
    ]
    points = np.array([corner for area in shown for corner in area.corners_m])
    low, high = _frame(np.vstack([points, np.zeros((1, 2))]))
    across_deg, along_deg = plan.mount.field_deg
    title = (
        f"{plan.mount.height_m:g} m high, tilt {np.degrees(plan.mount.tilt_rad):g} degrees, "
        f"view {across_deg:.0f} x {along_deg:.0f} degrees"
    )
    return Panel(title, low, high, shown, tuple(marks))


def _hall_panel(plan: Plan, hall: HallPlan) -> Panel:
    size = hall.size_m
    outline = np.array([[0.0, 0.0], [size[0], 0.0], [size[0], size[1]], [0.0, size[1]]])
    heads_m, usable_m = (
        _turned(field.corners_m, turned=hall.turned) for field in (plan.heads, plan.usable)
    )
    areas = [_area(outline, "#444444", "hall", opacity=0.05)]
    for place in hall.sensors_m:
        areas.append(_area(heads_m + place, "#2f7fd1", "heads in view", opacity=0.10))
        areas.append(_area(usable_m + place, "#2a9d5c", "full accuracy", opacity=0.15))
    marks = tuple(
        Mark(place, str(number), "#c0392b") for number, place in enumerate(hall.sensors_m, start=1)
    )
    low, high = _frame(np.array([corner for area in areas for corner in area.corners_m]))
    ways = "sensor's x along the hall's " + ("y" if hall.turned else "x")
    title = f"hall {size[0]:g} x {size[1]:g} m: {hall.count} sensors, {ways}"
    return Panel(title, low, high, tuple(areas), marks)


def _area(
    corners_m: Floats, colour: str, about: str, *, opacity: float = 0.25, dashed: bool = False
) -> Area:
    corners = tuple((float(x), float(y)) for x, y in corners_m)
    return Area(corners, colour, about, opacity, dashed)


def _turned(corners_m: Floats, *, turned: bool) -> Floats:
    """A quarter turn counter-clockwise."""
    return np.column_stack([-corners_m[:, 1], corners_m[:, 0]]) if turned else corners_m


def _frame(points_m: Floats) -> tuple[PointM, PointM]:
    low, high = np.floor(points_m.min(axis=0) - 0.3), np.ceil(points_m.max(axis=0) + 0.3)
    return (float(low[0]), float(low[1])), (float(high[0]), float(high[1]))
