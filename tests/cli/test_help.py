"""Every command and every option says what it is for."""

from __future__ import annotations

import subprocess
import sys

import pytest
import typer
from typer.core import TyperCommand, TyperGroup

from cli_builders import run_lintel
from lintel import __version__
from lintel.cli.app import app


def commands_of(command: object, name: str = "") -> dict[str, TyperCommand]:
    """Plain commands by their full name, those of groups too."""
    if isinstance(command, TyperCommand):
        return {name: command}
    assert isinstance(command, TyperGroup)
    found: dict[str, TyperCommand] = {}
    for word, inner in command.commands.items():
        found |= commands_of(inner, f"{name} {word}".strip())
    return found


COMMANDS = commands_of(typer.main.get_command(app))


def test_the_commands_are_there() -> None:
    assert {"calibrate", "count", "evaluate", "inspect", "simulate", "teach", "user add"} <= set(
        COMMANDS
    )


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_help_says_what_the_command_and_each_option_are_for(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    command = COMMANDS[name]
    assert command.help
    silent = [p.name for p in command.params if not getattr(p, "help", None)]
    assert silent == []
    done = run_lintel(*name.split(), "--help", capsys=capsys)
    assert (done.code, done.err) == (0, "")
    flags = [flag for p in command.params for flag in p.opts if flag.startswith("--")]
    assert [flag for flag in flags if flag not in done.out] == []


def test_an_unknown_option_is_told_apart_from_a_crash(capsys: pytest.CaptureFixture[str]) -> None:
    done = run_lintel("count", "analytic:cross", "--nonsense", capsys=capsys)
    assert (done.code, done.out) == (2, "")
    assert "--nonsense" in done.err


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    done = run_lintel("--version", capsys=capsys)
    assert (done.code, done.out) == (0, f"lintel {__version__}\n")


def test_python_m_lintel_is_the_same_program() -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "lintel", "--version"],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, f"lintel {__version__}\n", "")
