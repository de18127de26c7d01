"""Room held back on the disk: erasing needs some too, and a full disk has none left."""

from __future__ import annotations

import os
from pathlib import Path


class Reserve:
    """A file of ``size`` bytes beside the store, given up while room is being made."""

    def __init__(self, path: Path, size: int) -> None:
        self._path = path
        self._size = size

    def hold(self) -> bool:
        """Take the room; False where the disk does not have it."""
        if self._size == 0:
            return False
        try:
            descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT, 0o600)
            try:
                os.posix_fallocate(descriptor, 0, self._size)
            finally:
                os.close(descriptor)
        except OSError:
            self.spend()
            return False
        return True

    def spend(self) -> None:
        """Give the room back to the disk."""
        self._path.unlink(missing_ok=True)
