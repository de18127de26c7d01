"""What the vault keeps of privacy: one sealed value, replaced whole."""

from __future__ import annotations

from typing import Protocol

import msgspec
from msgspec import Struct, field

from lintel.device.privacy.consents import Register
from lintel.device.privacy.modes import Setting
from lintel.errors import VaultError

NAME = "privacy"


class Kept(Struct, frozen=True):
    """Mode, consents, contact; ``form`` is the version of this form."""

    form: int = 1
    setting: Setting = field(default_factory=Setting)
    gender: bool = False
    consents: Register = ()
    contact: dict[str, str] = field(default_factory=dict)


class Sealing(Protocol):
    """Where secrets lie; ``lintel.device.vault.Vault`` is one."""

    def seal(self, name: str, content: bytes) -> None:
        """Keep ``content`` under ``name``; on disk when this returns."""
        ...

    def unseal(self, name: str) -> bytes | None:
        """What is kept under ``name``."""
        ...

    def erase(self, name: str) -> None:
        """Forget what is kept under ``name``."""
        ...


def load(vault: Sealing) -> tuple[Kept, str | None]:
    """What is kept, and what was wrong with it: then the most protective start is made."""
    try:
        sealed = vault.unseal(NAME)
        return (Kept() if sealed is None else msgspec.json.decode(sealed, type=Kept)), None
    except (VaultError, msgspec.MsgspecError) as error:
        return Kept(), str(error)


def save(vault: Sealing, kept: Kept) -> None:
    """Seal it.

    Raises:
        VaultError: it cannot be written.
    """
    vault.seal(NAME, msgspec.json.encode(kept))
