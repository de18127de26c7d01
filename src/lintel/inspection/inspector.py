"""Walks through a source and keeps what the page shows: four moments and the paths walked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from lintel.capture import Source
from lintel.clock import NS_PER_S
from lintel.config import SiteConfig
from lintel.depth.rectify import Rectifier
from lintel.frames import DepthMap, StereoPair
from lintel.inspection.page import PageContent, write_page
from lintel.inspection.pictures import Moment
from lintel.inspection.plan_drawing import PathsWalked
from lintel.pipeline import Chain, FrameResult, RunReport, Stages, run
from lintel.records import Crossing, Phase


class _Moments:
    """The first moment with a floor, the first crossing, the busiest and the last moment."""

    def __init__(self, rectifier: Rectifier) -> None:
        self._rectifier = rectifier
        self._exposure: tuple[StereoPair, DepthMap] | None = None
        self._kept: dict[str, tuple[StereoPair, DepthMap, FrameResult]] = {}
        self._busiest = 0
        self.start_ns: int | None = None

    def expose(self, pair: StereoPair, depth: DepthMap) -> None:
        """Take in an exposure; ``look`` follows with what it gave."""
        self._exposure = (pair, depth)

    def look(self, result: FrameResult) -> None:
        """Decide whether the latest exposure is kept."""
        if self._exposure is None:
            return
        kept = (*self._exposure, result)
        people = int((result.tracks.phase == Phase.CONFIRMED).sum())
        if self.start_ns is None:
            self.start_ns = result.t_ns
        if result.floor is not None:
            self._kept.setdefault("First moment with a floor", kept)
        if any(isinstance(event, Crossing) for event in result.events):
            self._kept.setdefault("First crossing", kept)
        if people > self._busiest:
            self._busiest = people
            self._kept["Busiest moment"] = kept
        self._kept["Last moment"] = kept

    def all(self) -> tuple[Moment, ...]:
        """The moments kept, in the order of time."""
        ordered = sorted(self._kept.items(), key=lambda item: item[1][2].t_ns)
        return tuple(self._moment(name, *kept) for name, kept in ordered)

    def _moment(self, name: str, pair: StereoPair, depth: DepthMap, result: FrameResult) -> Moment:
        rectified = self._rectifier.rectify(pair)
        t_s = (result.t_ns - (self.start_ns or 0)) / NS_PER_S
        return Moment(
            title=f"{name}, at {t_s:.1f} s",
            left=rectified.left,
            right=rectified.right,
            depth=depth,
            floor=result.floor,
            heads_m=result.detections.xyz_m,
        )


def inspect_source(
    source: Source,
    site: SiteConfig,
    out: Path,
    *,
    stages: Stages,
    on_frame: Callable[[FrameResult], None] | None = None,
) -> RunReport:
    """Count over ``source`` and write ``out/index.html`` with its pictures.

    Raises:
        SourceError: the source failed.
        OSError: the folder cannot be written.
    """
    moments, paths = _Moments(Rectifier(source.rig)), PathsWalked()
    chain = Chain(stages, on_depth=moments.expose)

    def look(result: FrameResult) -> None:
        moments.look(result)
        paths.step(result.tracks)
        if on_frame is not None:
            on_frame(result)

    report = run(source, site, chain=chain, on_frame=look)
    content = PageContent(
        report=report,
        site=site,
        moments=moments.all(),
        paths=paths,
        start_ns=moments.start_ns or 0,
    )
    write_page(content, out)
    return report
