"""The device as a whole: everything built, served over HTTPS, and brought to an orderly end.

One process. The event loop of the main thread answers the web; the counting thread and the store
thread do the work; the watchdog looks after both.
"""

from __future__ import annotations

import asyncio
import signal
import socket
import ssl
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TextIO

from starlette.applications import Starlette

from lintel.clock import Clock, SystemClock
from lintel.device.access import Gate
from lintel.device.access.acts import LocalActs
from lintel.device.api.app import Manners, create_app
from lintel.device.api.porch import Porch
from lintel.device.causes import Causes
from lintel.device.certificate import CertificateInfo
from lintel.device.counting.sources import SourceChoice
from lintel.device.counting.thinking import Thinking
from lintel.device.doorman import Doorman
from lintel.device.engine import Engine, Parts
from lintel.device.first_site import first_site
from lintel.device.keeping.history import StoredHistory
from lintel.device.keeping.place import StorePlace
from lintel.device.keeping.sites import SiteBook
from lintel.device.logs import DeviceLog
from lintel.device.preview import Preview
from lintel.device.rooms import House, Rooms
from lintel.device.self_audit import AuditSettings, audit
from lintel.device.serving import Address, Listener, Redirect, bind
from lintel.device.system import TimeZoneBook
from lintel.device.temperature import read_temperature
from lintel.device.tls import DeviceTls
from lintel.device.vault import Vault
from lintel.device.watchdog import Watchdog, Watched
from lintel.errors import LintelError
from lintel.pipeline.detectors import DEFAULT_DETECTOR
from lintel.store.key_places import find_or_make_key
from lintel.store.opening import DEFAULT_MAX_BYTES
from lintel.wire.v1.health import Finding
from lintel.wire.v1.setting import ImageMode

PAGES = Path(__file__).parent / "pages"
HOUSEKEEPING_S = 5.0
OLD_NEWS = timedelta(hours=24)
PASSING = ("clock_stepped", "restarted", "store_recovered", "counting_failed", "events_lost")


@dataclass(frozen=True, slots=True)
class ServiceSettings:
    """What a device is started with.

    Attributes:
        data: folder of everything it keeps.
        source: what is counted.
        site: site file of the first start; None takes the source's own.
        time_zone: IANA name, of the first start.
        detector: the detector that is wanted.
        max_bytes: limit of the store.
        store_key: where the key of the store lies; None keeps it in the data folder.
        names: more host names for the certificate.
        echo: whether log lines go to standard error too.
    """

    data: Path
    source: SourceChoice
    address: Address = field(default_factory=Address)
    site: Path | None = None
    time_zone: str = "UTC"
    detector: str = DEFAULT_DETECTOR
    max_bytes: int = DEFAULT_MAX_BYTES
    store_key: str | None = None
    names: tuple[str, ...] = ()
    echo: bool = False


@dataclass(frozen=True, slots=True)
class Reached:
    """How the device is reached; ``claim_code`` is None once somebody has claimed it."""

    url: str
    port: int
    redirect_port: int | None
    certificate: CertificateInfo
    claim_code: str | None


class Service:
    """One device. ``run`` returns when it was stopped; then everything is closed.

    Raises:
        LintelError: something that it cannot do without is missing, taken or damaged.
    """

    def __init__(self, settings: ServiceSettings, *, clock: Clock | None = None) -> None:
        self._settings = settings
        self._clock = clock or SystemClock()
        self._vault = Vault.open(settings.data)
        self._log = DeviceLog(settings.data / "log", echo=_stderr(settings))
        self._tls = DeviceTls(settings.data, self._vault, clock=self._clock)
        self._certificate = self._tls.ensure(extra_names=settings.names)
        self._gate = Gate(self._vault, clock=self._clock)
        self._acts = LocalActs(self._vault)
        self._mode: Callable[[], ImageMode] = lambda: "none"
        self._gender: Callable[[], bool] = lambda: False
        self._preview = Preview(mode=lambda: self._mode(), clock=self._clock)  # noqa: PLW0108 - set later
        self._zone = TimeZoneBook(settings.time_zone)
        self._sites = SiteBook(
            first=lambda: first_site(settings.source, settings.site, self._log.log),
            clock=self._clock,
        )
        self._engine = self._build_engine()
        self._audited_at: str | None = None
        self._stop = asyncio.Event()

    @property
    def engine(self) -> Engine:
        """Counting and keeping."""
        return self._engine

    def stop(self) -> None:
        """Come to an orderly end; call it in the event loop."""
        self._stop.set()

    async def run(self, *, on_ready: Callable[[Reached], None], seconds: float = 0.0) -> bool:
        """Count and answer until stopped, or for ``seconds``; whether the end was orderly.

        Raises:
            LintelError: it cannot start.
        """
        sockets = self._bind()
        context, porch = self._tls.context(), Porch()
        listener = Listener(porch, context, sockets[0])
        serving = asyncio.create_task(listener.serve())
        try:
            self._heed_signals()
            await asyncio.to_thread(self._engine.start)
            rooms = self._rooms(context, sockets[0])
            await rooms.recordings.open()
            porch.open(self._app(rooms))
            self._audited_at = self._url(sockets)
            async with self._around(rooms, sockets):
                on_ready(self._reached(sockets))
                await self._until_stopped(serving, seconds)
                rooms.images.close()
                await rooms.recordings.close()
            return await asyncio.to_thread(self._engine.stop)
        finally:
            await asyncio.to_thread(self._engine.stop)
            listener.stop()
            await asyncio.wait([serving], timeout=15.0)
            serving.cancel()
            await asyncio.gather(serving, return_exceptions=True)
            for one in sockets:
                one.close()
            self._log.close()

    @asynccontextmanager
    async def _around(self, rooms: Rooms, sockets: list[socket.socket]) -> AsyncIterator[None]:
        """What goes on beside counting and answering, for as long as the block lasts."""
        redirect = Redirect(sockets[1], https_port=_port_of(sockets[0])) if sockets[1:] else None
        if redirect is not None:
            await redirect.start()
        tasks = [
            asyncio.create_task(rooms.privacy.run(on_fault=self._privacy_fault)),
            asyncio.create_task(rooms.recordings.run(on_fault=self._privacy_fault)),
            asyncio.create_task(self._keep_house(rooms)),
        ]
        watchdog = self._watchdog()
        watchdog.start()
        try:
            yield
        finally:
            watchdog.stop()
            if redirect is not None:
                redirect.stop()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def _rooms(self, context: ssl.SSLContext, door: socket.socket) -> Rooms:
        rooms = Rooms(
            House(
                data=self._settings.data,
                source=self._settings.source.shown,
                engine=self._engine,
                sites=self._sites,
                zone=self._zone,
                vault=self._vault,
                gate=self._gate,
                tls=self._tls,
                context=context,
                preview=self._preview,
                ring=self._log.ring,
                clock=self._clock,
                turned_away=lambda: door.turned_away if isinstance(door, Doorman) else 0,
                audit=self._audit,
            )
        )
        self._mode, self._gender = rooms.privacy.mode_now, rooms.privacy.gender_now
        return rooms

    def _app(self, rooms: Rooms) -> Starlette:
        manners = Manners(hosts=frozenset(self._certificate.names))
        pages = PAGES if PAGES.is_dir() else None
        return create_app(rooms.ports, self._gate, pages, manners=manners, clock=self._clock)

    def _heed_signals(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            with suppress(NotImplementedError, RuntimeError, ValueError):  # not the main thread
                loop.add_signal_handler(number, self._stop.set)

    def _reached(self, sockets: list[socket.socket]) -> Reached:
        ports = list(map(_port_of, sockets))
        return Reached(
            url=self._url(sockets),
            port=ports[0],
            redirect_port=ports[1] if len(ports) > 1 else None,
            certificate=self._certificate,
            claim_code=self._gate.claim_code,
        )

    def _url(self, sockets: list[socket.socket]) -> str:
        host = self._settings.address.host
        shown = "localhost" if host in {"0.0.0.0", "::", "127.0.0.1"} else host  # noqa: S104
        return f"https://{shown}:{_port_of(sockets[0])}"

    async def _until_stopped(self, serving: asyncio.Task[None], seconds: float) -> None:
        stopped = asyncio.create_task(self._stop.wait())
        timeout = seconds if seconds > 0.0 else None
        await asyncio.wait([stopped, serving], timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()

    def _bind(self) -> list[socket.socket]:
        address = self._settings.address
        sockets = [bind(address.host, address.port)]
        if address.redirect_port is not None:
            try:
                sockets.append(bind(address.host, address.redirect_port))
            except LintelError:
                sockets[0].close()
                raise
        return sockets

    def _build_engine(self) -> Engine:
        settings, log = self._settings, self._log.log
        folder = settings.data / "store"
        folder.mkdir(mode=0o700, exist_ok=True)
        key = find_or_make_key(settings.store_key or settings.data / "keys" / "store.key")
        causes = Causes()
        thinking = Thinking(
            choice=settings.source,
            detector=settings.detector,
            preview=self._preview,
            causes=causes,
            log=log,
            clock=self._clock,
            on_detector=lambda name: self._engine.use_detector(name),  # noqa: PLW0108 - built later
            on_look=lambda: self._engine.pulse.alive(),  # noqa: PLW0108 - built later
        )
        parts = Parts(
            place=StorePlace(folder / "lintel.db", key, settings.max_bytes),
            sites=self._sites,
            zone=self._zone,
            clock=self._clock,
            log=log,
            open_source=lambda wait: settings.source.open_paced(self._clock, wait),
            make_brain=thinking.chain,
            can_wait=not settings.source.is_live,
            loop=settings.source.loop,
            gender=lambda: self._gender(),  # noqa: PLW0108 - set later
        )
        return Engine(parts, causes=causes)

    async def _audit(self) -> tuple[Finding, ...]:
        """The device against its promises, as ``lintel audit`` checks them."""
        settings = AuditSettings(
            self._settings.data, self._audited_at, store_key=self._settings.store_key
        )
        return await asyncio.to_thread(audit, settings, clock=self._clock)

    def _watchdog(self) -> Watchdog:
        engine = self._engine
        return Watchdog(
            (
                Watched("counting", lambda: engine.pulse.silent_s, engine.worker.wake),
                Watched("store", lambda: engine.keeper.silent_s, lambda: None),
            ),
            log=self._log.log,
        )

    async def _keep_house(self, rooms: Rooms) -> None:
        """Causes that pass, certificates that end, heat, and what was done at the device itself."""
        causes, clock = self._engine.causes, self._clock
        while True:
            now = clock.utc()
            causes.set("hot", now, so=read_temperature().hot)
            for cause in causes.now():
                if cause.code in PASSING and now - cause.since_utc > OLD_NEWS:
                    causes.clear(cause.code)
            self._engine.say_whether_lines(self._sites.site)
            with suppress(LintelError):  # tried again next time
                await rooms.system.note_release()
                await self._write_down(rooms.history)
            with suppress(LintelError):
                ends = self._tls.info().wants_renewal(now)
                causes.set("certificate_ends", now, so=ends)
            await asyncio.sleep(HOUSEKEEPING_S)

    async def _write_down(self, history: StoredHistory) -> None:
        """What was done with the command line goes into the audit log."""
        for act in self._acts.waiting():
            await history.note(who=act.who, what=act.what, detail=act.detail)
            self._acts.done(act)

    def _privacy_fault(self, error: LintelError) -> None:
        self._log.log.error("privacy_fault", fault=str(error))


def _port_of(one: socket.socket) -> int:
    port: int = one.getsockname()[1]
    return port


def _stderr(settings: ServiceSettings) -> TextIO | None:
    return sys.stderr if settings.echo else None
