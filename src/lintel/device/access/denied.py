"""Why somebody is not let in, ready for an answer over HTTP."""

from __future__ import annotations

from typing import Literal, TypeAlias

from lintel.errors import AccessError

Status: TypeAlias = Literal[400, 401, 403, 429]
Headers: TypeAlias = tuple[tuple[str, str], ...]


class DeniedError(AccessError):
    """Not let in. The message shows nothing of what was sent; ``code`` is a stable word.

    Codes: ``sign_in`` (nothing was sent), ``wrong`` (user or password), ``stale`` (ask again with
    the new nonce), ``malformed``, ``expired`` (session or token), ``throttled``, ``forbidden``,
    ``csrf``, ``unclaimed``, ``claimed``.
    """

    def __init__(self, message: str, *, status: Status, code: str, headers: Headers = ()) -> None:
        super().__init__(message)
        self.status: Status = status
        self.code = code
        self.headers = headers
