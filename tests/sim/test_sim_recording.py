"""Scenarios as recordings, as live sources, and on the command line."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from lintel.capture import RecordingSource
from lintel.cli.app import app
from lintel.config import load_site
from lintel.errors import ScenarioError, SourceError
from lintel.records import SourceFaults
from lintel.sim.catalogue import SCENARIOS, find_scenario
from lintel.sim.filming import film
from lintel.sim.scenario import (
    REPORTING_SEEDS,
    TRAINING_SEEDS,
    TUNING_SEEDS,
    Lighting,
)
from lintel.sim.source import SimSource
from lintel.sim.world import Shot, World
from lintel.truth import TrueHeads, Truth

SHOT = Shot(seconds=4.0, seed=1_000_003, size=(128, 80), fps=10.0, threads=1)


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sim") / "recording"
    world = World(find_scenario("couples+dropped_frames"), SHOT)
    assert list(film(world, folder)) == list(range(40))
    return folder


def test_a_recording_reads_back_with_its_gaps(recording: Path) -> None:
    live = SimSource("couples+dropped_frames", shot=SHOT)
    with RecordingSource(recording) as source, live:
        while (pair := source.read()) is not None:
            wanted = live.read()
            assert wanted is not None
            assert (pair.seq, pair.t_ns) == (wanted.seq, wanted.t_ns)
            grey = cv2.cvtColor(np.asarray(wanted.left), cv2.COLOR_BGR2GRAY).astype(float)
            error = np.abs(pair.left.astype(float) - grey)
            assert np.median(error) <= 4.0
        assert live.read() is None
        assert live.faults.dropped == source.faults.dropped > 0


def test_a_recording_has_exact_truth_and_its_site(recording: Path) -> None:
    truth, heads = Truth.load(recording), TrueHeads.load(recording)
    site = load_site(recording / "site.toml")
    assert truth.frames == 40
    assert truth.strata == ("couples side by side; dropped frames",)
    assert {person.group for person in truth.people} != {None}
    assert heads.visible_px.max() > 50
    again = SimSource("couples+dropped_frames", shot=SHOT)
    assert np.array_equal(again.heads.visible_px, heads.visible_px)
    assert again.truth == truth
    assert [line.name for line in site.lines] == ["door"]
    assert site.mount_height_m == 3.0


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("keep")
    with pytest.raises(ScenarioError, match="new or empty folder"):
        next(film(World(find_scenario("empty"), SHOT), tmp_path))


def test_a_source_ends_and_stays_ended() -> None:
    source = SimSource("empty", shot=Shot(seconds=0.3, fps=10.0, size=(96, 64), threads=1))
    pairs = [source.read() for _ in range(5)]
    assert [pair.seq if pair else None for pair in pairs] == [0, 1, 2, None, None]
    assert source.frame_count == 3
    assert source.faults == SourceFaults()
    assert source.faults.clean
    source.close()
    source.close()
    with pytest.raises(SourceError, match="after close"):
        source.read()


def test_a_live_source_runs_on_the_clock() -> None:
    with SimSource("empty", shot=Shot(seconds=0.4, fps=10.0, size=(96, 64)), live=True) as source:
        times = []
        while (pair := source.read()) is not None:
            times.append((pair.seq, pair.t_ns))
    start = times[0][1] - times[0][0] * 100_000_000
    assert [t - start for _, t in times] == [seq * 100_000_000 for seq, _ in times]


def test_seeds_for_training_tuning_and_reporting_are_apart() -> None:
    bounds = [(r.start, r.stop) for r in (TRAINING_SEEDS, TUNING_SEEDS, REPORTING_SEEDS)]
    assert bounds[0][1] == bounds[1][0] == 1_000_000
    assert bounds[1][1] == bounds[2][0] == 2_000_000
    assert Shot().seed in REPORTING_SEEDS


def test_strata_are_named_once() -> None:
    strata = [scenario.stratum for scenario in SCENARIOS.values()]
    assert len(set(strata)) == len(strata) >= 50
    assert all(scenario.about for scenario in SCENARIOS.values())


def test_scenarios_combine() -> None:
    both = find_scenario("trolley+infrared+mount_4m")
    assert both.traffic == SCENARIOS["trolley"].traffic
    assert both.lighting is Lighting.INFRARED
    assert both.mount.height_m == 4.0


def test_an_unknown_scenario_gets_a_hint() -> None:
    with pytest.raises(ScenarioError, match="did you mean couples"):
        find_scenario("couple_dance")


@pytest.mark.parametrize("shot", [{"seconds": 0.0}, {"fps": 0.0}, {"size": (10, 10)}, {"seed": -1}])
def test_impossible_shots_are_refused(shot: dict[str, float]) -> None:
    with pytest.raises(ScenarioError, match="expected"):
        Shot(**shot)  # type: ignore[arg-type] # wrong on purpose


def test_the_list_has_a_json_twin() -> None:
    text = CliRunner().invoke(app, ["simulate", "--list"])
    twin = CliRunner().invoke(app, ["simulate", "--list", "--json"])
    names = [row["name"] for row in json.loads(twin.stdout)]
    assert names == list(SCENARIOS)
    assert all(name in text.stdout for name in names)


def test_the_command_writes_a_recording(tmp_path: Path) -> None:
    out = tmp_path / "clip"
    arguments = [
        "simulate",
        "empty",
        "--seconds",
        "0.2",
        "--size",
        "96x64",
        "--out",
        str(out),
        "--json",
    ]
    result = CliRunner().invoke(app, [*arguments, "--quiet"])
    assert result.exit_code == 0
    assert json.loads(result.stdout)["frames"] == 3
    assert Truth.load(out).crossings == ()


def test_without_the_extra_the_command_says_how_to_install_it() -> None:
    code = (
        "import sys; sys.modules['numba'] = None; sys.argv = ['lintel', 'simulate', '--list'];"
        "from lintel.cli import main; main()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "lintel[sim]" in done.stderr
