"""The crowd: plans into trajectories, with room kept between any two body axes.

Each step every person wishes a velocity, sidesteps what comes (a social force after Helbing and
Molnar, 1995), and is then pushed out of whoever is too near until the least distance holds.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from lintel.sim.jit import kernel
from lintel.sim.paths import Plan, Trajectory

F64: TypeAlias = npt.NDArray[np.float64]
I64: TypeAlias = npt.NDArray[np.int64]
Bools: TypeAlias = npt.NDArray[np.bool_]
STEP_S = 1.0 / 30.0
MIN_AXIS_DISTANCE_M = 0.25  # no two body axes ever come nearer; adults keep 0.32 m
ARRIVED_M = 0.08
RELAX_S = 0.35
MOST_ROUNDS = 80


def least_distance(a: Plan, b: Plan) -> float:
    """How near two people's axes may come, metres: the sum of radii, in company a little less."""
    together = a.leader is not None or b.leader is not None
    wanted = (a.radius_m + b.radius_m) * (0.8 if together else 1.0)
    return max(wanted, MIN_AXIS_DISTANCE_M + 0.005)


def walk_crowd(plans: tuple[Plan, ...], seconds: float, *, seed: int) -> list[Trajectory]:
    """Trajectories of all people on a clock of STEP_S, from 0 to ``seconds``."""
    steps = round(seconds / STEP_S) + 2
    crowd = _Crowd(plans, steps, seed)
    for step in range(steps):
        crowd.advance(step)
    return crowd.trajectories()


class _Crowd:
    """Positions and intentions while the clock runs."""

    def __init__(self, plans: tuple[Plan, ...], steps: int, seed: int) -> None:
        count = len(plans)
        self._plans = plans
        self._at = np.full((count, 2), np.nan)
        self._velocity = np.zeros((count, 2))
        self._goal = np.ones(count, dtype=np.int64)
        self._leave_s = np.full(count, -1.0)
        self._heading = np.zeros(count)
        self._log = np.full((count, steps, 2), np.nan)
        self._seated = np.zeros((count, steps))
        self._facing = np.full((count, steps), np.nan)
        self._fixed = np.array([plan.fixed for plan in plans], dtype=np.bool_)
        self._least = np.array([[least_distance(a, b) for b in plans] for a in plans])
        self._least = self._least.reshape(count, count)
        self._company = np.array(
            [[_share_group(plans, a, b) for b in range(count)] for a in range(count)]
        )
        self._company = self._company.reshape(count, count)
        self._fidget = np.random.default_rng([seed, 5]).uniform(0.0, 2.0 * np.pi, (count, 4))

    def advance(self, step: int) -> None:
        """One step of the clock."""
        now = step * STEP_S
        for person in range(len(self._plans)):
            self._appear(person, now)
        present = np.flatnonzero(np.isfinite(self._at[:, 0]))
        wished = np.zeros_like(self._velocity)
        for person in map(int, present):
            wished[person] = self._wish(person, step, now)
            beyond = abs(self._at[person, 0]) - self._plans[person].corridor_m
            if beyond > 0.0:
                wished[person, 0] -= np.sign(self._at[person, 0]) * min(1.5, 4.0 * beyond)
        # whoever has arrived is gone: its NaN must not reach the others
        present = np.flatnonzero(np.isfinite(self._at[:, 0]))
        _move(present, self._at, self._velocity, wished, self._least, self._company, self._fixed)
        self._log[:, step] = self._at

    def trajectories(self) -> list[Trajectory]:
        """What was logged."""
        return [
            Trajectory(self._log[k], self._seated[k], self._facing[k])
            for k in range(len(self._plans))
        ]

    def _appear(self, person: int, now: float) -> None:
        plan = self._plans[person]
        absent = not np.isfinite(self._at[person, 0])
        if absent and now >= plan.start_s and self._goal[person] == 1:
            start = np.array(plan.stops[0].at_m)
            present = np.isfinite(self._at[:, 0])
            gap = np.linalg.norm(self._at[present] - start, axis=1) - self._least[person, present]
            if gap.size == 0 or gap.min() > 0.02:
                self._at[person] = start
                self._heading[person] = self._direction(person)

    def _direction(self, person: int) -> float:
        stops = self._plans[person].stops
        ahead = np.array(stops[min(1, len(stops) - 1)].at_m) - np.array(stops[0].at_m)
        return float(np.arctan2(ahead[1], ahead[0]))

    def _wish(self, person: int, step: int, now: float) -> F64:
        plan = self._plans[person]
        if plan.leader is not None and np.isfinite(self._at[plan.leader, 0]):
            self._seated[person, step] = self._seated[plan.leader, step]
            self._facing[person, step] = self._facing[plan.leader, step]
            return self._keep_formation(person, plan)
        goal = int(self._goal[person])
        if goal >= len(plan.stops):
            self._at[person] = np.nan
            return np.zeros(2)
        stop = plan.stops[goal]
        way = np.array(stop.at_m) - self._at[person]
        distance = float(np.hypot(way[0], way[1]))
        last = goal == len(plan.stops) - 1
        through = not last and stop.dwell_s == 0.0
        if distance < (0.3 if through else ARRIVED_M) or self._leave_s[person] >= 0.0:
            return self._stay(person, step, now)
        speed = plan.speed_mps if through or last else min(plan.speed_mps, 1.6 * distance + 0.05)
        return np.asarray(way / distance * speed)

    def _stay(self, person: int, step: int, now: float) -> F64:
        plan = self._plans[person]
        stop = plan.stops[int(self._goal[person])]
        if self._leave_s[person] < 0.0:
            self._leave_s[person] = now + stop.dwell_s
        if now >= self._leave_s[person]:
            self._goal[person] += 1
            self._leave_s[person] = -1.0
            return np.array(self._velocity[person])
        self._seated[person, step] = float(stop.sit)
        if stop.heading is not None:
            self._facing[person, step] = stop.heading
        a = self._fidget[person]
        rate = np.array([0.7, 1.1])
        sway = stop.fidget_m * np.sin(rate * now + a[:2])
        return np.asarray(0.9 * (np.array(stop.at_m) + sway - self._at[person]))

    def _keep_formation(self, person: int, plan: Plan) -> F64:
        assert plan.leader is not None  # noqa: S101 - asked only of followers
        lead = self._velocity[plan.leader]
        if float(np.hypot(lead[0], lead[1])) > 0.15:
            turn = float(np.arctan2(lead[1], lead[0])) - self._heading[person]
            turn = (turn + np.pi) % (2.0 * np.pi) - np.pi
            self._heading[person] += 0.12 * turn
        c, s = np.cos(self._heading[person]), np.sin(self._heading[person])
        ahead, left = plan.offset_m
        goal = self._at[plan.leader] + np.array([c * ahead - s * left, s * ahead + c * left])
        wish = lead + 2.5 * (goal - self._at[person])
        speed = float(np.hypot(wish[0], wish[1]))
        most = 1.6 * max(plan.speed_mps, float(np.hypot(lead[0], lead[1])))
        return np.asarray(wish * min(1.0, most / max(speed, 1e-9)))


def _share_group(plans: tuple[Plan, ...], a: int, b: int) -> bool:
    return _leader_of(plans, a) == _leader_of(plans, b)


def _leader_of(plans: tuple[Plan, ...], person: int) -> int:
    leader = plans[person].leader
    return person if leader is None else leader


@kernel
def _sidestep(
    a: int, b: int, at: F64, wish_x: float, wish_y: float, least: float
) -> tuple[float, float]:
    """What person ``a`` adds to its wish because of ``b``: away from, and past on one side."""
    dx, dy = at[a, 0] - at[b, 0], at[a, 1] - at[b, 1]
    d = np.sqrt(dx * dx + dy * dy) + 1e-9
    gap = d - least - 0.12
    ahead = -(dx * wish_x + dy * wish_y) / d
    if gap > 1.5 or ahead <= -0.1:  # far off, or behind: no reason to give way
        return 0.0, 0.0
    push = 0.9 * np.exp(-max(0.0, gap) / 0.28)
    side = 1.0 if dx * wish_y - dy * wish_x >= 0.0 else -1.0
    speed = np.sqrt(wish_x * wish_x + wish_y * wish_y) + 1e-9
    return (
        push * (0.45 * dx / d + 0.8 * side * wish_y / speed),
        push * (0.45 * dy / d - 0.8 * side * wish_x / speed),
    )


@kernel
def _push_apart(present: I64, at: F64, least: F64, fixed: Bools) -> float:
    """One round over all pairs that are too near; the largest lack, metres, before it."""
    worst = 0.0
    for i in range(len(present)):
        for j in range(i + 1, len(present)):
            a, b = present[i], present[j]
            dx, dy = at[a, 0] - at[b, 0], at[a, 1] - at[b, 1]
            d = np.sqrt(dx * dx + dy * dy)
            lack = least[a, b] - d
            if lack <= 0.0:
                continue
            worst = max(worst, lack)
            if d < 1e-6:
                dx, dy, d = 1.0, 0.0, 1.0
            share_a = 0.0 if fixed[a] else 1.0 if fixed[b] else 0.5
            share_b = 0.0 if fixed[b] else 1.0 if fixed[a] else 0.5
            lack = (1.02 * lack + 1e-4) / d
            at[a, 0] += share_a * lack * dx
            at[a, 1] += share_a * lack * dy
            at[b, 0] -= share_b * lack * dx
            at[b, 1] -= share_b * lack * dy
    return worst


@kernel
def _move(
    present: I64, at: F64, velocity: F64, wished: F64, least: F64, company: Bools, fixed: Bools
) -> None:
    """Steer, step, and push apart until the least distances hold."""
    for a in present:
        ax, ay = wished[a, 0], wished[a, 1]
        for b in present:
            if a != b and not fixed[a] and not company[a, b]:
                more = _sidestep(a, b, at, wished[a, 0], wished[a, 1], least[a, b])
                ax += more[0]
                ay += more[1]
        blend = STEP_S / RELAX_S
        velocity[a, 0] += blend * (ax - velocity[a, 0])
        velocity[a, 1] += blend * (ay - velocity[a, 1])
    start = at.copy()
    for a in present:
        at[a] += STEP_S * velocity[a]
    for _ in range(MOST_ROUNDS):
        if _push_apart(present, at, least, fixed) == 0.0:
            break
    for a in present:
        velocity[a] += 0.5 * ((at[a] - start[a]) / STEP_S - velocity[a])
