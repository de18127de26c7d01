"""A day of traffic at accelerated time through the device's own counting, keeping and hub.

    python bench/soak.py [--hours H] [--pulls N] [--kills N] [--gap S]

First half of the hours: the camera is pulled N times; memory is printed every hour. Second half:
the process is killed (SIGKILL) N times and begins again on the same store. At the end what is
stored is compared with who walked: nobody may be lost or doubled but those in view while nobody
watched. Totals that were told before a kill must never go back after it.

Clock and source are accelerated, and the tracker is a perfect one; counters, store, ledger, hub
and the threads between them are the device's own.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from device_engine_builders import Pulled, crossings_in, engine_at
from device_traffic import START, Traffic, TrafficSource, judge
from lintel.clock import NS_PER_S, ManualClock

Outages = list[tuple[float, float]]
FPS = 5.0
DOWN_S = (5.0, 40.0)  # that nobody counts after a kill
STORE_LAG_S = 60.0  # of scene: some tenths of a real second in which events are not on disk yet


def resident_mib() -> float:
    """Memory of this process now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 2**20


def child(folder: Path, traffic: Traffic, start_s: float, until_s: float, pulls: int) -> None:
    """Count from one moment of the scene to another; tell every second and every event."""
    clock = ManualClock(utc=START + timedelta(seconds=start_s), now_ns=round(start_s * NS_PER_S))
    rng = random.Random(int(start_s) + pulls)  # noqa: S311 - moments, not secrets
    moments = sorted(rng.uniform(start_s + 60, until_s - 60) for _ in range(pulls))
    moments = [b for a, b in zip([0.0, *moments], moments, strict=False) if b - a > 30.0]
    pulled = Pulled(moments, away_s=12.0, until_s=until_s)
    opened = pulled.open if pulls else lambda c: TrafficSource(c, fps=FPS, until_s=until_s)
    engine = engine_at(folder, opened, clock=clock, traffic=traffic, loop=False)
    engine.start()
    told_hour = -1
    while not engine.worker.ended.wait(timeout=0.02):
        now_s = clock.now_ns() / NS_PER_S
        standing = engine.board.standing
        told = sum(o.totals.entered + o.totals.left for o in standing.lines.values())
        os.write(1, f"at {now_s:.1f} {told}\n".encode())
        if int(now_s // 3600) > told_hour:
            told_hour = int(now_s // 3600)
            os.write(1, f"hour {told_hour} {resident_mib():.1f}\n".encode())
    orderly = engine.stop()
    for start, end in pulled.outages_s:
        os.write(1, f"out {start:.1f} {end:.1f}\n".encode())
    standing = engine.board.standing
    told = sum(o.totals.entered + o.totals.left for o in standing.lines.values())
    os.write(1, f"end {told} {engine.worker.losses} {int(orderly)}\n".encode())


def start_child(
    folder: Path, wanted: argparse.Namespace, span: tuple[float, float], pulls: int
) -> subprocess.Popen[str]:
    """A child process over one span of the scene."""
    command = [sys.executable, __file__, "--child", str(folder), "--gap", str(wanted.gap)]
    command += ["--from", str(span[0]), "--until", str(span[1]), "--pulls", str(pulls)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603 - ourselves


def pull_half(
    folder: Path, wanted: argparse.Namespace, until_s: float
) -> list[tuple[float, float]]:
    """The camera is pulled; the outages."""
    outages, memory = [], []
    with start_child(folder, wanted, (0.0, until_s), wanted.pulls) as process:
        for line in process.stdout or ():
            word, *values = line.split()
            if word == "hour":
                memory.append(float(values[1]))
                print(f"scene hour {values[0]}: {memory[-1]:.1f} MiB resident", flush=True)
            elif word == "out":
                outages.append((float(values[0]), float(values[1])))
            elif word == "end":
                print(f"camera lost and back {len(outages)} times, orderly end: {values[2] == '1'}")
    later = memory[min(1, len(memory) - 1) :]
    print(f"memory from hour 1 on: {min(later):.1f} to {max(later):.1f} MiB")
    return outages


def kill_half(folder: Path, wanted: argparse.Namespace, start_s: float, until_s: float) -> Outages:
    """The process is killed; the spans in which nobody counted."""
    rng, outages, least_told = random.Random(4), [], 0  # noqa: S311 - moments, not secrets
    each_s = (until_s - start_s) / (wanted.kills + 1)
    for number in range(wanted.kills):
        kill_at_s = start_s + each_s * rng.uniform(0.6, 1.0)
        last_s = start_s
        with start_child(folder, wanted, (start_s, until_s), 0) as process:
            for line in process.stdout or ():
                word, *values = line.split()
                if word != "at":
                    continue
                last_s, told = float(values[0]), int(values[1])
                if told < least_told:
                    print(f"kill {number}: a total went back from {least_told} to {told}")
                least_told = max(least_told, told)
                if last_s >= kill_at_s and process.poll() is None:
                    process.send_signal(signal.SIGKILL)
        # it may have gone on for a moment after its last word
        gone_on_s = last_s + 120.0
        outages.append((last_s - STORE_LAG_S, gone_on_s + rng.uniform(*DOWN_S)))
        start_s = outages[-1][1]
    with start_child(folder, wanted, (start_s, until_s), 0) as process:
        for line in process.stdout or ():
            if line.startswith("end"):
                print(f"killed {wanted.kills} times; totals at the end: {line.split()[1]}")
    return outages


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
        child(wanted.child, traffic, wanted.start, wanted.until, wanted.pulls)
        return
    end_s, began_s = wanted.hours * 3600.0, time.monotonic()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        outages = pull_half(folder, wanted, end_s / 2)
        outages += [(end_s / 2 - 6.0, end_s / 2 + 6.0)]
        outages += kill_half(folder, wanted, end_s / 2 + 1.0, end_s)
        stored = crossings_in(folder)
        verdict = judge(traffic, stored, until_s=end_s, outages_s=outages)
    print(f"{wanted.hours:g} h of scene in {time.monotonic() - began_s:.0f} s")
    print(
        f"{verdict.true} people walked, {verdict.matched} stored once or more, "
        f"{verdict.excused} in view while nobody watched and not stored"
    )
    print(f"lost {verdict.lost}, doubled {verdict.doubled}, invented {verdict.invented}")


if __name__ == "__main__":
    main()
