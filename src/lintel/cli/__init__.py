"""The command line: one module per command, JSON beside every human output."""

from __future__ import annotations

from lintel.cli.app import main

__all__ = ["main"]
