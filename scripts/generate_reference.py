"""Writes docs/reference from the code: command line, site file, events, web API, errors.

``scripts/generate_reference.py`` writes the pages; with ``--check`` it only says whether they are
the ones that the code would give.
"""

from __future__ import annotations

import argparse
import inspect
import json
import sys
from collections.abc import Iterator, Sequence
from enum import Enum
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Literal, Union, get_args, get_origin, get_type_hints

import typer
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

from lintel import errors
from lintel.cli.app import app
from lintel.cli.event_json import MEASURED, event_row, floor_row
from lintel.config import SiteFile
from lintel.device.api.reference import reference
from lintel.device.api.routes import ROUTES
from lintel.records import Alarm, Crossing, Direction, Event, GroupCrossing, ZoneEnter, ZoneLeave

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "reference"
NOTE = "This page is written from the code by `scripts/generate_reference.py`."

# What a field of an event row says. A row with a field that is not here is a fault of this page.
EVENT_FIELDS = {
    "type": "what happened; decides which other fields there are",
    "t_s": "seconds from the first frame, interpolated between frames",
    "line": "name of the line, as in the site file",
    "zone": "name of the zone, as in the site file",
    "direction": "`in`: from the right-hand side of the directed line to its left-hand side; `out`",
    "position_m": "place on the floor, x and y in metres in the floor frame",
    "stature_m": "height of the person in metres",
    "child": "score 0..1 that the person is a child",
    "staff": "score 0..1 that the person belongs to the staff",
    "gender": "score 0 (male) .. 1 (female)",
    "child_confidence": "how sure the score `child` is, 0..1",
    "staff_confidence": "how sure the score `staff` is, 0..1",
    "gender_confidence": "how sure the score `gender` is, 0..1",
    "dwell_s": "length of the visit in seconds",
    "size": "people in the group",
    "place": "name of the zone, or `room` for the room behind the lines",
    "alarm": "`over`: too many people; `under`: too few",
    "people": "people there at that moment",
    "reason": "why the event fired, in words",
}
EXAMPLES: tuple[Event, ...] = (  # one of each kind, with everything measured
    Crossing("door", Direction.IN, 0, (0.0, 0.0), "why", 1.7, 0.0, 0.0, 0.5, 0.9, 0.9, 0.1),
    ZoneEnter("till", 0, "why"),
    ZoneLeave("till", 0, 4.5, "why"),
    GroupCrossing("door", Direction.IN, 0, 2, "why"),
    Alarm("till", "over", True, 0, 0, 6, "why"),
    Alarm("till", "over", False, 0, 0, 4, "why"),
)
VALUE_NAMES: dict[object, str] = {Path: "PATH", str: "TEXT", float: "NUMBER", int: "NUMBER"}
PLAIN_FORMS: dict[object, str] = {
    float: "number",
    int: "whole number",
    str: "text",
    bool: "true or false",
}
LEFT_OUT = MEASURED  # of a row, where not measured


def cell(text: str) -> str:
    """Text that may stand in a table cell."""
    return " ".join(text.replace("|", r"\|").split())


def table(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """A Markdown table."""
    lines = [heads, tuple("---" for _ in heads), *rows]
    return "\n".join("| " + " | ".join(cell(c) for c in line) + " |" for line in lines) + "\n"


# -- command line --------------------------------------------------------------------------------


def cli_page() -> str:
    """Every command with its arguments and options."""
    commands = commands_of(typer.main.get_command(app))
    parts = [
        f"# Command line\n\n{NOTE}\n",
        (
            "Standard output holds the result alone; progress and errors go to standard error. "
            "Exit codes: 0 done; 2 what was asked or given cannot be used, said in one line; 1 "
            "interrupted, or a defect of Lintel.\n"
        ),
        table(
            ("command", "what it does"),
            [
                (f"[`lintel {name}`](#lintel-{name.replace(' ', '-')})", first_line(command))
                for name, command in commands.items()
            ],
        ),
        "`lintel --version` prints the version; every command has `--help`.\n",
    ]
    parts += [command_section(name, command) for name, command in commands.items()]
    return "\n".join(parts)


def commands_of(command: object, name: str = "") -> dict[str, TyperCommand]:
    """Plain commands by their full name, those of groups too: ``user add``."""
    if isinstance(command, TyperCommand):
        return {name: command}
    if not isinstance(command, TyperGroup):
        raise TypeError(f"expected {name or 'the root'} to be a command or a group of commands")
    found: dict[str, TyperCommand] = {}
    for word, inner in command.commands.items():
        found |= commands_of(inner, f"{name} {word}".strip())
    return found


def first_line(command: object) -> str:
    """The one-line description of a command."""
    text = getattr(command, "help", None)
    return str(text or "").strip().splitlines()[0] if text else ""


def command_section(name: str, command: TyperCommand) -> str:
    """One command: its call, its arguments and its options."""
    arguments = [p for p in command.params if isinstance(p, TyperArgument)]
    options = [p for p in command.params if isinstance(p, TyperOption) and p.name != "help"]
    words = ["lintel", name, *(called(argument) for argument in arguments)]
    words += [spelling(command, o) for o in options if o.required]
    parts = [f"## lintel {name}\n\n{command.help}\n\n    {' '.join(words)} [OPTIONS]\n"]
    if arguments:
        told = [(f"`{called(a)}`", a.help or "") for a in arguments]
        parts.append(table(("argument", "meaning"), told))
    rows = [(f"`{spelling(command, o)}`", default_of(o), o.help or "") for o in options]
    parts.append(table(("option", "default", "meaning"), rows))
    return "\n".join(parts)


def called(argument: TyperArgument) -> str:
    """An argument as it stands in a call: RECORDING, or [SCENARIO] if it may be left out."""
    word = str(argument.name).upper() + ("..." if argument.nargs == -1 else "")
    return word if argument.required else f"[{word}]"


def spelling(command: TyperCommand, option: TyperOption) -> str:
    """An option with the kind of its value."""
    return option.opts[0] if option.is_flag else f"{option.opts[0]} {kind(command, option)}"


def kind(command: TyperCommand, option: TyperOption) -> str:
    """What an option takes, from the annotation of the function behind the command."""
    if command.callback is None or option.name is None:
        raise TypeError(f"expected a function behind {command.name}")
    annotation: object = get_type_hints(inspect.unwrap(command.callback))[option.name]
    inner = [a for a in get_args(annotation) if a is not NoneType]
    if get_origin(annotation) is Literal:
        return "|".join(str(value) for value in inner)
    plain = inner[0] if inner else annotation
    if get_origin(plain) is list:  # may be given several times
        plain = get_args(plain)[0]
    if isinstance(plain, type) and issubclass(plain, Enum):
        return "|".join(str(member.value) for member in plain)
    return VALUE_NAMES[plain]


def default_of(option: TyperOption) -> str:
    """The default as a person would write it."""
    if option.required:
        return "required"
    if option.is_flag or option.default is None:
        return ""
    return f"`{option.default}`"


# -- site file -----------------------------------------------------------------------------------


def site_page() -> str:
    """Every field of site.toml."""
    parts = [
        f"# The site file\n\n{NOTE}\n",
        (
            "A TOML file, beside a recording as `site.toml` or given by `--site`. A field that is "
            "not listed here is refused. How to draw lines: [lines](../how-to/lines.md); zones: "
            "[zones and groups](../how-to/zones-and-groups.md).\n"
        ),
    ]
    for heading, model in sections(SiteFile, ""):
        parts.append(f"## {heading or 'At the top'}\n\n{inspect.getdoc(model)}\n")
        rows = [field_row(name, field) for name, field in model.model_fields.items()]
        parts.append(table(("field", "title", "form", "default", "meaning"), rows))
    return "\n".join(parts)


def sections(model: type[BaseModel], heading: str) -> Iterator[tuple[str, type[BaseModel]]]:
    """This table of the file and those inside it, with the headings they have in TOML."""
    yield heading, model
    for name, field in model.model_fields.items():
        inner = model_inside(field.annotation)
        if inner is not None:
            path = f"{heading.strip('[]')}.{name}".strip(".")
            repeated = "list" in str(field.annotation)
            yield from sections(inner, f"[[{path}]]" if repeated else f"[{path}]")


def model_inside(annotation: object) -> type[BaseModel] | None:
    """The section that a field holds, alone or in a list."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((m for a in get_args(annotation) if (m := model_inside(a)) is not None), None)


def field_row(name: str, field: FieldInfo) -> tuple[str, ...]:
    """One field of a section."""
    if not field.title or not field.description:
        raise ValueError(f"{name}: a field needs a title and a description for people")
    form = form_of(
        Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation
    )
    return (f"`{name}`", field.title, form, default_text(field), field.description)


def default_text(field: FieldInfo) -> str:
    """The default of a field in TOML."""
    if field.is_required():
        return "required"
    default = field.get_default(call_default_factory=True, validated_data={})
    if default is PydanticUndefined or default is None or isinstance(default, BaseModel):
        return ""
    return f"`{json.dumps(default)}`"


def form_of(annotation: object) -> str:
    """A type with its limits, in words."""
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        said = [form_of(inner[0]), limits_of(inner[1:])]
        form = ", ".join(part for part in said if part)
    elif origin is Literal:
        form = " or ".join(f"`{value}`" for value in inner)
    elif origin in {Union, UnionType}:
        form = " or ".join(form_of(a) for a in inner if a is not NoneType)
    elif origin is tuple:
        form = f"[{', '.join(form_of(a).split(',')[0] for a in inner)}]"  # bounds would drown it
    elif origin is list:
        item = form_of(inner[0])
        form = f"list of ({item})" if "length" in item else f"list of {item}"
    elif origin is dict:
        form = f"table of name = {form_of(inner[1])}"
    elif model_inside(annotation) is not None:
        form = "table"
    else:
        form = PLAIN_FORMS[annotation]
    return form


def limits_of(metadata: tuple[object, ...]) -> str:
    """Bounds of a number, length of a text or list."""
    said: list[str] = []
    plain = [
        part
        for item in metadata
        for part in (item.metadata if isinstance(item, FieldInfo) else [item])
    ]
    signs = {"ge": ">=", "gt": ">", "le": "<=", "lt": "<"}
    for item in plain:
        said += [f"{sign} {getattr(item, n):g}" for n, sign in signs.items() if hasattr(item, n)]
    lengths = [
        next((getattr(i, name) for i in plain if getattr(i, name, None) is not None), None)
        for name in ("min_length", "max_length")
    ]
    if lengths[1] is not None:
        said.append(f"length {lengths[0] or 0} to {lengths[1]}")
    return ", ".join(said)


# -- events --------------------------------------------------------------------------------------


def events_page() -> str:
    """Every kind of event row and its fields."""
    optional = ", ".join(f"`{name}`" for name in LEFT_OUT)
    parts = [
        f"# Events\n\n{NOTE}\n",
        (
            "`lintel count --out events.jsonl` writes one JSON object a line; `--json` gives the "
            "same objects in `events`. No row holds a track number or anything of a picture. "
            f"Attributes that were not measured are left out ({optional}).\n"
        ),
    ]
    if {type(event) for event in EXAMPLES} != set(get_args(Event)):
        raise ValueError("every kind of event needs one example on this page")
    for event in EXAMPLES:
        row = event_row(event, start_ns=0)
        parts.append(f"## {row['type']}\n\n{doc_line(event)}\n")
        rows = [(f"`{name}`", json_kind(value), EVENT_FIELDS[name]) for name, value in row.items()]
        parts.append(table(("field", "form", "meaning"), rows))
    parts.append(
        "## Around the events\n\n`lintel count --json` prints one object: `totals` (line: `in`, "
        "`out`), `events` (the rows above), `frames` analysed, `dropped_frames`, "
        "`duplicated_frames`, `corrupt_frames`, `coverage` (0..1, the share of the time really "
        "watched), `duration_s` of the scene, `fps` analysed, and `floor` ("
        f"{', '.join(f'`{name}`' for name in floor_row(None))}; null where no floor was found). "
        "Totals are derived from events, never counted apart.\n"
    )
    return "\n".join(parts)


def doc_line(event: Event) -> str:
    """First sentence of what the record's docstring says."""
    return (inspect.getdoc(type(event)) or "").split(". ")[0].rstrip(".").replace("``", "`") + "."


def json_kind(value: object) -> str:
    """What JSON calls a value."""
    if isinstance(value, list):
        return f"list of {len(value)} numbers"
    return "text" if isinstance(value, str) else "number"


# -- web API -------------------------------------------------------------------------------------


def api_page() -> str:
    """Every route and message of the device's web API."""
    return f"# Web API\n\n{NOTE}\n\n{reference(ROUTES)}"


# -- errors --------------------------------------------------------------------------------------


def errors_page() -> str:
    """The error tree."""
    doc = inspect.getdoc(errors) or ""
    tree = doc.split("::", 1)[1].split("A message says")[0].strip("\n")
    return (
        f"# Errors\n\n{NOTE}\n\nEvery error that Lintel raises on purpose is a `LintelError` of "
        "`lintel.errors`. A message says what was expected, what came, and what to do about it. "
        "The command line prints it in one line on standard error and ends with exit code 2.\n\n"
        f"```text\n{inspect.cleandoc(tree)}\n```\n"
    )


def pages() -> dict[str, str]:
    """All pages of the reference by file name."""
    unmeasured = event_row(Crossing("a", Direction.IN, 0, (0.0, 0.0), "why"), start_ns=0)
    if any(name in unmeasured for name in LEFT_OUT):
        raise ValueError("what was not measured must be left out of a row")
    return {
        "cli.md": cli_page(),
        "site-file.md": site_page(),
        "events.md": events_page(),
        "api.md": api_page(),
        "errors.md": errors_page(),
    }


def main() -> None:
    """Write the pages, or with ``--check`` compare them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="only compare")
    written = pages()
    if not parser.parse_args().check:
        FOLDER.mkdir(exist_ok=True)
        for name, content in written.items():
            (FOLDER / name).write_text(content, encoding="utf-8")
        return
    there = {p.name: p.read_text(encoding="utf-8") for p in FOLDER.glob("*.md")}
    stale = sorted(
        name for name in written.keys() | there.keys() if written.get(name) != there.get(name)
    )
    if stale:
        names = ", ".join(f"docs/reference/{name}" for name in stale)
        sys.exit(f"{names}: out of date; run scripts/generate_reference.py")


if __name__ == "__main__":
    main()
