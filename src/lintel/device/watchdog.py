"""The watchdog: a thread that sees when others do not go round any more.

A counting thread that waits too long is woken. One that cannot be woken sits in a driver or a
decoder; no thread can be ended from outside, so the process ends itself with EXIT_STUCK and
whoever started it starts it again. What was counted is on disk by then. Everything alive is told
to the service manager (sd_notify), which ends a process whose watchdog is silent too.
"""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from lintel.device.logs import Log

EXIT_STUCK = 75  # EX_TEMPFAIL: start me again
CHECK_S = 1.0


@dataclass(frozen=True, slots=True)
class Watched:
    """A thread under watch.

    Attributes:
        name: for the log.
        silent_s: how long ago it last showed that it is alive.
        wake: what may bring it on.
        wake_after_s: silent for so long, it is woken.
        end_after_s: silent for so long, the process ends.
    """

    name: str
    silent_s: Callable[[], float]
    wake: Callable[[], None]
    wake_after_s: float = 60.0
    end_after_s: float = 150.0


class Watchdog:
    """Looks at every thread once a second.

    ``end`` is called with the exit code when one cannot be woken; it must not return.
    """

    def __init__(
        self,
        watched: tuple[Watched, ...],
        *,
        log: Log,
        end: Callable[[int], None] = os._exit,
        notify: Callable[[str], None] | None = None,
    ) -> None:
        self._watched = watched
        self._log = log
        self._end = end
        self._notify = notify or notifier(os.environ)
        self._stop = threading.Event()
        self._woken: set[str] = set()
        self._thread = threading.Thread(target=self._run, name="lintel-watchdog", daemon=True)

    def start(self) -> None:
        """Begin to watch."""
        self._thread.start()
        self._notify("READY=1")

    def stop(self) -> None:
        """Stop watching, as before an orderly end, which may take its time."""
        self._notify("STOPPING=1")
        self._stop.set()

    def look(self) -> bool:
        """Look once; whether all go round."""
        well = True
        for one in self._watched:
            silent_s = one.silent_s()
            if silent_s >= one.end_after_s:
                self._log.error("thread_stuck", thread=one.name, silent_s=round(silent_s))
                self._end(EXIT_STUCK)
            if silent_s >= one.wake_after_s:
                well = False
                self._wake(one, silent_s)
            else:
                self._woken.discard(one.name)
        return well

    def _wake(self, one: Watched, silent_s: float) -> None:
        if one.name in self._woken:
            return
        self._woken.add(one.name)
        self._log.warning("thread_silent", thread=one.name, silent_s=round(silent_s))
        one.wake()

    def _run(self) -> None:
        while not self._stop.wait(CHECK_S):
            if self.look():
                self._notify("WATCHDOG=1")


def notifier(environment: Mapping[str, str]) -> Callable[[str], None]:
    """What tells the service manager, or nobody where there is none (sd_notify(3))."""
    address = environment.get("NOTIFY_SOCKET", "")
    if not address.startswith(("/", "@")):
        return lambda message: None  # noqa: ARG005 - nobody listens
    path = "\0" + address[1:] if address.startswith("@") else address

    def notify(message: str) -> None:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as wire:
            try:
                wire.connect(path)
                wire.send(message.encode())
            except OSError:
                return  # the manager went away: nothing to be done about that here

    return notify
