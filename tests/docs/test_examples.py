"""What the documents say, run.

In README.md and docs/how-to:

- a ```` ```toml ```` block is a site file: it must load, and lies in the page's folder as
  ``site.toml`` until the next one;
- a ```` ```console ```` block is run: each line ``$ lintel ...`` through the real command line, in
  a folder of the page's own. Lines below it, if any, are what it prints; ``...`` stands for
  anything;
- a ```` ```python ```` block is run, with the names of the blocks before it on the page;
- any other block is not run, but each ``lintel`` call in it must name options that exist.
"""

from __future__ import annotations

import doctest
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import typer
from typer.core import TyperGroup

from cli_builders import run_lintel
from lintel.cli.app import app
from lintel.config import load_site

ROOT = Path(__file__).resolve().parent.parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("how-to/*.md"))]
FENCED = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
CALL = re.compile(r"^ *(?:\$ )?lintel ((?:.*\\\n)*.+)", re.MULTILINE)
RUNNABLE = ("toml", "console", "python")


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block of a page."""

    language: str
    content: str


@dataclass(frozen=True, slots=True)
class Call:
    """A command and what it should print; empty where nothing is said."""

    arguments: list[str]
    printed: str


def blocks(page: Path) -> list[Block]:
    return [Block(*match) for match in FENCED.findall(page.read_text(encoding="utf-8"))]


def calls(content: str) -> Iterator[Call]:
    for part in re.split(r"^\$ ", content, flags=re.MULTILINE)[1:]:
        command, _, printed = part.replace("\\\n", " ").partition("\n")
        program, *arguments = shlex.split(command)
        assert program == "lintel", f"only lintel is run here, not {program}"
        yield Call(arguments, printed.strip())


def title(page: Path) -> str:
    return page.name


def runnable(page: Path) -> bool:
    return any(block.language in RUNNABLE for block in blocks(page))


@pytest.mark.parametrize("page", [page for page in PAGES if runnable(page)], ids=title)
def test_examples_do_what_the_page_says(
    page: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    for block in blocks(page):
        if block.language == "toml":
            Path("site.toml").write_text(block.content, encoding="utf-8")
            load_site(Path("site.toml"))
        elif block.language == "python":
            exec(compile(block.content, page.name, "exec"), names)  # noqa: S102 - our own page
        elif block.language == "console":
            for call in calls(block.content):
                _run(call, capsys)


def _run(call: Call, capsys: pytest.CaptureFixture[str]) -> None:
    done = run_lintel(*call.arguments, capsys=capsys)
    assert done.code == 0, f"{call.arguments}: {done.err}"
    if call.printed:
        same = doctest.OutputChecker().check_output(
            call.printed + "\n", done.out, doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
        )
        assert same, f"{call.arguments} printed:\n{done.out}"


@pytest.mark.parametrize("page", PAGES, ids=title)
def test_every_call_names_commands_and_options_that_exist(page: Path) -> None:
    root = typer.main.get_command(app)
    assert isinstance(root, TyperGroup)
    for match in CALL.findall(page.read_text(encoding="utf-8")):
        words = shlex.split(match.replace("\\\n", " "), comments=True)
        command = root.commands.get(words[0])
        assert command is not None, f"{page.name}: there is no `lintel {words[0]}`"
        if isinstance(command, TyperGroup) and len(words) > 1:
            command = command.commands.get(words[1])
            assert command is not None, f"{page.name}: there is no `lintel {words[0]} {words[1]}`"
        known = {flag for option in command.params for flag in option.opts} | {"--help"}
        strange = [w for w in words if w.startswith("--") and w.split("=")[0] not in known]
        assert strange == [], f"{page.name}: `lintel {words[0]}` has no {strange}"


def test_the_readme_shows_a_program_that_runs() -> None:
    assert any(block.language == "console" for block in blocks(ROOT / "README.md"))
