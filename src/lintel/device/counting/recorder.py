"""What becomes of a frame: events with UTC, watched time, and the newest state."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from lintel.clock import NS_PER_S
from lintel.count.counting_state import CountingState
from lintel.count.period import Period
from lintel.count.trails import Trail
from lintel.device.causes import Causes
from lintel.device.counting.board import Board, Seen
from lintel.device.counting.pulse import Pulse
from lintel.device.counting.reading import field_of, people_of, tiles_of, zones_of
from lintel.device.counting.timeline import ClockStep, Timeline
from lintel.device.keeping.keeper import Keeper
from lintel.device.keeping.ledger import COUNTING
from lintel.device.logs import Log
from lintel.pipeline import CoverageMeter, FrameResult, WatchedSpan
from lintel.pipeline.counting import Counting
from lintel.pipeline.coverage import MIN_VIEW_SHARE
from lintel.records import Event, FloorFit, StereoHealth, Watch
from lintel.rig import StereoRig
from lintel.store.heat_tile import HeatTile
from lintel.store.kinds import Item, StampedEvent
from lintel.wire.v1.live import DeviceState, Live, PointM

HEAT_S = 60.0  # heat maps are handed over this often
HEAT_PERIOD = Period(3600)
WATCH_S = 5.0  # watched time is told in spans of so long
LIVE_EVERY_S = 0.1
TRAILS_EVERY_S = 1.0
CHECK_CLOCK_S = 1.0  # of the device's own clock, which may be an accelerated one
FLOOR_PATIENCE_S = 20.0  # without a floor for so long somebody is told
SLOW, QUICK = 0.1, 0.02  # share of frames dropped that is too slow, and that is well again
MAX_ROWS_APART_PX = 0.6  # cameras that disagree by more have moved
PATIENCE_S = 30.0  # that a recording waits for the store


@dataclass(frozen=True, slots=True)
class Reports:
    """Where a recorder writes to."""

    keeper: Keeper
    board: Board
    causes: Causes
    pulse: Pulse
    log: Log
    publish: Callable[[Live], None]
    on_step: Callable[[ClockStep], None]


class Thought(Protocol):
    """What of a chain goes beyond its frames."""

    @property
    def stereo_health(self) -> StereoHealth | None:
        """How well the two cameras still agree."""
        ...

    @property
    def counting(self) -> Counting:
        """The counters of this moment."""
        ...


class Recorder:
    """Takes in frame after frame of a source. State: a few numbers."""

    def __init__(self, reports: Reports, timeline: Timeline, *, can_wait: bool) -> None:
        self._to = reports
        self._timeline = timeline
        self._patience_s = PATIENCE_S if can_wait else 0.0
        self._meter = CoverageMeter()
        self._floor: FloorFit | None = None
        self._since_floor_s: float | None = None
        self._frames = self._dropped = self._dropped_told = self._dropped_before = 0
        self._coverage = 0.0
        self._live_at_s = self._trails_at_s = 0.0
        self._check_at_ns = 0
        self._heat_ns: int | None = None
        self._last_ns: int | None = None
        self.state: DeviceState = "starting"
        self._rig: StereoRig | None = None
        self._field_of: FloorFit | None = None
        self._field_m: tuple[PointM, ...] = ()
        self.counted = CountingState()  # as it stood when watched time was last told
        self.source = ""
        self.detector = ""

    def frame(self, result: FrameResult, dropped: int, thought: Thought) -> None:
        """Take in one analysed frame; ``dropped``: frames of this source lost so far."""
        now_s, stereo = time.monotonic(), thought.stereo_health
        clock_ns = self._timeline.clock.now_ns()
        if clock_ns >= self._check_at_ns:
            self._check_at_ns = clock_ns + round(CHECK_CLOCK_S * NS_PER_S)
            self.check_clock()
        share = result.detections.view_share
        late_s = (clock_ns - result.t_ns) / NS_PER_S
        self._to.pulse.beat(late_s=max(late_s, 0.0), view_share=share)
        self._meter.step(t_ns=result.t_ns, view_share=share)
        self._frames += 1
        self._dropped = dropped
        self._last_ns = result.t_ns
        self._floor = result.floor or self._floor
        self._look_after(stereo)
        thought.counting.see_room(self._to.board.people_in_room)
        self._store(result, thought)
        if now_s >= self._live_at_s:
            self._live_at_s = now_s + LIVE_EVERY_S
            self.show(result, stereo, self._trails(thought, now_s))

    def events(self, events: tuple[Event, ...]) -> None:
        """Events that no frame brought, as those at the end of a recording."""
        self._put([self._stamped(event) for event in events])

    def source_begins(self, name: str, rig: StereoRig) -> None:
        """Another source, or the same one again: what lies between was watched by nobody."""
        self.source, self._rig = name, rig
        self._meter.reset()
        self._dropped_before += self._dropped
        self._dropped = 0
        self._dropped_told = 0

    def heat(self, thought: Thought) -> None:
        """Hand over the heat maps so far, as before other counters take their place."""
        self._put(list(self._heat(thought)))

    def source_ends(self, events: tuple[Event, ...], thought: Thought | None) -> None:
        """The source is lost or over; ``events``: what waited for what cannot come any more."""
        span = self._meter.take()
        items: list[Item] = [self._stamped(event) for event in events]
        if thought is not None:
            self.counted = thought.counting.snapshot()
            items += self._heat(thought)
        if span is not None:
            items.append(self._watch(span))
        self._put(items)
        self._meter.reset()
        self._to.pulse.forget()
        self.show()

    def wait_on(self) -> None:
        """Time goes on without frames: clocks are compared, intervals close."""
        self._to.pulse.alive()
        self.check_clock()
        self._to.keeper.put((), now=self._timeline.now())

    def check_clock(self) -> None:
        """Compare with the wall clock."""
        step = self._timeline.check()
        if step is not None:
            self._to.on_step(step)

    def show(
        self,
        result: FrameResult | None = None,
        stereo: StereoHealth | None = None,
        trails: tuple[Trail, ...] | None = None,
    ) -> None:
        """Write the newest state on the board and tell listeners."""
        before, pulse = self._to.board.seen, self._to.pulse
        self._to.board.put_seen(
            Seen(
                utc=self._timeline.now() if result is None else self._utc(result.t_ns),
                state=self.state,
                fps=pulse.fps,
                coverage=0.0 if result is None else self._coverage,
                latency_ms=pulse.latency_ms,
                view_share=pulse.view_share,
                dropped_frames=self._dropped_before + self._dropped,
                people=() if result is None else people_of(result.tracks),
                zones=before.zones if result is None else zones_of(result.counted.zones),
                trails=before.trails if trails is None else trails,
                floor=self._floor,
                stereo=stereo or before.stereo,
                source=self.source,
                detector=self.detector,
                field_m=self._field(),
                rig=self._rig,
            )
        )
        self._to.board.tell(self._to.publish)

    def _store(self, result: FrameResult, thought: Thought) -> None:
        items: list[Item] = [self._stamped(event) for event in result.events]
        if self._heat_ns is None:
            self._heat_ns = result.t_ns
        if result.t_ns - self._heat_ns >= HEAT_S * NS_PER_S:
            items += self._heat(thought)
        if self._meter.untaken_s >= WATCH_S and (span := self._meter.take()) is not None:
            items.append(self._watch(span))
            self.counted = thought.counting.snapshot()
        if items:
            self._put(items)

    def _put(self, items: list[Item]) -> None:
        now = self._timeline.now() if self._last_ns is None else self._utc(self._last_ns)
        notes = {COUNTING: self.counted.to_text()}
        if not self._to.keeper.put(items, now=now, notes=notes, patience_s=self._patience_s):
            lost = f"{self._to.keeper.dropped} so far."
            if self._to.causes.put("events_lost", now, lost):
                self._to.log.error("items_dropped", dropped=self._to.keeper.dropped)

    def _stamped(self, event: Event) -> StampedEvent:
        return StampedEvent(self._utc(event.t_ns), event)

    def _watch(self, span: WatchedSpan) -> Watch:
        """Watched time; its end is measured from its start, whatever the wall clock did."""
        dropped = max(self._dropped - self._dropped_told, 0)
        self._dropped_told = self._dropped
        self._judge_speed(dropped)
        self._coverage = span.share
        start, end = self._utc(span.start_ns), self._utc(span.end_ns)
        return Watch(start, max(start, end), span.share, dropped)

    def _heat(self, thought: Thought) -> tuple[HeatTile, ...]:
        """What was gathered since the last time, for the hour it was gathered in."""
        self._heat_ns = self._last_ns
        gathered = thought.counting.take_heat()
        if gathered is None or gathered.end_ns <= gathered.start_ns or gathered.person_s <= 0.0:
            return ()
        middle = self._utc((gathered.start_ns + gathered.end_ns) // 2)
        return tiles_of(gathered, HEAT_PERIOD.span_of(middle))

    def _trails(self, thought: Thought, now_s: float) -> tuple[Trail, ...] | None:
        """The latest paths, now and then: they are many, and seldom looked at."""
        if now_s < self._trails_at_s:
            return None
        self._trails_at_s = now_s + TRAILS_EVERY_S
        return thought.counting.trails()

    def _judge_speed(self, dropped: int) -> None:
        share = dropped / max(dropped + self._frames, 1)
        self._frames = 0
        if share > SLOW:
            detail = f"{share:.0%} of the frames were lost in the last seconds."
            self._to.causes.put("too_slow", self._timeline.now(), detail)
        elif share < QUICK:
            self._to.causes.clear("too_slow")

    def _look_after(self, stereo: StereoHealth | None) -> None:
        """What a frame says about mount and view."""
        causes, pulse = self._to.causes, self._to.pulse
        blind = pulse.view_share is not None and pulse.view_share < MIN_VIEW_SHARE
        self.state = "blind" if blind else "counting"
        now = self._timeline.now
        if blind != causes.has("blind"):
            causes.set("blind", now(), so=blind)
        if self._floor is None:
            self._miss_floor()
        elif causes.has("no_floor"):
            causes.clear("no_floor")
        moved = stereo is not None and abs(stereo.vertical_residual_px) > MAX_ROWS_APART_PX
        if moved != causes.has("cameras_moved"):
            causes.set("cameras_moved", now(), so=moved)

    def _field(self) -> tuple[PointM, ...]:
        """The outline of the floor in view, computed when the floor changed."""
        if self._floor is not self._field_of and self._rig is not None:
            self._field_of = self._floor
            self._field_m = () if self._floor is None else field_of(self._rig, self._floor)
        return self._field_m

    def _miss_floor(self) -> None:
        now_s = time.monotonic()
        self._since_floor_s = self._since_floor_s or now_s
        if now_s - self._since_floor_s > FLOOR_PATIENCE_S:
            self._to.causes.put("no_floor", self._timeline.now())

    def _utc(self, t_ns: int) -> datetime:
        return self._timeline.utc_at(t_ns)
