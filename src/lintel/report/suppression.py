"""Suppression of small counts, so that no reader can have them back from the totals.

Counts of 1 to k - 1 are left out (primary suppression). Whoever knows the totals could subtract
the rest, so more cells are left out (complementary suppression) until every left-out small count
could be any of at least k values for all that is published, even to a reader who knows that
zeros are shown. For a two-way table with totals the least and greatest value that fit the
published ones are maximum flows (Gusfield, "A graph theoretic approach to statistical
data security", SIAM J. Computing 17, 1988; Hundepool et al., "Statistical Disclosure Control",
2012, chapter 4); they are computed exactly.

What is protected is one table. Who publishes the same people again in other rows or columns
(hours here, quarter hours there) lets readers subtract tables.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_flow

from lintel.errors import PublishError
from lintel.geometry import read_only
from lintel.report.count_table import Counts, CountTable

MAX_CELLS = 20_000
Cell: TypeAlias = tuple[int, int]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class PublicTable:
    """What may be published. The last row and column hold the totals.

    Attributes:
        rows, columns: labels without the totals' own.
        k: the smallest count that is shown; 0 is shown as well.
        counts: (R + 1, C + 1); meaningless where ``shown`` is False, and set to -1 there.
        shown: (R + 1, C + 1).
        watched: (R, C) False where nobody looked.
    """

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    k: int
    counts: Counts
    shown: Mask
    watched: Mask

    def __post_init__(self) -> None:
        shape = (len(self.rows) + 1, len(self.columns) + 1)
        read_only(self.counts, shape, "PublicTable.counts")
        read_only(self.shown, shape, "PublicTable.shown")
        if (self.counts[~self.shown] != -1).any():
            raise PublishError("a count that is not shown must be -1")

    @property
    def suppressed(self) -> int:
        """How many cells, totals included, are left out."""
        return int((~self.shown).sum())

    def lines(self) -> Iterator[tuple[str | int | None, ...]]:
        """Header, rows and totals; None for what is left out, "" where nobody looked."""
        yield ("", *self.columns, "total")
        for row, label in enumerate((*self.rows, "total")):
            yield (label, *(self._entry(row, column) for column in range(self.counts.shape[1])))

    def _entry(self, row: int, column: int) -> str | int | None:
        inner = row < len(self.rows) and column < len(self.columns)
        if inner and not self.watched[row, column]:
            return ""
        return int(self.counts[row, column]) if self.shown[row, column] else None


def suppress(table: CountTable, *, k: int = 5) -> PublicTable:
    """Leave out what says too much about few people.

    Raises:
        PublishError: k is below 2, or the table has more than MAX_CELLS cells.
    """
    if k < 2:
        raise PublishError(f"k: expected 2 or more, got {k}: with 1 nothing is protected")
    values = table.with_totals()
    if values.size > MAX_CELLS:
        raise PublishError(
            f"{values.size} cells, at most {MAX_CELLS} can be protected together: publish a "
            "shorter time or fewer places"
        )
    hidden = (values > 0) & (values < k)
    small = [(int(row), int(column)) for row, column in np.argwhere(hidden)]
    usable = np.ones(values.shape, dtype=bool)
    usable[:-1, :-1] = table.watched  # a cell that nobody filled hides nothing
    for cell in small:
        _protect(cell, values, hidden, usable, k)
    shown = ~hidden
    return PublicTable(
        table.rows,
        table.columns,
        k,
        np.where(shown, values, -1),
        shown,
        table.watched.copy(),
    )


def _protect(cell: Cell, values: Counts, hidden: Mask, usable: Mask, k: int) -> None:
    """Hide more cells until ``cell`` could have any of k values."""
    enough = k - 1
    if _width(cell, values, hidden, enough) >= enough:
        return
    # A closed way over cells of at least k lets the cell move by k - 1, whatever else is known.
    for least in (k, 1):
        way = _cheapest_way(cell, values, hidden, usable & (values >= least))
        for row, column in way:
            hidden[row, column] = True
        if way and _width(cell, values, hidden, enough) >= enough:
            return
    for row, column in _nearest_first(cell, values, usable):
        if not hidden[row, column]:
            hidden[row, column] = True
            if _width(cell, values, hidden, enough) >= enough:
                return


def _width(cell: Cell, values: Counts, hidden: Mask, enough: int) -> int:
    """How wide the range of a hidden cell is for a reader, looked at no further than ``enough``.

    Written with totals negated, all rows and columns of the table sum to zero, so what may
    change is a flow from rows to columns that is conserved at each.
    """
    rows, size = values.shape[0], sum(values.shape)
    others = hidden.copy()
    others[cell] = False  # the cell's own change is what the flow of the others makes up
    row, column = np.nonzero(others)
    column += rows
    grow, shrink = _capacities(values, others, enough)
    network = csr_array(
        (
            np.concatenate([grow, shrink]).astype(np.int32),
            (np.concatenate([row, column]), np.concatenate([column, row])),
        ),
        shape=(size, size),
    )
    up = int(maximum_flow(network, rows + cell[1], cell[0]).flow_value)
    down = int(maximum_flow(network, cell[0], rows + cell[1]).flow_value)
    if _is_negated(values.shape)[cell]:
        up, down = down, up
    return up + min(down, int(values[cell]) - 1)


def _capacities(values: Counts, cells: Mask, enough: int) -> tuple[Counts, Counts]:
    """How much the cells, totals negated, can grow and shrink: without bound, and down to 1."""
    free = np.full(values.shape, enough, dtype=np.int64)
    down = np.clip(values - 1, 0, enough)
    negated = _is_negated(values.shape)
    return np.where(negated, down, free)[cells], np.where(negated, free, down)[cells]


def _is_negated(shape: tuple[int, ...]) -> Mask:
    """Totals of a row or of a column; the total of all is not negated."""
    negated = np.zeros(shape, dtype=bool)
    negated[-1, :-1] = True
    negated[:-1, -1] = True
    return negated


def _cheapest_way(cell: Cell, values: Counts, hidden: Mask, allowed: Mask) -> list[Cell]:
    """Cells to hide that close a way through ``cell``, losing least count (Dijkstra); or none.

    The way goes from the cell's column to its row, by turns along columns and rows.
    """
    rows = values.shape[0]
    goal, start = cell[0], rows + cell[1]
    best = {start: 0.0}
    before: dict[int, int] = {}
    queue = [(0.0, start)]
    while queue:
        cost, node = heapq.heappop(queue)
        if node == goal:
            return _new_cells(before, start, goal, rows, hidden)
        if cost > best[node]:
            continue
        for other, step in _steps(node, values, hidden, allowed):
            if {node, other} == {start, goal}:
                continue  # the cell itself is no way round
            if cost + step < best.get(other, np.inf):
                best[other], before[other] = cost + step, node
                heapq.heappush(queue, (cost + step, other))
    return []


def _steps(node: int, values: Counts, hidden: Mask, allowed: Mask) -> Iterable[tuple[int, float]]:
    """Where the allowed cells of a row or column lead, and what hiding each costs."""
    rows = values.shape[0]
    is_row = node < rows
    index = node if is_row else node - rows
    line = (index, slice(None)) if is_row else (slice(None), index)
    reach = np.flatnonzero(allowed[line])
    costs = np.where(hidden[line], 0.0, 1.0 + np.log1p(values[line]))
    return [(int(k) + (rows if is_row else 0), float(costs[k])) for k in reach]


def _new_cells(
    before: dict[int, int], start: int, goal: int, rows: int, hidden: Mask
) -> list[Cell]:
    cells: list[Cell] = []
    node = goal
    while node != start:
        row, column = min(node, before[node]), max(node, before[node]) - rows
        if not hidden[row, column]:
            cells.append((row, column))
        node = before[node]
    return cells


def _nearest_first(cell: Cell, values: Counts, usable: Mask) -> list[Cell]:
    """All usable cells: the cell's own row and column first, then the totals, then by size."""
    last_row, last_column = (size - 1 for size in values.shape)

    def order(other: Cell) -> tuple[bool, bool, int]:
        row, column = other
        in_line = row == cell[0] or column == cell[1]
        total = row == last_row or column == last_column
        return (not in_line, not total, int(values[other]))

    cells = [(int(row), int(column)) for row, column in np.argwhere(usable)]
    return sorted(cells, key=order)
