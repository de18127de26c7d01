"""``lintel inspect``: a page of pictures of a recording, to look instead of read."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from lintel.cli.progress import CountProgress
from lintel.cli.site import optional_site_of
from lintel.cli.stages import stages_of
from lintel.cli.writing import writing
from lintel.inspection import inspect_source
from lintel.pipeline import open_source
from lintel.pipeline.stopping import stoppable


def inspect(
    recording: Annotated[
        str,
        typer.Argument(help="Recording folder, image folder, camera:, rtsp:// or analytic:NAME."),
    ],
    *,
    site: Annotated[
        Path | None,
        typer.Option(help="Site file with lines; default: site.toml inside the recording."),
    ] = None,
    calibration: Annotated[
        Path | None,
        typer.Option(help="Calibration file; a camera needs one, a folder has its own."),
    ] = None,
    out: Annotated[Path, typer.Option(help="Folder for the page.")] = Path("inspection"),
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the page's path as JSON and nothing else.")
    ] = False,
) -> None:
    """Write a page: rectified pair, depth, plan view with lines and the paths walked.

    A camera is watched until Ctrl-C.
    """
    with open_source(recording, calibration=calibration) as source:
        config = optional_site_of(source, recording=recording, site=site)
        with writing(out):  # said before the long work begins
            out.mkdir(parents=True, exist_ok=True)
        stages = stages_of(source, config, recording=recording, calibration=calibration)
        with (
            CountProgress(source, config, quiet=not sys.stderr.isatty()) as progress,
            stoppable(source) as watched,
            writing(out),
        ):
            inspect_source(watched, config, out, stages=stages, on_frame=progress.step)
    page = out / "index.html"
    typer.echo(json.dumps({"page": str(page)}) if as_json else f"look at {page}")
