"""Events and floor as flat JSON rows; the form of events.jsonl. No track id, no pixels."""

from __future__ import annotations

import math
from typing import TypeAlias

from lintel.clock import NS_PER_S
from lintel.records import (
    Alarm,
    Crossing,
    Event,
    FloorFit,
    GroupCrossing,
    StereoHealth,
    ZoneEnter,
    ZoneLeave,
)

MEASURED = (
    "stature_m",
    "child",
    "child_confidence",
    "staff",
    "staff_confidence",
    "gender",
    "gender_confidence",
)
EventRow: TypeAlias = dict[str, str | float | int | list[float] | None]


def event_row(event: Event, *, start_ns: int) -> EventRow:
    """One event; ``t_s`` counts from ``start_ns``; what was not measured is left out."""
    row: EventRow = {"type": event.type, "t_s": round((event.t_ns - start_ns) / NS_PER_S, 4)}
    match event:
        case Crossing():
            row |= {"line": event.line, "direction": event.direction.value}
            row["position_m"] = [round(value, 3) for value in event.position_m]
            for name in MEASURED:
                value: float = getattr(event, name)
                if not math.isnan(value):
                    row[name] = round(value, 3)
        case ZoneEnter():
            row["zone"] = event.zone
        case ZoneLeave():
            row |= {"zone": event.zone, "dwell_s": round(event.dwell_s, 3)}
        case GroupCrossing():
            row |= {"line": event.line, "direction": event.direction.value, "size": event.size}
        case Alarm():
            row |= {"place": event.place, "alarm": event.kind, "people": event.people}
    row["reason"] = event.reason
    return row


def floor_row(floor: FloorFit | None) -> dict[str, float | None]:
    """The floor figures of ``lintel count --json``; all null when no floor was found."""
    if floor is None:
        names = ("height_m", "distance_along_axis_m", "tilt_deg", "residual_m")
        return dict.fromkeys(names, None)
    return {
        "height_m": round(floor.height_m, 4),
        "distance_along_axis_m": round(floor.distance_along_axis_m, 4),
        "tilt_deg": round(math.degrees(floor.tilt_rad), 3),
        "residual_m": round(floor.residual_m, 4),
    }


def stereo_row(health: StereoHealth | None) -> dict[str, float | int | None]:
    """How well the two cameras agree, of ``lintel count --json``; null where it cannot be told."""
    if health is None:
        names = ("vertical_residual_px", "vertical_spread_px", "disparity_offset_px", "features")
        return dict.fromkeys(names, None)
    offset = health.disparity_offset_px
    return {
        "vertical_residual_px": round(health.vertical_residual_px, 3),
        "vertical_spread_px": round(health.vertical_spread_px, 3),
        "disparity_offset_px": None if math.isnan(offset) else round(offset, 3),
        "features": health.features,
    }
