"""Which releases of Lintel this device has run, and since when; kept as a note of the store."""

from __future__ import annotations

from datetime import datetime

import msgspec

from lintel.store.store import Store
from lintel.wire.v1.health import Release

NOTE = "releases"
MAX_KEPT = 20  # the oldest go


class ReleaseBook:
    """The release that runs, and those before it."""

    def __init__(self, version: str) -> None:
        self._version = version
        self._kept: tuple[Release, ...] | None = None

    @property
    def is_open(self) -> bool:
        """Whether the store was asked."""
        return self._kept is not None

    def all(self) -> tuple[Release, ...]:
        """Newest first; the first is the one that runs. Nothing before the store was asked."""
        return self._kept or ()

    def open(self, store: Store, *, now: datetime) -> None:
        """Read those before; another one than the last is written down, also in the audit log."""
        kept = _read(store.kept(NOTE))
        if not kept or kept[0].version != self._version:
            if kept:
                detail = f"{kept[0].version} to {self._version}"
                store.note_in_audit(utc=now, who="device", what="updated", detail=detail)
            kept = (Release(self._version, now), *kept)[:MAX_KEPT]
            store.keep(NOTE, msgspec.json.encode(kept).decode())
        self._kept = kept


def _read(text: str | None) -> tuple[Release, ...]:
    """What was kept; a note that cannot be read is begun anew."""
    if text is None:
        return ()
    try:
        return msgspec.json.decode(text, type=tuple[Release, ...])
    except msgspec.MsgspecError:
        return ()
