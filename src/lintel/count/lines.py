"""Line counting: tracks in, crossings out, by the rules of docs/accuracy.md.

For each track and line: while the track is at least ``hysteresis_m`` from the line (prolonged
beyond its ends) it is clear. Between two clear moments lies a visit; the visit is a crossing if
the path changed side and did so between the ends. The path is the straight steps between
observations; predicted positions are never part of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from lintel.clock import NS_PER_S
from lintel.config import LineConfig
from lintel.count.line_shape import TOLERANCE_M, LineShapes, StepHits
from lintel.count.origin import (
    Origin,
    add_step,
    extrapolated_back,
    find_predecessor,
    still_holds,
    swept,
)
from lintel.count.passage import Owned, Tally, Visit
from lintel.count.redrawn import Places, kept_lines
from lintel.count.track_path import PathMemory
from lintel.count.uturn import Fired, Key, UturnGate
from lintel.errors import ContractError
from lintel.geometry import Floats
from lintel.records import Crossing, Direction, Phase, Tracks

PIECE_M = 0.05  # a step at a line with corners is looked at in pieces of this length
MIN_BASELINE_S = 0.3  # a first velocity measured over less says more about noise
MAX_PENDING = 8  # crossings that one unconfirmed track can have waiting


@dataclass(frozen=True, slots=True, eq=False)
class _Step:
    """One observed track from its last observation to this one, at one line."""

    slot: int
    line: int
    from_m: Floats  # (2,)
    to_m: Floats  # (2,)
    from_t_ns: int
    to_t_ns: int


class LineCounter:
    """The stage that turns tracks into crossings.

    State is kept per live track and freed 0.7 s after the track is listed as ended; memory is
    bounded by tracks alive times lines. Unconfirmed tracks are followed too, so that a track
    confirmed after the passage gets its crossing then.

    Raises (``step``):
        ContractError: time runs backwards.
    """

    def __init__(self, lines: Sequence[LineConfig]) -> None:
        self._lines = tuple(lines)
        self._hysteresis_m: Floats = np.array([line.hysteresis_m for line in lines]) - TOLERANCE_M
        self._shapes = LineShapes(self._lines)
        self._each = tuple(LineShapes([line]) for line in self._lines)
        self.reset()

    def reset(self) -> None:
        """Forget all tracks, and crossings that were held."""
        self._memory = PathMemory(lines=len(self._lines))
        self._visits: dict[Key, Visit] = {}
        self._origins: dict[int, Origin] = {}
        self._pending: dict[int, list[Fired]] = {}
        self._uturn = UturnGate(self._lines, self._shapes)
        self._ready: list[Owned] = []
        self._continued: list[tuple[int, int]] = []
        self._now_ns: int | None = None

    @property
    def tracks_remembered(self) -> int:
        """How many tracks state is kept for."""
        return len(self._memory)

    @property
    def continued(self) -> tuple[tuple[int, int], ...]:
        """Tracks lost and tracks that continue them, found in the last step."""
        return tuple(self._continued)

    def step(self, tracks: Tracks) -> tuple[Crossing, ...]:
        """Take in one step of the tracker; give the crossings now certain, in order of time."""
        return tuple(owned.crossing for owned in self.step_owned(tracks))

    def step_owned(self, tracks: Tracks) -> tuple[Owned, ...]:
        """As ``step``, each crossing with the track that made it."""
        if self._now_ns is not None and tracks.t_ns < self._now_ns:
            raise ContractError(f"time runs backwards: {tracks.t_ns} ns after {self._now_ns} ns")
        self._now_ns = tracks.t_ns
        self._continued.clear()
        if self._lines:
            self._memory.believe(tracks)
            self._observe(tracks)
            self._publish_confirmed()
            self._publish(self._uturn.release(self._memory, self._visits, tracks.t_ns))
            self._end(tracks)
        return self._drain()

    def finish(self) -> tuple[Crossing, ...]:
        """End all tracks, as at the end of a recording; give what was still held."""
        return tuple(owned.crossing for owned in self.finish_owned())

    def finish_owned(self) -> tuple[Owned, ...]:
        """As ``finish``, each crossing with the track that made it."""
        for slot in np.flatnonzero(self._memory.alive & ~self._memory.retired).tolist():
            self._publish(self._uturn.end(slot))
        rest = self._drain()
        self.reset()
        return rest

    def redraw(self, lines: Sequence[LineConfig]) -> tuple[Owned, ...]:
        """Count at other lines from now on; what lines that are no more had held.

        At a line that stays, whoever is on the way goes on. At a new one everybody begins where
        he was seen last.
        """
        after, kept = tuple(lines), kept_lines(self._lines, lines)
        shapes = LineShapes(after)
        self._publish(self._uturn.redraw(kept, after, shapes))
        rest = self._drain()
        self._lines, self._shapes = after, shapes
        self._hysteresis_m = np.array([line.hysteresis_m for line in after]) - TOLERANCE_M
        self._each = tuple(LineShapes([line]) for line in after)
        self._memory.redraw(kept, lines=len(after))
        self._visits = {
            (slot, kept[line]): visit
            for (slot, line), visit in self._visits.items()
            if line in kept
        }
        self._pending = {slot: _moved(held, kept) for slot, held in self._pending.items()}
        for slot, origin in self._origins.items():
            known = {kept[k]: past for k, past in origin.histories.items() if k in kept}
            self._origins[slot] = replace(origin, histories=known)
        self._begin_at([k for k in range(len(after)) if k not in kept.values()])
        return rest

    def _begin_at(self, new: list[int]) -> None:
        """Open visits at new lines of those who stand within their bands."""
        memory = self._memory
        slots = np.flatnonzero(memory.alive & (memory.observations > 0))
        if not new or not len(slots):
            return
        distance_m = self._shapes.distance_m(memory.position_m[slots])
        memory.clearance_m[slots[:, None], np.array(new)] = distance_m[:, new]
        within = distance_m < self._hysteresis_m
        for row, line in np.argwhere(within).tolist():
            if line in new:
                slot = int(slots[row])
                self._visits[slot, line] = Visit(int(memory.observations[slot]))
                memory.open[slot, line] = True

    def _observe(self, tracks: Tracks) -> None:
        memory = self._memory
        rows = np.flatnonzero(tracks.phase != Phase.COASTING)
        if len(rows) == 0:
            return
        slots, born = memory.admit(tracks.id[rows])
        to_m = tracks.xyz_m[rows, :2].astype(np.float64)
        from_m = np.where(born[:, None], to_m, memory.position_m[slots])
        from_t_ns = np.where(born, tracks.t_ns, memory.t_ns[slots])
        memory.observe(slots, born, tracks, rows)
        clearance_m = self._shapes.distance_m(to_m)
        clear = clearance_m >= self._hysteresis_m
        passages = self._shapes.passages(from_m, to_m)
        for row in np.flatnonzero(born).tolist():
            self._give_birth(int(slots[row]), clear[row], tracks.t_ns)
        passed = self._shapes.passed(passages)
        opened = memory.open[slots]
        moved_m = np.hypot(*(to_m - from_m).T)[:, None]
        # the farthest from the line that any point of the step can have been
        farthest_m = 0.5 * (clearance_m + memory.clearance_m[slots] + moved_m)
        strayed = opened & ~clear & (farthest_m >= self._hysteresis_m)
        in_pieces = self._shapes.bent & (moved_m > PIECE_M) & (strayed | passed)
        memory.clearance_m[slots] = clearance_m
        for row, line in np.argwhere(passed | in_pieces | (opened == clear)).tolist():
            ends = (from_m[row], to_m[row], int(from_t_ns[row]), tracks.t_ns)
            step = _Step(int(slots[row]), line, *ends)
            if in_pieces[row, line]:
                self._advance_in_pieces(step)
            else:
                hits = self._shapes.hits(passages, row, line)
                self._advance(step, hits, clear=bool(clear[row, line]))

    def _give_birth(self, slot: int, clear: np.ndarray, now_ns: int) -> None:
        """Open visits of a new track where it, or the track that it continues, is in a band."""
        memory = self._memory
        inside = set(np.flatnonzero(~clear).tolist())
        lost = find_predecessor(memory, slot, now_ns)
        if lost is not None:
            origin = self._origin_of(lost, slot)
            self._origins[slot] = origin
            memory.continued[lost] = True
            self._continued.append((origin.track_id, int(memory.id[slot])))
            trusted = bool(memory.believed[lost])
            self._uturn.hand_over(lost, slot, trusted=trusted)
            told = {k for k, past in origin.histories.items() if past is None or past.around}
        else:
            told = set()
        for line in inside | told:
            self._visits[slot, line] = Visit(0, born=True, inside_at_birth=line in inside)
            memory.open[slot, line] = True

    def _origin_of(self, lost: int, heir: int) -> Origin:
        memory, histories = self._memory, dict[int, Tally | None]()
        span = (int(memory.t_ns[lost]), int(memory.birth_t_ns[heir]))
        for line, shape in enumerate(self._each):
            visit = self._visits.get((lost, line))
            past = Tally() if visit is None else self._whole_tally(lost, line, visit)[0]
            gap = swept(shape, memory.position_m[lost], memory.birth_m[heir], span)
            histories[line] = past.followed_by(gap) if past is not None else None
        velocity = memory.velocity_mps[lost].copy()
        return Origin(int(memory.id[lost]), span[0], velocity, histories)

    def _advance_in_pieces(self, step: _Step) -> None:
        """Follow a long step at a line with corners, which may leave its band and come back."""
        length = float(np.linalg.norm(step.to_m - step.from_m))
        pieces = min(int(np.ceil(length / PIECE_M)), 256)
        share = np.linspace(0.0, 1.0, pieces + 1)
        points = step.from_m + share[:, None] * (step.to_m - step.from_m)
        points[-1] = step.to_m  # exactly: the next step begins here
        times = step.from_t_ns + np.round(share * (step.to_t_ns - step.from_t_ns)).astype(np.int64)
        shape = self._each[step.line]
        clear = shape.distance_m(points[1:])[:, 0] >= self._hysteresis_m[step.line]
        passages = shape.passages(points[:-1], points[1:])
        opened = self._memory.open[step.slot]
        for k in range(pieces):
            if clear[k] == opened[step.line] or passages.sign[k].any():
                span = (int(times[k]), int(times[k + 1]))
                piece = _Step(step.slot, step.line, points[k], points[k + 1], *span)
                self._advance(piece, shape.hits(passages, k, 0), clear=bool(clear[k]))

    def _advance(self, step: _Step, hits: StepHits, *, clear: bool) -> None:
        """Follow one step at one line: open its visit, add its passages, close it when clear."""
        memory, key = self._memory, (step.slot, step.line)
        visit = self._visits.get(key)
        if visit is None:
            visit = Visit(int(memory.observations[step.slot]) - 1)
            self._visits[key] = visit
        span = (step.from_t_ns, step.to_t_ns)
        add_step(visit.tally, hits, (step.from_m, step.to_m), span)
        age_s = (step.to_t_ns - int(memory.birth_t_ns[step.slot])) / NS_PER_S
        closes = clear and not (visit.born and age_s < MIN_BASELINE_S)
        memory.open[key] = not closes
        if closes:
            del self._visits[key]
            self._close(step, visit)

    def _close(self, step: _Step, visit: Visit) -> None:
        tally, past = self._whole_tally(step.slot, step.line, visit)
        direction = None if tally is None else tally.direction()
        if tally is None or direction is None:
            return
        moment = tally.last[direction]
        seen = int(self._memory.observations[step.slot]) - max(visit.opened_at - 1, 0)
        ways = "right to left" if direction is Direction.IN else "left to right"
        h = self._lines[step.line].hysteresis_m
        reason = f"{ways}, {h:g} m beyond both sides, between ends, {seen} observations{past}"
        fired = Fired(step.slot, step.line, direction, moment.t_ns, moment.position_m, reason)
        self._publish(self._uturn.offer(fired))

    def _whole_tally(self, slot: int, line: int, visit: Visit) -> tuple[Tally | None, str]:
        """The tally since the track was last clear, and words on what was before its birth."""
        if not visit.born:
            return visit.tally, ""
        origin = self._origins.get(slot)
        if origin is not None and still_holds(origin, self._memory, slot):
            before = origin.histories[line]
            if before is not None:
                return before.followed_by(visit.tally), ", continues a track lost before"
        if not visit.inside_at_birth:
            return visit.tally, ""
        h = float(self._hysteresis_m[line])
        before = extrapolated_back(self._memory, self._each[line], slot, h)
        whole = None if before is None else before.followed_by(visit.tally)
        return whole, ", first side extrapolated back from where the track began"

    def _publish(self, crossings: Iterable[Fired]) -> None:
        """Give out crossings of confirmed tracks; let the others wait for confirmation."""
        for fired in crossings:
            if fired.trusted or self._memory.believed[fired.slot]:
                self._ready.append(self._crossing(fired))
            else:
                waiting = self._pending.setdefault(fired.slot, [])
                waiting.append(replace(fired, reason=f"{fired.reason}, confirmed later"))
                del waiting[:-MAX_PENDING]

    def _publish_confirmed(self) -> None:
        for slot in [slot for slot in self._pending if self._memory.believed[slot]]:
            self._publish(self._pending.pop(slot))

    def _crossing(self, fired: Fired) -> Owned:
        stature_m, child, staff, gender, *sure = self._memory.looks[fired.slot].tolist()
        crossing = Crossing(
            line=self._lines[fired.line].name,
            direction=fired.direction,
            t_ns=fired.t_ns,
            position_m=fired.position_m,
            reason=fired.reason,
            stature_m=stature_m,
            child=child,
            staff=staff,
            gender=gender,
            child_confidence=sure[0],
            staff_confidence=sure[1],
            gender_confidence=sure[2],
        )
        return Owned(crossing, int(self._memory.id[fired.slot]))

    def _drain(self) -> tuple[Owned, ...]:
        done, self._ready = self._ready, []
        return tuple(sorted(done, key=lambda owned: owned.crossing.t_ns))

    def _release_predecessor(self, slot: int) -> None:
        """The track ended: the lost one that it continued may be continued by another."""
        origin = self._origins.get(slot)
        lost = None if origin is None else self._memory.slot_of(origin.track_id)
        if lost is not None:
            self._memory.continued[lost] = False

    def _end(self, tracks: Tracks) -> None:
        memory = self._memory
        slots = [memory.slot_of(track_id) for track_id in tracks.ended.tolist()]
        for slot in [*slots, *memory.silent(tracks.t_ns).tolist()]:
            if slot is not None and not memory.retired[slot]:
                self._publish(self._uturn.end(slot))
                self._pending.pop(slot, None)
                self._release_predecessor(slot)
                memory.retire(slot, tracks.t_ns)
        for slot in memory.forget(tracks.t_ns):
            self._origins.pop(slot, None)
            for line in np.flatnonzero(memory.open[slot]).tolist():
                del self._visits[slot, line]


def _moved(held: list[Fired], kept: Places) -> list[Fired]:
    """Crossings that wait, at lines that are kept, by their new numbers."""
    return [replace(one, line=kept[one.line]) for one in held if one.line in kept]
