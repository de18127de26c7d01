"""The real overhead recording, counted through the real command line, against labels by hand.

One test per detector with sub-tests: the clip takes about a minute, and parallel test workers would
run a shared fixture once each.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

import numpy as np
import pytest

from cli_builders import run_lintel
from lintel.capture import Source
from lintel.config import SiteConfig
from lintel.pipeline import Chain, FrameResult, RunReport, run
from lintel.records import Phase, Tracks

SITE = Path(__file__).with_name("oak_patio_site.toml")
FPS = 30.0
# Frames at which a person's head passes the middle of the raw left image, labelled by hand.
PASSES = ((67, "in"), (241, "out"), (427, "in"), (511, "in"))
AXIS_M = 2.74  # measured on site, along the optical axis
NEAR_LINE_M = 0.8
MOMENT_S = 1.5  # longer than anybody stays near the line, shorter than the time between passes


class _Crossing(TypedDict):
    type: str
    line: str
    direction: str
    t_s: float


class _Answer(TypedDict):
    totals: dict[str, dict[str, int]]
    events: list[_Crossing]
    frames: int
    dropped_frames: int
    coverage: float
    detector: str
    detector_fault: str
    floor: dict[str, float]


@dataclass(frozen=True, slots=True)
class _Sample:
    """A confirmed person in one frame."""

    t_s: float
    track: int
    x_m: float
    stature_m: float


class _Watch:
    """Keeps where confirmed people were while the command ran."""

    def __init__(self) -> None:
        self.samples: list[_Sample] = []

    def look(self, tracks: Tracks) -> None:
        for row in np.flatnonzero(tracks.phase == Phase.CONFIRMED):
            self.samples.append(
                _Sample(
                    t_s=tracks.t_ns / 1e9,
                    track=int(tracks.id[row]),
                    x_m=float(tracks.xyz_m[row, 0]),
                    stature_m=float(tracks.stature_m[row]),
                )
            )

    def statures_of_pass(self, t_s: float) -> list[float]:
        """Statures, near the line, of whoever was nearest to it at ``t_s``."""
        around = [s for s in self.samples if abs(s.t_s - t_s) < MOMENT_S]
        walker = min(around, key=lambda s: abs(s.t_s - t_s) + abs(s.x_m)).track
        return [s.stature_m for s in around if s.track == walker and abs(s.x_m) <= NEAR_LINE_M]


@contextmanager
def _watched(watch: _Watch) -> Iterator[None]:
    """Let ``watch`` look at every frame that the command analyses; nothing else changes."""

    def run_watched(
        source: Source,
        site: SiteConfig,
        *,
        chain: Chain,
        on_frame: Callable[[FrameResult], None],
    ) -> RunReport:
        def both(result: FrameResult) -> None:
            watch.look(result.tracks)
            on_frame(result)

        return run(source, site, chain=chain, on_frame=both)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("lintel.cli.count.run", run_watched)
        yield


@pytest.mark.timeout(1200)
@pytest.mark.parametrize("detector", ["learned", "classical"])
def test_the_patio_is_counted_as_the_labels_say(
    detector: str,
    shared_data: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    subtests: pytest.Subtests,
) -> None:
    watch, jsonl = _Watch(), tmp_path / "events.jsonl"
    with _watched(watch):
        clip = str(shared_data / "oak_patio")
        arguments = [clip, "--site", str(SITE), "--out", str(jsonl), "--json"]
        arguments += ["--detector", detector]
        done = run_lintel("count", *arguments, capsys=capsys)
    assert done.code == 0, done.err

    with subtests.test("standard output is one JSON object, standard error is silent"):
        assert (len(done.out.splitlines()), done.err) == (1, "")
    answer: _Answer = json.loads(done.out)
    events = answer["events"]

    with subtests.test("the detector that was asked for has counted"):
        assert (answer["detector"], answer["detector_fault"]) == (detector, "")

    with subtests.test("three in, one out, nothing else"):
        assert answer["totals"] == {"door": {"in": 3, "out": 1}}
        told = [(event["type"], event["line"], event["direction"]) for event in events]
        assert told == [("crossing", "door", direction) for _, direction in PASSES]

    for (frame, direction), event in zip(PASSES, events, strict=False):
        with subtests.test("moment of the passage", frame=frame, direction=direction):
            assert event["t_s"] == pytest.approx(frame / FPS, abs=0.5)
        with subtests.test("stature is steady", frame=frame):
            statures = watch.statures_of_pass(event["t_s"])
            assert len(statures) > 5
            assert np.std(statures) < 0.05

    with subtests.test("floor along the optical axis"):
        assert answer["floor"]["distance_along_axis_m"] == pytest.approx(AXIS_M, abs=0.03)

    with subtests.test("the events file holds the same events"):
        assert [json.loads(line) for line in jsonl.read_text().splitlines()] == events

    with subtests.test("every frame of the clip was analysed"):
        assert (answer["frames"], answer["dropped_frames"]) == (627, 0)
        assert answer["coverage"] > 0.9
