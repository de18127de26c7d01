"""Scores as JSON and as text. Every figure stands beside its sample size."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TypeAlias

from lintel.evaluate.heads import Spread
from lintel.evaluate.measures import Bias, Rates
from lintel.evaluate.observed import SeenCrossing
from lintel.evaluate.score import PeopleScore, RecordingScore
from lintel.evaluate.strata import StratumScore

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
    }


def stratum_json(score: StratumScore) -> dict[str, Json]:
    """One stratum as a JSON object."""
    return {
        "recordings": score.recordings,
        "crossings": _rates(score.crossings),
        "bias": [_bias(bias) for bias in score.bias],
        "quarter_hour_error": _number(score.quarter_hour_error),
        "false_without_people": score.false_without_people,
        "heads": None if score.heads is None else _rates(score.heads),
    }


def text_report(scores: Sequence[RecordingScore], strata: Sequence[StratumScore]) -> str:
    """Tables for people: crossings, bias and heads per recording, then per stratum."""
    parts = [
        _table("Crossings per recording", CROSSING_HEAD, map(_crossing_row, scores)),
        _table("Signed bias per line and direction", BIAS_HEAD, _bias_rows(scores)),
        _table("Heads and tracks per recording", PEOPLE_HEAD, _people_rows(scores)),
        _table("Strata, each apart", STRATUM_HEAD, map(_stratum_row, strata)),
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
    "stratum",
    "recordings",
    "true",
    "missed",
    "false",
    "F1",
    "15-min error",
    "heads",
    "F1",
)


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


def _bias_rows(scores: Sequence[RecordingScore]) -> Iterable[tuple[str, ...]]:
    for score in scores:
        for b in score.bias:
            interval = f"{_percent(b.low)} .. {_percent(b.high)}"
            yield (
                score.name, b.line, b.direction, str(b.truth), str(b.counted), _percent(b.bias),
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
    rates, heads = score.crossings, score.heads
    return (
        score.stratum,
        str(score.recordings),
        str(rates.truth),
        str(rates.missed),
        str(rates.false),
        _text(rates.f1, 4),
        _percent(score.quarter_hour_error),
        "-" if heads is None else str(heads.truth),
        "-" if heads is None else _text(heads.f1, 4),
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


def _percent(share: float) -> str:
    return f"{share * 100:+.2f} %" if math.isfinite(share) else "-"


def _spread_text(spread: Spread) -> str:
    if not spread.count:
        return "-"
    return f"{spread.bias_cm:+.1f} +- {_text(spread.sigma_cm, 1)} (n {spread.count})"
