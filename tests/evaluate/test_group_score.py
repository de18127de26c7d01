"""Pairwise group scores, and the labelled trajectories they are read from."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from lintel.errors import TruthError
from lintel.evaluate.groups import read_labelled, score_groups


@pytest.mark.parametrize(
    ("said", "true", "precision", "recall", "f1"),
    [
        ([(1, 2)], [(1, 2)], 1.0, 1.0, 1.0),
        ([(1, 2, 3)], [(1, 2), (3,)], 1 / 3, 1.0, 0.5),
        ([(1, 2), (3,)], [(1, 2, 3)], 1.0, 1 / 3, 0.5),
        ([(1,), (2,)], [(1, 2)], 1.0, 0.0, 0.0),
        ([(1,), (2,)], [], 1.0, 1.0, 1.0),
        ([(1, 2, 3)], [(1, 2), (2, 3, 3)], 2 / 3, 1.0, 0.8),
    ],
)
def test_pairs_are_scored(
    said: list[tuple[int, ...]],
    true: list[tuple[int, ...]],
    precision: float,
    recall: float,
    f1: float,
) -> None:
    score = score_groups(said, true, people=3)
    assert score.pairwise_precision == pytest.approx(precision)
    assert score.pairwise_recall == pytest.approx(recall)
    assert score.pairwise_f1 == pytest.approx(f1)


def write(folder: Path, rows: Sequence[tuple[float, ...]], groups: str) -> Path:
    text = "\n".join(" ".join(f"{value:.7e}" for value in row) for row in rows)
    (folder / "obsmat.txt").write_text(text + "\n")
    (folder / "groups.txt").write_text(groups)
    return folder


def test_labelled_trajectories_become_tracks(tmp_path: Path) -> None:
    rows = [(10.0 * k, 1.0, 0.5 * k, 0.0, 2.0, 1.25, 0.0, 0.0) for k in range(3)]
    rows += [(10.0 * k, 2.0, 0.5 * k, 0.0, 2.6, 1.25, 0.0, 0.0) for k in range(1, 4)]
    labelled = read_labelled(write(tmp_path, rows, "1 2\n\n2\n"))
    assert (labelled.people, labelled.groups) == (2, ((1, 2),))
    assert [step.t_ns // 1_000_000 for step in labelled.steps] == [0, 400, 800, 1200, 1600]
    assert [step.id.tolist() for step in labelled.steps] == [[1], [1, 2], [1, 2], [2], []]
    assert [step.ended.tolist() for step in labelled.steps] == [[], [], [], [1], [2]]
    assert labelled.steps[1].xyz_m[1, :2].tolist() == pytest.approx([0.5, 2.6])


@pytest.mark.parametrize(
    ("rows", "groups", "words"),
    [
        ([(0.0, 1.0, 0.0)], "", "rows of 8 finite numbers"),
        ([(0.0, 1.0, float("nan"), 0.0, 0.0, 0.0, 0.0, 0.0)], "", "rows of 8 finite numbers"),
        ([(0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)], "one two", "whole numbers"),
        ([(0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)], "1 7", r"ids \[7\] are not in"),
        ([(0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)] * 2, "", "twice in one frame"),
    ],
)
def test_malformed_files_are_named(
    tmp_path: Path, rows: list[tuple[float, ...]], groups: str, words: str
) -> None:
    with pytest.raises(TruthError, match=words):
        read_labelled(write(tmp_path, rows, groups))


def test_a_missing_file_says_what_was_expected(tmp_path: Path) -> None:
    with pytest.raises(TruthError, match=r"expected obsmat\.txt and groups\.txt"):
        read_labelled(tmp_path)
