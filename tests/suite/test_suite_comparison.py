"""Stored scores hold what was reached: a stratum that gets worse is named."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from lintel.cli.app import app
from lintel.errors import TruthError
from lintel.suite.comparison import TierScores, compare, load_scores, parse_scores

STORED = Path(__file__).with_name("change_scores.json")


def scores(
    *, missed: int = 0, f1: float = 0.95, bias_cm: float = 1.0, name: str = "couples"
) -> dict[str, TierScores]:
    stratum = {
        "crossings": {"truth": 10, "missed": missed, "false": 0},
        "heads": {"truth": 200, "f1": f1, "height": {"count": 190, "bias_cm": bias_cm}},
    }
    return parse_scores({"fast": {"detector": "classical", "strata": {name: stratum}}})


def test_the_same_scores_are_neither_worse_nor_better() -> None:
    found = compare(scores(), scores())
    assert (found.worse, found.better) == ((), ())


def test_last_digits_and_one_crossing_do_not_matter() -> None:
    found = compare(scores(missed=1, f1=0.93, bias_cm=-2.5), scores())
    assert (found.worse, found.better) == ((), ())


@pytest.mark.parametrize(
    ("now", "word"),
    [
        (scores(missed=2), "2 crossing errors of 10, stored 0"),
        (scores(f1=0.90), "head F1 0.900, stored 0.950"),
        (scores(bias_cm=-4.0), "heads off by -4.0 cm, stored +1.0 cm"),
        (scores(name="runner"), "was not run"),
    ],
)
def test_what_gets_worse_is_named(now: dict[str, TierScores], word: str) -> None:
    worse = compare(now, scores()).worse
    assert any("couples" in text and word in text for text in worse)


def test_many_small_losses_are_one_loss() -> None:
    def six(missed: int) -> dict[str, TierScores]:
        strata = {
            f"s{k}": {"crossings": {"truth": 9, "missed": missed, "false": 0}} for k in range(6)
        }
        return parse_scores({"fast": {"detector": "classical", "strata": strata}})

    assert compare(six(1), six(0)).worse == ("fast: all strata: 6 more crossing errors",)
    assert compare(six(0), six(1)).better == ("fast: all strata: 6 fewer crossing errors",)


def test_another_detector_is_not_compared() -> None:
    other = parse_scores({"fast": {"detector": "other", "strata": {}}})
    with pytest.raises(TruthError, match="a file of its own"):
        compare(other, scores())


def test_other_frame_rates_are_not_compared() -> None:
    slow, fast, unnamed = (
        parse_scores({"fast": {"detector": "classical", "strata": {}, **rate}})
        for rate in ({"fps": [7.5]}, {"fps": [15.0]}, {})
    )
    with pytest.raises(TruthError, match=r"of 15 frames per second, not 7\.5; compare with a file"):
        compare(slow, fast)
    assert compare(slow, unnamed) == compare(slow, slow)


def test_what_is_no_stored_score_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TruthError, match="cannot be read"):
        load_scores(tmp_path / "none.json")
    (tmp_path / "bad.json").write_text('{"fast": 1}')
    with pytest.raises(TruthError, match="--json"):
        load_scores(tmp_path / "bad.json")


def test_accuracy_is_not_worse_than_the_stored_score(tmp_path: Path) -> None:
    """Renew the file: the same command without --compare, its output into the file."""
    arguments = ["evaluate", "--suite", "--form", "change", "--detector", "classical", "--json"]
    done = CliRunner().invoke(app, [*arguments, "--cache", str(tmp_path), "--compare", str(STORED)])
    found = json.loads(done.stdout)["comparison"]
    assert found["worse"] == []
    assert done.exit_code == 0


def test_an_unfinished_run_can_be_compared_with(tmp_path: Path) -> None:
    told = {"fast": {"detector": "other", "strata": {}}, "unfinished": ["queue/full"]}
    (tmp_path / "stored.json").write_text(json.dumps(told))
    assert list(load_scores(tmp_path / "stored.json")) == ["fast"]
