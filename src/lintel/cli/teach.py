"""``lintel teach``: a site learns what its staff wear from a few people of a recording."""

from __future__ import annotations

import json
import os
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from lintel.cli.progress import CountProgress
from lintel.cli.site import optional_site_of
from lintel.cli.stages import stages_of
from lintel.cli.writing import writing
from lintel.config import SiteConfig
from lintel.config.sitefile import SiteFile
from lintel.detect.uniform import Uniform
from lintel.errors import SiteError, faults_of
from lintel.pipeline import Chain, open_source, run
from lintel.pipeline.stopping import stoppable
from lintel.pipeline.teaching import Example, Lesson, Teacher


def teach(
    recording: Annotated[
        str,
        typer.Argument(help="Recording folder, image folder or sim:NAME, with colour."),
    ],
    *,
    staff: Annotated[
        list[str],
        typer.Option(
            help="When somebody of the staff is in view: seconds since the beginning, or "
            "seconds@x,y where others are there too. Give one for each of them; whoever is not "
            "named is no staff.",
        ),
    ],
    site: Annotated[
        Path | None,
        typer.Option(help="Site file to write the uniform into; without it, it is printed."),
    ] = None,
    calibration: Annotated[
        Path | None, typer.Option(help="Calibration file; a folder has its own.")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object and nothing else.")
    ] = False,
) -> None:
    """Learn the colour of a uniform, and write it into the site file.

    The moments and places of `lintel count --json` say whom to name. No picture is kept: what is
    written are two numbers, the shares of red and green.
    """
    teacher = Teacher(tuple(Example.read(text) for text in staff))
    with open_source(recording, calibration=calibration) as source:
        config = optional_site_of(source, recording=recording, site=site)
        stages = stages_of(source, config, recording=recording, calibration=calibration)
        with (
            CountProgress(source, config, quiet=not sys.stderr.isatty()) as progress,
            stoppable(source) as watched,
        ):
            chain = Chain(stages, on_frame=teacher.step)
            run(watched, config, chain=chain, on_frame=progress.step)
    lesson = teacher.lesson()
    if site is not None:
        add_uniform(site, lesson.uniform)
    typer.echo(json.dumps(_json(lesson, site)) if as_json else _text(lesson, site))


def add_uniform(path: Path, uniform: Uniform) -> None:
    """Write a uniform at the end of a site file, at once or not at all.

    Raises:
        SiteError: the file with it would be none, so that nothing is written.
        OutputError: it cannot be written.
    """
    with writing(path):
        before = path.read_text(encoding="utf-8")
    after = f"{before.rstrip()}\n\n{_section(uniform)}"
    try:
        SiteConfig.resolve(SiteFile.model_validate(tomllib.loads(after)))
    except ValidationError as error:
        raise SiteError(f"{path}: a uniform more is not allowed: {faults_of(error)}") from error
    except ValueError as error:
        raise SiteError(
            f"{path}: a uniform cannot be added at its end ({error}); write it as "
            "[[attributes.uniform]] sections"
        ) from error
    with writing(path):
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(after)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(path.stat().st_mode & 0o7777)
        Path(name).replace(path)


def _section(uniform: Uniform) -> str:
    return f"[[attributes.uniform]]\nred = {uniform.red:.3f}\ngreen = {uniform.green:.3f}\n"


def _json(lesson: Lesson, site: Path | None) -> dict[str, object]:
    return {
        "red": round(lesson.uniform.red, 3),
        "green": round(lesson.uniform.green, 3),
        "staff": lesson.staff,
        "recognised": lesson.recognised,
        "others": lesson.others,
        "mistaken": lesson.mistaken,
        "site": None if site is None else str(site),
    }


def _text(lesson: Lesson, site: Path | None) -> str:
    told = (
        f"recognises {lesson.recognised} of {lesson.staff} who were named; takes "
        f"{lesson.mistaken} of {lesson.others} others for staff"
    )
    where = "put this into the site file:" if site is None else f"written into {site}:"
    return f"{told}\n{where}\n\n{_section(lesson.uniform)}".rstrip()
