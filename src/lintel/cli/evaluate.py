"""``lintel evaluate``: counts recordings and scores what was seen against their truth."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from lintel.capture import open_source
from lintel.capture.analytic import AnalyticSource
from lintel.cli.evaluate_groups import groups_report, score_folders
from lintel.cli.progress import CountProgress
from lintel.cli.site import site_of
from lintel.evaluate import (
    Observer,
    RecordingScore,
    UsableField,
    recording_json,
    require_lines,
    score_recording,
    score_strata,
    text_report,
)
from lintel.pipeline import Chain, FrameResult, prepared, run
from lintel.truth import TrueHeads, Truth


@dataclass(frozen=True, slots=True, eq=False)
class _Known:
    """The truth of one recording; ``heads`` is None where only crossings are known."""

    truth: Truth
    heads: TrueHeads | None


def evaluate(
    recordings: Annotated[
        list[str],
        typer.Argument(
            help="Recording folders with truth.json, or analytic:NAME; with --groups folders "
            "with obsmat.txt and groups.txt."
        ),
    ],
    *,
    site: Annotated[
        Path | None,
        typer.Option(help="Site file with lines; default: site.toml inside each recording."),
    ] = None,
    groups: Annotated[
        bool,
        typer.Option("--groups", help="Score groups on labelled trajectories instead."),
    ] = False,
    as_json: Annotated[
        bool,
        typer.Option("--json", help="Print one JSON object keyed by recording, nothing else."),
    ] = False,
) -> None:
    """Score events, heads and tracks against truth; strata apart, sample sizes shown."""
    if groups:
        scored = score_folders([Path(folder) for folder in recordings])
        typer.echo(groups_report(scored, as_json=as_json))
        return
    for recording in recordings:
        if Path(recording).is_dir():
            Truth.load(Path(recording))  # say what is missing before the long work begins
    scores = [_score(recording, site) for recording in dict.fromkeys(recordings)]
    if as_json:
        typer.echo(json.dumps({score.name: recording_json(score) for score in scores}))
    else:
        typer.echo(text_report(scores, score_strata(scores)))


def _score(recording: str, site: Path | None) -> RecordingScore:
    with open_source(recording) as source:
        config = site_of(source, recording=recording, site=site)
        if isinstance(source, AnalyticSource):
            known = _Known(source.truth_for(config), source.heads)
        else:
            known = _load_truth(Path(recording))
        lines = [line.name for line in config.lines]
        require_lines(recording, known.truth, lines)
        stages = prepared(lambda: open_source(recording), config)
        observer = Observer(fps=known.truth.fps)
        with CountProgress(source, config, quiet=not sys.stderr.isatty()) as progress:

            def on_frame(result: FrameResult) -> None:
                observer.step(frame=result.seq, detections=result.detections, tracks=result.tracks)
                progress.step(result)

            report = run(source, config, chain=Chain(stages), on_frame=on_frame)
        floor = report.floor
        field = UsableField(source.rig, floor.floor_from_cam) if floor is not None else None
    return score_recording(
        recording,
        truth=known.truth,
        heads=known.heads,
        observed=observer.observed(report.events),
        lines=lines,
        field=field,
    )


def _load_truth(folder: Path) -> _Known:
    """Read truth.json, and truth_heads.npz where there is one.

    Raises:
        TruthError: truth.json is missing, or a file is malformed.
    """
    has_heads = (folder / "truth_heads.npz").exists()
    return _Known(Truth.load(folder), TrueHeads.load(folder) if has_heads else None)
