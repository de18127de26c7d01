"""Scores detectors on rendered scenes with tuning seeds, side by side; never on reporting seeds.

    .venv/bin/python training/bench.py learned classical --seconds 30 --clips 1

Per scenario: crossings matched, missed and false with their number, F1 of heads per frame, median
error of place and spread of height. Training ends with this; ``--record`` does it again for one
model file and writes what it finds into the provenance beside that file.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from collections.abc import Iterable
from pathlib import Path

import cv2

from lintel.evaluate import RecordingScore
from lintel.sim.catalogue import SCENARIOS
from lintel.suite.cases import Case, Tier
from lintel.suite.runner import run_case

FIRST_TUNING_SEED = 1_000_000
LAST_TUNING_SEED = 1_999_999
RECORDED_SEED = FIRST_TUNING_SEED + 40_000
RECORDED_S = 20.0  # of every scenario, in the fast tier


def score_of(
    scenario: str, detector: str, *, clips: int, seconds: float, seed: int, tier: Tier
) -> list[RecordingScore]:
    """Scores of clips that begin at ``seed``."""
    if not FIRST_TUNING_SEED <= seed <= LAST_TUNING_SEED - clips:
        raise ValueError(f"tuning uses seeds from 1,000,000 to 1,999,999, got {seed}")
    return [
        run_case(Case(scenario, seed + k, seconds, tier, detector=detector)).score
        for k in range(clips)
    ]


def row_of(scores: list[RecordingScore]) -> dict[str, float]:
    """The figures of one scenario and detector."""
    crossings = sum((s.crossings for s in scores[1:]), start=scores[0].crossings)
    people = [s.people for s in scores if s.people is not None]
    heads = [p.heads for p in people]
    rates = sum((h.rates for h in heads[1:]), start=heads[0].rates)
    return {
        "true": crossings.truth,
        "missed": crossings.missed,
        "false": crossings.false,
        "f1": round(crossings.f1, 4),
        "heads": rates.truth,
        "head_recall": round(rates.recall, 4),
        "head_precision": round(rates.precision, 4),
        "place_cm": round(heads[0].position_median_cm, 1),
        "height_bias_cm": round(heads[0].height.bias_cm, 1),
        "height_sigma_cm": round(heads[0].height.sigma_cm, 1),
    }


def record(
    model: Path, *, scenarios: Iterable[str] = tuple(SCENARIOS), seconds: float = RECORDED_S
) -> None:
    """Score ``model`` and write the scores into the provenance beside it, ``NAME.json``.

    Args:
        model: the ONNX file; its provenance must be there.
        scenarios: names; default: all.
        seconds: of each, one clip of the fast tier that begins at RECORDED_SEED.

    Raises:
        OSError: there is no provenance beside ``model``.
        DetectorError: ``model`` is damaged or of another contract.
    """
    beside = model.with_suffix(".json")
    told = json.loads(beside.read_text(encoding="utf-8"))
    strata = {}
    for scenario in scenarios:
        scores = score_of(
            scenario,
            str(model),
            clips=1,
            seconds=seconds,
            seed=RECORDED_SEED,
            tier=Tier.FAST,
        )
        row = row_of(scores)
        strata[scenario] = {name: None if math.isnan(row[name]) else row[name] for name in row}
        print(f"{scenario:24} " + "  ".join(f"{k} {v}" for k, v in row.items()), flush=True)
    told["scores"] = {
        "command": "python -m training.bench --record",
        "tier": Tier.FAST.value,
        "seeds": f"from {RECORDED_SEED} (tuning)",
        "seconds": seconds,
        "strata": strata,
    }
    written = beside.with_suffix(".json.new")
    written.write_text(json.dumps(told, indent=2, allow_nan=False) + "\n", encoding="utf-8")
    written.replace(beside)


def main() -> None:
    """Print a table, and JSON lines when asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("detectors", nargs="+", help="learned, classical, or a model file")
    parser.add_argument("--scenarios", nargs="*", default=[], help="default: all")
    parser.add_argument("--clips", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--seed", type=int, default=RECORDED_SEED)
    parser.add_argument("--tier", type=Tier, default=Tier.FAST)
    parser.add_argument("--out", type=Path, help="file for JSON lines")
    parser.add_argument(
        "--record",
        action="store_true",
        help=f"write the scores of one model file beside it: one clip of {RECORDED_S:g} s of each "
        "scenario in the fast tier, whatever else is asked for",
    )
    chosen = parser.parse_args()
    cv2.setNumThreads(1)
    if chosen.record:
        _record_one(parser, chosen)
        return
    lines = []
    for scenario in chosen.scenarios or SCENARIOS:
        for detector in chosen.detectors:
            begun = time.process_time()
            scores = score_of(
                scenario,
                detector,
                clips=chosen.clips,
                seconds=chosen.seconds,
                seed=chosen.seed,
                tier=chosen.tier,
            )
            row = {"scenario": scenario, "detector": Path(detector).parent.name or detector}
            row |= row_of(scores) | {"cpu_s": round(time.process_time() - begun, 1)}
            lines.append(json.dumps(row))
            print("  ".join(f"{k} {v}" for k, v in row.items()), flush=True)
    if chosen.out is not None:
        chosen.out.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _record_one(parser: argparse.ArgumentParser, chosen: argparse.Namespace) -> None:
    model = Path(chosen.detectors[0])
    if len(chosen.detectors) > 1 or not model.with_suffix(".json").is_file():
        parser.error(
            "--record expects one model file with its provenance beside it (heads.onnx and "
            f"heads.json), got {' '.join(chosen.detectors)}"
        )
    record(model, scenarios=chosen.scenarios or SCENARIOS)


if __name__ == "__main__":
    main()
