"""Errors as RFC 9457 problems: one table says which error is which status."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

import msgspec
from starlette.responses import Response

from lintel.device.access import DeniedError
from lintel.errors import (
    AccessError,
    BusyError,
    CertificateError,
    ConflictError,
    ContractError,
    InputError,
    LintelError,
    NotFoundError,
    RefusedError,
    SiteError,
    StoreError,
    StoreFullError,
)
from lintel.wire.v1.answer import Problem
from lintel.wire.v1.setting import ConfigFault

MEDIA_TYPE = "application/problem+json"
RETRY_S = "5"


class RequestError(LintelError):
    """A request that is refused before anything is asked of the device."""

    def __init__(
        self, status: int, code: str, detail: str, *, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.headers = dict(headers or {})


@dataclass(frozen=True, slots=True)
class Kind:
    """How an error is told; ``detail`` takes the place of a message that is not for everyone."""

    status: int
    code: str
    detail: str | None = None


# An error that is not listed is told as the nearest class above it; a plain LintelError or a
# ContractError is a defect of Lintel and becomes an incident.
KINDS: dict[type[LintelError], Kind] = {
    InputError: Kind(422, "input"),
    SiteError: Kind(422, "site"),
    AccessError: Kind(422, "access"),
    CertificateError: Kind(422, "certificate"),
    RefusedError: Kind(403, "refused"),
    NotFoundError: Kind(404, "not_found"),
    ConflictError: Kind(409, "conflict"),
    BusyError: Kind(429, "busy"),
    StoreError: Kind(503, "store", "the store cannot answer now; /api/v1/health says why"),
    StoreFullError: Kind(507, "store_full", "the store is full; shorten retention or erase"),
}


def status_of(error: type[LintelError]) -> int:
    """The status that an error is told with; 500 for a defect."""
    kind = kind_of(error)
    return kind.status if kind else HTTPStatus.INTERNAL_SERVER_ERROR


def is_told(error: LintelError) -> bool:
    """Whether an error is for the caller; else it is a defect of Lintel."""
    return isinstance(error, (RequestError, AccessError)) or kind_of(type(error)) is not None


def told(error: LintelError) -> Response:
    """The answer for an error that is for the caller."""
    if isinstance(error, RequestError):
        return problem(error.status, error.code, str(error), headers=error.headers)
    if isinstance(error, AccessError):
        return _access_problem(error)
    kind = kind_of(type(error))
    if kind is None:
        raise error
    headers = {"Retry-After": RETRY_S} if kind.status in {429, 503} else {}
    return problem(kind.status, kind.code, kind.detail or str(error), headers=headers)


def problem(
    status: int,
    code: str,
    detail: str,
    *,
    headers: Mapping[str, str] | None = None,
    incident: str | None = None,
    faults: tuple[ConfigFault, ...] = (),
) -> Response:
    """A problem as an answer."""
    said = Problem(
        title=HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        code=code,
        incident=incident,
        faults=faults,
    )
    return Response(msgspec.json.encode(said), status, dict(headers or {}), MEDIA_TYPE)


def kind_of(error: type[LintelError]) -> Kind | None:
    """How errors of a class are told; None for a defect of Lintel."""
    if issubclass(error, ContractError):
        return None
    return next((KINDS[base] for base in error.__mro__ if base in KINDS), None)


def _access_problem(error: AccessError) -> Response:
    """Who is denied gets the challenge; a name or password that cannot be is bad input."""
    if not isinstance(error, DeniedError):
        return problem(422, "access", str(error))
    answer = problem(error.status, error.code, str(error))
    for name, text in error.headers:
        answer.headers.append(name, text)
    return answer
