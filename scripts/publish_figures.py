"""Writes docs/figures.md from what `lintel evaluate` printed, so that no figure is typed by hand.

    lintel evaluate --suite --json > fast.json
    lintel evaluate analytic:doorway analytic:box ... --json > analytic.json
    scripts/publish_figures.py --suite fast.json --analytic analytic.json

The scores are kept in docs/figures.json; ``--check`` compares the page with them.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeAlias

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "figures.md"
KEPT = ROOT / "docs" / "figures.json"

Scores: TypeAlias = dict[str, Any]  # JSON as `lintel` printed it

HEAD = """# Figures

Written by `scripts/publish_figures.py` from what `lintel evaluate` printed; the method is in
[accuracy.md](accuracy.md). **Every scene here is drawn or rendered by Lintel itself: nothing on
this page is field accuracy.** F1 counts each miss and each false count; the number of true events
stands beside it.
"""
ANALYTIC = """
## Analytic scenes

Ray-cast people made of ellipsoids; images through the real matcher, the whole pipeline.
`lintel evaluate analytic:doorway analytic:cross analytic:shoulder analytic:box analytic:empty`
"""
TIERS = {
    "full": """
## Rendered people, full tier

Rendered images through the real matcher, the whole pipeline with the classical detector.
`lintel evaluate --suite --form long`
""",
    "fast": """
## Rendered people, fast tier

Exact depth with a fitted model of the matcher's errors; from the floor fit on the same pipeline
with the classical detector. One clip of 20 s per scenario: enough to see what fails, far too few
events to prove what does not. `lintel evaluate --suite`
These scores are older than the present fit of the tier's error model, which moved head heights by
2 to 3 cm; the next run renews them.
""",
}
README = ROOT / "README.md"
MARKS = ("<!-- figures: scripts/publish_figures.py -->", "<!-- end of figures -->")
# Labelled by hand: people who walk over the line x = 0 of the real patio recording.
PATIO_TRUTH = {"in": 3, "out": 1}
# A plain OpenCV calibration of the same 13 pairs, stereo RMS in pixels.
PLAIN_CALIBRATION_PX = 0.217


def main() -> None:
    """Keep new scores if given, then write or check the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--suite", type=Path, nargs="*", default=[], help="JSON of --suite runs")
    parser.add_argument("--analytic", type=Path, help="JSON of analytic scenes")
    parser.add_argument("--patio", type=Path, help="JSON of `lintel count` on the patio")
    parser.add_argument("--calibration", type=Path, help="JSON of `lintel calibrate`")
    parser.add_argument("--check", action="store_true", help="only compare")
    options = parser.parse_args()
    kept: dict[str, Scores] = json.loads(KEPT.read_text()) if KEPT.exists() else {}
    for run in options.suite:
        for tier, scores in json.loads(run.read_text()).items():
            kept[tier] = scores["strata"]
    for name in ("analytic", "patio", "calibration"):
        path: Path | None = getattr(options, name)
        if path:
            kept[name] = pick(name, json.loads(path.read_text()))
    readme = README.read_text()
    first, last = (readme.index(mark) for mark in MARKS)
    pages = {
        PAGE: draw(kept),
        README: readme[: first + len(MARKS[0])] + "\n" + summary(kept) + "\n" + readme[last:],
    }
    if options.check:
        stale = [page.name for page, text in pages.items() if page.read_text() != text]
        if stale:
            sys.exit(f"{', '.join(stale)}: not what docs/figures.json gives: publish_figures.py")
        return
    KEPT.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n")
    for page, text in pages.items():
        page.write_text(text)


def pick(name: str, scores: Scores) -> Scores:
    """What of a command's JSON is worth keeping."""
    wanted = {
        "patio": ("totals", "coverage", "floor"),
        "calibration": ("stereo_rms_px", "views_used", "rectification_residual_px"),
    }
    return {key: scores[key] for key in wanted.get(name, tuple(scores))}


def summary(kept: dict[str, Scores]) -> str:
    """What the README says, in a few lines."""
    lines = []
    if "patio" in kept:
        counted = next(iter(kept["patio"]["totals"].values()))
        labelled = f"{PATIO_TRUTH['in']} in and {PATIO_TRUTH['out']} out"
        lines.append(
            f"- Real recording of a patio in hard sun, passes labelled by hand {labelled}: counted "
            f"{counted['in']} in and {counted['out']} out. So few are an example, not a proof."
        )
    if "calibration" in kept:
        rig = kept["calibration"]
        lines.append(
            f"- Calibration from {rig['views_used']} real board pairs: stereo RMS "
            f"{rig['stereo_rms_px']:.3f} px, a plain OpenCV run {PLAIN_CALIBRATION_PX} px."
        )
    lines += [strata_line(tier, kept[tier]) for tier in TIERS if tier in kept]
    return "\n".join(
        [*lines, "", "All figures with their sample sizes: [figures](docs/figures.md)."]
    )


def strata_line(tier: str, strata: Scores) -> str:
    """How many strata went without an error, and which did not."""
    crossings = {name: part(score, "crossings") for name, score in sorted(strata.items())}
    wrong = [
        f"{name} ({c['missed']} missed, {c['false']} false of {c['truth']})"
        for name, c in crossings.items()
        if c["missed"] or c["false"]
    ]
    events = sum(c["truth"] for c in crossings.values())
    return (
        f"- Rendered people, {tier} tier, {len(strata)} strata with {events} true crossings in "
        f"all: {len(strata) - len(wrong)} strata without an error. The others: "
        f"{'; '.join(wrong) or 'none'}."
    )


def draw(kept: dict[str, Scores]) -> str:
    """The page."""
    parts = [HEAD]
    if "analytic" in kept:
        parts += [ANALYTIC, table(kept["analytic"])]
    for tier, about in TIERS.items():
        if tier in kept:
            parts += [about, table(kept[tier])]
    return "\n".join([*parts, ""])


def table(scores: Scores) -> str:
    """One row a scene or stratum."""
    head = "| scene | true crossings | missed | false | F1 | heads | head F1 |"
    return "\n".join([head, "|---|---|---|---|---|---|---|", *rows(scores)])


def rows(scores: Scores) -> Iterable[str]:
    """Rows in the order of names."""
    for name, score in sorted(scores.items()):
        crossings, heads = part(score, "crossings"), part(score, "heads")
        yield (
            f"| {name} | {crossings['truth']} | {crossings['missed']} | {crossings['false']} "
            f"| {share(crossings['f1'])} | {heads.get('truth', '-')} | {share(heads.get('f1'))} |"
        )


def part(score: Scores, name: str) -> Scores:
    """One group of figures; empty where nothing was measured."""
    value = score.get(name)
    return value if isinstance(value, dict) else {}


def share(value: object) -> str:
    """A share with four digits, or a dash."""
    return f"{value:.4f}" if isinstance(value, float | int) else "-"


if __name__ == "__main__":
    main()
