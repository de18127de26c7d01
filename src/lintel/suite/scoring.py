"""Scores one run of the production pipeline against truth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lintel.capture import Source
from lintel.config import SiteConfig
from lintel.count.groups import GroupFinder
from lintel.evaluate import (
    Observer,
    RecordingScore,
    UsableField,
    require_lines,
    score_recording,
)
from lintel.pipeline import Chain, FrameResult, Stages, run
from lintel.records import Event, FloorFit
from lintel.rig import StereoRig
from lintel.truth import TrueHeads, Truth


@dataclass(frozen=True, slots=True, eq=False)
class KnownTruth:
    """What is known of a recording; without heads only crossings are scored."""

    truth: Truth
    heads: TrueHeads | None


class Scorer:
    """Takes in every frame of a run and scores it in the end. Grows with the run."""

    def __init__(self, *, rig: StereoRig, site: SiteConfig, fps: float) -> None:
        self._rig, self._site = rig, site
        self._observer = Observer(fps=fps)
        self._events: list[Event] = []
        self._floor: FloorFit | None = None
        self._finder = GroupFinder()
        self._groups: list[tuple[int, ...]] = []

    def step(self, result: FrameResult) -> None:
        """Take in one analysed frame."""
        self._observer.step(frame=result.seq, detections=result.detections, tracks=result.tracks)
        self._events += result.events
        self._floor = result.floor or self._floor
        self._groups += [group.members for group in self._finder.step(result.tracks).settled]

    def finish(self, events: tuple[Event, ...]) -> None:
        """Take in the events that waited for the end."""
        self._events += events
        self._groups += [group.members for group in self._finder.finish()]

    def score(self, name: str, known: KnownTruth) -> RecordingScore:
        """Score what was taken in.

        Raises:
            TruthError: the truth speaks of a line that the site lacks.
        """
        field = None
        if self._floor is not None:
            field = UsableField(self._rig, self._floor.floor_from_cam)
        return score_recording(
            name,
            truth=known.truth,
            heads=known.heads,
            observed=self._observer.observed(self._events, groups=tuple(self._groups)),
            lines=[line.name for line in self._site.lines],
            zones=self._site.zones,
            field=field,
            child_below_m=self._site.attributes.child_below_m,
        )


def score_source(
    name: str,
    source: Source,
    site: SiteConfig,
    known: KnownTruth,
    *,
    stages: Stages,
    on_frame: Callable[[FrameResult], None] | None = None,
) -> RecordingScore:
    """Count over ``source`` to its end and score what was counted.

    Raises:
        TruthError: the truth speaks of a line that the site lacks.
        SourceError: the source failed.
    """
    require_lines(name, known.truth, [line.name for line in site.lines])
    scorer = Scorer(rig=source.rig, site=site, fps=known.truth.fps)
    seen = 0

    def look(result: FrameResult) -> None:
        nonlocal seen
        scorer.step(result)
        seen += len(result.events)
        if on_frame is not None:
            on_frame(result)

    report = run(source, site, chain=Chain(stages), on_frame=look)
    scorer.finish(report.events[seen:])
    return scorer.score(name, known)
