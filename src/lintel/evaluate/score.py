"""Scores one recording: what was seen against what was true."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from lintel.config import AttributesConfig, ZoneConfig
from lintel.errors import TruthError
from lintel.evaluate.attributes import AttributeScore, said_of_people, score_attributes
from lintel.evaluate.belonging import PairScore, pairs_in_view, person_of_track, score_pairs
from lintel.evaluate.field import UsableField, counted_heads, scored_points
from lintel.evaluate.heads import HeadScore, Spread, score_heads, score_stature
from lintel.evaluate.matching import HEAD_GATE_M, match_crossings
from lintel.evaluate.measures import Bias, Period, Rates, biases, quarter_hour_error
from lintel.evaluate.observed import FramePoints, Observed, SeenCrossing
from lintel.evaluate.tracking import TRACK_GATE_M, TrackScore, score_tracks
from lintel.evaluate.visits import VisitScore, ruled_visits, score_visits
from lintel.truth import TrueHeads, Truth


@dataclass(frozen=True, slots=True)
class PeopleScore:
    """Scores against head truth, on the frames that were analysed."""

    heads: HeadScore
    stature: Spread
    tracks: TrackScore
    frames: int  # analysed frames scored
    field_known: bool  # whether heads outside the usable field were left out


@dataclass(frozen=True, slots=True)
class RecordingScore:
    """All scores of one recording."""

    name: str
    strata: tuple[str, ...]
    crossings: Rates
    missed: tuple[SeenCrossing, ...]
    false: tuple[SeenCrossing, ...]
    period: Period
    bias: tuple[Bias, ...]
    quarter_hour_error: float  # NaN without true crossings
    without_people: bool  # every count on this scene is false
    people: PeopleScore | None  # None without truth_heads.npz
    visits: VisitScore | None = None  # None without zones
    groups: PairScore | None = None  # None where nobody looked for groups, or without heads
    attributes: AttributeScore | None = None  # None without crossings or heads


def score_recording(
    name: str,
    *,
    truth: Truth,
    heads: TrueHeads | None,
    observed: Observed,
    lines: Collection[str],
    zones: Sequence[ZoneConfig] = (),
    field: UsableField | None = None,
    child_below_m: float = AttributesConfig().child_below_m,
) -> RecordingScore:
    """Score what a run saw.

    Args:
        name: of the recording.
        truth: people and crossings.
        heads: head tops per frame; without them only crossings are scored.
        observed: what the run saw.
        lines: names of the lines that were counted over.
        zones: zones that were counted in, with their rules.
        field: which heads must be found; all visible ones when left out.
        child_below_m: barefoot stature below which somebody was counted as a child.

    Raises:
        TruthError: the truth speaks of a line that was not counted over.
    """
    require_lines(name, truth, lines)
    true = tuple(
        SeenCrossing(c.line, c.direction.value, c.t_s, c.on_line_s) for c in truth.crossings
    )
    match = match_crossings(true, observed.crossings)
    period = Period(truth.frames / truth.fps, true, observed.crossings)
    return RecordingScore(
        name=name,
        strata=truth.strata,
        crossings=Rates(truth=len(true), matched=len(match.pairs), false=len(match.false)),
        missed=tuple(true[k] for k in match.missed),
        false=tuple(observed.crossings[k] for k in match.false),
        period=period,
        bias=biases([period]),
        quarter_hour_error=quarter_hour_error([period]),
        without_people=not truth.people,
        people=None if heads is None else score_people(truth, heads, observed, field),
        visits=_visits(truth, observed, zones) if zones else None,
        groups=None if heads is None else _groups(truth, heads, observed, field),
        attributes=_attributes(truth, heads, observed, child_below_m),
    )


def _attributes(
    truth: Truth, heads: TrueHeads | None, observed: Observed, child_below_m: float
) -> AttributeScore | None:
    if heads is None or not observed.said:
        return None
    pairs = said_of_people(truth, heads, observed.crossings, observed.said)
    return score_attributes(pairs, child_below_m=child_below_m)


def _visits(truth: Truth, observed: Observed, zones: Sequence[ZoneConfig]) -> VisitScore:
    return score_visits(ruled_visits(truth.zone_visits, zones), observed.visits)


def _groups(
    truth: Truth, heads: TrueHeads, observed: Observed, field: UsableField | None
) -> PairScore | None:
    """Pairs among the people whose heads must be found, both in some one frame."""
    if observed.groups is None:
        return None
    points = FramePoints.of(heads.frame, heads.xyz_m, ids=heads.person)
    counted = counted_heads(heads, field) & np.isin(heads.frame, observed.frames)
    return score_pairs(
        observed.groups,
        truth.people,
        person_of=person_of_track(points, observed.tracks),
        visible=np.unique(heads.person[counted]).tolist(),
        met=pairs_in_view(heads.frame[counted], heads.person[counted]),
    )


def require_lines(name: str, truth: Truth, lines: Collection[str]) -> None:
    """Make sure that every line of the truth is counted over.

    Raises:
        TruthError: the truth speaks of a line that is not among ``lines``.
    """
    unknown = sorted({crossing.line for crossing in truth.crossings} - set(lines))
    if unknown:
        raise TruthError(
            f"{name}: truth has crossings of {unknown}, the site has {sorted(lines)}; "
            "score with the site file that the truth was made for"
        )


def score_people(
    truth: Truth, heads: TrueHeads, observed: Observed, field: UsableField | None
) -> PeopleScore:
    """Score detections and tracks against head tops, on analysed frames only."""
    analysed = np.isin(heads.frame, observed.frames)
    counted = counted_heads(heads, field)[analysed]
    points = FramePoints.of(
        heads.frame[analysed], heads.xyz_m[analysed], ids=heads.person[analysed]
    )
    wanted = points.only(counted)
    detections = scored_points(points, counted, observed.detections, field, gate_m=HEAD_GATE_M)
    tracks = scored_points(points, counted, observed.tracks, field, gate_m=TRACK_GATE_M)
    return PeopleScore(
        heads=score_heads(wanted, detections),
        stature=score_stature(wanted, tracks, truth.people, gate_m=TRACK_GATE_M),
        tracks=score_tracks(wanted, tracks),
        frames=len(observed.frames),
        field_known=field is not None,
    )
