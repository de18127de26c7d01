"""Scores on tuning seeds, and how they come into the provenance of a model."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from lintel.detect.head_model import PACKAGED, HeadModel
from lintel.suite.cases import Tier
from training.bench import record, score_of

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A model as it leaves training: its provenance holds no scores yet."""
    path = tmp_path / PACKAGED.name
    shutil.copyfile(PACKAGED, path)
    told = json.loads(PACKAGED.with_suffix(".json").read_text(encoding="utf-8"))
    del told["scores"]
    path.with_suffix(".json").write_text(json.dumps(told), encoding="utf-8")
    return path


def test_scores_come_into_the_provenance_and_nothing_else_changes(model: Path) -> None:
    beside = model.with_suffix(".json")
    before = json.loads(beside.read_text(encoding="utf-8"))
    record(model, scenarios=("single_walkers", "empty"), seconds=6.0)
    after = json.loads(beside.read_text(encoding="utf-8"))
    scores = after.pop("scores")
    assert after == before
    assert scores["seeds"] == "from 1040000 (tuning)"
    walkers, empty = scores["strata"]["single_walkers"], scores["strata"]["empty"]
    assert (walkers["missed"], walkers["false"]) == (0, 0)
    assert walkers["true"] + walkers["heads"] > 0
    assert (empty["true"], empty["f1"], empty["false"]) == (0, None, 0)
    HeadModel(model, must_be_known=True)
    assert sorted(path.name for path in model.parent.iterdir()) == ["heads.json", "heads.onnx"]


@pytest.mark.parametrize("seed", [1, 999_999, 1_999_999, 2_100_000])
def test_no_other_seeds_than_those_for_tuning(seed: int) -> None:
    with pytest.raises(ValueError, match="tuning uses seeds"):
        score_of("empty", "learned", clips=1, seconds=1.0, seed=seed, tier=Tier.FAST)


@pytest.mark.parametrize("detectors", [["learned"], ["nowhere.onnx"], ["learned", "classical"]])
def test_recording_without_a_model_file_says_what_was_expected(detectors: list[str]) -> None:
    order = [sys.executable, "-m", "training.bench", *detectors, "--record"]
    ran = subprocess.run(order, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 2
    assert "expects one model file with its provenance beside it" in ran.stderr
