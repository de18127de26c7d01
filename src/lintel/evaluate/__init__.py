"""How right the counts are: matching with truth, measures, strata. No pixels."""

from __future__ import annotations

from lintel.evaluate.as_json import recording_json, stratum_json
from lintel.evaluate.as_text import text_report
from lintel.evaluate.field import UsableField
from lintel.evaluate.observed import FramePoints, Observed, Observer, SeenCrossing
from lintel.evaluate.score import RecordingScore, require_lines, score_recording
from lintel.evaluate.strata import StratumScore, score_strata

__all__ = [
    "FramePoints",
    "Observed",
    "Observer",
    "RecordingScore",
    "SeenCrossing",
    "StratumScore",
    "UsableField",
    "recording_json",
    "require_lines",
    "score_recording",
    "score_strata",
    "stratum_json",
    "text_report",
]
