"""The chain of stages, from a stereo pair to events. No thread, no queue, no clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from lintel.config import SiteConfig
from lintel.count.lines import LineCounter
from lintel.depth.floor import FloorEstimator, FloorSettings
from lintel.depth.settings import DepthSettings, z_min_for_mount
from lintel.depth.stage import DepthStage
from lintel.detect.classical import ClassicalDetector
from lintel.frames import DepthMap, StereoPair
from lintel.records import Detections, Event, FloorFit, StereoHealth, Tracks
from lintel.rig import StereoRig
from lintel.track.tracker import Tracker


class Detector(Protocol):
    """What finds heads."""

    def step(self, depth: DepthMap, floor: FloorFit | None) -> Detections:
        """Heads in one depth map."""
        ...

    def reset(self) -> None:
        """Forget the past."""
        ...


DETECTORS: dict[str, Callable[[], Detector]] = {"classical": ClassicalDetector}


@dataclass(frozen=True, slots=True, eq=False)
class FrameResult:
    """What one frame gave. No pixels."""

    seq: int
    t_ns: int
    floor: FloorFit | None
    detections: Detections
    tracks: Tracks
    events: tuple[Event, ...]


class Chain:
    """All stages of one sensor. ``on_depth`` sees every exposure with its depth, for pictures."""

    def __init__(
        self,
        *,
        rig: StereoRig,
        site: SiteConfig,
        detector: str = "classical",
        on_depth: Callable[[StereoPair, DepthMap], None] | None = None,
    ) -> None:
        self.depth = DepthStage(rig, settings=depth_settings(site))
        self.floor = FloorEstimator(
            settings=FloorSettings(baseline_m=rig.baseline_m, mount_height_m=site.mount_height_m)
        )
        self._detector = DETECTORS[detector]()
        self._tracker = Tracker()
        self._lines = LineCounter(site.lines)
        self._on_depth = on_depth

    @property
    def stereo_health(self) -> StereoHealth | None:
        """How well the two cameras still agree."""
        return self.depth.health

    def step(self, pair: StereoPair) -> FrameResult:
        """Analyse one exposure."""
        depth = self.depth.step(pair)
        if self._on_depth is not None:
            self._on_depth(pair, depth)
        floor = self.floor.step(depth)
        detections = self._detector.step(depth, floor)
        tracks = self._tracker.step(detections)
        events = self._lines.step(tracks)
        return FrameResult(pair.seq, pair.t_ns, floor, detections, tracks, events)

    def reset(self) -> None:
        """Forget everything that was seen."""
        for stage in (self.depth, self.floor, self._detector, self._tracker, self._lines):
            stage.reset()


def depth_settings(site: SiteConfig) -> DepthSettings:
    """Depth settings for a mount: the nearest head decides the disparity range."""
    if site.mount_height_m is None:
        return DepthSettings()
    return DepthSettings(z_min_m=z_min_for_mount(site.mount_height_m))
