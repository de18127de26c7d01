"""A day of traffic at accelerated time through the device's own counting, keeping and hub.

    python bench/soak.py [--hours H] [--pulls N] [--kills N] [--gap S]

First half of the hours: the camera is pulled N times; memory is printed every hour. Second half:
the process is killed (SIGKILL) N times and begins again on the same store. At the end what is
stored is compared with who walked, and with what a listener was told.

What must hold:
- whoever walked while the device watched is stored, once. It watched what the stored watches say;
  they lie behind the events in one queue, so that a watch on disk says that the events before it
  are too. Between the last stored watch and a kill lies what was counted but told to nobody: it
  may be gone, and how long it was is printed.
- every event that a listener was told is stored, at its place, whatever came after.
- totals that were told before a kill do not go back after it.

Clock and source are accelerated, and the tracker is a perfect one; counters, store, ledger, hub
and the threads between them are the device's own.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from device_engine_builders import EVER, KEY, Pulled, engine_at
from device_traffic import START, Traffic, TrafficSource, judge
from lintel.clock import NS_PER_S, ManualClock
from lintel.device.engine import Engine
from lintel.store.opening import open_store
from lintel.store.store import Store
from lintel.wire.v1.history import Event

FPS = 5.0
AWAY_S = 12.0  # that a pulled camera is away
DOWN_S = (5.0, 40.0)  # that nobody counts after a kill
SECOND = timedelta(seconds=1)
TICK_S = 0.005
PAGE = 5_000

Told = tuple[float, str]
Span = tuple[float, float]


@dataclass
class Day:
    """What the bench saw from outside: its own account, to hold the store against."""

    told: dict[int, Told] = field(default_factory=dict)
    outages_s: list[Span] = field(default_factory=list)
    untold_s: list[Span] = field(default_factory=list)
    memory: list[tuple[float, int]] = field(default_factory=list)  # MiB, blocks of Python
    waiting: int = 0
    missed: int = 0
    total: int = 0
    faults: list[str] = field(default_factory=list)
    begins_s: float = 0.0


def resident_mib() -> float:
    """Memory of this process now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 2**20


# --- the child: a device ---------------------------------------------------------------------


def child(folder: Path, traffic: Traffic, span: Span, pulls: int) -> None:
    """Count from one moment of the scene to another; say all that a listener is told."""
    start_s, until_s = span
    clock = ManualClock(utc=START + start_s * SECOND, now_ns=round(start_s * NS_PER_S))
    rng, each_s = random.Random(pulls), (until_s - start_s) / max(pulls, 1)  # noqa: S311
    pulled = Pulled(
        [start_s + (k + rng.uniform(0.3, 0.7)) * each_s for k in range(pulls)],
        away_s=AWAY_S,
        until_s=until_s,
    )
    opened = pulled.open if pulls else lambda c: TrafficSource(c, fps=FPS, until_s=until_s)
    engine = engine_at(folder, opened, clock=clock, traffic=traffic, loop=False)
    asyncio.run(listen(engine, clock))
    for start, end in pulled.outages_s:
        say(f"out {start:.1f} {end:.1f}")


def say(line: str) -> None:
    """A line that is in the pipe whatever happens next."""
    os.write(1, f"{line}\n".encode())


async def listen(engine: Engine, clock: ManualClock) -> None:
    """A listener of the hub, beside one who looks at the clock."""
    async with engine.hub.subscribe() as listener:
        await asyncio.to_thread(engine.start)
        looking = asyncio.create_task(look(engine, clock))
        ending = asyncio.create_task(end(engine))
        async for message in listener:
            if isinstance(message, Event):
                at_s = (message.utc - START) / SECOND
                say(f"told {message.position} {at_s:.3f} {message.direction}")
            else:
                say(f"total {sum(one.entered + one.left for one in message.lines)}")
        looking.cancel()
        say(f"end {int(await ending)} {listener.dropped}")


async def look(engine: Engine, clock: ManualClock) -> None:
    """Say where the scene is and what waits to be stored; every hour, the memory."""
    told_hour = -1
    while True:
        now_s = clock.now_ns() / NS_PER_S
        say(f"at {now_s:.1f} {engine.keeper.waiting}")
        if int(now_s // 3600) > told_hour:
            told_hour = int(now_s // 3600)
            say(f"hour {told_hour} {resident_mib():.1f} {sys.getallocatedblocks()}")
        await asyncio.sleep(TICK_S)


async def end(engine: Engine) -> bool:
    """Come to an orderly end once the source is over."""
    await asyncio.to_thread(engine.worker.ended.wait)
    return await asyncio.to_thread(engine.stop)


# --- the parent: who pulls and kills ---------------------------------------------------------


def run_child(
    folder: Path, wanted: argparse.Namespace, span: Span, day: Day, *, pulls: int = 0,
    kill_at_s: float | None = None,
) -> float:  # fmt: skip
    """A device over one span of the scene, killed on the way if wished; its last moment."""
    command = [sys.executable, __file__, "--child", str(folder), "--gap", str(wanted.gap)]
    command += ["--from", str(span[0]), "--until", str(span[1]), "--pulls", str(pulls)]
    last_s, ended = span[0], False
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        for line in process.stdout or ():
            word, *values = line.split()
            if word == "at":
                last_s, day.waiting = float(values[0]), max(day.waiting, int(values[1]))
                if kill_at_s is not None and last_s >= kill_at_s and process.poll() is None:
                    process.send_signal(signal.SIGKILL)
            else:
                ended |= word == "end"
                hear(word, values, day)
    if ended is (kill_at_s is not None):
        day.faults.append(f"{span}: expected it {'killed' if kill_at_s else 'to end'}")
    return last_s


def hear(word: str, values: list[str], day: Day) -> None:
    """Take in a line of a child."""
    if word == "told":
        n, event = int(values[0]), (float(values[1]), values[2])
        if day.told.setdefault(n, event) != event:
            day.faults.append(f"event {n} was told as {day.told[n]} and as {event}")
    elif word == "total":
        if int(values[0]) < day.total:
            day.faults.append(f"a total went back from {day.total} to {values[0]}")
        day.total = int(values[0])
    elif word == "hour":
        day.memory.append((float(values[1]), int(values[2])))
    elif word == "out":
        day.outages_s.append((float(values[0]), float(values[1])))
    elif word == "end":
        day.missed += int(values[1])
        if values[0] != "1":
            day.faults.append("an end was not orderly")


def pull_half(folder: Path, wanted: argparse.Namespace, until_s: float, day: Day) -> None:
    """The camera is pulled."""
    run_child(folder, wanted, (0.0, until_s), day, pulls=wanted.pulls)
    for hour, (mib, blocks) in enumerate(day.memory):
        print(f"scene hour {hour}: {mib:.1f} MiB resident, {blocks} blocks of Python's memory")
    later = [mib for mib, _ in day.memory[1:] or day.memory]
    print(f"memory from hour 1 on: {min(later):.1f} to {max(later):.1f} MiB")
    print(f"camera lost and back {len(day.outages_s)} times", flush=True)
    day.memory.clear()
    day.begins_s = until_s + 1.0
    day.outages_s.append((until_s, day.begins_s))


def kill_half(folder: Path, wanted: argparse.Namespace, end_s: float, day: Day) -> None:
    """The process is killed, in each slot of the time once."""
    rng, start_s = random.Random(4), day.begins_s  # noqa: S311 - moments, not secrets
    each_s = (end_s - start_s) / (wanted.kills + 1)
    for number in range(wanted.kills):
        kill_at_s = start_s + (number + rng.uniform(0.5, 0.9)) * each_s
        killed_s = run_child(folder, wanted, (day.begins_s, end_s), day, kill_at_s=kill_at_s)
        watched_s, stored_s = newest(folder)
        day.untold_s.append((watched_s, max(killed_s, watched_s)))
        day.begins_s = max(killed_s, stored_s) + rng.uniform(*DOWN_S)
        day.outages_s.append((watched_s, day.begins_s))
    run_child(folder, wanted, (day.begins_s, end_s), day)
    print(f"killed {wanted.kills} times; totals at the end: {day.total}", flush=True)


def newest(folder: Path) -> Span:
    """The end of the last watch on disk, and of all that is; of a copy, for the device to mend."""
    with tempfile.TemporaryDirectory() as name:
        shutil.copytree(folder, Path(name) / "copy")
        with open_store(Path(name) / "copy" / "lintel.db", KEY) as store:
            watched = max((one.end_utc for one in store.watches(*EVER)), default=START)
            told = max((one.utc for one in store.events(*EVER)), default=START)
    return (watched - START) / SECOND, (max(watched, told) - START) / SECOND


# --- the account -----------------------------------------------------------------------------


def report(store: Store, traffic: Traffic, end_s: float, day: Day) -> None:
    """Hold what is stored against who walked and what was told."""
    kept = dict(numbered(store))
    crossings = [(START + at_s * SECOND, way) for at_s, way in kept.values()]
    verdict = judge(traffic, crossings, until_s=end_s, outages_s=day.outages_s)
    print(
        f"{verdict.true} people walked, {verdict.matched} stored once or more, "
        f"{verdict.excused} in view while nobody watched and not stored"
    )
    print(f"lost {verdict.lost}, doubled {verdict.doubled}, invented {verdict.invented}")
    gone = [n for n, event in day.told.items() if kept.get(n) != event]
    print(
        f"told to a listener: {len(day.told)} events "
        f"(and {day.missed} live states passed over); "
        f"of these not stored as told: {len(gone)}"
    )
    watched_s = sum((one.end_utc - one.start_utc) / SECOND for one in store.watches(*EVER))
    away_s = sum(end - start for start, end in day.outages_s)
    print(
        f"watched {watched_s:.0f} s by what is stored; {end_s - away_s:.0f} s by the bench's "
        f"account, {away_s:.0f} s away"
    )
    lengths = sorted(end - start for start, end in day.untold_s) or [0.0]
    unstored = {round(at_s) for at_s, _ in kept.values()}
    untold = [
        one
        for start, end in day.untold_s
        for one in traffic.between(start, end)
        if start <= one.crosses_s <= end
        and not unstored & {round(one.crosses_s) + step for step in (-1, 0, 1)}
    ]
    print(
        f"counted but on nobody's disk when killed: {len(untold)} people; seconds of scene from "
        f"the last stored watch to the kill: median {lengths[len(lengths) // 2]:.1f}, "
        f"most {lengths[-1]:.1f}; most items that waited: {day.waiting}"
    )
    for fault in day.faults:
        print(f"FAULT {fault}")


def numbered(store: Store) -> list[tuple[int, Told]]:
    """Every event by its place in the order of storing: when, and which way."""
    found: list[tuple[int, Told]] = []
    last = 0
    while True:
        news = store.news(last, limit=PAGE)
        found += [
            (n, (round((one.utc - START) / SECOND, 3), str(one.event.direction)))
            for n, one in news.events
        ]
        if not news.events or news.last == last:
            return found
        last = news.last


def main() -> None:
    """Run the day, or, as a child, a part of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hours", type=float, default=24.0)
    parser.add_argument("--pulls", type=int, default=100)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--gap", type=float, default=8.0)
    parser.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--from", dest="start", type=float, default=0.0, help=argparse.SUPPRESS)
    parser.add_argument("--until", type=float, default=0.0, help=argparse.SUPPRESS)
    wanted = parser.parse_args()
    traffic = Traffic(gap_s=wanted.gap, seed=11)
    if wanted.child is not None:
        child(wanted.child, traffic, (wanted.start, wanted.until), wanted.pulls)
        return
    end_s, began_s, day = wanted.hours * 3600.0, time.monotonic(), Day()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        pull_half(folder, wanted, end_s / 2, day)
        kill_half(folder, wanted, end_s, day)
        print(f"{wanted.hours:g} h of scene in {time.monotonic() - began_s:.0f} s")
        with open_store(folder / "lintel.db", KEY) as store:
            report(store, traffic, end_s, day)


if __name__ == "__main__":
    main()
