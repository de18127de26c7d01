"""Count against hand count, by the measures that every figure of Lintel is made with."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from lintel.device.recordings.shelf import Card, Counted
from lintel.errors import RefusedError
from lintel.evaluate.matching import match_crossings
from lintel.evaluate.measures import Bias, Period, Rates, biases
from lintel.evaluate.observed import SeenCrossing
from lintel.evaluate.sample_size import more_needed
from lintel.wire.v1.history import DirectionName
from lintel.wire.v1.setting import Comparison, HandMark, LineComparison

DIRECTIONS: tuple[DirectionName, ...] = ("in", "out")


def compared(cards: Sequence[Card]) -> Comparison:
    """All lines and directions of the clips together; matched one to one within 1.0 s.

    Raises:
        RefusedError: a clip was not counted by hand yet, or its counts were not gathered.
    """
    periods = [_period(card) for card in cards]
    rates: dict[tuple[str, str], Rates] = {}
    for period in periods:
        for key, found in _rates(period).items():
            rates[key] = rates.get(key, Rates(0, 0, 0)) + found
    total = sum(rates.values(), Rates(0, 0, 0))
    return Comparison(
        recordings=tuple(card.clip_id for card in cards),
        f1=_number(total.f1),
        lines=tuple(
            _line(bias, rates[bias.line, bias.direction], direction)
            for bias in biases(periods)
            for direction in DIRECTIONS
            if bias.direction == direction
        ),
    )


def _period(card: Card) -> Period:
    if card.marks is None:
        raise RefusedError(f"recording {card.clip_id} was not counted by hand yet")
    if card.counted is None:
        raise RefusedError(f"recording {card.clip_id}: its counts are not there yet; try again")
    return Period(card.seconds, _seen(card.marks), _seen(card.counted))


def _seen(crossings: Iterable[HandMark | Counted]) -> tuple[SeenCrossing, ...]:
    return tuple(SeenCrossing(one.line, one.direction, one.t_s) for one in crossings)


def _rates(period: Period) -> dict[tuple[str, str], Rates]:
    keys = {(c.line, c.direction) for c in (*period.truth, *period.counted)}
    return {key: _rates_of(period, key) for key in keys}


def _rates_of(period: Period, key: tuple[str, str]) -> Rates:
    truth = [c for c in period.truth if (c.line, c.direction) == key]
    counted = [c for c in period.counted if (c.line, c.direction) == key]
    match = match_crossings(truth, counted)
    return Rates(len(truth), len(match.pairs), len(match.false))


def _line(bias: Bias, rates: Rates, direction: DirectionName) -> LineComparison:
    return LineComparison(
        line=bias.line,
        direction=direction,
        counted=bias.counted,
        by_hand=bias.truth,
        missed=rates.missed,
        false=rates.false,
        bias=_number(bias.bias),
        bias_low=_number(bias.low),
        bias_high=_number(bias.high),
        equivalent=bias.verdict == "pass",
        more_needed=more_needed(bias, errors=rates.missed + rates.false),
    )


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None
