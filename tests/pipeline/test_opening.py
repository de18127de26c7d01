"""Scenarios are opened beside every other source."""

from __future__ import annotations

import pytest

from lintel.errors import ScenarioError, SourceError
from lintel.pipeline import KnownScene, open_source


def test_a_scenario_is_a_source_that_knows_its_truth() -> None:
    with open_source("sim:single_walkers?seconds=2&fps=5&size=160x100&seed=1000007") as source:
        assert isinstance(source, KnownScene)
        assert source.frame_count == 10
        assert source.rig.image_size == (160, 100)
        assert [line.name for line in source.site.lines] == ["door"]
        first = source.read()
        assert first is not None
        assert first.left.shape[:2] == (100, 160)


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("sim:nowhere", "nowhere"),
        ("sim:couples?speed=3", "speed"),
        ("sim:couples?seconds=-1", "seconds"),
        ("sim:couples?size=9999x99999", "size"),
        ("sim:couples?seed=many", "seed"),
    ],
)
def test_what_is_no_scenario_is_refused_by_name(spec: str, message: str) -> None:
    with pytest.raises(ScenarioError, match=message):
        open_source(spec)


def test_everything_else_is_opened_by_capture() -> None:
    with open_source("analytic:cross?seconds=1") as source:
        assert source.name.startswith("analytic")
    with pytest.raises(SourceError, match="no such folder"):
        open_source("nothing/here")
