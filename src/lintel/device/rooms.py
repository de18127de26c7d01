"""Everything the web API asks of a running device, put together; made in its event loop."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from lintel import __version__
from lintel.clock import Clock
from lintel.device.access import Gate
from lintel.device.counter import DeviceCounter, Running
from lintel.device.engine import Engine
from lintel.device.gender import GenderModule
from lintel.device.images import ModeImages
from lintel.device.keeping.history import StoredHistory
from lintel.device.keeping.sites import SiteBook
from lintel.device.logs import Ring
from lintel.device.ports import Ports
from lintel.device.preview import Preview
from lintel.device.privacy.control import DevicePrivacy
from lintel.device.privacy.documents import PaperWriter
from lintel.device.recordings import DepthRecordings
from lintel.device.recordings.shelf import Shelf
from lintel.device.releases import ReleaseBook
from lintel.device.system import Audit, DeviceSystem, Machine, TimeZoneBook
from lintel.device.temperature import read_temperature
from lintel.device.tls import DeviceTls
from lintel.device.vault import Vault
from lintel.wire.v1.health import Door


@dataclass(frozen=True, slots=True)
class House:
    """What is there before anybody can be answered.

    Attributes:
        data: folder of everything the device keeps.
        source: what is counted, without secrets.
        context: of the listener, which takes up a new certificate.
        turned_away: connections that were closed at the door.
        audit: checks the device against its promises.
    """

    data: Path
    source: str
    engine: Engine
    sites: SiteBook
    zone: TimeZoneBook
    vault: Vault
    gate: Gate
    tls: DeviceTls
    context: ssl.SSLContext
    preview: Preview
    ring: Ring
    clock: Clock
    turned_away: Callable[[], int]
    audit: Audit


class Rooms:
    """The ports of one device."""

    def __init__(self, house: House) -> None:
        self._house = house
        self.history = StoredHistory(
            house.engine.keeper,
            clock=house.clock,
            time_zone=lambda: house.zone.name,
            retention=house.engine.retention,
        )
        self.system = self._system()
        self.privacy = self._privacy()
        self.images = ModeImages(house.preview, mode=self.privacy.mode_now)
        self.recordings = self._recordings()
        self.history.tell_of(self.recordings)
        self.privacy.tell(self.images)
        self.privacy.tell(self.recordings)
        self.privacy.tell_of_gender(GenderModule(house.engine, clock=house.clock))
        self.ports = Ports(
            counter=self._counter(),
            history=self.history,
            configuration=house.sites,
            privacy=self.privacy,
            images=self.images,
            recordings=self.recordings,
            system=self.system,
        )

    def _privacy(self) -> DevicePrivacy:
        house = self._house
        return DevicePrivacy(
            vault=house.vault,
            journal=self.history,
            key=house.gate.officer_key,
            clock=house.clock,
            documents=PaperWriter(holdings=self.history, site=house.sites, system=self.system.info),
        )

    def _recordings(self) -> DepthRecordings:
        house, folder = self._house, self._house.data / "recordings"
        return DepthRecordings(
            folder,
            shelf=Shelf(folder, house.vault),
            source=house.preview,
            permission=self.privacy,
            counts=self.history,
            journal=self.history,
            clock=house.clock,
            retention_s=lambda: house.engine.retention.seconds["recordings"],
        )

    def _system(self) -> DeviceSystem:
        house = self._house
        return DeviceSystem(
            Machine(
                device_id=house.vault.derive("device id", length=16).hex()[:16],
                source=house.source,
                keeper=house.engine.keeper,
                zone=house.zone,
                tls=house.tls,
                ring=house.ring,
                clock=house.clock,
                use_certificate=lambda: house.tls.load_into(house.context),
                audit=house.audit,
                releases=ReleaseBook(__version__),
            )
        )

    def _counter(self) -> DeviceCounter:
        house, engine = self._house, self._house.engine
        return DeviceCounter(
            Running(
                board=engine.board,
                worker=engine.worker,
                keeper=engine.keeper,
                hub=engine.hub,
                causes=engine.causes,
                clock=house.clock,
                mode=self.privacy.mode_now,
                version=lambda: house.sites.in_force,
                site=lambda: house.sites.site,
                focus=house.preview.focus,
                restarts=engine.runs.unclean,
                clock_steps=lambda: engine.clock_steps,
                temperature=read_temperature,
                door=self._door,
            )
        )

    def _door(self) -> Door:
        told = self._house.gate.counters()
        return Door(
            sessions=told.sessions,
            wrong=told.wrong + told.wrong_tokens,
            throttled=told.throttled,
            forged=told.forged,
            forbidden=told.forbidden + told.foreign,
            turned_away=self._house.turned_away(),
        )
