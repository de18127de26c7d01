"""What an installer needs on the ladder: checks, the floor, paths to draw on."""

from __future__ import annotations

from lintel.device.api.route import AnyRoute, Call, Route, Scopes
from lintel.errors import RefusedError, StoreError
from lintel.wire.v1.answer import MountChecks, Trajectories
from lintel.wire.v1.health import Calibration
from lintel.wire.v1.live import Plan
from lintel.wire.v1.request import Nothing


async def plan(call: Call[Nothing, None]) -> Plan:
    """The floor to draw on."""
    return call.ports.counter.plan()


async def setup_checks(call: Call[Nothing, None]) -> MountChecks:
    """Whether it is mounted right."""
    return MountChecks(call.ports.counter.mount_checks())


async def calibration(call: Call[Nothing, None]) -> Calibration | None:
    """What is known of the two cameras."""
    return call.ports.counter.calibration()


async def refit_floor(call: Call[Nothing, None]) -> None:
    """Find the floor anew."""
    await call.ports.counter.refit_floor(who=call.who)


async def trajectories(call: Call[Nothing, None]) -> Trajectories:
    """Paths to draw lines on."""
    if call.ports.privacy.state().mode == "counts":
        raise RefusedError("the image mode is counts: no path leaves; draw on the floor plan")
    return Trajectories(call.ports.counter.trajectories())


READ: Scopes = ("config:read",)
ROUTES: tuple[AnyRoute, ...] = (
    Route(
        "GET", "/live/plan", "The floor to draw on: lines, zones, field", plan, Plan, ("live:read",)
    ),
    Route(
        "GET",
        "/setup/checks",
        "Focus, depth, floor, height, cameras: pass or fail, with advice",
        setup_checks,
        MountChecks,
        READ,
    ),
    Route(
        "GET",
        "/setup/calibration",
        "What is known of the two cameras, and what was corrected since",
        calibration,
        Calibration,
        READ,
        empty="No source has been opened yet.",
    ),
    Route(
        "POST",
        "/setup/refit-floor",
        "Forget the floor and find it anew",
        refit_floor,
        None,
        ("config:write",),
        status=204,
        errors=(StoreError,),
    ),
    Route(
        "GET",
        "/setup/trajectories",
        "The latest paths, to draw lines on",
        trajectories,
        Trajectories,
        READ,
        errors=(RefusedError,),
    ),
)
