"""A scene written to a folder is the same scene when it is read again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from lintel.capture import open_source
from lintel.capture.analytic import AnalyticSource, write_recording
from lintel.capture.writing import GrayVideoWriter
from lintel.config import load_site
from lintel.errors import SourceError
from lintel.truth import TrueHeads, Truth

SIZE = (160, 100)


def test_a_written_scene_comes_back_with_its_truth(tmp_path: Path) -> None:
    scene = AnalyticSource("doorway", size=SIZE, seconds=4.0, fps=10.0, seed=3)
    steps: list[tuple[int, int]] = []
    write_recording(scene, tmp_path, progress=lambda done, total: steps.append((done, total)))
    assert steps == [(n, 40) for n in range(1, 41)]
    with open_source(tmp_path) as source:
        assert (source.fps, source.frame_count) == (10.0, 40)
        for frame, pair in enumerate(iter(source.read, None)):
            drawn = scene.pair(frame)
            assert (pair.seq, pair.t_ns) == (frame, drawn.t_ns)
            assert np.abs(pair.left.astype(float) - drawn.left).mean() < 2.5
            assert np.abs(pair.right.astype(float) - drawn.right).mean() < 2.5
        assert source.faults.clean
    assert Truth.load(tmp_path) == scene.truth
    heads = TrueHeads.load(tmp_path)
    np.testing.assert_array_equal(heads.xyz_m, scene.heads.xyz_m)
    site = load_site(tmp_path / "site.toml")
    assert site.config_hash == scene.site.config_hash
    np.testing.assert_array_equal(site.lines[0].points_m, scene.site.lines[0].points_m)


def test_the_truth_of_a_seed_is_the_same_bytes_every_time(tmp_path: Path) -> None:
    for name in ("one", "two"):
        scene = AnalyticSource("shoulder", size=(32, 20), seconds=2.0, seed=5)
        write_recording(scene, tmp_path / name)
    for file in ("truth.json", "site.toml", "calibration.json"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()


def test_a_writer_refuses_what_it_cannot_keep(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="even width"):
        GrayVideoWriter(tmp_path / "odd.mp4", size=(33, 20), fps=10.0)
    with pytest.raises(SourceError, match="cannot be written"):
        GrayVideoWriter(tmp_path / "none" / "x.mp4", size=(32, 20), fps=10.0)
    image = np.zeros((20, 32), dtype=np.uint8)
    with GrayVideoWriter(tmp_path / "x.mp4", size=(32, 20), fps=10.0) as writer:
        writer.write(image, t_ns=1_000_000_000)
        with pytest.raises(SourceError, match="got shape"):
            writer.write(image[:10], t_ns=2_000_000_000)
        with pytest.raises(SourceError, match="after tick"):
            writer.write(image, t_ns=1_000_000_000)
