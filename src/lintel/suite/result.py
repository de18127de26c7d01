"""What one clip of the suite gave."""

from __future__ import annotations

from dataclasses import dataclass

from lintel.evaluate import RecordingScore, SeenCrossing
from lintel.suite.cases import Case


@dataclass(frozen=True, slots=True, eq=False)
class MissPicture:
    """A rendered strip around one error."""

    kind: str  # "missed" or "false"
    crossing: SeenCrossing
    png: bytes


@dataclass(frozen=True, slots=True, eq=False)
class CaseResult:
    """Score of one clip, and a picture of every miss and false count if they were asked for."""

    case: Case
    score: RecordingScore
    pictures: tuple[MissPicture, ...]
