"""OpenAPI 3.1 from the same table that routes, so that it says what the device does."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version
from typing import Any, TypeAlias

import msgspec
from msgspec import Struct
from msgspec.inspect import StructType

from lintel.device.api.guard import CSRF_HEADER
from lintel.device.api.problems import MEDIA_TYPE, status_of
from lintel.device.api.resource import MODE_HEADER
from lintel.device.api.route import JSON, PREFIX, AnyRoute, Media
from lintel.wire.v1.answer import Problem

Json: TypeAlias = dict[str, Any]  # a document to be written, not a message between rooms

SCHEMAS = "#/components/schemas/{name}"
MEANING = {
    400: "The request has not the form that is described here.",
    401: "Nobody is signed in; `WWW-Authenticate` says how.",
    403: "Not allowed: scope, CSRF token, another site, or the device refuses it now.",
    404: "There is no such thing.",
    408: "The body came too slowly.",
    409: "Someone else changed it first.",
    413: "The body is too long.",
    414: "The address is too long.",
    415: "The body is of another type.",
    421: "The device is not called so.",
    422: "Of the right form, but it cannot be used.",
    429: "Too much at once; `Retry-After` says when to ask again.",
    431: "The headers are too long.",
    500: "A defect of Lintel; the log knows its number.",
    503: "The store cannot answer now.",
    507: "The store is full.",
}
COMMON = (400, 403, 414, 421, 429, 431, 500)
SUMMARY = """\
Counts, events and setting of one people counter. Times are aware UTC, lengths metres, durations
seconds. Nothing here holds a picture of a person, except what the image mode allows.

Sign in with HTTP digest (SHA-256), an API token (`Authorization: Bearer`), or the session cookie
of the pages. Errors are RFC 9457 problems with a stable `code`.
"""


def describe(routes: Sequence[AnyRoute]) -> Json:
    """The whole description."""
    forms = _forms(routes)
    refs, schemas = msgspec.json.schema_components(forms, ref_template=SCHEMAS)
    known = dict(zip(forms, refs, strict=True))
    paths: dict[str, Json] = {}
    for route in routes:
        paths.setdefault(PREFIX + route.path, {})[route.method.lower()] = _operation(route, known)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Lintel device",
            "version": version("lintel"),
            "description": SUMMARY,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "responses": {f"Problem{status}": _problem(status) for status in MEANING},
            "headers": {"ImageMode": _mode_header()},
            "securitySchemes": _security(),
        },
        "tags": [{"name": name} for name in dict.fromkeys(r.subject for r in routes)],
    }


def statuses(route: AnyRoute) -> tuple[int, ...]:
    """All statuses of errors that a route can answer with."""
    found = {*COMMON, *(status_of(error) for error in route.errors)}
    if route.login:
        found.add(401)
    if route.body is not None:
        found |= {408, 413, 415}
    return tuple(sorted(found))


def _forms(routes: Sequence[AnyRoute]) -> list[type[object]]:
    """Every message that goes in or out, once."""
    found: dict[type[object], None] = {Problem: None}
    for route in routes:
        if route.body is not None and route.body_type == JSON:
            found[route.body] = None
        if isinstance(route.answer, type):
            found[route.answer] = None
    return list(found)


def _operation(route: AnyRoute, known: dict[type[object], Json]) -> Json:
    operation: Json = {
        "operationId": route.name,
        "tags": [route.subject],
        "summary": route.summary,
        "responses": {
            str(route.status): _success(route, known),
            **{str(s): {"$ref": f"#/components/responses/Problem{s}"} for s in statuses(route)},
        },
        "security": _asked_of(route),
    }
    if route.empty:
        operation["responses"]["204"] = {"description": route.empty}
    parameters = _parameters(route)
    if parameters:
        operation["parameters"] = parameters
    if route.body is not None:
        schema = known[route.body] if route.body_type == JSON else {"type": "string"}
        content = {route.body_type: {"schema": schema}}
        operation["requestBody"] = {"required": True, "content": content}
    if route.login:
        operation["x-scopes"] = list(route.scopes)
    return operation


def _parameters(route: AnyRoute) -> list[Json]:
    info = msgspec.inspect.type_info(route.asked)
    if not isinstance(info, StructType):
        raise TypeError(f"{route.path}: expected a struct for parameters")
    schemas = _properties(route.asked)
    found: list[Json] = []
    for field in info.fields:
        name = field.encode_name
        place = "path" if name in route.in_path else "query"
        place = "header" if name in route.headers else place
        schema = _textual(schemas[name])
        found.append({"name": name, "in": place, "required": field.required, "schema": schema})
    return found


def _properties(form: type[Struct]) -> dict[str, Json]:
    _, schemas = msgspec.json.schema_components([form], ref_template=SCHEMAS)
    properties: dict[str, Json] = schemas[form.__name__].get("properties", {})
    return properties


def _textual(schema: Json) -> Json:
    """A parameter's schema without null, which no address can say."""
    plain = {k: v for k, v in schema.items() if k != "default" or v not in {None, ()}}
    kinds = [kind for kind in plain.pop("anyOf", ()) if kind != {"type": "null"}]
    return {**plain, **kinds[0]} if len(kinds) == 1 else plain


def _success(route: AnyRoute, known: dict[type[object], Json]) -> Json:
    headers = {MODE_HEADER: {"$ref": "#/components/headers/ImageMode"}}
    if route.answer is None:
        return {"description": "Done.", "headers": headers}
    if isinstance(route.answer, Media):
        content: Json = {media: {"schema": {}} for media in route.answer.types}
        return {"description": route.answer.meaning, "headers": headers, "content": content}
    said = (route.answer.__doc__ or "").split("\n\n")[0].replace("``", "`")
    content = {JSON: {"schema": known[route.answer]}}
    return {"description": " ".join(said.split()), "headers": headers, "content": content}


def _problem(status: int) -> Json:
    answer: Json = {
        "description": MEANING[status],
        "content": {MEDIA_TYPE: {"schema": {"$ref": SCHEMAS.format(name="Problem")}}},
    }
    if status == 401:
        answer["headers"] = {"WWW-Authenticate": {"schema": {"type": "string"}}}
    if status in {429, 503}:
        answer["headers"] = {"Retry-After": {"schema": {"type": "string"}}}
    return answer


def _mode_header() -> Json:
    return {
        "description": "The image mode in force; with `;lowered` while it shows more than by "
        "default.",
        "schema": {"type": "string", "pattern": "^(depth|still|none|counts)(;lowered)?$"},
    }


def _security() -> Json:
    return {
        "digest": {
            "type": "http",
            "scheme": "digest",
            "description": "RFC 7616, SHA-256, qop auth",
        },
        "token": {"type": "http", "scheme": "bearer", "description": "an API token"},
        "session": {
            "type": "apiKey",
            "in": "cookie",
            "name": "__Host-lintel",
            "description": f"the pages' session; unsafe requests repeat its token in {CSRF_HEADER}",
        },
    }


def _asked_of(route: AnyRoute) -> list[Json]:
    if not route.login:
        return []
    return [{"digest": []}, {"token": []}, {"session": []}]
