"""A scene without an end: people come for ever, truth goes on, memory does not grow."""

from __future__ import annotations

import numpy as np
import pytest

from lintel.capture.source import Source
from lintel.errors import SourceError
from lintel.pipeline import Chain, Stages, open_source
from lintel.records import Crossing, Direction
from lintel.sim.endless import CROSSINGS_KEPT, EndlessSource
from lintel.sim.source import SimSource
from lintel.sim.world import Shot

TINY = Shot(seed=1_000_000, fps=5.0, size=(96, 64), threads=1)


def test_episodes_follow_each_other_without_a_seam() -> None:
    with EndlessSource("single_walkers", shot=TINY, arrivals_s=6.0) as source:
        pairs = [source.read() for _ in range(150)]
        told = source.crossings
        totals = source.crossed
    seen = [(pair.seq, pair.t_ns) for pair in pairs if pair is not None]
    assert seen == [(k, k * 200_000_000) for k in range(150)]
    assert len({c.t_s // 12.0 for c in told}) >= 2
    assert [c.t_s for c in told] == sorted(c.t_s for c in told)
    assert sum(totals.values()) == len(told) <= CROSSINGS_KEPT


def test_light_stays_as_it_is_from_one_episode_to_the_next() -> None:
    with EndlessSource("single_walkers", shot=TINY, arrivals_s=6.0) as source:
        first = source.read()
        pairs = [source.read() for _ in range(120)]
    assert first is not None
    grey = [float(np.median(pair.left)) for pair in pairs if pair is not None]
    assert max(abs(g - float(np.median(first.left))) for g in grey) < 3.0


def test_the_same_seed_gives_the_same_endless_scene() -> None:
    def last(seed: int) -> bytes:
        shot = Shot(seed=seed, fps=5.0, size=(96, 64), threads=1)
        with EndlessSource("single_walkers", shot=shot, arrivals_s=4.0) as source:
            pairs = [source.read() for _ in range(80)]
        assert pairs[-1] is not None
        return pairs[-1].left.tobytes()

    assert last(5) == last(5)
    assert last(5) != last(6)


def test_what_is_counted_is_what_truth_says_at_any_moment() -> None:
    shot = Shot(seed=1_000_000, fps=10.0, size=(480, 300))
    with EndlessSource("doorway", shot=shot, arrivals_s=7.0) as source:
        stages = Stages.of(rig=source.rig, site=source.site)
        chain, counted = Chain(stages), list[Crossing]()
        for _ in range(180):
            pair = source.read()
            assert pair is not None
            counted += [e for e in chain.step(pair).events if isinstance(e, Crossing)]
        true = source.crossings
    assert len(true) >= 3
    assert [c.direction for c in counted] == [c.direction for c in true]
    assert [c.t_ns / 1e9 for c in counted] == pytest.approx([c.t_s for c in true], abs=0.3)


def test_live_without_a_length_never_ends_and_keeps_the_contract() -> None:
    source: Source = open_source("sim:doorway?live=1&fps=5&size=96x64")
    with source:
        assert isinstance(source, EndlessSource)
        assert source.live
        assert source.frame_count is None
        assert {line.name for line in source.site.lines} == {"door"}
        assert source.crossed.keys() <= {("door", Direction.IN), ("door", Direction.OUT)}
        times = [pair.t_ns for _ in range(4) if (pair := source.read()) is not None]
    assert np.diff(times).min() >= 200_000_000
    with pytest.raises(SourceError, match="after close"):
        source.read()


def test_live_with_a_length_ends() -> None:
    with open_source("sim:empty?live=1&seconds=1&fps=5&size=96x64") as source:
        assert isinstance(source, SimSource)
