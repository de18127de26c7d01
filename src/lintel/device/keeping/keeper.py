"""The store thread: everything that touches the store happens here, one thing after the other.

Counted items wait in a bounded queue until they are on disk; only then are they told to anybody.
While nothing can be stored they wait, and what no longer fits is dropped and counted; counting
itself never waits for the disk. What others ask of the store is done between two storings.
"""

from __future__ import annotations

import math
import shutil
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from lintel.config import SiteConfig
from lintel.device.causes import Causes
from lintel.device.defects import fault_of
from lintel.device.keeping.ledger import Ledger, Stored
from lintel.device.keeping.place import StorePlace
from lintel.device.logs import Log
from lintel.errors import BusyError, LintelError, StoreCorruptError, StoreError, StoreFullError
from lintel.records import Crossing
from lintel.store.kinds import Item, Restart, Retention, StampedEvent
from lintel.store.opening import Opened
from lintel.store.store import NO_NOTES, Store

T = TypeVar("T")

MAX_WAITING = 20_000  # items
MAX_AT_ONCE = 2_000  # items stored in one transaction
FEW_AT_ONCE = 100  # the same after a full store: they fit into the room that was made
MAX_QUESTIONS = 64
TICK_S = 1.0
RETRY_S = 5.0
ROOM_EVERY_S = 60.0  # where making room did not help, it is tried again this late
RETENTION_EVERY_S = 3600.0
STATS_EVERY_S = 10.0
LOW_DISK_BYTES = 64 * 2**20  # less free than this is told


@dataclass(frozen=True, slots=True)
class Room:
    """How much room the store takes and has."""

    store_bytes: int = 0
    store_free_share: float = 1.0
    disk_free_bytes: int = 0


@dataclass(frozen=True, slots=True)
class Keeping:
    """What a keeper is made of.

    Attributes:
        place: where the store lies.
        site: lines and zones at the start; given once the store is open.
        time_zone: IANA name that intervals are aligned to.
        utc: UTC now, for what no frame brings.
        retention: how long kinds are kept, asked anew each time.
        on_stored: called with what is on disk now; must not wait.
        gender: whether gender may be stored at this moment.
    """

    place: StorePlace
    site: Callable[[Store], SiteConfig]
    time_zone: Callable[[Store], str]
    utc: Callable[[], datetime]
    retention: Callable[[], Retention]
    on_stored: Callable[[Stored], None]
    gender: Callable[[], bool] = bool  # False


class Keeper:
    """Owner of the store and its ledger. Start it once, close it once."""

    def __init__(self, keeping: Keeping, *, causes: Causes, log: Log) -> None:
        self._keeping = keeping
        self._causes = causes
        self._log = log
        self._changed = threading.Condition()
        self._items: deque[Item] = deque()
        self._notes: dict[str, str] = {}
        self._now: datetime | None = None
        self._questions: deque[Callable[[], None]] = deque()
        self._dropped = 0
        self._closing = False
        self._at_once = MAX_AT_ONCE
        self._retry_at_s = 0.0
        self._room_at_s = 0.0
        self._retention_at_s = 0.0
        self._stats_at_s = 0.0
        self._alive_s = time.monotonic()
        self._room = Room()
        self._ready: Future[None] = Future()
        self._thread = threading.Thread(target=self._run, name="lintel-store", daemon=True)
        self._store: Store | None = None
        self._ledger: Ledger | None = None

    # --- from any thread -------------------------------------------------------------------

    @property
    def dropped(self) -> int:
        """Items that could neither be stored nor wait any longer."""
        return self._dropped

    @property
    def waiting(self) -> int:
        """Items that are not on disk yet."""
        return len(self._items)

    @property
    def room(self) -> Room:
        """Room taken and left, some seconds old at most."""
        return self._room

    @property
    def coverage_day(self) -> float:
        """Share of the last 24 hours that was watched."""
        ledger = self._ledger
        return 0.0 if ledger is None else ledger.day.share(self._keeping.utc())

    @property
    def silent_s(self) -> float:
        """How long ago the thread last showed that it is alive."""
        return time.monotonic() - self._alive_s

    def start(self) -> None:
        """Open the store and begin; returns when it is open.

        Raises:
            LintelError: the store cannot be opened.
        """
        self._thread.start()
        self._ready.result()

    def put(
        self,
        items: Sequence[Item],
        *,
        now: datetime,
        notes: Mapping[str, str] = NO_NOTES,
        patience_s: float = 0.0,
    ) -> bool:
        """Hand over items in order; False where they had to be dropped.

        Args:
            items: what was counted.
            now: the moment they belong to.
            notes: what the counters must find again after a restart, by name; the newest of each
                is stored with the items.
            patience_s: how long to wait for room in the queue. A camera has none; a recording can
                wait.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._fits(items) or self._closing, timeout=patience_s)
            self._now = now
            self._notes |= notes
            if not self._fits(items):
                self._dropped += len(items)
                return False
            self._items.extend(items)
            self._changed.notify_all()
            return True

    def ask(self, question: Callable[[Store, Ledger], T]) -> Future[T]:
        """Have something done with the store between two storings.

        Raises:
            BusyError: too much waits already, or the device is stopping.
        """
        answer: Future[T] = Future()
        with self._changed:
            if self._closing or len(self._questions) >= MAX_QUESTIONS:
                raise BusyError("the store has too much to do at this moment; try again soon")
            self._questions.append(lambda: self._answer(question, answer))
            self._changed.notify_all()
        return answer

    def close(self, *, timeout_s: float = 20.0) -> bool:
        """Store what waits and close the store; False where that was not possible in time."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        self._thread.join(timeout=timeout_s)
        return not self._thread.is_alive() and not self._items

    # --- on the store thread ---------------------------------------------------------------

    def _run(self) -> None:
        try:
            self._open()
        except LintelError as error:
            self._ready.set_exception(error)
            return
        self._ready.set_result(None)
        while self._step():
            pass
        self._close_store()

    def _step(self) -> bool:
        """One round: store, answer, keep house; False when all is done."""
        with self._changed:
            self._changed.wait_for(self._has_work, timeout=TICK_S)
            closing = self._closing
        self._alive_s = time.monotonic()
        if time.monotonic() >= self._retry_at_s or closing:
            self._guarded(self._store_items)
        while self._questions:
            self._questions.popleft()()
        if closing and (not self._items or self._retry_at_s > time.monotonic()):
            return False
        if not closing:
            self._guarded(self._keep_house)
        return True

    def _has_work(self) -> bool:
        can_store = bool(self._items) and time.monotonic() >= self._retry_at_s
        return can_store or bool(self._questions) or self._closing

    def _fits(self, items: Sequence[Item]) -> bool:
        return len(self._items) + len(items) <= MAX_WAITING

    def _open(self) -> None:
        place, now = self._keeping.place, self._keeping.utc()
        opened = place.open(now)
        try:
            self._take_up(opened, now)
        except StoreCorruptError as error:  # it opens, but what must be read is damaged
            self._close_store()
            self._take_up(place.begin_anew(str(error), now), now)

    def _take_up(self, opened: Opened, now: datetime) -> None:
        if opened.recovery is not None:
            self._causes.put("store_recovered", now, f"{opened.recovery.reason}.")
            self._log.error("store_recovered", reason=opened.recovery.reason)
        self._store = store = opened.store
        site, time_zone = self._keeping.site(store), self._keeping.time_zone(store)
        self._ledger = Ledger(store, site=site, time_zone=time_zone, now=now)
        with self._changed:
            self._items.appendleft(Restart(now, "the counter began anew"))
        self._measure()
        self._keeping.on_stored(self._ledger.state())

    def _close_store(self) -> None:
        store, self._store, self._ledger = self._store, None, None
        try:
            if store is not None:
                store.close()
        except StoreError as error:
            self._log.warning("store_close_failed", fault=str(error))

    def _store_items(self) -> None:
        """Everything that waits, some thousand items at a time; few while the store is full."""
        ledger = self._ledger
        if ledger is None:
            self._open()  # a beginning anew that failed is tried again
            return
        while True:
            with self._changed:
                items = tuple(self._items[k] for k in range(min(len(self._items), self._at_once)))
                all_of_it = len(items) == len(self._items)
                now, notes = (self._now, self._notes) if all_of_it else (None, {})
                self._notes = {} if all_of_it else self._notes
            try:
                stored = ledger.take(self._allowed(items), now=now, notes=notes)
            except StoreError:
                with self._changed:
                    self._notes = notes | self._notes
                raise
            with self._changed:
                for _ in items:
                    self._items.popleft()
                self._changed.notify_all()
            if items:
                self._room_at_s = 0.0  # the room that was made has helped: it may be made again
            if stored.events or stored.intervals:
                self._keeping.on_stored(stored)
            if not self._items:
                break
        self._retry_at_s, self._at_once = 0.0, MAX_AT_ONCE
        for code in ("store_full", "store_failing"):
            if self._causes.clear(code):
                self._log.info("store_works_again", cause=code)

    def _allowed(self, items: tuple[Item, ...]) -> tuple[Item, ...]:
        """Items without what nobody allowed, at the last moment before they are on disk."""
        return items if self._keeping.gender() else tuple(map(_without_gender, items))

    def _keep_house(self) -> None:
        """Retention by the hour, figures of room by the ten seconds."""
        moment_s = time.monotonic()
        if moment_s >= self._stats_at_s:
            self._stats_at_s = moment_s + STATS_EVERY_S
            self._measure()
        if moment_s >= self._retention_at_s and self._store is not None:
            self._retention_at_s = moment_s + RETENTION_EVERY_S
            done = self._store.retain(self._keeping.retention(), now=self._keeping.utc())
            for one in done:
                self._log.info("retention", kind=one.kind, rows=one.rows, proven=one.proven)

    def _guarded(self, work: Callable[[], None]) -> None:
        """Do it; a store that refuses is dealt with here and tried again later."""
        try:
            work()
        except StoreFullError as error:
            self._at_once = FEW_AT_ONCE
            self._fail("store_full", error)
            self._make_room()
        except StoreCorruptError as error:
            self._fail("store_failing", error)
            self._begin_anew(str(error))
        except StoreError as error:
            self._fail("store_failing", error)

    def _fail(self, code: str, error: StoreError) -> None:
        self._retry_at_s = time.monotonic() + RETRY_S
        if self._causes.put(code, self._keeping.utc()):
            self._log.error(code, fault=str(error), waiting=len(self._items))

    def _make_room(self) -> None:
        if self._store is None or time.monotonic() < self._room_at_s:
            return
        self._room_at_s = time.monotonic() + ROOM_EVERY_S
        try:
            done = self._store.make_room(now=self._keeping.utc())
        except StoreError as error:
            self._log.error("no_room_made", fault=str(error))
            return
        self._log.warning("room_made", rows=sum(one.rows for one in done))
        self._retry_at_s = 0.0

    def _begin_anew(self, reason: str) -> None:
        """The store broke while it was used: set it aside; totals go on."""
        standing = None if self._ledger is None else self._ledger.standing
        self._close_store()
        now = self._keeping.utc()
        try:
            self._take_up(self._keeping.place.begin_anew(reason, now), now)
        except StoreError as error:
            self._log.warning("store_reopen_failed", fault=str(error))
            return
        if standing is not None and self._ledger is not None:
            self._ledger.adopt(standing)
        self._retry_at_s = 0.0

    def _measure(self) -> None:
        if self._store is None:
            return
        stats = self._store.stats()
        free = shutil.disk_usage(self._keeping.place.folder).free
        self._room = Room(stats.file_bytes + stats.log_bytes, stats.free_share, free)
        self._causes.set("disk_low", self._keeping.utc(), so=free < LOW_DISK_BYTES)

    def _answer(self, question: Callable[[Store, Ledger], T], answer: Future[T]) -> None:
        if not answer.set_running_or_notify_cancel():
            return

        def put() -> None:
            if self._store is None or self._ledger is None:
                raise BusyError("the store is being opened; try again soon")
            answer.set_result(question(self._store, self._ledger))

        if (fault := fault_of(put)) is not None:
            answer.set_exception(fault)  # to who asked


def _without_gender(item: Item) -> Item:
    if isinstance(item, StampedEvent) and isinstance(item.event, Crossing):
        return replace(item, event=replace(item.event, gender=math.nan))
    return item
