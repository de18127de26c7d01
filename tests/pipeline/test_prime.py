"""A recording is looked through before it is counted, and whoever waits hears of it."""

from __future__ import annotations

from lintel.capture.analytic import AnalyticSource
from lintel.config import SiteConfig
from lintel.pipeline import Stages, prime
from lintel.pipeline.prime import LOOKS


def test_looking_through_a_recording_settles_the_floor_and_tells_on_the_way() -> None:
    with AnalyticSource("cross", seconds=6.0, fps=12.0) as source:
        stages = Stages.of(rig=source.rig, site=SiteConfig(), detector="classical")
        told: list[str] = []
        looks = prime(stages, source, on_look=lambda: told.append("alive"))
        assert LOOKS // 2 < looks <= LOOKS
        assert len(told) > 2 * looks, "each look twice, and every exposure that was passed over"
    with AnalyticSource("cross", seconds=6.0, fps=12.0) as source:
        first = source.read()
        assert first is not None
        assert stages.floor.step(stages.depth.step(first)) is not None, "known from the first frame"
