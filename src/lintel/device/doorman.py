"""The listening socket: no single address takes all connections, not even before the handshake."""

from __future__ import annotations

import ipaddress
import socket
from collections import Counter

from lintel.device.access.throttle import peer_of

MAX_GUESTS = 256
MAX_GUESTS_OF_A_PEER = 48


class Guest(socket.socket):
    """A connection that tells the doorman when it is over."""

    doorman: Doorman | None = None
    peer: str = ""

    def close(self) -> None:
        """Close, and leave."""
        if self.doorman is not None:
            self.doorman.leave(self.peer)
            self.doorman = None
        super().close()


class Doorman(socket.socket):
    """Hands out at most 256 connections, 48 of them to one address (IPv6: /64).

    Those beyond are closed at once, before any memory is spent on TLS. The device itself
    (loopback) counts only in the sum.
    """

    def __init__(self, family: socket.AddressFamily) -> None:
        super().__init__(family, socket.SOCK_STREAM)
        self._guests: Counter[str] = Counter()
        self.turned_away = 0

    @property
    def guests(self) -> int:
        """Connections now."""
        return self._guests.total()

    def accept(self) -> tuple[socket.socket, object]:
        """The next connection that may stay.

        Raises:
            BlockingIOError: nobody waits any more, as from any socket that does not block.
        """
        while True:
            descriptor, address = self._accept()  # type: ignore[attr-defined]  # of socket.socket
            guest = Guest(self.family, self.type, self.proto, fileno=descriptor)
            peer = peer_of(str(address[0]))
            if self._may_stay(peer):
                self._guests[peer] += 1
                guest.doorman, guest.peer = self, peer
                return guest, address
            self.turned_away += 1
            guest.close()

    def leave(self, peer: str) -> None:
        """One connection of an address is over."""
        self._guests[peer] -= 1
        if self._guests[peer] <= 0:
            del self._guests[peer]

    def _may_stay(self, peer: str) -> bool:
        if self.guests >= MAX_GUESTS:
            return False
        return _is_loopback(peer) or self._guests[peer] < MAX_GUESTS_OF_A_PEER


def _is_loopback(peer: str) -> bool:
    return ipaddress.ip_network(peer, strict=False).is_loopback or peer == "::/64"
