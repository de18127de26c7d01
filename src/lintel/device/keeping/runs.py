"""Starts of the device: how many, and whether the run before ended in an orderly way."""

from __future__ import annotations

import json
from dataclasses import dataclass

from lintel.store.store import Store

NOTE = "runs"


@dataclass(frozen=True, slots=True)
class Runs:
    """``unclean``: starts after a run that was cut off; ``cut_off``: this one is."""

    starts: int
    unclean: int
    cut_off: bool


def begin_run(store: Store) -> Runs:
    """Write down that a run begins; store thread."""
    kept = _kept(store)
    cut_off = kept["open"] == 1
    runs = Runs(kept["starts"] + 1, kept["unclean"] + cut_off, cut_off)
    _keep(store, runs, is_open=True)
    return runs


def end_run(store: Store) -> None:
    """Write down that the run ended as it should; store thread."""
    kept = _kept(store)
    _keep(store, Runs(kept["starts"], kept["unclean"], cut_off=False), is_open=False)


def _keep(store: Store, runs: Runs, *, is_open: bool) -> None:
    content = {"starts": runs.starts, "unclean": runs.unclean, "open": int(is_open)}
    store.keep(NOTE, json.dumps(content))


def _kept(store: Store) -> dict[str, int]:
    none = {"starts": 0, "unclean": 0, "open": 0}
    try:
        found = json.loads(store.kept(NOTE) or "{}")
        return {name: int(found.get(name, 0)) for name in none}
    except (ValueError, TypeError, AttributeError):
        return none
