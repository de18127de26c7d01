"""The port ``System``: the device itself."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from lintel import __version__
from lintel.clock import Clock
from lintel.count.period import Period
from lintel.device.keeping.keeper import Keeper
from lintel.device.keeping.ledger import Ledger
from lintel.device.logs import Ring
from lintel.device.releases import ReleaseBook
from lintel.device.tls import DeviceTls
from lintel.errors import ContractError, InputError
from lintel.store.store import Store
from lintel.wire.v1.health import Finding, LogLine, SystemInfo

TIME_ZONE = "time zone"
Audit = Callable[[], Awaitable[tuple[Finding, ...]]]


class TimeZoneBook:
    """The IANA zone in force; kept as a note of the store."""

    def __init__(self, first: str) -> None:
        Period(60, first)  # refuses what is no zone
        self.name = first

    def open(self, store: Store) -> str:
        """The zone in force, kept if it is new; store thread."""
        kept = store.kept(TIME_ZONE)
        if kept is None:
            store.keep(TIME_ZONE, self.name)
        else:
            self.name = kept
        return self.name

    def change(self, store: Store, ledger: Ledger, name: str, *, who: str, now: datetime) -> None:
        """Align intervals to another zone from now on; store thread."""
        store.note_in_audit(utc=now, who=who, what="time zone", detail=f"{self.name} to {name}")
        store.keep(TIME_ZONE, name)
        ledger.set_time_zone(name, now=now)
        self.name = name


@dataclass(frozen=True, slots=True)
class Machine:
    """The parts that the system tells about; ``use_certificate`` brings it into the listener."""

    device_id: str
    source: str
    keeper: Keeper
    zone: TimeZoneBook
    tls: DeviceTls
    ring: Ring
    clock: Clock
    use_certificate: Callable[[], None]
    audit: Audit
    releases: ReleaseBook


class DeviceSystem:
    """Version, certificate, log, time zone, self-audit."""

    def __init__(self, machine: Machine) -> None:
        self._of = machine
        self._started_utc = machine.clock.utc()

    def info(self) -> SystemInfo:
        """Version, certificate, clock."""
        of, certificate = self._of, self._of.tls.info()
        return SystemInfo(
            device_id=of.device_id,
            version=__version__,
            started_utc=self._started_utc,
            utc=of.clock.utc(),
            time_zone=of.zone.name,
            source=of.source,
            certificate_sha256=certificate.sha256,
            certificate_until_utc=certificate.until_utc,
            restart_pending=False,
            releases=of.releases.all(),
        )

    async def note_release(self) -> None:
        """Write down which release runs, once the store can be asked.

        Raises:
            StoreError: it cannot be written.
            BusyError: the store has too much to do.
        """
        of, now = self._of, self._of.clock.utc()
        if not of.releases.is_open:
            await asyncio.wrap_future(
                of.keeper.ask(lambda store, _: of.releases.open(store, now=now))
            )

    def logs(self, *, limit: int) -> tuple[LogLine, ...]:
        """The newest lines of the log, newest first."""
        return self._of.ring.newest(limit)

    async def set_time_zone(self, name: str, *, who: str) -> None:
        """Change the IANA zone that intervals are aligned to.

        Raises:
            InputError: this machine knows no zone of that name.
        """
        try:
            Period(60, name)
        except (ContractError, OSError) as error:  # "Europe" is a folder
            raise InputError(
                f"{name!r} is no time zone that this machine knows: expected an IANA name such as "
                "Europe/Berlin"
            ) from error
        of, now = self._of, self._of.clock.utc()
        await asyncio.wrap_future(
            of.keeper.ask(
                lambda store, ledger: of.zone.change(store, ledger, name, who=who, now=now)
            )
        )

    async def install_certificate(self, certificate_pem: str, key_pem: str, *, who: str) -> None:
        """Use this certificate for the next connections.

        Raises:
            CertificateError: it does not fit its key, is over, or cannot be read.
        """
        of, now = self._of, self._of.clock.utc()
        info = await asyncio.to_thread(of.tls.install, certificate_pem, key_pem)
        of.use_certificate()
        detail = f"installed {info.sha256[:16]}, until {info.until_utc.isoformat()}"
        await asyncio.wrap_future(
            of.keeper.ask(
                lambda store, _: store.note_in_audit(
                    utc=now, who=who, what="certificate", detail=detail
                )
            )
        )

    async def self_audit(self) -> tuple[Finding, ...]:
        """Check the device against its promises."""
        return await self._of.audit()
