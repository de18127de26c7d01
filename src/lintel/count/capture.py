"""Capture rate: how many of those who pass by come in."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from lintel.config import CaptureConfig, SiteConfig
from lintel.records import LineTotals

Z = 1.96  # of a two-sided 95 % interval


@dataclass(frozen=True, slots=True)
class CaptureRate:
    """Of ``passed`` people, those who came in included, ``entered`` came in.

    ``lower`` and ``upper``: 95 % interval of the share, for chance alone (E. B. Wilson, Probable
    inference, JASA 22, 1927); NaN where nobody passed.
    """

    name: str
    passed: int
    entered: int

    @property
    def share(self) -> float:
        """0..1; NaN where nobody passed."""
        return self.entered / self.passed if self.passed else float("nan")

    @property
    def lower(self) -> float:
        """Lower end of the interval."""
        return self._wilson(-1.0)

    @property
    def upper(self) -> float:
        """Upper end of the interval."""
        return self._wilson(1.0)

    def _wilson(self, sign: float) -> float:
        n, p = self.passed, self.share
        if not n:
            return float("nan")
        middle = p + Z**2 / (2 * n)
        half = Z * math.sqrt(p * (1.0 - p) / n + Z**2 / (4 * n**2))
        return min(max((middle + sign * half) / (1.0 + Z**2 / n), 0.0), 1.0)


def capture_rates(site: SiteConfig, totals: Mapping[str, LineTotals]) -> tuple[CaptureRate, ...]:
    """The capture rates of a site from totals by line."""
    return tuple(capture_rate(capture, totals) for capture in site.captures)


def capture_rate(capture: CaptureConfig, totals: Mapping[str, LineTotals]) -> CaptureRate:
    """Passers-by are counted in both directions, entries in direction in.

    More entries than people who passed (someone came along the wall, where no passers-by line is)
    count as passed too.
    """
    none = LineTotals()
    passing = [totals.get(name, none) for name in capture.passers_by]
    entered = sum(totals.get(name, none).entered for name in capture.entries)
    passed = sum(total.entered + total.left for total in passing)
    if not capture.entries_pass_by:
        passed += entered
    return CaptureRate(capture.name, max(passed, entered), entered)
