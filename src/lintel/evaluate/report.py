"""Scores as JSON and as text. Every figure stands beside its sample size."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TypeAlias

from lintel.evaluate.belonging import PairScore
from lintel.evaluate.heads import Spread
from lintel.evaluate.measures import Bias, Rates
from lintel.evaluate.observed import SeenCrossing
from lintel.evaluate.pooling import PooledPeople, f1_interval
from lintel.evaluate.score import PeopleScore, RecordingScore
from lintel.evaluate.strata import StratumScore
from lintel.evaluate.visits import VisitScore

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"


def recording_json(score: RecordingScore) -> dict[str, Json]:
    """One recording as a JSON object; what could not be measured is null."""
    people = score.people
    return {
        "strata": list(score.strata),
        "duration_s": _number(score.period.duration_s),
        "crossings": _rates(score.crossings),
        "missed_crossings": [_crossing(c) for c in score.missed],
        "false_crossings": [_crossing(c) for c in score.false],
        "bias": [_bias(bias) for bias in score.bias],
        "quarter_hour_error": _number(score.quarter_hour_error),
        "false_without_people": len(score.period.counted) if score.without_people else None,
        "heads": None if people is None else _heads(people),
        "tracks": None if people is None else _tracks(people),
        "visits": None if score.visits is None else _visits(score.visits),
        "groups": None if score.groups is None else _groups(score.groups),
    }


def stratum_json(score: StratumScore) -> dict[str, Json]:
    """One stratum as a JSON object."""
    return {
        "recordings": score.recordings,
        "crossings": _rates_between(score.crossings),
        "bias": [_bias(bias) for bias in score.bias],
        "quarter_hour_error": _number(score.quarter_hour_error),
        "false_without_people": score.false_without_people,
        "heads": None if score.people is None else _pooled_heads(score.people),
        "tracks": None if score.people is None else _pooled_tracks(score.people),
        "visits": None if score.visits is None else _visits(score.visits),
        "groups": None if score.groups is None else _groups(score.groups),
    }


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
    ]
    return "\n\n".join(part for part in parts if part)


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


def _rates(rates: Rates) -> dict[str, Json]:
    return {
        "truth": rates.truth,
        "matched": rates.matched,
        "missed": rates.missed,
        "false": rates.false,
        "precision": _number(rates.precision),
        "recall": _number(rates.recall),
        "f1": _number(rates.f1),
    }


def _rates_between(rates: Rates) -> dict[str, Json]:
    low, high = f1_interval(rates)
    return {**_rates(rates), "f1_low": _number(low), "f1_high": _number(high)}


def _pooled_heads(people: PooledPeople) -> Json:
    return {
        **_rates_between(people.heads),
        "position_median_cm": _number(people.position_median_cm),
        "position_p95_cm": _number(people.position_p95_cm),
        "height": _spread(people.height),
        "stature": _spread(people.stature),
    }


def _pooled_tracks(people: PooledPeople) -> Json:
    return {
        "truth_points": people.track_points,
        "idf1": _number(people.idf1),
        "hota": _number(people.hota),
    }


def _crossing(crossing: SeenCrossing) -> Json:
    return {
        "line": crossing.line,
        "direction": crossing.direction,
        "t_s": _number(crossing.t_s),
    }


def _bias(bias: Bias) -> Json:
    return {
        "line": bias.line,
        "direction": bias.direction,
        "truth": bias.truth,
        "counted": bias.counted,
        "bias": _number(bias.bias),
        "low": _number(bias.low),
        "high": _number(bias.high),
        "minutes": bias.minutes,
        "equivalent_within_1_percent": bias.verdict,
    }


def _heads(people: PeopleScore) -> dict[str, Json]:
    heads = people.heads
    return {
        **_rates(heads.rates),
        "frames": people.frames,
        "usable_field_known": people.field_known,
        "position_median_cm": _number(heads.position_median_cm),
        "position_p95_cm": _number(heads.position_p95_cm),
        "height": _spread(heads.height),
        "stature": _spread(people.stature),
    }


def _tracks(people: PeopleScore) -> dict[str, Json]:
    tracks = people.tracks
    return {
        "people": tracks.people,
        "tracks": tracks.tracks,
        "truth_points": tracks.truth_points,
        "track_points": tracks.track_points,
        "idf1": _number(tracks.idf1),
        "hota": _number(tracks.hota),
        "detection_accuracy": _number(tracks.detection),
        "association_accuracy": _number(tracks.association),
    }


def _visits(visits: VisitScore) -> dict[str, Json]:
    return {
        "truth": visits.truth,
        "counted": visits.counted,
        "matched": len(visits.dwell_errors_s),
        "split": visits.split,
        "merged": visits.merged,
        "missed": visits.missed,
        "false": visits.false,
        "split_or_merged_share": _number(visits.broken_share),
        "dwell_median_error_s": _number(visits.median_error_s),
        "dwell_p95_error_s": _number(visits.p95_error_s),
    }


def _groups(pairs: PairScore) -> dict[str, Json]:
    return {
        "people": pairs.people,
        "true_pairs": pairs.true,
        "said_pairs": pairs.said,
        "right_pairs": pairs.hits,
        "pairwise_precision": _number(pairs.precision),
        "pairwise_recall": _number(pairs.recall),
        "pairwise_f1": _number(pairs.f1),
    }


def _spread(spread: Spread) -> Json:
    return {
        "count": spread.count,
        "bias_cm": _number(spread.bias_cm),
        "sigma_cm": _number(spread.sigma_cm),
    }


def _number(value: float) -> float | None:
    return round(value, 6) if math.isfinite(value) else None


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
