"""Where the store lies, and how it is opened: whole, or begun anew beside a damaged one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from lintel.store.key import StoreKey
from lintel.store.opening import DEFAULT_MAX_BYTES, Opened, begin_anew, open_or_recover


@dataclass(frozen=True, slots=True)
class StorePlace:
    """A store's file, its key and its limit."""

    path: Path
    key: StoreKey
    max_bytes: int = DEFAULT_MAX_BYTES

    @property
    def folder(self) -> Path:
        """Where it lies, for the room left on its disk."""
        return self.path.parent

    def open(self, now: datetime) -> Opened:
        """Open it, or begin anew beside one that is seen to be damaged.

        Raises:
            StoreError: it cannot be opened.
        """
        return open_or_recover(self.path, self.key, now=now, max_bytes=self.max_bytes)

    def begin_anew(self, reason: str, now: datetime) -> Opened:
        """Set it aside although it opens: damage showed while it was read.

        Raises:
            StoreError: no new one can be begun.
        """
        return begin_anew(self.path, self.key, reason=reason, now=now, max_bytes=self.max_bytes)
