"""The whole audit of one device: from its data folder, and over the network where it answers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from lintel.clock import Clock, SystemClock
from lintel.device.self_audit.files import check_files
from lintel.device.self_audit.finding import failed
from lintel.device.self_audit.keeping import check_access, check_privacy, check_store
from lintel.device.self_audit.network import Place, check_network
from lintel.device.self_audit.software import check_software
from lintel.device.vault import Vault
from lintel.errors import InputError, LintelError
from lintel.store.key import StoreKey
from lintel.store.key_places import find_key
from lintel.wire.v1.health import Finding


@dataclass(frozen=True, slots=True)
class AuditSettings:
    """What is audited.

    Attributes:
        data: folder of everything the device keeps.
        address: ``https://host:port`` where it answers; None asks nothing over the network.
        advisories: file or folder in OSV format; None leaves that unchecked.
        store_key: where the store's key lies; None for the data folder.
    """

    data: Path
    address: str | None = None
    advisories: Path | None = None
    store_key: str | None = None


def audit(settings: AuditSettings, *, clock: Clock | None = None) -> tuple[Finding, ...]:
    """Check every promise. Blocking; changes nothing on the device.

    Raises:
        InputError: there is no device in the folder, or address or advisories cannot be used.
    """
    clock, folder = clock or SystemClock(), settings.data
    place = None if settings.address is None else Place.of(settings.address)
    if not (folder / "keys" / "device.key").exists():
        raise InputError(f"{folder}: no device keeps its data here; give the folder of its --data")
    utc = clock.utc()
    findings = list(check_software(settings.advisories))
    try:
        vault = Vault.open(folder)
    except LintelError as error:
        return (failed("secrets.sealed", str(error), "restore keys/device.key"), *findings)
    key = _key(settings)
    return (
        *check_files(folder, vault),
        *check_store(folder / "store" / "lintel.db", key, vault, utc),
        *check_privacy(folder, vault, utc),
        *check_access(vault, clock),
        *check_network(place, utc),
        *findings,
    )


def _key(settings: AuditSettings) -> StoreKey | None:
    try:
        return find_key(settings.store_key or settings.data / "keys" / "store.key")
    except LintelError:
        return None
