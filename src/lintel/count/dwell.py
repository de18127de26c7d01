"""How long people stay: a histogram that adds up over time and places."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass

from lintel.errors import ContractError

DWELL_EDGES_S = (5.0, 10.0, 20.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1200.0, 1800.0, 3600.0)


@dataclass(frozen=True, slots=True)
class DwellHistogram:
    """Visits per dwell class; class k ends at (and includes) ``edges_s[k]``, the last is open.

    Frozen: ``add`` and ``merge`` give a new one.
    """

    edges_s: tuple[float, ...] = DWELL_EDGES_S
    counts: tuple[int, ...] = (0,) * (len(DWELL_EDGES_S) + 1)
    total_s: float = 0.0

    def __post_init__(self) -> None:
        rising = all(a < b for a, b in zip(self.edges_s, self.edges_s[1:], strict=False))
        if not rising or len(self.counts) != len(self.edges_s) + 1:
            raise ContractError(
                f"DwellHistogram: expected rising edges and {len(self.edges_s) + 1} counts, "
                f"got edges {self.edges_s} and {len(self.counts)} counts"
            )

    @property
    def visits(self) -> int:
        """All visits."""
        return sum(self.counts)

    @property
    def mean_s(self) -> float:
        """Exact mean dwell; NaN without visits."""
        return self.total_s / self.visits if self.visits else float("nan")

    def add(self, dwell_s: float) -> DwellHistogram:
        """With one more visit."""
        counts = list(self.counts)
        counts[bisect_left(self.edges_s, dwell_s)] += 1
        return DwellHistogram(self.edges_s, tuple(counts), self.total_s + dwell_s)

    def merge(self, other: DwellHistogram) -> DwellHistogram:
        """Both together.

        Raises:
            ContractError: the edges differ.
        """
        if self.edges_s != other.edges_s:
            raise ContractError("DwellHistogram.merge: the edges differ")
        counts = tuple(a + b for a, b in zip(self.counts, other.counts, strict=True))
        return DwellHistogram(self.edges_s, counts, self.total_s + other.total_s)

    def rows(self) -> tuple[tuple[float, int], ...]:
        """(upper edge in seconds, visits); the last upper edge is infinite."""
        return tuple(zip((*self.edges_s, float("inf")), self.counts, strict=True))

    def quantile_s(self, share: float) -> float:
        """Dwell that ``share`` (0..1) of the visits do not exceed, straight inside a class.

        NaN without visits; the last edge where the answer lies in the open class.
        """
        if not self.visits:
            return float("nan")
        wanted, below, lower_s = share * self.visits, 0, 0.0
        for upper_s, count in zip(self.edges_s, self.counts, strict=False):
            if count and below + count >= wanted:
                return lower_s + (upper_s - lower_s) * max(wanted - below, 0.0) / count
            below, lower_s = below + count, upper_s
        return self.edges_s[-1]
