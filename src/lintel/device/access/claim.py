"""The first start: who can read the device's claim code makes its first user.

There is no default password. The code lies in ``DIR/claim``, readable by its owner alone, and is
printed where the device was started; it is gone as soon as there is a user.
"""

from __future__ import annotations

import hmac
from pathlib import Path

from lintel.device.access.keycode import new_code, normal_code
from lintel.device.vault import Vault, write_private
from lintel.errors import VaultError

LETTERS = 16  # 80 random bits


class ClaimCode:
    """The code of a device that has no user yet."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._path = vault.folder / "claim"

    @property
    def path(self) -> Path:
        """Where it can be read on the device."""
        return self._path

    def read(self) -> str | None:
        """The code, None when there is none."""
        try:
            code = self._path.read_text(encoding="ascii").strip()
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as error:
            raise VaultError(f"{self._path}: cannot be read: {error}") from error
        return code if len(normal_code(code)) == LETTERS else None

    def ensure(self) -> str:
        """The code, made now when there is none.

        Raises:
            VaultError: it cannot be read or written.
        """
        with self._vault.exclusive("claim"):
            code = self.read()
            if code is None:
                code = new_code(LETTERS)
                write_private(self._path, code.encode() + b"\n")
            return code

    def fits(self, typed: str) -> bool:
        """Whether it was typed; always False when there is none."""
        code = self.read()
        fits = hmac.compare_digest(normal_code(code or "").encode(), normal_code(typed).encode())
        return fits and code is not None

    def remove(self) -> None:
        """Forget it.

        Raises:
            VaultError: it cannot be erased.
        """
        try:
            self._path.unlink(missing_ok=True)
        except OSError as error:
            raise VaultError(f"{self._path}: cannot be erased: {error}") from error
