"""The same events give the same intervals: live, after a restart, and from the store again."""

from __future__ import annotations

import random
from datetime import timedelta
from pathlib import Path

from lintel.count.intervals import BookState, IntervalBook
from lintel.count.period import Period
from lintel.records import Crossing, Direction, Event, Watch, ZoneEnter, ZoneLeave
from lintel.store.key import StoreKey
from lintel.store.kinds import Batch, StampedEvent, StampedInterval
from lintel.store.opening import open_store
from lintel.store.store import Store
from store_builders import START

PERIOD = Period(60, "Europe/Berlin")
SECONDS = 1500
END = START + timedelta(seconds=SECONDS)


def story(seed: int) -> list[tuple[float, StampedEvent]]:
    """Crossings and visits with the second at which each becomes known."""
    rng = random.Random(seed)
    known: list[tuple[float, float, Event]] = []
    for _ in range(200):
        second = rng.uniform(0.0, SECONDS - 50.0)
        event = Crossing("door", rng.choice(list(Direction)), 0, (0.0, 0.0), "test")
        known.append((second + rng.uniform(0, 20), second, event))
    for _ in range(80):
        second, dwell_s = rng.uniform(0.0, SECONDS - 250.0), round(rng.uniform(1.0, 200.0), 3)
        known.append((second + 1.0, second, ZoneEnter("till", 0, "test")))
        leave = ZoneLeave("till", 0, dwell_s, "test")
        known.append((second + dwell_s + 2.0, second + dwell_s, leave))
    return sorted(
        ((at, StampedEvent(START + timedelta(seconds=s), event)) for at, s, event in known),
        key=lambda row: row[0],
    )


def book(state: BookState | None = None) -> IntervalBook:
    return IntervalBook(PERIOD, lines=["door"], zones=["till"], lateness_s=30.0, state=state)


def resumed(store: Store) -> IntervalBook:
    """A book as a fresh process makes it: the kept state, and what is stored since."""
    text = store.kept("book")
    state = BookState() if text is None else BookState.from_text(text)
    one, since = book(state), state.open_from or START
    for stamped in store.events(since, END):
        one.add(stamped.event, stamped.utc)
    for watch in store.watches(since, END):
        one.watch(watch)
    return one


def live(path: Path, key: StoreKey, *, restarts: set[int]) -> list[StampedInterval]:
    """Second by second; at a restart the process forgets all that is not in the store."""
    waiting, sequence = story(seed=3), 0
    store = open_store(path, key)
    one = resumed(store)
    for second in range(SECONDS):
        if second in restarts:
            store.close()
            store = open_store(path, key)
            one = resumed(store)
        now = START + timedelta(seconds=second + 1)
        watch = Watch(now - timedelta(seconds=1), now, 1.0, second % 2)
        items: list[StampedEvent | Watch] = [watch]
        while waiting and waiting[0][0] <= second + 1:
            items.append(waiting.pop(0)[1])
        store.append(Batch("count", "run", sequence, tuple(items)))
        sequence += len(items)
        one.watch(watch)
        for item in items[1:]:
            if isinstance(item, StampedEvent):
                one.add(item.event, item.utc)
        if closed := one.advance(now):
            store.put_intervals(StampedInterval(interval, 60) for interval in closed)
            store.keep("book", one.state.to_text())
    store.put_intervals(StampedInterval(interval, 60) for interval in one.finish())
    with store:
        return list(store.intervals(START, END))


def test_live_restarted_and_rebuilt_are_the_same(tmp_path: Path, key: StoreKey) -> None:
    once = live(tmp_path / "once.db", key, restarts=set())
    often = live(tmp_path / "often.db", key, restarts={1, 59, 60, 61, 777, 1200, 1201, 1499})
    with open_store(tmp_path / "once.db", key) as store:
        again = book()
        for stamped in store.events(START, END):
            again.add(stamped.event, stamped.utc)
        for watch in store.watches(START, END):
            again.watch(watch)
        rebuilt = [StampedInterval(interval, 60) for interval in again.finish()]
    assert len(once) == 50
    assert once == often == rebuilt
