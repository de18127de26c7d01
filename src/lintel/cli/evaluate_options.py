"""What ``lintel evaluate`` can be told on the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lintel.cli.evaluate_suite import SuiteForm

RecordingsArgument = Annotated[
    list[str] | None,
    typer.Argument(
        help="Recording folders with truth.json, analytic:NAME or sim:NAME; with --groups "
        "folders with obsmat.txt and groups.txt; with --suite names of scenarios (default: "
        "all)."
    ),
]
SiteOption = Annotated[
    Path | None,
    typer.Option(help="Site file with lines; default: site.toml inside each recording."),
]
GroupsOption = Annotated[
    bool,
    typer.Option("--groups", help="Score groups on labelled trajectories instead."),
]
SuiteOption = Annotated[
    bool,
    typer.Option("--suite", help="Render and score every stratum (needs the extra [sim])."),
]
FormOption = Annotated[
    SuiteForm,
    typer.Option(
        help="Of the suite: change (minutes, a dozen strata, for --compare), short (one clip "
        "of every stratum, fast tier), fast (ten clips of a minute), tables (both tiers, as "
        "in docs/figures.md), long (until there are enough crossings, for a report)."
    ),
]
FullCrossingsOption = Annotated[
    int | None,
    typer.Option(min=0, help="Of the suite: full tier until so many per stratum; 0: none."),
]
FastCrossingsOption = Annotated[
    int | None,
    typer.Option(min=0, help="Of the suite: fast tier until so many per stratum; 0: none."),
]
PageOption = Annotated[
    Path | None,
    typer.Option(help="Of the suite: write an HTML page with a picture of every error."),
]
ComparedOption = Annotated[
    Path | None,
    typer.Option(
        "--compare",
        metavar="FILE",
        help="Of the suite: what an earlier run printed with --json; exit code 1 and the "
        "strata by name if any is worse.",
    ),
]
CacheOption = Annotated[
    Path | None,
    typer.Option(
        help="Of the suite: folder of results, so that only what changed is worked out, and "
        "an interrupted run goes on. Default: the user's cache."
    ),
]
FramesGbOption = Annotated[
    float,
    typer.Option(
        min=0.0,
        help="Of the suite: most gigabytes of rendered frames to keep in that folder, so that "
        "another detector is scored on the same frames without rendering; 0: keep none.",
    ),
]
MinutesOption = Annotated[
    float,
    typer.Option(
        min=0.0,
        help="Of the suite: begin no clip after so many minutes and report what there is; the "
        "same command goes on from there. 0: no end.",
    ),
]
RateOption = Annotated[
    float | None,
    typer.Option(
        "--fps",
        min=1.0,
        max=60.0,
        help="Of the suite: frames per second, 15 as a sensor has it; default: as the form says, "
        "7.5 to 15.",
    ),
]
ClearOption = Annotated[
    bool,
    typer.Option(
        "--clear-cache", help="Of the suite: throw away all results and frames there, and stop."
    ),
]
ProcessesOption = Annotated[int, typer.Option(min=1, max=64, help="Of the suite.")]
DetectorOption = Annotated[
    str, typer.Option(help="What finds heads: a detector's name, or the file of a model.")
]
JsonOption = Annotated[
    bool,
    typer.Option("--json", help="Print one JSON object keyed by recording, nothing else."),
]
