"""What of a request decides who is let in: read once, duplicates refused."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from lintel.device.access.denied import DeniedError
from lintel.device.access.throttle import peer_of

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
SINGLE = ("authorization", "origin", "host", "sec-fetch-site", "sec-fetch-mode", "x-csrf-token")


@dataclass(frozen=True, slots=True)
class Asked:
    """A request. ``target`` is the path with its query, exactly as it was sent."""

    method: str
    target: str
    peer: str
    headers: dict[str, str] = field(repr=False)

    @classmethod
    def read(cls, method: str, target: str, headers: Iterable[tuple[str, str]], peer: str) -> Asked:
        """Take in a request's headers, names in any case.

        Raises:
            DeniedError: a header that decides stands twice.
        """
        kept: dict[str, str] = {}
        for name, value in headers:
            key = name.lower()
            if key == "cookie" and key in kept:
                kept[key] += "; " + value
            elif key in kept and key in SINGLE:
                raise DeniedError(f"the header {key} stands twice", status=400, code="malformed")
            else:
                kept[key] = value
        return cls(method, target, peer_of(peer), kept)

    def header(self, name: str) -> str | None:
        """A header by its lower-case name."""
        return self.headers.get(name)

    @property
    def changes(self) -> bool:
        """Whether it may change something."""
        return self.method not in SAFE_METHODS

    @property
    def by_script(self) -> bool:
        """Whether a page's script asks, and not a person who opens an address."""
        return self.header("sec-fetch-mode") not in {None, "navigate"}

    def require_same_origin(self) -> None:
        """Browsers send credentials along for strangers' pages too; those are told apart here.

        Raises:
            DeniedError: the request comes from another site.
        """
        origin, site = self.header("origin"), self.header("sec-fetch-site")
        foreign_site = site not in {None, "same-origin", "none"}
        foreign_origin = origin is not None and origin != f"https://{self.header('host')}"
        if foreign_site or foreign_origin:
            raise DeniedError("this request comes from another site", status=403, code="csrf")
