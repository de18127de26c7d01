"""What of a run of the suite is kept in docs/figures.json."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from figure_tables import TIERS, Scores

KEPT_PARTS = (
    "crossings", "heads", "tracks", "visits", "groups", "attributes", "false_without_people",
)  # fmt: skip
LONG_PARTS = (*KEPT_PARTS, "bias")


def keep_suite(kept: dict[str, Scores], run: Scores) -> None:
    """Keep what a run of the suite printed, tier by tier, in place of an older run's."""
    for tier in TIERS:
        if tier in run:
            recordings = run[tier]["recordings"].values()
            told = {
                "clips": len(recordings),
                "seconds": _seconds(recordings),
                "strata": _strata(run[tier], KEPT_PARTS),
            }
            kept.setdefault(run[tier]["detector"], {})[tier] = told


def keep_long(kept: dict[str, Scores], run: Scores) -> None:
    """Keep the strata that a run of the long form has finished, beside those of earlier runs.

    Frame rates are kept apart. All strata of a tier come from the same sources: what others gave
    is thrown away.

    Raises:
        ValueError: a tier was run at several rates.
    """
    unfinished = {tuple(name.split("/")) for name in run.get("unfinished", [])}
    for tier in (name for name in TIERS if name in run):
        (fps,) = run[tier]["fps"]
        detectors = kept.setdefault(f"{fps:g}", {})
        tiers = detectors.setdefault(run[tier]["detector"], {})
        if tiers.get(tier, {}).get("code") != run[tier]["code"]:
            tiers[tier] = {"code": run[tier]["code"], "strata": {}}
        done = {name for name in run[tier]["recordings"] if _case(name) not in unfinished}
        tiers[tier]["strata"] |= _finished(run[tier], done)


def _case(recording: str) -> tuple[str, ...]:
    """Scenario and tier of a recording."""
    scenario, tier, _ = recording.split("/")
    return scenario, tier


def _finished(tier: Scores, recordings: Iterable[str]) -> Scores:
    """Strata of these recordings, with how many clips and seconds they were."""
    clips: dict[str, list[Scores]] = {}
    for name in recordings:
        for stratum in tier["recordings"][name]["strata"]:
            clips.setdefault(stratum, []).append(tier["recordings"][name])
    told = {name: s for name, s in _strata(tier, LONG_PARTS).items() if name in clips}
    for name, score in told.items():
        score |= {"clips": len(clips[name]), "seconds": _seconds(clips[name])}
    return told


def _strata(tier: Scores, parts: Sequence[str]) -> Scores:
    return {
        stratum: {name: score[name] for name in parts if score.get(name) is not None}
        for stratum, score in tier["strata"].items()
    }


def _seconds(recordings: Iterable[Scores]) -> int:
    return round(sum(float(score["duration_s"]) for score in recordings))
