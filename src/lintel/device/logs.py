"""The device's log: JSON lines in files that rotate, and the newest lines at hand for the pages.

Lines hold words and numbers about the device, never about people: no positions, no track numbers,
no user's input, no secrets. Every field is cut to MAX_FIELD characters, so that no fault of a
camera's name can make a line without end.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Mapping, MutableMapping
from datetime import UTC, datetime
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Protocol, TextIO

import structlog

from lintel.wire.v1.health import LogLine

MAX_FILE_BYTES = 1024 * 1024
FILES = 5
RING = 500
MAX_FIELD = 400
MAX_FIELDS = 16
SECRET = ("password", "secret", "token", "cookie", "authorization", "officer_key")


class Log(Protocol):
    """What parts write to: a word of what happened and named values."""

    def info(self, event: str, **fields: object) -> None:
        """Something worth knowing."""
        ...

    def warning(self, event: str, **fields: object) -> None:
        """Something to look at."""
        ...

    def error(self, event: str, **fields: object) -> None:
        """Something that failed."""
        ...


class Ring:
    """The newest lines, RING at most. Safe from any thread."""

    def __init__(self, *, size: int = RING) -> None:
        self._lines: deque[LogLine] = deque(maxlen=size)
        self._lock = threading.Lock()

    def add(self, line: LogLine) -> None:
        """Take in a line; the oldest goes."""
        with self._lock:
            self._lines.append(line)

    def newest(self, limit: int) -> tuple[LogLine, ...]:
        """The newest lines, newest first."""
        with self._lock:
            lines = list(self._lines)
        return tuple(reversed(lines[-limit:])) if limit > 0 else ()


class DeviceLog:
    """Writes lines to ``folder``/lintel.log and, if wished, to standard error, and keeps a ring.

    A line that cannot be written to the file, as on a full disk, is still in the ring: a log must
    never stop what it tells about.
    """

    def __init__(self, folder: Path | None, *, echo: TextIO | None = None) -> None:
        self.ring = Ring()
        self._handlers: list[logging.Handler] = []
        if folder is not None:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._handlers.append(_PrivateFile(folder / "lintel.log"))
        if echo is not None:
            self._handlers.append(_Echo(echo))
        self.log: Log = structlog.wrap_logger(
            None,
            processors=[self._write],
            wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
            cache_logger_on_first_use=False,
        )

    def close(self) -> None:
        """Close the files."""
        for handler in self._handlers:
            handler.close()
        self._handlers.clear()

    def _write(self, logger: object, level: str, fields: MutableMapping[str, object]) -> str:
        """The last processor: shape the line, keep it, write it; nothing is left to print."""
        del logger
        line = _line(level, fields)
        self.ring.add(line)
        text = _JSON(None, level, _flat(line))
        record = logging.LogRecord("lintel", logging.INFO, "", 0, str(text), None, None)
        for handler in self._handlers:
            handler.handle(record)
        raise structlog.DropEvent


_JSON = structlog.processors.JSONRenderer(sort_keys=False)


def _line(level: str, fields: Mapping[str, object]) -> LogLine:
    event = _short(fields.get("event", ""))
    rest = [(name, value) for name, value in fields.items() if name != "event"]
    told = {name: "withheld" if _secret(name) else _short(value) for name, value in rest}
    return LogLine(datetime.now(UTC), level, event, dict(list(told.items())[:MAX_FIELDS]))


def _flat(line: LogLine) -> dict[str, object]:
    return {"utc": line.utc.isoformat(), "level": line.level, "event": line.event, **line.fields}


def _short(value: object) -> str:
    """Printable, on one line, and not too long."""
    text = " ".join(str(value).split())
    text = "".join(char if char.isprintable() else "?" for char in text)
    return text if len(text) <= MAX_FIELD else text[: MAX_FIELD - 1] + "…"


def _secret(name: str) -> bool:
    return any(word in name.lower() for word in SECRET)


class _PrivateFile(RotatingFileHandler):
    """A log file for its owner alone; silent where the disk is full."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            path, maxBytes=MAX_FILE_BYTES, backupCount=FILES - 1, encoding="utf-8", delay=True
        )

    def _open(self) -> TextIOWrapper:
        Path(self.baseFilename).touch(mode=0o600)
        return super()._open()

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        """Stay silent."""


class _Echo(logging.StreamHandler[TextIO]):
    """Lines for a terminal or a service manager; silent where that is closed."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        """Stay silent."""
