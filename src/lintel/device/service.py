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
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TextIO

from lintel.clock import Clock, SystemClock
from lintel.device.access import Gate
from lintel.device.api.app import Manners, create_app
from lintel.device.causes import Causes
from lintel.device.certificate import CertificateInfo
from lintel.device.counter import DeviceCounter, Running
from lintel.device.counting.sources import SourceChoice
from lintel.device.counting.thinking import Thinking
from lintel.device.engine import Engine, Parts
from lintel.device.first_site import first_site
from lintel.device.images import ModeImages
from lintel.device.keeping.history import StoredHistory
from lintel.device.keeping.place import StorePlace
from lintel.device.keeping.sites import SiteBook
from lintel.device.logs import DeviceLog
from lintel.device.ports import Ports
from lintel.device.preview import Preview
from lintel.device.privacy.control import DevicePrivacy
from lintel.device.privacy.documents import PaperWriter
from lintel.device.recordings import DepthRecordings
from lintel.device.recordings.shelf import Shelf
from lintel.device.self_audit import AuditSettings, audit
from lintel.device.serving import Address, Listener, Redirect, bind
from lintel.device.system import DeviceSystem, Machine, TimeZoneBook
from lintel.device.tls import DeviceTls
from lintel.device.vault import Vault
from lintel.device.watchdog import Watchdog, Watched
from lintel.errors import LintelError
from lintel.store.key_places import find_or_make_key
from lintel.store.opening import DEFAULT_MAX_BYTES
from lintel.wire.v1.health import Finding
from lintel.wire.v1.setting import ImageMode

PAGES = Path(__file__).parent / "pages"
HOUSEKEEPING_S = 60.0
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
    detector: str = "classical"
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
        self._mode: Callable[[], ImageMode] = lambda: "none"
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
        context = self._tls.context()
        try:
            await asyncio.to_thread(self._engine.start)
        except LintelError:
            for one in sockets:
                one.close()
            self._log.close()
            raise
        try:
            return await self._serve(sockets, context, on_ready=on_ready, seconds=seconds)
        finally:
            await asyncio.to_thread(self._engine.stop)
            self._log.close()

    async def _serve(
        self,
        sockets: list[socket.socket],
        context: ssl.SSLContext,
        *,
        on_ready: Callable[[Reached], None],
        seconds: float,
    ) -> bool:
        ports, privacy, recordings = self._ports(context)
        await recordings.open()
        manners = Manners(hosts=frozenset(self._certificate.names))
        pages = PAGES if PAGES.is_dir() else None
        app = create_app(ports, self._gate, pages, manners=manners, clock=self._clock)
        listener = Listener(app, context, sockets[0])
        redirect = None
        if len(sockets) > 1:
            redirect = Redirect(sockets[1], https_port=listener.port)
            await redirect.start()
        tasks = [
            asyncio.create_task(listener.serve()),
            asyncio.create_task(privacy.run(on_fault=self._privacy_fault)),
            asyncio.create_task(recordings.run(on_fault=self._privacy_fault)),
            asyncio.create_task(self._keep_house()),
        ]
        self._heed_signals()
        watchdog = self._watchdog()
        watchdog.start()
        reached = self._reached(sockets)
        self._audited_at = reached.url
        on_ready(reached)
        await self._until_stopped(tasks[0], seconds)
        watchdog.stop()
        await recordings.close()
        orderly = await asyncio.to_thread(self._engine.stop)
        if redirect is not None:
            redirect.stop()
        listener.stop()
        await asyncio.wait(tasks[:1], timeout=15.0)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        return orderly

    def _heed_signals(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            with suppress(NotImplementedError, RuntimeError, ValueError):  # not the main thread
                loop.add_signal_handler(number, self._stop.set)

    def _reached(self, sockets: list[socket.socket]) -> Reached:
        host, ports = self._settings.address.host, [one.getsockname()[1] for one in sockets]
        shown = "localhost" if host in {"0.0.0.0", "::", "127.0.0.1"} else host  # noqa: S104
        return Reached(
            url=f"https://{shown}:{ports[0]}",
            port=ports[0],
            redirect_port=ports[1] if len(ports) > 1 else None,
            certificate=self._certificate,
            claim_code=self._gate.claim_code,
        )

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
        )
        return Engine(parts, causes=causes)

    def _ports(self, context: ssl.SSLContext) -> tuple[Ports, DevicePrivacy, DepthRecordings]:
        """Everything the web API asks; made in the event loop."""
        engine, clock = self._engine, self._clock
        history = StoredHistory(
            engine.keeper,
            clock=clock,
            time_zone=lambda: self._zone.name,
            retention=engine.retention,
        )
        privacy = DevicePrivacy(
            vault=self._vault,
            journal=history,
            key=self._gate.officer_key,
            clock=clock,
            documents=PaperWriter(
                holdings=history,
                site=self._sites,
                system=lambda: system.info(),  # noqa: PLW0108 - made below
            ),
        )
        self._mode = privacy.mode_now
        images = ModeImages(self._preview, mode=privacy.mode_now)
        privacy.tell(images)
        recordings = self._recordings(history, privacy)
        history.tell_of(recordings)
        privacy.tell(recordings)
        running = Running(
            board=engine.board,
            worker=engine.worker,
            keeper=engine.keeper,
            hub=engine.hub,
            causes=engine.causes,
            clock=clock,
            mode=privacy.mode_now,
            version=lambda: self._sites.in_force,
            site=lambda: self._sites.site,
            focus=lambda: None,
            restarts=engine.runs.unclean,
            clock_steps=lambda: engine.clock_steps,
        )
        machine = Machine(
            device_id=self._vault.derive("device id", length=16).hex()[:16],
            source=self._settings.source.shown,
            keeper=engine.keeper,
            zone=self._zone,
            tls=self._tls,
            ring=self._log.ring,
            clock=clock,
            use_certificate=lambda: self._tls.load_into(context),
            audit=self._audit,
        )
        system = DeviceSystem(machine)
        ports = Ports(
            counter=DeviceCounter(running),
            history=history,
            configuration=self._sites,
            privacy=privacy,
            images=images,
            recordings=recordings,
            system=system,
        )
        return ports, privacy, recordings

    def _recordings(self, history: StoredHistory, privacy: DevicePrivacy) -> DepthRecordings:
        folder = self._settings.data / "recordings"
        return DepthRecordings(
            folder,
            shelf=Shelf(folder, self._vault),
            source=self._preview,
            permission=privacy,
            counts=history,
            journal=history,
            clock=self._clock,
            retention_s=lambda: self._engine.retention.seconds["recordings"],
        )

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

    async def _keep_house(self) -> None:
        """Causes that pass, certificates that end."""
        causes, clock = self._engine.causes, self._clock
        while True:
            now = clock.utc()
            for cause in causes.now():
                if cause.code in PASSING and now - cause.since_utc > OLD_NEWS:
                    causes.clear(cause.code)
            self._engine.say_whether_lines(self._sites.site)
            with suppress(LintelError):
                ends = self._tls.info().wants_renewal(now)
                causes.set("certificate_ends", now, so=ends)
            await asyncio.sleep(HOUSEKEEPING_S)

    def _privacy_fault(self, error: LintelError) -> None:
        self._log.log.error("privacy_fault", fault=str(error))


def _stderr(settings: ServiceSettings) -> TextIO | None:
    return sys.stderr if settings.echo else None
