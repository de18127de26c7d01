"""From a scenario and a seed to the people who come: bodies, clothes, plans."""

from __future__ import annotations

from dataclasses import dataclass, replace
from zlib import crc32

import numpy as np

from lintel.sim.bodies import BodyShape
from lintel.sim.motion import Carry
from lintel.sim.outfit import DARK, VEST, Hair, Headgear, Outfit, random_fabric, random_outfit
from lintel.sim.paths import Plan, Recorded, Stop, read_trajectories
from lintel.sim.scenario import Flow, Gear, Placed, Replay, Route, Scenario, Thing

ADULT_RADIUS_M = 0.20
CHILD_RADIUS_M = 0.155
CHILD_BELOW_YEARS = 12.0
EXTRA_RADIUS_M = {
    Gear.TROLLEY: 0.30,
    Gear.TROLLEY_CHILD: 0.30,
    Gear.PRAM: 0.28,
    Gear.SUITCASE: 0.15,
    Gear.BOX: 0.12,
    Gear.UMBRELLA: 0.22,
    Gear.WHEELCHAIR: 0.22,
}
CARRY = {
    Gear.TROLLEY: Carry.PUSH,
    Gear.TROLLEY_CHILD: Carry.PUSH,
    Gear.PRAM: Carry.PUSH,
    Gear.SUITCASE: Carry.PULL,
    Gear.BOX: Carry.HOLD,
    Gear.CARRIED_CHILD: Carry.HOLD,
    Gear.BALLOON: Carry.RAISED,
    Gear.UMBRELLA: Carry.RAISED,
    Gear.WHEELCHAIR: Carry.WHEELS,
    Gear.PHONE: Carry.PHONE,
}


@dataclass(frozen=True, slots=True)
class Actor:
    """One person of a scene."""

    shape: BodyShape
    outfit: Outfit
    plan: Plan
    gear: Gear = Gear.NONE
    carry: Carry = Carry.NOTHING
    gender: str = "male"
    child: bool = False
    staff: bool = False
    group: int | None = None
    recorded: Recorded | None = None


def reach_of(scenario: Scenario) -> float:
    """How far from the origin people appear and vanish: outside the field, metres."""
    return 0.62 * scenario.mount.height_m + 1.3


def cast_actors(scenario: Scenario, seconds: float, *, seed: int) -> tuple[Actor, ...]:
    """Everyone who comes within ``seconds``; same seed, same people."""
    rng = np.random.default_rng([seed, 11, crc32(scenario.name.encode())])
    if scenario.replay:
        return _replay_actors(scenario.replay, rng)
    actors: list[Actor] = []
    for flow in scenario.traffic:
        _add_flow(actors, scenario, flow, seconds, rng)
    return tuple(actors)


def _add_flow(
    actors: list[Actor], scenario: Scenario, flow: Flow, seconds: float, rng: np.random.Generator
) -> None:
    now = flow.dark_seconds_s + float(rng.uniform(0.0, 1.0))
    mean_gap = 60.0 / flow.per_minute
    forward = bool(rng.random() < 0.5) if flow.both_ways else True
    number = 0
    while now < seconds - 1.5:
        _add_party(actors, scenario, flow, (now, forward, number), rng)
        number += 1
        now += mean_gap * float(rng.uniform(0.5, 1.5))
        if flow.both_ways:
            forward = not forward if flow.steady else bool(rng.random() < 0.5)


def _add_party(
    actors: list[Actor],
    scenario: Scenario,
    flow: Flow,
    arrival: tuple[float, bool, int],
    rng: np.random.Generator,
) -> None:
    start_s, forward, number = arrival
    leader = len(actors)
    gear = flow.gear[number % len(flow.gear)]
    child = rng.random() < flow.child_share
    speed = float(rng.uniform(*flow.speed_mps)) * (0.8 if child else 1.0)
    stops = _stops(scenario, flow, forward=forward, number=number, rng=rng)
    plan = Plan(
        stops,
        start_s,
        speed,
        _radius(gear, child=child),
        fixed=flow.steady,
        corridor_m=flow.corridor_m,
    )
    group = leader if flow.formation else None
    first = _actor(flow, plan, rng, gear=gear, child=child, number=number)
    first = replace(first, group=group)
    if flow.child_companions and gear is Gear.NONE:
        first = replace(first, carry=Carry.HAND_L)
    actors.append(first)
    if flow.opposing:
        other = tuple(Stop((-stop.at_m[0], -stop.at_m[1])) for stop in stops)
        actors.append(
            _actor(flow, replace(plan, stops=other), rng, gear=gear, child=child, number=number)
        )
    sign = 1.0 if forward else -1.0
    for place, (ahead, left) in enumerate(flow.formation):
        young = flow.child_companions or (place < len(flow.child_mates) and flow.child_mates[place])
        offset = tuple(v + float(rng.normal(0.0, flow.jitter_m)) for v in (ahead, left))
        at = (stops[0].at_m[0] - sign * offset[1], stops[0].at_m[1] + sign * offset[0])
        follower = Plan(
            (Stop(at), stops[-1]),
            start_s,
            speed,
            _radius(Gear.NONE, child=young),
            leader=leader,
            offset_m=(offset[0], offset[1]),
        )
        mate = _actor(flow, follower, rng, gear=Gear.NONE, child=young, number=number)
        carry = Carry.REACH_R if flow.child_companions else mate.carry
        actors.append(replace(mate, group=group, carry=carry))


def _radius(gear: Gear, *, child: bool) -> float:
    return (CHILD_RADIUS_M if child else ADULT_RADIUS_M) + EXTRA_RADIUS_M.get(gear, 0.0)


def _actor(
    flow: Flow, plan: Plan, rng: np.random.Generator, *, gear: Gear, child: bool, number: int
) -> Actor:
    femininity = float(rng.random() < 0.5)
    shape = random_shape(rng, femininity=femininity, child=child)
    outfit = random_outfit(rng, femininity=femininity, age_years=shape.age_years)
    headgear = flow.headgear[number % len(flow.headgear)]
    backpack = random_fabric(rng) if rng.random() < flow.backpack_share else None
    staff = bool(rng.random() < flow.staff_share) and not child
    lanyard = bool(rng.random() < flow.lanyard_share)
    if flow.dark_clothes:
        outfit = replace(outfit, top=DARK, bottom=DARK, sleeve=1.0, trouser=1.0, shoes=DARK)
    outfit = replace(
        outfit,
        headgear=headgear,
        backpack=backpack,
        vest=VEST if staff else None,
        lanyard=lanyard or staff,
        phone=gear is Gear.PHONE,
        skirt=outfit.skirt and gear is not Gear.WHEELCHAIR,
    )
    gender = "female" if femininity > 0.5 else "male"
    carry = CARRY.get(gear, Carry.NOTHING)
    return Actor(
        shape, outfit, plan, gear, carry, gender, shape.age_years < CHILD_BELOW_YEARS, staff
    )


def random_shape(rng: np.random.Generator, *, femininity: float, child: bool) -> BodyShape:
    """A random body; children's statures follow the medians of the WHO growth charts."""
    heaviness = float(np.clip(rng.normal(0.5, 0.2), 0.0, 1.0))
    if child:
        years = float(rng.uniform(3.0, 11.0))
        median = 0.77 + 0.0625 * years
        stature = float(np.clip(rng.normal(median, 0.045 * median), 0.85, 1.55))
    else:
        years = float(rng.choice([rng.uniform(18, 60), rng.uniform(60, 85)], p=[0.8, 0.2]))
        mean, sigma = (1.65, 0.065) if femininity > 0.5 else (1.78, 0.07)
        stature = float(np.clip(rng.normal(mean, sigma), 1.48, 2.05))
    return BodyShape(round(stature, 3), round(years, 1), femininity, round(heaviness, 3))


def _stops(
    scenario: Scenario, flow: Flow, *, forward: bool, number: int, rng: np.random.Generator
) -> tuple[Stop, ...]:
    reach, sign = reach_of(scenario), 1.0 if forward else -1.0
    low, high = flow.across_m
    x = float(rng.uniform(low, high))
    if flow.steady and flow.both_ways:  # each direction keeps to its own side
        x = sign * abs(x)
    start, end = (
        (x, -sign * reach),
        (x + float(rng.normal(0.0, 0.15)) * (not flow.steady), sign * reach),
    )
    back = (x + 0.7, -sign * reach)
    dwell = float(rng.uniform(*flow.dwell_s))
    if flow.route is Route.UTURN:
        past = sign * float(rng.choice([-0.1, 0.15, 0.6, 1.0]))
        return (Stop(start), Stop((x, past), dwell_s=0.4), Stop(back))
    if flow.route is Route.LOITER:
        stay = Stop((x, 0.0), dwell_s=dwell, fidget_m=0.10)
        return (Stop(start), stay, Stop(end if number % 2 else back))
    if flow.route is Route.DWELL:
        stay = Stop(
            (x, 0.9 + float(rng.uniform(-0.3, 0.3))), dwell_s=dwell, heading=0.0, fidget_m=0.03
        )
        return (Stop(start), stay, Stop(end if number % 2 else back))
    if flow.route is Route.SIT:
        stay = Stop((x, 1.25), dwell_s=dwell, heading=-0.5 * np.pi, sit=True)
        return (Stop(start), Stop((x, 0.75)), stay, Stop((x + 0.4, 0.3)), Stop(back))
    return _plain_stops(scenario, flow, (start, end), sign, number)


def _plain_stops(
    scenario: Scenario,
    flow: Flow,
    way: tuple[tuple[float, float], tuple[float, float]],
    sign: float,
    number: int,
) -> tuple[Stop, ...]:
    (x, _), end = way
    reach = reach_of(scenario)
    if flow.route is Route.ALONG:
        y = sign * (0.45 + 0.25 * (number % 2))
        return (
            Stop((-sign * reach - 1.2, y)),
            Stop((0.0, 0.75 * y)),
            Stop((sign * reach + 1.2, y)),
        )
    if flow.route is Route.ROUND_END:
        side = scenario.line_half_m + 0.55
        y = 1.0 * sign
        return (
            Stop((x, -sign * reach)),
            Stop((side, -y)),
            Stop((side, y)),
            Stop((x, sign * reach)),
        )
    if flow.route is Route.EDGE:
        x = (1.0 if number % 2 else -1.0) * (scenario.line_half_m - 0.35 + 0.3 * (number % 3))
        return (Stop((x, -sign * reach)), Stop((x, sign * reach)))
    if flow.route is Route.QUEUE:
        waits = tuple(Stop((0.0, -1.6 + 0.75 * k), dwell_s=2.5) for k in range(4))
        return (Stop((0.0, -reach)), *waits, Stop((0.0, reach)))
    return (Stop(way[0]), Stop(end))


def _replay_actors(replay: Replay, rng: np.random.Generator) -> tuple[Actor, ...]:
    people = read_trajectories(replay.path, fps=replay.fps, unit_m=replay.unit_m)
    actors = []
    for recorded in people.values():
        femininity = float(rng.random() < 0.5)
        shape = random_shape(rng, femininity=femininity, child=False)
        if np.isfinite(recorded.head_m):
            shape = replace(shape, stature_m=float(np.clip(recorded.head_m - 0.03, 0.85, 2.1)))
        outfit = random_outfit(rng, femininity=femininity, age_years=shape.age_years)
        gender = "female" if femininity > 0.5 else "male"
        plan = Plan((Stop((0.0, 0.0)),))
        actors.append(Actor(shape, outfit, plan, gender=gender, recorded=recorded))
    return tuple(actors)


def standing_in_way(things: tuple[Placed, ...]) -> tuple[Plan, ...]:
    """Plans of what people must walk around."""
    radius = {Thing.BOX: 0.35, Thing.MANNEQUIN: 0.28, Thing.BENCH: 0.3}
    return tuple(
        Plan(
            (Stop(thing.at_m), Stop(thing.at_m, dwell_s=1e9)),
            radius_m=radius[thing.thing],
            fixed=True,
        )
        for thing in things
        if thing.thing in radius and thing.thing is not Thing.BENCH
    )


def mannequin_outfit() -> Outfit:
    """A shop-window figure: dressed, bald, plastic."""
    rng = np.random.default_rng(4)
    outfit = random_outfit(rng, femininity=1.0, age_years=30.0)
    plastic = replace(outfit.skin, colour=(0.72, 0.70, 0.66), second=(0.72, 0.70, 0.66), grain=0.02)
    return replace(
        outfit,
        skin=plastic,
        hair_material=plastic,
        hair=Hair.BALD,
        headgear=Headgear.NONE,
        skirt=True,
    )
