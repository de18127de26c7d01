"""The site file: what counts where, its versions, and files of it."""

from __future__ import annotations

import msgspec
from msgspec import Raw
from starlette.responses import Response

from lintel.device.api.problems import KINDS, problem
from lintel.device.api.reading import read_site
from lintel.device.api.route import AnyRoute, Call, Media, Route, Scopes
from lintel.device.ports import Json
from lintel.errors import (
    MAX_FAULTS_SAID,
    ConflictError,
    InputError,
    NotFoundError,
    SiteError,
    StoreError,
)
from lintel.wire.v1.answer import ConfigVersions, SiteCheck, SiteImport, SiteInForce, SiteVersion
from lintel.wire.v1.request import (
    ImportQuery,
    Nothing,
    Rollback,
    Setting,
    SiteBody,
    VersionPath,
)
from lintel.wire.v1.setting import ConfigVersion

TOML = "application/toml"
SITE_LIMIT = 512 * 1024


async def config(call: Call[Nothing, None]) -> SiteInForce:
    """The site file in force."""
    version, site = call.ports.configuration.current()
    return SiteInForce(version, raw(site))


async def put_config(call: Call[Nothing, Setting]) -> ConfigVersion | Response:
    """Count by another site file; all of its faults come with the problem."""
    asked = call.body
    site = read_site(asked.site)
    faults = call.ports.configuration.faults(site)
    if faults:
        said = "; ".join(f"{fault.place}: {fault.message}" for fault in faults[:MAX_FAULTS_SAID])
        return problem(422, KINDS[SiteError].code, said, faults=faults)
    return await call.ports.configuration.apply(
        site, who=call.who, why=asked.why, expected=asked.expected
    )


async def validate(call: Call[Nothing, SiteBody]) -> SiteCheck:
    """Check a site file without using it."""
    return SiteCheck(call.ports.configuration.faults(read_site(call.body.site)))


async def schema(call: Call[Nothing, None]) -> Response:
    """The form of a site file."""
    content = msgspec.json.encode(call.ports.configuration.schema())
    return Response(content, media_type="application/schema+json")


async def versions(call: Call[Nothing, None]) -> ConfigVersions:
    """All versions kept."""
    return ConfigVersions(await call.ports.configuration.versions())


async def version(call: Call[VersionPath, None]) -> SiteVersion:
    """The site file of one version."""
    number = call.params.version
    return SiteVersion(number, raw(await call.ports.configuration.version(number)))


async def rollback(call: Call[Nothing, Rollback]) -> ConfigVersion:
    """Count by an older version again, as a new version."""
    asked = call.body
    site = await call.ports.configuration.version(asked.version)
    why = f"back to version {asked.version}"
    return await call.ports.configuration.apply(
        site, who=call.who, why=why, expected=asked.expected
    )


async def export_config(call: Call[Nothing, None]) -> Response:
    """The site file in force as a file."""
    headers = {"Content-Disposition": 'attachment; filename="site.toml"'}
    return Response(await call.ports.configuration.export(), 200, headers, TOML)


async def import_config(call: Call[ImportQuery, str]) -> SiteImport:
    """Read a site file from TOML; with ``apply`` count by it when it has no fault."""
    asked = call.params
    site, faults = call.ports.configuration.faults_of_toml(call.body)
    if faults or not asked.apply:
        return SiteImport(raw(site), faults, None)
    if asked.expected is None:
        raise InputError("to apply a file say which version it replaces: expected=N")
    applied = await call.ports.configuration.apply(
        site, who=call.who, why=asked.why, expected=asked.expected
    )
    return SiteImport(raw(site), (), applied)


def raw(site: Json) -> Raw:
    """JSON to stand in a message as it is."""
    return Raw(msgspec.json.encode(site))


READ: Scopes = ("config:read",)
WRITE: Scopes = ("config:write",)
ROUTES: tuple[AnyRoute, ...] = (
    Route("GET", "/config", "The site file in force and its version", config, SiteInForce, READ),
    Route(
        "PUT",
        "/config",
        "Count by another site file, as a new version",
        put_config,
        ConfigVersion,
        WRITE,
        body=Setting,
        body_limit=SITE_LIMIT,
        errors=(SiteError, ConflictError, StoreError),
    ),
    Route(
        "POST",
        "/config/validate",
        "What is wrong with a site file, without using it",
        validate,
        SiteCheck,
        READ,
        body=SiteBody,
        body_limit=SITE_LIMIT,
        errors=(InputError,),
    ),
    Route(
        "GET",
        "/config/schema",
        "JSON Schema of the site file, with titles and descriptions",
        schema,
        Media(("application/schema+json",), "JSON Schema"),
        READ,
    ),
    Route(
        "GET",
        "/config/versions",
        "All versions kept, newest first",
        versions,
        ConfigVersions,
        READ,
        errors=(StoreError,),
    ),
    Route(
        "GET",
        "/config/versions/{version}",
        "The site file of one version",
        version,
        SiteVersion,
        READ,
        params=VersionPath,
        errors=(NotFoundError, StoreError),
    ),
    Route(
        "POST",
        "/config/rollback",
        "Count by an older version again, as a new version",
        rollback,
        ConfigVersion,
        WRITE,
        body=Rollback,
        errors=(SiteError, NotFoundError, ConflictError, StoreError),
    ),
    Route(
        "GET",
        "/config/export",
        "The site file in force as TOML",
        export_config,
        Media((TOML,), "the site file"),
        READ,
    ),
    Route(
        "POST",
        "/config/import",
        "Read a site file in TOML, check it, and with apply count by it",
        import_config,
        SiteImport,
        WRITE,
        params=ImportQuery,
        body=str,
        body_type=TOML,
        body_limit=SITE_LIMIT,
        errors=(SiteError, ConflictError, StoreError),
    ),
)
