"""The chain of stages, from a stereo pair to events. No thread, no queue, no clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from lintel.config import AttributesConfig, SiteConfig
from lintel.depth.aligned import AlignedDepth
from lintel.depth.floor import FloorEstimator, FloorSettings
from lintel.depth.settings import DepthSettings, z_min_for_mount
from lintel.frames import DepthMap, StereoPair
from lintel.pipeline.counting import Counting, CountingStep
from lintel.pipeline.detectors import CLASSICAL, DEFAULT_DETECTOR, Detector, choose_detector
from lintel.records import Detections, Event, FloorFit, StereoHealth, Tracks
from lintel.rig import StereoRig
from lintel.track.tracker import Tracker

NOTHING = CountingStep(0)


@dataclass(frozen=True, slots=True, eq=False)
class FrameResult:
    """What one frame gave. No pixels."""

    seq: int
    t_ns: int
    floor: FloorFit | None
    detections: Detections
    tracks: Tracks
    events: tuple[Event, ...]
    counted: CountingStep = NOTHING  # the events again, and zones and queues as they stand


@dataclass(frozen=True, slots=True)
class Stages:
    """The stages of one sensor, in order. A wrapper of a stage (timing, say) may take its place."""

    depth: AlignedDepth
    floor: FloorEstimator
    detector: Detector
    tracker: Tracker
    counting: Counting
    detector_name: str = CLASSICAL
    detector_fault: str = ""  # why it is not the detector that was asked for

    @classmethod
    def of(
        cls,
        *,
        rig: StereoRig,
        site: SiteConfig,
        detector: str = DEFAULT_DETECTOR,
        groups: bool = False,
        full: bool = False,
    ) -> Stages:
        """The stages that a rig and a site ask for; ``full``: all that a device counts.

        Raises:
            DetectorError: there is no detector of this name.
        """
        floor = FloorSettings(baseline_m=rig.baseline_m, mount_height_m=site.mount_height_m)
        chosen = choose_detector(detector, site.attributes)
        return cls(
            depth=AlignedDepth(rig, settings=depth_settings(site)),
            floor=FloorEstimator(settings=floor),
            detector=chosen.detector,
            tracker=Tracker(),
            counting=Counting(site, groups=groups, full=full),
            detector_name=chosen.name,
            detector_fault=chosen.fault,
        )


class Chain:
    """Runs the stages.

    ``on_depth`` sees every exposure with its depth before it is analysed; ``on_frame`` sees the
    depth with what it gave. Both are for pictures, and run on the thread that steps the chain.
    """

    def __init__(
        self,
        stages: Stages,
        *,
        on_depth: Callable[[StereoPair, DepthMap], None] | None = None,
        on_frame: Callable[[DepthMap, FrameResult], None] | None = None,
    ) -> None:
        self._stages = stages
        self._on_depth = on_depth
        self._on_frame = on_frame

    @property
    def stereo_health(self) -> StereoHealth | None:
        """How well the two cameras still agree."""
        return self._stages.depth.health

    @property
    def detector_name(self) -> str:
        """The detector that runs."""
        return self._stages.detector_name

    @property
    def detector_fault(self) -> str:
        """Why it is not the one that was asked for; empty when it is."""
        return self._stages.detector_fault

    def step(self, pair: StereoPair) -> FrameResult:
        """Analyse one exposure."""
        depth = self._stages.depth.step(pair)
        if self._on_depth is not None:
            self._on_depth(pair, depth)
        return self.step_depth(depth)

    def step_depth(self, depth: DepthMap) -> FrameResult:
        """Analyse depth that comes from elsewhere."""
        stages = self._stages
        floor = stages.floor.step(depth)
        detections = stages.detector.step(depth, floor)
        tracks = stages.tracker.step(detections)
        counted = stages.counting.step(tracks)
        result = FrameResult(
            depth.seq, depth.t_ns, floor, detections, tracks, counted.events, counted
        )
        if self._on_frame is not None:
            self._on_frame(depth, result)
        return result

    def finish(self) -> tuple[Event, ...]:
        """Events that waited for something that can no longer come; call it once, at the end."""
        return self._stages.counting.finish()

    @property
    def counting(self) -> Counting:
        """The counters of this moment: their heat map, latest paths and state over a restart."""
        return self._stages.counting

    def recount(self, site: SiteConfig) -> tuple[Event, ...]:
        """Count at other lines and zones from now on; events of those that are no more.

        Depth, floor and tracks go on, and so does whoever is on the way over a line that stays.
        For another mounting height make new stages.
        """
        return self._stages.counting.redraw(site)

    def measure(self, attributes: AttributesConfig) -> None:
        """Tell these attributes of people from now on; floor, tracks and counts go on."""
        chosen = choose_detector(self._stages.detector_name, attributes)
        self._stages = replace(self._stages, detector=chosen.detector)

    def refit_floor(self) -> None:
        """Forget the floor and look for it anew."""
        self._stages.floor.reset()

    def reset(self) -> None:
        """Forget everything that was seen."""
        stages = self._stages
        for stage in (
            stages.depth,
            stages.floor,
            stages.detector,
            stages.tracker,
            stages.counting,
        ):
            stage.reset()


def depth_settings(site: SiteConfig) -> DepthSettings:
    """Depth settings for a mount: the nearest head decides the disparity range."""
    if site.mount_height_m is None:
        return DepthSettings()
    return DepthSettings(z_min_m=z_min_for_mount(site.mount_height_m))
