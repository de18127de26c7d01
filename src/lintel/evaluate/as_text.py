"""Scores as text, for people. Every figure stands beside its sample size."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from lintel.evaluate.heads import Spread
from lintel.evaluate.measures import Bias
from lintel.evaluate.pooling import f1_interval
from lintel.evaluate.score import RecordingScore
from lintel.evaluate.strata import StratumScore

CROSSING_HEAD = (
    "recording", "true", "matched", "missed", "false", "precision", "recall", "F1", "15-min error"
)  # fmt: skip
BIAS_HEAD = (
    "recording",
    "line",
    "direction",
    "true",
    "counted",
    "bias",
    "95 %",
    "minutes",
    "+-1 %",
)
PEOPLE_HEAD = (
    "recording", "heads", "F1", "position cm", "p95 cm", "height cm", "stature cm",
    "people", "tracks", "IDF1", "HOTA",
)  # fmt: skip
STRATUM_HEAD = (
    "stratum", "recordings", "true", "missed", "false", "F1", "95 %", "15-min error",
    "false, nobody there",
)  # fmt: skip
POOLED_HEAD = (
    "stratum", "heads", "F1", "95 %", "position cm", "p95 cm", "height cm", "stature cm", "IDF1",
    "HOTA",
)  # fmt: skip
VISIT_HEAD = (
    "stratum", "true", "counted", "split", "merged", "missed", "false", "dwell error s", "p95 s"
)  # fmt: skip
GROUP_HEAD = ("stratum", "people", "true pairs", "said", "right", "precision", "recall", "F1")
AGE_HEAD = ("stratum", "crossings", "children", "undecided", "wrong", "error of decided")
STAFF_HEAD = ("stratum", "staff", "recognised", "recall", "others", "mistaken", "false staff")


def text_report(scores: Sequence[RecordingScore], strata: Sequence[StratumScore]) -> str:
    """Tables for people: crossings, bias and heads per recording, then per stratum."""
    parts = [
        _table("Crossings per recording", CROSSING_HEAD, map(_crossing_row, scores)),
        _table("Signed bias per line and direction", BIAS_HEAD, _bias_rows_of(scores)),
        _table("Heads and tracks per recording", PEOPLE_HEAD, _people_rows(scores)),
        _table("Strata, each apart", STRATUM_HEAD, map(_stratum_row, strata)),
        _table(
            "Signed bias per stratum",
            ("stratum", *BIAS_HEAD[1:]),
            (row for score in strata for row in _bias_rows(score.stratum, score.bias)),
        ),
        _table("Heads and tracks per stratum", POOLED_HEAD, _pooled_rows(strata)),
        _table("Visits to zones, per stratum", VISIT_HEAD, _visit_rows(strata)),
        _table("Groups, per stratum", GROUP_HEAD, _group_rows(strata)),
        _table("Child or adult, per stratum", AGE_HEAD, _age_rows(strata)),
        _table("Staff, per stratum", STAFF_HEAD, _staff_rows(strata)),
    ]
    return "\n\n".join(part for part in parts if part)


def _crossing_row(score: RecordingScore) -> tuple[str, ...]:
    rates = score.crossings
    shares = (rates.precision, rates.recall, rates.f1)
    counts = (rates.truth, rates.matched, rates.missed, rates.false)
    return (
        score.name,
        *map(str, counts),
        *(_text(share, 4) for share in shares),
        _percent(score.quarter_hour_error),
    )


def _bias_rows_of(scores: Sequence[RecordingScore]) -> Iterable[tuple[str, ...]]:
    return (row for score in scores for row in _bias_rows(score.name, score.bias))


def _bias_rows(name: str, biases: Iterable[Bias]) -> Iterable[tuple[str, ...]]:
    for b in biases:
        interval = f"{_percent(b.low)} .. {_percent(b.high)}"
        yield (
            name, b.line, b.direction, str(b.truth), str(b.counted), _percent(b.bias),
            interval, str(b.minutes), b.verdict,
        )  # fmt: skip


def _people_rows(scores: Sequence[RecordingScore]) -> Iterable[tuple[str, ...]]:
    for score in scores:
        people = score.people
        if people is None:
            continue
        heads, tracks = people.heads, people.tracks
        yield (
            score.name,
            str(heads.rates.truth),
            _text(heads.rates.f1, 4),
            _text(heads.position_median_cm, 1),
            _text(heads.position_p95_cm, 1),
            _spread_text(heads.height),
            _spread_text(people.stature),
            str(tracks.people),
            str(tracks.tracks),
            _text(tracks.idf1, 3),
            _text(tracks.hota, 3),
        )


def _stratum_row(score: StratumScore) -> tuple[str, ...]:
    rates, nobody = score.crossings, score.false_without_people
    return (
        score.stratum,
        str(score.recordings),
        str(rates.truth),
        str(rates.missed),
        str(rates.false),
        _text(rates.f1, 4),
        _between(*f1_interval(rates)),
        _percent(score.quarter_hour_error),
        "-" if nobody is None else str(nobody),
    )


def _pooled_rows(strata: Sequence[StratumScore]) -> Iterable[tuple[str, ...]]:
    for score in strata:
        people = score.people
        if people is not None:
            yield (
                score.stratum,
                str(people.heads.truth),
                _text(people.heads.f1, 4),
                _between(*f1_interval(people.heads)),
                _text(people.position_median_cm, 1),
                _text(people.position_p95_cm, 1),
                _spread_text(people.height),
                _spread_text(people.stature),
                _text(people.idf1, 3),
                _text(people.hota, 3),
            )


def _visit_rows(strata: Sequence[StratumScore]) -> Iterable[tuple[str, ...]]:
    for score in strata:
        visits = score.visits
        if visits is None or not (visits.truth or visits.counted):
            continue
        counts = (visits.truth, visits.counted, visits.split, visits.merged, visits.missed)
        yield (
            score.stratum,
            *map(str, (*counts, visits.false)),
            _text(visits.median_error_s, 2),
            _text(visits.p95_error_s, 2),
        )


def _group_rows(strata: Sequence[StratumScore]) -> Iterable[tuple[str, ...]]:
    for score in strata:
        pairs = score.groups
        if pairs is None or not (pairs.true or pairs.said):
            continue
        yield (
            score.stratum,
            *map(str, (pairs.people, pairs.true, pairs.said, pairs.hits)),
            *(_text(share, 3) for share in (pairs.precision, pairs.recall, pairs.f1)),
        )


def _age_rows(strata: Sequence[StratumScore]) -> Iterable[tuple[str, ...]]:
    for score in strata:
        said = score.attributes
        if said is not None and said.crossings > said.undecided:
            counts = (said.crossings, said.children, said.undecided, said.wrong)
            yield (score.stratum, *map(str, counts), _text(said.age_error, 4))


def _staff_rows(strata: Sequence[StratumScore]) -> Iterable[tuple[str, ...]]:
    for score in strata:
        said = score.attributes
        if said is not None and (said.staff or said.others):
            yield (
                score.stratum,
                *map(str, (said.staff, said.recognised)),
                _text(said.staff_recall, 3),
                *map(str, (said.others, said.mistaken)),
                _text(said.false_staff, 4),
            )


def _table(title: str, head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    cells = [head, *rows]
    if len(cells) == 1:
        return ""
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = [
        "  ".join(
            cell.ljust(width) if k == 0 else cell.rjust(width)
            for k, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in cells
    ]
    return "\n".join([title, *lines])


def _text(value: float, digits: int) -> str:
    return f"{value:.{digits}f}" if math.isfinite(value) else "-"


def _between(low: float, high: float) -> str:
    return f"{low:.2f} .. {high:.2f}" if math.isfinite(low) else "-"


def _percent(share: float) -> str:
    return f"{share * 100:+.2f} %" if math.isfinite(share) else "-"


def _spread_text(spread: Spread) -> str:
    if not spread.count:
        return "-"
    return f"{spread.bias_cm:+.1f} +- {_text(spread.sigma_cm, 1)} (n {spread.count})"
