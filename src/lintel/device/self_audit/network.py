"""What is reached over the network: protocols, certificate, plain HTTP, who is let in."""

from __future__ import annotations

import http.client
import socket
import ssl
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from cryptography import x509

from lintel.device.self_audit.connections import CONNECTION_CHECKS, check_connections
from lintel.device.self_audit.finding import failed, judged, passed, unknown
from lintel.errors import InputError
from lintel.wire.v1.health import Finding

WAIT_S = 5.0
ENDS_SOON = timedelta(days=30)
CLOSED = ("/api/v1/live", "/api/v1/config", "/api/v1/audit", "/api/v1/images/depth")
CHECKS = ("tls.versions", "tls.certificate", "http.plain", "http.hsts", "access.login")


@dataclass(frozen=True, slots=True)
class Place:
    """Where the device answers."""

    host: str
    port: int

    @classmethod
    def of(cls, address: str) -> Place:
        """Read ``https://host:port``.

        Raises:
            InputError: it is no such address.
        """
        try:
            parts = urlsplit(address)
            port = parts.port or 443
        except ValueError as error:
            raise InputError(f"expected https://host:port, got {address!r}") from error
        if parts.scheme != "https" or not parts.hostname:
            raise InputError(f"expected https://host:port, got {address!r}")
        return cls(parts.hostname, port)


def check_network(place: Place | None, utc: datetime) -> Iterator[Finding]:
    """Ask the running device."""
    if place is None:
        for check in (*CHECKS, *CONNECTION_CHECKS):
            yield unknown(check, "no address was given", "give --address https://host:port")
        return
    try:
        socket.create_connection((place.host, place.port), WAIT_S).close()
    except OSError as error:
        for check in (*CHECKS, *CONNECTION_CHECKS):
            yield unknown(check, f"{place.host}:{place.port} does not answer: {error}")
        return
    yield _versions(place)
    yield _certificate(place, utc)
    yield _plain(place)
    yield from _answers(place)
    yield from check_connections(place.port)


def _versions(place: Place) -> Finding:
    accepted = [name for name, version in _old() if _shakes_hands(place, version)]
    good = [name for name, version in _new() if _shakes_hands(place, version)]
    if not good:
        return failed("tls.versions", "neither TLS 1.2 nor 1.3 is spoken", "see the log")
    return judged(
        "tls.versions",
        [f"{name} is accepted" for name in accepted],
        fine=f"{' and '.join(good)}, nothing older",
        advice="allow TLS 1.2 and newer only",
    )


def _old() -> list[tuple[str, ssl.TLSVersion]]:
    return [("TLS 1.0", ssl.TLSVersion.TLSv1), ("TLS 1.1", ssl.TLSVersion.TLSv1_1)]


def _new() -> list[tuple[str, ssl.TLSVersion]]:
    return [("TLS 1.2", ssl.TLSVersion.TLSv1_2), ("TLS 1.3", ssl.TLSVersion.TLSv1_3)]


def _context() -> ssl.SSLContext:
    """One that looks at whatever certificate there is: it is judged by us."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _shakes_hands(place: Place, version: ssl.TLSVersion) -> bool:
    """Whether the device speaks exactly this version, offered every cipher there is."""
    context = _context()
    context.set_ciphers("ALL:@SECLEVEL=0")
    try:
        _limit(context, version)
        with (
            socket.create_connection((place.host, place.port), WAIT_S) as plain,
            context.wrap_socket(plain, server_hostname=place.host),
        ):
            return True
    except (OSError, ValueError):
        return False


def _limit(context: ssl.SSLContext, version: ssl.TLSVersion) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # it is asked to be refused
        context.minimum_version = version
        context.maximum_version = version


def _certificate(place: Place, utc: datetime) -> Finding:
    check = "tls.certificate"
    try:
        with (
            socket.create_connection((place.host, place.port), WAIT_S) as plain,
            _context().wrap_socket(plain, server_hostname=place.host) as secure,
        ):
            content = secure.getpeercert(binary_form=True) or b""
        certificate = x509.load_der_x509_certificate(content)
    except (OSError, ValueError) as error:
        return unknown(check, str(error))
    start, end = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    shown = f"valid {start:%Y-%m-%d} to {end:%Y-%m-%d}"
    if not start <= utc.astimezone(UTC) <= end - ENDS_SOON:
        return failed(check, f"{shown}; now is {utc:%Y-%m-%d}", "install or renew it")
    self_signed = certificate.issuer == certificate.subject
    origin = "made by the device: compare its fingerprint" if self_signed else "issued elsewhere"
    return passed(check, f"{shown}, {origin}")


def _plain(place: Place) -> Finding:
    """Plain HTTP at the HTTPS port must not be answered with content."""
    connection = http.client.HTTPConnection(place.host, place.port, timeout=WAIT_S)
    try:
        connection.request("GET", "/api/v1/health/summary")
        answer = connection.getresponse()
    except (OSError, http.client.HTTPException):
        return passed("http.plain", "plain HTTP is refused")
    finally:
        connection.close()
    if answer.status in {301, 307, 308, 400, 426}:
        return passed("http.plain", f"plain HTTP is answered with {answer.status} only")
    return failed("http.plain", f"plain HTTP is answered with {answer.status}", "serve HTTPS only")


def _answers(place: Place) -> Iterator[Finding]:
    """Headers, and that nothing is told to who is not signed in."""
    faults, hsts = [], None
    for path in CLOSED:
        connection = http.client.HTTPSConnection(
            place.host, place.port, timeout=WAIT_S, context=_context()
        )
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            hsts = answer.getheader("Strict-Transport-Security") or hsts
            if answer.status not in {401, 403, 429}:
                faults.append(f"{path} answers {answer.status} without a login")
        except (OSError, http.client.HTTPException) as error:
            faults.append(f"{path}: {error}")
        finally:
            connection.close()
    if hsts is None:
        yield failed("http.hsts", "no Strict-Transport-Security", "see docs/how-to/privacy.md")
    else:
        yield passed("http.hsts", hsts)
    yield judged(
        "access.login",
        faults,
        fine=f"{len(CLOSED)} paths ask for a login",
        advice="take the device off the network",
    )
