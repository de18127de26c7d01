"""Scores of the long form may come in parts, but never from different code."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"


@pytest.fixture
def keep(monkeypatch: pytest.MonkeyPatch) -> Any:  # noqa: ANN401 - a script's function
    """What `scripts/publish_figures.py --long` keeps a run with."""
    monkeypatch.syspath_prepend(str(SCRIPTS))
    import kept_scores  # type: ignore[import-not-found,unused-ignore]  # noqa: PLC0415

    yield kept_scores.keep_long
    for name in ("kept_scores", "figure_tables"):
        sys.modules.pop(name, None)


def run_of(
    strata: dict[str, int], *, code: str, unfinished: tuple[str, ...] = (), fps: float = 7.5
) -> dict[str, Any]:
    """What the suite prints, in short: names of scenarios and true crossings."""
    fast = {
        "detector": "learned",
        "code": code,
        "fps": [fps],
        "strata": {
            f"the {name}": {"crossings": {"truth": truth}, "false_without_people": 0, "heads": None}
            for name, truth in strata.items()
        },
        "recordings": {
            f"{name}/fast/{seed}": {"strata": [f"the {name}"], "duration_s": 40.0}
            for name in strata
            for seed in (1, 2)
        },
    }
    return {"fast": fast, "unfinished": [f"{name}/fast" for name in unfinished]}


def test_parts_of_the_same_code_are_put_together(keep: Any) -> None:  # noqa: ANN401
    kept: dict[str, Any] = {}
    keep(kept, run_of({"hat": 3, "queue": 1}, code="a", unfinished=("queue",)))
    keep(kept, run_of({"pram": 5}, code="a"))
    fast = kept["7.5"]["learned"]["fast"]
    assert set(fast["strata"]) == {"the hat", "the pram"}
    assert fast["strata"]["the hat"] == {
        "crossings": {"truth": 3}, "false_without_people": 0, "clips": 2, "seconds": 80,
    }  # fmt: skip


def test_other_code_begins_anew(keep: Any) -> None:  # noqa: ANN401
    kept: dict[str, Any] = {}
    keep(kept, run_of({"hat": 3, "queue": 1}, code="a"))
    keep(kept, run_of({"queue": 2}, code="b"))
    fast = kept["7.5"]["learned"]["fast"]
    assert fast["code"] == "b"
    assert {name: s["crossings"]["truth"] for name, s in fast["strata"].items()} == {"the queue": 2}


def test_frame_rates_are_kept_apart(keep: Any) -> None:  # noqa: ANN401
    kept: dict[str, Any] = {}
    keep(kept, run_of({"hat": 3}, code="a"))
    keep(kept, run_of({"hat": 5}, code="b", fps=15.0))
    crossings = {
        fps: tiers["learned"]["fast"]["strata"]["the hat"]["crossings"]["truth"]
        for fps, tiers in kept.items()
    }
    assert crossings == {"7.5": 3, "15": 5}
