"""The device itself: version, log, time zone, certificate, self-audit."""

from __future__ import annotations

from lintel.device.api.route import AnyRoute, Call, Route, Scopes
from lintel.errors import CertificateError, InputError, StoreError
from lintel.wire.v1.answer import Findings, LogLines
from lintel.wire.v1.health import SystemInfo
from lintel.wire.v1.request import LatestQuery, NewCertificate, Nothing, TimeZone

CERTIFICATE_LIMIT = 256 * 1024


async def system(call: Call[Nothing, None]) -> SystemInfo:
    """Version, certificate, clock."""
    return call.ports.system.info()


async def logs(call: Call[LatestQuery, None]) -> LogLines:
    """The newest lines of the log."""
    return LogLines(call.ports.system.logs(limit=call.params.limit))


async def set_time_zone(call: Call[Nothing, TimeZone]) -> SystemInfo:
    """Change the zone that intervals are aligned to."""
    await call.ports.system.set_time_zone(call.body.name, who=call.who)
    return call.ports.system.info()


async def install_certificate(call: Call[Nothing, NewCertificate]) -> SystemInfo:
    """Use another certificate."""
    asked = call.body
    await call.ports.system.install_certificate(asked.certificate_pem, asked.key_pem, who=call.who)
    return call.ports.system.info()


async def self_audit(call: Call[Nothing, None]) -> Findings:
    """Check the device against its promises."""
    return Findings(await call.ports.system.self_audit())


WRITE: Scopes = ("system:write",)
ROUTES: tuple[AnyRoute, ...] = (
    Route("GET", "/system", "Version, certificate, clock", system, SystemInfo),
    Route(
        "GET",
        "/system/logs",
        "The newest lines of the log, newest first",
        logs,
        LogLines,
        WRITE,
        params=LatestQuery,
    ),
    Route(
        "PUT",
        "/system/time-zone",
        "Change the zone that intervals are aligned to",
        set_time_zone,
        SystemInfo,
        WRITE,
        body=TimeZone,
        errors=(InputError, StoreError),
    ),
    Route(
        "PUT",
        "/system/certificate",
        "Use another certificate from the next start on",
        install_certificate,
        SystemInfo,
        WRITE,
        body=NewCertificate,
        body_limit=CERTIFICATE_LIMIT,
        secret=True,
        errors=(CertificateError, StoreError),
    ),
    Route(
        "GET",
        "/system/self-audit",
        "Check the device against its promises",
        self_audit,
        Findings,
        ("system:write", "audit:read"),
        errors=(StoreError,),
    ),
)
