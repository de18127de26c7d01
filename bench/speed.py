"""What a frame costs on one core, as ratios to peers measured in the same run.

    scripts/bench speed [--frames 225] [--after 75] [--size 640x400 ...] [--height 3 ...]
        [--recording FOLDER] [--detector NAME ...] [--json]

The frames of the analytic doorway (or of a recording) are read into memory beforehand and the
stages are primed as ``lintel count`` primes them. They then see ``--after`` seconds of the scene,
in which they learn what always stands there, as a device has that counts since yesterday; with 0
they are measured as they are in their first moments. Then, frame by frame and in turns:

- one StereoSGBM 3-way call on the whole rectified pair (block 5, P1 200, P2 800, uniqueness 10,
  speckle 100/2; 64 disparities at 640 pixels of width, 128 at 1280), and Lintel's whole chain;
- ByteTrack of `trackers` with LineZone of `supervision` on the same detections, and Lintel's
  track and count stages. Frames without a detection are left out here. A last table does the
  same with made-up detections of more people.

Times are CPU time of the one thread that works, pinned to one core: what other programs take
from the machine is not in it, except that they share its caches. Ratios are taken frame by
frame and their median is shown, so a slow minute slows both sides. ``mean`` is the ratio of the
sums: it holds the work that is not done in every frame (looking at the cameras' alignment and at
the floor).
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_name] = "1"

import cv2  # noqa: E402 - thread limits come before numpy loads
import numpy as np  # noqa: E402
import supervision as sv  # noqa: E402
from trackers import ByteTrackTracker  # noqa: E402

from lintel.capture import Source, open_source  # noqa: E402
from lintel.capture.analytic import AnalyticSource  # noqa: E402
from lintel.clock import NS_PER_S  # noqa: E402
from lintel.config import LineConfig, SiteConfig, load_site  # noqa: E402
from lintel.depth.rectify import RectifiedPair, Rectifier  # noqa: E402
from lintel.frames import StereoPair  # noqa: E402
from lintel.pipeline import Chain, FrameResult, Stages, prepared  # noqa: E402
from lintel.pipeline.counting import Counting  # noqa: E402
from lintel.pipeline.detectors import DEFAULT_DETECTOR  # noqa: E402
from lintel.records import Attributes, Crossing, Detections, Event  # noqa: E402
from lintel.track.tracker import Tracker  # noqa: E402

T = TypeVar("T")
STAGES = ("depth", "floor", "detect", "track", "count")
REFERENCE, PEER = "SGBM", "ByteTrack + LineZone"
OURS = "track + count"
PX_PER_M, HALF_BOX_PX = 100.0, 20.0
WARM_UP = 5  # frames run but left out
ANALYTIC_FPS = 15.0  # of the analytic scenes
CROWDS = (1, 5, 20, 50)  # people in view


@dataclass(slots=True)
class Watch:
    """Adds up the CPU time of this thread, milliseconds, under names; one row per frame."""

    now: dict[str, float] = field(default_factory=dict)
    rows: list[dict[str, float]] = field(default_factory=list)

    def time(self, name: str, work: Callable[[], T]) -> T:
        """Run ``work`` and add its time to ``name``."""
        start_ns = time.thread_time_ns()
        done = work()
        self.now[name] = self.now.get(name, 0.0) + (time.thread_time_ns() - start_ns) / 1e6
        return done

    def end_frame(self) -> None:
        """Begin the next row."""
        self.rows.append(self.now)
        self.now = {}


class Timed:
    """Takes a stage's place and times its step; everything else is the stage's own."""

    def __init__(self, name: str, stage: Any, watch: Watch) -> None:  # noqa: ANN401 - any stage
        self._name, self._stage, self._watch = name, stage, watch

    def step(self, *args: Any) -> Any:  # noqa: ANN401 - as the stage's
        """Step the stage."""
        return self._watch.time(self._name, lambda: self._stage.step(*args))

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - as the stage's
        return getattr(self._stage, name)


def timed(stages: Stages, watch: Watch) -> Stages:
    """The same stages under the watch."""
    return replace(
        stages,
        depth=Timed("depth", stages.depth, watch),
        floor=Timed("floor", stages.floor, watch),
        detector=Timed("detect", stages.detector, watch),
        tracker=Timed("track", stages.tracker, watch),
        counting=Timed("count", stages.counting, watch),
    )


class Peer:
    """ByteTrack and LineZone on floor positions drawn at 100 px per metre, boxes of 40 px."""

    def __init__(self, line: LineConfig, fps: float) -> None:
        self._tracker = ByteTrackTracker(frame_rate=fps)
        start, end = (self._pixel(point) for point in (line.points_m[0], line.points_m[-1]))
        self._zone = sv.LineZone(start=sv.Point(*start), end=sv.Point(*end))

    @staticmethod
    def _pixel(xy_m: np.ndarray) -> np.ndarray:
        return np.array([500.0, 500.0]) + np.array([PX_PER_M, -PX_PER_M]) * xy_m[..., :2]

    def boxes(self, detections: Detections) -> sv.Detections:
        """The detections as boxes."""
        centres = self._pixel(detections.xyz_m.astype(np.float64))
        return sv.Detections(
            xyxy=np.hstack([centres - HALF_BOX_PX, centres + HALF_BOX_PX]),
            confidence=detections.score.copy(),
        )

    def step(self, boxes: sv.Detections) -> None:
        """Track and count."""
        tracked = self._tracker.update(boxes)
        self._zone.trigger(tracked[tracked.tracker_id >= 0])

    @property
    def crossings(self) -> int:
        """Counted in both directions."""
        return int(self._zone.in_count + self._zone.out_count)


@dataclass(frozen=True, slots=True)
class Scene:
    """Frames in memory, and the stages for them."""

    name: str
    size: tuple[int, int]
    pairs: list[StereoPair]
    rectified: list[RectifiedPair]
    stages: Stages
    line: LineConfig
    fps: float
    detector: str


def load(spec: str, site: Path | None, frames: int, detector: str, after_s: float = 0.0) -> Scene:
    """Prime stages, let them see ``after_s`` seconds, and read the ``frames`` after those."""

    def opener() -> Source:
        return open_source(spec)

    with opener() as source:
        config = load_site(site) if site else _own_site(source)
        stages = prepared(opener, config, detector=detector)
        chain, coming = Chain(stages), iter(source.read, None)
        for pair in islice(coming, round(after_s * source.fps)):
            chain.step(pair)
        pairs = list(islice(coming, frames))
        if len(pairs) <= WARM_UP:
            raise SystemExit(
                f"{spec}: expected more than {WARM_UP} frames after {after_s:g} s, "
                f"got {len(pairs)}: name a longer recording or a smaller --after"
            )
        rectifier = Rectifier(source.rig)
        return Scene(
            name=source.name,
            size=source.rig.image_size,
            pairs=pairs,
            rectified=[rectifier.rectify(pair) for pair in pairs],
            stages=stages,
            line=config.lines[0],
            fps=source.fps,
            detector=detector,
        )


def _own_site(source: Source) -> SiteConfig:
    if isinstance(source, AnalyticSource):
        return source.site
    across = LineConfig("across", np.array([[0.0, -3.0], [0.0, 3.0]]))
    return SiteConfig(lines=(across,))


def reference(size: tuple[int, int]) -> cv2.StereoSGBM:
    """The matcher that the pipeline is compared with."""
    return cv2.StereoSGBM.create(
        minDisparity=0,
        numDisparities=disparities(size),
        blockSize=5,
        P1=200,
        P2=800,
        uniquenessRatio=10,
        speckleWindowSize=100,
        speckleRange=2,
        mode=cv2.StereoSGBM_MODE_SGBM_3WAY,
    )


def disparities(size: tuple[int, int]) -> int:
    """64 at 640 pixels of width, 128 at 1280."""
    return 16 * max(1, round(size[0] / 160))


def measure(scene: Scene) -> tuple[list[dict[str, float]], dict[str, int]]:
    """Milliseconds per frame and name, and how many crossings each side counted."""
    watch = Watch()
    chain, matcher = Chain(timed(scene.stages, watch)), reference(scene.size)
    peer, crossings = Peer(scene.line, scene.fps), 0
    for number, (pair, ideal) in enumerate(zip(scene.pairs, scene.rectified, strict=True)):
        turns: list[Callable[[], object]] = [
            lambda: watch.time(REFERENCE, lambda: matcher.compute(ideal.left, ideal.right)),  # noqa: B023 - called in this turn
            lambda: watch.time("total", lambda: chain.step(pair)),  # noqa: B023 - called in this turn
        ]
        order = turns if number % 2 else turns[::-1]
        done = [turn() for turn in order]
        result = next(one for one in done if isinstance(one, FrameResult))
        crossings += _crossings(result.events)
        boxes = peer.boxes(result.detections)
        watch.time(PEER, lambda: peer.step(boxes))  # noqa: B023 - called in this turn
        watch.now["people"] = float(len(boxes))
        watch.end_frame()
    return watch.rows[WARM_UP:], {
        "lintel": crossings + _crossings(chain.finish()),
        PEER: peer.crossings,
    }


def _crossings(events: tuple[Event, ...]) -> int:
    return sum(isinstance(event, Crossing) for event in events)


def figures(rows: list[dict[str, float]], names: tuple[str, ...], to: str) -> dict[str, Any]:
    """Per name: median and mean of ms, median of the frames' ratios, ratio of the means."""
    base = np.array([row[to] for row in rows])
    found = {}
    for name in names:
        ms = np.array([row[name] for row in rows])
        found[name] = {
            "ms_median": float(np.median(ms)),
            "ms_mean": float(ms.mean()),
            "ms_max": float(ms.max()),
            "ratio_median": float(np.median(ms / base)),
            "ratio_mean": float(ms.sum() / base.sum()),
        }
    return found


def report(scene: Scene) -> dict[str, Any]:
    """All figures of one scene."""
    rows, crossings = measure(scene)
    people = [{**row, OURS: row["track"] + row["count"]} for row in rows if row["people"]]
    return {
        "source": scene.name,
        "detector": scene.detector,
        "size": list(scene.size),
        "frames": len(rows),
        "disparities": disparities(scene.size),
        "to_sgbm": figures(rows, (*STAGES, "total", REFERENCE), REFERENCE),
        "frames_with_people": len(people),
        "to_peer": figures(people, ("track", "count", OURS, PEER), PEER) if people else {},
        "crossings": crossings,
    }


def show(found: dict[str, Any]) -> None:
    """The tables for people."""
    width, height = found["size"]
    print(
        f"\n{found['source']}, {width}x{height}, {found['frames']} frames,"
        f" {found['detector']} detector"
    )
    title = f"SGBM, {found['disparities']} disparities"
    _table(found["to_sgbm"], f"x {title}", rename={REFERENCE: title})
    if found["to_peer"]:
        print(
            f"the {found['frames_with_people']} frames with a detection; crossings counted:", end=""
        )
        print(", ".join(f" {name} {count}" for name, count in found["crossings"].items()))
        _table(found["to_peer"], f"x {PEER}", rename={})


def _table(rows: dict[str, dict[str, float]], against: str, *, rename: dict[str, str]) -> None:
    print(f"{'ms per frame':24} {'median':>8} {'mean':>8} {'max':>8}   {against}: median, mean")
    for name, row in rows.items():
        print(
            f"{rename.get(name, name):24} {row['ms_median']:>8.2f} {row['ms_mean']:>8.2f}"
            f" {row['ms_max']:>8.2f}   {row['ratio_median']:>8.3f} {row['ratio_mean']:>8.3f}"
        )


def crowd(people: int, frames: int, fps: float = 15.0) -> dict[str, float]:
    """Track and count beside the peer with that many people in view; medians."""
    rng = np.random.default_rng(0)
    line = LineConfig("across", np.array([[0.0, -10.0], [0.0, 10.0]]))
    tracker, counting = Tracker(), Counting(SiteConfig(lines=(line,)))
    peer, watch = Peer(line, fps), Watch()
    start_m, lanes_m = rng.uniform(-4, 4, people), np.linspace(-9, 9, people)
    speed_mps = rng.uniform(0.8, 1.4, people) * rng.choice([-1, 1], people)
    for number in range(frames):
        x_m = (start_m + speed_mps * number / fps + 5) % 10 - 5
        xyz_m = np.stack([x_m, lanes_m, np.full(people, 1.7)], axis=1)
        seen = Detections(
            xyz_m=(xyz_m + rng.normal(0, 0.02, xyz_m.shape)).astype(np.float32),
            sigma_m=np.full(people, 0.04, np.float32),
            score=np.full(people, 0.9, np.float32),
            attributes=Attributes.unmeasured(people),
            t_ns=round(number * NS_PER_S / fps),
            seq=number,
            view_share=1.0,
        )
        boxes = peer.boxes(seen)
        watch.time(OURS, lambda: counting.step(tracker.step(seen)))  # noqa: B023 - called now
        watch.time(PEER, lambda: peer.step(boxes))  # noqa: B023 - called now
        watch.end_frame()
    rows = figures(watch.rows[WARM_UP:], (OURS, PEER), PEER)
    return {
        "people": people,
        "ms": rows[OURS]["ms_median"],
        "peer_ms": rows[PEER]["ms_median"],
        "ratio": rows[OURS]["ratio_median"],
    }


def show_crowds(crowds: list[dict[str, float]]) -> None:
    """How the cost grows with the number of people."""
    print(f"\n{'people in view, made up':24} {OURS:>14} {PEER:>22} {'ratio':>7}  (medians, ms)")
    for row in crowds:
        print(
            f"{row['people']:>24} {row['ms']:>14.2f} {row['peer_ms']:>22.2f} {row['ratio']:>7.2f}"
        )


def specs(wanted: argparse.Namespace) -> Iterator[tuple[str, Path | None]]:
    """What to open, with which site file."""
    for size in wanted.size:
        for height in wanted.height:
            seconds = wanted.after + wanted.frames / ANALYTIC_FPS
            yield f"analytic:doorway?size={size}&height={height}&seconds={seconds:.3f}", None
    if wanted.recording:
        yield wanted.recording, wanted.site


def main() -> None:
    """Print the tables, or with ``--json`` one object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=int, default=225)
    parser.add_argument("--after", type=float, default=75.0, help="seconds seen before, unmeasured")
    parser.add_argument("--size", nargs="*", default=["640x400", "1280x800"])
    parser.add_argument("--height", nargs="*", default=["3"], help="of the camera, metres")
    parser.add_argument("--detector", nargs="*", default=[DEFAULT_DETECTOR], help="names or models")
    parser.add_argument("--recording", help="also a recording folder")
    parser.add_argument("--site", type=Path, help="its site file; default: a line at x = 0")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    wanted = parser.parse_args()
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    cv2.setNumThreads(1)
    reports = []
    for spec, site in specs(wanted):
        for detector in wanted.detector:
            reports.append(report(load(spec, site, wanted.frames, detector, wanted.after)))
            if not wanted.json:
                show(reports[-1])
    crowds = [crowd(people, wanted.frames) for people in CROWDS]
    if wanted.json:
        print(json.dumps({"scenes": reports, "crowds": crowds}))
    else:
        show_crowds(crowds)


if __name__ == "__main__":
    main()
