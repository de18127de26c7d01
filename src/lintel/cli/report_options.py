"""What ``lintel report`` can be told on the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

StoreArgument = Annotated[Path, typer.Argument(help="The store's file.")]
KeyOption = Annotated[
    str, typer.Option(help="The store's key: a file, keyring:NAME or credential:NAME.")
]
StartOption = Annotated[
    str,
    typer.Option("--from", help="Date or time, such as 2026-05-04 or 2026-05-04T08:00."),
]
EndOption = Annotated[str, typer.Option("--to", help="Date (not included) or time.")]
ZoneOption = Annotated[str, typer.Option(help="IANA time zone of dates and pictures.")]
OutOption = Annotated[Path, typer.Option(help="Folder for the files.")]
FormatOption = Annotated[str, typer.Option("--format", help="Of the tables: csv, json or parquet.")]
PicturesOption = Annotated[str, typer.Option(help="none, png or svg.")]
PeriodOption = Annotated[
    int | None, typer.Option(help="Length of the intervals, where the store holds several.")
]
SiteOption = Annotated[
    Path | None, typer.Option(help="Site file: lines and zones on the heat map.")
]
SuppressOption = Annotated[
    int | None,
    typer.Option(help="For the public: counts alone, those below this number left out."),
]
EpsilonOption = Annotated[
    str | None,
    typer.Option(help="For the public: counts alone, with noise; such as 1 or 1/2."),
]
SensitivityOption = Annotated[
    int, typer.Option(help="With --epsilon: crossings per person and day that are protected.")
]
AccountOption = Annotated[
    Path | None,
    typer.Option(help="With --epsilon: file of the daily budget; keep it for ever."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]
