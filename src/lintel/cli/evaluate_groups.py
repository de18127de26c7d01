"""``lintel evaluate --groups``: runs the group finder over labelled trajectories and scores it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from lintel.count.grouping import GroupSettings
from lintel.count.groups import Group, GroupFinder
from lintel.evaluate.groups import GroupScore, LabelledTrajectories, read_labelled, score_groups


def score_folders(
    folders: Iterable[Path], *, settings: GroupSettings | None = None
) -> dict[str, GroupScore]:
    """Score the production group finder on folders with obsmat.txt and groups.txt, by name.

    Raises:
        TruthError: a folder does not hold labelled trajectories.
    """
    labelled = [read_labelled(folder) for folder in folders]
    return {one.name: score_labelled(one, settings=settings) for one in labelled}


def score_labelled(
    labelled: LabelledTrajectories, *, settings: GroupSettings | None = None
) -> GroupScore:
    """Score the groups that settle when the trajectories are played to the group finder."""
    members = [group.members for group in find_groups(labelled, settings=settings)]
    return score_groups(members, labelled.groups, people=labelled.people)


def find_groups(
    labelled: LabelledTrajectories, *, settings: GroupSettings | None = None
) -> list[Group]:
    """All groups that settle, people alone too."""
    finder = GroupFinder(settings)
    settled = [group for step in labelled.steps for group in finder.step(step).settled]
    return [*settled, *finder.finish()]


def groups_report(scores: dict[str, GroupScore], *, as_json: bool) -> str:
    """The scores as one JSON object, or as a table."""
    if as_json:
        return json.dumps({name: asdict(score) for name, score in scores.items()})
    rows = ["pairwise:              precision   recall       F1   people   groups"]
    rows += [
        f"{name:<22} {score.pairwise_precision:>9.3f} {score.pairwise_recall:>8.3f} "
        f"{score.pairwise_f1:>8.3f} {score.people:>8} {score.groups:>8}"
        for name, score in scores.items()
    ]
    return "\n".join(rows)
