"""What each part of the detector and the tracker brings, stratum by stratum, on tuning seeds.

    scripts/bench ablation [--seconds 20] [--fps 7.5] [--crossings 0] [--tier fast]
        [--crowds FOLDER] [--model NAME=FILE ...] [--rows FILE ...] [--page FILE]

Each variant leaves one part out or puts another in its place; everything else is the production
pipeline, and all variants see the same frames. Clips of a stratum follow each other until enough
people have crossed (``--crossings``, at most ``--clips``). ``--model`` adds a learned detector
with another model. ``--rows`` takes earlier output instead of runs, of both tiers if you like.
``--crowds`` replays recorded trajectories (rows ``id frame x y z``,
centimetres, 16 fps) with rendered bodies. ``--page`` writes docs/decisions/ablation.md. Seeds are
tuning seeds: nothing here is a report, and everything is rendered.
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_name] = "1"

import cv2  # noqa: E402 - thread limits come before numpy loads
import numpy as np  # noqa: E402

from lintel.depth.aligned import AlignedDepth  # noqa: E402
from lintel.detect.classical import ClassicalDetector  # noqa: E402
from lintel.detect.head_model import HeadModel  # noqa: E402
from lintel.detect.head_place import PlaceRule  # noqa: E402
from lintel.detect.learned import LearnedDetector, LearnedSettings  # noqa: E402
from lintel.detect.scenery import ScenerySettings  # noqa: E402
from lintel.evaluate import RecordingScore  # noqa: E402
from lintel.pipeline import Stages  # noqa: E402
from lintel.pipeline.chain import depth_settings  # noqa: E402
from lintel.sim.catalogue import find_scenario  # noqa: E402
from lintel.sim.scenario import TUNING_SEEDS, Mount, Replay, Scenario  # noqa: E402
from lintel.sim.shot import Shot  # noqa: E402
from lintel.sim.world import World  # noqa: E402
from lintel.suite.cases import Case, Tier  # noqa: E402
from lintel.suite.side_by_side import run_side_by_side  # noqa: E402

SEED = TUNING_SEEDS.start + 60_000
STRATA = (
    "single_walkers",
    "couples",
    "tailgating",
    "dense_crowd",
    "children",
    "trolley",
    "umbrella",
    "hat",
    "uturn",
    "trolley_child",
    "opposite_shoulders",
    "mount_2_5m",
    "mount_4m",
    "tilt_15",
    "mount_6m",
)
NEVER_S = 1e9
CROWD_FPS, CM = 16.0, 0.01

Adjust = Callable[[Stages], Stages]


def learned(stages: Stages) -> Stages:
    """The learned detector, nothing left out."""
    return replace(stages, detector=LearnedDetector())


def classical(stages: Stages) -> Stages:
    """Peaks of the height map instead of the network."""
    return replace(stages, detector=ClassicalDetector())


def one_stage(stages: Stages) -> Stages:
    """Weak heads are thrown away: nothing is left for the second stage of association."""
    return replace(stages, detector=LearnedDetector(settings=LearnedSettings(min_score=0.5)))


def no_scenery(stages: Stages) -> Stages:
    """What stands still is never learned."""
    never = ScenerySettings(
        absorb_after_s=NEVER_S,
        absorb_person_after_s=NEVER_S,
        absorb_low_after_s=NEVER_S,
        absorb_low_person_after_s=NEVER_S,
    )
    return replace(stages, detector=LearnedDetector(settings=LearnedSettings(scenery=never)))


def no_border(stages: Stages) -> Stages:
    """Heads that the border of the view cuts are believed like any other."""
    settings = LearnedSettings(border_m=(-9.0, -8.0))
    return replace(stages, detector=LearnedDetector(settings=settings))


def no_crown(stages: Stages) -> Stages:
    """Heads stay where the network puts them."""
    as_told = PlaceRule(share=0.0, forward_m=0.0, outward_m=0.0)
    return replace(stages, detector=LearnedDetector(settings=LearnedSettings(place=as_told)))


VARIANTS: dict[str, Adjust] = {
    "learned": learned,
    "classical": classical,
    "without two-stage association": one_stage,
    "without scenery": no_scenery,
    "without doubt at the border": no_border,
    "without the measured crown": no_crown,
}


def unrefined(scenario: Scenario, case: Case) -> Adjust:
    """Disparities as the matcher gives them: matters to the full tier alone."""
    shot = Shot(seconds=1.0, fps=case.fps, seed=case.seed, threads=1)
    world = World(scenario, shot)

    def adjust(stages: Stages) -> Stages:
        settings = replace(depth_settings(world.site()), refine_iterations=0)
        depth = AlignedDepth(world.rig, settings=settings)
        return replace(stages, detector=LearnedDetector(), depth=depth)

    return adjust


def crowd_scenario(path: Path) -> Scenario:
    """A recorded crowd below a camera at 4 m, where it is densest along the corridor."""
    table = np.loadtxt(path)
    middle = np.median(table[:, 2:4], axis=0) * CM
    return Scenario(
        name=path.stem,
        stratum=f"recorded crowd {path.stem}",
        about="Recorded trajectories with rendered bodies.",
        mount=Mount(height_m=4.0),
        line_half_m=1.9,
        replay=Replay(path, CROWD_FPS, CM, (-float(middle[0]), -float(middle[1]))),
    )


def with_model(path: Path) -> Adjust:
    """The learned detector with another model."""

    def adjust(stages: Stages) -> Stages:
        return replace(stages, detector=LearnedDetector(HeadModel(path)))

    return adjust


def rows_of(
    scenarios: list[Scenario], variants: dict[str, Adjust], wanted: argparse.Namespace
) -> Iterator[dict[str, object]]:
    """Figures of every scenario and variant."""
    for scenario in scenarios:
        scores: dict[str, list[RecordingScore]] = {}
        for number in range(wanted.clips):
            seed = wanted.seed + number
            case = Case(scenario.name, seed, wanted.seconds, wanted.tier, fps=wanted.fps)
            chosen = dict(variants)
            if wanted.tier is Tier.FULL:
                chosen["without refinement"] = unrefined(scenario, case)
            for name, ran in run_side_by_side(scenario, case, chosen).items():
                scores.setdefault(name, []).append(ran.score)
            seen = sum(score.crossings.truth for score in next(iter(scores.values())))
            if seen >= wanted.crossings:
                break
        for name, found in scores.items():
            told = {"stratum": scenario.stratum, "tier": wanted.tier.value, "variant": name}
            yield told | figures_of(found)


def figures_of(scores: list[RecordingScore]) -> dict[str, float]:
    """Crossings and heads of some clips together."""
    crossings = sum((s.crossings for s in scores[1:]), start=scores[0].crossings)
    heads = [s.people.heads.rates for s in scores if s.people is not None]
    rates = sum(heads[1:], start=heads[0])
    return {
        "true": crossings.truth,
        "missed": crossings.missed,
        "false": crossings.false,
        "f1": crossings.f1,
        "heads": rates.truth,
        "head_f1": rates.f1,
    }


def page_of(rows: list[dict[str, object]], *, order: str) -> str:
    """The page, from rows alone: first all strata together, then each apart."""
    lines = [
        "# What each part brings",
        "",
        f"Written by `{order}`; tuning seeds, rendered people. Missed and false crossings out of",
        "the true ones, and F1 of heads per frame. A part that changes nothing here may matter in",
        "a stratum that is not shown; with so few crossings a difference of one says little.",
        "",
        "All strata together, to compare variants only: such a figure hides the hard strata.",
        "",
        "| tier | variant | true | missed | false |",
        "|---|---|---|---|---|",
    ]
    for tier, name in dict.fromkeys((r["tier"], r["variant"]) for r in rows):
        mine = [r for r in rows if (r["tier"], r["variant"]) == (tier, name)]
        sums = (sum(int(str(r[key])) for r in mine) for key in ("true", "missed", "false"))
        lines.append(f"| {tier} | {name} | " + " | ".join(map(str, sums)) + " |")
    lines += [
        "",
        "| stratum | tier | variant | true | missed | false | F1 | heads | head F1 |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for r in rows:
        numbers = " | ".join(str(r[key]) for key in ("true", "missed", "false"))
        lines.append(
            f"| {r['stratum']} | {r['tier']} | {r['variant']} | {numbers} | {_share(r['f1'])} | "
            f"{r['heads']} | {_share(r['head_f1'])} |"
        )
    return "\n".join(lines) + "\n"


def variants_of(wanted: argparse.Namespace) -> dict[str, Adjust]:
    """The variants that were asked for, by name."""
    models = dict(spec.split("=", 1) for spec in wanted.model)
    return {name: VARIANTS[name] for name in wanted.variants} | {
        name: with_model(Path(path)) for name, path in models.items()
    }


def _share(value: object) -> str:
    return f"{value:.4f}" if isinstance(value, float) and value == value else "-"  # noqa: PLR0124


def main() -> None:
    """Print JSON lines; write the page when asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--fps", type=float, default=7.5)
    parser.add_argument("--crossings", type=int, default=0, help="per stratum, at least")
    parser.add_argument("--clips", type=int, help="at most; default: 1, or 40 with --crossings")
    parser.add_argument("--seed", type=int, default=SEED, help="of the first clip, a tuning seed")
    parser.add_argument("--tier", type=Tier, default=Tier.FAST)
    parser.add_argument("--strata", nargs="*", default=list(STRATA))
    parser.add_argument("--variants", nargs="*", choices=VARIANTS, default=list(VARIANTS))
    parser.add_argument("--model", nargs="*", default=[], metavar="NAME=FILE")
    parser.add_argument("--crowds", type=Path, help="folder of recorded trajectories")
    parser.add_argument("--page", type=Path)
    parser.add_argument("--rows", type=Path, nargs="*", default=[], help="earlier output: no runs")
    chosen = parser.parse_args()
    if not all(seed in TUNING_SEEDS for seed in (chosen.seed, chosen.seed + 1000)):
        parser.error(f"expected a tuning seed, got {chosen.seed}")
    if chosen.clips is None:
        chosen.clips = 40 if chosen.crossings else 1
    cv2.setNumThreads(1)
    rows: list[dict[str, object]] = []
    for kept in chosen.rows:
        rows += [json.loads(line) for line in kept.read_text().splitlines()]
    if not chosen.rows:
        scenarios = [find_scenario(name) for name in chosen.strata]
        if chosen.crowds is not None:
            scenarios = [crowd_scenario(path) for path in sorted(chosen.crowds.glob("*.txt"))]
        for row in rows_of(scenarios, variants_of(chosen), chosen):
            print(json.dumps(row), flush=True)
            rows.append(row)
    if chosen.page is not None:
        chosen.page.write_text(page_of(rows, order="scripts/bench ablation"), encoding="utf-8")


if __name__ == "__main__":
    main()
