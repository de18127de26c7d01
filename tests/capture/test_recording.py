"""A recording folder in, stereo pairs or a clear complaint out."""

from __future__ import annotations

from pathlib import Path

from lintel.capture import open_source


def test_the_real_overhead_recording_is_read_whole(shared_data: Path) -> None:
    with open_source(shared_data / "oak_patio") as source:
        stamps = [(pair.seq, pair.t_ns, pair.left.shape) for pair in iter(source.read, None)]
        assert (source.fps, source.frame_count, source.live) == (30.0, 627, False)
        assert source.faults.clean
    assert [seq for seq, _, _ in stamps] == list(range(627))
    assert {shape for _, _, shape in stamps} == {(800, 1280)}
    assert abs(stamps[-1][1] - 626 / 30 * 1e9) < 1000
