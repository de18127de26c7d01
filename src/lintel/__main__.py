"""``python -m lintel``."""

from __future__ import annotations

from lintel.cli import main

main()
