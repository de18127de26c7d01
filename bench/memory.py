"""Does memory stay flat? Many frames of the analytic doorway through the whole pipeline.

    scripts/bench memory [--frames 100000] [--size 160x100] [--seeds 4] [--json]

Lines, zones and groups are counted. A few cycles of the doorway, each with other people, are drawn
beforehand and shown over and over
with time and sequence numbers going on, as to a sensor that runs for hours. Resident memory is
read every 500 frames; a straight line through the readings after warm-up, at its steepest
believable (slope plus two standard errors), decides.

Events are taken from the chain and dropped, as a device does that hands them on. (`pipeline.run`
keeps all events for its report, so its memory grows with what it counted, by design.)
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

import cv2  # noqa: E402 - thread limits come before numpy loads
import numpy as np  # noqa: E402

from lintel.capture import open_source  # noqa: E402
from lintel.capture.analytic import AnalyticSource  # noqa: E402
from lintel.clock import NS_PER_S  # noqa: E402
from lintel.frames import StereoPair  # noqa: E402
from lintel.pipeline import Chain, Stages  # noqa: E402
from lintel.records import Crossing  # noqa: E402

READ_EVERY = 500
PRINT_EVERY = 5_000
WARM_UP_SHARE = 0.2
FLAT_KB_PER_1000 = 1.0  # 40 MB in a month at 15 fps


@dataclass(frozen=True, slots=True)
class Reading:
    """What is held after so many frames."""

    frames: int
    rss_kb: int
    objects: int  # that the garbage collector knows
    live_tracks: int
    tracker_bytes: int
    tracks_remembered: int  # by the line counter
    tracks_so_far: int
    crossings_so_far: int


@dataclass(frozen=True, slots=True)
class Trend:
    """A straight line through the readings after warm-up."""

    readings: int
    kb_per_1000_frames: float
    standard_error: float

    @property
    def flat(self) -> bool:
        """Whether even the steepest believable slope is too small to matter."""
        return self.kb_per_1000_frames + 2 * self.standard_error < FLAT_KB_PER_1000


def rss_kb() -> int:
    """Resident memory of this process, kB (Linux)."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    message = "no VmRSS in /proc/self/status"
    raise OSError(message)


def drawn_cycles(size: str, seeds: int) -> tuple[Stages, list[StereoPair]]:
    """The stages for the scene, and its cycles one after the other."""
    pairs: list[StereoPair] = []
    for seed in range(1, seeds + 1):
        with open_source(f"analytic:doorway?size={size}&seed={seed}") as source:
            assert isinstance(source, AnalyticSource)  # noqa: S101 - tells the type checker
            stages = Stages.of(rig=source.rig, site=source.site, groups=True)
            pairs.extend(iter(source.read, None))
    return stages, pairs


def endless(pairs: list[StereoPair], fps: float) -> Iterator[StereoPair]:
    """The pairs over and over, with time and sequence numbers that go on."""
    seq = 0
    while True:
        for pair in pairs:
            t_ns = round(seq * NS_PER_S / fps)
            yield StereoPair(pair.left, pair.right, t_ns, seq, pair.rig_id)
            seq += 1


def watch(
    stages: Stages, pairs: Iterator[StereoPair], frames: int, *, show: bool
) -> Iterator[Reading]:
    """Run ``frames`` frames through the stages; a reading every READ_EVERY."""
    chain = Chain(stages)
    crossings = newest_id = 0
    start_s = time.monotonic()
    for number, pair in enumerate(pairs, start=1):
        result = chain.step(pair)
        crossings += sum(isinstance(event, Crossing) for event in result.events)
        newest_id = max(newest_id, *result.tracks.id.tolist(), 0)
        if number % READ_EVERY == 0:
            gc.collect()
            reading = Reading(
                frames=number,
                rss_kb=rss_kb(),
                objects=len(gc.get_objects()),
                live_tracks=len(result.tracks.id),
                tracker_bytes=stages.tracker.state_bytes,
                tracks_remembered=stages.counting.tracks_remembered,
                tracks_so_far=newest_id,
                crossings_so_far=crossings,
            )
            yield reading
            if show and number % PRINT_EVERY == 0:
                print_reading(reading, time.monotonic() - start_s)
        if number >= frames:
            return


def print_reading(reading: Reading, passed_s: float) -> None:
    """One line of the table."""
    print(
        f"{reading.frames:>8} {reading.rss_kb:>9} {reading.objects:>8} {reading.live_tracks:>6}"
        f" {reading.tracker_bytes:>8} {reading.tracks_remembered:>10} {reading.tracks_so_far:>7}"
        f" {reading.crossings_so_far:>9} {1000 * passed_s / reading.frames:>9.1f}",
        flush=True,
    )


def trend(readings: list[Reading]) -> Trend:
    """Least squares through the readings after warm-up."""
    kept = readings[int(len(readings) * WARM_UP_SHARE) :]
    thousands = np.array([r.frames for r in kept]) / 1000.0
    rss = np.array([r.rss_kb for r in kept], dtype=float)
    if len(kept) < 4:
        return Trend(len(kept), float("nan"), float("nan"))
    (slope, _), covariance = np.polyfit(thousands, rss, 1, cov=True)
    return Trend(len(kept), float(slope), float(np.sqrt(covariance[0, 0])))


def main() -> None:
    """Print the table and the verdict, or with ``--json`` one object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=int, default=100_000)
    parser.add_argument("--size", default="160x100", help="of one eye, WIDTHxHEIGHT")
    parser.add_argument("--seeds", type=int, default=4, help="cycles with different people")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    wanted = parser.parse_args()
    cv2.setNumThreads(1)
    stages, pairs = drawn_cycles(wanted.size, wanted.seeds)
    if not wanted.json:
        print(f"analytic doorway {wanted.size}, {len(pairs)} pairs shown over and over")
        print(
            f"{'frames':>8} {'RSS kB':>9} {'objects':>8} {'tracks':>6} {'bytes':>8}"
            f" {'remembered':>10} {'so far':>7} {'crossings':>9} {'ms/frame':>9}"
        )
    stream = endless(pairs, fps=15.0)
    readings = list(watch(stages, stream, wanted.frames, show=not wanted.json))
    found = trend(readings)
    if wanted.json:
        rows = [asdict(reading) for reading in readings]
        print(json.dumps({"size": wanted.size, "flat": found.flat, **asdict(found), "rows": rows}))
        return
    print(
        f"after warm-up: {found.kb_per_1000_frames:+.3f} kB per 1,000 frames"
        f" (standard error {found.standard_error:.3f}, {found.readings} readings):"
        f" {'flat' if found.flat else 'NOT FLAT'}"
    )


if __name__ == "__main__":
    main()
