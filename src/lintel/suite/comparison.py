"""Scores of today against scores that were stored: what got worse, and what got better.

A stratum is worse when it has more than one more crossing error than the stored score, when it
finds heads worse by more than 0.03 in F1, or when heads are higher or lower by more than 2 cm more;
and all strata together are worse when they have more than two more crossing errors. So a machine
whose last digits differ does not matter, and a real loss does.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from lintel.errors import TruthError

MORE_ERRORS = 1
MORE_ERRORS_IN_ALL = 2
LOWER_HEAD_F1 = 0.03
MORE_BIAS_CM = 2.0


class CrossingCounts(msgspec.Struct, frozen=True):
    """Of a stratum."""

    truth: int
    missed: int
    false: int

    @property
    def errors(self) -> int:
        """Missed and false together."""
        return self.missed + self.false


class HeightErrors(msgspec.Struct, frozen=True):
    """Of the heads of a stratum."""

    bias_cm: float | None = None


class HeadCounts(msgspec.Struct, frozen=True):
    """Of a stratum."""

    truth: int
    f1: float | None = None
    height: HeightErrors = msgspec.field(default_factory=HeightErrors)


class StratumScores(msgspec.Struct, frozen=True):
    """What is compared of a stratum; a stored file may hold more."""

    crossings: CrossingCounts
    heads: HeadCounts | None = None


class TierScores(msgspec.Struct, frozen=True):
    """One tier of a stored file."""

    detector: str
    strata: dict[str, StratumScores]
    fps: tuple[float, ...] = ()  # files of before 2026-11-30 name none


class SuiteScores(msgspec.Struct, frozen=True):
    """What `lintel evaluate --suite --json` prints; it may hold more, such as ``unfinished``."""

    full: TierScores | None = None
    fast: TierScores | None = None

    def by_tier(self) -> dict[str, TierScores]:
        """The tiers that were run."""
        both = {"full": self.full, "fast": self.fast}
        return {name: tier for name, tier in both.items() if tier is not None}


@dataclass(frozen=True, slots=True)
class Comparison:
    """Sentences, one per finding."""

    worse: tuple[str, ...]
    better: tuple[str, ...]


def load_scores(path: Path) -> dict[str, TierScores]:
    """Read what `lintel evaluate --suite --json` printed.

    Raises:
        TruthError: missing, or not of this form.
    """
    try:
        return msgspec.json.decode(path.read_bytes(), type=SuiteScores).by_tier()
    except OSError as error:
        raise TruthError(f"{path}: cannot be read: {error.strerror or error}") from error
    except msgspec.MsgspecError as error:
        raise TruthError(
            f"{path}: expected what `lintel evaluate --suite --json` prints: {error}"
        ) from error


def parse_scores(content: Mapping[str, object]) -> dict[str, TierScores]:
    """The same from what would be printed now."""
    return msgspec.json.decode(json.dumps(content), type=SuiteScores).by_tier()


def compare(now: Mapping[str, TierScores], stored: Mapping[str, TierScores]) -> Comparison:
    """Compare tier by tier and stratum by stratum; what only one side knows is worse or better.

    Raises:
        TruthError: the two have no tier in common, another detector, or other frame rates.
    """
    tiers = sorted(set(now) & set(stored))
    if not tiers:
        raise TruthError(f"expected one of the stored tiers {sorted(stored)}, got {sorted(now)}")
    worse, better = list[str](), list[str]()
    for tier in tiers:
        if now[tier].detector != stored[tier].detector:
            raise TruthError(
                f"{tier} tier: the stored scores are of the detector {stored[tier].detector!r}, "
                f"not {now[tier].detector!r}; compare with a file of its own"
            )
        if now[tier].fps and stored[tier].fps and now[tier].fps != stored[tier].fps:
            raise TruthError(
                f"{tier} tier: the stored scores are of {_rates(stored[tier])} frames per second, "
                f"not {_rates(now[tier])}; compare with a file of its own"
            )
        found = [*_strata(tier, now[tier].strata, stored[tier].strata)]
        worse += [text for bad, text in found if bad]
        better += [text for bad, text in found if not bad]
    return Comparison(tuple(worse), tuple(better))


def _rates(tier: TierScores) -> str:
    return " and ".join(f"{fps:g}" for fps in tier.fps)


Finding = tuple[bool, str]


def _strata(
    tier: str, now: Mapping[str, StratumScores], stored: Mapping[str, StratumScores]
) -> list[Finding]:
    found: list[Finding] = [
        (True, f"{tier}: {name}: is in the stored scores and was not run")
        for name in sorted(set(stored) - set(now))
    ]
    found += [
        (False, f"{tier}: {name}: is not in the stored scores")
        for name in sorted(set(now) - set(stored))
    ]
    change = 0
    for name in sorted(set(now) & set(stored)):
        change += now[name].crossings.errors - stored[name].crossings.errors
        found += [
            (bad, f"{tier}: {name}: {text}") for bad, text in _stratum(now[name], stored[name])
        ]
    if abs(change) > MORE_ERRORS_IN_ALL:
        kind = "more" if change > 0 else "fewer"
        found.append((change > 0, f"{tier}: all strata: {abs(change)} {kind} crossing errors"))
    return found


def _stratum(now: StratumScores, stored: StratumScores) -> list[Finding]:
    found: list[Finding] = []
    change = now.crossings.errors - stored.crossings.errors
    if abs(change) > MORE_ERRORS:
        c, stored_errors = now.crossings, stored.crossings.errors
        text = f"{c.errors} crossing errors of {c.truth}, stored {stored_errors}"
        found.append((change > 0, text))
    a, b = now.heads, stored.heads
    if a and b and a.f1 is not None and b.f1 is not None and abs(a.f1 - b.f1) > LOWER_HEAD_F1:
        found.append((a.f1 < b.f1, f"head F1 {a.f1:.3f}, stored {b.f1:.3f}"))
    tall = None if a is None else a.height.bias_cm
    told = None if b is None else b.height.bias_cm
    if tall is not None and told is not None and abs(abs(tall) - abs(told)) > MORE_BIAS_CM:
        text = f"heads off by {tall:+.1f} cm, stored {told:+.1f} cm"
        found.append((abs(tall) > abs(told), text))
    return found
