"""What the store takes in per second, how large it grows, and that killing it loses nothing.

    python bench/store.py ingest [--events N] [--intervals N] [--batch N]
    python bench/store.py kill [--rounds N]

``ingest`` prints beside the store's figure that of plain SQLite with one bare table in the same
run: the price of encryption, exactly-once delivery and typed rows.
"""

from __future__ import annotations

import argparse
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from lintel.records import Crossing, Direction, Interval, LineTotals
from lintel.store.key import StoreKey
from lintel.store.kinds import Batch, Kind, Retention, StampedEvent, StampedInterval
from lintel.store.opening import open_store
from lintel.store.store import Store

START = datetime(2026, 1, 1, tzinfo=UTC)
KILL_TEST = Path(__file__).resolve().parent.parent / "tests" / "store" / "test_kill.py"


def event(number: int) -> StampedEvent:
    """One crossing; a busy door has three a second."""
    way = Direction.IN if number % 2 else Direction.OUT
    reason = f"right to left, 0.25 m beyond both sides, {number % 40} observations"
    crossing = Crossing(f"door {number % 4}", way, 0, (0.5, 1.25), reason, 1.74, 0.1, 0.0)
    return StampedEvent(START + timedelta(milliseconds=333 * number), crossing)


def ingest(store: Store, *, events: int, batch: int) -> tuple[float, float]:
    """Append all events in batches; events per second, and per second of CPU."""
    wall_s = cpu_s = 0.0
    for first in range(0, events, batch):
        items = tuple(event(first + k) for k in range(min(batch, events - first)))
        wall, cpu = time.perf_counter(), time.process_time()
        store.append(Batch("bench", "run", first, items))
        wall_s += time.perf_counter() - wall
        cpu_s += time.process_time() - cpu
    return events / wall_s, events / cpu_s


def ingest_plain(folder: Path, *, events: int, batch: int) -> float:
    """The same number of bare rows into plain SQLite, also safely on disk batch by batch."""
    connection = sqlite3.connect(folder / "plain.db", isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("CREATE TABLE events (utc_us INTEGER, place TEXT, direction TEXT)")
    seconds = 0.0
    for first in range(0, events, batch):
        rows = [(first + k, "door", "in") for k in range(min(batch, events - first))]
        start = time.perf_counter()
        connection.execute("BEGIN")
        connection.executemany("INSERT INTO events VALUES (?, ?, ?)", rows)
        connection.execute("COMMIT")
        seconds += time.perf_counter() - start
    connection.close()
    return events / seconds


def put_intervals(store: Store, count: int) -> float:
    """Store intervals of four lines; intervals per second."""
    minute = timedelta(minutes=1)
    start = time.perf_counter()
    for first in range(0, count, 4000):
        store.put_intervals(
            StampedInterval(
                Interval(
                    START + (k // 4) * minute,
                    START + (k // 4 + 1) * minute,
                    f"door {k % 4}",
                    LineTotals(k % 90, k % 70),
                    0.0,
                    0,
                    (),
                    1.0,
                    0,
                ),
                60,
            )
            for k in range(first, min(first + 4000, count))
        )
    return count / (time.perf_counter() - start)


def report_ingest(events: int, intervals: int, batch: int) -> None:
    """Fill a store and print its figures."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        plain = ingest_plain(folder, events=min(events, 200_000), batch=batch)
        with open_store(folder / "lintel.db", StoreKey.new(), max_bytes=16 * 2**30) as store:
            rate, cpu_rate = ingest(store, events=events, batch=batch)
            print(f"ingest: {rate:,.0f} events/s in batches of {batch}, {rate / plain:.2f} x plain")
            print(f"        {cpu_rate:,.0f} events per second of CPU")
            if intervals:
                print(f"intervals: {put_intervals(store, intervals):,.0f} per second")
            stats = store.stats()
            rows = dict(stats.rows)
            each = stats.file_bytes / (rows[Kind.EVENTS] + rows[Kind.INTERVALS])
            print(f"size: {stats.file_bytes / 2**20:,.0f} MiB, {each:.0f} bytes a row")
            half = START + timedelta(milliseconds=333 * events / 2)
            start = time.perf_counter()
            done = store.retain(Retention(events=timedelta(0)), now=half)
            seconds = time.perf_counter() - start
            proven = all(erasure.proven for erasure in done)
            print(f"half of the events erased in {seconds:.1f} s, proven: {proven}")
            print(f"size then: {store.stats().file_bytes / 2**20:,.0f} MiB")


def report_kill(rounds: int) -> int:
    """Run the kill test with more rounds than the test suite does."""
    environment = {**os.environ, "LINTEL_KILL_ROUNDS": str(rounds)}
    command = [sys.executable, "-m", "pytest", str(KILL_TEST), "-q", "-o", "timeout=3600"]
    done = subprocess.run(command, env=environment, check=False)  # noqa: S603 - our own test
    return done.returncode


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    one = commands.add_parser("ingest")
    one.add_argument("--events", type=int, default=500_000)
    one.add_argument("--intervals", type=int, default=0)
    one.add_argument("--batch", type=int, default=1000)
    two = commands.add_parser("kill")
    two.add_argument("--rounds", type=int, default=200)
    wanted = parser.parse_args()
    if wanted.command == "kill":
        sys.exit(report_kill(wanted.rounds))
    report_ingest(wanted.events, wanted.intervals, wanted.batch)


if __name__ == "__main__":
    main()
