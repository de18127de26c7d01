"""How long this device keeps each kind: the defaults, and what was set."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta

from lintel.device.privacy.retention import BOUNDS, checked
from lintel.errors import InputError
from lintel.store.kinds import Kind, Retention
from lintel.store.store import Store
from lintel.wire.v1.setting import StoredKind

NOTE = "retention"


class RetentionBook:
    """Retention times in force; kept as a note of the store. Replaced whole, read from anywhere."""

    def __init__(self) -> None:
        self.seconds: Mapping[StoredKind, float] = {k: b.default_s for k, b in BOUNDS.items()}

    def load(self, store: Store) -> None:
        """Take up what was set; what cannot be understood falls back to the defaults."""
        text = store.kept(NOTE)
        if text is not None:
            try:
                self.seconds = {**self.seconds, **checked(json.loads(text))}
            except (ValueError, TypeError, AttributeError, InputError):
                return

    def change(
        self, store: Store, seconds: Mapping[StoredKind, float], *, who: str, now: datetime
    ) -> None:
        """Set some of the times; the audit log says so.

        Raises:
            InputError: a time is out of the bounds of its kind.
        """
        wanted = {**self.seconds, **checked(seconds)}
        detail = ", ".join(f"{kind} {after:g} s" for kind, after in seconds.items())
        store.note_in_audit(utc=now, who=who, what="retention", detail=detail)
        store.keep(NOTE, json.dumps(wanted))
        self.seconds = wanted

    def times(self) -> Retention:
        """As the store takes it."""
        lengths = {kind: timedelta(seconds=seconds) for kind, seconds in self.seconds.items()}
        return Retention(
            tracks=lengths["tracks"],
            events=lengths["events"],
            watches=lengths["watches"],
            intervals=lengths["intervals"],
            heat=lengths["heat"],
            configs=Retention().of(Kind.CONFIGS),
        )
