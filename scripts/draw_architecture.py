"""Draws docs/architecture.md from the code: rooms, floors, what each imports, the privacy wall.

``scripts/draw_architecture.py`` writes the page; with ``--check`` it only says whether the page
is the one that the code would give.
"""

from __future__ import annotations

import argparse
import ast
import re
import sys
import tomllib
from pathlib import Path

import grimp

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "architecture.md"
SOURCE = ROOT / "src" / "lintel"

HEAD = """# Architecture

This page is drawn from the code by `scripts/draw_architecture.py`; `scripts/check` compares them.

Lintel is a house of rooms on floors. A room imports only from lower floors; rooms on one floor
are strangers to each other. Data goes one way:

    capture -> depth -> detect -> track -> count -> store / report
    StereoPair  DepthMap  Detections  Tracks  Event
                        ^ the privacy wall: no pixel passes beyond detect

Everything after depth happens in metres on the floor. The floor frame has its origin on the floor
below the left camera, z up, x along the left image's x. A stage is `step(x) -> y` and `reset()`:
no I/O, no clock, no thread. Threads, queues and what is dropped live in `pipeline` alone.

The import contracts in `pyproject.toml` hold all of this; `scripts/check` runs them.
Where the house differs from its first plan, [decisions/house.md](decisions/house.md) says why.
"""


def contracts() -> list[dict[str, object]]:
    """The import contracts of pyproject.toml."""
    content = tomllib.loads((ROOT / "pyproject.toml").read_text())
    found: list[dict[str, object]] = content["tool"]["importlinter"]["contracts"]
    return found


def strings(contract: dict[str, object], key: str) -> list[str]:
    """One list of module names of a contract."""
    value = contract[key]
    return [str(item) for item in value] if isinstance(value, list) else []


def floors() -> list[list[str]]:
    """Rooms that exist, per floor, top floor first."""
    layers = next(strings(c, "layers") for c in contracts() if c["type"] == "layers")
    named = [re.findall(r"lintel\.(\w+)", layer) for layer in layers]
    return [[room for room in floor if room_path(room).exists()] for floor in named]


def room_path(room: str) -> Path:
    """The file that holds a room's docstring."""
    package = SOURCE / room / "__init__.py"
    return package if package.exists() else SOURCE / f"{room}.py"


def purpose(room: str) -> str:
    """First line of the room's docstring."""
    doc = ast.get_docstring(ast.parse(room_path(room).read_text())) or ""
    return doc.splitlines()[0] if doc else ""


def room_imports(rooms: list[str]) -> dict[str, list[str]]:
    """Which rooms each room imports directly."""
    graph = grimp.build_graph("lintel", cache_dir=None)
    found: dict[str, set[str]] = {room: set() for room in rooms}
    for importer in graph.modules:
        here = importer.split(".")[1:2]
        for imported in graph.find_modules_directly_imported_by(importer):
            there = imported.split(".")[1:2]
            if here and there and here != there and here[0] in found and there[0] in found:
                found[here[0]].add(there[0])
    return {room: sorted(targets) for room, targets in found.items()}


def draw() -> str:
    """The whole page."""
    rows = floors()
    rooms = [room for floor in rows for room in floor]
    imports = room_imports(rooms)
    lines = [
        HEAD,
        "## Rooms",
        "",
        "| floor | room | what it is for | imports |",
        "|---|---|---|---|",
    ]
    for number, floor in enumerate(rows):
        level = len(rows) - 1 - number
        lines += [
            f"| {level} | `{room}` | {purpose(room)} | {', '.join(imports[room]) or 'nothing'} |"
            for room in floor
        ]
    lines += ["", "## The privacy wall", ""]
    for contract in contracts():
        if contract["type"] == "forbidden":
            above = ", ".join(f"`{name}`" for name in strings(contract, "source_modules"))
            lines.append(f"These never reach pixels or an image library, even indirectly: {above}.")
        if contract["type"] == "protected":
            holders = ", ".join(f"`{name}`" for name in strings(contract, "allowed_importers"))
            lines += ["", f"Only these may import `lintel.frames`, where pixels live: {holders}."]
    return "\n".join([*lines, ""])


def main() -> None:
    """Write the page, or with ``--check`` compare it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="only compare")
    page = draw()
    if not parser.parse_args().check:
        PAGE.write_text(page)
    elif PAGE.read_text() != page:
        sys.exit("docs/architecture.md is out of date: run scripts/draw_architecture.py")


if __name__ == "__main__":
    main()
