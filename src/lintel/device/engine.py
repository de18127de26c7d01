"""The engine: counting and keeping as one, without the web. Start it once, stop it once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from lintel.capture import Source
from lintel.clock import Clock
from lintel.config import SiteConfig
from lintel.device.causes import Causes
from lintel.device.counting.board import Board
from lintel.device.counting.pulse import Pulse
from lintel.device.counting.reading import event_message
from lintel.device.counting.recorder import Recorder, Reports
from lintel.device.counting.timeline import ClockStep, Timeline
from lintel.device.counting.worker import PAUSES_S, STALL_S, Brain, Plan, Worker
from lintel.device.hub import Hub
from lintel.device.keeping.keeper import Keeper, Keeping
from lintel.device.keeping.ledger import Ledger, Stored
from lintel.device.keeping.place import StorePlace
from lintel.device.keeping.retaining import RetentionBook
from lintel.device.keeping.runs import Runs, begin_run, end_run
from lintel.device.keeping.sites import SiteBook
from lintel.device.logs import Log
from lintel.device.system import TimeZoneBook
from lintel.errors import BusyError
from lintel.store.store import Store


@dataclass(frozen=True, slots=True)
class Parts:
    """What an engine is made of.

    Attributes:
        place: where the store lies.
        open_source: opens the source; given what sleeps until a frame is due.
        make_brain: builds the chain for an open source.
        can_wait: the source waits when the store is slow: a recording, no camera.
        loop: begin again when the source is over.
        gender: whether gender may be measured and stored at this moment.
    """

    place: StorePlace
    sites: SiteBook
    zone: TimeZoneBook
    clock: Clock
    log: Log
    open_source: Callable[[Callable[[float], object]], Source]
    make_brain: Callable[[Source, SiteConfig], Brain]
    can_wait: bool
    loop: bool = False
    stall_s: float = STALL_S
    pauses_s: tuple[float, ...] = PAUSES_S
    gender: Callable[[], bool] = bool  # False


class Engine:
    """Owner of the counting thread, the store thread, and what lies between them."""

    def __init__(self, parts: Parts, *, causes: Causes | None = None) -> None:
        self._parts = parts
        self.causes = causes or Causes()
        self.hub = Hub()
        self.retention = RetentionBook()
        self.board = Board(parts.clock.utc())
        self.pulse = Pulse()
        self.runs = Runs(0, 0, cut_off=False)
        self.detector = ""
        self._steps = 0
        self._stopped = threading.Event()
        self.keeper = Keeper(
            Keeping(
                place=parts.place,
                site=self._open_site,
                time_zone=parts.zone.open,
                utc=parts.clock.utc,
                retention=self.retention.times,
                on_stored=self._on_stored,
                gender=parts.gender,
            ),
            causes=self.causes,
            log=parts.log,
        )
        self._worker: Worker | None = None
        self.recorder: Recorder | None = None

    @property
    def worker(self) -> Worker:
        """The counting thread, once started.

        Raises:
            BusyError: it is not started yet.
        """
        if self._worker is None:
            raise BusyError("the device is starting; try again soon")
        return self._worker

    @property
    def clock_steps(self) -> int:
        """How often the wall clock was set since the start."""
        return self._steps

    def start(self) -> None:
        """Open the store and begin to count.

        Raises:
            LintelError: the store cannot be opened, or the site file of a first start is wrong.
        """
        parts = self._parts
        self.keeper.start()
        self.runs = self.keeper.ask(lambda store, _: begin_run(store)).result()
        if self.runs.cut_off:
            self.causes.put("restarted", parts.clock.utc())
        self.say_whether_lines(parts.sites.site)
        self.recorder = Recorder(
            Reports(
                keeper=self.keeper,
                board=self.board,
                causes=self.causes,
                pulse=self.pulse,
                log=parts.log,
                publish=self.hub.publish,
                on_step=self._on_step,
            ),
            Timeline(parts.clock),
            can_wait=parts.can_wait,
        )
        self.recorder.counted = self.keeper.ask(lambda _, ledger: ledger.counting).result()
        plan = Plan(
            open_source=parts.open_source,
            make_brain=self._make_brain,
            site=parts.sites.site,
            clock=parts.clock,
            loop=parts.loop,
            stall_s=parts.stall_s,
            pauses_s=parts.pauses_s,
            gender=parts.gender,
        )
        self._worker = Worker(
            plan, self.recorder, causes=self.causes, pulse=self.pulse, log=parts.log
        )
        parts.sites.attach(self.keeper, apply=self.worker.apply, on_stored=self.board.put_stored)
        self.worker.start()
        parts.log.info("counting", starts=self.runs.starts, cut_off=self.runs.cut_off)

    def stop(self) -> bool:
        """Finish the frame in work, store everything, close; False where that took too long."""
        if self._stopped.is_set():
            return True
        self._stopped.set()
        orderly = self._worker is None or self._worker.stop()
        if orderly:
            try:
                self.keeper.ask(lambda store, _: end_run(store))
            except BusyError:
                orderly = False
        orderly = self.keeper.close() and orderly
        self.hub.close()
        self._parts.log.info("stopped", orderly=orderly)
        return orderly

    def say_whether_lines(self, site: SiteConfig) -> None:
        """A device without lines and zones counts nothing: somebody should know."""
        nothing = not (site.lines or site.zones)
        self.causes.set("no_lines", self._parts.clock.utc(), so=nothing)

    def use_detector(self, name: str) -> None:
        """Write on the board which detector counts."""
        self.detector = name
        if self.recorder is not None:
            self.recorder.detector = name

    def _make_brain(self, source: Source, site: SiteConfig) -> Brain:
        """A brain that goes on with what the one before it had gathered."""
        brain = self._parts.make_brain(source, site)
        if self.recorder is not None:
            brain.counting.restore(self.recorder.counted)
        return brain

    def _open_site(self, store: Store) -> SiteConfig:
        self.retention.load(store)
        return self._parts.sites.open(store)

    def _on_stored(self, stored: Stored) -> None:
        """Store thread: what is on disk may be told now."""
        self.board.put_stored(stored)
        for n, stamped in stored.events:
            self.hub.publish(event_message(stamped.event, stamped.utc, n))
        if stored.events:
            self.board.tell(self.hub.publish)

    def _on_step(self, step: ClockStep) -> None:
        """Counting thread: the wall clock was set."""
        self._steps += 1
        self.causes.put("clock_stepped", step.after_utc, f"By {step.words()}.")
        self._parts.log.warning("clock_stepped", seconds=round(step.seconds, 1))

        def write_down(store: Store, ledger: Ledger) -> None:
            store.note_in_audit(
                utc=step.after_utc, who="clock", what="clock step", detail=step.words()
            )
            if step.back:
                ledger.move_clock(step.after_utc)

        try:
            self.keeper.ask(write_down)
        except BusyError:
            self._parts.log.warning("clock_step_not_written")
