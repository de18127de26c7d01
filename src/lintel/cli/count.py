"""``lintel count``: a source goes in, crossing events and totals come out."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from lintel.cli.count_options import (
    CalibrationOption,
    DetectorOption,
    JsonOption,
    KeyOption,
    OutOption,
    RecordingArgument,
    SiteOption,
    StartOption,
    StoreOption,
    ZoneOption,
)
from lintel.cli.count_store import Keeping, Kept, keeping_run, kept_json, kept_text
from lintel.cli.event_json import event_row, floor_row, stereo_row
from lintel.cli.progress import CountProgress
from lintel.cli.site import site_of
from lintel.cli.stages import stages_of
from lintel.cli.writing import writing
from lintel.config import LineConfig, SiteConfig
from lintel.count.capture import CaptureRate, capture_rates
from lintel.count.summary import quarter_hour_totals, totals_per_line
from lintel.pipeline import Chain, FrameResult, RunReport, open_source, run
from lintel.pipeline.counting import Counting
from lintel.pipeline.detectors import DEFAULT_DETECTOR
from lintel.pipeline.stopping import stoppable
from lintel.records import Crossing, Event, ZoneEnter, ZoneLeave

PLAIN = ("in", "out")


class EventLog:
    """Writes events.jsonl: one JSON object a line, flushed as it happens, no track id.

    Raises:
        OutputError: the file cannot be made or written, here and in every method.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._written = 0
        self._file: TextIO | None = None
        if path is not None:
            with writing(path):
                self._file = path.open("w", encoding="utf-8")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._file is not None and self._path is not None:
            with writing(self._path):
                self._file.close()

    def write(self, events: Sequence[Event], *, start_ns: int) -> None:
        """Append events; on return they are with the operating system."""
        if self._file is None or self._path is None:
            return
        with writing(self._path):
            for event in events:
                self._file.write(json.dumps(event_row(event, start_ns=start_ns)) + "\n")
            self._file.flush()
        self._written += len(events)

    def write_rest(self, events: Sequence[Event], *, start_ns: int) -> None:
        """Append what ``events``, the whole run, has beyond what was written already."""
        self.write(events[self._written :], start_ns=start_ns)


def count(
    recording: RecordingArgument,
    *,
    site: SiteOption = None,
    calibration: CalibrationOption = None,
    out: OutOption = None,
    detector: DetectorOption = DEFAULT_DETECTOR,
    store: StoreOption = None,
    key: KeyOption = None,
    start: StartOption = None,
    zone: ZoneOption = "UTC",
    as_json: JsonOption = False,
) -> None:
    """Count people over lines: progress while it runs, a table per line and quarter hour after.

    A camera is counted until Ctrl-C.
    """
    keeping = None if store is None else Keeping.of(store, key=key, start=start, zone=zone)
    with open_source(recording, calibration=calibration) as source:
        config = site_of(source, recording=recording, site=site)
        clock_zero = StartTime()
        with EventLog(out) as log:
            stages = stages_of(
                source, config, recording=recording, calibration=calibration, detector=detector
            )
            if keeping is not None:
                stages = replace(stages, counting=Counting(config, full=True))
            with (
                CountProgress(source, config, quiet=not sys.stderr.isatty()) as progress,
                stoppable(source) as watched,
                keeping_run(keeping, source, config, stages.counting) as keeper,
            ):

                def on_frame(result: FrameResult) -> None:
                    log.write(result.events, start_ns=clock_zero.first(result.t_ns))
                    keeper.step(result)
                    progress.step(result)

                report = run(watched, config, chain=Chain(stages), on_frame=on_frame)
                log.write_rest(report.events, start_ns=clock_zero.start_ns)
                kept = keeper.finish(report.events)
    _tell(report, kept, config, start_ns=clock_zero.start_ns, as_json=as_json)


def _tell(
    report: RunReport, kept: Kept | None, site: SiteConfig, *, start_ns: int, as_json: bool
) -> None:
    """Print what was counted, and what was kept of it."""
    if as_json:
        content = report_json(report, site, start_ns=start_ns)
        typer.echo(json.dumps(content if kept is None else {**content, "store": kept_json(kept)}))
        return
    print_report(report, site, start_ns=start_ns)
    if kept is not None:
        typer.echo(kept_text(kept))


class StartTime:
    """Remembers the first instant of a run, so that output times count from there."""

    def __init__(self) -> None:
        self._start_ns: int | None = None

    @property
    def start_ns(self) -> int:
        """The first instant, 0 before there was one."""
        return self._start_ns or 0

    def first(self, t_ns: int) -> int:
        """Take in an instant, give the first one back."""
        if self._start_ns is None:
            self._start_ns = t_ns
        return self._start_ns


def report_json(report: RunReport, site: SiteConfig, *, start_ns: int) -> dict[str, object]:
    """The one object that ``--json`` prints."""
    totals = totals_per_line(report.events, [line.name for line in site.lines])
    return {
        "totals": {name: {"in": t.entered, "out": t.left} for name, t in totals.items()},
        "labels": {line.name: {"in": line.in_label, "out": line.out_label} for line in site.lines},
        "capture": {rate.name: capture_row(rate) for rate in capture_rates(site, totals)},
        "events": [event_row(event, start_ns=start_ns) for event in report.events],
        "frames": report.frames,
        "dropped_frames": report.dropped_frames,
        "duplicated_frames": report.duplicated_frames,
        "corrupt_frames": report.corrupt_frames,
        "coverage": round(report.coverage, 4),
        "duration_s": round(report.duration_s, 3),
        "fps": round(report.fps, 2),
        "floor": floor_row(report.floor),
        "stereo": stereo_row(report.stereo),
        "detector": report.detector,
        "detector_fault": report.detector_fault,
    }


def print_report(report: RunReport, site: SiteConfig, *, start_ns: int) -> None:
    """The same for people: totals per line and quarter hour, and how well it was watched."""
    crossings = [event for event in report.events if isinstance(event, Crossing)]
    table = Table(title=Text(f"{report.source}: {len(crossings)} crossings"))
    for column in ("line", "from", "in", "out"):
        table.add_column(column, justify="left" if column == "line" else "right")
    for row in quarter_hour_totals(crossings, start_ns=start_ns):
        minutes = int(row.start_s // 60)
        table.add_row(
            row.line, f"{minutes // 60}:{minutes % 60:02d}", str(row.entered), str(row.left)
        )
    table.add_section()
    totals = totals_per_line(report.events, [line.name for line in site.lines])
    for name, total in totals.items():
        table.add_row(name, "total", str(total.entered), str(total.left))
    labels = [line_label(line) for line in site.lines if (line.in_label, line.out_label) != PLAIN]
    console = Console(markup=False, highlight=False)  # a line may be called [door]
    console.print(table)
    for words in (*labels, *(capture_line(rate) for rate in capture_rates(site, totals))):
        console.print(words)
    for zone in site.zones:
        console.print(zone_line(zone.name, report.events))
    console.print(
        f"{report.frames} frames in {report.duration_s:.1f} s of scene, "
        f"{report.fps:.1f} analysed per second; dropped {report.dropped_frames}, "
        f"coverage {report.coverage:.1%}"
    )
    if report.detector_fault:
        console.print(f"counted with the {report.detector} detector: {report.detector_fault}")
    floor = report.floor
    if floor is None:
        console.print("no floor was found: nothing could be measured (see docs/how-to/mounting.md)")
    else:
        console.print(
            f"floor {floor.height_m:.2f} m below the camera, tilt "
            f"{math.degrees(floor.tilt_rad):.1f} degrees, residual {floor.residual_m * 100:.1f} cm"
        )
    if report.stereo is not None:
        console.print(
            f"rows of the two cameras differ by {report.stereo.vertical_residual_px:+.2f} px, "
            f"spread {report.stereo.vertical_spread_px:.2f} px"
        )


def zone_line(zone: str, events: Sequence[Event]) -> str:
    """What happened in one zone, in a sentence."""
    begun = sum(isinstance(event, ZoneEnter) and event.zone == zone for event in events)
    dwells_s = [e.dwell_s for e in events if isinstance(e, ZoneLeave) and e.zone == zone]
    mean = f", mean dwell {sum(dwells_s) / len(dwells_s):.1f} s" if dwells_s else ""
    return f"zone {zone}: {begun} visits begun, {len(dwells_s)} ended{mean}"


def line_label(line: LineConfig) -> str:
    """What the directions of a line are called."""
    return f"line {line.name}: in is {line.in_label}, out is {line.out_label}"


def capture_line(rate: CaptureRate) -> str:
    """How many of those who passed came in, in a sentence."""
    if not rate.passed:
        return f"capture rate {rate.name}: nobody passed"
    return (
        f"capture rate {rate.name}: {rate.entered} of {rate.passed} came in, {rate.share:.1%} "
        f"(95 % interval {rate.lower:.1%} to {rate.upper:.1%})"
    )


def capture_row(rate: CaptureRate) -> dict[str, float | int | None]:
    """The same as JSON; shares are null where nobody passed."""
    shares = {"share": rate.share, "lower": rate.lower, "upper": rate.upper}
    return {
        "passed": rate.passed,
        "entered": rate.entered,
        **{name: None if math.isnan(share) else round(share, 4) for name, share in shares.items()},
    }
