"""Child or adult, by stature and its error."""

from __future__ import annotations

import numpy as np
import pytest

from lintel.detect.stature import ChildRule
from lintel.errors import ContractError


def score(top_m: float, *, range_m: float = 1.3, seated: float = 0.0) -> float:
    one = [np.array([value], dtype=np.float32) for value in (top_m, range_m, seated)]
    return float(ChildRule().score(one[0], range_m=one[1], seated=one[2])[0])


@pytest.mark.parametrize(
    ("top_m", "low", "high"),
    [(1.10, 0.99, 1.0), (1.40, 0.95, 1.0), (1.50, 0.3, 0.7), (1.60, 0.0, 0.05), (1.9, 0.0, 0.01)],
)
def test_the_small_are_children(top_m: float, low: float, high: float) -> None:
    assert low <= score(top_m) <= high


def test_who_sits_is_no_child() -> None:
    assert score(1.25, seated=0.95) < 0.1


def test_from_far_away_more_is_uncertain() -> None:
    near, far = score(1.42), score(1.42, range_m=4.5)
    assert near > 0.95
    assert 0.6 < far < 0.95


def test_a_threshold_that_is_no_stature_is_refused() -> None:
    with pytest.raises(ContractError, match="threshold"):
        ChildRule(below_m=3.0)
