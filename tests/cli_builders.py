"""Runs the whole command line in this process: a new process would spend its time on imports."""

from __future__ import annotations

import sys
from dataclasses import dataclass

import pytest

from lintel.cli import main


@dataclass(frozen=True, slots=True)
class Done:
    """How a command ended."""

    code: int
    out: str
    err: str


def run_lintel(*arguments: str, capsys: pytest.CaptureFixture[str]) -> Done:
    """Run ``lintel ARGUMENTS`` through its real entry point."""
    capsys.readouterr()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["lintel", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
    out, err = capsys.readouterr()
    return Done(int(ended.value.code or 0), out, err)
