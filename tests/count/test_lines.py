"""Stories of the counting rules: paths in, crossings out."""

from __future__ import annotations

import pytest

from count_builders import crossings
from line_cases import CASES, LineCase


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.story)
def test_the_table_of_paths(case: LineCase) -> None:
    found = crossings([case.config()], case.walkers, fps=case.fps)
    assert tuple(c.direction.value for c in found) == case.expected, [c.reason for c in found]


@pytest.mark.parametrize("fps", [5.0, 7.5, 15.0, 30.0, 60.0])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.story)
def test_the_table_holds_at_every_frame_rate(case: LineCase, fps: float) -> None:
    found = crossings([case.config()], case.walkers, fps=fps)
    assert tuple(c.direction.value for c in found) == case.expected, [c.reason for c in found]
