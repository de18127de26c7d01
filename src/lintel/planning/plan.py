"""The plan of one mount: covered floor, precision, where lines may lie, sensors for a hall."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from lintel.errors import PlanError
from lintel.geometry import Floats, read_only
from lintel.planning.advice import Warned, advise
from lintel.planning.hall import HallPlan, largest_box, plan_hall
from lintel.planning.mount import Mount, within
from lintel.planning.precision import HeadPrecision, precision_at
from lintel.planning.region import ConvexRegion, area_m2, centroid_m, longest_chord_m

EDGE_M = 0.4  # the outer rim of the view is less exact, as scored by lintel.evaluate
LINE_EDGE_M = 0.6  # free field on both sides of a line
OVERLAP_M = 0.8  # of neighbouring views: no place lies in the rim of both
OVERLAP_LIMITS_M = (0.0, 5.0)
STATURE_M = (0.5, 2.3)
LINE_RULE = (
    "Keep 0.6 m of covered floor, at head height, on both sides of a line, and its ends 0.4 m "
    "inside; a line that runs any way must lie 0.6 m inside all round."
)


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """What both cameras see at one height above the floor."""

    level_m: float
    corners_m: Floats  # (K, 2) counter-clockwise; (0, 2) for none
    area_m2: float
    sides_m: tuple[float, float]  # extent along x and y

    def __post_init__(self) -> None:
        read_only(self.corners_m, (-1, 2), "Field.corners_m")

    @classmethod
    def of(cls, region: ConvexRegion, level_m: float) -> Field:
        """The field of a region at ``level_m``."""
        corners = region.corners_m()
        extent = np.ptp(corners, axis=0) if len(corners) else np.zeros(2)
        sides_m = (float(extent[0]), float(extent[1]))
        return cls(level_m, corners, area_m2(corners) if len(corners) else 0.0, sides_m)


@dataclass(frozen=True, slots=True, eq=False)
class LinePlaces:
    """Where straight lines may lie, at head height. Polygons (K, 2); (0, 2) for nowhere."""

    any_way_m: Floats  # lines that run in any direction, with corners
    along_x_m: Floats  # lines along x, for people who walk along y
    along_y_m: Floats
    longest_x_m: float  # of a line along x; 0 for none
    longest_y_m: float

    def __post_init__(self) -> None:
        for name in ("any_way_m", "along_x_m", "along_y_m"):
            read_only(getattr(self, name), (-1, 2), f"LinePlaces.{name}")

    @classmethod
    def of(cls, region: ConvexRegion) -> LinePlaces:
        """The places in a region."""
        any_way = region.shrunk(radius_m=LINE_EDGE_M).corners_m()
        along_x = region.shrunk(x_m=EDGE_M, y_m=LINE_EDGE_M).corners_m()
        along_y = region.shrunk(x_m=LINE_EDGE_M, y_m=EDGE_M).corners_m()
        return cls(
            any_way, along_x, along_y, longest_chord_m(along_x), longest_chord_m(along_y[:, ::-1])
        )


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """What a mount will see and how exactly. Places are metres in the sensor's floor frame."""

    mount: Mount
    stature_m: float
    floor: Field  # at floor level
    heads: Field  # at head height
    usable: Field  # at head height, without the rim of EDGE_M
    lines: LinePlaces
    precision: tuple[HeadPrecision, ...]  # centre first, then the corners of ``heads``
    hall: HallPlan | None = None
    warnings: tuple[Warned, ...] = ()

    @property
    def tallest_below_m(self) -> float:
        """The tallest head straight below the camera that is near enough to be measured."""
        return self.mount.height_m - self.mount.nearest_m / float(np.cos(self.mount.tilt_rad))


def plan_mount(
    mount: Mount,
    *,
    stature_m: float = 1.75,
    hall_m: tuple[float, float] | None = None,
    overlap_m: float = OVERLAP_M,
) -> Plan:
    """Plan one mount, and with ``hall_m`` a hall full of them.

    Args:
        mount: the sensor.
        stature_m: height of the heads to see.
        hall_m: sides of a hall.
        overlap_m: how much of their views, at head height, neighbours in the hall share.

    Raises:
        PlanError: the stature or hall is impossible, or no head of that stature can be measured.
    """
    within("stature", stature_m, *STATURE_M, "metres")
    within("overlap", overlap_m, *OVERLAP_LIMITS_M, "metres")
    region = mount.region(stature_m)
    heads = Field.of(region, stature_m)
    if len(heads.corners_m) == 0:
        raise PlanError(
            f"no head of {stature_m:g} m can be measured from {mount.height_m:g} m: depth is "
            f"searched from {mount.nearest_m:.2f} m on, along the view; hang the sensor higher "
            "or straighter"
        )
    usable = Field.of(region.shrunk(radius_m=EDGE_M), stature_m)
    places_m = np.vstack([centroid_m(heads.corners_m), heads.corners_m])
    precision = tuple(precision_at(mount, places_m, stature_m))
    lines = LinePlaces.of(region)
    hall = _hall(region, hall_m, overlap_m) if hall_m is not None else None
    plain = Plan(
        mount, stature_m, Field.of(mount.region(0.0), 0.0), heads, usable, lines, precision, hall
    )
    return _with_warnings(plain)


def _hall(region: ConvexRegion, hall_m: tuple[float, float], overlap_m: float) -> HallPlan:
    box = largest_box(region.shrunk(radius_m=overlap_m / 2).corners_m())
    if box is None:
        raise PlanError(
            f"no floor is left when neighbours share {overlap_m:g} m of their views, so no number "
            "of sensors covers a hall; hang them higher or take wider lenses"
        )
    return plan_hall(box, hall_m)


def _with_warnings(plan: Plan) -> Plan:
    warnings = advise(
        plan.mount,
        stature_m=plan.stature_m,
        tallest_below_m=plan.tallest_below_m,
        height_sigma_m=plan.precision[0].height_sigma_m,
        longest_line_m=max(plan.lines.longest_x_m, plan.lines.longest_y_m),
        hall=plan.hall,
    )
    return replace(plan, warnings=warnings)
