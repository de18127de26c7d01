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

ROOT = typer.main.get_command(app)
assert isinstance(ROOT, TyperGroup)
COMMANDS = sorted(ROOT.commands)


def test_the_commands_are_there() -> None:
    assert {"calibrate", "count", "evaluate", "inspect", "simulate"} <= set(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_help_says_what_the_command_and_each_option_are_for(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert isinstance(ROOT, TyperGroup)
    command = ROOT.commands[name]
    assert isinstance(command, TyperCommand)
    assert command.help
    silent = [p.name for p in command.params if not getattr(p, "help", None)]
    assert silent == []
    done = run_lintel(name, "--help", capsys=capsys)
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
