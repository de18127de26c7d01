"""What the suite runs, and that it runs the same whoever runs it."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from lintel.cli.app import app
from lintel.errors import DetectorError, ScenarioError
from lintel.evaluate import recording_json
from lintel.pipeline.detectors import CLASSICAL, DEFAULT_DETECTOR
from lintel.sim.catalogue import SCENARIOS
from lintel.sim.scenario import REPORTING_SEEDS, TUNING_SEEDS
from lintel.suite.cache import ResultCache
from lintel.suite.cases import (
    CHANGE,
    FIRST_LONG_SEED,
    LONG,
    SHORT,
    Case,
    Plan,
    Stream,
    Tier,
    streams_of,
)
from lintel.suite.page import write_page
from lintel.suite.result import CaseResult
from lintel.suite.runner import run_case, run_streams

WALK = Case("single_walkers", 2_110_000, 8.0, Tier.FAST, fps=10.0)
BRIEF = Case("single_walkers", 1_000_001, 2.0, Tier.FAST, fps=5.0)

WITHOUT_END = Plan(seconds=2.0, crossings=1000, most_clips=40, fps=5.0)


@pytest.fixture(scope="module")
def walk() -> CaseResult:
    """One short clip with somebody in it, fast tier."""
    return run_case(WALK)


def test_every_clip_has_a_reporting_seed_of_its_own() -> None:
    streams = streams_of(LONG, ["a", "b"])
    clips = [stream.case(k) for stream in streams for k in range(stream.plan.most_clips)]
    assert len({(case.scenario, case.seed) for case in clips}) == len(clips)
    assert all(case.seed in REPORTING_SEEDS for case in clips)
    assert min(case.seed for case in clips) == FIRST_LONG_SEED
    assert {stream.first.tier for stream in streams_of(SHORT, ["a"])} == {Tier.FAST}


def test_the_form_for_changes_never_looks_at_reporting_seeds() -> None:
    streams = streams_of(CHANGE, CHANGE.scenarios)
    assert set(CHANGE.scenarios) <= set(SCENARIOS)
    assert all(stream.first.seed in TUNING_SEEDS for stream in streams)


def test_a_stream_ends_with_enough_crossings_or_enough_clips() -> None:
    stream = Stream(BRIEF, Plan(seconds=2.0, crossings=100, most_clips=3))
    assert not stream.enough(0, 0)
    assert not stream.enough(2, 99)
    assert stream.enough(2, 100)
    assert stream.enough(3, 0)
    assert stream.case(2).seed == BRIEF.seed + 2


def test_a_stream_on_which_nobody_crosses_ends_sooner() -> None:
    stream = Stream(BRIEF, Plan(seconds=2.0, crossings=100, most_clips=30, quiet_clips=3))
    assert not stream.enough(2, 0)
    assert stream.enough(3, 0)
    assert not stream.enough(3, 1)


def test_no_clip_is_begun_once_the_time_is_over() -> None:
    streams = [Stream(replace(BRIEF, seed=BRIEF.seed + k), WITHOUT_END) for k in (0, 50)]
    heard = list[int]()
    results = run_streams(
        streams,
        on_case=lambda result: heard.append(result.case.seed),
        may_begin=lambda: len(heard) < 3,
    )
    assert heard == [BRIEF.seed, BRIEF.seed + 50, BRIEF.seed + 1]  # one of each in turn
    assert len(results) == 3


def test_the_long_form_asks_for_as_many_crossings_as_a_report_needs() -> None:
    assert LONG.full is not None
    assert LONG.fast is not None
    assert (LONG.full.crossings, LONG.fast.crossings) == (100, 1000)
    other = SHORT.aiming_at(full=30, fast=0)
    assert other.full is not None
    assert (other.full.crossings, other.fast) == (30, None)


def test_an_impossible_plan_is_refused() -> None:
    with pytest.raises(ScenarioError, match="expected"):
        Plan(seconds=0.0)


def test_a_walk_is_counted_and_its_heads_are_scored(walk: CaseResult) -> None:
    assert walk.score.crossings.truth == walk.score.crossings.matched > 0
    assert walk.score.false == ()
    assert walk.score.people is not None
    assert walk.score.people.heads.rates.truth > 0


def test_the_same_clip_gives_the_same_score(walk: CaseResult) -> None:
    assert recording_json(run_case(WALK).score) == recording_json(walk.score)


def test_a_result_survives_the_cache_and_belongs_to_its_clip(
    walk: CaseResult, tmp_path: Path
) -> None:
    cache = ResultCache(tmp_path)
    assert cache.get(WALK, pictures=False) is None
    cache.put(walk, pictures=False)
    kept = cache.get(WALK, pictures=False)
    assert kept is not None
    assert recording_json(kept.score) == recording_json(walk.score)
    assert cache.get(WALK, pictures=True) is None
    assert cache.get(BRIEF, pictures=False) is None


def test_a_damaged_result_is_worked_out_anew(walk: CaseResult, tmp_path: Path) -> None:
    cache = ResultCache(tmp_path)
    cache.put(walk, pictures=False)
    (file,) = tmp_path.iterdir()
    file.write_bytes(file.read_bytes()[:50])
    assert cache.get(WALK, pictures=False) is None


def test_an_interrupted_run_goes_on_where_it_was(tmp_path: Path) -> None:
    stream = Stream(BRIEF, Plan(seconds=2.0, crossings=1000, most_clips=3, fps=5.0))
    cache, heard = ResultCache(tmp_path), list[int]()

    def interrupt(result: CaseResult) -> None:
        heard.append(result.case.seed)
        if len(heard) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_streams([stream], cache=cache, on_case=interrupt)
    assert len(list(tmp_path.iterdir())) == 2
    written = {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    results = run_streams([stream], cache=cache)
    assert [result.case.seed for result in results] == [BRIEF.seed + k for k in range(3)]
    assert all(path.stat().st_mtime_ns == at for path, at in written.items())


def test_a_miss_is_shown_in_the_page(tmp_path: Path) -> None:
    # An umbrella hides the head below it from a detector of heights.
    case = Case("umbrella", 1_000_003, 8.0, Tier.FAST, 5.0, detector=CLASSICAL)
    result = run_case(case, pictures=True)
    write_page([result], tmp_path / "suite.html")
    text = (tmp_path / "suite.html").read_text()
    errors = len(result.score.missed) + len(result.score.false)
    assert errors > 0
    assert text.count("<img") == len(result.pictures) == errors
    assert re.search(r"(src|href)=\"https?:", text) is None
    assert "umbrella/fast/1000003" in text


def test_the_command_prints_strata_apart_and_one_json_object(tmp_path: Path) -> None:
    arguments = ["evaluate", "--suite", "--json", "--processes", "1", "--cache", str(tmp_path)]
    result = CliRunner().invoke(app, [*arguments, "no_such_scenario"])
    assert result.exit_code != 0
    assert result.stdout == ""
    done = CliRunner().invoke(app, [*arguments, "mannequin"])
    assert done.exit_code == 0, done.output
    content = json.loads(done.stdout)
    assert list(content) == ["fast"]
    assert content["fast"]["detector"] == DEFAULT_DETECTOR
    (stratum,) = content["fast"]["strata"].values()
    assert stratum["crossings"].keys() >= {"truth", "missed", "false", "f1", "f1_low", "f1_high"}
    assert stratum["heads"].keys() >= {"f1", "position_median_cm", "height", "stature"}
    assert stratum["tracks"].keys() >= {"idf1", "hota"}
    again = CliRunner().invoke(app, [*arguments, "mannequin"])
    assert json.loads(again.stdout) == content


def test_what_there_was_no_time_for_is_told(tmp_path: Path) -> None:
    arguments = ["evaluate", "--suite", "mannequin", "--minutes", "0.000001"]
    arguments += ["--processes", "1", "--cache", str(tmp_path)]
    told = CliRunner().invoke(app, [*arguments, "--json"])
    assert json.loads(told.stdout) == {"unfinished": ["mannequin/fast"]}
    assert "run again to go on: mannequin/fast" in CliRunner().invoke(app, arguments).stdout


def test_a_form_can_be_run_at_another_frame_rate(tmp_path: Path) -> None:
    arguments = ["evaluate", "--suite", "mannequin", "--processes", "1", "--cache", str(tmp_path)]
    heads = {}
    for fps in (5.0, 10.0):
        done = CliRunner().invoke(app, [*arguments, "--fps", str(fps), "--json"])
        assert done.exit_code == 0, done.output
        fast = json.loads(done.stdout)["fast"]
        assert fast["fps"] == [fps]
        heads[fps] = next(iter(fast["recordings"].values()))["heads"]["truth"]
    assert heads[10.0] > 1.5 * heads[5.0] > 0  # heads are scored frame by frame
    refused = CliRunner().invoke(app, [*arguments, "--fps", "0"])
    assert refused.exit_code == 2


def test_an_unknown_detector_is_refused_before_the_work_begins() -> None:
    result = CliRunner().invoke(app, ["evaluate", "--suite", "--detector", "crystal_ball"])
    assert isinstance(result.exception, DetectorError)
    assert "classical" in str(result.exception)
