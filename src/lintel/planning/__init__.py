"""What an installer asks before drilling: covered floor, errors, lines, sensors for a hall."""

from lintel.planning.advice import Warned
from lintel.planning.drawing import draw_plan
from lintel.planning.hall import Box, HallPlan, largest_box, plan_hall
from lintel.planning.mount import Mount, intrinsics_of_focal, intrinsics_of_lens
from lintel.planning.plan import LINE_RULE, OVERLAP_M, Field, LinePlaces, Plan, plan_mount
from lintel.planning.png import write_png
from lintel.planning.precision import HeadPrecision, depth_sigma_m
from lintel.planning.svg import svg_of

__all__ = [
    "LINE_RULE",
    "OVERLAP_M",
    "Box",
    "Field",
    "HallPlan",
    "HeadPrecision",
    "LinePlaces",
    "Mount",
    "Plan",
    "Warned",
    "depth_sigma_m",
    "draw_plan",
    "intrinsics_of_focal",
    "intrinsics_of_lens",
    "largest_box",
    "plan_hall",
    "plan_mount",
    "svg_of",
    "write_png",
]
