"""A plan as one JSON object, and as text for the installer."""

from __future__ import annotations

import math
from typing import TypeAlias

from lintel.geometry import Floats
from lintel.planning import LINE_RULE, Field, HallPlan, HeadPrecision, LinePlaces, Plan

Json: TypeAlias = "str | float | int | bool | list[Json] | dict[str, Json] | None"

LISTED = 16  # sensors in the text


def plan_json(plan: Plan) -> dict[str, Json]:
    """The whole plan; metres and degrees, polygons counter-clockwise in the floor frame."""
    return {
        "mount": _mount(plan),
        "floor": _field(plan.floor),
        "heads": _field(plan.heads),
        "usable": _field(plan.usable),
        "lost_strip_m": _metres(plan.mount.baseline_m),
        "nearest_depth_m": _metres(plan.mount.nearest_m),
        "tallest_head_below_m": _metres(plan.tallest_below_m),
        "precision": [_precision(one) for one in plan.precision],
        "lines": _lines(plan.lines),
        "hall": None if plan.hall is None else _hall(plan.hall),
        "warnings": [{"code": one.code, "text": one.text} for one in plan.warnings],
    }


def plan_text(plan: Plan) -> str:
    """The plan in words; lengths in metres."""
    mount, lines = plan.mount, plan.lines
    across_deg, along_deg = mount.field_deg
    head = (
        f"{mount.height_m:g} m high, tilt {math.degrees(mount.tilt_rad):g} degrees, view "
        f"{across_deg:.0f} x {along_deg:.0f} degrees, {mount.size[0]}x{mount.size[1]} pixels, "
        f"{1000 * mount.baseline_m:g} mm between the lenses"
    )
    rows = [
        head,
        "",
        _field_row("floor in view", plan.floor),
        _field_row(f"heads at {plan.stature_m:g} m in view", plan.heads),
        _field_row("of that with full accuracy", plan.usable),
        f"{'tallest head straight below':<30} {plan.tallest_below_m:.2f} m",
        "",
        *(_precision_row(one) for one in plan.precision),
        "",
        _line_row("line along x (people walk along y)", lines.along_x_m, lines.longest_x_m),
        _line_row("line along y (people walk along x)", lines.along_y_m, lines.longest_y_m),
        _line_row("line that runs any way", lines.any_way_m, None),
        LINE_RULE,
    ]
    if plan.hall is not None:
        rows += ["", *_hall_rows(plan.hall)]
    rows += [f"warning: {one.text}" for one in plan.warnings]
    return "\n".join(rows)


def _mount(plan: Plan) -> dict[str, Json]:
    mount, k = plan.mount, plan.mount.intrinsics
    across_deg, along_deg = mount.field_deg
    return {
        "height_m": _metres(mount.height_m),
        "tilt_deg": round(math.degrees(mount.tilt_rad), 3),
        "baseline_m": round(mount.baseline_m, 5),
        "size_px": list(mount.size),
        "focal_px": round(k.fx, 3),
        "view_deg": [round(across_deg, 2), round(along_deg, 2)],
        "stature_m": _metres(plan.stature_m),
    }


def _field(field: Field) -> dict[str, Json]:
    return {
        "level_m": _metres(field.level_m),
        "polygon_m": _polygon(field.corners_m),
        "area_m2": _metres(field.area_m2),
        "sides_m": [_metres(side) for side in field.sides_m],
    }


def _precision(one: HeadPrecision) -> dict[str, Json]:
    return {
        "where": one.where,
        "place_m": [_metres(value) for value in one.place_m],
        "depth_m": _metres(one.depth_m),
        "height_sigma_m": round(one.height_sigma_m, 5),
        "floor_sigma_m": round(one.floor_sigma_m, 5),
    }


def _lines(lines: LinePlaces) -> dict[str, Json]:
    return {
        "rule": LINE_RULE,
        "any_way_m": _polygon(lines.any_way_m),
        "along_x_m": _polygon(lines.along_x_m),
        "along_y_m": _polygon(lines.along_y_m),
        "longest_along_x_m": _metres(lines.longest_x_m),
        "longest_along_y_m": _metres(lines.longest_y_m),
    }


def _hall(hall: HallPlan) -> dict[str, Json]:
    return {
        "size_m": [_metres(side) for side in hall.size_m],
        "sensors": hall.count,
        "columns": hall.columns,
        "rows": hall.rows,
        "turned": hall.turned,
        "box_m": [_metres(side) for side in hall.box_m],
        "left_cameras_m": [[_metres(x), _metres(y)] for x, y in hall.sensors_m],
    }


def _polygon(corners_m: Floats) -> list[Json]:
    return [[_metres(float(x)), _metres(float(y))] for x, y in corners_m]


def _metres(value: float) -> float:
    """To the millimetre; no negative zero."""
    return round(value, 3) + 0.0


def _field_row(name: str, field: Field) -> str:
    if len(field.corners_m) == 0:
        return f"{name:<30} nothing"
    across_m, along_m = field.sides_m
    return f"{name:<30} {across_m:.2f} x {along_m:.2f} m, {field.area_m2:.1f} m2"


def _precision_row(one: HeadPrecision) -> str:
    x_m, y_m = one.place_m
    return (
        f"{'head at the ' + one.where:<22} ({x_m:6.2f}, {y_m:6.2f})   height +-"
        f"{100 * one.height_sigma_m:.1f} cm, place +-{100 * one.floor_sigma_m:.1f} cm"
    )


def _line_row(name: str, corners_m: Floats, longest_m: float | None) -> str:
    if len(corners_m) == 0:
        return f"{name:<36} nowhere"
    low, high = corners_m.min(axis=0), corners_m.max(axis=0)
    length = "" if longest_m is None else f", up to {longest_m:.2f} m long"
    return f"{name:<36} x {low[0]:.2f} to {high[0]:.2f}, y {low[1]:.2f} to {high[1]:.2f}{length}"


def _hall_rows(hall: HallPlan) -> list[str]:
    along = "y" if hall.turned else "x"
    places = "  ".join(f"({x:.2f}, {y:.2f})" for x, y in hall.sensors_m[:LISTED])
    more = "" if hall.count <= LISTED else f"  and {hall.count - LISTED} more: see --json"
    found = (
        f"hall {hall.size_m[0]:g} x {hall.size_m[1]:g} m: {hall.count} sensors, {hall.columns} x "
        f"{hall.rows}, each for {hall.box_m[0]:.2f} x {hall.box_m[1]:.2f} m, the sensor's x along "
        f"the hall's {along}"
    )
    return [found, f"left cameras at {places}{more}"]
