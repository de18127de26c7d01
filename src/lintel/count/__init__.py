"""From tracks to events: lines and their rules."""

from __future__ import annotations

from lintel.count.lines import LineCounter
from lintel.count.summary import PeriodTotals, quarter_hour_totals, totals_per_line

__all__ = ["LineCounter", "PeriodTotals", "quarter_hour_totals", "totals_per_line"]
