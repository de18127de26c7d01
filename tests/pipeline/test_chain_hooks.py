"""Pictures hang on the chain by two hooks, each called once a frame, in order."""

from __future__ import annotations

from lintel.config import SiteConfig
from lintel.pipeline import Chain, Stages
from pipeline_builders import BlankSource


def test_both_hooks_see_every_frame_in_order() -> None:
    seen: list[tuple[str, int]] = []
    with BlankSource(frames=2) as source:
        chain = Chain(
            Stages.of(rig=source.rig, site=SiteConfig()),
            on_depth=lambda pair, depth: seen.append((f"depth of {pair.seq}", depth.seq)),
            on_frame=lambda depth, result: seen.append((f"result of {result.seq}", depth.seq)),
        )
        while (pair := source.read()) is not None:
            chain.step(pair)
    assert seen == [("depth of 0", 0), ("result of 0", 0), ("depth of 1", 1), ("result of 1", 1)]
