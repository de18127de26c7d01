"""Where a track that was born inside a line's band came from.

Two answers, in this order. It continues a track that was lost nearby a moment before (at most
0.7 s, 0.5 m, 10 cm of stature: the tracker's own limits), so it inherits that path. Or it is
extrapolated back for up to 0.5 s with its own first velocity.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lintel.clock import NS_PER_S
from lintel.count.line_shape import LineShapes, StepHits
from lintel.count.passage import Moment, Tally
from lintel.count.track_path import PathMemory
from lintel.geometry import Floats

REUNION_M = 0.5
REUNION_STATURE_M = 0.10
STEP_BACK_M = 0.15  # how far behind the lost track's last place a continuation may begin
EXTRAPOLATE_S = 0.5
PLAUSIBLE_SPEED_MPS = 4.0  # nobody indoors is faster; a wilder velocity is noise
STANDING_MPS = 0.3  # below this a direction means nothing


@dataclass(frozen=True, slots=True, eq=False)
class Origin:
    """The lost track that a new one continues, as it was last seen."""

    track_id: int
    t_ns: int
    velocity_mps: Floats  # (2,)
    histories: dict[int, Tally | None]  # line: what its path had done; None = side unknown


def find_predecessor(memory: PathMemory, newborn: int, now_ns: int) -> int | None:
    """The slot of the lost track that the new one most likely continues."""
    slots = memory.missing(now_ns)
    if len(slots) == 0:
        return None
    velocity, moved = memory.velocity_mps[slots], memory.birth_m[newborn] - memory.position_m[slots]
    gap_s = (now_ns - memory.t_ns[slots]) / NS_PER_S
    miss = moved - velocity * gap_s[:, None]
    miss_m = np.hypot(miss[:, 0], miss[:, 1])
    if miss_m.min() > REUNION_M:
        return None
    speed = np.hypot(velocity[:, 0], velocity[:, 1])
    forward_m = (moved * velocity).sum(axis=1) / np.maximum(speed, 1e-9)
    taller_m = np.abs(memory.looks[slots, 0] - memory.looks[newborn, 0])
    fits = (
        (miss_m <= REUNION_M)
        & ((speed < STANDING_MPS) | (forward_m >= -STEP_BACK_M))
        & ~(taller_m > REUNION_STATURE_M)  # an unknown stature speaks against nobody
    )
    return int(slots[np.argmin(np.where(fits, miss_m, np.inf))]) if fits.any() else None


def still_holds(origin: Origin, memory: PathMemory, slot: int) -> bool:
    """Whether the new track may still be the lost one: that one stayed lost, and both go on.

    Someone who leaves while another comes in at the same place is told by the velocities.
    """
    lost = memory.slot_of(origin.track_id)
    if lost is not None and memory.t_ns[lost] > memory.birth_t_ns[slot]:
        return False
    velocity = np.array(memory.early_velocity_mps(slot)[:2])
    slowest = min(float(np.linalg.norm(velocity)), float(np.linalg.norm(origin.velocity_mps)))
    return slowest < STANDING_MPS or float(velocity @ origin.velocity_mps) >= 0.0


def extrapolated_back(
    memory: PathMemory, shape: LineShapes, slot: int, hysteresis_m: float
) -> Tally | None:
    """What the track did before its birth at the one line of ``shape``, by its first velocity.

    None if the half second before birth does not reach out of the band.
    """
    vx, vy, _ = memory.early_velocity_mps(slot)
    if np.hypot(vx, vy) > PLAUSIBLE_SPEED_MPS:
        return None
    back_s = np.linspace(0.0, EXTRAPOLATE_S, 51)
    birth_m, birth_t_ns = memory.birth_m[slot], int(memory.birth_t_ns[slot])
    path_m = birth_m - back_s[:, None] * np.array([vx, vy])
    clear = shape.distance_m(path_m)[:, 0] >= hysteresis_m
    if not clear.any():
        return None
    first = int(np.argmax(clear))
    started_t_ns = birth_t_ns - round(float(back_s[first]) * NS_PER_S)
    return swept(shape, path_m[first], birth_m, (started_t_ns, birth_t_ns))


def swept(shape: LineShapes, from_m: Floats, to_m: Floats, span_ns: tuple[int, int]) -> Tally:
    """The passages of the one line of ``shape`` by one straight step from (2,) to (2,)."""
    tally = Tally()
    passages = shape.passages(from_m[None], to_m[None])
    add_step(tally, shape.hits(passages, 0, 0), (from_m, to_m), span_ns)
    return tally


def add_step(
    tally: Tally, hits: StepHits, ends_m: tuple[Floats, Floats], span_ns: tuple[int, int]
) -> None:
    """Add to ``tally`` the passages of one step, in their order.

    Args:
        tally: what the path has done so far.
        hits: where the step passes the line.
        ends_m: first and last point (2,) of the step.
        span_ns: first and last moment of the step.
    """
    passed = hits.sign.nonzero()[0].tolist()
    for segment in sorted(passed, key=hits.share.__getitem__):
        part = float(hits.share[segment])
        place = ends_m[0] + part * (ends_m[1] - ends_m[0])
        moment = Moment(
            span_ns[0] + round(part * (span_ns[1] - span_ns[0])),
            (float(place[0]), float(place[1])),
        )
        tally.add(int(hits.sign[segment]), moment, finite=bool(hits.finite[segment]))
