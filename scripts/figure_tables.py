"""Tables of docs/figures.md, drawn from the scores in docs/figures.json."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any, TypeAlias

Scores: TypeAlias = dict[str, Any]  # JSON as `lintel` printed it

COMMAND = "lintel evaluate --suite --form tables --detector {} --json"
TIERS = ("full", "fast")
DETECTORS = ("classical", "learned")
# F1 of crossings that the project wants; other strata are shown without.
WANTED = {
    **dict.fromkeys(
        (
            "single walkers", "couples side by side", "tailgating",
            "opposite directions shoulder to shoulder", "U-turn on the line",
            "loiterer on the line", "child by the hand", "groups of children",
            "0 lux with infrared lamp", "dim light", "dark clothes on dark floor",
            "sun patch that travels", "15 degrees tilt", "2.5 m mount", "4 m mount",
        ),
        0.997,
    ),
    **dict.fromkeys(("dense two-way crowd", "trolley", "6 m mount"), 0.990),
}  # fmt: skip
VISITED = "zone dwell"  # the stratum in which people stay in the zone; others cross it


def suites(kept: dict[str, Scores], form: str) -> list[tuple[str, Scores]]:
    """Detectors that the suite was run with in this form, and their tiers."""
    told = kept.get(form, {})
    return [(name, told[name]) for name in sorted(told, key=lambda n: (n not in DETECTORS, n))]


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


def suite_table(detector: str, tiers: Scores) -> str:
    """Both tiers of a detector beside each other, one row a stratum."""
    ran = [tier for tier in TIERS if tier in tiers]
    amount = "; ".join(
        f"{tier} tier {tiers[tier]['clips']} clips, {tiers[tier]['seconds']} s" for tier in ran
    )
    head = "| stratum |" + "".join(
        f" {tier}: true | missed | false | F1 | heads | head F1 |" for tier in ran
    )
    names = sorted({name for tier in ran for name in tiers[tier]["strata"]})
    body = [
        f"| {name} |" + "".join(cells(tiers[tier]["strata"].get(name, {})) for tier in ran)
        for name in names
    ]
    about = f"\n### {detector.capitalize()} detector\n\n`{COMMAND.format(detector)}`: {amount}.\n"
    return "\n".join([about, head, "|---" * (1 + 6 * len(ran)) + "|", *body])


def visits_table(kept: dict[str, Scores], form: str) -> str:
    """Visits of every stratum that has some, both detectors and tiers."""
    head = (
        "| detector, tier | stratum | true | counted | split | merged | missed | false "
        "| dwell error, median |"
    )
    return "\n".join(
        [head, "|---" * 9 + "|"]
        + [
            f"| {run} | {stratum} | {v['truth']} | {v['counted']} | {v['split']} | {v['merged']} "
            f"| {v['missed']} | {v['false']} | {seconds(v['dwell_median_error_s'])} |"
            for run, stratum, v in parts_of(kept, form, "visits")
            if v["truth"] > 0 and stratum == VISITED
        ]
    )


def groups_table(kept: dict[str, Scores], form: str) -> str:
    """Pairs of every stratum that has some, both detectors and tiers."""
    head = "| detector, tier | stratum | true pairs | told | right | F1 |"
    return "\n".join(
        [head, "|---" * 6 + "|"]
        + [
            f"| {run} | {stratum} | {g['true_pairs']} | {g['said_pairs']} | {g['right_pairs']} "
            f"| {share(g['pairwise_f1'])} |"
            for run, stratum, g in parts_of(kept, form, "groups")
            if g["true_pairs"] > 0
        ]
    )


def attributes_table(kept: dict[str, Scores], form: str) -> str:
    """What was said of who crossed, all strata of a run together: most have no child, no staff."""
    head = (
        "| detector, tier | crossings | children | undecided | wrong | wrong of decided "
        "| staff | recognised | others | taken for staff |"
    )
    sums: dict[str, Counter[str]] = {}
    for run, _, said in parts_of(kept, form, "attributes"):
        counts = {name: value for name, value in said.items() if isinstance(value, int)}
        sums.setdefault(run, Counter()).update(counts)
    return "\n".join(
        [head, "|---" * 10 + "|"]
        + [
            f"| {run} | {n['crossings']} | {n['children']} | {n['undecided']} | {n['wrong']} "
            f"| {share(n['wrong'] / max(n['crossings'] - n['undecided'], 1))} "
            f"| {n['staff'] or '-'} | {n['recognised'] if n['staff'] else '-'} "
            f"| {n['others'] or '-'} | {n['mistaken'] if n['others'] else '-'} |"
            for run, n in sums.items()
            if n["crossings"] > n["undecided"]
        ]
    )


def parts_of(kept: dict[str, Scores], form: str, name: str) -> Iterable[tuple[str, str, Scores]]:
    """Detector and tier, stratum, and one group of its figures, where it was measured."""
    for detector, tiers in suites(kept, form):
        for tier in (tier for tier in TIERS if tier in tiers):
            for stratum, score in sorted(tiers[tier]["strata"].items()):
                if found := part(score, name):
                    yield f"{detector}, {tier}", stratum, found


def seconds(value: object) -> str:
    """Seconds with two digits, or a dash."""
    return f"{value:.2f} s" if isinstance(value, float | int) else "-"


def cells(score: Scores) -> str:
    """Six cells of one stratum in one tier."""
    crossings, heads = part(score, "crossings"), part(score, "heads")
    counts = [crossings.get(name, "-") for name in ("truth", "missed", "false")]
    told = [*counts, between(crossings), heads.get("truth", "-"), between(heads)]
    return "".join(f" {cell} |" for cell in told)


def between(rates: Scores, *, digits: int = 3) -> str:
    """F1 and its interval (a digit less), or a dash."""
    f1, low, high = (rates.get(name) for name in ("f1", "f1_low", "f1_high"))
    if f1 is None or low is None or high is None:
        return "-"
    less = digits - 1
    return f"{f1:.{digits}f} ({low:.{less}f} .. {high:.{less}f})"


def part(score: Scores, name: str) -> Scores:
    """One group of figures; empty where nothing was measured."""
    value = score.get(name)
    return value if isinstance(value, dict) else {}


def share(value: object) -> str:
    """A share with four digits, or a dash."""
    return f"{value:.4f}" if isinstance(value, float | int) else "-"


def long_table(detector: str, tiers: Scores) -> str:
    """Crossings and bias of the long form, one row a stratum; what nobody crossed is summed up."""
    ran = [tier for tier in TIERS if tier in tiers]
    head = "| stratum | F1 wanted |" + "".join(
        f" {tier}: true | missed | false | F1 | bias |" for tier in ran
    )
    names = sorted(
        {name for tier in ran for name, s in tiers[tier]["strata"].items() if crossed(s)}
    )
    body = [
        f"| {name} | {WANTED.get(name, '-')} |"
        + "".join(long_cells(tiers[tier]["strata"].get(name, {}), name) for tier in ran)
        for name in names
    ]
    amount = "; ".join(_amount(tier, tiers[tier]) for tier in ran)
    nobody = "".join(_nobody(tier, tiers[tier]["strata"]) for tier in ran)
    about = f"{detector.capitalize()} detector: {amount}.{nobody}\n"
    return "\n".join([about, head, "|---" * (2 + 5 * len(ran)) + "|", *body])


def crossed(score: Scores) -> bool:
    """Whether anybody crossed a line in this stratum."""
    return bool(part(score, "crossings").get("truth"))


def _amount(tier: str, run: Scores) -> str:
    told = list(run["strata"].values())
    clips, hours = (sum(score[name] for score in told) for name in ("clips", "seconds"))
    return f"{tier} tier {clips} clips, {hours / 3600.0:.1f} h, code `{run['code'][:12]}`"


def _nobody(tier: str, strata: Scores) -> str:
    """How long nobody was there, and what was counted then."""
    empty = {name: s for name, s in strata.items() if s.get("false_without_people") is not None}
    if not empty:
        return ""
    minutes = sum(score["seconds"] for score in empty.values()) / 60.0
    false = sum(score["false_without_people"] for score in empty.values())
    return (
        f" Without people ({', '.join(sorted(empty))}), {tier} tier: {minutes:.0f} minutes, "
        f"{false} counted."
    )


def long_cells(score: Scores, stratum: str) -> str:
    """Five cells of one stratum in one tier of the long form."""
    crossings = part(score, "crossings")
    counts = [crossings.get(name, "-") for name in ("truth", "missed", "false")]
    short = crossings and (crossings["f1"] or 0.0) < WANTED.get(stratum, 0.0)
    f1 = between(crossings, digits=4)
    f1 = f"**{f1}**" if short else f1
    told = [*counts, f1, furthest(score.get("bias", []))]
    return "".join(f" {cell} |" for cell in told)


def furthest(biases: list[Scores]) -> str:
    """The interval that reaches furthest from nothing, and what the test says of it."""
    known = [one for one in biases if one["low"] is not None]
    if not known:
        return "-"
    worst = max(known, key=lambda one: max(-one["low"], one["high"]))
    return (
        f"{100 * worst['low']:+.1f} .. {100 * worst['high']:+.1f} % "
        f"({worst['equivalent_within_1_percent']})"
    )
