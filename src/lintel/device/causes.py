"""Why the device is not well: causes with a stable word, since when, and what to do about each."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from lintel.errors import ContractError
from lintel.wire.v1.health import Cause, Severity


@dataclass(frozen=True, slots=True)
class Known:
    """A cause that can be: how bad it is and what to do."""

    severity: Severity
    advice: str


KNOWN = MappingProxyType(
    {
        "source_lost": Known(
            "error", "Look at the camera's cable, power and network; it is opened again by itself."
        ),
        "source_stalled": Known(
            "error", "The camera is there but gives no pictures: take it off power once."
        ),
        "source_ended": Known(
            "info", "The recording is over. Start again, or serve it with --loop."
        ),
        "no_lines": Known("warning", "Nothing to count at yet: draw a line or a zone in Set up."),
        "no_floor": Known(
            "warning",
            "The floor was not found yet: leave the view empty for some seconds, or give the "
            "mounting height in Set up.",
        ),
        "blind": Known(
            "error",
            "Most of the view cannot be measured: look for dirt, a cover, glare or darkness.",
        ),
        "cameras_moved": Known(
            "warning",
            "The two cameras no longer agree with their calibration: calibrate anew.",
        ),
        "too_slow": Known(
            "warning",
            "Frames are dropped because counting takes longer than they come: free the processor, "
            "or lower the camera's frame rate.",
        ),
        "store_full": Known(
            "error",
            "No room to store counts: shorten what is kept in Privacy, or give the disk room.",
        ),
        "disk_low": Known(
            "warning",
            "The disk is nearly full. Free it: when nothing fits any more, the oldest tracks and "
            "events are erased to make room for new counts.",
        ),
        "store_failing": Known(
            "error", "Counts cannot be stored; it is tried again. Look at the disk and its mount."
        ),
        "store_recovered": Known(
            "warning",
            "The store was damaged and begun anew; the damaged file lies beside it. Look at the "
            "disk, and copy it away while it can be read.",
        ),
        "events_lost": Known(
            "error", "Events came while nothing could be stored, more than can wait: free the disk."
        ),
        "clock_stepped": Known(
            "warning",
            "The wall clock was set while counting; the audit log says when. Use a time server.",
        ),
        "clock_unset": Known(
            "warning", "The clock is before this software was made: set it, or use a time server."
        ),
        "model_missing": Known(
            "warning",
            "The learned detector is missing or broken; the classical one counts in its place. "
            "Install Lintel anew.",
        ),
        "counting_failed": Known(
            "error",
            "Counting failed and was begun anew; the log has the fault. Please report it.",
        ),
        "restarted": Known(
            "warning",
            "The device was not stopped in an orderly way before this start: power cut or crash.",
        ),
        "hot": Known(
            "warning", "The processor is hot and may slow down: give the device air, or shade."
        ),
        "listeners_slow": Known(
            "info", "A page or program reads live messages too slowly and misses some."
        ),
        "certificate_ends": Known(
            "warning", "The certificate ends soon or is over: install a new one in System."
        ),
    }
)


class Causes:
    """The causes at this moment. Safe to use from any thread; bounded by the words in KNOWN."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._now: dict[str, Cause] = {}

    def put(self, code: str, utc: datetime, detail: str = "") -> bool:
        """This is so since ``utc``; True where it was not so before. ``detail`` comes first."""
        if code not in KNOWN:
            raise ContractError(f"expected a known cause, got {code!r}")
        known = KNOWN[code]
        with self._lock:
            before = self._now.get(code)
            since = utc if before is None else before.since_utc
            text = f"{detail} {known.advice}" if detail else known.advice
            self._now[code] = Cause(code, known.severity, since, text)
            return before is None

    def clear(self, code: str) -> bool:
        """This is not so any more; True where it was."""
        with self._lock:
            return self._now.pop(code, None) is not None

    def set(self, code: str, utc: datetime, *, so: bool, detail: str = "") -> bool:
        """Put or clear it; True where that changed something."""
        return self.put(code, utc, detail) if so else self.clear(code)

    def now(self) -> tuple[Cause, ...]:
        """All causes, the worst first, then the oldest."""
        order = {"error": 0, "warning": 1, "info": 2}
        with self._lock:
            causes = list(self._now.values())
        return tuple(sorted(causes, key=lambda c: (order[c.severity], c.since_utc, c.code)))

    def has(self, code: str) -> bool:
        """Whether this is so."""
        with self._lock:
            return code in self._now
