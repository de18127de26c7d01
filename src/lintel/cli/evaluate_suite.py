"""``lintel evaluate --suite``: the rendered strata, scored apart, tiers apart."""

from __future__ import annotations

import json
import math
import sys
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from lintel.cli.writing import writing
from lintel.errors import ExtraError, ScenarioError
from lintel.evaluate import recording_json, score_strata, stratum_json, text_report
from lintel.pipeline.detectors import DEFAULT_DETECTOR, detector_label, make_detector
from lintel.suite.cases import CHANGE, FAST, LONG, SHORT, TABLES, Form, Stream, Tier, streams_of
from lintel.suite.comparison import Comparison, compare, load_scores, parse_scores

if TYPE_CHECKING:
    from lintel.evaluate import RecordingScore
    from lintel.suite.footage import Footage
    from lintel.suite.result import CaseResult


class SuiteForm(StrEnum):
    """How much the suite runs."""

    CHANGE = "change"
    SHORT = "short"
    FAST = "fast"
    TABLES = "tables"
    LONG = "long"


FORMS = {
    SuiteForm.CHANGE: CHANGE,
    SuiteForm.SHORT: SHORT,
    SuiteForm.FAST: FAST,
    SuiteForm.TABLES: TABLES,
    SuiteForm.LONG: LONG,
}


DEFAULT_FRAMES_GB = 8.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SuiteOptions:
    """What `lintel evaluate --suite` was asked for."""

    names: tuple[str, ...] = ()
    form: SuiteForm = SuiteForm.SHORT
    full: int | None = None  # true crossings per stratum; None: as the form says
    fast: int | None = None
    page: Path | None = None
    compared: Path | None = None
    processes: int = 2
    detector: str = DEFAULT_DETECTOR
    cache: Path | None = None
    frames_gb: float = DEFAULT_FRAMES_GB
    minutes: float = 0.0  # after which no clip is begun; 0: no end
    fps: float | None = None  # None: as the form says
    as_json: bool = False


def run_suite(options: SuiteOptions) -> bool:
    """Render, count and score; print the tables of each tier, or one JSON object.

    Returns whether no stratum is worse than its stored score, if one was named.

    Raises:
        ExtraError: the extra [sim] is not installed.
        ScenarioError: a name is no scenario.
        DetectorError: there is no such detector.
        TruthError: what to compare with is no stored score.
        OutputError: the page or the cache cannot be written.
    """
    make_detector(options.detector)
    _require_extra()
    stored = None if options.compared is None else load_scores(options.compared)
    streams = _streams(options)
    results = _run(streams, options)
    if options.page is not None:
        from lintel.suite.page import write_page  # noqa: PLC0415 - only when asked for

        with writing(options.page):
            write_page(results, options.page)
    unfinished = _unfinished(streams, results)
    content = suite_json(results)
    found = None if stored is None else compare(parse_scores(content), stored)
    if options.as_json:
        if unfinished:
            content["unfinished"] = _names(unfinished)
        if found is not None:
            content["comparison"] = {"worse": list(found.worse), "better": list(found.better)}
        typer.echo(json.dumps(content))
    else:
        parts = [suite_text(results), *_unfinished_text(unfinished), *_comparison_text(found)]
        typer.echo("\n\n".join(parts))
    return found is None or not found.worse


def clear_cache(folder: Path | None, *, as_json: bool) -> None:
    """Throw away the suite's results and rendered frames, and say how much it was.

    Raises:
        ExtraError: the extra [sim] is not installed.
    """
    _require_extra()
    from lintel.suite.cache import ResultCache, default_folder  # noqa: PLC0415 - with the extra
    from lintel.suite.footage import BYTES_PER_GB  # noqa: PLC0415 - with the extra

    where = folder or default_folder()
    freed = _footage(where, DEFAULT_FRAMES_GB).clear()
    results = ResultCache(where).clear()
    if as_json:
        typer.echo(json.dumps({"folder": str(where), "results": results, "frame_bytes": freed}))
    else:
        size = freed / BYTES_PER_GB
        typer.echo(f"{where}: threw away {results} results and {size:.2f} GB of rendered frames")


def _require_extra() -> None:
    if find_spec("numba") is None:
        raise ExtraError("--suite renders people: pip install 'lintel[sim]'")


def _footage(folder: Path, frames_gb: float) -> Footage:
    from lintel.suite.footage import BYTES_PER_GB, Footage  # noqa: PLC0415 - with the extra

    return Footage(folder / "frames", round(frames_gb * BYTES_PER_GB))


def _streams(options: SuiteOptions) -> tuple[Stream, ...]:
    from lintel.sim.catalogue import SCENARIOS, find_scenario  # noqa: PLC0415 - only with the extra

    for name in options.names:
        find_scenario(name)
    form = FORMS[options.form].aiming_at(full=options.full, fast=options.fast)
    if options.fps is not None:
        form = _at(form, options.fps)
    names = options.names or form.scenarios or tuple(SCENARIOS)
    streams = streams_of(form, names, detector=options.detector)
    if not streams:
        raise ScenarioError("expected a tier to run: --full-crossings or --fast-crossings above 0")
    return streams


def _at(form: Form, fps: float) -> Form:
    """The form with another frame rate."""
    full, fast = (
        None if plan is None else replace(plan, fps=fps) for plan in (form.full, form.fast)
    )
    return replace(form, full=full, fast=fast)


def _comparison_text(found: Comparison | None) -> list[str]:
    if found is None:
        return []
    lines = [f"worse   {text}" for text in found.worse]
    lines += [f"better  {text}" for text in found.better]
    if not lines:
        return ["As good as the stored scores."]
    if found.better and not found.worse:
        lines.append("Better than stored: keep it, by storing this run's --json in that file.")
    return ["\n".join(lines)]


def suite_json(results: list[CaseResult]) -> dict[str, object]:
    """Per tier: strata and recordings. Rendered, not field, accuracy.

    ``code`` is the hash of the sources and libraries that the scores follow from: scores with the
    same hash may stand in one table.
    """
    from lintel.suite.made import SCORING, made_by  # noqa: PLC0415 - with the extra

    return {
        tier.value: {
            "detector": _label(results),
            "code": made_by(SCORING),
            "fps": sorted({result.case.fps for result in results if result.case.tier is tier}),
            "strata": {s.stratum: stratum_json(s) for s in score_strata(scores)},
            "recordings": {score.name: recording_json(score) for score in scores},
        }
        for tier in Tier
        if (scores := _of_tier(results, tier))
    }


def _unfinished(streams: Iterable[Stream], results: list[CaseResult]) -> list[Stream]:
    """Streams that have not enough clips: there was no more time."""
    clips, crossings = Counter[tuple[str, Tier]](), Counter[tuple[str, Tier]]()
    for result in results:
        key = (result.case.scenario, result.case.tier)
        clips[key] += 1
        crossings[key] += result.score.crossings.truth
    return [
        stream
        for stream in streams
        for key in [(stream.first.scenario, stream.first.tier)]
        if not stream.enough(clips[key], crossings[key])
    ]


def _unfinished_text(unfinished: Sequence[Stream]) -> list[str]:
    if not unfinished:
        return []
    names = ", ".join(_names(unfinished))
    return [f"The time was over before there were enough crossings; run again to go on: {names}"]


def _names(streams: Iterable[Stream]) -> list[str]:
    return [f"{one.first.scenario}/{one.first.tier}" for one in streams]


def suite_text(results: list[CaseResult]) -> str:
    """The same for people."""
    parts = [f"Rendered scenes; nothing here is field accuracy. Detector: {_label(results)}."]
    for tier in Tier:
        if scores := _of_tier(results, tier):
            meaning = "images through the real matcher" if tier is Tier.FULL else "modelled depth"
            parts += [
                f"=== {tier.value} tier: {meaning} ===",
                text_report([], score_strata(scores)),
            ]
    return "\n\n".join(parts)


def _label(results: list[CaseResult]) -> str:
    return detector_label(results[0].case.detector) if results else "none yet"


def _of_tier(results: list[CaseResult], tier: Tier) -> list[RecordingScore]:
    return [result.score for result in results if result.case.tier is tier]


def _run(streams: tuple[Stream, ...], options: SuiteOptions) -> list[CaseResult]:
    from lintel.suite.cache import ResultCache, default_folder  # noqa: PLC0415 - with the extra
    from lintel.suite.runner import run_streams  # noqa: PLC0415 - only with the extra

    folder = options.cache or default_folder()
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        disable=not sys.stderr.isatty(),
    )
    with bar, writing(folder):
        task = bar.add_task("suite", total=len(streams))
        names = set[tuple[str, str]]()

        def done(result: CaseResult) -> None:
            names.add((result.case.scenario, result.case.tier))
            bar.update(task, completed=len(names) - 1, description=result.case.name)

        end_s = time.monotonic() + 60.0 * options.minutes if options.minutes else math.inf
        try:
            return run_streams(
                streams,
                processes=options.processes,
                pictures=options.page is not None,
                cache=ResultCache(folder),
                footage=_footage(folder, options.frames_gb) if options.frames_gb else None,
                on_case=done,
                may_begin=lambda: time.monotonic() < end_s,
            )
        except KeyboardInterrupt:
            typer.echo(f"interrupted; what is done is kept in {folder}: run again", err=True)
            raise
