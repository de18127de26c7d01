"""The live feed keeps the freshest frames, counts what it drops, and hands errors on."""

from __future__ import annotations

import pytest

from lintel.errors import SourceError
from lintel.pipeline.feed import LiveFeed
from pipeline_builders import BlankSource


def test_a_slow_reader_gets_the_freshest_frames_and_the_rest_is_counted() -> None:
    source = BlankSource(frames=50, live=True)
    with LiveFeed(source, queue_length=2) as feed:
        source.all_read.wait(timeout=10)
        seqs = [pair.seq for pair in feed]
    assert seqs == [48, 49]
    assert feed.dropped == 48


def test_everything_read_is_either_handed_out_or_counted_as_dropped() -> None:
    source = BlankSource(frames=300, live=True)
    with LiveFeed(source, queue_length=3) as feed:
        seqs = [pair.seq for pair in feed]
    assert len(seqs) + feed.dropped == 300
    assert seqs == sorted(set(seqs))


def test_a_failing_source_fails_the_reader_after_the_frames_before() -> None:
    source = BlankSource(frames=9, live=True, fail_at=2)
    seen: list[int] = []
    with LiveFeed(source, queue_length=8) as feed:
        source.all_read.wait(timeout=10)
        with pytest.raises(SourceError, match="frame 2 is damaged"):
            seen.extend(pair.seq for pair in feed)
    assert feed.dropped == 0


def test_leaving_early_ends_the_thread() -> None:
    source = BlankSource(frames=10**9, live=True)
    with LiveFeed(source) as feed:
        next(iter(feed))
    assert not feed.running
