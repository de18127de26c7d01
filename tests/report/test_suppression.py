"""Suppressed counts, and an attacker with a linear programme who tries to have them back."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.optimize import linprog

from lintel.errors import PublishError
from lintel.report import CountTable, PublicTable, suppress, table_of
from report_builders import hour


def table(counts: list[list[int]] | npt.NDArray[np.int64]) -> CountTable:
    values = np.array(counts, dtype=np.int64)
    return CountTable(
        tuple(f"row {k}" for k in range(values.shape[0])),
        tuple(f"column {k}" for k in range(values.shape[1])),
        values,
        np.ones(values.shape, dtype=bool),
    )


def attack(public: PublicTable, *, least: int) -> dict[tuple[int, int], tuple[float, float]]:
    """Least and greatest value of every hidden cell that fit all that is published.

    An attacker's own words: unknown cells are at least ``least``, and totals are sums.
    """
    rows, columns = public.counts.shape
    sums, zeros = [], np.zeros(rows + columns)
    for row in range(rows):
        one = np.zeros((rows, columns))
        one[row, :-1], one[row, -1] = 1.0, -1.0
        sums.append(one.ravel())
    for column in range(columns):
        one = np.zeros((rows, columns))
        one[:-1, column], one[-1, column] = 1.0, -1.0
        sums.append(one.ravel())
    bounds = [
        (value, value) if shown else (least, None)
        for value, shown in zip(public.counts.ravel(), public.shown.ravel(), strict=True)
    ]
    ranges = {}
    for row, column in np.argwhere(~public.shown).tolist():
        aim = np.zeros(rows * columns)
        aim[row * columns + column] = 1.0
        ends = []
        for sign in (1.0, -1.0):
            found = linprog(sign * aim, A_eq=np.array(sums), b_eq=zeros, bounds=bounds)
            assert found.status in {0, 3}  # found, or without bound
            ends.append(np.inf if found.fun is None else abs(found.fun))
        ranges[row, column] = ends[0], ends[1]
    return ranges


small_tables = hnp.arrays(
    np.int64,
    hnp.array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=5),
    elements=st.one_of(st.integers(0, 6), st.integers(0, 60)),
)


@settings(max_examples=120, deadline=None)
@given(values=small_tables, k=st.integers(2, 8))
def test_no_attacker_can_narrow_a_small_count_to_fewer_than_k_values(
    values: npt.NDArray[np.int64], k: int
) -> None:
    public = suppress(table(values), k=k)
    truth = table(values).with_totals()
    zero_hidden = bool((truth[~public.shown] == 0).any())
    ranges = attack(public, least=0 if zero_hidden else 1)
    for cell, (low, high) in ranges.items():
        assert low - 1e-6 <= truth[cell] <= high + 1e-6
        if 0 < truth[cell] < k:
            assert high - low >= k - 1 - 1e-6


@given(values=small_tables, k=st.integers(2, 8))
def test_what_is_shown_is_true_and_small_counts_are_not_shown(
    values: npt.NDArray[np.int64], k: int
) -> None:
    public = suppress(table(values), k=k)
    truth = table(values).with_totals()
    assert (public.counts[public.shown] == truth[public.shown]).all()
    assert (public.counts[~public.shown] == -1).all()
    small = (truth > 0) & (truth < k)
    assert not (public.shown & small).any()
    if not small.any():
        assert public.suppressed == 0


def test_one_small_count_takes_three_more_with_it() -> None:
    public = suppress(table([[3, 20, 40], [30, 10, 50], [60, 70, 80]]), k=5)
    assert public.suppressed == 4
    assert not public.shown[0, 0]
    assert public.shown[-1].all()
    assert public.shown[:, -1].all()


def test_two_small_counts_of_few_people_do_not_protect_each_other() -> None:
    # 1 and 1 beside a published sum of 2 would be known to be 1 each.
    public = suppress(table([[1, 1, 30], [40, 50, 60], [70, 80, 90]]), k=5)
    assert not public.shown[0, :2].any()
    assert public.suppressed > 4
    for cell, (low, high) in attack(public, least=1).items():
        if cell in {(0, 0), (0, 1)}:
            assert high - low >= 4


def test_zeros_are_shown_and_hide_nothing() -> None:
    public = suppress(table([[0, 3, 20], [0, 30, 10], [0, 11, 12]]), k=5)
    assert public.shown[:, 0].all()


def test_a_table_of_few_people_says_nothing() -> None:
    public = suppress(table([[1, 0], [0, 1]]), k=5)
    assert not public.shown[-1, -1]
    assert not public.shown[0, 0]


def test_a_day_of_hours_at_many_doors_is_protected() -> None:
    rng = np.random.default_rng(5)
    values = rng.poisson(np.outer(np.linspace(0.5, 12, 24), np.linspace(0.2, 3, 8)))
    public = suppress(table(values), k=5)
    ranges = attack(public, least=1)
    truth = table(values).with_totals()
    assert min(high - low for cell, (low, high) in ranges.items() if 0 < truth[cell] < 5) >= 4


@pytest.mark.parametrize("k", [1, 0, -3])
def test_a_k_that_protects_nothing_is_refused(k: int) -> None:
    with pytest.raises(PublishError, match="k: expected 2"):
        suppress(table([[1]]), k=k)


def test_tables_too_large_to_protect_are_refused() -> None:
    with pytest.raises(PublishError, match="shorter time"):
        suppress(table(np.zeros((300, 100), dtype=np.int64)))


class TestFromIntervals:
    """Intervals become rows and columns."""

    def test_hours_are_rows_and_ways_are_columns(self) -> None:
        counts = table_of(
            [hour(9, 7, 2), hour(8, 5, 1), hour(8, 4, 3, place="back"), hour(9, 0, 0, place="back")]
        )
        assert counts.columns == ("back in", "back out", "door in", "door out")
        assert counts.rows[0].startswith("2026-05-04T08:00")
        assert counts.counts.tolist() == [[4, 3, 5, 1], [0, 0, 7, 2]]

    def test_where_nobody_looked_stays_empty(self) -> None:
        counts = table_of([hour(8, 50, 60), hour(9, 70, 80), hour(9, 90, 99, place="back")])
        lines = list(suppress(counts, k=5).lines())
        assert lines[0] == ("", "back in", "back out", "door in", "door out", "total")
        assert lines[1][1:] == ("", "", 50, 60, 110)
        assert lines[-1] == ("total", 90, 99, 120, 140, 449)

    def test_what_is_hidden_is_none(self) -> None:
        counts = table_of([hour(8, 3, 60), hour(9, 70, 80)])
        lines = list(suppress(counts, k=5).lines())
        assert lines[1][1] is None

    def test_people_must_not_stand_in_two_rows(self) -> None:
        with pytest.raises(PublishError, match="one length"):
            table_of([hour(0, 5, 5), hour(1, 5, 5, minutes=15)])

    def test_negative_and_unwatched_counts_are_refused(self) -> None:
        nobody = np.zeros((1, 1), dtype=bool)
        with pytest.raises(PublishError):
            CountTable(("a",), ("b",), np.array([[3]], dtype=np.int64), nobody)
        with pytest.raises(PublishError):
            CountTable(("a",), ("b",), np.array([[-3]], dtype=np.int64), ~nobody)
