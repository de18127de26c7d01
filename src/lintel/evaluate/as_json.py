"""Scores as JSON. Every figure stands beside its sample size; what was not measured is null."""

from __future__ import annotations

import math
from typing import TypeAlias

from lintel.evaluate.attributes import AttributeScore
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
        "attributes": None if score.attributes is None else _attributes(score.attributes),
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
        "attributes": None if score.attributes is None else _attributes(score.attributes),
    }


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


def _attributes(score: AttributeScore) -> dict[str, Json]:
    return {
        "crossings": score.crossings,
        "children": score.children,
        "undecided": score.undecided,
        "wrong": score.wrong,
        "age_error": _number(score.age_error),
        "staff": score.staff,
        "recognised": score.recognised,
        "staff_recall": _number(score.staff_recall),
        "others": score.others,
        "mistaken": score.mistaken,
        "false_staff": _number(score.false_staff),
    }


def _spread(spread: Spread) -> Json:
    return {
        "count": spread.count,
        "bias_cm": _number(spread.bias_cm),
        "sigma_cm": _number(spread.sigma_cm),
    }


def _number(value: float) -> float | None:
    return round(value, 6) if math.isfinite(value) else None
