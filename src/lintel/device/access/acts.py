"""What was done with the command line on the device itself, on its way into the audit log.

The log lies in the store, which belongs to the running service. So a command seals what it did
beside what it changed, and the service writes it down within seconds, or at its next start.
"""

from __future__ import annotations

import getpass
import secrets
from datetime import datetime

from msgspec import Struct

from lintel.device.access.book import Book
from lintel.device.vault import Vault

NAME = "acts"
MAX_WAITING = 1000  # of a service that is never started; then the oldest go
MAX_WHO = 32


class Act(Struct, frozen=True):
    """One change. ``number`` tells it from others; ``utc`` is when it was made."""

    number: str
    utc: datetime
    who: str
    what: str
    detail: str


class LocalActs:
    """The changes that are not in the audit log yet."""

    def __init__(self, vault: Vault) -> None:
        self._book: Book[Act] = Book(vault, NAME, Act)

    def add(self, what: str, detail: str, *, utc: datetime) -> None:
        """Keep one until the service has written it down.

        Raises:
            VaultError: it cannot be kept.
        """
        shown = f"{detail}, on the device at {utc.isoformat(timespec='seconds')}"
        act = Act(secrets.token_hex(8), utc, f"console ({_account()})", what, shown)
        self._book.change(lambda acts: (*acts, act)[-MAX_WAITING:])

    def waiting(self) -> tuple[Act, ...]:
        """Those that wait, oldest first."""
        return self._book.records()

    def done(self, act: Act) -> None:
        """Forget one that is written down."""
        self._book.change(lambda acts: tuple(one for one in acts if one.number != act.number))


def _account() -> str:
    """The account that the command runs under."""
    try:
        return getpass.getuser()[:MAX_WHO]
    except (OSError, KeyError):
        return "unknown"
