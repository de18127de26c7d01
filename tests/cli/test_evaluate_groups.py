"""``lintel evaluate --groups`` on real, labelled trajectories."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from lintel.cli.app import app
from lintel.errors import TruthError

# What was reached with one setting for all; docs/how-to/zones-and-groups.md says why not 0.90.
LEAST_F1 = {"seq_eth": 0.86, "seq_hotel": 0.90, "zara01": 0.97}


@pytest.mark.parametrize(("name", "people", "groups"), [("seq_eth", 360, 61), ("zara01", 148, 45)])
def test_real_groups_are_found(shared_data: Path, name: str, people: int, groups: int) -> None:
    folders = [str(shared_data / "groups" / one) for one in (name, "seq_hotel")]
    result = CliRunner().invoke(app, ["evaluate", "--groups", *folders, "--json"])
    assert result.exit_code == 0
    scores = json.loads(result.stdout)
    assert list(scores) == [name, "seq_hotel"]
    assert (scores[name]["people"], scores[name]["groups"]) == (people, groups)
    for one, score in scores.items():
        assert score["pairwise_f1"] >= LEAST_F1[one]
        assert set(score) == {
            "pairwise_precision",
            "pairwise_recall",
            "pairwise_f1",
            "people",
            "groups",
        }


def test_without_json_a_table_is_printed(tmp_path: Path) -> None:
    rows = [(10 * k, p, 0.5 * k, 0, 0.6 * p, 1.25, 0, 0) for k in range(20) for p in (1, 2)]
    (tmp_path / "obsmat.txt").write_text("\n".join(" ".join(map(str, row)) for row in rows))
    (tmp_path / "groups.txt").write_text("1 2\n")
    result = CliRunner().invoke(app, ["evaluate", "--groups", str(tmp_path)])
    assert result.stdout.splitlines()[1].split() == [tmp_path.name, *["1.000"] * 3, "2", "1"]


def test_a_folder_without_trajectories_is_named(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["evaluate", "--groups", str(tmp_path)])
    assert isinstance(result.exception, TruthError)
