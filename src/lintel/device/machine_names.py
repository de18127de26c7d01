"""By which names and addresses this machine can be asked for, for its certificate."""

from __future__ import annotations

import fcntl
import ipaddress
import re
import socket
import struct
from contextlib import suppress
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path
from typing import TypeAlias

Address: TypeAlias = IPv4Address | IPv6Address

MAX_ADDRESSES = 32
LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
HOST_NAME = re.compile(rf"{LABEL}(\.{LABEL})*")
MAX_HOST_NAME = 253
LOOPBACK: tuple[Address, ...] = (IPv4Address("127.0.0.1"), IPv6Address("::1"))
SIOCGIFADDR = 0x8915  # netdevice(7): the address of an interface
IFA_F_TEMPORARY = 0x01  # changes by itself every day (RFC 8981)


def host_names(hostname: str | None = None) -> tuple[str, ...]:
    """The host's name, the same within ``.local`` (multicast DNS, RFC 6762), and localhost."""
    name = (hostname or socket.gethostname()).lower().rstrip(".")
    names = []
    if is_host_name(name) and name != "localhost":
        names.append(name)
        if "." not in name:
            names.append(f"{name}.local")
    return (*names, "localhost")


def is_host_name(name: str) -> bool:
    """Whether a name may stand in a certificate (letters, digits and hyphens, RFC 1123)."""
    return len(name) <= MAX_HOST_NAME and HOST_NAME.fullmatch(name) is not None


def addresses() -> tuple[Address, ...]:
    """Loopback, and every lasting address of this machine; at most 32."""
    found: set[Address] = {*_addresses_4(), *_addresses_6(), *_addresses_by_name()}
    lasting = [a for a in found if not (a.is_loopback or a.is_link_local or a.is_unspecified)]
    ordered = sorted(lasting, key=lambda address: (address.version, int(address)))
    return (*LOOPBACK, *ordered[: MAX_ADDRESSES - len(LOOPBACK)])


def _addresses_4() -> set[Address]:
    found: set[Address] = set()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        for _, interface in socket.if_nameindex():
            request = struct.pack("256s", interface.encode()[:15])
            with suppress(OSError):  # an interface without an address
                answer = fcntl.ioctl(asking.fileno(), SIOCGIFADDR, request)
                found.add(IPv4Address(answer[20:24]))
    return found


def _addresses_6() -> set[Address]:
    """Of ``/proc/net/if_inet6``: address, index, prefix, scope, flags, interface."""
    found: set[Address] = set()
    with suppress(OSError, ValueError):
        for line in Path("/proc/net/if_inet6").read_text(encoding="ascii").splitlines():
            digits, _, _, _, flags, *_ = line.split()
            if not int(flags, 16) & IFA_F_TEMPORARY:
                found.add(IPv6Address(int(digits, 16)))
    return found


def _addresses_by_name() -> set[Address]:
    found: set[Address] = set()
    with suppress(OSError, ValueError, UnicodeError):
        for *_, place in socket.getaddrinfo(socket.gethostname(), None):
            found.add(ipaddress.ip_address(str(place[0]).partition("%")[0]))
    return found
