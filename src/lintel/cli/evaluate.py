"""``lintel evaluate``: counts recordings and scores what was seen against their truth."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import typer

from lintel.capture import Source
from lintel.capture.analytic import AnalyticSource
from lintel.cli.evaluate_groups import groups_report, score_folders
from lintel.cli.evaluate_options import (
    CacheOption,
    ClearOption,
    ComparedOption,
    DetectorOption,
    FastCrossingsOption,
    FormOption,
    FramesGbOption,
    FullCrossingsOption,
    GroupsOption,
    JsonOption,
    MinutesOption,
    PageOption,
    ProcessesOption,
    RateOption,
    RecordingsArgument,
    SiteOption,
    SuiteOption,
)
from lintel.cli.evaluate_suite import (
    DEFAULT_FRAMES_GB,
    SuiteForm,
    SuiteOptions,
    clear_cache,
    run_suite,
)
from lintel.cli.progress import CountProgress
from lintel.cli.site import site_of
from lintel.cli.stages import stages_of
from lintel.config import SiteConfig
from lintel.errors import TruthError
from lintel.evaluate import (
    RecordingScore,
    recording_json,
    require_lines,
    score_strata,
    text_report,
)
from lintel.pipeline import KnownScene, open_source
from lintel.pipeline.detectors import DEFAULT_DETECTOR
from lintel.suite.scoring import KnownTruth, score_source
from lintel.truth import TrueHeads, Truth


def evaluate(
    recordings: RecordingsArgument = None,
    *,
    site: SiteOption = None,
    groups: GroupsOption = False,
    suite: SuiteOption = False,
    form: FormOption = SuiteForm.SHORT,
    full_crossings: FullCrossingsOption = None,
    fast_crossings: FastCrossingsOption = None,
    page: PageOption = None,
    compared: ComparedOption = None,
    cache: CacheOption = None,
    frames_gb: FramesGbOption = DEFAULT_FRAMES_GB,
    minutes: MinutesOption = 0.0,
    fps: RateOption = None,
    clear: ClearOption = False,
    processes: ProcessesOption = 2,
    detector: DetectorOption = DEFAULT_DETECTOR,
    as_json: JsonOption = False,
) -> None:
    """Score events, heads and tracks against truth; strata apart, sample sizes shown."""
    if clear:
        clear_cache(cache, as_json=as_json)
        return
    if suite:
        fine = run_suite(
            SuiteOptions(
                names=tuple(dict.fromkeys(recordings or [])),
                form=form,
                full=full_crossings,
                fast=fast_crossings,
                page=page,
                compared=compared,
                processes=processes,
                detector=detector,
                cache=cache,
                frames_gb=frames_gb,
                minutes=minutes,
                fps=fps,
                as_json=as_json,
            )
        )
        if not fine:
            raise typer.Exit(1)
        return
    if not recordings:
        raise TruthError("expected recordings to score, or --suite for the rendered strata")
    if groups:
        scored = score_folders([Path(folder) for folder in recordings])
        typer.echo(groups_report(scored, as_json=as_json))
        return
    for recording in recordings:
        if Path(recording).is_dir():
            Truth.load(Path(recording))  # say what is missing before the long work begins
    scores = [_score(recording, site, detector) for recording in dict.fromkeys(recordings)]
    if as_json:
        typer.echo(json.dumps({score.name: recording_json(score) for score in scores}))
    else:
        typer.echo(text_report(scores, score_strata(scores)))


def _score(recording: str, site: Path | None, detector: str) -> RecordingScore:
    with open_source(recording) as source:
        config = site_of(source, recording=recording, site=site)
        known = _known(source, config, recording)
        require_lines(recording, known.truth, [line.name for line in config.lines])
        stages = stages_of(source, config, recording=recording, calibration=None, detector=detector)
        with CountProgress(source, config, quiet=not sys.stderr.isatty()) as progress:
            return score_source(
                recording, source, config, known, stages=stages, on_frame=progress.step
            )


def _known(source: Source, site: SiteConfig, recording: str) -> KnownTruth:
    if isinstance(source, AnalyticSource):
        return KnownTruth(source.truth_for(site), source.heads)
    if isinstance(source, KnownScene):
        return KnownTruth(source.truth, source.heads)
    return _load_truth(Path(recording))


def _load_truth(folder: Path) -> KnownTruth:
    """Read truth.json, and truth_heads.npz where there is one.

    Raises:
        TruthError: truth.json is missing, or a file is malformed.
    """
    has_heads = (folder / "truth_heads.npz").exists()
    return KnownTruth(Truth.load(folder), TrueHeads.load(folder) if has_heads else None)
