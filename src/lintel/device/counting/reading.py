"""From what a frame gave to messages: rounded discs without ids, and events by UTC."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import datetime

import msgspec
import numpy as np

from lintel.config.voted import Age, age_of, staff_of
from lintel.count.heatmap import HeatMap
from lintel.count.trails import Trail
from lintel.count.zones import ZoneState
from lintel.records import (
    Alarm,
    Crossing,
    Event,
    FloorFit,
    GroupCrossing,
    Phase,
    StereoHealth,
    Tracks,
    ZoneEnter,
    ZoneLeave,
)
from lintel.rig import StereoRig
from lintel.store.heat_tile import HeatKind, HeatTile
from lintel.wire.v1 import history
from lintel.wire.v1.health import Calibration, Floor, Stereo, Trajectory
from lintel.wire.v1.live import Person, PersonKind, PointM, ZoneNow

PLACE_M = 0.05  # places are told to this step
PACE_MPS = 0.1
STATURE_M = 0.05
KINDS: dict[Age, PersonKind] = {
    Age.CHILD: "child",
    Age.ADULT: "adult",
    Age.UNCERTAIN: "unknown",
}
MAX_PEOPLE = 200
FAR_M = 20.0


def people_of(tracks: Tracks) -> tuple[Person, ...]:
    """Everybody believed to be in view, by place, so that the order follows nobody."""
    believed = np.flatnonzero(tracks.phase != Phase.TENTATIVE).tolist()
    people = [_person(tracks, row) for row in believed]
    return tuple(sorted(people, key=lambda p: (p.x_m, p.y_m)))[:MAX_PEOPLE]


def event_message(event: Event, utc: datetime, n: int | None = None) -> history.Event:
    """An event as a message; ``n`` is its place in the order of storing."""
    message = _event_message(event, utc)
    return message if n is None else msgspec.structs.replace(message, position=str(n))


def _event_message(event: Event, utc: datetime) -> history.Event:
    match event:
        case Crossing():
            return history.Event(
                event.type,
                utc,
                event.line,
                event.reason,
                direction=event.direction.value,
                stature_m=_measured(event.stature_m, STATURE_M),
                child=_measured(event.child, 0.01),
                staff=_measured(event.staff, 0.01),
                gender=_measured(event.gender, 0.01),
            )
        case ZoneEnter():
            return history.Event(event.type, utc, event.zone, event.reason)
        case ZoneLeave():
            dwell_s = round(event.dwell_s, 3)
            return history.Event(event.type, utc, event.zone, event.reason, dwell_s=dwell_s)
        case GroupCrossing():
            return history.Event(
                event.type,
                utc,
                event.line,
                event.reason,
                direction=event.direction.value,
                size=event.size,
            )
        case Alarm():
            return history.Event(
                event.type,
                utc,
                event.place,
                event.reason,
                size=event.people,
                alarm=event.kind,
            )


def field_of(rig: StereoRig, floor: FloorFit) -> tuple[PointM, ...]:
    """Where the edges of the left picture meet the floor, as far as FAR_M; lens bends left out."""
    width, height = rig.image_size
    fx, fy = float(rig.left.matrix[0, 0]), float(rig.left.matrix[1, 1])
    cx, cy = float(rig.left.matrix[0, 2]), float(rig.left.matrix[1, 2])
    pose = floor.floor_from_cam
    corners = []
    for u, v in ((0, 0), (width, 0), (width, height), (0, height)):
        ray = pose.rotation @ np.array([(u - cx) / fx, (v - cy) / fy, 1.0])
        down = -float(ray[2])
        reach = FAR_M if down <= 1e-3 else min(floor.height_m / down, FAR_M)
        place = pose.translation_m + reach * ray
        corners.append((_step(float(place[0]), PLACE_M), _step(float(place[1]), PLACE_M)))
    return tuple(corners)


def zones_of(zones: Iterable[ZoneState]) -> tuple[ZoneNow, ...]:
    """Zones as messages."""
    return tuple(
        ZoneNow(zone.zone, zone.occupancy, zone.present, round(zone.density_per_m2, 3))
        for zone in zones
    )


def trails_of(trails: Iterable[Trail]) -> tuple[Trajectory, ...]:
    """Paths as messages, rounded."""
    return tuple(
        Trajectory(
            tuple((_step(x, PLACE_M), _step(y, PLACE_M)) for x, y in trail.points_m), trail.ended
        )
        for trail in trails
    )


def tiles_of(heat: HeatMap, span: tuple[datetime, datetime]) -> tuple[HeatTile, ...]:
    """A heat map as the store keeps it: person-seconds, and seconds of stops."""
    kinds = (
        (HeatKind.PRESENCE, heat.presence_s, heat.outside_s),
        (HeatKind.DWELL, heat.stopped_s, 0.0),
    )
    return tuple(
        HeatTile(*span, kind, heat.grid, values.astype(np.float32), beside)
        for kind, values, beside in kinds
        if values.any() or beside
    )


def floor_message(floor: FloorFit | None) -> Floor | None:
    """The floor as a message."""
    if floor is None:
        return None
    return Floor(
        height_m=round(float(floor.height_m), 3),
        tilt_deg=round(math.degrees(floor.tilt_rad), 2),
        residual_m=round(float(floor.residual_m), 4),
        settled=bool(floor.settled),
    )


def calibration_message(rig: StereoRig, health: StereoHealth | None) -> Calibration:
    """What is known of the two cameras, as a message."""
    width, height = rig.image_size
    offset = None if health is None else float(health.disparity_offset_px)
    return Calibration(
        rig=rig.rig_id,
        width_px=width,
        height_px=height,
        lens=rig.left.model,
        focal_px=round(float(rig.left.matrix[0, 0]), 2),
        baseline_m=round(rig.baseline_m, 5),
        row_offset_px=None if health is None else round(float(health.vertical_residual_px), 3),
        disparity_offset_px=None if offset is None or math.isnan(offset) else round(offset, 3),
    )


def stereo_message(health: StereoHealth | None) -> Stereo | None:
    """How well the cameras agree, as a message."""
    if health is None:
        return None
    offset = float(health.disparity_offset_px)
    return Stereo(
        vertical_residual_px=round(float(health.vertical_residual_px), 3),
        vertical_spread_px=round(float(health.vertical_spread_px), 3),
        disparity_offset_px=0.0 if math.isnan(offset) else round(offset, 3),
    )


def _person(tracks: Tracks, row: int) -> Person:
    x_m, y_m = (_step(float(value), PLACE_M) for value in tracks.xyz_m[row, :2])
    vx, vy = (_step(float(value), PACE_MPS) for value in tracks.velocity_mps[row])
    attributes = tracks.attributes
    return Person(
        x_m=x_m,
        y_m=y_m,
        vx_mps=vx,
        vy_mps=vy,
        stature_m=_measured(float(tracks.stature_m[row]), STATURE_M),
        kind=KINDS[age_of(float(attributes.child[row]))],
        staff=staff_of(float(attributes.staff[row])),
    )


def _measured(value: float, step: float) -> float | None:
    return _step(value, step) if math.isfinite(value) else None


def _step(value: float, step: float) -> float:
    """Rounded to whole steps; not -0.0, and without digits that say nothing."""
    return round(round(value / step) * step, 3) + 0.0
