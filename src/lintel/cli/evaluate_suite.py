"""``lintel evaluate --suite``: the rendered strata, scored apart, tiers apart."""

from __future__ import annotations

import json
import sys
from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from lintel.cli.writing import writing
from lintel.errors import ExtraError, ScenarioError
from lintel.evaluate import recording_json, score_strata, stratum_json, text_report
from lintel.pipeline.detectors import detector_label, make_detector
from lintel.suite.cases import FAST, LONG, SHORT, Case, Tier, cases_of

if TYPE_CHECKING:
    from lintel.evaluate import RecordingScore
    from lintel.suite.runner import CaseResult


TIER_TITLE = {
    Tier.FULL: "full tier: rendered images through the real matcher",
    Tier.FAST: "fast tier: exact depth with modelled errors",
}


class SuiteForm(StrEnum):
    """How long the suite runs."""

    SHORT = "short"
    FAST = "fast"
    LONG = "long"


FORMS = {SuiteForm.SHORT: SHORT, SuiteForm.FAST: FAST, SuiteForm.LONG: LONG}


def run_suite(
    names: list[str],
    *,
    form: SuiteForm,
    page: Path | None,
    processes: int,
    detector: str,
    as_json: bool,
) -> None:
    """Render, count and score; print the tables of each tier, or one JSON object.

    Raises:
        ExtraError: the extra [sim] is not installed.
        ScenarioError: a name is no scenario.
        DetectorError: there is no such detector.
    """
    make_detector(detector)
    if find_spec("numba") is None:
        raise ExtraError("--suite renders people: pip install 'lintel[sim]'")
    from lintel.sim.catalogue import SCENARIOS  # noqa: PLC0415 - only with the extra

    unknown = [name for name in names if name not in SCENARIOS]
    if unknown:
        raise ScenarioError(f"{unknown[0]!r} is no scenario; see `lintel simulate --list`")
    cases = cases_of(FORMS[form], names or SCENARIOS, detector=detector)
    results = _run(cases, pictures=page is not None, processes=processes)
    if page is not None:
        from lintel.suite.page import write_page  # noqa: PLC0415 - only when asked for

        with writing(page):
            write_page(results, page)
    typer.echo(json.dumps(suite_json(results)) if as_json else suite_text(results))


def suite_json(results: list[CaseResult]) -> dict[str, object]:
    """Per tier: strata and recordings. Rendered, not field, accuracy."""
    return {
        tier.value: {
            "detector": _label(results),
            "strata": {s.stratum: stratum_json(s) for s in score_strata(scores)},
            "recordings": {score.name: recording_json(score) for score in scores},
        }
        for tier in Tier
        if (scores := _of_tier(results, tier))
    }


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
    return detector_label(results[0].case.detector)


def _of_tier(results: list[CaseResult], tier: Tier) -> list[RecordingScore]:
    return [result.score for result in results if result.case.tier is tier]


def _run(cases: tuple[Case, ...], *, pictures: bool, processes: int) -> list[CaseResult]:
    from lintel.suite.runner import run_cases  # noqa: PLC0415 - only with the extra

    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        disable=not sys.stderr.isatty(),
    )
    with bar:
        task = bar.add_task("suite", total=len(cases))

        def done(result: CaseResult) -> None:
            bar.update(task, advance=1, description=result.case.name)

        return run_cases(cases, processes=processes, pictures=pictures, on_case=done)
