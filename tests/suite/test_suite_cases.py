"""What the suite runs, and that it runs the same whoever runs it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from lintel.cli.app import app
from lintel.errors import DetectorError
from lintel.evaluate import recording_json
from lintel.suite.cases import FIRST_REPORTING_SEED, LONG, SHORT, Case, Tier, cases_of
from lintel.suite.page import write_page
from lintel.suite.runner import CaseResult, run_case


@pytest.fixture(scope="module")
def walk() -> CaseResult:
    """One short clip with somebody in it, fast tier."""
    return run_case(Case("single_walkers", FIRST_REPORTING_SEED, 8.0, Tier.FAST, fps=10.0))


def test_every_clip_has_a_reporting_seed_of_its_own() -> None:
    cases = cases_of(LONG, ["a", "b"])
    assert len(cases) == 2 * (LONG.full_clips + LONG.fast_clips)
    assert len({(case.scenario, case.seed) for case in cases}) == len(cases)
    assert min(case.seed for case in cases) >= FIRST_REPORTING_SEED
    assert {case.tier for case in cases_of(SHORT, ["a"])} == {Tier.FAST}


def test_a_walk_is_counted_and_its_heads_are_scored(walk: CaseResult) -> None:
    assert walk.score.crossings.truth == walk.score.crossings.matched > 0
    assert walk.score.false == ()
    assert walk.score.people is not None
    assert walk.score.people.heads.rates.truth > 0


def test_the_same_clip_gives_the_same_score(walk: CaseResult) -> None:
    assert recording_json(run_case(walk.case).score) == recording_json(walk.score)


def test_a_miss_is_shown_in_the_page(tmp_path: Path) -> None:
    # An umbrella hides the head below it from every detector of heights.
    result = run_case(Case("umbrella", 1_000_003, 8.0, Tier.FAST, 5.0), pictures=True)
    write_page([result], tmp_path / "suite.html")
    text = (tmp_path / "suite.html").read_text()
    errors = len(result.score.missed) + len(result.score.false)
    assert errors > 0
    assert text.count("<img") == len(result.pictures) == min(errors, 12)
    assert re.search(r"(src|href)=\"https?:", text) is None
    assert "umbrella/fast/1000003" in text


def test_the_command_prints_strata_apart_and_one_json_object() -> None:
    result = CliRunner().invoke(app, ["evaluate", "--suite", "--json", "no_such_scenario"])
    assert result.exit_code != 0
    assert result.stdout == ""
    done = CliRunner().invoke(
        app, ["evaluate", "--suite", "--json", "--processes", "1", "mannequin"]
    )
    assert done.exit_code == 0, done.output
    content = json.loads(done.stdout)
    assert list(content) == ["fast"]
    assert content["fast"]["detector"] == "classical"
    assert list(content["fast"]["strata"]) == ["mannequin"]


def test_an_unknown_detector_is_refused_before_the_work_begins() -> None:
    result = CliRunner().invoke(app, ["evaluate", "--suite", "--detector", "crystal_ball"])
    assert isinstance(result.exception, DetectorError)
    assert "classical" in str(result.exception)
