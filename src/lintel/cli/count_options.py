"""What ``lintel count`` can be told on the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

RecordingArgument = Annotated[
    str,
    typer.Argument(help="Recording folder, image folder, camera:, rtsp:// or analytic:NAME."),
]
SiteOption = Annotated[
    Path | None,
    typer.Option(help="Site file with lines; default: site.toml inside the recording."),
]
CalibrationOption = Annotated[
    Path | None,
    typer.Option(help="Calibration file; a camera needs one, a folder has its own."),
]
OutOption = Annotated[Path | None, typer.Option(help="Write events here, one JSON object a line.")]
DetectorOption = Annotated[
    str,
    typer.Option(help="What finds heads: learned, classical, or the file of a model."),
]
StoreOption = Annotated[
    Path | None,
    typer.Option(help="Folder of a store to keep everything in; running totals go on."),
]
KeyOption = Annotated[
    str | None,
    typer.Option(
        help="Of the store: a file, keyring:NAME or credential:NAME; default: store.key in "
        "its folder, made on first use."
    ),
]
StartOption = Annotated[
    str | None,
    typer.Option(help="With --store: when a recording begins, such as 2026-05-04T08:00."),
]
ZoneOption = Annotated[
    str, typer.Option(help="With --store: IANA time zone of intervals and schedules.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]
