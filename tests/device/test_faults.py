"""What happens around a real device: a stuck thread, a full disk, a camera pulled and back."""

from __future__ import annotations

import asyncio
import json
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from capture_builders import FPS, SIZE, folder_with_rig, free_port
from device_engine_builders import EVER, eventually
from lintel.capture import NetworkSource, Source
from lintel.clock import Clock
from lintel.device.counting.sources import SourceChoice
from lintel.device.service import Service, ServiceSettings
from lintel.device.serving import Address
from lintel.device.watchdog import EXIT_STUCK
from lintel.store.key import load_key
from lintel.store.opening import open_store
from rtsp_pusher import start_pusher

SCENE = "analytic:cross?size=320x200&fps=8&noise=1"
LISTEN = {"rtsp_flags": "listen", "listen_timeout": "20"}
SMALL = 16 * 1024  # bytes that a file may grow to while the disk is "full"

STUCK = """
import pathlib, sys, threading
from dataclasses import replace

from lintel.cli import main
from lintel.device.watchdog import Watchdog
from lintel.pipeline import PacedSource

mark = pathlib.Path(sys.argv[sys.argv.index("--data") + 1]) / "stuck"
read, look, frames, hangs = PacedSource.read, Watchdog.look, [], threading.Event()

def read_or_hang(self):
    frames.append(1)
    if len(frames) > 20 and not mark.exists():
        mark.touch()
        hangs.set()
        threading.Event().wait()  # a driver that never comes back
    return read(self)

def look_impatiently(self):
    if hangs.is_set():
        self._watched = tuple(replace(w, wake_after_s=1, end_after_s=3) for w in self._watched)
    return look(self)

PacedSource.read, Watchdog.look = read_or_hang, look_impatiently
main()
"""


@contextmanager
def process(*command: str) -> Iterator[subprocess.Popen[str]]:
    """A process, ended whatever happens."""
    with subprocess.Popen(
        command,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as running:
        try:
            yield running
        finally:
            running.terminate()  # who keeps another alive passes it on
            try:
                running.wait(timeout=60)
            except subprocess.TimeoutExpired:
                running.kill()


def serve(data: Path, *options: str) -> list[str]:
    """The words of ``lintel serve`` for the scene."""
    words = ["serve", "--data", str(data), "--port", "0", "--host", "127.0.0.1", "--json"]
    return [*words, "--source", SCENE, "--loop", *options]


def logged(data: Path) -> list[str]:
    """Words of what the device's log says."""
    path = data / "log" / "lintel.log"
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return [json.loads(line)["event"] for line in lines]


def crossings(data: Path) -> int:
    """How many are stored, each once."""
    with open_store(data / "store/lintel.db", load_key(data / "keys/store.key")) as store:
        moments = [one.utc for one in store.events(*EVER) if one.event.type == "crossing"]
    assert len(set(moments)) == len(moments)
    return len(moments)


def test_a_stuck_thread_ends_the_process_and_respawn_begins_it_again(tmp_path: Path) -> None:
    data = tmp_path / "data"
    keep = "import sys; from lintel.cli.serve import keep_alive; sys.exit(keep_alive(sys.argv[1:]))"
    child = [sys.executable, "-c", STUCK, *serve(data)]
    with process(sys.executable, "-c", keep, *child) as running:
        assert running.stderr is not None
        said = next(line for line in running.stderr if line.startswith("lintel: "))
        assert said == "lintel: the device ended (a thread was stuck); started again in 2 s\n"
        assert running.stdout is not None
        starts = [json.loads(next(running.stdout))["port"] for _ in range(2)]
        assert all(starts)
        eventually(lambda: logged(data).count("counting") == 2, within_s=60.0)
        running.send_signal(signal.SIGTERM)
        running.communicate(timeout=60)
        assert running.returncode == 0
    words = logged(data)
    assert words.index("thread_silent") < words.index("thread_stuck") < words.index("stopped")


def test_a_stuck_thread_ends_the_process_with_a_code_of_its_own(tmp_path: Path) -> None:
    with process(sys.executable, "-c", STUCK, *serve(tmp_path / "data")) as running:
        running.communicate(timeout=120)
        assert running.returncode == EXIT_STUCK


def test_a_full_disk_loses_nobody_who_can_wait(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with process(sys.executable, "-m", "lintel", *serve(data, "--counts")) as running:
        assert running.stdout is not None
        told(running, at_least=1)
        before = resource.prlimit(running.pid, resource.RLIMIT_FSIZE, (SMALL, -1))
        eventually(lambda: {"store_failing", "store_full"} & set(logged(data)) != set())
        resource.prlimit(running.pid, resource.RLIMIT_FSIZE, before)
        eventually(lambda: "store_works_again" in logged(data))
        last = told(running, at_least=3)
        running.send_signal(signal.SIGTERM)
        running.communicate(timeout=60)
        assert running.returncode == 0
    assert "items_dropped" not in logged(data)
    assert crossings(data) >= last


def told(running: subprocess.Popen[str], *, at_least: int) -> int:
    """Wait until so many crossings were told."""
    assert running.stdout is not None
    for line in running.stdout:
        words = line.replace(",", "").split()
        if line.startswith("middle: ") and (count := int(words[1]) + int(words[3])) >= at_least:
            return count
    raise AssertionError("it ended before it had counted")


@dataclass(frozen=True, slots=True)
class Listening(SourceChoice):
    """Network cameras that come to the device, as a pusher does."""

    def open_paced(self, clock: Clock, wait: Callable[[float], object]) -> Source:
        del wait
        assert self.calibration is not None
        return NetworkSource(
            *self.spec.split("|"), calibration=self.calibration, retry_waits_s=(), options=LISTEN,
            clock=clock, patience_s=20.0,
        )  # fmt: skip


async def until(so: Callable[[], bool]) -> None:
    """Wait until it is so, while the device goes on."""
    await asyncio.to_thread(eventually, so, within_s=120.0)


class Cameras:
    """Two pushers; plugged in again until they are heard."""

    def __init__(self, urls: list[str]) -> None:
        self.urls = urls
        self.pushers: list[BaseProcess] = []

    async def plug(self, heard: Callable[[], bool]) -> None:
        async with asyncio.timeout(120):
            while not heard():
                t0_s = time.monotonic() + 3.0
                start = partial(start_pusher, size=SIZE, count=56, fps=FPS, t0_s=t0_s)
                self.pushers = [start(url) for url in self.urls]
                await until(lambda: heard() or not any(one.is_alive() for one in self.pushers))

    def pull(self) -> None:
        for one in self.pushers:
            one.kill()
            one.join()


@pytest.mark.timeout(280)
def test_a_network_camera_is_pulled_and_comes_back(tmp_path: Path) -> None:
    calibration = folder_with_rig(tmp_path) / "calibration.json"
    urls = [f"rtsp://127.0.0.1:{free_port()}/eye" for _ in range(2)]
    source = Listening("|".join(urls), calibration)
    settings = ServiceSettings(tmp_path / "data", source, Address("127.0.0.1", 0))

    async def story() -> None:
        service, ready = Service(settings), asyncio.get_running_loop().create_future()
        task = asyncio.create_task(service.run(on_ready=ready.set_result))
        await ready
        engine, cameras = service.engine, Cameras(urls)
        await cameras.plug(lambda: engine.pulse.frames >= 3)
        cameras.pull()
        await until(lambda: engine.causes.has("source_lost"))
        assert engine.board.live().state == "no_source"
        seen = engine.pulse.frames
        await cameras.plug(lambda: engine.pulse.frames >= seen + 3)
        assert not engine.causes.has("source_lost")
        assert engine.worker.losses >= 1
        cameras.pull()
        service.stop()
        await task

    asyncio.run(story())
