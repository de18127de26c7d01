"""The named scenes. Metres in the floor frame; the sensor hangs above the origin.

Heads stay in view for about 1 m to either side along x under the default 3 m mount, so people
cross a line near x = 0. ``in`` is towards +x everywhere.
"""

from __future__ import annotations

from types import MappingProxyType

from lintel.capture.analytic.scene import Casting, SceneSpec
from lintel.capture.analytic.shapes import Solid, Surface
from lintel.config.sitefile import LineSection, ZoneSection

_WALL = Surface(165.0, 20.0, 11)
_FRAME = Surface(70.0, 18.0, 37)
_WOOD = Surface(95.0, 28.0, 53)
_CARTON = Surface(150.0, 26.0, 71)
_STEEL = Surface(110.0, 30.0, 97)
_MAT = Surface(60.0, 24.0, 131)


def _box(low: tuple[float, float, float], high: tuple[float, float, float], s: Surface) -> Solid:
    centre = tuple(0.5 * (a + b) for a, b in zip(low, high, strict=True))
    half = tuple(0.5 * (b - a) for a, b in zip(low, high, strict=True))
    return Solid("box", (centre[0], centre[1], centre[2]), (half[0], half[1], half[2]), s)


def _line(name: str, *, x: float = 0.0) -> LineSection:
    """Across the walking direction, drawn so that people who walk towards +x go in."""
    return LineSection(name=name, points_m=[(x, 1.6), (x, -1.6)])


DOOR = (
    _box((-1.20, 0.75, 0.0), (-1.08, 4.0, 3.0), _WALL),
    _box((-1.20, -4.0, 0.0), (-1.08, -0.75, 3.0), _WALL),
    _box((-1.20, -0.75, 2.05), (-1.08, 0.75, 3.0), _WALL),  # the lintel
    _box((-1.22, 0.69, 0.0), (-1.06, 0.75, 2.05), _FRAME),
    _box((-1.22, -0.75, 0.0), (-1.06, -0.69, 2.05), _FRAME),
    _box((-1.00, -0.60, 0.0), (-0.20, 0.60, 0.01), _MAT),
    _box((1.75, 1.15, 0.0), (2.45, 1.75, 0.85), _WOOD),
    _box((1.90, -1.90, 0.0), (2.50, -1.40, 0.45), _CARTON),
)
FURNITURE = (
    _box((-2.4, -1.7, 0.0), (-1.5, -0.5, 0.74), _WOOD),
    _box((1.1, 0.6, 0.0), (1.7, 1.5, 1.05), _STEEL),
    _box((0.5, -1.5, 0.0), (0.9, -1.1, 0.40), _CARTON),
    _box((0.95, -1.5, 0.0), (1.45, -1.0, 0.30), _CARTON),
    _box((-0.8, 1.0, 0.0), (-0.4, 1.4, 0.46), _WOOD),
)
TROLLEY = (
    _box((-0.45, -0.28, 0.15), (0.45, 0.28, 0.60), _STEEL),
    _box((-0.45, -0.28, 0.60), (-0.40, 0.28, 1.02), _STEEL),
    _box((-0.20, -0.20, 0.60), (0.30, 0.20, 0.85), _CARTON),
)


def _doorway(cast: Casting) -> None:
    """Thirty seconds at a shop's door; opposite directions keep to their own lanes."""
    lane = cast.around(0.38, 0.03)
    cast.walk([(-3.0, -lane), (3.2, -lane)], at_s=0.3, speed_mps=cast.around(1.3, 0.05))
    cast.walk([(3.2, lane), (-3.0, lane)], at_s=1.5, speed_mps=cast.around(1.2, 0.05))
    tail = cast.around(1.2, 0.05)  # the second follows half a metre behind the first
    cast.walk([(-3.0, -lane), (3.2, -lane)], at_s=5.5, speed_mps=tail)
    cast.walk([(-3.0, -lane), (3.2, -lane)], at_s=5.5 + 0.55 / tail, speed_mps=tail)
    cast.walk([(3.2, lane), (-3.0, lane)], at_s=5.2, speed_mps=cast.around(1.12, 0.04))
    pair = cast.around(1.25, 0.05)
    cast.walk([(-3.0, 0.25), (3.2, 0.25)], at_s=11.4, speed_mps=pair, group=1)
    cast.walk([(-3.0, -0.25), (3.2, -0.25)], at_s=11.4, speed_mps=pair, group=1)
    family = cast.around(1.2, 0.03)
    cast.walk([(3.2, 0.28), (-3.0, 0.28)], at_s=17.0, speed_mps=family, group=2)
    cast.walk([(3.2, -0.2), (-3.0, -0.2)], at_s=17.0, speed_mps=family, child=True, group=2)
    turn = [(3.2, -0.3), (-0.35, -0.3), (-0.65, 0.0), (-0.35, 0.3), (3.2, 0.3)]
    cast.walk(turn, at_s=19.6, speed_mps=cast.around(1.3, 0.05))
    cast.walk([(0.95, -2.8), (0.95, 2.8)], at_s=25.6, speed_mps=cast.around(1.35, 0.05))


def _shoulder(cast: Casting) -> None:
    """A couple in, then a couple out, 45 cm from head to head."""
    for start_s, sign in ((0.3, 1.0), (6.5, -1.0)):
        speed, y = cast.around(1.2, 0.1), cast.around(0.0, 0.08)
        for aside in (-0.225, 0.225):
            ends = [(-3.0 * sign, y + aside), (3.0 * sign, y + aside)]
            cast.walk(ends, at_s=start_s, speed_mps=speed, group=round(start_s))


def _box_scene(cast: Casting) -> None:
    """A trolley that rolls in and out again by itself, and a pushed stack of boxes."""
    cast.roll([(-3.2, -0.3), (3.2, -0.3)], at_s=0.5, speed_mps=1.1, parts=TROLLEY)
    stack = (_box((-0.25, -0.25, 0.0), (0.25, 0.25, 1.1), _CARTON),)
    cast.roll([(3.2, 0.45), (-3.2, 0.45)], at_s=8.0, speed_mps=0.9, parts=stack)


def _cross(cast: Casting) -> None:
    """One person each way, side by side on the line."""
    speed = cast.around(1.25, 0.05)
    cast.walk([(-3.0, -0.4), (3.0, -0.4)], at_s=0.4, speed_mps=speed)
    cast.walk([(3.0, 0.4), (-3.0, 0.4)], at_s=1.4, speed_mps=speed)


def _nobody(cast: Casting) -> None:
    """Nothing moves."""
    del cast


_INSIDE = ZoneSection(name="inside", polygon_m=[(0.3, -1.2), (2.5, -1.2), (2.5, 1.2), (0.3, 1.2)])
_ALL = (
    SceneSpec(
        name="doorway",
        summary="A shop's door: singles, tailgating, a couple, a child, a U-turn, a passer-by",
        cycle_s=30.0,
        line=_line("door", x=0.1),
        act=_doorway,
        standing=DOOR,
        zones=(_INSIDE,),
        strata=("mixed doorway",),
    ),
    SceneSpec(
        name="empty",
        summary="Furniture and boxes, nobody",
        cycle_s=10.0,
        line=_line("middle"),
        act=_nobody,
        standing=FURNITURE,
        strata=("nobody",),
    ),
    SceneSpec(
        name="shoulder",
        summary="Couples side by side at 45 cm, both ways",
        cycle_s=12.5,
        line=_line("middle"),
        act=_shoulder,
        strata=("couples side by side",),
    ),
    SceneSpec(
        name="box",
        summary="A rolling trolley and a rolling stack of boxes, nobody",
        cycle_s=16.0,
        line=_line("middle"),
        act=_box_scene,
        standing=FURNITURE[:1],
        strata=("rolling trolley alone",),
    ),
    SceneSpec(
        name="cross",
        summary="One person each way, shoulder to shoulder",
        cycle_s=8.0,
        line=_line("middle"),
        act=_cross,
        strata=("opposite directions",),
    ),
)
SCENES = MappingProxyType({scene.name: scene for scene in _ALL})
