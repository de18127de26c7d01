"""A list that lives in the vault and may be changed by several processes.

The running service and the command line hold the same list. Every change takes the vault's lock,
reads anew, changes, and seals; every look notices by the stamp when another process has sealed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

import msgspec

from lintel.device.vault import Stamp, Vault
from lintel.errors import VaultError

Record = TypeVar("Record")
FORMAT = 1


class Sealed(msgspec.Struct, Generic[Record], frozen=True):
    """What is sealed."""

    format: int
    records: tuple[Record, ...]


class Book(Generic[Record]):
    """Records of one kind under one name of the vault."""

    def __init__(self, vault: Vault, name: str, kind: type[Record]) -> None:
        self._vault = vault
        self._name = name
        self._decoder = msgspec.json.Decoder(Sealed[kind])  # type: ignore[valid-type]
        self._stamp: Stamp = None
        self._records: tuple[Record, ...] = ()

    def records(self) -> tuple[Record, ...]:
        """The newest records, also when another process changed them.

        Raises:
            VaultError: they are damaged.
        """
        stamp = self._vault.stamp(self._name)
        if stamp != self._stamp:
            self._records = self._read()
            self._stamp = stamp  # read before: a change in between is read again
        return self._records

    def change(self, change: Callable[[tuple[Record, ...]], tuple[Record, ...]]) -> None:
        """Seal what ``change`` makes of the newest records; nothing when it raises.

        Raises:
            BusyError: another process holds the list.
            VaultError: it is damaged or cannot be written.
        """
        with self._vault.exclusive(self._name):
            records = change(self._read())
            sealed: Sealed[Record] = Sealed(FORMAT, records)
            self._vault.seal(self._name, msgspec.json.encode(sealed))

    def _read(self) -> tuple[Record, ...]:
        content = self._vault.unseal(self._name)
        if content is None:
            return ()
        try:
            sealed: Sealed[Record] = self._decoder.decode(content)
        except msgspec.DecodeError as error:
            raise VaultError(f"{self._name}: sealed by another version of Lintel") from error
        if sealed.format != FORMAT:
            raise VaultError(f"{self._name}: expected format {FORMAT}, found {sealed.format}")
        return sealed.records
