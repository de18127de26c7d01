"""Progress of a count on standard error: frames, rate, totals as they come."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from lintel.capture import Source
from lintel.config import SiteConfig
from lintel.pipeline import FrameResult
from lintel.records import Crossing, Direction


class CountProgress:
    """A bar with live totals; prints nothing when ``quiet``."""

    def __init__(self, source: Source, site: SiteConfig, *, quiet: bool) -> None:
        self._totals = {line.name: {"in": 0, "out": 0} for line in site.lines}
        self._bar = Progress(
            TextColumn("{task.description}", markup=False),  # a line may be called [door]
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[speed]}", markup=False),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            disable=quiet,
        )
        self._task = self._bar.add_task(source.name, total=source.frame_count, speed="")

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._bar.stop()

    def step(self, result: FrameResult) -> None:
        """Show one more frame."""
        for event in result.events:
            if isinstance(event, Crossing):
                key = "in" if event.direction is Direction.IN else "out"
                self._totals[event.line][key] += 1
        speed = self._bar.tasks[0].speed
        self._bar.update(
            self._task,
            advance=1,
            description=" ".join(
                f"{name}: in {t['in']} out {t['out']}" for name, t in self._totals.items()
            ),
            speed=f"{speed:.1f} fps" if speed else "",
        )
