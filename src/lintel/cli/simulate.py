"""``lintel simulate``: render a scenario with exact truth into a recording folder."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from lintel.errors import ScenarioError

if TYPE_CHECKING:
    from lintel.sim.world import Shot


def simulate(
    scenario: Annotated[
        str | None,
        typer.Argument(help="Name of a scenario; `couples+infrared` combines two. See --list."),
    ] = None,
    *,
    out: Annotated[Path | None, typer.Option(help="New folder for the recording.")] = None,
    seconds: Annotated[float, typer.Option(help="Length.")] = 20.0,
    fps: Annotated[float, typer.Option(help="Exposures per second.")] = 15.0,
    seed: Annotated[
        int, typer.Option(help="Below 1000000: training; below 2000000: tuning; else reporting.")
    ] = 2_000_000,
    size: Annotated[str, typer.Option(help="Width and height of one eye, pixels.")] = "640x400",
    threads: Annotated[int, typer.Option(help="Threads that render; pictures stay the same.")] = 2,
    lossless: Annotated[
        bool, typer.Option(help="Keep every picture to the byte (FFV1, some 40 times the size).")
    ] = False,
    show: Annotated[bool, typer.Option("--list", help="List the scenarios.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="JSON instead of text.")] = False,
    contact_sheet: Annotated[
        Path | None, typer.Option(help="Write one picture of many scenarios and stop.")
    ] = None,
    quiet: Annotated[bool, typer.Option(help="No progress on standard error.")] = False,
) -> None:
    """Render a scenario into a recording with exact truth (needs the extra [sim])."""
    if show:
        _list(as_json=as_json)
    elif contact_sheet is not None:
        from lintel.sim import contact  # noqa: PLC0415 - only this command needs the extra

        _with_progress(
            "contact sheet", contact.contact_sheet(contact_sheet), len(contact.SHEET), quiet=quiet
        )
    elif scenario is None or out is None:
        raise ScenarioError("expected a scenario and --out FOLDER, or --list")
    else:
        from lintel.sim.world import Shot  # noqa: PLC0415 - only this command needs the extra

        shot = Shot(seconds=seconds, fps=fps, seed=seed, size=_size(size), threads=threads)
        _film(scenario, shot, out, lossless=lossless, as_json=as_json, quiet=quiet)


def _film(name: str, shot: Shot, out: Path, *, lossless: bool, as_json: bool, quiet: bool) -> None:
    from lintel.sim.catalogue import find_scenario  # noqa: PLC0415 - only here
    from lintel.sim.filming import LOSSLESS, SMALL, film  # noqa: PLC0415 - only here
    from lintel.sim.world import World  # noqa: PLC0415 - only here

    world = World(find_scenario(name), shot)
    filmed = film(world, out, kept=LOSSLESS if lossless else SMALL)
    _with_progress(name, filmed, world.shot.frames, quiet=quiet)
    truth = world.truth()
    entered = sum(crossing.direction == "in" for crossing in truth.crossings)
    summary = {
        "scenario": name,
        "folder": str(out),
        "frames": truth.frames,
        "fps": truth.fps,
        "people": len(truth.people),
        "in": entered,
        "out": len(truth.crossings) - entered,
    }
    if as_json:
        sys.stdout.write(json.dumps(summary) + "\n")
    else:
        sys.stdout.write(
            f"{out}: {truth.frames} frames at {truth.fps:g} fps, {len(truth.people)} people, "
            f"in {summary['in']}, out {summary['out']}\n"
        )


def _list(*, as_json: bool) -> None:
    from lintel.sim.catalogue import SCENARIOS  # noqa: PLC0415 - only here

    if as_json:
        rows = [
            {"name": s.name, "stratum": s.stratum, "about": s.about} for s in SCENARIOS.values()
        ]
        sys.stdout.write(json.dumps(rows, indent=1) + "\n")
        return
    table = Table("scenario", "stratum", "what happens", box=None)
    for s in SCENARIOS.values():
        table.add_row(s.name, s.stratum, s.about)
    Console().print(table)


def _with_progress(title: str, steps: Iterable[object], total: int, *, quiet: bool) -> None:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), disable=quiet) as bar:
        task = bar.add_task(title, total=total)
        for _ in steps:
            bar.advance(task)


def _size(text: str) -> tuple[int, int]:
    width, cross, height = text.partition("x")
    if not (cross and width.isdecimal() and height.isdecimal()):
        raise ScenarioError(f"--size: expected WIDTHxHEIGHT such as 640x400, got {text!r}")
    return int(width), int(height)
