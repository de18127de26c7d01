"""Whom the device's process talks to, as the kernel tells it; on the device's own machine only."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from lintel.device.self_audit.finding import failed, judged, passed, unknown
from lintel.wire.v1.health import Finding

CONNECTION_CHECKS = ("ports", "connections")
TABLES = ("tcp", "tcp6")  # in /proc/net
SYN_SENT, ESTABLISHED, LISTEN = "02", "01", "0A"
WORD = 8  # hex digits of a word of an address, least byte first


@dataclass(frozen=True, slots=True)
class Connection:
    """A row of /proc/net/tcp: who, with whom, and the inode of the socket."""

    state: str
    port: int
    remote: ipaddress.IPv4Address | ipaddress.IPv6Address
    inode: str

    @classmethod
    def of(cls, row: str) -> Connection | None:
        """Read a row; None for the heading."""
        fields = row.split()
        if len(fields) < 10 or ":" not in fields[2]:
            return None
        return cls(fields[3], int(fields[1].rsplit(":", 1)[1], 16), _address(fields[2]), fields[9])


def check_connections(port: int) -> Iterator[Finding]:
    """Ports that the process behind ``port`` listens at, and whom it has called."""
    rows = _rows()
    owner = _owner_of({row.inode for row in rows if row.state == LISTEN and row.port == port})
    if owner is None:
        for check in CONNECTION_CHECKS:
            yield unknown(check, "the device's process is not on this machine, or not ours to see")
        return
    inodes = _sockets_of(owner)
    ours = [row for row in rows if row.inode in inodes]
    ports = sorted({row.port for row in ours if row.state == LISTEN})
    yield _ports(ports)
    yield judge_calls([row for row in ours if row.state != LISTEN and row.port not in ports])


def _ports(ports: list[int]) -> Finding:
    if len(ports) > 2:
        return failed("ports", f"the device listens at {ports}", "one for HTTPS, one to redirect")
    return passed("ports", f"the device listens at {', '.join(map(str, ports))} only")


def judge_calls(called: list[Connection]) -> Finding:
    """A counter calls cameras of its own network and nobody beyond."""
    live = {row.remote for row in called if row.state in {SYN_SENT, ESTABLISHED}}
    near = sorted(str(one) for one in live if not one.is_global)
    return judged(
        "connections",
        [
            f"the device has called {one}, beyond its network"
            for one in sorted(map(str, live))
            if ipaddress.ip_address(one).is_global
        ],
        fine=f"the device has called {', '.join(near)}; nobody beyond its network"
        if near
        else "the device has called nobody",
        advice="find out what calls there and switch it off; close the way at the router",
    )


def _rows() -> list[Connection]:
    found: list[Connection] = []
    for name in TABLES:
        table = Path("/proc/net") / name
        lines = table.read_text(encoding="ascii").splitlines() if table.exists() else []
        found += [row for row in map(Connection.of, lines) if row is not None]
    return found


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """``0100007F:1F90`` is 127.0.0.1; an IPv4 address inside IPv6 is told as IPv4."""
    digits = text.rsplit(":", 1)[0]
    words = [bytes.fromhex(digits[k : k + WORD])[::-1] for k in range(0, len(digits), WORD)]
    address = ipaddress.ip_address(b"".join(words))
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


def _owner_of(inodes: set[str]) -> int | None:
    for process in Path("/proc").glob("[0-9]*"):
        if inodes and inodes & _sockets_of(int(process.name)):
            return int(process.name)
    return None


def _sockets_of(process: int) -> set[str]:
    """Inodes of the sockets that a process holds; none where it is not ours to see."""
    found: set[str] = set()
    with suppress(OSError):
        for link in Path(f"/proc/{process}/fd").iterdir():
            with suppress(OSError):  # closed meanwhile
                found.add(str(link.readlink()))
    return {link[8:-1] for link in found if link.startswith("socket:[")}
