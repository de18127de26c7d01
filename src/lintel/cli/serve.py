"""``lintel serve``: the device. Counts without end, stores encrypted, answers over HTTPS."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from types import FrameType

import typer

from lintel.cli.serve_options import (
    CalibrationOption,
    CountsOption,
    DataOption,
    DetectorOption,
    HostOption,
    JsonOption,
    LogOption,
    LoopOption,
    MaxStoreMibOption,
    NameOption,
    PortOption,
    RedirectPortOption,
    RespawnOption,
    SecondsOption,
    SiteOption,
    SourceOption,
    StoreKeyOption,
    TimeZoneOption,
)
from lintel.device.counting.sources import SourceChoice
from lintel.device.service import Reached, Service, ServiceSettings
from lintel.device.serving import Address
from lintel.device.watchdog import EXIT_STUCK
from lintel.errors import InputError
from lintel.pipeline.detectors import DEFAULT_DETECTOR

CHILD = "LINTEL_SERVED_BY"
PAUSES_S = (1.0, 2.0, 5.0, 10.0, 30.0)  # before each new start
STEADY_S = 60.0  # a child that lived so long is started again after the first pause
FOR_GOOD = (0, 2)  # exit codes after which nothing is started again: stopped, or cannot work
MIB = 1024 * 1024
TELL_EVERY_S = 0.5


def serve(
    *,
    data: DataOption,
    source: SourceOption = "analytic:doorway",
    calibration: CalibrationOption = None,
    site: SiteOption = None,
    host: HostOption = "0.0.0.0",  # noqa: S104
    port: PortOption = 8443,
    redirect_port: RedirectPortOption = None,
    name: NameOption = None,
    loop: LoopOption = False,
    time_zone: TimeZoneOption = "UTC",
    detector: DetectorOption = DEFAULT_DETECTOR,
    max_store_mib: MaxStoreMibOption = 2048,
    store_key: StoreKeyOption = None,
    respawn: RespawnOption = False,
    seconds: SecondsOption = 0.0,
    log: LogOption = False,
    counts: CountsOption = False,
    as_json: JsonOption = False,
) -> None:
    """Count without end and answer over HTTPS: pages, web API, live events.

    Prints the address, the fingerprint of the certificate that browsers will show, and at the
    first start the claim code that makes the first user. Everything lies in the data folder,
    encrypted; a start on the same folder goes on where the last one ended, however that ended.
    Ctrl-C or SIGTERM ends it in an orderly way.

    Exit codes: 0 stopped in order, 1 not everything could be stored in time, 2 it cannot start
    (the message says why), 75 a thread was stuck and the device must be started again, which
    systemd or --respawn does.
    """
    if respawn and CHILD not in os.environ:
        sys.exit(keep_alive([sys.executable, "-m", "lintel", *sys.argv[1:]]))
    limit_threads()
    settings = ServiceSettings(
        data=data,
        source=SourceChoice(source, calibration, loop),
        address=Address(host, port, redirect_port),
        site=site,
        time_zone=time_zone,
        detector=detector,
        max_bytes=max_store_mib * MIB,
        store_key=store_key,
        names=tuple(name or ()),
        echo=log,
    )
    if data.exists() and not data.is_dir():
        raise InputError(f"{data}: expected a folder, or nothing yet")

    typer.echo("Lintel starts; the first start of a rendered scene takes a minute.", err=True)
    if not asyncio.run(served(settings, seconds=seconds, counts=counts, as_json=as_json)):
        raise typer.Exit(1)


async def served(settings: ServiceSettings, *, seconds: float, counts: bool, as_json: bool) -> bool:
    """Run the device to its end; whether everything was stored in time."""

    def ready(reached: Reached) -> None:
        typer.echo(json.dumps(reached_json(reached)) if as_json else reached_text(reached))
        sys.stdout.flush()

    service = Service(settings)
    telling = asyncio.create_task(tell_counts(service)) if counts else None
    try:
        return await service.run(on_ready=ready, seconds=seconds)
    finally:
        if telling is not None:
            telling.cancel()


async def tell_counts(service: Service) -> None:
    """Print the running counts, once at the start and whenever they change."""
    told = ""
    while True:
        lines = service.engine.board.live().lines
        text = "; ".join(f"{one.name}: {one.entered} in, {one.left} out" for one in lines)
        if text != told:
            told = text
            typer.echo(text)
            sys.stdout.flush()
        await asyncio.sleep(TELL_EVERY_S)


def reached_json(reached: Reached) -> dict[str, object]:
    """What ``--json`` prints."""
    return {
        "url": reached.url,
        "port": reached.port,
        "redirect_port": reached.redirect_port,
        "certificate_sha256": reached.certificate.sha256,
        "certificate_until_utc": reached.certificate.until_utc.isoformat(),
        "pinned_public_key": reached.certificate.pin,
        "claim_code": reached.claim_code,
    }


def reached_text(reached: Reached) -> str:
    """The same for people."""
    digits = reached.certificate.sha256.upper()
    pairs = ":".join(digits[k : k + 2] for k in range(0, len(digits), 2))
    lines = [
        f"Lintel counts. Open {reached.url}",
        f"certificate SHA-256 {pairs}",
    ]
    if reached.redirect_port is not None:
        lines.append(f"plain HTTP at port {reached.redirect_port} shows the way there")
    if reached.claim_code is not None:
        lines.append(f"nobody has claimed it yet; claim code {reached.claim_code}")
    return "\n".join(lines)


def limit_threads() -> None:
    """Libraries share the processor with whoever answers: one thread less than there are cores."""
    import cv2  # noqa: PLC0415 - only a device needs it here

    cv2.setNumThreads(max((os.cpu_count() or 2) - 1, 1))


def keep_alive(command: list[str]) -> int:
    """Start the device again whenever it ends by a fault; its last exit code."""
    stopping = threading.Event()
    child: subprocess.Popen[bytes] | None = None

    def stop(number: int, frame: FrameType | None) -> None:
        del frame
        stopping.set()
        if child is not None:
            with suppress(ProcessLookupError):
                child.send_signal(number)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    attempt = 0
    while True:
        began_s = time.monotonic()
        child = subprocess.Popen(command, env={**os.environ, CHILD: str(os.getpid())})  # noqa: S603
        code = child.wait()
        if stopping.is_set() or code in FOR_GOOD:
            return code
        attempt = 0 if time.monotonic() - began_s > STEADY_S else attempt + 1
        pause_s = PAUSES_S[min(attempt, len(PAUSES_S) - 1)]
        why = "a thread was stuck" if code == EXIT_STUCK else f"exit code {code}"
        sys.stderr.write(f"lintel: the device ended ({why}); started again in {pause_s:g} s\n")
        if stopping.wait(pause_s):
            return 0
