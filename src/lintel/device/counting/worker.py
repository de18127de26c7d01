"""The counting thread: source to events, for as long as the device runs.

It opens the source, counts it frame by frame, and opens it again when it is lost, with growing
pauses. Whatever fails here is logged, the chain is built anew, and counting goes on. Others reach
it through a mailbox that is looked into between two frames.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, replace
from typing import Protocol

from lintel.capture import Source
from lintel.clock import Clock
from lintel.config import AttributesConfig, SiteConfig
from lintel.device.causes import Causes
from lintel.device.counting.pulse import Pulse
from lintel.device.counting.recorder import Recorder, Thought
from lintel.device.defects import fault_of, place_of
from lintel.device.logs import Log
from lintel.errors import BusyError, LintelError
from lintel.pipeline import Endless, FrameResult, Stepper
from lintel.records import Event

PAUSES_S = (0.2, 0.5, 1.0, 2.0, 5.0, 10.0)  # before each new attempt to open the source
STEADY_S = 10.0  # a source that lasted so long begins at the first pause again
STALL_S = 10.0
WAIT_STEP_S = 1.0
MAX_FAILURES = 5  # in a row, before the state says failed; it is tried on all the same
MAX_LETTERS = 16


class Brain(Stepper, Thought, Protocol):
    """What analyses frames: a ``Chain``, or something in its place."""

    def finish(self) -> tuple[Event, ...]:
        """Events that waited for something that can no longer come."""
        ...

    def recount(self, site: SiteConfig) -> tuple[Event, ...]:
        """Count at another site's lines and zones; events that waited for the old ones."""
        ...

    def refit_floor(self) -> None:
        """Forget the floor and find it anew."""
        ...

    def measure(self, attributes: AttributesConfig) -> None:
        """Tell these attributes of people from now on, and no others."""
        ...


@dataclass(frozen=True, slots=True)
class Plan:
    """What a worker is made of.

    Attributes:
        open_source: opens the source, paced in real time; given what sleeps until it is due.
        make_brain: builds the chain for an open source and a site.
        site: lines and zones to begin with.
        clock: tells the time.
        loop: begin again when the source is over.
        stall_s: longest time without a frame.
        pauses_s: before each new attempt to open the source.
        gender: whether gender may be measured; the site file has no say in it.
    """

    open_source: Callable[[Callable[[float], object]], Source]
    make_brain: Callable[[Source, SiteConfig], Brain]
    site: SiteConfig
    clock: Clock
    loop: bool = False
    stall_s: float = STALL_S
    pauses_s: tuple[float, ...] = PAUSES_S
    gender: Callable[[], bool] = bool  # False


class Worker:
    """Owner of source and chain. Start it once, stop it once."""

    def __init__(
        self, plan: Plan, recorder: Recorder, *, causes: Causes, pulse: Pulse, log: Log
    ) -> None:
        self._plan = plan
        self._recorder = recorder
        self._causes = causes
        self._pulse = pulse
        self._log = log
        self._site = plan.site
        self._brain: Brain | None = None
        self._stop = threading.Event()
        self._endless: Endless | None = None
        self._letters: deque[Callable[[], None]] = deque()
        self._lock = threading.Lock()
        self._losses = 0
        self._failures = 0
        self._attempt = 0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="lintel-counting", daemon=True)

    # --- from any thread -------------------------------------------------------------------

    @property
    def losses(self) -> int:
        """How often the source was lost."""
        return self._losses

    @property
    def ended(self) -> threading.Event:
        """Set once the source is over and is not begun again."""
        return self._ended

    @property
    def running(self) -> bool:
        """Whether the thread is alive."""
        return self._thread.is_alive()

    def start(self) -> None:
        """Begin to count."""
        self._thread.start()

    def stop(self, *, timeout_s: float = 15.0) -> bool:
        """Finish the frame in work, hand over everything, end; False if that took too long."""
        self._stop.set()
        self.wake()
        self._thread.join(timeout=timeout_s)
        return not self._thread.is_alive()

    def wake(self) -> None:
        """Go on at once where a frame is waited for."""
        endless = self._endless
        if endless is not None:
            endless.wake()

    def apply(self, site: SiteConfig) -> Future[None]:
        """Count at this site from the next frame on."""
        return self._post(lambda: self._move_to(site))

    def refit_floor(self) -> Future[None]:
        """Find the floor anew from the next frame on."""
        return self._post(lambda: None if self._brain is None else self._brain.refit_floor())

    def measure_again(self) -> Future[None]:
        """Look again at what may be measured of people, from the next frame on."""
        return self._post(self._measure)

    # --- on the counting thread ------------------------------------------------------------

    def _run(self) -> None:
        while not self._stop.is_set():
            error = fault_of(self._count_source)
            if isinstance(error, LintelError):
                self._lose(error)
            elif error is not None:
                self._fail(error)
            self._read_letters()
        self._recorder.show()

    def _count_source(self) -> None:
        """Open the source, count it to its end, and decide what comes then."""
        began_s = time.monotonic()
        with self._plan.open_source(self._stop.wait) as source:
            self._recorder.source_begins(source.name, source.rig)
            self._endless = Endless(
                source,
                lambda: self._brain or self._think(source),
                on_frame=self._on_frame,
                stop=self._stop,
                stall_s=self._plan.stall_s,
            )
            try:
                self._endless.run()
            except LintelError:
                self._settle()
                raise
            finally:
                self._endless = None
                if time.monotonic() - began_s > STEADY_S:
                    self._attempt = 0
            self._settle()
        if not self._stop.is_set() and not self._plan.loop:
            self._end()

    def _think(self, source: Source) -> Brain:
        self._brain = self._plan.make_brain(
            source, replace(self._site, attributes=self._attributes)
        )
        return self._brain

    def _settle(self) -> None:
        """Hand over what waited for frames that do not come."""
        brain = self._brain
        self._recorder.source_ends(() if brain is None else brain.finish(), brain)

    def _on_frame(self, result: FrameResult, dropped: int) -> None:
        brain = self._brain
        if brain is None:
            return
        self._recorder.frame(result, dropped, brain)
        for code in ("source_lost", "source_stalled"):
            if self._causes.clear(code):
                self._log.info("source_back", source=self._recorder.source)
        self._failures = 0
        self._read_letters()

    def _end(self) -> None:
        """The recording is over: keep the rest of the device going until somebody stops it."""
        self._recorder.state = "ended"
        self._causes.put("source_ended", self._plan.clock.utc())
        self._log.info("source_ended", source=self._recorder.source)
        self._recorder.show()
        self._ended.set()
        while not self._stop.wait(WAIT_STEP_S):
            self._recorder.wait_on()
            self._read_letters()

    def _lose(self, error: LintelError) -> None:
        """The source is gone: say so, wait, and let it be opened again."""
        self._losses += 1
        self._recorder.state = "no_source"
        self._recorder.show()  # before the cause: who hears of it finds no other state
        code = "source_stalled" if "no picture for" in str(error) else "source_lost"
        self._causes.put(code, self._plan.clock.utc(), f"{error}.")
        self._log.warning(code, fault=error, losses=self._losses, attempt=self._attempt)
        self._pause()

    def _fail(self, error: Exception) -> None:
        """A defect: count on with a chain built anew, and say so for good."""
        self._failures += 1
        self._brain = None
        detail = f"{type(error).__name__}: {error}."
        self._causes.put("counting_failed", self._plan.clock.utc(), detail)
        self._log.error("counting_failed", fault=detail, place=place_of(error))
        self._recorder.state = "failed" if self._failures >= MAX_FAILURES else "no_source"
        self._recorder.source_ends((), None)
        self._pause()

    def _pause(self) -> None:
        pauses_s = self._plan.pauses_s
        pause_s = pauses_s[min(self._attempt, len(pauses_s) - 1)]
        self._attempt += 1
        until_s = time.monotonic() + pause_s
        while (left_s := until_s - time.monotonic()) > 0.0:
            if self._stop.wait(min(left_s, WAIT_STEP_S)):
                return
            self._recorder.wait_on()
            self._read_letters()

    def _move_to(self, site: SiteConfig) -> None:
        brain, before = self._brain, self._site
        self._site = site
        if brain is None:
            return
        self._recorder.heat(brain)
        self._recorder.events(brain.recount(site))
        if site.attributes != before.attributes:
            self._measure()
        if site.mount_height_m != before.mount_height_m:
            self._brain = None  # depth and floor are looked for in other ranges: built anew

    @property
    def _attributes(self) -> AttributesConfig:
        """What may be told of people at this moment."""
        return replace(self._site.attributes, gender=self._plan.gender())

    def _measure(self) -> None:
        if self._brain is not None:
            self._brain.measure(self._attributes)

    def _post(self, letter: Callable[[], None]) -> Future[None]:
        answer: Future[None] = Future()

        def deliver() -> None:
            if not answer.set_running_or_notify_cancel():
                return  # who asked waits no longer
            try:
                letter()
            except LintelError as error:
                answer.set_exception(error)
            else:
                answer.set_result(None)

        with self._lock:
            if len(self._letters) >= MAX_LETTERS or not self._thread.is_alive():
                raise BusyError("the counter has too much to do at this moment; try again soon")
            self._letters.append(deliver)
        return answer

    def _read_letters(self) -> None:
        while True:
            with self._lock:
                if not self._letters:
                    return
                letter = self._letters.popleft()
            letter()
