"""Who may call a route: scopes, and proof that a page of this device asked and no other."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.requests import Request

from lintel.device.access import Principal
from lintel.device.api.problems import RequestError
from lintel.wire.v1.setting import Scope

CSRF_HEADER = "X-CSRF-Token"
OWN = frozenset({"same-origin", "none"})


def check_origin(request: Request) -> None:
    """Refuse what a browser sends for a page of another site.

    Raises:
        RequestError: Sec-Fetch-Site or Origin tell of another site.
    """
    site = request.headers.get("sec-fetch-site", "none")
    if site not in OWN:
        raise RequestError(403, "cross_site", "only pages of this device may call its API")
    origin = request.headers.get("origin")
    if origin is None:
        return
    here = (request.url.scheme, request.headers.get("host", "").lower())
    try:
        there = urlsplit(origin)
    except ValueError:
        there = urlsplit("")
    if (there.scheme, there.netloc.lower()) != here:
        raise RequestError(403, "cross_site", "only pages of this device may call its API")


def check_scopes(principal: Principal, scopes: tuple[Scope, ...]) -> None:
    """Ask for one of some scopes.

    Raises:
        RequestError: the caller has none of them.
    """
    if scopes and principal.scopes.isdisjoint(scopes):
        raise RequestError(403, "scope", f"this needs the scope {' or '.join(scopes)}")
