"""Rendered clips are kept to the byte: a second detector is scored on them without rendering."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import lintel
from lintel.cli.app import app
from lintel.evaluate import recording_json
from lintel.frames import StereoPair
from lintel.sim.catalogue import find_scenario
from lintel.sim.world import Shot, World
from lintel.suite.cases import Case, Tier
from lintel.suite.footage import Footage, key_of
from lintel.suite.made import DRAWING
from lintel.suite.runner import run_case

SHOT = Shot(seconds=3.0, seed=1_000_003, size=(128, 80), fps=5.0, threads=1)
PAIR = Case("couples", 1_000_102, 3.5, Tier.FULL, fps=4.0)
PLENTY = 10**9


def world(name: str, shot: Shot = SHOT) -> World:
    return World(find_scenario(name), shot)


def filmed(footage: Footage, scene: World) -> list[StereoPair | None]:
    return [pair for pair, _ in footage.exposures(scene)]


def written(folder: Path) -> dict[str, int]:
    """When every kept video was written."""
    return {str(path): path.stat().st_mtime_ns for path in folder.rglob("*.mkv")}


@pytest.mark.parametrize("name", ["couples+dropped_frames", "infrared"])
def test_what_is_kept_is_what_was_rendered_to_the_byte(name: str, tmp_path: Path) -> None:
    scene, footage = world(name), Footage(tmp_path, PLENTY)
    for number, (pair, visible) in enumerate(footage.exposures(scene)):
        frame = scene.frame(number)
        assert np.array_equal(visible, frame.visible_px)
        assert (pair is None) == scene.dropped(number)
        if pair is not None:
            assert (pair.t_ns, pair.seq, pair.rig_id) == (
                frame.pair.t_ns,
                frame.pair.seq,
                frame.pair.rig_id,
            )
            assert np.array_equal(pair.left, frame.pair.left)
            assert np.array_equal(pair.right, frame.pair.right)
    assert number == SHOT.frames - 1
    before = written(tmp_path)
    assert len(filmed(footage, scene)) == SHOT.frames
    assert written(tmp_path) == before


def test_a_hit_scores_as_a_miss_and_as_without_any_cache(tmp_path: Path) -> None:
    footage = Footage(tmp_path, PLENTY)
    without, miss, hit = (run_case(PAIR, footage=f) for f in (None, footage, footage))
    assert recording_json(miss.score) == recording_json(without.score)
    assert recording_json(hit.score) == recording_json(without.score)
    assert miss.score.people is not None
    assert miss.score.people.heads.rates.truth > 0


def test_another_detector_sees_the_same_frames(tmp_path: Path) -> None:
    footage = Footage(tmp_path, PLENTY)
    run_case(PAIR, footage=footage)
    before = written(tmp_path)
    run_case(replace(PAIR, detector="learned"), footage=footage)
    assert len(before) == 2
    assert written(tmp_path) == before


@pytest.mark.parametrize("name", ["left.mkv", "truth_heads.npz", "sha256.txt"])
def test_a_damaged_clip_is_rendered_again(name: str, tmp_path: Path) -> None:
    scene, footage = world("couples"), Footage(tmp_path, PLENTY)
    first = filmed(footage, scene)
    (file,) = tmp_path.rglob(name)
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 0xFF
    file.write_bytes(content)
    again = filmed(footage, scene)
    assert all(
        a is not None and b is not None and np.array_equal(a.left, b.left)
        for a, b in zip(first, again, strict=True)
    )
    assert filmed(footage, scene)
    assert file.read_bytes() != content


def test_a_clip_belongs_to_scene_seed_length_rate_and_size() -> None:
    keys = {
        key_of(world(name, shot))
        for name, shot in (
            ("couples", SHOT),
            ("couples+infrared", SHOT),
            ("couples", replace(SHOT, seed=1_000_004)),
            ("couples", replace(SHOT, seconds=4.0)),
            ("couples", replace(SHOT, fps=6.0)),
            ("couples", replace(SHOT, size=(160, 100))),
        )
    }
    assert len(keys) == 6
    assert key_of(world("couples", replace(SHOT, threads=3))) in keys


def test_what_is_said_not_to_draw_is_not_there_when_something_is_drawn() -> None:
    """Else a change there would leave old pictures in the cache."""
    script = "import sys, lintel.sim.filming; print('\\n'.join(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.split())
    for name in DRAWING.without:
        assert (Path(lintel.__file__).parent / name).is_file()
        assert f"lintel.{name.removesuffix('.py').replace('/', '.')}" not in loaded


def test_the_clip_used_longest_ago_goes_first(tmp_path: Path) -> None:
    shot = replace(SHOT, seconds=1.0)
    scenes = [world(name, shot) for name in ("couples", "hat", "hood")]
    for age_s, scene in zip((100, 300, 200), scenes, strict=True):
        filmed(Footage(tmp_path, PLENTY), scene)
        clip = tmp_path / key_of(scene)
        os.utime(clip, (clip.stat().st_mtime - age_s,) * 2)
    total = sum(path.stat().st_size for path in tmp_path.rglob("*") if path.is_file())
    Footage(tmp_path, total - 1).trim()
    assert {path.name for path in tmp_path.iterdir()} == {key_of(scenes[0]), key_of(scenes[2])}
    Footage(tmp_path, 1).trim()
    assert list(tmp_path.iterdir()) == []


def test_the_command_throws_away_what_it_made_and_nothing_else(tmp_path: Path) -> None:
    filmed(Footage(tmp_path / "frames", PLENTY), world("couples", replace(SHOT, seconds=1.0)))
    (tmp_path / "a.result").write_bytes(b"")
    (tmp_path / "frames" / "mine").mkdir()
    (tmp_path / "frames" / "mine" / "letter.txt").write_text("dear")
    arguments = ["evaluate", "--suite", "--clear-cache", "--json", "--cache", str(tmp_path)]
    told = json.loads(CliRunner().invoke(app, arguments).stdout)
    assert told["results"] == 1
    assert told["frame_bytes"] > 10_000
    assert [path.name for path in tmp_path.rglob("*")] == ["frames", "mine", "letter.txt"]
    assert "threw away 0 results" in CliRunner().invoke(app, arguments[:3] + arguments[4:]).stdout
