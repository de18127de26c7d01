"""From tracks to events: lines and their rules."""

from __future__ import annotations

from lintel.count.lines import LineCounter

__all__ = ["LineCounter"]
