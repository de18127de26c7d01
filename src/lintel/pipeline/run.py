"""Runs a chain over a whole source and reports what was counted, and how well it was watched."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from lintel.capture import Source
from lintel.clock import NS_PER_S, Clock, SystemClock
from lintel.config import SiteConfig
from lintel.frames import StereoPair
from lintel.pipeline.chain import Chain, FrameResult, Stages
from lintel.pipeline.coverage import CoverageMeter
from lintel.pipeline.feed import LiveFeed
from lintel.records import Event, FloorFit, StereoHealth


@dataclass(frozen=True, slots=True, eq=False)
class RunReport:
    """What a run over a source gave."""

    source: str
    events: tuple[Event, ...]
    frames: int  # analysed
    dropped_frames: int  # never analysed: lost by the source, or dropped because counting was slow
    duplicated_frames: int
    corrupt_frames: int
    coverage: float
    duration_s: float  # of the scene
    fps: float  # analysed frames per second of processing
    floor: FloorFit | None
    stereo: StereoHealth | None
    detector: str  # the one that ran
    detector_fault: str  # why it was not the one that was asked for; empty when it was


def run(
    source: Source,
    site: SiteConfig,
    *,
    chain: Chain | None = None,
    on_frame: Callable[[FrameResult], None] | None = None,
    clock: Clock | None = None,
) -> RunReport:
    """Count over ``source`` until it ends.

    Args:
        source: open source; it stays open.
        site: lines and zones.
        chain: the stages; made from the rig and the site when left out.
        on_frame: called after every analysed frame. Events that wait for the end of the run
            are in the report alone.
        clock: tells how long the work took.

    Raises:
        SourceError: the source failed; ``on_frame`` has seen everything before it.
    """
    clock = clock or SystemClock()
    chain = chain or Chain(Stages.of(rig=source.rig, site=site))
    meter = CoverageMeter()
    events: list[Event] = []
    floor: FloorFit | None = None
    frames = 0
    start_ns = clock.now_ns()
    with _frames_of(source) as (pairs, feed):
        for pair in pairs:
            result = chain.step(pair)
            frames += 1
            floor = result.floor or floor
            events.extend(result.events)
            meter.step(t_ns=pair.t_ns, view_share=result.detections.view_share)
            if on_frame is not None:
                on_frame(result)
    events.extend(chain.finish())
    faults = source.faults
    return RunReport(
        source=source.name,
        events=tuple(events),
        frames=frames,
        dropped_frames=faults.dropped + (feed.dropped if feed else 0),
        duplicated_frames=faults.duplicated,
        corrupt_frames=faults.corrupt,
        coverage=meter.coverage,
        duration_s=meter.elapsed_s,
        fps=frames * NS_PER_S / max(clock.now_ns() - start_ns, 1),
        floor=floor,
        stereo=chain.stereo_health,
        detector=chain.detector_name,
        detector_fault=chain.detector_fault,
    )


@contextmanager
def _frames_of(source: Source) -> Iterator[tuple[Iterator[StereoPair], LiveFeed | None]]:
    """Frames of a source: through a dropping queue when it is live, one by one when not."""
    if source.live:
        with LiveFeed(source) as feed:
            yield iter(feed), feed
    else:
        yield iter(source.read, None), None
