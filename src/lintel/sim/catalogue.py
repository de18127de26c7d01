"""The scenarios: one per stratum of the accuracy tables, as a table."""

from __future__ import annotations

from dataclasses import replace

from lintel.errors import ScenarioError
from lintel.sim.material import Material, Pattern
from lintel.sim.outfit import Headgear
from lintel.sim.scenario import (
    Faults,
    Flow,
    Gear,
    Lighting,
    Mount,
    Placed,
    Route,
    Scenario,
    Thing,
    combine,
)

GLOSSY = Material((0.30, 0.29, 0.28), (0.22, 0.21, 0.20), Pattern.TILES, 0.6, 0.05, gloss=0.35)
BLANK = Material((0.55, 0.54, 0.52), (0.55, 0.54, 0.52), Pattern.BLANK)
DARK_FLOOR = Material((0.045, 0.045, 0.05), (0.03, 0.03, 0.032), Pattern.MOTTLED, 0.02, 0.15)
WOODEN = Material((0.36, 0.23, 0.13), (0.22, 0.13, 0.07), Pattern.PLANKS, 0.14, 0.12)
CARPET = Material((0.16, 0.18, 0.26), (0.10, 0.11, 0.17), Pattern.MOTTLED, 0.018, 0.25)
TERRAZZO = Material((0.52, 0.50, 0.47), (0.30, 0.28, 0.26), Pattern.MOTTLED, 0.022, 0.10)

_SPARSE = Flow(per_minute=12.0)
_TROLLEYS = Flow(per_minute=8.0, across_m=(-0.5, 0.5), speed_mps=(0.8, 1.1))


def _geared(*gear: Gear) -> Flow:
    return replace(_TROLLEYS, gear=gear)


def _topped(*headgear: Headgear) -> Flow:
    return replace(_SPARSE, headgear=headgear)


_PEOPLE = (
    Scenario("single_walkers", "single walkers", "People one by one, both ways."),
    Scenario(
        "couples",
        "couples side by side",
        "Couples 35 to 50 cm apart.",
        floor=WOODEN,
        traffic=(Flow(per_minute=10.0, formation=((-0.06, 0.40),), across_m=(-0.8, 0.5)),),
    ),
    Scenario(
        "tailgating",
        "tailgating",
        "One close behind the other, 40 to 60 cm.",
        traffic=(Flow(per_minute=10.0, formation=((-0.50, 0.0),), across_m=(-0.6, 0.6)),),
    ),
    Scenario(
        "opposite_shoulders",
        "opposite directions shoulder to shoulder",
        "Two keep their lanes and pass each other at half a metre.",
        floor=CARPET,
        traffic=(
            Flow(
                per_minute=9.0,
                steady=True,
                opposing=True,
                across_m=(0.24, 0.28),
                speed_mps=(1.15, 1.25),
            ),
        ),
    ),
    Scenario(
        "dense_crowd",
        "dense two-way crowd",
        "More than two people per square metre in a corridor.",
        floor=TERRAZZO,
        traffic=(
            Flow(per_minute=125.0, speed_mps=(0.7, 1.1), corridor_m=0.85),
            Flow(per_minute=95.0, speed_mps=(0.6, 1.0), corridor_m=0.85),
        ),
    ),
    Scenario(
        "runner",
        "runner",
        "People who run at 3 m/s, one at a time.",
        traffic=(Flow(per_minute=12.0, speed_mps=(2.8, 3.3)),),
    ),
    Scenario(
        "uturn",
        "U-turn on the line",
        "People who turn back on or near the line.",
        traffic=(Flow(per_minute=10.0, route=Route.UTURN, across_m=(-0.9, 0.4)),),
    ),
    Scenario(
        "loiterer",
        "loiterer on the line",
        "One who stays on the line while others pass.",
        traffic=(
            Flow(per_minute=2.5, route=Route.LOITER, across_m=(-0.9, -0.7), dwell_s=(40.0, 90.0)),
            Flow(per_minute=9.0, across_m=(0.3, 0.9)),
        ),
    ),
    Scenario(
        "along_line",
        "walker along the line",
        "People who walk along the line and never cross it.",
        traffic=(Flow(per_minute=10.0, route=Route.ALONG),),
    ),
    Scenario(
        "round_end",
        "walker round the end of the line",
        "People who go round the end of a short line.",
        line_half_m=0.8,
        traffic=(
            Flow(per_minute=8.0, route=Route.ROUND_END, across_m=(0.2, 0.4)),
            Flow(per_minute=6.0, across_m=(-0.5, 0.1)),
        ),
    ),
    Scenario(
        "queue",
        "queue",
        "People who wait in a row, then go through.",
        traffic=(Flow(per_minute=12.0, route=Route.QUEUE, both_ways=False),),
    ),
    Scenario(
        "zone_dwell",
        "zone dwell",
        "People who stay before a shelf for a while.",
        mount=Mount(height_m=4.5),  # lower, the heads of those who stay are not in view
        floor=TERRAZZO,
        traffic=(Flow(per_minute=9.0, route=Route.DWELL, across_m=(-0.9, 0.9)),),
        things=(Placed(Thing.SHELF, (1.9, 1.0)),),
    ),
    Scenario(
        "children",
        "child by the hand",
        "Adults with a child by the hand.",
        floor=WOODEN,
        traffic=(
            Flow(
                per_minute=9.0,
                formation=((0.05, 0.46),),
                child_companions=True,
                across_m=(-0.8, 0.4),
                speed_mps=(0.8, 1.1),
            ),
        ),
    ),
    Scenario(
        "family",
        "families among others",
        "Two adults with a child, couples, and people alone: groups of one, two and three.",
        floor=TERRAZZO,
        traffic=(
            Flow(
                per_minute=4.0,
                formation=((-0.05, 0.50), (0.10, -0.48)),
                child_mates=(False, True),
                across_m=(-0.6, 0.6),
                speed_mps=(0.8, 1.1),
            ),
            Flow(per_minute=3.0, formation=((-0.06, 0.45),), speed_mps=(1.0, 1.3)),
            Flow(per_minute=5.0),
        ),
    ),
    Scenario(
        "carried_child",
        "carried child",
        "Adults with a toddler on the arm; the toddler is not counted.",
        traffic=(_geared(Gear.CARRIED_CHILD),),
    ),
    Scenario(
        "school_class",
        "groups of children",
        "Children in pairs.",
        traffic=(
            Flow(per_minute=12.0, child_share=1.0, formation=((0.0, 0.5),), child_companions=True),
        ),
    ),
)

_GEAR = (
    Scenario("pram", "pram", "Prams.", traffic=(_geared(Gear.PRAM),)),
    Scenario(
        "trolley", "trolley", "Shopping trolleys.", floor=TERRAZZO, traffic=(_geared(Gear.TROLLEY),)
    ),
    Scenario(
        "trolley_child",
        "trolley with child seat",
        "Trolleys with a toddler in the seat.",
        floor=TERRAZZO,
        traffic=(_geared(Gear.TROLLEY_CHILD),),
    ),
    Scenario("suitcase", "suitcase", "Cases pulled behind.", traffic=(_geared(Gear.SUITCASE),)),
    Scenario("carried_box", "carried box", "Boxes before the chest.", traffic=(_geared(Gear.BOX),)),
    Scenario(
        "balloon",
        "balloon",
        "Balloons above the head.",
        traffic=(_geared(Gear.BALLOON),),
    ),
    Scenario("umbrella", "umbrella", "Open umbrellas.", traffic=(_geared(Gear.UMBRELLA),)),
    Scenario(
        "phone", "phone in hand", "People who look at a phone.", traffic=(_geared(Gear.PHONE),)
    ),
    Scenario(
        "hat",
        "hat",
        "Caps, beanies, brimmed hats.",
        traffic=(_topped(Headgear.BRIM, Headgear.CAP, Headgear.BEANIE),),
    ),
    Scenario(
        "hood", "hood", "Hoods and head scarves.", traffic=(_topped(Headgear.HOOD, Headgear.SCARF),)
    ),
    Scenario("backpack", "backpack", "Backpacks.", traffic=(replace(_SPARSE, backpack_share=1.0),)),
    Scenario(
        "wheelchair",
        "wheelchair",
        "Wheelchairs among walkers.",
        traffic=(_geared(Gear.WHEELCHAIR, Gear.NONE),),
    ),
    Scenario(
        "seated",
        "seated person",
        "People who sit down on a bench and leave again.",
        traffic=(
            Flow(
                per_minute=3.0,
                route=Route.SIT,
                across_m=(-0.3, 0.3),
                both_ways=False,
                dwell_s=(5.0, 9.0),
            ),
        ),
        things=(Placed(Thing.BENCH, (0.0, 1.42)),),
    ),
    Scenario(
        "staff",
        "staff vest and lanyard",
        "Staff in vests, visitors with lanyards, others.",
        traffic=(replace(_SPARSE, staff_share=0.5, lanyard_share=0.3),),
    ),
)

_PLACE = (
    Scenario("empty", "empty scene", "Nobody, nothing.", traffic=()),
    Scenario(
        "door_leaf",
        "door leaf",
        "A door that swings; nobody.",
        traffic=(),
        things=(Placed(Thing.DOORWAY, (0.0, 1.25)), Placed(Thing.DOOR, (-0.9, 1.2), 4.0, 4.0)),
    ),
    Scenario(
        "curtain",
        "curtain",
        "A curtain that blows; nobody.",
        traffic=(),
        things=(Placed(Thing.CURTAIN, (0.0, 0.9), 0.0, 3.5),),
    ),
    Scenario(
        "box_left",
        "box left behind",
        "A box on the floor; people walk around it.",
        things=(Placed(Thing.BOX, (0.3, 0.2), 0.4),),
    ),
    Scenario(
        "rolling_trolley",
        "rolling trolley alone",
        "A trolley that rolls; nobody.",
        traffic=(),
        things=(Placed(Thing.ROLLING_TROLLEY, (0.2, 0.0), 0.0, 7.0),),
    ),
    Scenario(
        "mannequin",
        "mannequin",
        "A shop-window figure; people walk around it.",
        things=(Placed(Thing.MANNEQUIN, (-0.5, 0.5), 0.8),),
    ),
    Scenario(
        "doorway",
        "doorway",
        "A door in a wall; people come through it.",
        traffic=(Flow(per_minute=16.0, across_m=(-0.5, 0.5)),),
        things=(Placed(Thing.DOORWAY, (0.0, 1.25)),),
    ),
    Scenario(
        "sun_patch",
        "sun patch that travels",
        "Sun through a window travels over the floor.",
        lighting=Lighting.SUN_PATCH,
        floor=WOODEN,
    ),
    Scenario(
        "light_switch", "light off and on", "Lamps go off and on again.", lighting=Lighting.SWITCHED
    ),
    Scenario(
        "light_switch_empty",
        "light changes, nobody there",
        "Lamps go off and on; nobody.",
        lighting=Lighting.SWITCHED,
        traffic=(),
    ),
    Scenario(
        "infrared",
        "0 lux with infrared lamp",
        "Darkness; mono pictures by the lamp at the camera.",
        lighting=Lighting.INFRARED,
    ),
    Scenario("dim", "dim light", "A quarter of the light.", lighting=Lighting.DIM),
    Scenario(
        "glossy_floor", "glossy floor", "A floor that mirrors lamps and people.", floor=GLOSSY
    ),
    Scenario("blank_floor", "blank floor", "A floor without any texture.", floor=BLANK),
    Scenario(
        "dark_on_dark",
        "dark clothes on dark floor",
        "Black clothes on a black floor.",
        floor=DARK_FLOOR,
        faults=Faults(exposure=0.3),
        traffic=(replace(_SPARSE, dark_clothes=True, backpack_share=0.0),),
    ),
)

_SENSOR = (
    Scenario("dirty_lens", "dirty lens", "Smears on both front glasses.", faults=Faults(dirt=1.0)),
    Scenario(
        "unequal_gain",
        "one camera darker",
        "The right camera has two thirds of the gain.",
        faults=Faults(right_gain=0.65),
    ),
    Scenario(
        "knocked",
        "calibration knocked by 0.3 px",
        "The right camera has moved.",
        faults=Faults(knock_px=0.3),
    ),
    Scenario(
        "dropped_frames",
        "dropped frames",
        "One exposure in eight is lost.",
        faults=Faults(drop_share=0.125),
    ),
    Scenario("fps_5", "5 fps", "Five exposures a second.", faults=Faults(fps=5.0)),
    Scenario(
        "overexposed",
        "overexposed",
        "Two and a half times the right exposure.",
        faults=Faults(exposure=2.5),
    ),
    Scenario(
        "mount_2_5m",
        "2.5 m mount",
        "A low door, and the wide lens that it takes.",
        mount=Mount(height_m=2.5, field_deg=110.0),
        line_half_m=0.9,
        traffic=(Flow(across_m=(-0.45, 0.45)),),
    ),
    Scenario("mount_4m", "4 m mount", "A hall.", mount=Mount(height_m=4.0), line_half_m=2.0),
    Scenario("mount_6m", "6 m mount", "A high hall.", mount=Mount(height_m=6.0), line_half_m=2.5),
    Scenario("tilt_15", "15 degrees tilt", "The camera leans forward.", mount=Mount(tilt_deg=15.0)),
    Scenario(
        "field_edge",
        "field edge",
        "People near the line's ends.",
        line_half_m=1.9,
        traffic=(Flow(per_minute=12.0, route=Route.EDGE),),
    ),
)

SCENARIOS: dict[str, Scenario] = {
    scenario.name: scenario for scenario in (*_PEOPLE, *_GEAR, *_PLACE, *_SENSOR)
}


def find_scenario(name: str) -> Scenario:
    """A scenario by its name; ``couples+infrared`` combines two or more.

    Raises:
        ScenarioError: no scenario has this name; the message lists those that are near.
    """
    first, *others = name.split("+")
    scenario = _single(first)
    for other in others:
        scenario = combine(scenario, _single(other))
    return scenario


def _single(name: str) -> Scenario:
    if name not in SCENARIOS:
        near = [known for known in SCENARIOS if name[:4] and name[:4] in known]
        hint = f"did you mean {', '.join(near)}? " if near else ""
        raise ScenarioError(f"no scenario {name!r}: {hint}see `lintel simulate --list`")
    return SCENARIOS[name]
